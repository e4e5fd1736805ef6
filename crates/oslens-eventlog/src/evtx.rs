//! Saved logs: `.evtx` files.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{
    Error, ErrorKind, Order, Query, Record, Result,
    backend::{Backend, Batch, Extent, Place, Store, read_only},
    parse::{Malformed, binxml, event, evtx},
};

/// A saved log.
#[derive(Debug)]
struct Saved(PathBuf);

/// Looks whether it is one.
pub(crate) fn open(path: &Path) -> Result<Arc<dyn Store>> {
    Reading::open(path, Order::Oldest)?;
    Ok(Arc::new(Saved(path.to_owned())))
}

impl Store for Saved {
    fn read(&self, query: &Query, follow: bool) -> Result<Box<dyn Backend>> {
        if follow {
            return read_only("following a saved log, which does not grow");
        }
        if query.filter.xpath.is_some() {
            return read_only("choosing records of a saved log by XPath");
        }
        let reading = Reading::open(&self.0, query.order)?;
        Ok(Box::new(reading))
    }

    fn extent(&self) -> Result<Extent> {
        Reading::open(&self.0, Order::Oldest)?.extent()
    }

    fn clear(&self, _: Option<&Path>) -> Result<()> {
        read_only("clearing a saved log")
    }

    fn export(&self, _: &Query, _: &Path) -> Result<()> {
        read_only("exporting a saved log")
    }
}

/// One reading of a saved log.
struct Reading {
    file: File,
    /// Where the chunks that have records are, in the order of the reading.
    chunks: Vec<u64>,
    /// The next of them.
    next: usize,
    order: Order,
    chunk: Vec<u8>,
    /// Records in front of this one, in the order, are passed over.
    from: Option<u64>,
}

impl Reading {
    fn open(path: &Path, order: Order) -> Result<Self> {
        let mut file = File::open(path).map_err(|error| Error::io("open", error))?;
        let mut head = [0; evtx::FILE_HEAD];
        let read = read_at(&mut file, 0, &mut head)?;
        let head = evtx::file_head(head.get(..read).unwrap_or_default()).map_err(corrupt)?;
        let length = file
            .metadata()
            .map_err(|error| Error::io("fstat", error))?
            .len();
        let mut chunks = chunks(&mut file, head.first_chunk, length)?;
        // A log that wraps writes its oldest chunk anew.
        chunks.sort_by_key(|&(first, _)| first);
        if order == Order::Newest {
            chunks.reverse();
        }
        Ok(Self {
            file,
            chunks: chunks.into_iter().map(|(_, at)| at).collect(),
            next: 0,
            order,
            chunk: vec![0; evtx::CHUNK],
            from: None,
        })
    }

    /// Reads the next chunk; whether there is one.
    fn advance(&mut self) -> Result<bool> {
        let Some(&at) = self.chunks.get(self.next) else {
            return Ok(false);
        };
        self.next += 1;
        self.chunk.resize(evtx::CHUNK, 0);
        let read = read_at(&mut self.file, at, &mut self.chunk)?;
        // The file can end within its last chunk.
        self.chunk.truncate(read);
        Ok(true)
    }

    fn records(&self) -> impl Iterator<Item = Result<Record>> + '_ {
        records_of(&self.chunk, MOST_TEXT)
    }
}

/// More text than the events of a chunk come to, in bytes: those of a hostile
/// file can be millions of times as long as the chunk.
const MOST_TEXT: usize = 32 << 20;

/// The records of a chunk, as long as their events come to no more text than
/// this.
fn records_of(chunk: &[u8], most: usize) -> impl Iterator<Item = Result<Record>> + '_ {
    let mut left = most;
    evtx::frames(chunk).map(move |frame| {
        let record = frame.and_then(|frame| {
            if left == 0 {
                return Err(Malformed("events that fit into their chunk"));
            }
            let event = binxml::event(chunk, frame.start, frame.end)?;
            let mut record = event::record(&event)?;
            if record.number == 0 {
                record.number = frame.number;
            }
            let text = event.to_string();
            left = left.saturating_sub(text.len());
            record.xml = Some(text);
            Ok(record)
        });
        if record.is_err() {
            // So that work for nothing has an end as well.
            left = left.saturating_sub(evtx::CHUNK);
        }
        record.map_err(corrupt)
    })
}

