//! What takes questions about each process beside its record.

use super::{
    super::bsd::{missing, texts},
    affinity, files,
};
use crate::{
    ErrorKind, Field, Result, Unavailable,
    parse::{
        bsd::strings,
        kinfo,
        layout::netbsd::{
            process::{
                KERN_PROC_ARGS, KERN_PROC_ARGV, KERN_PROC_CWD, KERN_PROC_ENV, KERN_PROC_PATHNAME,
            },
            system::CTL_KERN,
        },
    },
    process::{Fields, ProcessRow},
    sys::kernel::{Kernel, Question},
};

/// The fields.
pub(super) const FIELDS: Fields = Fields::CMDLINE
    .union(Fields::EXE)
    .union(Fields::CWD)
    .union(Fields::ENVIRON)
    .union(Fields::NUM_FDS)
    .union(Fields::CPU_AFFINITY);

/// What a pass keeps from one process to the next.
#[derive(Debug, Default)]
pub(crate) struct Pass {
    /// The room that answers were given before.
    answer: Vec<u8>,
    /// How many CPUs there are.
    cpus: Option<u32>,
    patience: Patience,
}

/// Waits for one process that is busy, and then for no other one. They are not
/// only while they load another program, but also while they end, which may
/// take long: whoever looks at all of them cannot wait for each.
#[derive(Debug, Default)]
pub(super) struct Patience {
    is_lost: bool,
}

impl Patience {
    /// Asks, as [`Kernel::ask_patiently`] where it is not lost.
    pub(super) fn ask(
        &mut self,
        kernel: Kernel<'_>,
        what: &'static str,
        question: Question<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<()> {
        if self.is_lost {
            return kernel.ask_into(what, question, answer);
        }
        let asked = kernel.ask_patiently(what, question, answer);
        self.is_lost = matches!(&asked, Err(error) if error.raw_os_error() == Some(libc::EBUSY));
        asked
    }
}

impl Pass {
    pub(super) fn begin(&mut self) {
        self.cpus = None;
        self.patience = Patience::default();
    }
}

/// Room for most arguments, and for all that the kernel lets a program have
/// (`ARG_MAX`).
const ROOMS: [usize; 2] = [4096, 262_144];

/// Room for any path: that of a directory is put together by the kernel, and
/// may be twice as long as those that programs can name (`MAXPATHLEN`).
const PATH: usize = 2048;

/// Fills in those that are asked for.
pub(super) fn put(
    kernel: Kernel<'_>,
    process: &kinfo::Process<'_>,
    row: &mut ProcessRow,
    fields: Fields,
    pass: &mut Pass,
) {
    let pid = process.pid;
    let Pass {
        answer,
        cpus,
        patience,
    } = pass;
    if fields.contains(Fields::CMDLINE) {
        row.cmdline = match process.of_kernel {
            true => Ok(Vec::new()),
            false => cell(arguments(kernel, pid, KERN_PROC_ARGV, patience, answer))
                .map(|()| texts::texts(strings::strings(answer))),
        };
    }
    if fields.contains(Fields::ENVIRON) {
        row.environ = match process.of_kernel {
            true => Ok(Vec::new()),
            false => cell(arguments(kernel, pid, KERN_PROC_ENV, patience, answer))
                .map(|()| texts::variables(strings::strings(answer))),
        };
    }
    if fields.contains(Fields::EXE) {
        row.exe = match ask(kernel, pid, (KERN_PROC_PATHNAME, PATH), patience, answer) {
            Ok(()) => Ok(strings::text(answer).map(texts::path)),
            // The kernel's own have none.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(missing(&error)),
        };
    }
    if fields.contains(Fields::CWD) {
        row.cwd = match ask(kernel, pid, (KERN_PROC_CWD, PATH), patience, answer) {
            Ok(()) => strings::text(answer)
                .map(texts::path)
                .ok_or(Unavailable::Unsupported),
            // NetBSD 9 does not know the question.
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
                Err(Unavailable::Unsupported)
            }
            Err(error) => Err(missing(&error)),
        };
    }
    if fields.contains(Fields::NUM_FDS) {
        row.num_fds = match pid {
            // To the question 0 is everybody.
            0 => Err(Unavailable::Unsupported),
            _ => num_fds(kernel, pid, patience, answer),
        };
    }
    if fields.contains(Fields::CPU_AFFINITY) {
        row.cpu_affinity = match pid {
            // To the question 0 is the caller.
            0 => Err(Unavailable::Unsupported),
            _ => cell(affinity(kernel, pid, cpus, answer)),
        };
    }
}

fn affinity(
    kernel: Kernel<'_>,
    pid: i32,
    cpus: &mut Option<u32>,
    answer: &mut Vec<u8>,
) -> Result<Vec<u32>> {
    let count = match *cpus {
        Some(count) => count,
        None => *cpus.insert(affinity::count(kernel)?),
    };
    affinity::cpus(kernel, pid, count, answer)
}

fn cell<T>(asked: Result<T>) -> Field<T> {
    asked.map_err(|error| missing(&error))
}

fn ask(
    kernel: Kernel<'_>,
    pid: i32,
    (kind, size): (i32, usize),
    patience: &mut Patience,
    answer: &mut Vec<u8>,
) -> Result<()> {
    let mib = [CTL_KERN, KERN_PROC_ARGS, pid, kind];
    let question = Question::Room { mib: &mib, size };
    patience.ask(kernel, "sysctl kern.proc_args", question, answer)
}

/// Arguments or environment. The kernel cuts what has no room, and refuses
/// while the process loads another program.
fn arguments(
    kernel: Kernel<'_>,
    pid: i32,
    kind: i32,
    patience: &mut Patience,
    answer: &mut Vec<u8>,
) -> Result<()> {
    for size in ROOMS {
        ask(kernel, pid, (kind, size), patience, answer)?;
        if answer.len() < size {
            break;
        }
    }
    Ok(())
}

fn num_fds(
    kernel: Kernel<'_>,
    pid: i32,
    patience: &mut Patience,
    answer: &mut Vec<u8>,
) -> Field<u32> {
    cell(files::ask_with(kernel, pid, patience, answer))?;
    let mut count = 0_u32;
    for file in files::parsed(kernel, answer).map_err(|_| Unavailable::Malformed)? {
        file.map_err(|_| Unavailable::Malformed)?;
        count = count.saturating_add(1);
    }
    Ok(count)
}
