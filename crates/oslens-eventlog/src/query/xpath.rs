//! A query's conditions as the XPath of the modern log.

use std::fmt::Write as _;

use super::Filter;
use crate::{Level, parse::time};

/// A set of conditions that the system chooses records by. It may let through
/// more than the filter, never less: the rest is looked at here.
///
/// The system takes 20 or so conditions at most and answers with an error to
/// more, so that long lists of ids are left out.
const MOST: usize = 16;

impl Filter {
    /// The conditions as XPath, without an expression of the user's own.
    pub(crate) fn to_xpath(&self, number: Option<Bound>) -> String {
        let mut conditions: Vec<String> = Vec::new();
        let mut terms = 0;
        let mut add = |alternatives: Vec<String>| {
            if alternatives.is_empty() || terms + alternatives.len() > MOST {
                return;
            }
            terms += alternatives.len();
            conditions.push(match alternatives.as_slice() {
                [one] => one.clone(),
                _ => format!("({})", alternatives.join(" or ")),
            });
        };
        add(match number {
            Some(Bound::AtLeast(number)) => vec![format!("EventRecordID>={number}")],
            Some(Bound::AtMost(number)) => vec![format!("EventRecordID<={number}")],
            Some(Bound::Exactly(number)) => vec![format!("EventRecordID={number}")],
            None => Vec::new(),
        });
        add(self.times());
        // All of them or none: what is left out is looked at here.
        let sources: Option<Vec<String>> = self.sources.iter().map(|name| source(name)).collect();
        add(sources.unwrap_or_default());
        let levels = self.levels.iter().flat_map(|&level| of_level(level));
        add(levels.collect());
        add(self.at_least.map(as_bad_as).unwrap_or_default());
        let ids = self.ids.iter().map(|ids| match (ids.start(), ids.end()) {
            (first, last) if first == last => format!("EventID={first}"),
            (first, last) => format!("(EventID>={first} and EventID<={last})"),
        });
        add(ids.collect());
        add(self
            .user
            .iter()
            .filter_map(|sid| Some(format!("Security[@UserID={}]", quoted(sid)?)))
            .collect());
        match conditions.is_empty() {
            true => "*".to_owned(),
            false => format!("*[System[{}]]", conditions.join(" and ")),
        }
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

    /// Whether the system can look at all conditions, and as exactly.
    #[allow(dead_code)] // Not on every system.
    pub(crate) fn is_all_xpath(&self) -> bool {
        let terms = self.ids.len() + self.sources.len() + self.levels.len() * 3;
        self.text.is_none()
            && terms + 8 <= MOST
            && !self.levels.contains(&Level::Information)
            && self.sources.iter().all(|name| source(name).is_some())
    }
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

    fn xpath(query: Query) -> String {
        query.filter.to_xpath(None)
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
        let both = Query::new().source("it's \"x\"");
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
