//! Threads: `kern.lwp`.

use super::{
    super::{
        Target,
        bsd::{self, texts},
    },
    NetBsd,
};
use crate::{
    Error, ErrorKind, Result,
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
    sys::kernel::{Kernel, Question, malformed},
};

const WHAT: &str = "sysctl kern.lwp";

/// How often a list is asked for that the kernel has given up.
const TRIES: usize = 10;

/// The threads, by ascending number.
pub(crate) fn threads(target: Target<'_>) -> Result<Vec<Thread>> {
    for _ in 0..TRIES {
        let (asked, process) = bsd::ask_about::<NetBsd, _>(target, listed)?;
        if process.is_over {
            return Err(Error::zombie(target.id.pid));
        }
        let mut threads = match asked {
            // It is there, and has been looked at after it was loading another
            // program: until then it has no threads to show.
            Err(error) if error.kind() == ErrorKind::NoSuchProcess => match process.is_hidden {
                true => break,
                false => continue,
            },
            asked => asked?,
        };
        for thread in &mut threads {
            thread.nice = process.nice;
        }
        threads.sort_by_key(|thread| thread.id);
        return Ok(threads);
    }
    Err(
        Error::timed_out("the threads of a process that loads programs, or ends")
            .with_pid(target.id.pid),
    )
}

fn listed(kernel: Kernel<'_>, pid: i32) -> Result<Vec<Thread>> {
    let answer = ask(kernel, pid)?;
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
                // Added above: a thread has that of its process.
                nice: 0,
                start: StartTime::UNKNOWN,
            })
        })
        .collect()
}

/// Asks, and again where a thread has ended that the kernel was about to go on
/// from: then it gives the list up.
fn ask(kernel: Kernel<'_>, pid: i32) -> Result<Vec<u8>> {
    let question = Question::Records {
        mib: &[CTL_KERN, KERN_LWP, pid],
        stride: KinfoLwp::SIZE,
    };
    let mut tries = TRIES;
    loop {
        tries -= 1;
        match kernel.ask(WHAT, question) {
            Err(error) if error.raw_os_error() == Some(libc::EAGAIN) && tries > 0 => {}
            asked => return asked,
        }
    }
}
