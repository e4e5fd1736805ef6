//! Waiting for the end of processes: `kqueue(2)`.

use std::{
    io,
    time::{Duration, Instant},
};

use rustix::{
    event::kqueue::{Event, EventFilter, EventFlags, ProcessEvents, kevent, kqueue},
    io::Errno,
    process::Pid,
};

/// How long is waited at most while some may not be watched.
const PAUSE: Duration = Duration::from_millis(20);

/// Those that have ended. See
/// [`Answers::await_end`](crate::sys::kernel::Answers::await_end).
pub(super) fn end(pids: &[i32], deadline: Option<Instant>) -> io::Result<Vec<i32>> {
    let queue = kqueue()?;
    rustix::io::fcntl_setfd(&queue, rustix::io::FdFlags::CLOEXEC)?;
    let mut ended = Vec::new();
    let mut are_all_watched = true;
    for &pid in pids {
        let watched = (pid > 0).then(|| Pid::from_raw(pid)).flatten();
        let Some(watched) = watched else {
            ended.push(pid);
            continue;
        };
        let event = Event::new(
            EventFilter::Proc {
                pid: watched,
                flags: ProcessEvents::EXIT,
            },
            EventFlags::ADD | EventFlags::ONESHOT,
            std::ptr::null_mut(),
        );
        let none: &mut [Event] = &mut [];
        // SAFETY: the event names a process and no descriptor.
        match unsafe { kevent(&queue, &[event], none, Some(Duration::ZERO)) } {
            Ok(_) => {}
            // It has ended, and is a zombie at most.
            Err(Errno::SRCH) => ended.push(pid),
            // It may be looked at, but not watched.
            Err(Errno::ACCESS | Errno::PERM) => are_all_watched = false,
            Err(error) => return Err(error.into()),
        }
    }
    if !ended.is_empty() {
        return Ok(ended);
    }
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    let pause = match (are_all_watched, left) {
        (true, left) => left,
        (false, left) => Some(left.map_or(PAUSE, |left| left.min(PAUSE))),
    };
    let mut events = Vec::with_capacity(pids.len());
    // SAFETY: there is no change, and so no descriptor.
    match unsafe {
        kevent(
            &queue,
            &[],
            rustix::buffer::spare_capacity(&mut events),
            pause,
        )
    } {
        Ok(_) => {}
        // A signal: the caller counts the time anew.
        Err(Errno::INTR) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    }
    ended.extend(events.iter().filter_map(|event| match event.filter() {
        EventFilter::Proc { pid, .. } => Some(Pid::as_raw(Some(pid))),
        _ => None,
    }));
    Ok(ended)
}