/// No log has more chunks: its head counts them in 16 bits, and files that were
/// put together from several are not that long. A file can pretend to be of any
/// length without taking room.
const MOST_CHUNKS: u64 = 1 << 20;

/// The first numbers and the places of the chunks that have records.
///
/// What is no chunk is left out: in a file whose end was not written yet, or
/// that was put together from what was left of one, the others can be read.
fn chunks(file: &mut File, first: u64, length: u64) -> Result<Vec<(u64, u64)>> {
    if length.saturating_sub(first) / evtx::CHUNK as u64 > MOST_CHUNKS {
        return Err(corrupt(Malformed("a log of at most 64 GiB")));
    }
    let mut found = Vec::new();
    let mut head = [0; evtx::CHUNK_HEAD];
    let mut at = first;
    while at < length {
        let read = read_at(file, at, &mut head)?;
        if let Ok(Some(head)) = evtx::chunk_head(head.get(..read).unwrap_or_default()) {
            found.push((head.first, at));
        }
        at = at.saturating_add(evtx::CHUNK as u64);
    }
    Ok(found)
}

/// Reads as many bytes as there are at this place, or as fit.
fn read_at(file: &mut File, at: u64, mut into: &mut [u8]) -> Result<usize> {
    let failed = |error| Error::io("read", error);
    file.seek(SeekFrom::Start(at)).map_err(failed)?;
    let mut all = 0;
    while !into.is_empty() {
        match file.read(into) {
            Ok(0) => break,
            Ok(read) => {
                all += read;
                into = into.get_mut(read..).unwrap_or_default();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(all)
}

fn corrupt(malformed: Malformed) -> Error {
    Error::message(ErrorKind::Corrupt, malformed.to_string())
}

impl Backend for Reading {
    fn extent(&mut self) -> Result<Extent> {
        let mut extent = Extent::default();
        let before = std::mem::replace(&mut self.next, 0);
        while self.advance()? {
            let frames = evtx::frames(&self.chunk).filter(std::result::Result::is_ok);
            extent.count += frames.count() as u64;
            if extent.oldest.is_none() || self.order == Order::Newest {
                let first = self.records().find_map(Result::ok);
                extent.oldest = first.map(|record| record.number).or(extent.oldest);
            }
        }
        self.next = before;
        Ok(extent)
    }

    fn seek(&mut self, to: Place) -> Result<()> {
        self.next = 0;
        self.from = match to {
            Place::Edge => None,
            Place::At(number) => Some(number),
            Place::Behind => {
                self.next = self.chunks.len();
                None
            }
        };
        Ok(())
    }

    fn next(&mut self, into: &mut Batch) -> Result<()> {
        while into.is_empty() && self.advance()? {
            into.extend(self.records());
            if self.order == Order::Newest {
                into.make_contiguous().reverse();
            }
            if let Some(from) = self.from {
                let order = self.order;
                let before = |record: &Result<Record>| match record {
                    Ok(record) if order == Order::Oldest => record.number < from,
                    Ok(record) => record.number > from,
                    Err(_) => false,
                };
                // With what is damaged among them, which has no number.
                if let Some(last) = into.iter().rposition(before) {
                    into.drain(..=last);
                }
                if into.iter().any(Result::is_ok) {
                    self.from = None;
                }
            }
        }
        Ok(())
    }

    fn at(&mut self, number: u64) -> Result<Option<Record>> {
        self.next = 0;
        while self.advance()? {
            let mut records = self.records().filter_map(Result::ok);
            if let Some(record) = records.find(|record| record.number == number) {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    fn wait(&mut self, _: Duration) -> Result<()> {
        read_only("following a saved log, which does not grow")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_events_of_a_chunk_cannot_come_to_any_length() {
        let file = include_bytes!("../tests/evtx/security.evtx");
        let chunk = file.get(4096..).unwrap();
        let all: Vec<Record> = records_of(chunk, MOST_TEXT).map(Result::unwrap).collect();
        let length = |record: &Record| record.xml.as_ref().unwrap().len();
        let most = all.iter().take(3).map(length).sum();
        let read: Vec<_> = records_of(chunk, most).collect();
        assert_eq!(read.len(), all.len());
        for (at, record) in read.iter().enumerate() {
            match record {
                Ok(record) => assert!(at < 3 && *record == all[at]),
                Err(error) => assert!(at >= 3 && error.kind() == ErrorKind::Corrupt),
            }
        }
    }
}
