//! Processes: what `oslens.Process` inherits.

mod actions;
#[cfg(any(target_os = "freebsd", target_os = "linux", windows))]
mod affinity;
mod answers;
mod attributes;
mod caller;
mod dict;
mod extras;
mod garbage;
mod getters;
mod lists;
mod oneshot;
mod overrides;
mod passes;
mod platform;
mod shared;
mod table;
mod values;
mod wait;
mod wish;

use std::{
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::ThreadId,
    time::{Duration, Instant},
};

pub(crate) use caller::forked;
use oslens::{
    ErrorKind, Host,
    process::{Pid, Process, ProcessId},
};
pub(crate) use passes::Pass;
pub(crate) use platform::{Watch, add_to};
use pyo3::{
    exceptions::{PyRuntimeError, PyTypeError},
    prelude::*,
    types::{PyDict, PyFrozenSet, PyTuple},
};
pub(crate) use table::{_processes, Sampler};

use self::oneshot::Oneshot;
use crate::{
    arguments::PidArgument,
    error::{self, NO_SUCH_PROCESS, OrRaise as _},
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
    process: Process,
}

/// What does not change, and what the next call is compared with. Nobody
/// makes or drops Python objects while holding it.
#[derive(Default)]
struct Known {
    name: Option<Py<PyAny>>,
    exe: Option<Py<PyAny>>,
    exit: Option<Py<PyAny>>,
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
        let process = process.asked_often();
        let _ = self.subject.set(Subject { host, process });
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
                let id = py.detach(ProcessId::current).or_raise(py)?;
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
        let subject = self.subject()?;
        let id = subject.process.id();
        match py.detach(|| subject.process.is_running()) {
            Ok(true) => Ok(true),
            Ok(false) => {
                self.is_gone.store(true, Ordering::Relaxed);
                let now = py.detach(|| subject.host.identify(id.pid));
                let is_reused = now.is_ok_and(|now| id.differs_from(&now));
                self.is_reused.store(is_reused, Ordering::Relaxed);
                Ok(false)
            }
            Err(error) => Err(self.raised(py, &error)),
        }
    }
}
