//! The threads of a process.

use super::{MacOs, asked, bsd, bsd::texts::text};
use crate::{
    Error, ErrorKind, Result,
    parse::{
        kinfo,
        layout::{
            Type as _,
            macos::{
                details::{PROC_PIDTHREADID64INFO, TH_FLAGS_IDLE},
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
        kernel::{Kernel, Question, malformed},
        process::{Target, bsd::System as _},
    },
};

/// `PROC_PIDLISTTHREADIDS`: the kernel's numbers of threads, since macOS 10.13.
/// The headers for programs lack it, and so does the table of layouts: a kernel
/// that means something else by it, or nothing, is asked as before.
const PROC_PIDLISTTHREADIDS: i32 = 28;

/// How threads are told apart.
struct Listed {
    names: Vec<u64>,
    /// What asks about one of them.
    flavor: i32,
}

/// The threads, ascending by number.
pub(crate) fn threads(target: Target<'_>) -> Result<Vec<Thread>> {
    const ONE: &str = "proc_pidinfo PROC_PIDTHREADINFO";
    asked(target, |kernel, pid| {
        let Listed { names, flavor } = list(kernel, pid)?;
        let mut answer = Vec::new();
        // They have no niceness of their own.
        MacOs::ask_one(kernel, pid, &mut answer)?;
        let wrong = |wrong| malformed(MacOs::TABLE, wrong);
        let record = MacOs::records(&answer, kernel.endian)
            .map_err(wrong)?
            .next()
            .ok_or_else(|| Error::no_such_process(target.id.pid))?;
        let nice = record.map_err(wrong)?.nice;
        let mut threads = Vec::with_capacity(names.len());
        for &id in &names {
            let question = Question::PidInfo {
                pid,
                flavor,
                argument: id,
                size: ProcThreadinfo::SIZE,
            };
            match kernel.ask_into(ONE, question, &mut answer) {
                Ok(()) => {}
                // It has ended.
                Err(error) if error.kind() == ErrorKind::NoSuchProcess => continue,
                Err(error) if error.raw_os_error() == Some(libc::EINVAL) => continue,
                Err(error) => return Err(error),
            }
            let thread = thread(&answer, kernel.endian).map_err(|wrong| malformed(ONE, wrong))?;
            threads.push(Thread {
                id,
                name: text(thread.name),
                state: state(&thread),
                user: thread.user,
                system: Some(thread.system),
                cpu_num: None,
                nice,
                start: StartTime::UNKNOWN,
            });
        }
        match threads.is_empty() && !names.is_empty() {
            // None is left: it has ended meanwhile.
            true => Err(Error::no_such_process(target.id.pid)),
            false => Ok(threads),
        }
    })
}

/// The numbers of the threads; by older kernels the addresses that they call
/// themselves by, which those have not that are not known by any.
fn list(kernel: Kernel<'_>, pid: i32) -> Result<Listed> {
    const LIST: &str = "proc_pidinfo PROC_PIDLISTTHREADS";
    let question = |flavor| Question::PidInfo {
        pid,
        flavor,
        argument: 0,
        size: 0,
    };
    let mut answer = Vec::new();
    let flavor = match kernel.ask_into(LIST, question(PROC_PIDLISTTHREADIDS), &mut answer) {
        Ok(()) => PROC_PIDTHREADID64INFO,
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
            kernel.ask_into(LIST, question(PROC_PIDLISTTHREADS), &mut answer)?;
            PROC_PIDTHREADINFO
        }
        Err(error) => return Err(error),
    };
    let mut names: Vec<u64> = process::threads(&answer, kernel.endian)
        // Those that have none cannot be told apart.
        .filter(|name| *name != 0)
        .collect();
    names.sort_unstable();
    names.dedup();
    Ok(Listed { names, flavor })
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
