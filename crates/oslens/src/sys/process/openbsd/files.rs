//! What a process has open: `kern.file`, which has no paths.

use std::path::PathBuf;

use super::{
    super::{
        Target,
        bsd::{self, files},
    },
    OpenBsd,
};
use crate::{
    Result,
    parse::{
        self, Malformed,
        layout::{
            Type as _,
            openbsd::{
                details::DTYPE_SYNC,
                process::{DTYPE_DMABUF, DTYPE_KQUEUE, KERN_FILE, KERN_FILE_BYPID, KinfoFile},
                system::CTL_KERN,
            },
        },
        openbsd::files::{Details, File},
    },
    process::{Descriptor, DescriptorKind},
    sys::kernel::{Kernel, Question, malformed},
};

const WHAT: &str = "sysctl kern.file";

/// Asks for the list. Not about process 0, which means all of them.
pub(super) fn ask(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Result<()> {
    let question = Question::Records {
        mib: &[CTL_KERN, KERN_FILE, KERN_FILE_BYPID, pid],
        stride: KinfoFile::SIZE,
    };
    super::ask(kernel, WHAT, question, answer)
}

/// The open files of an answer.
pub(super) fn parsed(
    kernel: Kernel<'_>,
    answer: &[u8],
) -> Result<impl Iterator<Item = Result<File, Malformed>>, Malformed> {
    parse::openbsd::files::files(answer, KinfoFile::SIZE, kernel.endian)
}

/// The open descriptors, ascending.
pub(crate) fn descriptors(target: Target<'_>) -> Result<Vec<Descriptor>> {
    bsd::of_living::<OpenBsd, _>(target, Some(Vec::new()), |kernel, pid| {
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
        position: file.offset.unwrap_or(0),
        mode,
        flags,
    }
}

fn kind(file: &File) -> DescriptorKind {
    match file.details {
        Details::Vnode { kind, size, links } => files::vnode(
            i32::try_from(kind).unwrap_or(-1),
            PathBuf::new(),
            links == Some(0),
            Some(size),
        ),
        Details::Socket(inode) => DescriptorKind::Socket { inode },
        Details::Pipe(one, other) => files::pipe(one, other),
        Details::None => match i32::try_from(file.kind).unwrap_or(-1) {
            DTYPE_KQUEUE => files::anonymous("kqueue"),
            DTYPE_DMABUF => files::anonymous("dmabuf"),
            DTYPE_SYNC => files::anonymous("sync"),
            _ => DescriptorKind::Other {
                link: Default::default(),
            },
        },
    }
}
