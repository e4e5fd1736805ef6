//! The mounts, as the kernel has them in memory.

use std::io;

use super::room;

#[cfg(target_os = "freebsd")]
use crate::parse::layout::freebsd::system::{MNT_NOWAIT, Statfs as Mount};
#[cfg(target_os = "macos")]
use crate::parse::layout::macos::system::{MNT_NOWAIT, Statfs as Mount};
#[cfg(target_os = "netbsd")]
use crate::parse::layout::netbsd::system::{ST_NOWAIT as MNT_NOWAIT, Statvfs as Mount};
#[cfg(target_os = "openbsd")]
use crate::parse::layout::openbsd::system::{MNT_NOWAIT, Statfs as Mount};

// The symbol that is called below writes structures of this size.
#[cfg(not(target_os = "netbsd"))]
const _: () = assert!(size_of::<libc::statfs>() == size_of::<Mount>());

/// The records of all mounts; no file system is asked.
pub(super) fn mounts(answer: &mut Vec<u8>) -> io::Result<()> {
    for _ in 0..8 {
        // What it writes first is how many there are.
        let count = call(std::ptr::null_mut(), 0)?;
        let room = count.saturating_add(8);
        let size = room.saturating_mul(size_of::<Mount>());
        let mut written = 0;
        room::fixed(answer, &[], size, |buffer, size| {
            written = call(buffer, *size)?;
            *size = written.saturating_mul(size_of::<Mount>());
            Ok(())
        })?;
        // As many as there was room for: there may be more.
        if written < room {
            return Ok(());
        }
    }
    Err(io::Error::from_raw_os_error(libc::ENOMEM))
}

#[cfg(not(target_os = "netbsd"))]
// Each system has another type for the size; OpenBSD has this one.
#[allow(clippy::useless_conversion)]
fn call(buffer: *mut u8, size: usize) -> io::Result<usize> {
    let size = size.try_into().map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: `buffer` is null, which asks how many there are, or writable for
    // `size` bytes; the kernel copies whole structures there, byte by byte, so
    // that its place does not matter.
    let returned = unsafe { libc::getfsstat(buffer.cast(), size, MNT_NOWAIT) };
    room::check(returned).map(|count| usize::try_from(count).unwrap_or(0))
}

/// NetBSD 10 has other structures than 9 behind a new symbol, which is looked
/// up: a program that named it would not start on 9.
#[cfg(target_os = "netbsd")]
fn call(buffer: *mut u8, size: usize) -> io::Result<usize> {
    type Function =
        unsafe extern "C" fn(*mut libc::c_void, libc::size_t, libc::c_int) -> libc::c_int;
    // SAFETY: the name ends at a NUL, and the handle is the one for what the
    // program has loaded.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"__getvfsstat90".as_ptr()) };
    if found.is_null() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    // SAFETY: the symbol is a function of this type in every libc that has it:
    // sys/statvfs.h of NetBSD 10.
    let function = unsafe { std::mem::transmute::<*mut libc::c_void, Function>(found) };
    // SAFETY: `buffer` is null, which asks how many there are, or writable for
    // `size` bytes; the kernel copies whole structures there, byte by byte.
    let returned = unsafe { function(buffer.cast(), size, MNT_NOWAIT) };
    room::check(returned).map(|count| usize::try_from(count).unwrap_or(0))
}
