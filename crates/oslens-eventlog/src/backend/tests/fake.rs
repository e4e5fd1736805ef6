//! A log in memory, behind both seams.

use std::{
    collections::VecDeque,
    ffi::OsStr,
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, UNIX_EPOCH},
};

use crate::{
    Error, EventId, Level, Log, Order, Query, Record, Result,
    backend::{
        Backend, Extent, Store,
        classic::{self, Classic},
        modern::{self, From, Modern},
        read_only,
    },
    parse::{event_record::encode, time},
};

/// So few fit into a batch.
const BATCH: usize = 3;
const CHANGED: u32 = 1503;
const STALE: u32 = 15011;
const CORRUPT: u32 = 1500;
const TIMEOUT: u32 = 1460;

#[derive(Debug, Clone, Copy)]
pub(super) enum Interface {
    Classic,
    Modern,
}

#[derive(Clone)]
pub(super) struct World(Arc<Mutex<State>>);

type Action = Box<dyn FnOnce(&mut State) + Send>;

#[derive(Default)]
pub(super) struct State {
    records: VecDeque<Record>,
    next: u64,
    /// When records were written, each a second later than all before.
    clock: u64,
    /// How often records were removed, and how often the log was cleared.
    removals: u64,
    clearings: u64,
    when_waited: VecDeque<Action>,
    never_rests: bool,
    cannot_seek: bool,
    is_corrupt: bool,
    /// So many calls fail as if the log had changed.
    failures: u32,
    /// So many calls of the modern interface find nothing so far.
    searches: u32,
}

impl State {
    pub(super) fn write(&mut self, count: usize) {
        for _ in 0..count {
            self.clock += 1;
            let mut record = Record::new(self.next);
            record.log = "Fake".to_owned();
            record.source = "oslens-test".to_owned();
            record.event_id = EventId::new(self.next as u32);
            record.level = Level::Warning;
            record.time_generated = UNIX_EPOCH.checked_add(Duration::from_secs(self.clock));
            record.strings = vec![format!("string {}", self.next)];
            self.records.push_back(record);
            self.next += 1;
        }
    }

    pub(super) fn overwrite(&mut self, count: usize) {
        self.records.drain(..count);
        self.removals += 1;
    }

    pub(super) fn clear(&mut self) {
        self.records.clear();
        self.next = 1;
        self.is_corrupt = false;
        self.removals += 1;
        self.clearings += 1;
    }

    fn fails(&mut self) -> bool {
        let fails = self.failures > 0;
        self.failures = self.failures.saturating_sub(1);
        self.never_rests || fails
    }

    fn extent(&self) -> Extent {
        Extent {
            count: self.records.len() as u64,
            oldest: self.records.front().map(|record| record.number),
        }
    }

    /// A batch from this number on.
    fn from(&self, number: u64, order: Order) -> Vec<Record> {
        let all = self.records.iter();
        match order {
            Order::Oldest => {
                let records = all.filter(|record| record.number >= number);
                records.take(BATCH).cloned().collect()
            }
            Order::Newest => {
                let records = all.rev().filter(|record| record.number <= number);
                records.take(BATCH).cloned().collect()
            }
        }
    }
}

fn behind(last: &Record, order: Order) -> u64 {
    match order {
        Order::Oldest => last.number + 1,
        Order::Newest => last.number - 1,
    }
}

impl World {
    pub(super) fn new(oldest: u64, newest: u64) -> Self {
        let mut state = State {
            next: oldest,
            ..State::default()
        };
        state.write(usize::try_from(newest + 1 - oldest).unwrap());
        Self(Arc::new(Mutex::new(state)))
    }

