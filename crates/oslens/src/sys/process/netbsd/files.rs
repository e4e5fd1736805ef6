//! What a process has open: `kern.file2`, which has no paths.

use std::path::PathBuf;

use super::{
    super::{
        Target,
        bsd::{self, files},
    },
    NetBsd,
    details::Patience,
};
use crate::{
    Result,
    parse::{
        self, Malformed,
        layout::{
            Type as _,
            netbsd::{
                details::{DTYPE_EVENTFD, DTYPE_MEMFD, DTYPE_TIMERFD},
                process::{
                    DTYPE_CRYPTO, DTYPE_KQUEUE, DTYPE_MISC, DTYPE_MQUEUE, DTYPE_PIPE, DTYPE_SEM,
                    DTYPE_SOCKET, KERN_FILE_BYPID, KERN_FILE2, KERN_PROC_ARGS, KERN_PROC_NARGV,
                    KinfoFile,
                },
                system::CTL_KERN,
            },
        },
        netbsd::files::File,
    },
    process::{Descriptor, DescriptorKind},
    sys::kernel::{Kernel, Question, malformed},
};

const WHAT: &str = "sysctl kern.file2";

/// Asks for the list. Not about process 0, which means all of them.
pub(crate) fn ask(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Result<()> {
    ask_with(kernel, pid, &mut Patience::default(), answer)
}

/// The same, with as much patience as is left.
pub(super) fn ask_with(
    kernel: Kernel<'_>,
    pid: i32,
    patience: &mut Patience,
    answer: &mut Vec<u8>,
) -> Result<()> {
    let question = Question::Records {
        mib: &[CTL_KERN, KERN_FILE2, KERN_FILE_BYPID, pid],
        stride: KinfoFile::SIZE,
    };
    kernel.ask_into(WHAT, question, answer)?;
    if !answer.is_empty() {
        return Ok(());
    }
    // It says so, too, while it loads another program: then another question
    // is refused.
    let count = [CTL_KERN, KERN_PROC_ARGS, pid, KERN_PROC_NARGV];
    let count = Question::Room {
        mib: &count,
        size: 4,
    };
    match patience.ask(kernel, "sysctl kern.proc_args", count, answer) {
        Err(error) if error.raw_os_error() == Some(libc::EBUSY) => return Err(error),
        // It is ending, or a part of the kernel.
        _ => {}
    }
    kernel.ask_into(WHAT, question, answer)
}

/// The files of an answer.
pub(super) fn parsed(
    kernel: Kernel<'_>,
    answer: &[u8],
) -> Result<impl Iterator<Item = Result<File, Malformed>>, Malformed> {
    parse::netbsd::files::files(answer, KinfoFile::SIZE, kernel.endian)
}

/// The open descriptors, ascending.
pub(crate) fn descriptors(target: Target<'_>) -> Result<Vec<Descriptor>> {
    bsd::of_living::<NetBsd, _>(target, Some(Vec::new()), |kernel, pid| {
        let mut answer = Vec::new();
        if pid != 0 {
            ask(kernel, pid, &mut answer)?;
        }
        let wrong = |wrong| malformed(WHAT, wrong);
        let mut descriptors: Vec<Descriptor> = parsed(kernel, &answer)
            .map_err(wrong)?
            .map(|file| file.map(|file| descriptor(&file)).map_err(wrong))
            .collect::<Result<_>>()?;
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

fn descriptor(file: &File) -> Descriptor {
    let (mode, flags) = files::opened(file.flags);
    Descriptor {
        fd: file.descriptor,
        kind: kind(file),
        position: file.offset,
        mode,
        flags,
    }
}

fn kind(file: &File) -> DescriptorKind {
    if let Some((kind, size)) = file.vnode {
        let kind = i32::try_from(kind).unwrap_or(-1);
        return files::vnode(kind, PathBuf::new(), false, Some(size));
    }
    match i32::try_from(file.kind).unwrap_or(-1) {
        DTYPE_SOCKET => DescriptorKind::Socket {
            inode: file.address,
        },
        // Where the other end is, is not told.
        DTYPE_PIPE => files::pipe(file.address, 0),
        DTYPE_KQUEUE => files::anonymous("kqueue"),
        DTYPE_MISC => files::anonymous("misc"),
        DTYPE_CRYPTO => files::anonymous("crypto"),
        DTYPE_MQUEUE => files::anonymous("mqueue"),
        DTYPE_SEM => files::anonymous("semaphore"),
        _ => match file.kind {
            DTYPE_EVENTFD => files::anonymous("eventfd"),
            DTYPE_TIMERFD => files::anonymous("timerfd"),
            DTYPE_MEMFD => DescriptorKind::Memory {
                name: Default::default(),
            },
            _ => DescriptorKind::Other {
                link: Default::default(),
            },
        },
    }
}
