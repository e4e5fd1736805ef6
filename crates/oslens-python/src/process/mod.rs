//! Processes: what `oslens.Process` inherits.

mod actions;
mod attributes;
mod extras;
mod garbage;
mod getters;
mod identity;
mod oneshot;
mod overrides;
mod passes;
mod table;
mod wait;
mod watch;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::ThreadId,
    time::{Duration, Instant},
};

pub(crate) use identity::forked;
use oslens::{
    Error, ErrorKind, Host, Unavailable,
    process::{Fields, Pid, Process, ProcessId, ProcessRow},
};
pub(crate) use passes::Pass;
use pyo3::{
    exceptions::{PyNotImplementedError, PyOSError, PyRuntimeError, PyTypeError},
    prelude::*,
    types::{PyDict, PyFrozenSet, PyTuple},
};
pub(crate) use table::{_processes, Sampler};
pub(crate) use watch::Watch;

use self::{
    attributes::{Attribute, Missing, Shared},
    oneshot::Oneshot,
};
use crate::{
    arguments::PidArgument,
    error::{self, ACCESS_DENIED, NO_SUCH_PROCESS, OrRaise as _, ZOMBIE_PROCESS},
    host,
    objects::Imported,
};

/// The class that users see.
static PROCESS: Imported = Imported::new("oslens._process", "Process");

/// What `oslens.Process` inherits: its getters and actions.
///
/// The Python class on top gives instances a `__dict__` and weak references,
/// and the methods that only combine others.
#[pyclass(name = "ProcessBase", module = "oslens._oslens", subclass, frozen)]
pub(crate) struct ProcessBase {
    /// Set by `__init__`, which subclasses may call late or replace.
    subject: OnceLock<Subject>,
    /// Set for ever: the process has ended.
    is_gone: AtomicBool,
    /// Set for ever, too: another one has its PID.
    is_reused: AtomicBool,
    created: OnceLock<Py<PyAny>>,
    known: Mutex<Known>,
    oneshot: Oneshot,
    /// What the iterations of each thread have read of it, latest last.
    prefetched: Mutex<Vec<Prefetched>>,
    has_prefetched: AtomicBool,
}

/// Which process it is.
pub(crate) struct Subject {
    host: Host,
    /// It holds no descriptor: programs make thousands of these.
    process: Process,
    /// Whoever has the PID: what it says counts once it is proved to have
    /// been this process.
    anybody: Process,
    /// The caller's PID when this was made, if it was the caller itself.
    made_by: Option<Pid>,
    proof: identity::Proof,
}

impl Subject {
    /// Whether system calls of this process take the PIDs that its `/proc`
    /// shows: not that of another root, or of an outer PID namespace.
    fn has_our_pids(&self) -> bool {
        // The PID that the answer was "yes" for: a fork may enter a new PID
        // namespace.
        static SEEN_AS: AtomicU32 = AtomicU32::new(0);
        if !self.host.is_local() {
            return false;
        }
        let me = Pid::current();
        if SEEN_AS.load(Ordering::Relaxed) == me.get() {
            return true;
        }
        let is_so = Process::current().is_ok_and(|process| process.pid() == me);
        if is_so {
            SEEN_AS.store(me.get(), Ordering::Relaxed);
        }
        is_so
    }
}

/// What does not change, and what the next call is compared with. Nobody
/// makes or drops Python objects while holding it.
#[derive(Default)]
struct Known {
    name: Option<Py<PyAny>>,
    exe: Option<Py<PyAny>>,
    exit: Option<Py<PyAny>>,
    /// The inode of its pidfds.
    pidfd: Option<u64>,
    cpu: Option<CpuSample>,
}

/// The CPU time that it had used, and when.
type CpuSample = (Instant, Duration);

/// What the last iteration of a thread read; `None`: nothing.
type Prefetched = (ThreadId, Option<Py<PyDict>>);

