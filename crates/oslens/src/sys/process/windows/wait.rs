//! Waiting for the end of processes.

use std::{
    os::windows::{
        io::{AsHandle as _, BorrowedHandle, OwnedHandle},
        process::ExitStatusExt as _,
    },
    process::ExitStatus,
    time::{Duration, Instant},
};

use windows_sys::Win32::System::Threading::{
    PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SYNCHRONIZE,
};

use super::{Handle, handle, identity, local};
use crate::{
    Error, ErrorKind, Result,
    process::{StartTime, Waited},
    sys::{
        pal::windows::{
            handle::open_process,
            process,
            waiting::{self, Event},
        },
        process::Target,
    },
};

/// Pauses between two looks at a process that may not be waited for; the
/// first doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(40);

/// One process that is waited for.
struct Watch<'a> {
    target: Target<'a>,
    fresh: Option<OwnedHandle>,
    outcome: Waited,
}

/// Waits until one (or all) of the processes have ended or the deadline has
/// passed; the state of each then, in their order.
pub(crate) fn wait(
    targets: &[Target<'_>],
    deadline: Option<Instant>,
    all: bool,
) -> Result<Vec<Waited>> {
    let mut watches = targets
        .iter()
        .map(|&target| Watch::new(target))
        .collect::<Result<Vec<_>>>()?;
    let mut pause = FIRST_PAUSE;
    loop {
        let is_late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
        for watch in &mut watches {
            watch.look()?;
        }
        let running: Vec<&Watch<'_>> = watches
            .iter()
            .filter(|watch| watch.outcome == Waited::Running)
            .collect();
        let is_enough = running.is_empty() || (!all && running.len() < watches.len());
        // Only after a look, so that a deadline in the past still looks once.
        if is_enough || is_late {
            break;
        }
        let handles: Vec<BorrowedHandle<'_>> =
            running.iter().filter_map(|watch| watch.handle()).collect();
        if handles.len() < running.len() {
            // Some can only be looked at.
            let soon = Instant::now() + pause;
            pause = (pause * 2).min(LONGEST_PAUSE);
            std::thread::sleep(
                deadline
                    .map_or(soon, |deadline| deadline.min(soon))
                    .saturating_duration_since(Instant::now()),
            );
        } else if all {
            // One after another: the last one's end is the end of all.
            for handle in handles {
                waiting::any(&[handle], deadline)?;
            }
        } else {
            any(&handles, deadline)?;
        }
    }
    Ok(watches.into_iter().map(|watch| watch.outcome).collect())
}

/// Waits for one of any number of handles. One call takes 64: more are
/// waited for by several threads, which the first to succeed wakes.
fn any(handles: &[BorrowedHandle<'_>], deadline: Option<Instant>) -> Result<()> {
    if handles.len() <= waiting::MOST {
        return waiting::any(handles, deadline).map(drop);
    }
    let over = Event::new()?;
    std::thread::scope(|scope| {
        let threads: Vec<_> = handles
            .chunks(waiting::MOST - 1)
            .map(|chunk| {
                let over = &over;
                std::thread::Builder::new()
                    .name("oslens-wait".into())
                    .stack_size(128 << 10)
                    .spawn_scoped(scope, move || {
                        let mut objects = chunk.to_vec();
                        objects.push(over.handle());
                        let result = waiting::any(&objects, deadline);
                        over.set();
                        result
                    })
            })
            .collect();
        if threads.iter().any(std::io::Result::is_err) {
            over.set();
        }
        for thread in threads {
            let thread = thread.map_err(|error| Error::call("CreateThread", error))?;
            match thread.join() {
                Ok(result) => result.map(drop)?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(())
    })
}

/// A process that has ended, if the kernel still knows it: somebody else has
/// a handle of it, as its parent mostly does.
fn remains(target: Target<'_>) -> Option<OwnedHandle> {
    let id = target.id;
    if target.handle.is_some() || !id.start.is_known() {
        return None;
    }
    let ended = open_process(id.pid.get(), PROCESS_QUERY_LIMITED_INFORMATION).ok()?;
    let process = ended.as_handle();
    let start = StartTime::from_raw(process::times(process).ok()?.creation);
    (process::pid(process) == id.pid.get() && start == id.start).then_some(ended)
}

impl<'a> Watch<'a> {
    fn new(target: Target<'a>) -> Result<Self> {
        local(target.host)?;
        let mut watch = Self {
            target,
            fresh: None,
            outcome: Waited::Running,
        };
        if target.handle.is_some_and(Handle::can_wait) {
            return Ok(watch);
        }
        match handle::open(target, PROCESS_SYNCHRONIZE) {
            Ok(opened) => watch.fresh = Some(opened),
            Err(error) => match error.kind() {
                ErrorKind::NoSuchProcess | ErrorKind::Reused => {
                    watch.fresh = remains(target);
                    watch.outcome = Waited::Ended(watch.status());
                }
                ErrorKind::AccessDenied => {}
                _ => return Err(error),
            },
        }
        Ok(watch)
    }

    /// What can be waited for.
    fn handle(&self) -> Option<BorrowedHandle<'_>> {
        match (&self.fresh, self.target.handle) {
            (Some(fresh), _) => Some(fresh.as_handle()),
            (None, Some(handle)) if handle.can_wait() => Some(handle.borrow()),
            _ => None,
        }
    }

    /// How the process ended, if a handle of it still tells.
    fn status(&self) -> Option<ExitStatus> {
        let process = match (&self.fresh, self.target.handle) {
            (Some(fresh), _) => fresh.as_handle(),
            (None, Some(handle)) => handle.borrow(),
            (None, None) => return None,
        };
        process::exit_code(process).ok().map(ExitStatus::from_raw)
    }

    /// Looks whether it has ended.
    fn look(&mut self) -> Result<()> {
        if self.outcome != Waited::Running {
            return Ok(());
        }
        let has_ended = match (self.handle(), self.target.handle) {
            (Some(handle), _) => waiting::is_signalled(handle)?,
            (None, Some(handle)) => !handle.is_current()?,
            (None, None) => match identity(self.target.host, self.target.id.pid) {
                Ok(now) => self.target.id.differs_from(&now),
                Err(error) if error.kind() == ErrorKind::NoSuchProcess => true,
                Err(error) => return Err(error),
            },
        };
        if has_ended {
            self.outcome = Waited::Ended(self.status());
        }
        Ok(())
    }
}
