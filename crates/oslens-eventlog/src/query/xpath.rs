//! A query's conditions as the XPath of the modern log.

use std::fmt::Write as _;

use super::Filter;
use crate::{Level, parse::time};

/// The system refuses expressions with more than some 20 comparisons.
const MOST: usize = 20;

/// Alternatives, of which one must hold.
type Condition = Vec<String>;

impl Filter {
    /// The conditions as XPath, without an expression of the user's own.
    ///
    /// The system may let through more than what is asked for, never less: all
    /// is looked at here again. So what it would not take is left out.
    pub(crate) fn to_xpath(&self, number: Option<Bound>) -> String {
        let mut room = MOST;
        let mut taken = Vec::new();
        for condition in self.conditions(number) {
            let Some(left) = room.checked_sub(comparisons(&condition)) else {
                continue;
            };
            room = left;
            taken.push(match condition.as_slice() {
                [one] => one.clone(),
                _ => format!("({})", condition.join(" or ")),
            });
        }
        match taken.is_empty() {
            true => "*".to_owned(),
            false => format!("*[System[{}]]", taken.join(" and ")),
        }
    }

    /// Whether the system can look at all conditions, and as exactly.
    #[allow(dead_code)] // Not on every system.
    pub(crate) fn is_all_xpath(&self) -> bool {
        let all: usize = self.conditions(None).iter().map(comparisons).sum();
        all <= MOST
            && self.text.is_none()
            // Audits, which have the same level, are told apart here.
            && !self.levels.contains(&Level::Information)
            && match &self.spellings {
                Some(names) => names.iter().all(|name| source(name).is_some()),
                None => self.sources.is_empty(),
            }
            && self.user.iter().all(|sid| quoted(sid).is_some())
    }

    fn conditions(&self, number: Option<Bound>) -> Vec<Condition> {
        let number = number.map(|bound| match bound {
            Bound::AtLeast(number) => format!("EventRecordID>={number}"),
            Bound::AtMost(number) => format!("EventRecordID<={number}"),
            Bound::Exactly(number) => format!("EventRecordID={number}"),
        });
        // All of them or none. Other spellings of a name would select nothing.
        let spellings = self.spellings.iter().flatten();
        let sources: Option<Condition> = spellings.map(|name| source(name)).collect();
        let levels = self.levels.iter().flat_map(|&level| of_level(level));
        let ids = self.ids.iter().map(|ids| match (ids.start(), ids.end()) {
            (first, last) if first == last => format!("EventID={first}"),
            (first, last) => format!("(EventID>={first} and EventID<={last})"),
        });
        let user = self.user.as_deref().and_then(quoted);
        let mut conditions = vec![
            Vec::from_iter(number),
            self.times(),
            sources.unwrap_or_default(),
            levels.collect(),
            self.at_least.map(as_bad_as).unwrap_or_default(),
            ids.collect(),
            Vec::from_iter(user.map(|sid| format!("Security[@UserID={sid}]"))),
        ];
        conditions.retain(|condition| !condition.is_empty());
        conditions
    }

    fn times(&self) -> Vec<String> {
        let mut condition = String::new();
        if let Some(since) = self.since {
            // The system keeps seven digits, and so does this: not less.
            _ = write!(condition, "@SystemTime>='{}'", time::format(since));
        }
        if let Some(until) = self.until {
            if !condition.is_empty() {
                condition.push_str(" and ");
            }
            let text = time::format(until);
            // Rounded down to those digits, then with what is equal.
            let exact = time::parse(text.as_bytes()) == Some(until);
            let less = if exact { "<" } else { "<=" };
            _ = write!(condition, "@SystemTime{less}'{text}'");
        }
        match condition.is_empty() {
            true => Vec::new(),
            false => vec![format!("TimeCreated[{condition}]")],
        }
    }
}

/// How many comparisons the system counts in it; some more where a text has
/// such signs.
fn comparisons(condition: &Condition) -> usize {
    let signs = |text: &String| {
        let compared = text.matches(['=', '<', '>']).count();
        // Of two characters.
        let double = text.matches("<=").count() + text.matches(">=").count();
        compared - double + text.matches("band(").count()
    };
    condition.iter().map(signs).sum()
}

/// Which records by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)] // Not on every system.
pub(crate) enum Bound {
    AtLeast(u64),
    AtMost(u64),
    Exactly(u64),
}

fn source(name: &str) -> Option<String> {
    let name = quoted(name)?;
    Some(format!("Provider[@Name={name} or @EventSourceName={name}]"))
}

/// A text of XPath, which has no way to escape: `None` with both quotes in it.
fn quoted(text: &str) -> Option<String> {
    if !text.contains('\'') {
        Some(format!("'{text}'"))
    } else if !text.contains('"') {
        Some(format!("\"{text}\""))
    } else {
        None
    }
}