    pub(super) fn log(&self, interface: Interface) -> Log {
        let store = Fake(self.clone(), interface);
        Log::new(OsStr::new("Fake"), Arc::new(store))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(super) fn write(&self, count: usize) {
        self.state().write(count);
    }

    pub(super) fn overwrite(&self, count: usize) {
        self.state().overwrite(count);
    }

    pub(super) fn clear(&self) {
        self.state().clear();
    }

    pub(super) fn never_rests(&self) {
        self.state().never_rests = true;
    }

    pub(super) fn fails(&self, calls: u32) {
        self.state().failures = calls;
    }

    pub(super) fn corrupt(&self) {
        self.state().is_corrupt = true;
    }

    /// So many calls find nothing so far.
    pub(super) fn search(&self, calls: u32) {
        self.state().searches = calls;
    }

    pub(super) fn cannot_seek(&self) {
        self.state().cannot_seek = true;
    }

    /// The next time that somebody waits for something to be written.
    pub(super) fn when_waited(&self, action: impl FnOnce(&mut State) + Send + 'static) {
        self.state().when_waited.push_back(Box::new(action));
    }

    fn wait(&self) {
        let mut state = self.state();
        match state.when_waited.pop_front() {
            Some(action) => action(&mut state),
            // Nothing is to be expected: do not spin.
            None => {
                drop(state);
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
}

struct Fake(World, Interface);

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Fake").finish_non_exhaustive()
    }
}

impl Store for Fake {
    fn read(&self, query: &Query, follow: bool) -> Result<Box<dyn Backend>> {
        Ok(match self.1 {
            Interface::Classic => {
                let mut calls = OpenLog {
                    world: self.0.clone(),
                    removals: 0,
                    next: None,
                    bytes: Vec::new(),
                };
                classic::Calls::reopen(&mut calls)?;
                Box::new(Classic::new(calls, "Fake".to_owned(), query.order))
            }
            Interface::Modern => Box::new(Modern::new(Channel(self.0.clone()), query, follow)),
        })
    }

    fn extent(&self) -> Result<Extent> {
        Ok(self.0.state().extent())
    }

    fn clear(&self, _: Option<&Path>) -> Result<()> {
        self.0.clear();
        Ok(())
    }

    fn export(&self, _: &Query, _: &Path) -> Result<()> {
        read_only("exporting in a test")
    }
}

/// A log that is open through the classic interface.
struct OpenLog {
    world: World,
    /// What was removed when it was opened.
    removals: u64,
    /// Where the next call goes on; 0 for an end, where it stays.
    next: Option<u64>,
    bytes: Vec<u8>,
}

impl classic::Calls for OpenLog {
    fn extent(&mut self) -> Result<Extent> {
        Ok(self.world.state().extent())
    }

    fn read(&mut self, order: Order, seek: Option<u32>) -> Result<&[u8]> {
        let mut state = self.world.state();
        if state.is_corrupt {
            return Err(Error::code_of("ReadEventLogW", CORRUPT));
        }
        if state.fails() || state.removals != self.removals {
            return Err(Error::code_of("ReadEventLogW", CHANGED));
        }
        let edge = match order {
            Order::Oldest => 1,
            Order::Newest => u64::MAX,
        };
        let from = seek.map(u64::from).or(self.next).unwrap_or(edge);
        if let Some(number) = seek {
            // The system refuses to seek what is not there.
            let found = state.records.iter().any(|r| r.number == u64::from(number));
            if !found || state.cannot_seek {
                return Err(Error::code_of("ReadEventLogW", 87));
            }
        }
        let records = match from {
            0 => Vec::new(),
            from => state.from(from, order),
        };
        self.next = records.last().map(|last| behind(last, order)).or(Some(0));
        self.bytes = records.iter().flat_map(encode::record).collect();
        Ok(&self.bytes)
    }

    fn reopen(&mut self) -> Result<()> {
        self.removals = self.world.state().removals;
        self.next = None;
        Ok(())
    }

    fn wait(&mut self, _: Duration) -> Result<()> {
        self.world.wait();
        Ok(())
    }
}

/// A log through the modern interface.
struct Channel(World);

struct Events {
    next: u64,
    order: Order,
    follow: bool,
    removals: u64,
    clearings: u64,
}

fn xml(record: &Record) -> String {
    format!(
        "<Event xmlns='x'><System><Provider Name='{}'/><EventID>{}</EventID><Level>3</Level>\
         <TimeCreated SystemTime='{}'/><EventRecordID>{}</EventRecordID>\
         <Channel>{}</Channel></System><EventData><Data>{}</Data></EventData></Event>",
        record.source,
        record.event_id,
        time::format(record.time_generated.unwrap()),
        record.number,
        record.log,
        record.strings[0],
    )
}

impl Channel {
    fn events(&self, next: u64, order: Order, follow: bool) -> Events {
        let state = self.0.state();
        Events {
            next,
            order,
            follow,
            removals: state.removals,
            clearings: state.clearings,
        }
    }
}

impl modern::Calls for Channel {
    type Events = Events;

    fn extent(&mut self) -> Result<Extent> {
        Ok(self.0.state().extent())
    }

    /// Looks at the numbers of records alone: the others are looked at again.
    fn query(&mut self, expression: &str, order: Order) -> Result<Events> {
        let number = |condition: &str| -> Option<u64> {
            let (_, rest) = expression.split_once(condition)?;
            let digits = rest.split(|char: char| !char.is_ascii_digit()).next()?;
            digits.parse().ok()
        };
        let next = match order {
            Order::Oldest => number("EventRecordID>=")
                .or(number("EventRecordID="))
                .unwrap_or(1),
            Order::Newest => number("EventRecordID<=").unwrap_or(u64::MAX),
        };
        let exactly = number("EventRecordID=");
        let mut events = self.events(next, order, false);
        if let Some(exactly) = exactly {
            let found = self.0.state().records.iter().any(|r| r.number == exactly);
            events.next = if found { exactly } else { u64::MAX };
        }
        Ok(events)
    }

    fn subscribe(&mut self, _: &str, from: From) -> Result<Events> {
        let next = match from {
            From::Oldest => 1,
            From::Now => self.0.state().next,
            From::After(number) => number + 1,
        };
        Ok(self.events(next, Order::Oldest, true))
    }

    fn next(&mut self, events: &mut Events) -> Result<Vec<Result<String>>> {
        let mut state = self.0.state();
        if state.is_corrupt {
            return Err(Error::code_of("EvtNext", CORRUPT));
        }
        if state.fails() || (!events.follow && state.removals != events.removals) {
            return Err(Error::code_of("EvtNext", STALE));
        }
        if state.searches > 0 {
            state.searches -= 1;
            return Err(Error::code_of("EvtNext", TIMEOUT));
        }
        if state.clearings != events.clearings {
            // A subscription gets what is written after.
            events.clearings = state.clearings;
            events.next = 1;
        }
        let records = match events.next {
            0 => Vec::new(),
            next => state.from(next, events.order),
        };
        if let Some(last) = records.last() {
            events.next = behind(last, events.order);
        }
        Ok(records.iter().map(|record| Ok(xml(record))).collect())
    }

    fn wait(&mut self, _: &mut Events, _: Duration) -> Result<()> {
        self.0.wait();
        Ok(())
    }
}
