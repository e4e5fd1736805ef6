//! Which records, in which order, from where.

mod bookmark;
mod filter;
#[cfg(any(windows, test))]
mod xpath;

use std::{ops::RangeInclusive, time::SystemTime};

pub use bookmark::Bookmark;
pub(crate) use filter::Filter;
#[cfg(any(windows, test))]
pub(crate) use xpath::Bound;

use crate::{Level, Record};

/// Which end of a log comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Order {
    /// From the oldest record to the newest.
    #[default]
    Oldest,
    /// From the newest record to the oldest.
    Newest,
}

/// Where to begin.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Start {
    /// At the end of the log that comes first in the order; where a log is
    /// followed, behind all that is there.
    #[default]
    Edge,
    /// At the record with this number, or the next one in the order.
    Number(u64),
    /// Behind this record.
    After(Bookmark),
}

/// Which records to read: conditions that must all hold, the order, where to
/// begin and how many.
///
/// The same query means the same for a live log and for a file. Where the
/// system can choose records itself, it gets the conditions as XPath and sends
/// no others; elsewhere they are looked at here.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use oslens_eventlog::{Level, Query};
///
/// let day = SystemTime::now() - Duration::from_secs(24 * 60 * 60);
/// let query = Query::new()
///     .at_least(Level::Warning)
///     .source("Microsoft-Windows-Kernel-Power")
///     .id(41)
///     .since(day)
///     .newest_first();
/// # _ = query;
/// ```
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub(crate) filter: Filter,
    pub(crate) order: Order,
    pub(crate) start: Start,
    pub(crate) limit: Option<u64>,
    pub(crate) messages: bool,
}

impl Query {
    /// All records, the oldest first.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The order.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// The newest first.
    #[must_use]
    pub fn newest_first(self) -> Self {
        self.order(Order::Newest)
    }

    /// Only records of this level; called again, of this one too.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.filter.levels.push(level);
        self
    }

    /// Only records that are as bad as this, or worse: see
    /// [`Level::severity`].
    #[must_use]
    pub fn at_least(mut self, level: Level) -> Self {
        self.filter.at_least = Some(level);
        self
    }

    /// Only events with this id, as it is shown; called again, this one too.
    #[must_use]
    pub fn id(self, id: u16) -> Self {
        self.ids(id..=id)
    }

    /// Only events with these ids; called again, these too.
    #[must_use]
    pub fn ids(mut self, ids: RangeInclusive<u16>) -> Self {
        self.filter.ids.push(ids);
        self
    }

    /// Only records of this source or publisher, in capitals or not; called
    /// again, of this one too.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.filter.sources.push(source.into());
        self
    }

    /// Only events at or after this time.
    #[must_use]
    pub fn since(mut self, time: SystemTime) -> Self {
        self.filter.since = Some(time);
        self
    }

    /// Only events before this time.
    #[must_use]
    pub fn until(mut self, time: SystemTime) -> Self {
        self.filter.until = Some(time);
        self
    }

    /// Only records of the account with this security identifier,
    /// `S-1-5-18`.
    #[must_use]
    pub fn user(mut self, sid: impl Into<String>) -> Self {
        self.filter.user = Some(sid.into());
        self
    }

    /// Only records in whose source, strings or message this text is, in
    /// capitals or not. The message counts where it is asked for with
    /// [`Query::messages`].
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.filter.set_text(&text.into());
        self
    }

    /// Only records that this expression of the modern log selects, as its
    /// viewer shows it in a filter: `*[System[EventID=41]]`, or a whole
    /// `<QueryList>`, which may name several logs.
    ///
    /// # Platform
    ///
    /// The system evaluates it: files of other systems and the classic
    /// interface answer with [`ErrorKind::Unsupported`](crate::ErrorKind).
    #[must_use]
    pub fn xpath(mut self, expression: impl Into<String>) -> Self {
        self.filter.xpath = Some(expression.into());
        self
    }

    /// Begins with the record that has this number, or the next one in the
    /// order where that is no longer there.
    #[must_use]
    pub fn from(mut self, number: u64) -> Self {
        self.start = Start::Number(number);
        self
    }

    /// Begins behind this record, which was the last that an earlier reading
    /// has seen. When the log was cleared since, with what it has now.
    #[must_use]
    pub fn after(mut self, bookmark: Bookmark) -> Self {
        self.start = Start::After(bookmark);
        self
    }

    /// At most so many records.
    #[must_use]
    pub fn limit(mut self, records: u64) -> Self {
        self.limit = Some(records);
        self
    }

    /// Each record with its message, into [`Record::rendered`], as far as
    /// there is one.
    ///
    /// # Cost
    ///
    /// The messages are most of the work of reading: thousands instead of
    /// tens of thousands of records a second are to be expected. Without
    /// this, [`Record::message`] finds those of classic sources later.
    #[must_use]
    pub fn messages(mut self) -> Self {
        self.messages = true;
        self
    }

    /// Whether the conditions hold for this record. The order, the start, the
    /// limit and [`Query::xpath`] are no conditions.
    #[must_use]
    pub fn matches(&self, record: &Record) -> bool {
        self.filter.matches(record)
    }
}
