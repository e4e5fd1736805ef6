//! How the values of a row become cells.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};

use oslens::process::{
    CgroupPath, IoCounters, MemoryFootprint, MemoryInfo, MemoryInfoEx, Pid, ProcessRow, State,
};
use oslens::{Field, Unavailable};

use crate::cell::{Cell, Value};
use crate::convert::{field, offered, user};
use crate::processes::ProcessLine;
use crate::term::Tone;

impl ProcessLine {
    pub(super) fn user(&self, uid: u32) -> Value<'_> {
        user(self.shared.users.get(&uid), uid)
    }

    /// The user as whom it acts; the account, where users have no numbers.
    pub(super) fn effective_user(&self) -> Cell<'_> {
        match self.row.effective_uid {
            Ok(uid) => self.user(uid).into(),
            Err(Unavailable::Unsupported) => match self.shared.accounts.of(self.row.pid) {
                Ok(name) => Cell::optional(name.map(Value::text)),
                Err(why) => Cell::Missing(why),
            },
            Err(why) => Cell::Missing(why.into()),
        }
    }
}

pub(super) fn pid(field: &Field<Pid>) -> Cell<'_> {
    id(field, |pid| pid.get())
}

pub(super) fn id<T>(of: &Field<T>, number: fn(&T) -> u32) -> Cell<'_> {
    field(of, |known| Value::Id(number(known).into()))
}

pub(super) fn ids(of: &Field<Vec<u32>>) -> Cell<'_> {
    field(of, |numbers| {
        Value::List(numbers.iter().map(|n| Value::Id((*n).into())).collect())
    })
}

pub(super) fn bytes<T>(of: &Field<T>, number: fn(&T) -> u64) -> Cell<'_> {
    field(of, |known| Value::Bytes(number(known)))
}

pub(super) fn count<T>(of: &Field<T>, number: fn(&T) -> u64) -> Cell<'_> {
    field(of, |known| Value::Count(number(known)))
}

/// A part of the memory that not every system tells.
pub(super) fn part(row: &ProcessRow, part: fn(&MemoryInfo) -> Option<u64>) -> Cell<'_> {
    match &row.memory_info {
        Ok(memory) => offered(part(memory), Value::Bytes),
        Err(why) => Cell::Missing((*why).into()),
    }
}

/// A part of input and output that not every system counts.
pub(super) fn io(
    row: &ProcessRow,
    part: fn(&IoCounters) -> Option<u64>,
    value: fn(u64) -> Value<'static>,
) -> Cell<'_> {
    match &row.io_counters {
        Ok(counters) => offered(part(counters), value),
        Err(why) => Cell::Missing((*why).into()),
    }
}

/// Not every system tells the kinds of switches apart.
pub(super) fn involuntary(row: &ProcessRow) -> Cell<'_> {
    match row.ctx_switches {
        Ok(switches) => offered(switches.involuntary, Value::Count),
        Err(why) => Cell::Missing(why.into()),
    }
}

/// A part of the footprint that older kernels do not tell.
pub(super) fn footprint(row: &ProcessRow, part: fn(&MemoryFootprint) -> Option<u64>) -> Cell<'_> {
    match &row.memory_footprint {
        Ok(memory) => offered(part(memory), Value::Bytes),
        Err(why) => Cell::Missing((*why).into()),
    }
}

pub(super) fn more(row: &ProcessRow, part: fn(&MemoryInfoEx) -> Option<u64>) -> Cell<'_> {
    match &row.memory_info_ex {
        // Kernel threads have no such lines: they have no memory.
        Ok(memory) => Cell::optional(part(memory).map(Value::Bytes)),
        Err(why) => Cell::Missing((*why).into()),
    }
}

/// From the CPU clock where it answers, else from the coarser ticks.
pub(super) fn cpu_time(line: &ProcessLine) -> Cell<'_> {
    let row = &line.row;
    match (row.cpu_total, row.cpu_times) {
        (Ok(total), _) => Value::Duration(total).into(),
        (_, Ok(times)) => Value::Duration(times.user.saturating_add(times.system)).into(),
        (_, Err(why)) => Cell::Missing(why.into()),
    }
}

pub(super) fn cgroup(line: &ProcessLine, part: fn(&[CgroupPath]) -> Option<&OsStr>) -> Cell<'_> {
    match &line.row.cgroup {
        Ok(groups) => Cell::optional(part(groups).map(Value::text)),
        Err(why) => Cell::Missing((*why).into()),
    }
}

/// `/dev/pts/3` is `pts/3` to everybody.
pub(super) fn device(path: &OsStr) -> &OsStr {
    path.to_str()
        .and_then(|path| path.strip_prefix("/dev/"))
        .map_or(path, OsStr::new)
}

/// The letter that `ps` has for a state.
pub(crate) fn letter(state: State) -> Value<'static> {
    let letter = match state {
        State::Running => "R",
        State::Sleeping => "S",
        State::DiskSleep => "D",
        State::Stopped => "T",
        State::TracingStop => "t",
        State::Zombie => "Z",
        State::Dead => "X",
        State::WakeKill => "K",
        State::Waking | State::Waiting => "W",
        State::Idle => "I",
        State::Locked => "L",
        State::Parked => "P",
        State::Unknown(letter) => return Value::Text(Cow::Owned(letter.to_string().into())),
        _ => "?",
    };
    Value::text(letter)
}

/// The arguments with blanks between them. A process that has none (a kernel
/// thread, a zombie) shows its name in brackets, as in `ps`.
pub(super) fn command(line: &ProcessLine) -> Cell<'_> {
    let row = &line.row;
    match row.cmdline.as_deref() {
        Ok([command]) => Cell::text(command),
        Ok(arguments) if !arguments.is_empty() => {
            let command = arguments.join(OsStr::new(" "));
            Value::Text(Cow::Owned(command)).into()
        }
        _ => field(&row.name, |name| {
            let mut command = OsString::from("[");
            command.push(name);
            command.push("]");
            Value::Text(Cow::Owned(command))
        }),
    }
}

pub(super) fn cpu_tone(cell: &Cell<'_>) -> Tone {
    match cell {
        Cell::Known(Value::Ratio(cpus)) if *cpus >= 0.9 => Tone::Critical,
        Cell::Known(Value::Ratio(cpus)) if *cpus >= 0.5 => Tone::Warning,
        _ => Tone::Plain,
    }
}

pub(super) fn state_tone(cell: &Cell<'_>) -> Tone {
    match cell {
        Cell::Known(Value::Text(letter)) => match letter.to_str() {
            Some("Z" | "D") => Tone::Warning,
            _ => Tone::Plain,
        },
        _ => Tone::Plain,
    }
}
