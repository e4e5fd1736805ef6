//! What a process has open: `kern.proc.filedesc`.

use std::path::{Path, PathBuf};

use super::{
    super::{
        Target,
        bsd::{self, files, texts},
    },
    FreeBsd,
};
use crate::{
    Result,
    parse::{
        self, Malformed,
        freebsd::files::{Details, File, Role},
        layout::freebsd::{
            details::{
                KF_FLAG_ASYNC, KF_FLAG_DIRECT, KF_FLAG_EXEC, KF_FLAG_EXLOCK, KF_FLAG_FSYNC,
                KF_FLAG_NONBLOCK, KF_FLAG_SHLOCK, KF_TYPE_INOTIFY, KF_TYPE_JAILDESC,
                KF_TYPE_MQUEUE, O_APPEND, O_ASYNC, O_DIRECT, O_EXEC, O_EXLOCK, O_FSYNC, O_NONBLOCK,
                O_RDWR, O_SHLOCK, O_WRONLY,
            },
            process::{
                KERN_PROC, KERN_PROC_FILEDESC, KF_FLAG_APPEND, KF_FLAG_READ, KF_FLAG_WRITE,
                KF_TYPE_DEV, KF_TYPE_EVENTFD, KF_TYPE_FIFO, KF_TYPE_KQUEUE, KF_TYPE_PROCDESC,
                KF_TYPE_PTS, KF_TYPE_SEM, KF_TYPE_SHM, KF_TYPE_TIMERFD,
            },
            system::CTL_KERN,
        },
    },
    process::{Descriptor, DescriptorKind},
    sys::kernel::{Kernel, Question, malformed},
};

const WHAT: &str = "sysctl kern.proc.filedesc";

/// Asks for the list.
pub(super) fn ask(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Result<()> {
    let mib = [CTL_KERN, KERN_PROC, KERN_PROC_FILEDESC, pid];
    kernel.ask_patiently(WHAT, Question::Sysctl(&mib), answer)
}

/// The files of an answer.
pub(super) fn parsed<'a>(
    kernel: Kernel<'_>,
    answer: &'a [u8],
) -> impl Iterator<Item = Result<File<'a>, Malformed>> {
    parse::freebsd::files::files(answer, kernel.endian)
}

/// The open descriptors, ascending.
pub(crate) fn descriptors(target: Target<'_>) -> Result<Vec<Descriptor>> {
    bsd::of_living::<FreeBsd, _>(target, Some(Vec::new()), |kernel, pid| {
        let mut answer = Vec::new();
        ask(kernel, pid, &mut answer)?;
        let files: Vec<File<'_>> = parsed(kernel, &answer)
            .collect::<Result<_, _>>()
            .map_err(|wrong| malformed(WHAT, wrong))?;
        // The root directory, at the latest, has a name: where nothing has
        // one, the kernel does not count them.
        let counts_links = files.iter().any(|file| links(file) > Some(0));
        let mut descriptors: Vec<Descriptor> = files
            .iter()
            .filter_map(|file| descriptor(file, counts_links))
            .collect();
        descriptors.sort_by_key(|descriptor| descriptor.fd);
        Ok(descriptors)
    })
}

/// The open descriptors of regular files, ascending.
pub(crate) fn open_files(target: Target<'_>) -> Result<Vec<Descriptor>> {
    let mut files = descriptors(target)?;
    files.retain(|descriptor| matches!(descriptor.kind, DescriptorKind::File { .. }));
    Ok(files)
}

fn links(file: &File<'_>) -> Option<u64> {
    match file.details {
        Details::Vnode(vnode) => vnode.links,
        Details::Socket(_) | Details::Pipe(..) | Details::None => None,
    }
}

fn descriptor(file: &File<'_>, counts_links: bool) -> Option<Descriptor> {
    let Role::Descriptor(fd) = file.role else {
        return None;
    };
    let is_set = |flag| file.flags & flag != 0;
    let (read, write) = (is_set(KF_FLAG_READ), is_set(KF_FLAG_WRITE));
    Some(Descriptor {
        fd,
        kind: kind(file, counts_links),
        position: file.offset.unwrap_or(0),
        mode: files::mode(read, write, is_set(KF_FLAG_APPEND)),
        flags: flags(file.flags),
    })
}

fn kind(file: &File<'_>, counts_links: bool) -> DescriptorKind {
    let name = || texts::text(file.path);
    match (file.details, file.kind) {
        (Details::Vnode(vnode), KF_TYPE_FIFO) => DescriptorKind::Fifo {
            path: texts::path(file.path),
            deleted: counts_links && vnode.links == Some(0),
        },
        (Details::Vnode(vnode), _) => files::vnode(
            vnode.kind,
            texts::path(file.path),
            counts_links && vnode.links == Some(0),
            vnode.size,
        ),
        (Details::Socket(inode), _) => DescriptorKind::Socket { inode },
        (Details::Pipe(one, other), _) => files::pipe(one, other),
        (Details::None, KF_TYPE_SHM) => DescriptorKind::Memory { name: name() },
        (Details::None, KF_TYPE_PTS | KF_TYPE_DEV) => {
            DescriptorKind::CharacterDevice { path: device(file) }
        }
        (Details::None, KF_TYPE_KQUEUE) => files::anonymous("kqueue"),
        (Details::None, KF_TYPE_EVENTFD) => files::anonymous("eventfd"),
        (Details::None, KF_TYPE_TIMERFD) => files::anonymous("timerfd"),
        (Details::None, KF_TYPE_PROCDESC) => files::anonymous("procdesc"),
        (Details::None, KF_TYPE_SEM) => files::anonymous("semaphore"),
        (Details::None, KF_TYPE_MQUEUE) => files::anonymous("mqueue"),
        (Details::None, KF_TYPE_INOTIFY) => files::anonymous("inotify"),
        (Details::None, KF_TYPE_JAILDESC) => files::anonymous("jaildesc"),
        (Details::None, _) => DescriptorKind::Other { link: name() },
    }
}

/// The kernel names devices without the directory that they are in.
fn device(file: &File<'_>) -> PathBuf {
    let path = texts::path(file.path);
    match path.as_os_str().is_empty() {
        true => path,
        false => Path::new("/dev").join(path),
    }
}

/// `O_…` of what the kernel says about how it was opened.
fn flags(flags: i32) -> u32 {
    let is_set = |flag: i32| flags & flag != 0;
    let access = match (is_set(KF_FLAG_READ), is_set(KF_FLAG_WRITE)) {
        (true, true) => O_RDWR,
        (false, true) => O_WRONLY,
        _ => 0,
    };
    [
        (KF_FLAG_APPEND, O_APPEND),
        (KF_FLAG_ASYNC, O_ASYNC),
        (KF_FLAG_FSYNC, O_FSYNC),
        (KF_FLAG_NONBLOCK, O_NONBLOCK),
        (KF_FLAG_DIRECT, O_DIRECT),
        (KF_FLAG_SHLOCK, O_SHLOCK),
        (KF_FLAG_EXLOCK, O_EXLOCK),
        (KF_FLAG_EXEC, O_EXEC),
    ]
    .into_iter()
    .filter(|&(flag, _)| is_set(flag))
    .fold(access, |all, (_, flag)| all | flag)
}
