//! What a process has open, as far as the systems have it alike.

use std::path::PathBuf;

use crate::{
    parse::layout::{freebsd, macos, netbsd, openbsd},
    process::{AccessMode, DescriptorKind},
};

use freebsd::process::{
    KF_VTYPE_VBLK as VBLK, KF_VTYPE_VCHR as VCHR, KF_VTYPE_VDIR as VDIR, KF_VTYPE_VFIFO as VFIFO,
    KF_VTYPE_VREG as VREG,
};

// The types of vnodes have the same numbers on all of them, as have the flags
// of descriptors on those that give them as they are.
const _: () = {
    use netbsd::process as n;
    use openbsd::process as o;
    assert!(VREG == n::VREG && VREG == o::VREG && VDIR == n::VDIR && VDIR == o::VDIR);
    assert!(VBLK == n::VBLK && VBLK == o::VBLK && VCHR == n::VCHR && VCHR == o::VCHR);
    assert!(VFIFO == n::VFIFO && VFIFO == o::VFIFO);
    use netbsd::details as nd;
    use openbsd::details as od;
    assert!(nd::FREAD == od::FREAD && nd::FWRITE == od::FWRITE && nd::O_APPEND == od::O_APPEND);
    assert!(nd::O_WRONLY == od::O_WRONLY && nd::O_RDWR == od::O_RDWR);
    use macos::details as m;
    assert!(nd::FREAD == m::FREAD && nd::FWRITE == m::FWRITE && nd::O_APPEND == m::O_APPEND);
    assert!(nd::O_WRONLY == m::O_WRONLY && nd::O_RDWR == m::O_RDWR);
};

/// What has a place in a file system, by the type of its vnode.
pub(in crate::sys::process) fn vnode(
    kind: i32,
    path: PathBuf,
    deleted: bool,
    size: Option<u64>,
) -> DescriptorKind {
    match kind {
        VREG => DescriptorKind::File {
            path,
            deleted,
            size,
        },
        VDIR => DescriptorKind::Directory { path, deleted },
        VBLK => DescriptorKind::BlockDevice { path },
        VCHR => DescriptorKind::CharacterDevice { path },
        VFIFO => DescriptorKind::Fifo { path, deleted },
        _ => DescriptorKind::Other { link: path.into() },
    }
}

/// What both ends of a pipe have alike: the lower of their addresses. An end
/// whose other end is closed has its own alone.
pub(in crate::sys::process) fn pipe(one: u64, other: u64) -> DescriptorKind {
    let inode = match (one, other) {
        (0, only) | (only, 0) => only,
        (one, other) => one.min(other),
    };
    DescriptorKind::Pipe { inode }
}

/// What has no file, by the kernel's word for it.
pub(in crate::sys::process) fn anonymous(name: &'static str) -> DescriptorKind {
    DescriptorKind::Anonymous { name: name.into() }
}

/// How something was opened.
pub(in crate::sys::process) fn mode(read: bool, write: bool, append: bool) -> AccessMode {
    match (read, write, append) {
        (false, true, false) => AccessMode::Write,
        (false, true, true) => AccessMode::Append,
        (true, true, false) => AccessMode::ReadWrite,
        (true, true, true) => AccessMode::ReadAppend,
        (true, false, _) => AccessMode::Read,
        (false, false, _) => AccessMode::Path,
    }
}

/// How something was opened, and `O_…`, of the kernel's flags: there the mode
/// is a bit for reading and one for writing (NetBSD, OpenBSD, macOS).
pub(in crate::sys::process) fn opened(flags: u32) -> (AccessMode, u32) {
    use netbsd::details::{FREAD, FWRITE, O_APPEND, O_RDWR, O_WRONLY};
    let (read, write) = (flags & FREAD != 0, flags & FWRITE != 0);
    let access = match (read, write) {
        (true, true) => O_RDWR,
        (false, true) => O_WRONLY,
        _ => 0,
    };
    let mode = mode(read, write, flags & O_APPEND != 0);
    (mode, flags & !(FREAD | FWRITE) | access)
}
