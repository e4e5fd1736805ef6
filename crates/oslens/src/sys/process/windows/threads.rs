//! The threads of a process.

use super::{cells, handle, local, priority, snapshot::Snapshot};
use crate::{
    Error, Result,
    os::windows::PriorityClass,
    parse::windows::time,
    process::{ProcessId, StartTime, Thread},
    sys::{
        pal::windows::{thread, wide},
        process::Target,
    },
};

/// The threads, by ascending number.
pub(crate) fn threads(target: Target<'_>) -> Result<Vec<Thread>> {
    local(target.host)?;
    let pid = target.id.pid;
    let snapshot = Snapshot::take()?;
    let process = snapshot.find(pid)?.ok_or_else(|| handle::gone(target))?;
    let now = ProcessId::new(pid, StartTime::from_raw(process.create_time));
    if target.id.differs_from(&now) {
        return Err(Error::reused(pid));
    }
    let nice = priority::class_of(&process)
        .or_else(|| priority::priority_class(target).ok())
        .map_or(0, PriorityClass::niceness);
    let mut threads: Vec<Thread> = process
        .threads()
        .map(|entry| Thread {
            id: entry.id,
            name: wide::text(&thread::description(entry.id as u32, pid.get()).unwrap_or_default()),
            state: cells::thread_state(&entry),
            user: time::duration(entry.user_time),
            system: Some(time::duration(entry.kernel_time)),
            cpu_num: None,
            nice,
            start: StartTime::from_raw(entry.create_time),
        })
        .collect();
    threads.sort_by_key(|thread| thread.id);
    if let Some(handle) = target.handle {
        if !handle.is_current()? {
            return Err(handle::gone(target));
        }
    }
    Ok(threads)
}
