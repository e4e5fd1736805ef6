//! libproc: what the kernel tells about one process.

use std::{ffi::c_int, io};

use crate::parse::layout::macos::details::PROC_PIDPATHINFO_MAXSIZE;

/// A structure of `size` bytes about a process.
pub(super) fn info(
    pid: i32,
    flavor: i32,
    argument: u64,
    size: usize,
    answer: &mut Vec<u8>,
) -> io::Result<()> {
    answer.clear();
    answer.resize(size, 0);
    let filled = call(pid, flavor, argument, answer)?;
    answer.truncate(filled);
    Ok(())
}

/// A list about a process, as long as it is.
pub(super) fn list(pid: i32, flavor: i32, argument: u64, answer: &mut Vec<u8>) -> io::Result<()> {
    /// Some lists say how long they are, others have to be tried.
    const FIRST: usize = 2048;
    /// 8 million descriptors.
    const LIMIT: usize = 64 << 20;
    let mut room = answer.capacity().max(FIRST);
    loop {
        answer.clear();
        answer.resize(room, 0);
        let filled = call(pid, flavor, argument, answer)?;
        // Where it ends short of the room, by more than any record has, it is
        // whole.
        if filled.saturating_add(64) <= room {
            answer.truncate(filled);
            return Ok(());
        }
        if room >= LIMIT {
            return Err(io::Error::from_raw_os_error(libc::ENOMEM));
        }
        room = room.saturating_mul(2);
    }
}

fn call(pid: i32, flavor: i32, argument: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let size = room(buffer)?;
    forget_error();
    // SAFETY: the buffer is writable for `size` bytes, and the kernel writes no
    // more.
    let filled =
        unsafe { libc::proc_pidinfo(pid, flavor, argument, buffer.as_mut_ptr().cast(), size) };
    positive(filled)
}

/// A structure of `size` bytes about a descriptor of a process.
pub(super) fn descriptor(
    pid: i32,
    descriptor: i32,
    flavor: i32,
    size: usize,
    answer: &mut Vec<u8>,
) -> io::Result<()> {
    answer.clear();
    answer.resize(size, 0);
    let size = room(answer)?;
    forget_error();
    // SAFETY: the buffer is writable for `size` bytes, and the kernel writes no
    // more.
    let filled =
        unsafe { libc::proc_pidfdinfo(pid, descriptor, flavor, answer.as_mut_ptr().cast(), size) };
    answer.truncate(positive(filled)?);
    Ok(())
}

/// The path of the program of a process.
pub(super) fn path(pid: i32, answer: &mut Vec<u8>) -> io::Result<()> {
    answer.clear();
    answer.resize(PROC_PIDPATHINFO_MAXSIZE as usize, 0);
    let size = answer.len() as u32;
    forget_error();
    // SAFETY: the buffer is writable for `size` bytes, and the function writes
    // no more.
    let filled = unsafe { libc::proc_pidpath(pid, answer.as_mut_ptr().cast(), size) };
    answer.truncate(positive(filled)?);
    Ok(())
}

/// The session of a process, for everybody.
pub(super) fn session(pid: i32, answer: &mut Vec<u8>) -> io::Result<()> {
    if pid <= 0 {
        return Err(io::Error::from_raw_os_error(libc::ESRCH));
    }
    forget_error();
    // SAFETY: the call takes a number alone.
    let session = unsafe { libc::getsid(pid) };
    if session < 0 {
        let error = io::Error::last_os_error();
        return Err(match error.raw_os_error() {
            // One that is ending has none any more, which is no failure of
            // the call.
            Some(0) => io::Error::from_raw_os_error(libc::ESRCH),
            _ => error,
        });
    }
    answer.clear();
    answer.extend_from_slice(&session.to_ne_bytes());
    Ok(())
}

/// What a process has used, in the structure of this version.
pub(super) fn usage(pid: i32, flavor: i32, size: usize, answer: &mut Vec<u8>) -> io::Result<()> {
    /// More than the structure of any version: 464 bytes today, and the kernel
    /// is not told how many there are.
    const ROOM: usize = 4096;
    answer.clear();
    answer.resize(ROOM, 0);
    // SAFETY: the buffer has room for every version of the structure that the
    // function knows; it is bytes, which need no place of their own: the
    // kernel copies them there.
    let failed = unsafe { libc::proc_pid_rusage(pid, flavor, answer.as_mut_ptr().cast()) };
    if failed != 0 {
        return Err(io::Error::last_os_error());
    }
    answer.truncate(size);
    Ok(())
}

fn room(buffer: &[u8]) -> io::Result<c_int> {
    c_int::try_from(buffer.len()).map_err(|_| io::ErrorKind::InvalidInput.into())
}

/// These functions return 0 for a failure and for nothing alike: what tells
/// them apart is whether they set the error.
fn forget_error() {
    // SAFETY: the place of this thread's error number is always valid.
    unsafe { *libc::__error() = 0 };
}

fn positive(filled: c_int) -> io::Result<usize> {
    match usize::try_from(filled) {
        Ok(filled) if filled > 0 => Ok(filled),
        _ => {
            let error = io::Error::last_os_error();
            match error.raw_os_error() {
                Some(0) => Ok(0),
                _ => Err(error),
            }
        }
    }
}
