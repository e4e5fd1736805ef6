//! Threads: `kern.proc.pid` with a record for each.

use super::{
    super::{
        Target,
        bsd::{self, texts},
    },
    FreeBsd,
};
use crate::{
    Result,
    parse::{
        self,
        layout::freebsd::{
            process::{KERN_PROC, KERN_PROC_INC_THREAD, KERN_PROC_PID},
            system::CTL_KERN,
        },
    },
    process::{StartTime, Thread},
    sys::kernel::malformed,
};

const WHAT: &str = "sysctl kern.proc.pid";

/// The threads, by ascending number.
pub(crate) fn threads(target: Target<'_>) -> Result<Vec<Thread>> {
    bsd::proved::<FreeBsd, _>(target, |kernel, pid| {
        let mib = [
            CTL_KERN,
            KERN_PROC,
            KERN_PROC_PID | KERN_PROC_INC_THREAD,
            pid,
        ];
        let answer = kernel.sysctl(WHAT, &mib)?;
        let mut threads = Vec::new();
        for thread in parse::freebsd::process::threads(&answer, kernel.endian) {
            let thread = thread.map_err(|wrong| malformed(WHAT, wrong))?;
            let record = thread.record;
            let (Some(Ok(id)), Some(times)) = (record.thread.map(u32::try_from), record.times)
            else {
                continue;
            };
            threads.push(Thread {
                id: id.into(),
                name: texts::text(&thread.name),
                state: bsd::state(record.state),
                user: times.user,
                system: Some(times.system),
                cpu_num: record.cpu,
                nice: record.nice,
                start: StartTime::UNKNOWN,
            });
        }
        threads.sort_by_key(|thread| thread.id);
        Ok(threads)
    })
}
