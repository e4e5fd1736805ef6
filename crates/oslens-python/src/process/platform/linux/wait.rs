//! Waiting for the end of a process, by its pidfd.

use std::{
    os::fd::IntoRawFd as _,
    time::{Duration, Instant},
};

use oslens::{ErrorKind, os::linux::ProcessExt as _, process::Process};
use pyo3::{exceptions::PyOSError, prelude::*};
use rustix::{
    event::{PollFd, PollFlags, Timespec},
    io::Errno,
    process::{WaitId, WaitIdOptions},
};

use super::super::unix::{exit, pause};
use crate::process::ProcessBase;

pub(super) const FIRST_PAUSE: Duration = Duration::from_micros(100);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_millis(40);

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
    /// What has ended and been collected is known no more.
    pub(in crate::process) fn exit_of_ended<'py>(
        &self,
        _: Python<'py>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(None)
    }

    /// How a child ended; `None` of others.
    pub(in crate::process) fn wait_for<'py>(
        &self,
        py: Python<'py>,
        process: &Process,
        deadline: Option<Instant>,
        timeout: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
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
                Ok(Some(status)) => return is_child.then(|| exit(py, status)).transpose(),
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
