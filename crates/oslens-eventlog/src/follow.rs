//! Records as they come.

use std::{
    ffi::OsStr,
    time::{Duration, Instant},
};

use crate::{
    Bookmark, Order, Query, Record, Records, Result,
    backend::{Place, Store},
};

/// The records of a log as they come: [`Log::follow`](crate::Log::follow).
///
/// As an iterator it waits for each record and never ends by itself, except
/// after the query's limit, and after an error that is not damage in one
/// place. When the log is cleared it goes on with what is written then; when
/// it is overwritten faster than it is read, [`Follow::lost`] counts what was
/// missed.
///
/// ```no_run
/// use std::time::Duration;
/// use oslens_eventlog::{Log, Query};
///
/// let mut new = Log::open("System")?.follow(&Query::new())?;
/// while let Some(record) = new.next_within(Duration::from_secs(60))? {
///     println!("{}", record.text());
/// }
/// println!("a minute without news");
/// # Ok::<(), oslens_eventlog::Error>(())
/// ```
#[derive(Debug)]
pub struct Follow {
    records: Records,
    left: Option<u64>,
    failed: bool,
}

/// The longest that passes until it is looked whether the log was cleared:
/// nobody tells.
const LOOK: Duration = Duration::from_secs(1);

impl Follow {
    pub(crate) fn new(log: &OsStr, source: &dyn Store, query: &Query) -> Result<Self> {
        let query = query.clone().order(Order::Oldest);
        let records =
            Records::open(log, source, &query, Place::Behind).map_err(|error| error.of(log))?;
        Ok(Self {
            records,
            left: query.limit,
            failed: false,
        })
    }

    /// The next record, or `None` when none came within this time. A time of
    /// zero looks without waiting.
    ///
    /// # Errors
    ///
    /// As the records of [`Log::query`](crate::Log::query).
    pub fn next_within(&mut self, within: Duration) -> Result<Option<Record>> {
        // A time beyond what the clock can tell is no limit.
        self.next_until(Instant::now().checked_add(within))
    }

    fn next_until(&mut self, end: Option<Instant>) -> Result<Option<Record>> {
        if self.left == Some(0) {
            return Ok(None);
        }
        let next = self
            .look_until(end)
            .map_err(|error| self.records.told(error))?;
        if next.is_some() {
            self.left = self.left.map(|left| left - 1);
        }
        Ok(next)
    }

    fn look_until(&mut self, end: Option<Instant>) -> Result<Option<Record>> {
        loop {
            if let Some(record) = self.records.step()? {
                return Ok(Some(record));
            }
            if self.records.was_cleared()? {
                continue;
            }
            let within = match end {
                None => LOOK,
                Some(end) => LOOK.min(end.saturating_duration_since(Instant::now())),
            };
            if within.is_zero() {
                return Ok(None);
            }
            self.records.backend().wait(within)?;
        }
    }

    /// Where it is: see [`Records::bookmark`].
    #[must_use]
    pub fn bookmark(&self) -> Option<&Bookmark> {
        self.records.bookmark()
    }

    /// How many records were overwritten before they could be read: see
    /// [`Records::lost`].
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.records.lost()
    }

    /// How often the log was cleared meanwhile.
    #[must_use]
    pub fn cleared(&self) -> u64 {
        self.records.cleared()
    }
}

impl Iterator for Follow {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        use crate::ErrorKind::{Corrupt, Malformed};

        if self.failed {
            return None;
        }
        let next = self.next_until(None);
        if let Err(error) = &next {
            self.failed = !matches!(error.kind(), Corrupt | Malformed);
        }
        next.transpose()
    }
}
