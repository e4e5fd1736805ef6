//! What takes questions about each process beside its record.

use super::{
    super::bsd::{missing, texts},
    files,
};
use crate::{
    ErrorKind, Field, Result, Unavailable,
    parse::{
        bsd::strings,
        freebsd::{cpuset, files::Role},
        kinfo,
        layout::{
            Number as _,
            freebsd::{
                process::{
                    KERN_PROC, KERN_PROC_ARGS, KERN_PROC_CWD, KERN_PROC_ENV, KERN_PROC_GROUPS,
                    KERN_PROC_PATHNAME,
                },
                system::CTL_KERN,
            },
        },
    },
    process::{Fields, ProcessRow},
    sys::kernel::{Kernel, Question},
};

/// The fields.
pub(super) const FIELDS: Fields = Fields::CMDLINE
    .union(Fields::EXE)
    .union(Fields::CWD)
    .union(Fields::ROOT)
    .union(Fields::ENVIRON)
    .union(Fields::NUM_FDS)
    .union(Fields::GROUPS)
    .union(Fields::CPU_AFFINITY);

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
            false => cell(ask(
                kernel,
                pid,
                "sysctl kern.proc.args",
                KERN_PROC_ARGS,
                answer,
            ))
            .map(|answer| texts::texts(strings::strings(answer))),
        };
    }
    if fields.contains(Fields::ENVIRON) {
        row.environ = match process.of_kernel {
            true => Ok(Vec::new()),
            false => cell(ask(
                kernel,
                pid,
                "sysctl kern.proc.env",
                KERN_PROC_ENV,
                answer,
            ))
            .map(|answer| texts::variables(strings::strings(answer))),
        };
    }
    if fields.contains(Fields::EXE) {
        row.exe = match ask(
            kernel,
            pid,
            "sysctl kern.proc.pathname",
            KERN_PROC_PATHNAME,
            answer,
        ) {
            Ok(answer) => Ok(strings::text(answer).map(texts::path)),
            // It was deleted, or the kernel has forgotten the way to it.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(missing(&error)),
        };
    }
    // There is no room for all of them in some records.
    if fields.contains(Fields::GROUPS) && process.groups.is_none() {
        row.groups = cell(ask(
            kernel,
            pid,
            "sysctl kern.proc.groups",
            KERN_PROC_GROUPS,
            answer,
        ))
        .and_then(|answer| groups(kernel, answer));
    }
    if fields.intersects(Fields::ROOT | Fields::NUM_FDS) {
        put_files(kernel, pid, row, fields, answer);
    } else if fields.contains(Fields::CWD) {
        row.cwd = cell(ask(
            kernel,
            pid,
            "sysctl kern.proc.cwd",
            KERN_PROC_CWD,
            answer,
        ))
        .and_then(|answer| {
            let file = files::parsed(kernel, answer).next();
            let file = file.ok_or(Unavailable::Malformed)?;
            path(file.map_err(|_| Unavailable::Malformed)?.path)
        });
    }
    if fields.contains(Fields::CPU_AFFINITY) {
        let asked = kernel.ask_into("cpuset_getaffinity", Question::CpuSet { pid }, answer);
        row.cpu_affinity = cell(asked).map(|()| cpuset::cpus(answer, kernel.endian).collect());
    }
}

fn ask<'a>(
    kernel: Kernel<'_>,
    pid: i32,
    what: &'static str,
    question: i32,
    answer: &'a mut Vec<u8>,
) -> Result<&'a [u8]> {
    let mib = [CTL_KERN, KERN_PROC, question, pid];
    kernel.ask_patiently(what, Question::Sysctl(&mib), answer)?;
    Ok(answer)
}

fn cell<T>(asked: Result<T>) -> Field<T> {
    asked.map_err(|error| missing(&error))
}

/// The kernel does not know every path.
fn path(bytes: &[u8]) -> Field<std::path::PathBuf> {
    match bytes.is_empty() {
        true => Err(Unavailable::Unsupported),
        false => Ok(texts::path(bytes)),
    }
}

/// Root, working directory and the number of descriptors, of the list of what
/// is open.
fn put_files(
    kernel: Kernel<'_>,
    pid: i32,
    row: &mut ProcessRow,
    fields: Fields,
    answer: &mut Vec<u8>,
) {
    let mut count = 0_u32;
    // What the list does not have is not told.
    let (mut cwd, mut root) = (Err(Unavailable::Unsupported), Err(Unavailable::Unsupported));
    let read = cell(files::ask(kernel, pid, answer)).and_then(|()| {
        for file in files::parsed(kernel, answer) {
            let file = file.map_err(|_| Unavailable::Malformed)?;
            match file.role {
                Role::Descriptor(_) => count = count.saturating_add(1),
                Role::Cwd => cwd = path(file.path),
                Role::Root => root = path(file.path),
                Role::Other(_) => {}
            }
        }
        Ok(())
    });
    if fields.contains(Fields::CWD) {
        row.cwd = read.and(cwd);
    }
    if fields.contains(Fields::ROOT) {
        row.root = read.and(root);
    }
    if fields.contains(Fields::NUM_FDS) {
        row.num_fds = read.map(|()| count);
    }
}

/// The groups but for the first, which is the effective one.
fn groups(kernel: Kernel<'_>, answer: &[u8]) -> Field<Vec<u32>> {
    let groups = answer.chunks_exact(4);
    if answer.is_empty() || !groups.remainder().is_empty() {
        return Err(Unavailable::Malformed);
    }
    Ok(groups
        .skip(1)
        .filter_map(|group| u32::read(group, kernel.endian))
        .collect())
}
