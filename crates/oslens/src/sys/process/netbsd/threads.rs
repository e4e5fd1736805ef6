//! Threads: `kern.lwp`.

use super::{
    super::{
        Target,
        bsd::{self, texts},
    },
    NetBsd,
};
use crate::{
    Error, Result,
    parse::{
        self,
        layout::{
            Type as _,
            netbsd::{
                process::{KERN_LWP, KinfoLwp},
                system::CTL_KERN,
            },
        },
    },
    process::{StartTime, Thread},
    sys::kernel::{Question, malformed},
};

const WHAT: &str = "sysctl kern.lwp";

/// The threads, by ascending number.
pub(crate) fn threads(target: Target<'_>) -> Result<Vec<Thread>> {
    let (asked, process) = bsd::ask_about::<NetBsd, _>(target, |kernel, pid| {
        let question = Question::Records {
            mib: &[CTL_KERN, KERN_LWP, pid],
            stride: KinfoLwp::SIZE,
        };
        let answer = kernel.ask(WHAT, question)?;
        let wrong = |wrong| malformed(WHAT, wrong);
        parse::netbsd::threads::threads(&answer, KinfoLwp::SIZE, kernel.endian)
            .map_err(wrong)?
            .map(|thread| {
                let thread = thread.map_err(wrong)?;
                Ok(Thread {
                    id: thread.id.into(),
                    name: texts::text(thread.name),
                    state: bsd::state(thread.state),
                    user: thread.time,
                    system: None,
                    cpu_num: thread.cpu,
                    // Added below: a thread has that of its process.
                    nice: 0,
                    start: StartTime::UNKNOWN,
                })
            })
            .collect::<Result<Vec<_>>>()
    })?;
    if process.is_over {
        return Err(Error::zombie(target.id.pid));
    }
    let mut threads = asked?;
    for thread in &mut threads {
        thread.nice = process.nice;
    }
    threads.sort_by_key(|thread| thread.id);
    Ok(threads)
}
