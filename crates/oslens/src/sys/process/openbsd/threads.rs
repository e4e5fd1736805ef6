//! Threads: `kern.proc` with a record for each.

use super::{
    super::{
        Target,
        bsd::{self, texts},
    },
    OpenBsd, records,
};
use crate::{
    Error, Result,
    parse::{
        Malformed,
        layout::{
            Type as _,
            openbsd::{
                process::{KERN_PROC, KERN_PROC_PID, KERN_PROC_SHOW_THREADS, KinfoProc},
                system::CTL_KERN,
            },
        },
        openbsd::process,
    },
    process::{StartTime, Thread},
    sys::{
        kernel::{Kernel, malformed},
        process::bsd::System as _,
    },
};

/// Asks for the records of a process and its threads.
pub(super) fn ask(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Result<()> {
    let mib = [
        CTL_KERN,
        KERN_PROC,
        KERN_PROC_PID | KERN_PROC_SHOW_THREADS,
        pid,
    ];
    super::ask(kernel, OpenBsd::TABLE, records(&mib), answer)
}

/// The threads of an answer.
pub(super) fn parsed<'a>(
    kernel: Kernel<'_>,
    answer: &'a [u8],
) -> Result<impl Iterator<Item = Result<process::Thread<'a>, Malformed>>, Malformed> {
    process::threads(answer, KinfoProc::SIZE, kernel.endian)
}

/// The threads, by ascending number.
pub(crate) fn threads(target: Target<'_>) -> Result<Vec<Thread>> {
    let (asked, process) = bsd::ask_about::<OpenBsd, _>(target, |kernel, pid| {
        let mut answer = Vec::new();
        ask(kernel, pid, &mut answer)?;
        let wrong = |wrong| malformed(OpenBsd::TABLE, wrong);
        let mut threads = Vec::new();
        for thread in parsed(kernel, &answer).map_err(wrong)? {
            let thread = thread.map_err(wrong)?;
            let record = thread.record;
            // It is ending.
            let Some(times) = record.times else { continue };
            threads.push(Thread {
                id: thread.id.into(),
                name: texts::text(thread.name.unwrap_or(record.name)),
                state: bsd::state(record.state),
                user: times.user,
                system: Some(times.system),
                cpu_num: record.cpu,
                nice: record.nice,
                start: StartTime::UNKNOWN,
            });
        }
        Ok(threads)
    })?;
    if process.is_over {
        return Err(Error::zombie(target.id.pid));
    }
    let mut threads = asked?;
    threads.sort_by_key(|thread| thread.id);
    Ok(threads)
}
