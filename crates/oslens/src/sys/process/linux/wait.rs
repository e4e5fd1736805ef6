//! Waiting for the end of processes: one `poll` over all their pidfds.

use std::{
    os::{fd::AsFd as _, unix::process::ExitStatusExt as _},
    process::ExitStatus,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec},
    io::Errno,
    process::{Pid as RawPid, WaitId, WaitIdOptions, WaitIdStatus},
};

use super::{actions::Pin, dir::Dir, handle::Handle};
use crate::{
    Error, ErrorKind, Result,
    process::Waited,
    sys::{pal, process::Target},
};

/// How long the first pause is between two looks at a process that has no
/// handle; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_micros(100);
const LONGEST_PAUSE: Duration = Duration::from_millis(40);

/// One process that is waited for.
struct Watch<'a> {
    target: Target<'a>,
    /// `None`: there is nothing to poll, so the table is looked at.
    pin: Option<Pin<'a>>,
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
        let running = watches
            .iter()
            .filter(|watch| watch.outcome == Waited::Running)
            .count();
        if running == 0 || (!all && running < watches.len()) {
            break;
        }
        let now = Instant::now();
        let left = deadline.map(|deadline| deadline.saturating_duration_since(now));
        let must_look = watches
            .iter()
            .any(|watch| watch.outcome == Waited::Running && watch.handle().is_none());
        let timeout = match left {
            Some(left) if must_look => Some(left.min(pause)),
            None if must_look => Some(pause),
            left => left,
        };
        poll(&mut watches, timeout)?;
        for watch in &mut watches {
            watch.look()?;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
        // Only after a look, so that a deadline in the past still looks once.
        if left == Some(Duration::ZERO) {
            break;
        }
    }
    Ok(watches.into_iter().map(|watch| watch.outcome).collect())
}

/// Waits for any of the handles, and settles those that are ready.
fn poll(watches: &mut [Watch<'_>], timeout: Option<Duration>) -> Result<()> {
    let timeout = timeout.map(|timeout| Timespec {
        // Longer than the clock can count is for ever.
        tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: timeout.subsec_nanos().into(),
    });
    let mut ready = Vec::new();
    {
        let (indices, mut fds): (Vec<_>, Vec<_>) = watches
            .iter()
            .enumerate()
            .filter(|(_, watch)| watch.outcome == Waited::Running)
            .filter_map(|(index, watch)| {
                let fd = watch.handle()?.as_fd();
                Some((index, PollFd::from_borrowed_fd(fd, PollFlags::IN)))
            })
            .unzip();
        match rustix::event::poll(&mut fds, timeout.as_ref()) {
            Ok(_) => {}
            // A signal: the caller's loop counts the time anew.
            Err(Errno::INTR) => return Ok(()),
            Err(errno) => return Err(Error::call("poll", errno)),
        }
        ready.extend(
            indices
                .into_iter()
                .zip(&fds)
                .filter(|(_, fd)| !fd.revents().is_empty())
                .map(|(index, _)| index),
        );
    }
    for index in ready {
        if let Some(watch) = watches.get_mut(index) {
            watch.outcome = Waited::Ended(watch.handle().and_then(collect));
        }
    }
    Ok(())
}

impl<'a> Watch<'a> {
    fn new(target: Target<'a>) -> Result<Self> {
        let ended = |status| Self {
            target,
            pin: None,
            outcome: Waited::Ended(status),
        };
        if let Some(status) = target.handle.and_then(Handle::exit) {
            return Ok(ended(Some(status)));
        }
        let pin = if super::handle::sees_our_processes(target.host) {
            match Pin::of(target) {
                Ok(pin) => Some(pin),
                Err(error)
                    if matches!(error.kind(), ErrorKind::NoSuchProcess | ErrorKind::Reused) =>
                {
                    return Ok(ended(None));
                }
                Err(error) => return Err(error),
            }
        } else {
            None
        };
        Ok(Self {
            target,
            pin,
            outcome: Waited::Running,
        })
    }

    fn handle(&self) -> Option<&Handle> {
        self.pin.as_ref().and_then(Pin::handle)
    }

    /// Looks at a process that has no handle.
    fn look(&mut self) -> Result<()> {
        if self.outcome != Waited::Running || self.handle().is_some() {
            return Ok(());
        }
        let life = match Dir::open(self.target).and_then(|dir| dir.stat()) {
            Ok(life) => life,
            Err(error) if matches!(error.kind(), ErrorKind::NoSuchProcess | ErrorKind::Reused) => {
                self.outcome = Waited::Ended(None);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if life.has_ended {
            let ours = self.pin.is_some();
            let raw = i32::try_from(self.target.id.pid.get())
                .ok()
                .and_then(RawPid::from_raw);
            // A zombie keeps its PID until it is collected, and if it is our
            // child, only we do that: the PID cannot be another's here.
            let status = raw
                .filter(|_| ours)
                .and_then(|pid| status(WaitId::Pid(pid)));
            self.outcome = Waited::Ended(status);
        }
        Ok(())
    }
}

/// How a process ended that its pidfd says has ended.
fn collect(handle: &Handle) -> Option<ExitStatus> {
    let status = status(WaitId::PidFd(handle.as_fd()))
        // Collected by another thread, or not our child: the kernel may
        // still know.
        .or_else(|| handle.exit())
        .or_else(|| pal::linux::pidfd_info::exit_status(handle).map(ExitStatus::from_raw))?;
    handle.set_exit(status);
    Some(status)
}

/// Collects this child and no other. `None`: it is nobody's that this
/// process may wait for.
fn status(id: WaitId<'_>) -> Option<ExitStatus> {
    // `__WALL`: children that were made with another signal than SIGCHLD,
    // too.
    let options = WaitIdOptions::EXITED
        | WaitIdOptions::NOHANG
        | WaitIdOptions::from_bits_retain(libc::__WALL as u32);
    // EINVAL: Linux 5.3 has pidfds but cannot wait for them yet.
    let status = match id {
        WaitId::PidFd(fd) => {
            pal::linux::file::retry(|| rustix::process::waitid(WaitId::PidFd(fd), options))
        }
        WaitId::Pid(pid) => {
            pal::linux::file::retry(|| rustix::process::waitid(WaitId::Pid(pid), options))
        }
        _ => return None,
    };
    status.ok().flatten().as_ref().and_then(exit_status)
}

fn exit_status(status: &WaitIdStatus) -> Option<ExitStatus> {
    let raw = if let Some(code) = status.exit_status() {
        (code & 0xff) << 8
    } else {
        let signal = status.terminating_signal()?;
        let dumped = if status.dumped() { 0x80 } else { 0 };
        signal | dumped
    };
    Some(ExitStatus::from_raw(raw))
}
