//! Waiting for the end of processes.

use std::{
    os::unix::process::ExitStatusExt as _,
    process::ExitStatus,
    time::{Duration, Instant},
};

use super::{System, cells::is_over, differs, own_pid, table::one};
use crate::{
    Error, ErrorKind, Result,
    parse::kinfo,
    process::Waited,
    sys::{kernel::Kernel, process::Target},
};

/// How long the kernel is waited for at first, and at most, until the
/// processes are looked at again: one that ended between the look and the
/// wait, and whose PID was given away, would be waited for in the person of
/// its successor.
const FIRST_LOOK: Duration = Duration::from_millis(20);
const LAST_LOOK: Duration = Duration::from_secs(2);

/// Pauses until a child that is ending can be collected.
const FIRST_PAUSE: Duration = Duration::from_micros(100);
const LONGEST_PAUSE: Duration = Duration::from_millis(40);

/// One process that is waited for.
struct Watch<'a> {
    target: Target<'a>,
    pid: i32,
    outcome: Waited,
    /// The kernel says that it ends, which it says a moment before it is a
    /// zombie.
    is_ending: bool,
}

/// Waits until one (or all) of the processes have ended or the deadline has
/// passed; the state of each then, in their order.
pub(in crate::sys::process) fn wait<S: System>(
    targets: &[Target<'_>],
    deadline: Option<Instant>,
    all: bool,
) -> Result<Vec<Waited>> {
    let Some(first) = targets.first() else {
        return Ok(Vec::new());
    };
    let mut watches: Vec<Watch<'_>> = targets.iter().map(|&target| Watch::new(target)).collect();
    let mut answer = Vec::new();
    let mut next_look = Instant::now();
    let mut look = FIRST_LOOK;
    let mut pause = FIRST_PAUSE;
    loop {
        let now = Instant::now();
        let is_late = deadline.is_some_and(|deadline| now >= deadline);
        let looks_at_all = is_late || now >= next_look;
        for watch in &mut watches {
            if looks_at_all || watch.is_ending {
                watch.look::<S>(&mut answer)?;
            }
        }
        if looks_at_all {
            next_look = now + look;
            look = (look * 2).min(LAST_LOOK);
        }
        let running: Vec<i32> = watches.iter().filter_map(Watch::running).collect();
        let is_enough = running.is_empty() || (!all && running.len() < watches.len());
        // Only after a look, so that a deadline in the past still looks once.
        if is_enough || is_late {
            break;
        }
        let until = |next: Instant| deadline.map_or(next, |deadline| deadline.min(next));
        if watches.iter().any(|watch| watch.is_ending) {
            std::thread::sleep(until(now + pause).saturating_duration_since(now));
            pause = (pause * 2).min(LONGEST_PAUSE);
            continue;
        }
        let ended = first
            .host
            .kernel()?
            .answers()
            .await_end(&running, Some(until(next_look)))
            .map_err(|error| Error::call("kevent", error))?;
        pause = FIRST_PAUSE;
        if ended.is_empty() {
            // It is time, or not all may be watched.
            next_look = now;
        }
        for watch in &mut watches {
            watch.is_ending = ended.contains(&watch.pid);
        }
    }
    Ok(watches.into_iter().map(|watch| watch.outcome).collect())
}

impl<'a> Watch<'a> {
    fn new(target: Target<'a>) -> Self {
        Self {
            target,
            // A number that no process can have finds none.
            pid: i32::try_from(target.id.pid.get()).unwrap_or(-1),
            outcome: Waited::Running,
            is_ending: false,
        }
    }

    /// The PID, if it has not ended.
    fn running(&self) -> Option<i32> {
        (self.outcome == Waited::Running).then_some(self.pid)
    }

    /// Looks whether it has ended.
    fn look<S: System>(&mut self, answer: &mut Vec<u8>) -> Result<()> {
        if self.outcome != Waited::Running {
            return Ok(());
        }
        let Target { host, id, .. } = self.target;
        let kernel = host.kernel()?;
        let has_ended = match one::<S>(kernel, id.pid, answer) {
            Ok((_, now)) if differs::<S>(id, now) => true,
            Ok((process, _)) => {
                let is_child = u32::try_from(process.parent) == Ok(own_pid().get());
                if is_child && (self.is_ending || is_over(&process)) {
                    self.collect(kernel)?;
                    // Somebody else will have its status.
                    process.state == kinfo::State::Zombie
                } else {
                    is_over(&process)
                }
            }
            Err(error) if error.kind() == ErrorKind::NoSuchProcess => true,
            Err(error) => return Err(error),
        };
        if has_ended && self.outcome == Waited::Running {
            self.outcome = Waited::Ended(None);
        }
        if self.outcome != Waited::Running {
            self.is_ending = false;
        }
        Ok(())
    }

    /// Takes the status of a child, if it is there.
    fn collect(&mut self, kernel: Kernel<'_>) -> Result<()> {
        let status = kernel
            .answers()
            .collect(self.pid)
            .map_err(|error| Error::call("waitpid", error).with_pid(self.target.id.pid))?;
        self.is_ending = true;
        if let Some(status) = status {
            self.outcome = Waited::Ended(Some(ExitStatus::from_raw(status)));
        }
        Ok(())
    }
}
