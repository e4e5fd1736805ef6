//! Questions to devices: `ioctl(2)`, and what is in `/dev`.

use std::{
    io,
    os::{
        fd::{AsFd, AsRawFd as _, BorrowedFd},
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
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::empty())?;
    answer.clear();
    answer.resize(size, 0);
    control(file.as_fd(), request, answer)
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
    // is zero: no pointer, and no room behind one.
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
