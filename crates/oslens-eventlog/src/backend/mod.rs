//! The seam between the policy of reading and what keeps a log.

#[cfg(any(windows, test))]
pub(crate) mod classic;
#[cfg(any(windows, test))]
pub(crate) mod modern;

use std::{collections::VecDeque, fmt, path::Path, time::Duration};

use crate::{Error, Query, Record, Result};

/// How many records a log has, and where they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Extent {
    pub(crate) count: u64,
    /// `None` when there are none.
    pub(crate) oldest: Option<u64>,
}

impl Extent {
    /// The number of the newest record.
    pub(crate) fn newest(self) -> Option<u64> {
        let oldest = self.oldest?;
        Some(oldest.saturating_add(self.count.saturating_sub(1)))
    }
}

/// Where a reading goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The end that comes first in the order.
    Edge,
    /// The record with this number, or the next one there is in the order.
    At(u64),
    /// Behind all records that are there: only new ones.
    Behind,
}

/// A log that can be opened for reading.
pub(crate) trait Store: fmt::Debug + Send + Sync {
    /// A reading, which stands nowhere yet. `follow` is whether it goes on
    /// with what is written later.
    fn read(&self, query: &Query, follow: bool) -> Result<Box<dyn Backend>>;
    fn extent(&self) -> Result<Extent>;
    fn clear(&self, backup: Option<&Path>) -> Result<()>;
    fn export(&self, query: &Query, to: &Path) -> Result<()>;
}

/// One reading of a log.
///
/// The policy above it relies on nothing but this: records come in the order
/// of the query, possibly again after a seek.
pub(crate) trait Backend: Send {
    /// How many records the log has now.
    fn extent(&mut self) -> Result<Extent>;

    /// Goes to a place.
    fn seek(&mut self, to: Place) -> Result<()>;

    /// Adds the next records; none at the end of what there is now. Records
    /// that the query does not ask for may be among them.
    ///
    /// `Changed` when the log was cleared or overwritten: the next seek makes
    /// it readable again. An error in place of a record does not end the
    /// reading, see [`Batch`].
    fn next(&mut self, into: &mut Batch) -> Result<()>;

    /// The record with this number, whatever the query asks for; `None` where
    /// there is none. The place of the reading is undefined afterwards.
    fn at(&mut self, number: u64) -> Result<Option<Record>>;

    /// Returns when there may be new records, or after that time.
    fn wait(&mut self, within: Duration) -> Result<()>;
}

/// Records, and what stands in place of damaged ones.
pub(crate) type Batch = VecDeque<Result<Record>>;

/// What a log that only can be read says to all else.
#[allow(dead_code)] // Not on every system.
pub(crate) fn read_only<T>(what: &'static str) -> Result<T> {
    Err(Error::unsupported(what))
}

#[cfg(test)]
mod tests;
