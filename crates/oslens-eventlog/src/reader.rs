//! The records of a query, one after the other.

use std::{
    ffi::{OsStr, OsString},
    fmt,
};

use crate::{
    Bookmark, Error, ErrorKind, Order, Query, Record, Result,
    backend::{Backend, Batch, Place, Store},
    message::Catalog,
    query::{Filter, Start},
};

/// The records that a query asks for: [`Log::query`](crate::Log::query).
///
/// An iterator. An error in place of a record says what is damaged there; the
/// reading goes on behind it where it can.
pub struct Records {
    log: OsString,
    backend: Box<dyn Backend>,
    filter: Filter,
    order: Order,
    /// Where messages are asked for, those of this machine's sources.
    messages: Option<Catalog>,
    batch: Batch,
    /// Where it began, and where it only looks for what comes later, the
    /// newest record then.
    start: Place,
    behind: Option<u64>,
    /// The last record that was seen, whether it was asked for or not.
    last: Option<Bookmark>,
    /// How many more may be returned.
    left: Option<u64>,
    /// After a restart, records come again that were seen.
    again: bool,
    ended: bool,
    /// Whether every record that comes is seen here, whatever is asked for.
    sees_all: bool,
    lost: u64,
    cleared: u64,
}

/// Adds the message where it is known. That it is not is no failure of the
/// reading.
fn add_message(record: &mut Record, catalog: &Catalog) {
    if record.rendered_message().is_some() {
        return;
    }
    if let Ok(message @ Some(_)) = record.message_from(catalog) {
        record.rendered.get_or_insert_default().message = message;
    }
}

/// What became of the records behind a bookmark.
enum Resumed {
    /// They are there, but for so many that were overwritten.
    Behind { lost: u64 },
    /// The log was cleared since.
    Cleared,
}

/// So often in a row a log may change before a record can be read.
const MOST_RESTARTS: u32 = 16;

impl Records {
    pub(crate) fn new(log: &OsStr, source: &dyn Store, query: &Query) -> Result<Self> {
        Self::open(log, source, query, Place::Edge).map_err(|error| error.of(log))
    }

    /// `edge` is where it begins if the query does not say.
    pub(crate) fn open(
        log: &OsStr,
        source: &dyn Store,
        query: &Query,
        edge: Place,
    ) -> Result<Self> {
        let mut records = Self {
            log: log.to_owned(),
            backend: source.read(query, edge == Place::Behind)?,
            filter: query.filter.clone(),
            order: query.order,
            messages: query.messages.then(Catalog::new),
            batch: Batch::new(),
            start: edge,
            behind: None,
            last: None,
            left: query.limit,
            again: false,
            ended: false,
            sees_all: edge == Place::Behind && query.filter == Filter::default(),
            lost: 0,
            cleared: 0,
        };
        match &query.start {
            Start::Edge => {
                if edge == Place::Behind {
                    let newest = records.backend.extent()?.newest();
                    records.behind = Some(newest.unwrap_or(0));
                }
                records.backend.seek(edge)?;
            }
            Start::Number(number) => {
                records.start = Place::At(*number);
                records.backend.seek(records.start)?;
            }
            Start::After(bookmark) => {
                records.start = Place::Edge;
                records.last = Some(bookmark.clone());
                records.resume_patiently(&mut 0)?;
            }
        }
        Ok(records)
    }

    /// Where the reading is: behind the last record that was looked at, which
    /// the query need not have asked for. `None` before the first.
    ///
    /// Stored, it lets [`Query::after`](crate::Query::after) go on without
    /// looking at those again.
    #[must_use]
    pub fn bookmark(&self) -> Option<&Bookmark> {
        self.last.as_ref()
    }

    /// How many records were overwritten before they could be read, as far as
    /// that is known: where the system chooses the records that are asked for,
    /// it does not tell.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// How often the log was cleared while it was read.
    #[must_use]
    pub fn cleared(&self) -> u64 {
        self.cleared
    }

    /// Goes on behind the last record; when it is not there any more, with
    /// what there is now.
    fn resume(&mut self) -> Result<()> {
        self.batch.clear();
        let Some(last) = self.last.clone() else {
            return self.start_again();
        };
        let found = self.look_for(&last)?;
        match (found, self.order) {
            (Resumed::Behind { lost }, Order::Oldest) => {
                let next = last.number.saturating_add(1);
                self.backend.seek(Place::At(next))?;
                self.lost += lost;
                self.again = true;
            }
            (Resumed::Behind { .. }, Order::Newest) => match last.number.checked_sub(1) {
                Some(next) => {
                    self.backend.seek(Place::At(next))?;
                    self.again = true;
                }
                None => self.ended = true,
            },
            (Resumed::Cleared, Order::Oldest) => {
                self.backend.seek(Place::Edge)?;
                self.last = None;
                self.cleared += 1;
            }
            // All that was older than the last one is gone.
            (Resumed::Cleared, Order::Newest) => {
                self.ended = true;
                self.cleared += 1;
            }
        }
        Ok(())
    }

