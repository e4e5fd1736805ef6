//! The threads of a process: `/proc/PID/task/*/stat`.

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

use rustix::io::Errno;

use super::{dir::Dir, row};
use crate::{
    Result, parse,
    process::{StartTime, Thread},
    sys::{pal::linux::file, process::Target},
};

pub(crate) fn threads(target: Target<'_>) -> Result<Vec<Thread>> {
    of(&Dir::open(target)?)
}

/// The same of a directory.
pub(super) fn of(dir: &Dir<'_>) -> Result<Vec<Thread>> {
    let tasks = dir.open_dir("task")?;
    let ids = dir.numbers("task", &tasks)?;
    let units = row::Units {
        page_size: dir.host().page_size(),
        ticks_per_second: dir.host().ticks_per_second(),
    };
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
        if stat.is_torn_down() {
            continue;
        }
        threads.push(Thread {
            id: id.into(),
            name: OsString::from_vec(stat.comm.to_vec()),
            state: row::state(stat.state),
            user: units.ticks(stat.utime),
            system: Some(units.ticks(stat.stime)),
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
