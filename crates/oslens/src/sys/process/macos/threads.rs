//! The threads of a process.

use super::{MacOs, asked, bsd, bsd::texts::text};
use crate::{
    Error, ErrorKind, Result,
    parse::{
        kinfo,
        layout::{
            Type as _,
            macos::{
                details::TH_FLAGS_IDLE,
                process::{
                    PROC_PIDLISTTHREADS, PROC_PIDTHREADINFO, ProcThreadinfo, TH_STATE_HALTED,
                    TH_STATE_RUNNING, TH_STATE_STOPPED, TH_STATE_UNINTERRUPTIBLE, TH_STATE_WAITING,
                },
            },
        },
        macos::process::{self, thread},
    },
    process::{StartTime, State, Thread},
    sys::{
        kernel::{Question, malformed},
        process::{Target, bsd::System as _},
    },
};

/// The threads, by ascending handle.
pub(crate) fn threads(target: Target<'_>) -> Result<Vec<Thread>> {
    const LIST: &str = "proc_pidinfo PROC_PIDLISTTHREADS";
    const ONE: &str = "proc_pidinfo PROC_PIDTHREADINFO";
    asked(target, |kernel, pid| {
        let mut answer = Vec::new();
        let question = |flavor, argument, size| Question::PidInfo {
            pid,
            flavor,
            argument,
            size,
        };
        kernel.ask_into(LIST, question(PROC_PIDLISTTHREADS, 0, 0), &mut answer)?;
        let mut handles: Vec<u64> = process::threads(&answer, kernel.endian)
            // Those that have none cannot be told apart.
            .filter(|handle| *handle != 0)
            .collect();
        handles.sort_unstable();
        handles.dedup();
        // They have no niceness of their own.
        MacOs::ask_one(kernel, pid, &mut answer)?;
        let wrong = |wrong| malformed(MacOs::TABLE, wrong);
        let record = MacOs::records(&answer, kernel.endian)
            .map_err(wrong)?
            .next()
            .ok_or_else(|| Error::no_such_process(target.id.pid))?;
        let nice = record.map_err(wrong)?.nice;
        let mut threads = Vec::with_capacity(handles.len());
        for handle in handles {
            let question = question(PROC_PIDTHREADINFO, handle, ProcThreadinfo::SIZE);
            match kernel.ask_into(ONE, question, &mut answer) {
                Ok(()) => {}
                // It has ended.
                Err(error) if error.kind() == ErrorKind::NoSuchProcess => continue,
                Err(error) if error.raw_os_error() == Some(libc::EINVAL) => continue,
                Err(error) => return Err(error),
            }
            let thread = thread(&answer, kernel.endian).map_err(|wrong| malformed(ONE, wrong))?;
            threads.push(Thread {
                id: handle,
                name: text(thread.name),
                state: state(&thread),
                user: thread.user,
                system: Some(thread.system),
                cpu_num: None,
                nice,
                start: StartTime::UNKNOWN,
            });
        }
        Ok(threads)
    })
}

fn state(thread: &process::Thread<'_>) -> State {
    if thread.flags & TH_FLAGS_IDLE != 0 {
        return State::Idle;
    }
    match thread.state {
        TH_STATE_RUNNING => State::Running,
        TH_STATE_STOPPED | TH_STATE_HALTED => State::Stopped,
        TH_STATE_WAITING => State::Sleeping,
        TH_STATE_UNINTERRUPTIBLE => State::DiskSleep,
        other => bsd::state(kinfo::State::Other(other)),
    }
}
