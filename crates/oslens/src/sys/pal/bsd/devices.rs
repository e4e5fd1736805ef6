//! Questions to devices: `ioctl(2)`, and what is in `/dev`.

use std::{
    io,
    os::{
        fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd},
        unix::fs::{FileTypeExt as _, MetadataExt as _},
    },
    path::PathBuf,
};

use rustix::net::{AddressFamily, SocketType};

use super::room;
#[cfg(target_os = "freebsd")]
use crate::parse::layout::freebsd::network::{IFNAMSIZ, IOCPARM_MASK};
#[cfg(target_os = "macos")]
use crate::parse::layout::macos::network::{IFNAMSIZ, IOCPARM_MASK};
#[cfg(target_os = "netbsd")]
use crate::parse::layout::netbsd::network::{IFNAMSIZ, IOCPARM_MASK};
#[cfg(target_os = "openbsd")]
use crate::parse::layout::openbsd::network::{IFNAMSIZ, IOCPARM_MASK};

/// Asks about an interface: a structure that begins with its name.
pub(super) fn interface(
    request: u32,
    name: &str,
    size: usize,
    answer: &mut Vec<u8>,
) -> io::Result<()> {
    /// With the NUL.
    const NAME: usize = IFNAMSIZ as usize;
    if name.len() >= NAME || size < NAME {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    answer.clear();
    answer.extend_from_slice(name.as_bytes());
    answer.resize(size, 0);
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    control(socket.as_fd(), request, answer)
}

/// Asks the kernel's IPv6 with this structure.
pub(super) fn ipv6(request: u32, structure: &[u8], answer: &mut Vec<u8>) -> io::Result<()> {
    answer.clear();
    answer.extend_from_slice(structure);
    let socket = rustix::net::socket(AddressFamily::INET6, SocketType::DGRAM, None)?;
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    control(socket.as_fd(), request, answer)
}

/// Asks a device.
pub(super) fn device(
    path: &str,
    request: u32,
    size: usize,
    answer: &mut Vec<u8>,
) -> io::Result<()> {
    let file = open(path)?;
    answer.clear();
    answer.resize(size, 0);
    control(file.as_fd(), request, answer)
}

/// Asks a device with this structure.
pub(super) fn exchange(
    path: &str,
    request: u32,
    structure: &[u8],
    answer: &mut Vec<u8>,
) -> io::Result<()> {
    let file = open(path)?;
    answer.clear();
    answer.extend_from_slice(structure);
    control(file.as_fd(), request, answer)
}

fn open(path: &str) -> io::Result<OwnedFd> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}

/// Asks a device for a property list, with another one or none: the kernel
/// maps it into this program.
#[cfg(target_os = "netbsd")]
pub(super) fn property_list(
    path: &str,
    request: u32,
    about: &str,
    answer: &mut Vec<u8>,
) -> io::Result<()> {
    use crate::parse::layout::{Pointer, netbsd::system::Plistref};
    /// No list of sensors is larger, nor of what a disk is like.
    const LIMIT: usize = 16 << 20;
    if (request >> 16) & IOCPARM_MASK != size_of::<Plistref>() as u32 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let file = open(path)?;
    let asked = match about.is_empty() {
        true => 0,
        false => about.as_ptr().expose_provenance() as u64,
    };
    let mut list = Plistref {
        pref_plist: Pointer(asked),
        pref_len: about.len() as u64,
    };
    // SAFETY: the request is about a `struct plistref`, by its size, which the
    // table of layouts has proved; the kernel copies as many bytes as it says
    // from the list that it refers to, and fills it in anew.
    let returned = unsafe {
        libc::ioctl(
            file.as_raw_fd(),
            libc::c_ulong::from(request),
            &raw mut list,
        )
    };
    room::check(returned)?;
    answer.clear();
    let Ok(length) = usize::try_from(list.pref_len) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let address = list.pref_plist.0 as *mut u8;
    // What was asked with is not the kernel's.
    if address.is_null() || length == 0 || list.pref_plist.0 == asked {
        return Ok(());
    }
    if length <= LIMIT {
        // SAFETY: the kernel has mapped so many bytes there for this program,
        // and nobody else knows of them.
        answer.extend_from_slice(unsafe { std::slice::from_raw_parts(address, length) });
    }
    // SAFETY: as above; they are given back once, and nothing refers to them.
    room::check(unsafe { libc::munmap(address.cast(), length) })?;
    match length <= LIMIT {
        true => Ok(()),
        false => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Only NetBSD has such answers.
#[cfg(not(target_os = "netbsd"))]
pub(super) fn property_list(_: &str, _: u32, _: &str, _: &mut Vec<u8>) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Asks with a structure, which the answer replaces.
fn control(file: BorrowedFd<'_>, request: u32, structure: &mut [u8]) -> io::Result<()> {
    // The request says how many bytes the kernel copies.
    let copied = (request >> 16) & IOCPARM_MASK;
    if structure.len() < copied as usize {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: the kernel reads and writes as many bytes as the request says,
    // which the structure has. What it holds beside the name and the address of
    // an interface, or the numbers of `exchange`, is zero: no pointer, and no
    // room behind one.
    let returned = unsafe {
        libc::ioctl(
            file.as_raw_fd(),
            libc::c_ulong::from(request),
            structure.as_mut_ptr(),
        )
    };
    room::check(returned).map(drop)
}

/// The device files that terminals may be: the numbers and paths of all
/// character devices in `/dev` and `/dev/pts`. What cannot be read is not
/// there.
pub(super) fn terminals() -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for folder in ["/dev", "/dev/pts"] {
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let Ok(metadata) = entry.path().symlink_metadata() else {
                continue;
            };
            if metadata.file_type().is_char_device() {
                found.push((number(metadata.rdev()), entry.path()));
            }
        }
    }
    Ok(found)
}

/// A device's number as the table of processes has it: all of it on FreeBSD,
/// else the 32 bits that there are.
fn number(device: u64) -> u64 {
    match cfg!(target_os = "freebsd") {
        true => device,
        false => device & 0xffff_ffff,
    }
}
