//! The threads of a process: `/proc/PID/task/*/stat`.

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _, time::Duration};

use rustix::io::Errno;

use super::dir::Dir;
use crate::{
    Result, parse,
    process::{StartTime, State, Thread},
    sys::{pal::linux::file, process::Target},
};

pub(crate) fn threads(target: Target<'_>) -> Result<Vec<Thread>> {
    let dir = Dir::open(target)?;
    let tasks = dir.open_dir("task")?;
    let ids = dir.numbers("task", &tasks)?;
    let ticks = dir.host().ticks_per_second();
    let mut threads = Vec::with_capacity(ids.len());
    let mut buffer = [0; 1024];
    for id in ids {
        let name = format!("{id}/stat");
        let line = match file::open_at(&tasks, name.as_str())
            .and_then(|fd| file::read_once(fd, &mut buffer))
        {
            Ok(line) => line,
            // It ended between the listing and the read.
            Err(Errno::NOENT | Errno::SRCH) => continue,
            Err(errno) => return Err(dir.error("read", &format!("task/{name}"), errno)),
        };
        let stat = parse::linux::stat::stat(line)
            .map_err(|malformed| dir.malformed(&format!("task/{name}"), malformed))?;
        threads.push(Thread {
            id,
            name: OsString::from_vec(stat.comm.to_vec()),
            state: state(stat.state),
            user: duration(stat.utime, ticks),
            system: duration(stat.stime, ticks),
            cpu_num: stat.processor,
            nice: i32::try_from(stat.nice).unwrap_or_default(),
            start: StartTime::from_raw(stat.starttime),
        });
    }
    if threads.is_empty() {
        // Every process has a thread: nothing was left to list.
        return Err(crate::Error::no_such_process(dir.pid()));
    }
    Ok(threads)
}

/// A count of kernel ticks.
fn duration(ticks: u64, per_second: u64) -> Duration {
    let nanos = (ticks % per_second).saturating_mul(1_000_000_000) / per_second;
    Duration::new(ticks / per_second, 0) + Duration::from_nanos(nanos)
}

fn state(letter: u8) -> State {
    match letter {
        b'R' => State::Running,
        b'S' => State::Sleeping,
        b'D' => State::DiskSleep,
        b'T' => State::Stopped,
        b't' => State::TracingStop,
        b'Z' => State::Zombie,
        b'X' | b'x' => State::Dead,
        b'K' => State::WakeKill,
        b'W' => State::Waking,
        b'I' => State::Idle,
        b'P' => State::Parked,
        other => State::Unknown(char::from(other)),
    }
}