    /// The same as often as the log changes meanwhile, up to a limit.
    fn resume_patiently(&mut self, restarts: &mut u32) -> Result<()> {
        loop {
            match self.resume() {
                Err(error) if error.kind() == ErrorKind::Changed && *restarts < MOST_RESTARTS => {
                    *restarts += 1;
                }
                resumed => return resumed,
            }
        }
    }

    /// The same before the first record.
    fn start_again(&mut self) -> Result<()> {
        let Some(behind) = self.behind else {
            return self.backend.seek(self.start);
        };
        let newest = self.backend.extent()?.newest().unwrap_or(0);
        // Whatever is there came later when the numbers began anew.
        self.backend.seek(match newest < behind {
            true => Place::Edge,
            false => Place::At(behind.saturating_add(1)),
        })
    }

    /// Whether the records behind this one are those that were there.
    fn look_for(&mut self, last: &Bookmark) -> Result<Resumed> {
        if let Some(record) = self.backend.at(last.number)? {
            return Ok(if last.is(&record) {
                Resumed::Behind { lost: 0 }
            } else {
                Resumed::Cleared
            });
        }
        let extent = self.backend.extent()?;
        let (Some(oldest), Some(newest)) = (extent.oldest, extent.newest()) else {
            // An empty log that had a record once.
            return Ok(Resumed::Cleared);
        };
        if newest < last.number {
            return Ok(Resumed::Cleared);
        }
        // It was overwritten by newer ones, and perhaps others behind it.
        let lost = oldest.saturating_sub(last.number.saturating_add(1));
        Ok(Resumed::Behind { lost })
    }

    /// The next record that was asked for, `None` at the end of what there is
    /// now.
    pub(crate) fn step(&mut self) -> Result<Option<Record>> {
        let mut restarts = 0;
        loop {
            while let Some(record) = self.batch.pop_front() {
                let mut record = record?;
                if self.again && !self.is_next(&record) {
                    continue;
                }
                if self.sees_all && !self.again {
                    self.count_lost(&record)?;
                }
                self.again = false;
                self.last = Some(Bookmark::of(&record));
                if let Some(catalog) = &self.messages {
                    add_message(&mut record, catalog);
                }
                if self.filter.matches(&record) {
                    return Ok(Some(record));
                }
            }
            if self.ended {
                return Ok(None);
            }
            match self.backend.next(&mut self.batch) {
                Ok(()) if self.batch.is_empty() => return Ok(None),
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::Changed && restarts < MOST_RESTARTS => {
                    restarts += 1;
                    self.resume_patiently(&mut restarts)?;
                }
                Err(error) => {
                    // Not damage in one place: it would only come again.
                    self.ended = matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Malformed);
                    return Err(error);
                }
            }
        }
    }

    /// A subscription goes on silently behind records that were overwritten
    /// before it could deliver them.
    fn count_lost(&mut self, record: &Record) -> Result<()> {
        let Some(last) = &self.last else {
            return Ok(());
        };
        let expected = last.number.saturating_add(1);
        if record.number > expected {
            let oldest = self.backend.extent()?.oldest.unwrap_or(expected);
            self.lost += oldest.min(record.number).saturating_sub(expected);
        }
        Ok(())
    }

    /// Whether a record is behind the last one, not one that was seen.
    fn is_next(&self, record: &Record) -> bool {
        self.last.as_ref().is_none_or(|last| match self.order {
            Order::Oldest => record.number > last.number,
            Order::Newest => record.number < last.number,
        })
    }

    /// What a log that is followed does when there is nothing new: `true`
    /// when it was found cleared, so that there may be.
    pub(crate) fn was_cleared(&mut self) -> Result<bool> {
        let Some(last) = &self.last else {
            return Ok(false);
        };
        let newest = self.backend.extent()?.newest();
        if newest.is_some_and(|newest| newest >= last.number) {
            return Ok(false);
        }
        self.last = None;
        self.cleared += 1;
        self.ended = false;
        self.batch.clear();
        self.backend.seek(Place::Edge)?;
        Ok(true)
    }

    pub(crate) fn backend(&mut self) -> &mut dyn Backend {
        &mut *self.backend
    }

    pub(crate) fn told(&self, error: Error) -> Error {
        error.of(&self.log)
    }
}

impl Iterator for Records {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == Some(0) {
            return None;
        }
        let next = self.step();
        match &next {
            Ok(Some(_)) => self.left = self.left.map(|left| left - 1),
            Ok(None) => self.left = Some(0),
            // Damage is passed over; anything else would only come again.
            Err(error) if matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Malformed) => {}
            Err(_) => self.left = Some(0),
        }
        next.map_err(|error| self.told(error)).transpose()
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records")
            .field("log", &self.log)
            .field("order", &self.order)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}
