//! Questions to devices: `ioctl(2)`, and what is in `/dev`.

use std::{
    io,
    os::{
        fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd},
        unix::fs::{FileTypeExt as _, MetadataExt as _},
    },
    path::PathBuf,
};

use rustix::net::{AddressFamily, SocketType};

use super::room;

/// Asks about an interface: a structure that begins with its name.
pub(super) fn interface(
    request: u32,
    name: &str,
    size: usize,
    answer: &mut Vec<u8>,
) -> io::Result<()> {
    /// `IFNAMSIZ`, with the NUL.
    const NAME: usize = 16;
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

/// Asks a device.
pub(super) fn device(
    path: &str,
    request: u32,
    size: usize,
    answer: &mut Vec<u8>,
) -> io::Result<()> {
    answer.clear();
    answer.resize(size, 0);
    control(open(path)?.as_fd(), request, answer)
}

/// Asks a device with a structure, in which there is no pointer.
pub(super) fn exchange(
    path: &str,
    request: u32,
    structure: &[u8],
    answer: &mut Vec<u8>,
) -> io::Result<()> {
    answer.clear();
    answer.extend_from_slice(structure);
    control(open(path)?.as_fd(), request, answer)
}

fn open(path: &str) -> io::Result<OwnedFd> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}

/// Asks a device for a property list, which the kernel maps into this process
/// and tells where.
#[cfg(target_os = "netbsd")]
pub(super) fn property_list(path: &str, request: u32, answer: &mut Vec<u8>) -> io::Result<()> {
    use crate::parse::layout::{Endian, Record, Type as _, netbsd::system::Plistref};

    let mut reference = [0; Plistref::SIZE];
    control(open(path)?.as_fd(), request, &mut reference)?;
    let endian = match cfg!(target_endian = "big") {
        true => Endian::Big,
        false => Endian::Little,
    };
    let reference = Record::new(&reference, endian);
    let address = reference.get(Plistref::pref_plist).map_or(0, |at| at.0);
    let length = reference.get(Plistref::pref_len).unwrap_or(0);
    let wrong = || io::Error::from(io::ErrorKind::InvalidData);
    let address = usize::try_from(address).map_err(|_| wrong())? as *mut u8;
    let length = usize::try_from(length).map_err(|_| wrong())?;
    answer.clear();
    if address.is_null() || length == 0 {
        return Ok(());
    }
    // SAFETY: the kernel has answered this request without an error, and so
    // has mapped `length` bytes there for this call alone; nothing else knows
    // of them, and they are copied before they are given back.
    answer.extend_from_slice(unsafe { std::slice::from_raw_parts(address, length) });
    // SAFETY: as above; no reference to these bytes is left.
    room::check(unsafe { libc::munmap(address.cast(), length) }).map(drop)
}

/// What a character device is called in `/dev`, or its number with a `#`
/// where it is not there.
#[cfg(target_os = "freebsd")]
pub(super) fn name(device: u64, answer: &mut Vec<u8>) -> io::Result<()> {
    const ROOM: libc::c_int = 256;
    answer.clear();
    answer.resize(ROOM.unsigned_abs() as usize, 0);
    // SAFETY: the buffer is writable for the length that the call is told, and
    // keeps to, with the NUL.
    let found = unsafe { libc::devname_r(device, libc::S_IFCHR, answer.as_mut_ptr().cast(), ROOM) };
    if found.is_null() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let end = memchr::memchr(0, answer).unwrap_or(answer.len());
    answer.truncate(end);
    Ok(())
}

/// Asks with a structure, which the answer replaces.
fn control(file: BorrowedFd<'_>, request: u32, structure: &mut [u8]) -> io::Result<()> {
    // The request says how many bytes the kernel copies.
    let copied = (request >> 16) & 0x1fff;
    if structure.len() < copied as usize {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: the kernel reads and writes as many bytes as the request says,
    // which the structure has. What it holds beside the name of the interface
    // or the numbers of `exchange` is zero: no pointer, and no room behind
    // one.
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