/// As many threads may iterate over processes and each have values of its
/// own; of more, the oldest are dropped.
const MOST_PREFETCHED: usize = 8;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ProcessBase {
    fn empty() -> Self {
        Self {
            subject: OnceLock::new(),
            is_gone: AtomicBool::new(false),
            is_reused: AtomicBool::new(false),
            created: OnceLock::new(),
            known: Mutex::default(),
            oneshot: Oneshot::default(),
            prefetched: Mutex::default(),
            has_prefetched: AtomicBool::new(false),
        }
    }

    /// A `Process` for an identity, without a look at the process.
    pub(crate) fn object<'py>(
        py: Python<'py>,
        host: &Host,
        id: ProcessId,
    ) -> PyResult<Bound<'py, PyAny>> {
        let class = PROCESS.get(py)?;
        let object = class.call_method1(pyo3::intern!(py, "__new__"), (class,))?;
        object
            .cast::<Self>()?
            .get()
            .adopt(host.clone(), host.process_from_id(id));
        Ok(object)
    }

    fn adopt(&self, host: Host, process: Process) {
        // A second call changes nothing: an object is one process for ever.
        let pid = process.pid();
        let anybody = host.process_from_id(pid.into());
        let mut subject = Subject {
            host,
            process,
            anybody,
            made_by: None,
            proof: identity::Proof::default(),
        };
        subject.recognize_caller();
        let _ = self.subject.set(subject);
    }

    fn subject(&self) -> PyResult<&Subject> {
        self.subject
            .get()
            .ok_or_else(|| PyRuntimeError::new_err("Process.__init__() was not called"))
    }

    pub(crate) fn process(&self) -> PyResult<&Process> {
        Ok(&self.subject()?.process)
    }

    fn id(&self) -> PyResult<ProcessId> {
        Ok(self.process()?.id())
    }

    fn was_reused(&self) -> bool {
        self.is_reused.load(Ordering::Relaxed)
    }

    /// Whether it has ended, and nothing but the PID is known of it: whoever
    /// has that now could not be told from it.
    fn was_only_a_pid(&self) -> bool {
        self.is_gone.load(Ordering::Relaxed) && self.id().is_ok_and(|id| !id.start.is_known())
    }

    /// Fails if whoever has the PID is another process.
    fn refuse_others(&self, py: Python<'_>) -> PyResult<()> {
        if self.was_reused() {
            return Err(self.reused(py));
        }
        if self.was_only_a_pid() {
            let arguments = (self.id()?.pid.get(), self.known_name(py));
            return Err(error::of_process(py, &NO_SUCH_PROCESS, arguments)?);
        }
        Ok(())
    }

    /// Asks something about the process, without the GIL.
    fn ask<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&Process) -> oslens::Result<T> + Send,
    ) -> PyResult<T> {
        let process = self.process()?;
        self.refuse_others(py)?;
        py.detach(|| question(process))
            .map_err(|error| self.raised(py, &error))
    }

    /// Asks something about the process, without the GIL, in the way that
    /// costs least.
    fn ask_cheaply<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&Process) -> oslens::Result<T> + Send,
    ) -> PyResult<T> {
        let subject = self.subject()?;
        self.refuse_others(py)?;
        self.answered(py, py.detach(|| subject.ask(question)))
    }

    /// What came of a question, or the exception.
    fn answered<T>(&self, py: Python<'_>, answer: Result<T, identity::NoAnswer>) -> PyResult<T> {
        answer.map_err(|why| match why {
            identity::NoAnswer::Failed(error) => self.raised(py, &error),
            identity::NoAnswer::Reused => self.reused(py),
        })
    }

    #[cold]
    fn reused(&self, py: Python<'_>) -> PyErr {
        self.is_gone.store(true, Ordering::Relaxed);
        self.is_reused.store(true, Ordering::Relaxed);
        let made = || {
            let arguments = (self.id()?.pid.get(), self.known_name(py), error::REUSED);
            error::of_process(py, &NO_SUCH_PROCESS, arguments)
        };
        made().unwrap_or_else(|error| error)
    }

    /// Reads fields, without the GIL; in a `oneshot()`, only what has not
    /// been read in it yet.
    fn read(&self, py: Python<'_>, fields: Fields) -> PyResult<Arc<ProcessRow>> {
        if let Some(row) = self.oneshot.row(fields) {
            return Ok(row);
        }
        let wanted = self.oneshot.wanted(fields);
        self.refuse_others(py)?;
        let subject = self.subject()?;
        // A row is large: where it is made it stays.
        let row = py.detach(|| subject.read(wanted).map(Arc::new));
        let row = self.answered(py, row)?;
        self.oneshot.keep(wanted, &row);
        Ok(row)
    }

    /// The exception for an error, with what is known about the process.
    #[cold]
    fn raised(&self, py: Python<'_>, error: &Error) -> PyErr {
        if error.kind() == ErrorKind::Zombie {
            return self.zombie(py);
        }
        let raised = error::exception(py, error);
        if let Some(name) = self.known_name(py) {
            let value = raised.value(py);
            let attribute = pyo3::intern!(py, "name");
            if value
                .getattr(attribute)
                .is_ok_and(|present| present.is_none())
            {
                // It is an improvement only.
                let _ = value.setattr(attribute, name);
            }
        }
        raised
    }

    fn known_name(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        lock(&self.known)
            .name
            .as_ref()
            .map(|name| name.clone_ref(py))
    }

    /// The exception for a value that went with a process's memory.
    #[cold]
    fn zombie(&self, py: Python<'_>) -> PyErr {
        let made = || {
            let process = self.process()?;
            let row = py.detach(|| process.read(Fields::NAME | Fields::PPID)).ok();
            let (name, ppid) = match row {
                Some(row) => (row.name.ok(), row.ppid.ok().map(Pid::get)),
                None => (None, None),
            };
            error::of_process(py, &ZOMBIE_PROCESS, (process.pid().get(), name, ppid))
        };
        made().unwrap_or_else(|error| error)
    }

    /// The exception for an attribute that has no value.
    #[cold]
    fn missing(&self, py: Python<'_>, attribute: Attribute, why: Unavailable) -> PyErr {
        let name = attribute.as_str();
        let made = || {
            let subject = self.subject()?;
            let pid = subject.process.pid().get();
            match why {
                Unavailable::Zombie => Ok(self.zombie(py)),
                Unavailable::Gone => {
                    error::of_process(py, &NO_SUCH_PROCESS, (pid, self.known_name(py)))
                }
                Unavailable::Denied => {
                    let process = &subject.process;
                    let known = self.known_name(py);
                    let name = py.detach(|| match known {
                        Some(_) => None,
                        None => process.read(Fields::NAME).ok()?.name.ok(),
                    });
                    let error = match known {
                        Some(known) => error::of_process(py, &ACCESS_DENIED, (pid, known)),
                        None => error::of_process(py, &ACCESS_DENIED, (pid, name)),
                    }?;
                    if let Some(file) = attribute.file() {
                        let path = subject.host.proc_path().join(pid.to_string()).join(file);
                        let cause = PyOSError::new_err((
                            EACCES,
                            "Permission denied",
                            path.into_os_string(),
                        ));
                        error.set_cause(py, Some(cause));
                    }
                    Ok(error)
                }
                Unavailable::Unsupported => Ok(PyNotImplementedError::new_err(format!(
                    "{name}: not supported here"
                ))),
                _ => Ok(PyRuntimeError::new_err(format!("{name}: {why}"))),
            }
        };
        made().unwrap_or_else(|error| error)
    }

    /// What an iteration has read: this thread's, else the latest.
    fn prefetched_dict<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyDict>> {
        if !self.has_prefetched.load(Ordering::Relaxed) {
            return None;
        }
        let me = std::thread::current().id();
        let all = lock(&self.prefetched);
        // Of another one, for those who hand the objects to other threads.
        let of_this_thread = all.iter().find(|(thread, _)| *thread == me);
        let (_, dict) = of_this_thread.or_else(|| all.last())?;
        dict.as_ref().map(|dict| dict.bind(py).clone())
    }

    fn set_prefetched(&self, dict: Option<Bound<'_, PyDict>>) {
        if dict.is_none() && !self.has_prefetched.load(Ordering::Relaxed) {
            return;
        }
        let me = std::thread::current().id();
        let mut dropped = None;
        let mut all = lock(&self.prefetched);
        let old = all
            .iter()
            .position(|(thread, _)| *thread == me)
            .map(|at| all.remove(at));
        if all.len() >= MOST_PREFETCHED {
            dropped = Some(all.remove(0));
        }
        all.push((me, dict.map(Bound::unbind)));
        if all.iter().all(|(_, dict)| dict.is_none()) {
            all.clear();
        }
        self.has_prefetched
            .store(!all.is_empty(), Ordering::Relaxed);
        // Values may run code when they are dropped.
        drop(all);
        drop((old, dropped));
    }

    fn prefetched<'py>(
        &self,
        py: Python<'py>,
        attribute: Attribute,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.prefetched_dict(py) {
            Some(dict) => dict.get_item(attribute.name(py)),
            None => Ok(None),
        }
    }

    /// The value of an attribute that rows have: what the method returns.
    fn get<'py>(&self, py: Python<'py>, attribute: Attribute) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = self.prefetched(py, attribute)? {
            return Ok(value);
        }
        self.get_now(py, attribute)
    }

    /// The same, whatever an iteration has read.
    fn get_now<'py>(&self, py: Python<'py>, attribute: Attribute) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = self.remembered(py, attribute)? {
            return Ok(value);
        }
        let row = self.read(py, attribute.fields())?;
        let mut shared = Shared::new(&self.subject()?.host);
        self.value(py, attribute, &row, &mut shared)
            .map_err(|missing| match missing {
                Missing::Because(why) => self.missing(py, attribute, why),
                Missing::Raised(error) => error,
            })
    }

    /// The time of creation, if it is known and nothing was prefetched.
    #[inline]
    fn known_create_time<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        if self.has_prefetched.load(Ordering::Relaxed) {
            return None;
        }
        Some(self.created.get()?.bind(py).clone())
    }

    /// What is the same for ever.
    fn remembered<'py>(
        &self,
        py: Python<'py>,
        attribute: Attribute,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match attribute {
            Attribute::CreateTime => Ok(self.created.get().map(|time| time.bind(py).clone())),
            Attribute::Exe => {
                let known = lock(&self.known).exe.as_ref().map(|exe| exe.clone_ref(py));
                Ok(known.map(|exe| exe.into_bound(py)))
            }
            _ => Ok(None),
        }
    }

    /// The value of an attribute from a row, remembered where that is of
    /// use.
    fn value<'py>(
        &self,
        py: Python<'py>,
        attribute: Attribute,
        row: &ProcessRow,
        shared: &mut Shared,
    ) -> attributes::Value<'py> {
        match attribute {
            Attribute::CpuPercent => Ok(self.cpu_percent_of(row)?.into_pyobject(py)?.into_any()),
            Attribute::CreateTime => {
                if let Some(known) = self.remembered(py, attribute)? {
                    return Ok(known);
                }
                let value = attributes::of_row(py, attribute, row, shared)?;
                // Another thread may have been as quick.
                let _ = self.created.set(value.clone().unbind());
                Ok(value)
            }
            Attribute::Exe => self.exe_of(py, row, shared),
            Attribute::Name => {
                let value = attributes::of_row(py, attribute, row, shared)?;
                let old = lock(&self.known).name.replace(value.clone().unbind());
                drop(old);
                Ok(value)
            }
            _ => attributes::of_row(py, attribute, row, shared),
        }
    }

    /// How busy it was since the last time somebody asked, in percent of one
    /// CPU.
    fn cpu_percent_of(&self, row: &ProcessRow) -> Result<f64, Unavailable> {
        let now = cpu_sample(row)?;
        let before = self.last_cpu(now);
        Ok(before.map_or(0.0, |before| percent(before, now)))
    }

    /// Keeps what the next answer is compared with; returns what was kept.
    fn last_cpu(&self, now: CpuSample) -> Option<CpuSample> {
        lock(&self.known).cpu.replace(now)
    }

    fn exe_of<'py>(
        &self,
        py: Python<'py>,
        row: &ProcessRow,
        shared: &mut Shared,
    ) -> attributes::Value<'py> {
        if let Some(known) = self.remembered(py, Attribute::Exe)? {
            return Ok(known);
        }
        let value = match &row.exe {
            Ok(Some(_)) => attributes::of_row(py, Attribute::Exe, row, shared)?,
            Ok(None) | Err(Unavailable::Denied) => {
                let asked;
                let arguments = match &row.cmdline {
                    Err(Unavailable::NotRequested) => {
                        asked = self.read(py, Fields::CMDLINE);
                        match &asked {
                            Ok(row) => &row.cmdline,
                            Err(_) => &Err(Unavailable::Gone),
                        }
                    }
                    known => known,
                };
                let guess = match arguments {
                    Ok(arguments) => guess(arguments.first()),
                    Err(Unavailable::Zombie) => return Err(Unavailable::Zombie.into()),
                    Err(_) => None,
                };
                match guess {
                    Some(path) => path.into_pyobject(py)?.into_any(),
                    None => attributes::of_row(py, Attribute::Exe, row, shared)?,
                }
            }
            Err(why) => return Err((*why).into()),
        };
        let old = lock(&self.known).exe.replace(value.clone().unbind());
        drop(old);
        Ok(value)
    }
}

