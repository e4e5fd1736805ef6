//! What takes questions about each process beside its record.

use super::{
    super::bsd::{missing, texts},
    files, threads,
};
use crate::{
    Error, Field, Result, Unavailable,
    parse::{
        bsd::strings,
        kinfo,
        layout::openbsd::{
            process::{KERN_PROC_ARGS, KERN_PROC_ARGV, KERN_PROC_CWD, KERN_PROC_ENV},
            system::CTL_KERN,
        },
        openbsd::arguments::arguments,
    },
    process::{Fields, ProcessRow},
    sys::kernel::{Kernel, Question},
};

/// The fields. Nothing tells what program a process runs.
pub(super) const FIELDS: Fields = Fields::CMDLINE
    .union(Fields::CWD)
    .union(Fields::ENVIRON)
    .union(Fields::NUM_FDS)
    .union(Fields::NUM_THREADS);

/// Room for most arguments, for those of shells, for long lists of files, and
/// for all that the kernel lets a program have: of texts `ARG_MAX` bytes, and
/// beside each of them, which may be its end alone, a pointer.
const ROOMS: [usize; 4] = [4096, 65_536, 524_288, 524_288 * 9 + 16];

/// Room for any path, of which the kernel uses a half (`MAXPATHLEN`).
const PATH: usize = 4096;

/// Fills in those that are asked for.
pub(super) fn put(
    kernel: Kernel<'_>,
    process: &kinfo::Process<'_>,
    row: &mut ProcessRow,
    fields: Fields,
    answer: &mut Vec<u8>,
) {
    let pid = process.pid;
    if fields.contains(Fields::CMDLINE) {
        row.cmdline = match process.of_kernel {
            true => Ok(Vec::new()),
            false => cell(ask(kernel, pid, KERN_PROC_ARGV, answer))
                .map(|()| texts::texts(arguments(answer, kernel.endian))),
        };
    }
    if fields.contains(Fields::ENVIRON) {
        row.environ = match process.of_kernel {
            true => Ok(Vec::new()),
            false => cell(ask(kernel, pid, KERN_PROC_ENV, answer))
                .map(|()| texts::variables(arguments(answer, kernel.endian))),
        };
    }
    if fields.contains(Fields::CWD) {
        row.cwd = match process.of_kernel {
            true => Err(Unavailable::Unsupported),
            false => cwd(kernel, pid, answer),
        };
    }
    if fields.contains(Fields::NUM_THREADS) {
        row.num_threads = num_threads(kernel, pid, answer);
    }
    if fields.contains(Fields::NUM_FDS) {
        row.num_fds = match process.of_kernel {
            true => Err(Unavailable::Unsupported),
            false => num_fds(kernel, pid, answer),
        };
    }
}

fn cell<T>(asked: Result<T>) -> Field<T> {
    asked.map_err(|error| missing(&error))
}

/// Arguments or environment. The kernel refuses when they have no room, and
/// while the process loads another program.
fn ask(kernel: Kernel<'_>, pid: i32, kind: i32, answer: &mut Vec<u8>) -> Result<()> {
    const WHAT: &str = "sysctl kern.procargs";
    let mib = [CTL_KERN, KERN_PROC_ARGS, pid, kind];
    for size in ROOMS {
        let question = Question::Room { mib: &mib, size };
        let asked = kernel.ask_patiently(WHAT, question, answer);
        let is_short = matches!(&asked, Err(error) if error.raw_os_error() == Some(libc::ENOMEM));
        if !is_short {
            return asked;
        }
    }
    // It has put something else there: how many there are is its own word.
    Err(Error::malformed(
        WHAT,
        "as many arguments as a program may have",
    ))
}

fn cwd(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Field<std::path::PathBuf> {
    let question = Question::Room {
        mib: &[CTL_KERN, KERN_PROC_CWD, pid],
        size: PATH,
    };
    cell(kernel.ask_into("sysctl kern.proc_cwd", question, answer))?;
    strings::text(answer)
        .map(texts::path)
        .ok_or(Unavailable::Unsupported)
}

/// Its record does not count them.
fn num_threads(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Field<u32> {
    cell(threads::ask(kernel, pid, answer))?;
    let mut count = 0_u32;
    for thread in threads::parsed(kernel, answer).map_err(|_| Unavailable::Malformed)? {
        thread.map_err(|_| Unavailable::Malformed)?;
        count = count.saturating_add(1);
    }
    match count {
        // It ended since its record was read.
        0 => Err(Unavailable::Gone),
        count => Ok(count),
    }
}

fn num_fds(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Field<u32> {
    cell(files::ask(kernel, pid, answer))?;
    let mut count = 0_u32;
    for file in files::parsed(kernel, answer).map_err(|_| Unavailable::Malformed)? {
        file.map_err(|_| Unavailable::Malformed)?;
        count = count.saturating_add(1);
    }
    Ok(count)
}
