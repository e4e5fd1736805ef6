//! Waiting for the end of a process.

use std::{
    os::{fd::IntoRawFd as _, unix::process::ExitStatusExt as _},
    process::ExitStatus,
    time::{Duration, Instant},
};

use oslens::{ErrorKind, os::linux::ProcessExt as _, process::Process};
use pyo3::{
    exceptions::{PyOSError, PyValueError},
    prelude::*,
};
use rustix::{
    event::{PollFd, PollFlags, Timespec},
    io::Errno,
    process::{WaitId, WaitIdOptions},
};

use super::{ProcessBase, lock};
use crate::{
    error::{self, TIMEOUT_EXPIRED},
    objects::Imported,
};

pub(super) const FIRST_PAUSE: Duration = Duration::from_micros(100);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_millis(40);

/// The time that the caller gives; `None` is for ever.
fn timeout(timeout: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Duration>> {
    let Some(timeout) = timeout else {
        return Ok(None);
    };
    let seconds = crate::arguments::seconds("timeout", timeout)?;
    // What is too long for the clock is for ever.
    Ok(Duration::try_from_secs_f64(seconds).ok())
}

impl ProcessBase {
    /// The process with a handle, if it still runs.
    pub(super) fn held(&self, py: Python<'_>) -> PyResult<Option<Process>> {
        if self.was_only_a_pid() {
            return Ok(None);
        }
        let process = self.process()?;
        match py.detach(|| process.with_handle()) {
            Ok(held) => Ok(Some(held)),
            Err(error) => match error.kind() {
                ErrorKind::NoSuchProcess | ErrorKind::Reused => Ok(None),
                _ => Err(self.raised(py, &error)),
            },
        }
    }

    fn timed_out(&self, py: Python<'_>, timeout: Option<&Bound<'_, PyAny>>) -> PyErr {
        let made = || {
            let pid = self.id()?.pid.get();
            let name = match self.known_name(py) {
                Some(name) => Some(name),
                None => self
                    .get(py, super::attributes::Attribute::Name)
                    .ok()
                    .map(Bound::unbind),
            };
            error::of_process(py, &TIMEOUT_EXPIRED, (timeout, pid, name))
        };
        made().unwrap_or_else(|error| error)
    }
}

/// Whether the caller may collect it, now or when it has ended.
fn is_child(process: &Process) -> bool {
    let Some(pid) = i32::try_from(process.pid().get())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    else {
        return false;
    };
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(
        rustix::process::waitid(WaitId::Pid(pid), look),
        Err(Errno::CHILD)
    )
}

/// Sleeps, and lets Python handle the signals that arrive.
fn pause(py: Python<'_>, pause: Duration) -> PyResult<()> {
    static SLEEP: Imported = Imported::new("time", "sleep");
    SLEEP.get(py)?.call1((pause.as_secs_f64(),)).map(drop)
}

/// Waits on a pidfd. False: the time is over.
fn poll(py: Python<'_>, process: &Process, deadline: Option<Instant>) -> PyResult<bool> {
    loop {
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
        let polled = py.detach(|| {
            let Some(pidfd) = process.pidfd() else {
                return Ok(0);
            };
            let timeout = left.map(|left| Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: left.subsec_nanos().into(),
            });
            rustix::event::poll(
                &mut [PollFd::from_borrowed_fd(pidfd, PollFlags::IN)],
                timeout.as_ref(),
            )
        });
        match polled {
            Ok(0) => return Ok(false),
            Ok(_) => return Ok(true),
            Err(Errno::INTR) => py.check_signals()?,
            Err(errno) => return Err(PyOSError::new_err((errno.raw_os_error(), "poll"))),
        }
    }
}

#[pymethods]
impl ProcessBase {
    /// How a child ended: 0 to 255, or a negative number for the signal. Of
    /// others `None`. Raises `TimeoutExpired`.
    fn _wait<'py>(
        &self,
        py: Python<'py>,
        timeout: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let given = timeout;
        let timeout = self::timeout(timeout)?;
        if let Some(exit) = lock(&self.known).exit.as_ref() {
            let exit = exit.bind(py);
            return Ok((!exit.is_none()).then(|| exit.clone()));
        }
        let pid = self.id()?.pid.get();
        if pid == 0 {
            return Err(PyValueError::new_err("wait is not for PID 0"));
        }
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let status = match self.held(py)? {
            None => None,
            Some(process) => self.wait_for(py, &process, deadline, given)?,
        };
        let exit = match status {
            None => py.None().into_bound(py),
            Some(status) => match (status.code(), status.signal()) {
                (Some(code), _) => code.into_pyobject(py)?.into_any(),
                (None, signal) => {
                    static NEGATIVE: Imported = Imported::new("oslens._exit", "negative");
                    NEGATIVE.get(py)?.call1((signal,))?
                }
            },
        };
        let old = lock(&self.known).exit.replace(exit.clone().unbind());
        drop(old);
        Ok((!exit.is_none()).then_some(exit))
    }

    /// A descriptor of its own that is readable when the process has ended;
    /// -1 if it has, `None` if there are no such descriptors.
    fn _pidfd(&self, py: Python<'_>) -> PyResult<Option<i32>> {
        let Some(process) = self.held(py)? else {
            return Ok(Some(-1));
        };
        process
            .pidfd()
            .map(|fd| Ok(fd.try_clone_to_owned()?.into_raw_fd()))
            .transpose()
    }
}

impl ProcessBase {
    fn wait_for(
        &self,
        py: Python<'_>,
        process: &Process,
        deadline: Option<Instant>,
        timeout: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<ExitStatus>> {
        if process.pidfd().is_some() && !poll(py, process, deadline)? {
            return Err(self.timed_out(py, timeout));
        }
        let mut next = FIRST_PAUSE;
        loop {
            // A process of this program is collected here. Nobody else's is:
            // it has ended when its parent has done so.
            let is_child = is_child(process);
            match py.detach(|| process.wait(Some(Duration::ZERO))) {
                // Newer kernels tell it of everybody's processes, but `None`
                // is what callers know whose process it was by.
                Ok(Some(status)) => return Ok(is_child.then_some(status)),
                Ok(None) => {
                    let subject = self.subject()?;
                    let id = process.id();
                    let now = py.detach(|| subject.host.identify(id.pid));
                    if !now.is_ok_and(|now| !id.differs_from(&now)) {
                        return Ok(None);
                    }
                }
                Err(error) if error.kind() == ErrorKind::TimedOut => {}
                Err(error) => return Err(self.raised(py, &error)),
            }
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(self.timed_out(py, timeout));
            }
            pause(py, left.map_or(next, |left| left.min(next)))?;
            next = (next * 2).min(LONGEST_PAUSE);
        }
    }
}
