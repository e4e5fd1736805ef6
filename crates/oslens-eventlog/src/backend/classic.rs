//! Reading through the classic interface: records by number, in batches of
//! bytes.

use std::time::Duration;

use super::{Backend, Batch, Extent, Place};
use crate::{Error, ErrorKind, Order, Record, Result, parse::event_record};

/// The calls of the classic interface on one open log.
pub(crate) trait Calls: Send {
    fn extent(&mut self) -> Result<Extent>;

    /// The bytes of the next records in this order, behind those of the last
    /// call or, with a number, from that record on. None at the end.
    ///
    /// `Changed` when the log was cleared or overwritten since it was opened.
    fn read(&mut self, order: Order, seek: Option<u32>) -> Result<&[u8]>;

    /// Opens the log again: a handle is of no use once the log has changed.
    fn reopen(&mut self) -> Result<()>;

    /// Returns when something was written, or after that time.
    fn wait(&mut self, within: Duration) -> Result<()>;
}

/// One reading.
pub(crate) struct Classic<C> {
    calls: C,
    log: String,
    order: Order,
    place: Position,
    /// The number of the last record that was read from this place on.
    last: Option<u64>,
    /// Records in front of this one, in the order, are passed over.
    from: Option<u64>,
}

/// What the system says when it cannot seek a record: it was overwritten just
/// now, or the log is larger than what some systems can seek in.
const CANNOT_SEEK: u32 = 87;

/// Where the next record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    /// At the edge.
    Edge,
    /// Behind what the last call read.
    Behind,
    /// At this record, or the next one there is.
    At(u64),
    /// At this record, which comes behind the newest there was.
    Next(u64),
    /// There is none.
    End,
}

impl<C: Calls> Classic<C> {
    pub(crate) fn new(calls: C, log: String, order: Order) -> Self {
        Self {
            calls,
            log,
            order,
            place: Position::Edge,
            last: None,
            from: None,
        }
    }

    /// The records from this one on, or from the next one there is.
    fn read_from(&mut self, number: u64, into: &mut Batch) -> Result<()> {
        let extent = self.calls.extent()?;
        let (Some(oldest), Some(newest)) = (extent.oldest, extent.newest()) else {
            return Ok(());
        };
        let seek = match self.order {
            // It is yet to come.
            Order::Oldest if number > newest => return Ok(()),
            Order::Oldest => number.max(oldest),
            Order::Newest if number < oldest => {
                self.place = Position::End;
                return Ok(());
            }
            Order::Newest => number.min(newest),
        };
        // Numbers of classic records have 32 bits.
        let seek = u32::try_from(seek).map_err(|_| {
            let message = "a record's number is above what the classic interface knows";
            Error::message(ErrorKind::InvalidInput, message)
        })?;
        match self.fill(Some(seek), into) {
            Err(error) if error.code() == Some(CANNOT_SEEK) => {
                // From the edge, then.
                self.calls.reopen()?;
                self.from = Some(u64::from(seek));
                self.fill(None, into)
            }
            filled => filled,
        }
    }

    /// The records that were written since the one before this was the newest.
    fn read_new(&mut self, number: u64, into: &mut Batch) -> Result<()> {
        let newest = self.calls.extent()?.newest();
        // The numbers begin anew when a log is cleared.
        if newest.is_some_and(|newest| newest.saturating_add(1) < number) {
            let message = "the log was cleared while it was read";
            return Err(Error::message(ErrorKind::Changed, message));
        }
        self.read_from(number, into)
    }

    fn fill(&mut self, seek: Option<u32>, into: &mut Batch) -> Result<()> {
        loop {
            let bytes = self.calls.read(self.order, seek)?;
            let is_end = bytes.is_empty();
            for record in event_record::records(bytes, &self.log) {
                if let Ok(record) = &record {
                    let passed = self.from.is_some_and(|from| match self.order {
                        Order::Oldest => record.number < from,
                        Order::Newest => record.number > from,
                    });
                    if passed {
                        continue;
                    }
                    self.last = Some(record.number);
                }
                into.push_back(
                    record.map_err(|error| Error::message(ErrorKind::Corrupt, error.to_string())),
                );
            }
            if is_end || !into.is_empty() {
                break;
            }
        }
        // At an end, what comes later is found by its number: a call that goes
        // on behind the last one need not see it.
        self.place = match (into.is_empty(), self.order, self.last) {
            (false, ..) => Position::Behind,
            (true, Order::Newest, _) => Position::End,
            (true, Order::Oldest, Some(last)) => Position::Next(last.saturating_add(1)),
            // The same for the first record of a log that has none.
            (true, Order::Oldest, None) => Position::At(0),
        };
        Ok(())
    }
}

impl<C: Calls> Backend for Classic<C> {
    fn extent(&mut self) -> Result<Extent> {
        self.calls.extent()
    }

    fn seek(&mut self, to: Place) -> Result<()> {
        self.calls.reopen()?;
        self.last = None;
        self.from = None;
        self.place = match to {
            Place::Edge => Position::Edge,
            Place::At(number) => Position::At(number),
            Place::Behind => {
                let newest = self.calls.extent()?.newest();
                // The first record of an empty log need not be the first ever.
                newest.map_or(Position::Edge, |newest| {
                    Position::Next(newest.saturating_add(1))
                })
            }
        };
        Ok(())
    }

    fn next(&mut self, into: &mut Batch) -> Result<()> {
        match self.place {
            Position::Edge | Position::Behind => self.fill(None, into),
            Position::At(number) => self.read_from(number, into),
            Position::Next(number) => self.read_new(number, into),
            Position::End => Ok(()),
        }
    }

    fn at(&mut self, number: u64) -> Result<Option<Record>> {
        self.calls.reopen()?;
        self.last = None;
        self.from = None;
        self.place = Position::At(number);
        let mut batch = Batch::new();
        self.read_from(number, &mut batch)?;
        let first = batch.pop_front().transpose()?;
        Ok(first.filter(|record| record.number == number))
    }

    fn wait(&mut self, within: Duration) -> Result<()> {
        self.calls.wait(within)
    }
}
