//! All processes, again and again.

use std::time::Duration;

use super::{Fields, Pid, ProcessDelta, ProcessRow};
use crate::{Host, Result, sys};

/// Reads the asked values of all processes repeatedly, each time for a
/// fraction of what the first time cost.
///
/// Between two samples it keeps the rows, so that no memory is allocated for
/// a process that is still there, and a descriptor for each process, within
/// a [budget](Sampler::descriptor_budget). A kept descriptor belongs to one
/// process for ever: a PID that was given to another process is noticed
/// without a further look.
///
/// Name, command line, executable, environment and time of creation are read
/// when a process is first seen, once more in the sample after that (it may
/// have been caught before it started its program), and whenever a field of
/// `stat` that is asked for shows that its name has changed. A process that
/// becomes a zombie keeps the ones that it had.
///
/// ```
/// use oslens::process::{Fields, Sampler};
///
/// let mut sampler = Sampler::new(Fields::CPU_TOTAL | Fields::RSS);
/// sampler.sample()?;
/// let sample = sampler.sample()?;
/// for row in sample.rows() {
///     if let Some(delta) = sample.delta(row) {
///         assert!(delta.cpu.is_err() || delta.cpu.is_ok_and(|cpus| cpus >= 0.0));
///     }
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Cost
///
/// Linux, for each known process within the budget: 2 system calls for
/// [`Fields::CPU_TOTAL`] with [`Fields::RSS`] (or with nothing), 1 for any
/// fields of `stat`; other files as in a [`list`](super::list). Beyond the
/// budget `stat` is opened anew.
///
/// Windows: 1 system call for all of them and most fields, see [`Fields`]; no
/// handle is kept, and what needs one is asked again, but for what stays the
/// same.
///
/// FreeBSD, NetBSD, OpenBSD, macOS: 1 question for all records, as a
/// [`list`](super::list); no descriptor is kept. What the records do not have
/// is asked again, but for what stays the same.
#[derive(Debug)]
pub struct Sampler(sys::process::Sampler);

impl Sampler {
    /// Samples the local host. Nothing is read yet.
    #[must_use]
    pub fn new(fields: Fields) -> Self {
        Host::local().sampler(fields)
    }

    /// Keeps at most this many descriptors open between two samples; during
    /// one, a few more are open for a moment. With 0 none are kept.
    ///
    /// Without a word it is a quarter of the descriptors that the calling
    /// process may have (its soft limit), and not more than 1024. The limit
    /// itself is never changed. When the calling process runs out of
    /// descriptors during a sample, the kept ones are given back and the
    /// budget is halved.
    #[must_use]
    pub fn descriptor_budget(mut self, descriptors: usize) -> Self {
        self.0.set_budget(descriptors);
        self
    }

    /// Descriptors that are kept open now.
    #[must_use]
    pub fn descriptors(&self) -> usize {
        self.0.held()
    }

    /// Reads all processes.
    ///
    /// # Errors
    ///
    /// As [`list`](super::list). The next sample starts afresh then.
    pub fn sample(&mut self) -> Result<Sample<'_>> {
        self.0.sample()?;
        Ok(Sample(&self.0))
    }

    /// What was read the last time, once more; nothing before the first
    /// time.
    #[must_use]
    pub fn last(&self) -> Sample<'_> {
        Sample(&self.0)
    }
}

/// What a [`Sampler`] read the last time, beside what it read the time
/// before.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a>(&'a sys::process::Sampler);

impl<'a> Sample<'a> {
    /// The rows of all processes, ascending by PID. Their start is always
    /// known, unless the caller may not read it.
    #[must_use]
    pub fn rows(&self) -> &'a [ProcessRow] {
        self.0.current()
    }

    /// The row of the process that has this PID.
    #[must_use]
    pub fn get(&self, pid: impl Into<Pid>) -> Option<&'a ProcessRow> {
        find(self.rows(), pid.into())
    }

    /// What the same process's row was in the sample before. `None`: the
    /// process is new, or this is the first sample.
    #[must_use]
    pub fn previous(&self, row: &ProcessRow) -> Option<&'a ProcessRow> {
        find(self.0.previous(), row.pid).filter(|before| before.id() == row.id())
    }

    /// What the process used since the sample before: shorthand for
    /// [`ProcessRow::since`] with [`Sample::previous`].
    #[must_use]
    pub fn delta(&self, row: &ProcessRow) -> Option<ProcessDelta> {
        row.since(self.previous(row)?)
    }

    /// The last rows of processes that have ended since the sample before.
    pub fn gone(&self) -> impl Iterator<Item = &'a ProcessRow> + use<'a> {
        let rows = self.rows();
        self.0
            .previous()
            .iter()
            .filter(move |before| find(rows, before.pid).is_none_or(|row| row.id() != before.id()))
    }

    /// Time between the sample before and this one. `None` in the first
    /// sample. For rates, [`Sample::delta`] uses each row's own time.
    #[must_use]
    pub fn elapsed(&self) -> Option<Duration> {
        self.0.elapsed()
    }
}

fn find(rows: &[ProcessRow], pid: Pid) -> Option<&ProcessRow> {
    let index = rows.binary_search_by_key(&pid, |row| row.pid).ok()?;
    rows.get(index)
}

impl Host {
    /// A sampler of this host's processes. See [`Sampler`].
    #[must_use]
    pub fn sampler(&self, fields: Fields) -> Sampler {
        Sampler(sys::process::Sampler::new(self, fields))
    }
}