const AUDIT_FAILURE: &str = "(Level=0 and band(Keywords,4503599627370496))";
const AUDIT_SUCCESS: &str = "(Level=0 and band(Keywords,9007199254740992))";

fn of_level(level: Level) -> Vec<String> {
    match level {
        Level::Critical => vec!["Level=1".to_owned()],
        Level::Error => vec!["Level=2".to_owned()],
        Level::Warning => vec!["Level=3".to_owned()],
        // Some of these are audits: told apart here.
        Level::Information => vec!["Level=0".to_owned(), "Level=4".to_owned()],
        Level::Verbose => vec!["Level=5".to_owned()],
        Level::AuditFailure => vec![AUDIT_FAILURE.to_owned()],
        Level::AuditSuccess => vec![AUDIT_SUCCESS.to_owned()],
        Level::Other(level) => vec![format!("Level={level}")],
    }
}

/// Levels of publishers' own come behind those of the system.
fn as_bad_as(level: Level) -> Vec<String> {
    match level.severity() {
        0 => Vec::new(),
        severity @ 1..=2 => vec![format!("(Level>=1 and Level<={severity})")],
        3 => vec![
            "(Level>=1 and Level<=3)".to_owned(),
            AUDIT_FAILURE.to_owned(),
        ],
        severity => vec![format!("Level<={severity}")],
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::Query;

    /// The system knows the sources as they are written here.
    fn known(mut query: Query) -> Query {
        let sources = query.filter.sources.clone();
        query.filter.spell_sources(&sources);
        query
    }

    fn xpath(query: Query) -> String {
        known(query).filter.to_xpath(None)
    }

    #[test]
    fn sources_are_asked_for_as_the_system_writes_them() {
        let mut query = Query::new().source("kernel-power").id(41);
        // Not known: looked at here alone.
        assert_eq!(query.filter.to_xpath(None), "*[System[EventID=41]]");
        assert!(!query.filter.is_all_xpath());
        query
            .filter
            .spell_sources(&["Other".to_owned(), "Kernel-Power".to_owned()]);
        let both = "(Provider[@Name='Kernel-Power' or @EventSourceName='Kernel-Power'] or \
                    Provider[@Name='kernel-power' or @EventSourceName='kernel-power'])";
        let expected = format!("*[System[{both} and EventID=41]]");
        assert_eq!(query.filter.to_xpath(None), expected);
        assert!(query.filter.is_all_xpath());
        let mut query = query.source("gone");
        query.filter.spell_sources(&["Kernel-Power".to_owned()]);
        assert_eq!(query.filter.to_xpath(None), "*[System[EventID=41]]");
    }

    #[test]
    fn no_condition_is_everything() {
        assert_eq!(xpath(Query::new().newest_first().limit(3)), "*");
        assert_eq!(xpath(Query::new().text("x")), "*");
    }

    #[test]
    fn all_conditions_must_hold() {
        let query = Query::new()
            .id(41)
            .ids(100..=200)
            .source("Kernel-Power")
            .at_least(Level::Error)
            .since(UNIX_EPOCH + Duration::from_nanos(1_500))
            .until(UNIX_EPOCH + Duration::from_secs(1))
            .user("S-1-5-18");
        let query = known(query);
        assert!(query.filter.is_all_xpath());
        assert_eq!(
            query.filter.to_xpath(Some(Bound::AtLeast(7))),
            "*[System[EventRecordID>=7 and \
             TimeCreated[@SystemTime>='1970-01-01T00:00:00.0000015Z' and \
             @SystemTime<'1970-01-01T00:00:01.0000000Z'] and \
             Provider[@Name='Kernel-Power' or @EventSourceName='Kernel-Power'] and \
             (Level>=1 and Level<=2) and (EventID=41 or (EventID>=100 and EventID<=200)) and \
             Security[@UserID='S-1-5-18']]]"
        );
    }

    #[test]
    fn audits_are_asked_for_by_their_keywords() {
        assert_eq!(
            xpath(Query::new().at_least(Level::Warning)),
            "*[System[((Level>=1 and Level<=3) or \
             (Level=0 and band(Keywords,4503599627370496)))]]"
        );
        assert_eq!(
            xpath(Query::new().level(Level::AuditSuccess)),
            "*[System[(Level=0 and band(Keywords,9007199254740992))]]"
        );
    }

    #[test]
    fn quotes_in_names_do_not_end_the_text() {
        let names = Query::new().source("it's");
        assert!(xpath(names).contains("@Name=\"it's\""));
        let both = known(Query::new().source("it's \"x\""));
        assert!(!both.filter.is_all_xpath());
        assert_eq!(xpath(both), "*");
    }

    #[test]
    fn more_conditions_than_the_system_takes_are_left_out() {
        let query = (1..100).fold(Query::new(), Query::id);
        assert!(!query.filter.is_all_xpath());
        assert_eq!(xpath(query.level(Level::Error)), "*[System[Level=2]]");
    }
}
