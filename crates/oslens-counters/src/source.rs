//! Where counters are read from, and the seam between that and the queries.

use std::{fmt, path::PathBuf, time::SystemTime};

use crate::{CounterPath, CounterType, InstanceName, NoValue, RawValue, Result};

/// Where counters are read from.
///
/// All compute values in the same way, by [`RawValue::calculate`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Source {
    /// For queries the system's library for counters, `pdh.dll`, which asks
    /// each provider for what is needed alone, and reaches other machines. To
    /// browse, the performance data of the registry, which tells types and
    /// language-neutral names, and `pdh.dll` where that has nothing. Where
    /// there is no `pdh.dll`, the registry for both.
    #[default]
    Automatic,
    /// `pdh.dll` alone.
    Pdh,
    /// The registry's `HKEY_PERFORMANCE_DATA` alone, read without `pdh.dll`.
    /// Of this machine only. It asks a provider for all of its objects' data
    /// each time.
    Registry,
    /// A log of counters that the system has written, as `.blg`; read with
    /// `pdh.dll`. Each sample is the next record, until the last.
    Log(PathBuf),
}

/// The language of the names in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Language {
    /// English: the same on every machine.
    #[default]
    Neutral,
    /// That of the machine, as its own tools show them.
    Local,
}

/// One counter of one instance, in one sample.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) path: CounterPath,
    pub(crate) kind: Option<CounterType>,
    pub(crate) default_scale: i32,
    /// What the instance is, other than its place among those with its name:
    /// the number of a process. `None` where it has no such number.
    pub(crate) identity: Option<i64>,
    pub(crate) raw: Result<RawValue, NoValue>,
}

impl Row {
    /// One that says why it has no value.
    #[cfg(any(windows, test))]
    pub(crate) fn missing(path: &CounterPath, why: NoValue) -> Self {
        Self {
            path: path.clone(),
            kind: None,
            default_scale: 0,
            identity: None,
            raw: Err(why),
        }
    }

    /// Whether it is the same counter of the same instance, in another sample.
    pub(crate) fn continues(&self, before: &Self) -> bool {
        match (self.identity, before.identity) {
            // The name may have another index now: those before it ended.
            (Some(now), Some(then)) => {
                now == then
                    && self.path.counter() == before.path.counter()
                    && self.path.instance().map(InstanceName::name)
                        == before.path.instance().map(InstanceName::name)
            }
            (None, None) => self.path == before.path,
            _ => false,
        }
    }
}

/// What queries need of a source: raw samples. The rest is theirs.
pub(crate) trait Backend: Send {
    /// Adds a counter, which may have wildcards. The key is for the other
    /// functions.
    fn add(&mut self, path: &CounterPath, language: Language) -> Result<u32>;

    /// Gives a counter up.
    fn remove(&mut self, key: u32);

    /// Whether any value of the counter needs two samples.
    fn needs_two_samples(&self, key: u32) -> bool;

    /// Takes a sample of all counters, and says when. An error means that
    /// there is none of any.
    fn collect(&mut self) -> Result<Sampled>;

    /// What the last sample has of a counter: one row for a path without
    /// wildcards, otherwise one for each counter and instance that is there.
    fn rows(&mut self, key: u32) -> Vec<Row>;

    /// Whether samples were taken before, and waiting for them makes no sense.
    fn is_log(&self) -> bool {
        false
    }
}

/// What came of taking a sample.
#[cfg_attr(not(any(windows, test)), allow(dead_code))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sampled {
    /// It was taken then.
    At(SystemTime),
    /// A log has no more.
    End,
}

impl fmt::Debug for dyn Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Backend")
    }
}