fn cpu_sample(row: &ProcessRow) -> Result<CpuSample, Unavailable> {
    let times = row.cpu_times?;
    Ok((row.sampled_at, times.user.saturating_add(times.system)))
}

/// What `cpu_percent()` shows.
fn percent(before: CpuSample, now: CpuSample) -> f64 {
    let elapsed = now.0.saturating_duration_since(before.0).as_secs_f64();
    if elapsed <= 0.0 {
        return 0.0;
    }
    let used = now.1.saturating_sub(before.1).as_secs_f64();
    crate::objects::one_decimal(used / elapsed * 100.0)
}

#[cfg(unix)]
const EACCES: i32 = libc::EACCES;
#[cfg(not(unix))]
const EACCES: i32 = 13;

/// The first argument, if it is an executable file by its full path.
fn guess(argument: Option<&std::ffi::OsString>) -> Option<std::ffi::OsString> {
    let path = std::path::Path::new(argument?);
    let is_program = path.is_absolute() && path.is_file() && is_executable(path);
    is_program.then(|| path.as_os_str().to_owned())
}

#[cfg(unix)]
fn is_executable(path: &std::path::Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn is_executable(_: &std::path::Path) -> bool {
    true
}

#[pymethods]
impl ProcessBase {
    /// Subclasses may take other arguments, which only their `__init__`
    /// knows.
    #[new]
    #[pyo3(
        signature = (*_arguments, **_keywords),
        text_signature = "(pid=None)"
    )]
    fn new(_arguments: &Bound<'_, PyTuple>, _keywords: Option<&Bound<'_, PyDict>>) -> Self {
        Self::empty()
    }

    #[pyo3(signature = (pid = None))]
    fn __init__(&self, py: Python<'_>, pid: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let host = host::current(py)?;
        let no_such = |pid: Py<PyAny>, message: &str| {
            error::of_process(py, &NO_SUCH_PROCESS, (pid, py.None(), message))
                .unwrap_or_else(|error| error)
        };
        let pid = match pid {
            None if host.is_local() => {
                let process = py.detach(Process::current).or_raise(py)?;
                let id = process.id();
                self.adopt(host, Process::from_id(id));
                return Ok(());
            }
            None => Pid::current().get(),
            Some(pid) => match crate::arguments::pid(pid)? {
                PidArgument::Pid(pid) => pid,
                PidArgument::OutOfRange(pid) => {
                    return Err(no_such(pid, "process PID out of range"));
                }
            },
        };
        let id = match py.detach(|| host.identify(pid)) {
            Ok(id) => id,
            Err(error) if error.kind() == ErrorKind::NoSuchProcess => {
                let pid = pid.into_pyobject(py)?.into_any().unbind();
                return Err(no_such(pid, "process PID not found"));
            }
            // It is there, and does not show when it started.
            Err(error) if error.kind() == ErrorKind::AccessDenied => Pid::new(pid).into(),
            Err(error) => return Err(error::exception(py, &error)),
        };
        let process = host.process_from_id(id);
        self.adopt(host, process);
        Ok(())
    }

    /// Makes it the process that had this PID and has ended.
    fn _adopt_ended(&self, py: Python<'_>, pid: u32) -> PyResult<()> {
        let host = host::current(py)?;
        let process = host.process_from_id(Pid::new(pid).into());
        self.adopt(host, process);
        self.is_gone.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Names of the attributes that `as_dict()` and `process_iter()` read if
    /// they are not told which.
    #[classattr]
    fn attrs(py: Python<'_>) -> PyResult<Py<PyFrozenSet>> {
        Ok(attributes::names(py)?.unbind())
    }

    fn __hash__(&self) -> PyResult<u64> {
        Ok(self.id()?.pid.get().into())
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        match other.cast::<Self>() {
            Ok(other) => {
                let is_same = !self.id()?.differs_from(&other.get().id()?);
                Ok(is_same.into_pyobject(py)?.to_owned().into_any().unbind())
            }
            Err(_) => Ok(py.NotImplemented()),
        }
    }

    /// Always fails: what is pickled is elsewhere or later, where the PID may
    /// be another's.
    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "cannot pickle a Process: it is good on this machine and until it ends",
        ))
    }

    /// What the last `process_iter()` with attributes read.
    #[getter]
    fn _prefetch<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        self.prefetched_dict(py).unwrap_or_else(|| PyDict::new(py))
    }

    #[setter(_prefetch)]
    fn replace_prefetch(&self, dict: Bound<'_, PyDict>) {
        self.set_prefetched((!dict.is_empty()).then_some(dict));
    }

    /// Whether it has been seen to have ended, and whether its PID was given
    /// to another one.
    fn _end(&self) -> (bool, bool) {
        (
            self.is_gone.load(Ordering::Relaxed),
            self.is_reused.load(Ordering::Relaxed),
        )
    }

    /// The time of creation if somebody asked for it already, and the exit
    /// code if somebody waited for it.
    fn _known(&self, py: Python<'_>) -> (Option<Py<PyAny>>, Option<Py<PyAny>>) {
        let known = lock(&self.known);
        (
            self.created.get().map(|time| time.clone_ref(py)),
            known.exit.as_ref().map(|exit| exit.clone_ref(py)),
        )
    }

    fn _begin_oneshot(&self) {
        self.oneshot.begin();
    }

    fn _end_oneshot(&self) {
        self.oneshot.end();
    }

    /// Whether the process still runs, or is a zombie.
    ///
    /// False also if its PID belongs to another process now: this asks the
    /// kernel who it is.
    fn is_running(&self, py: Python<'_>) -> PyResult<bool> {
        if self.is_gone.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let process = self.process()?;
        match py.detach(|| process.read(Fields::START)) {
            Ok(_) => Ok(true),
            Err(error) => match error.kind() {
                ErrorKind::NoSuchProcess | ErrorKind::Reused => {
                    self.is_gone.store(true, Ordering::Relaxed);
                    if error.kind() == ErrorKind::Reused {
                        self.is_reused.store(true, Ordering::Relaxed);
                    }
                    Ok(false)
                }
                _ => Err(self.raised(py, &error)),
            },
        }
    }
}
