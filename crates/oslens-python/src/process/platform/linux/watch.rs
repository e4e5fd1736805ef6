//! Waiting for the end of several processes at once: `wait_procs()`.

use std::{
    os::fd::BorrowedFd,
    sync::Mutex,
    time::{Duration, Instant},
};

use oslens::{os::linux::ProcessExt as _, process::Process};
use pyo3::{exceptions::PyOSError, prelude::*};
use rustix::{
    event::{PollFd, PollFlags, Timespec},
    io::Errno,
    process::{Resource, getrlimit},
};

use super::wait::{FIRST_PAUSE, LONGEST_PAUSE};
use crate::process::{ProcessBase, lock};

/// How to see that a process has ended.
enum Sign {
    /// It has already, or had when this was made.
    Ended,
    /// Its pidfd becomes readable.
    Pidfd(Process),
    /// By a look, now and then.
    Look,
}

struct Watched {
    at: usize,
    sign: Sign,
}

struct State {
    watched: Vec<Watched>,
    /// Until those without a pidfd are looked at again.
    pause: Duration,
}

/// Processes that are waited for, by their place in a list.
#[pyclass(module = "oslens._oslens", frozen)]
pub(crate) struct Watch {
    state: Mutex<State>,
}

/// So many are not worth a look at the limit.
const FEW: usize = 4;

/// As many descriptors this may take of those that the process may have: the
/// other half is left to the callbacks and other threads.
fn most_pidfds() -> usize {
    let limit = getrlimit(Resource::Nofile).current;
    limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit / 2).unwrap_or(usize::MAX)
    })
}

#[pymethods]
impl Watch {
    #[new]
    fn new(py: Python<'_>, processes: Vec<Bound<'_, PyAny>>) -> PyResult<Self> {
        let mut left = match processes.len() {
            // Where so few are too many, what opens them goes without.
            0..=FEW => FEW,
            _ => most_pidfds(),
        };
        let mut watched = Vec::with_capacity(processes.len());
        for (at, process) in processes.iter().enumerate() {
            let sign = match process.cast::<ProcessBase>() {
                Ok(process) if left > 0 => process.get().sign(py)?,
                _ => Sign::Look,
            };
            left -= usize::from(matches!(sign, Sign::Pidfd(_)));
            watched.push(Watched { at, sign });
        }
        Ok(Self {
            state: Mutex::new(State {
                watched,
                pause: FIRST_PAUSE,
            }),
        })
    }

    /// The places of processes that may have ended, as soon as there are
    /// any; none when so many seconds are over.
    fn wait(&self, py: Python<'_>, seconds: Option<f64>) -> PyResult<Vec<usize>> {
        let deadline = seconds
            // What is too long for the clock is for ever.
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            match py.detach(|| lock(&self.state).poll(left)) {
                Ok(found) => {
                    if !found.is_empty() || left.is_some_and(|left| left.is_zero()) {
                        return Ok(found);
                    }
                }
                Err(Errno::INTR) => {}
                Err(errno) => return Err(PyOSError::new_err((errno.raw_os_error(), "poll"))),
            }
            py.check_signals()?;
        }
    }

    /// This one has ended.
    fn remove(&self, at: usize) {
        lock(&self.state).watched.retain(|one| one.at != at);
    }

    /// This one has ended, but its parent has not collected it: there is no
    /// sign of that but a look.
    fn look_at(&self, at: usize) {
        let mut state = lock(&self.state);
        let State { watched, pause } = &mut *state;
        let found = watched.iter_mut().find(|one| one.at == at);
        if let Some(one) = found.filter(|one| !matches!(one.sign, Sign::Look)) {
            one.sign = Sign::Look;
            *pause = FIRST_PAUSE;
        }
    }
}

impl State {
    /// One `poll`. Those without a pidfd are found after a pause.
    fn poll(&mut self, left: Option<Duration>) -> Result<Vec<usize>, Errno> {
        let (mut found, mut must_look) = (Vec::new(), false);
        let (mut places, mut fds): (Vec<usize>, Vec<PollFd<'_>>) = (Vec::new(), Vec::new());
        for one in &self.watched {
            let pidfd: Option<BorrowedFd<'_>> = match &one.sign {
                Sign::Ended => {
                    found.push(one.at);
                    continue;
                }
                Sign::Pidfd(process) => process.pidfd(),
                Sign::Look => None,
            };
            match pidfd {
                Some(fd) => {
                    places.push(one.at);
                    fds.push(PollFd::from_borrowed_fd(fd, PollFlags::IN));
                }
                None => must_look = true,
            }
        }
        let mut timeout = match found.is_empty() {
            true => left,
            false => Some(Duration::ZERO),
        };
        if must_look {
            timeout = Some(timeout.map_or(self.pause, |timeout| timeout.min(self.pause)));
        }
        let timeout = timeout.map(|timeout| Timespec {
            tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        rustix::event::poll(&mut fds, timeout.as_ref())?;
        let ready = places.iter().zip(&fds);
        found.extend(
            ready
                .filter(|(_, fd)| !fd.revents().is_empty())
                .map(|(at, _)| *at),
        );
        if must_look {
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
            let others = self.watched.iter();
            found.extend(
                others
                    .filter(|one| matches!(one.sign, Sign::Look))
                    .map(|one| one.at),
            );
        }
        Ok(found)
    }
}

impl ProcessBase {
    fn sign(&self, py: Python<'_>) -> PyResult<Sign> {
        if lock(&self.known).exit.is_some() {
            return Ok(Sign::Ended);
        }
        Ok(match self.held(py)? {
            None => Sign::Ended,
            Some(process) if process.pidfd().is_some() => Sign::Pidfd(process),
            Some(_) => Sign::Look,
        })
    }
}
