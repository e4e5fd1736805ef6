//! Where a reading stopped.

use std::time::SystemTime;

use crate::Record;

/// A record that was read, to go on behind it later: after a restart of the
/// program too, when it was stored with serde.
///
/// It holds enough of the record to tell it from another one that has the
/// same number since the log was cleared.
///
/// ```no_run
/// use oslens_eventlog::{Bookmark, Log, Query};
///
/// let log = Log::open("System")?;
/// let mut last = None;
/// for record in log.query(&Query::new())? {
///     last = Some(Bookmark::of(&record?));
/// }
/// // Later: what has come since.
/// if let Some(last) = last {
///     for record in log.query(&Query::new().after(last))? {
///         println!("{}", record?.text());
///     }
/// }
/// # Ok::<(), oslens_eventlog::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Bookmark {
    /// The log that the record is in.
    pub log: String,
    /// The number of the record.
    pub number: u64,
    /// When the event happened.
    pub time_generated: Option<SystemTime>,
    /// All bits of the event's id.
    pub event_id: u32,
    /// Who reported it.
    pub source: String,
}

impl Bookmark {
    /// That of this record.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        Self {
            log: record.log.clone(),
            number: record.number,
            time_generated: record.time_generated,
            event_id: record.event_id.full(),
            source: record.source.clone(),
        }
    }

    /// Whether this is the record, not another one with its number.
    #[must_use]
    pub fn is(&self, record: &Record) -> bool {
        self.number == record.number
            && self.event_id == record.event_id.full()
            && self.time_generated == record.time_generated
            && self.source == record.source
    }
}
