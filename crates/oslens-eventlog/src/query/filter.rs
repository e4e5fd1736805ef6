//! The conditions of a query, looked at here.

use std::{ops::RangeInclusive, time::SystemTime};

use crate::{Level, Record};

/// Conditions that must all hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Filter {
    /// One of these, where there are any.
    pub(crate) levels: Vec<Level>,
    pub(crate) at_least: Option<Level>,
    /// In one of these, where there are any.
    pub(crate) ids: Vec<RangeInclusive<u16>>,
    /// One of these, where there are any.
    pub(crate) sources: Vec<String>,
    /// The same as the system writes them, which compares letter by letter;
    /// `None` where it is not known.
    pub(crate) spellings: Option<Vec<String>>,
    pub(crate) since: Option<SystemTime>,
    pub(crate) until: Option<SystemTime>,
    pub(crate) user: Option<String>,
    /// In small letters.
    pub(crate) text: Option<String>,
    pub(crate) xpath: Option<String>,
}

impl Filter {
    pub(crate) fn set_text(&mut self, text: &str) {
        self.text = Some(text.to_lowercase());
    }

    /// Notes how the system writes the sources, where these are the names of
    /// all that it knows, and all of ours are among them.
    #[allow(dead_code)] // Not on every system.
    pub(crate) fn spell_sources(&mut self, known: &[String]) {
        let mut spellings = Vec::new();
        for source in &self.sources {
            let same = |name: &&String| same_name(name, source);
            let before = spellings.len();
            spellings.extend(known.iter().filter(same).cloned());
            if spellings.len() == before {
                self.spellings = None;
                return;
            }
            if !spellings.contains(source) {
                spellings.push(source.clone());
            }
        }
        self.spellings = Some(spellings);
    }

    pub(crate) fn matches(&self, record: &Record) -> bool {
        let id = record.event_id.code();
        let time = record.time_generated;
        (self.levels.is_empty() || self.levels.contains(&record.level))
            && self
                .at_least
                .is_none_or(|least| record.level.severity() <= least.severity())
            && (self.ids.is_empty() || self.ids.iter().any(|ids| ids.contains(&id)))
            && (self.sources.is_empty()
                || self.sources.iter().any(|source| {
                    let classic = record.classic_source.as_deref();
                    same_name(source, &record.source)
                        || classic.is_some_and(|name| same_name(source, name))
                }))
            && self
                .since
                .is_none_or(|since| time.is_some_and(|time| time >= since))
            && self
                .until
                .is_none_or(|until| time.is_some_and(|time| time < until))
            && self.user.as_ref().is_none_or(|sid| {
                let user = record.user.as_ref();
                user.is_some_and(|user| user.sid.eq_ignore_ascii_case(sid))
            })
            && self.text.as_ref().is_none_or(|text| mentions(record, text))
    }
}

/// Names of sources are compared by the system without regard to case.
fn same_name(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || one.to_lowercase() == other.to_lowercase()
}

fn mentions(record: &Record, text: &str) -> bool {
    let message = record.rendered_message();
    let strings = record.strings.iter().map(String::as_str);
    [record.source.as_str()]
        .into_iter()
        .chain(strings)
        .chain(message)
        .any(|part| part.to_lowercase().contains(text))
}
