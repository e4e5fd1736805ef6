//! `sysctl(3)`.

use std::{io, ptr};

use super::room;

/// Asks by numbers.
pub(super) fn ask(mib: &[i32], answer: &mut Vec<u8>) -> io::Result<()> {
    let mut mib = mib.to_vec();
    room::fill(answer, spare(&mib), |buffer, size| {
        call(&mut mib, buffer, size)
    })
}

/// How much room has to be left for an answer to be whole: older kernels
/// (FreeBSD 12) end these lists before a file that they have no room for.
#[cfg(target_os = "freebsd")]
fn spare(mib: &[i32]) -> usize {
    use crate::parse::layout::freebsd::{
        process::{KERN_PROC, KERN_PROC_CWD, KERN_PROC_FILEDESC, KinfoFile},
        system::CTL_KERN,
    };
    match mib {
        [CTL_KERN, KERN_PROC, KERN_PROC_CWD | KERN_PROC_FILEDESC, _] => size_of::<KinfoFile>(),
        _ => 0,
    }
}

#[cfg(not(target_os = "freebsd"))]
fn spare(_: &[i32]) -> usize {
    0
}

/// Asks by numbers for records of `stride` bytes: the kernel wants to know
/// that, and how many there is room for.
pub(super) fn records(mib: &[i32], stride: usize, answer: &mut Vec<u8>) -> io::Result<()> {
    let stride = i32::try_from(stride)
        .ok()
        .filter(|&stride| stride > 0)
        .ok_or(io::ErrorKind::InvalidInput)?;
    let mut mib = [mib, &[stride, 0]].concat();
    room::fill(answer, 0, |buffer, size| {
        let room = *size / stride.unsigned_abs() as usize;
        if let Some(count) = mib.last_mut() {
            *count = i32::try_from(room).unwrap_or(i32::MAX);
        }
        call(&mut mib, buffer, size)
    })
}

/// Asks by numbers for records of `stride` bytes, which the numbers say, with
/// room for whole ones.
pub(super) fn whole(mib: &[i32], stride: usize, answer: &mut Vec<u8>) -> io::Result<()> {
    let mut mib = mib.to_vec();
    room::whole(answer, stride, |buffer, size| call(&mut mib, buffer, size))
}

/// Asks by numbers once, with so much room that begins with these bytes.
pub(super) fn fixed(mib: &[i32], from: &[u8], size: usize, answer: &mut Vec<u8>) -> io::Result<()> {
    let mut mib = mib.to_vec();
    room::fixed(answer, from, size, |buffer, size| {
        call(&mut mib, buffer, size)
    })
}

fn call(mib: &mut [i32], buffer: *mut u8, size: &mut usize) -> io::Result<()> {
    let length = libc::c_uint::try_from(mib.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: `mib` has `length` numbers. `buffer` is null, which asks for the
    // size alone, or writable for `size` bytes, as all callers of this module
    // pass it; the kernel writes no more than that and the number into `size`.
    // Nothing is set: the new value is null.
    let returned = unsafe {
        libc::sysctl(
            mib.as_mut_ptr(),
            length,
            buffer.cast(),
            size,
            ptr::null_mut(),
            0,
        )
    };
    room::check(returned).map(drop)
}

/// Sets a value.
pub(super) fn set(mib: &[i32], value: &[u8]) -> io::Result<()> {
    let mut mib = mib.to_vec();
    let length = libc::c_uint::try_from(mib.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: `mib` has `length` numbers, and `value` its own length of bytes,
    // which the kernel only reads. The old value is not asked for: its pointers
    // are null.
    let returned = unsafe {
        libc::sysctl(
            mib.as_mut_ptr(),
            length,
            ptr::null_mut(),
            ptr::null_mut(),
            value.as_ptr().cast_mut().cast(),
            value.len(),
        )
    };
    room::check(returned).map(drop)
}

/// Asks by name.
#[cfg(not(target_os = "openbsd"))]
pub(super) fn named(name: &str, answer: &mut Vec<u8>) -> io::Result<()> {
    let name = std::ffi::CString::new(name)?;
    room::fill(answer, 0, |buffer, size| {
        // SAFETY: `name` ends at a NUL. The rest is as in `call`.
        let returned =
            unsafe { libc::sysctlbyname(name.as_ptr(), buffer.cast(), size, ptr::null_mut(), 0) };
        room::check(returned).map(drop)
    })
}

/// There are numbers alone.
#[cfg(target_os = "openbsd")]
pub(super) fn named(_: &str, _: &mut Vec<u8>) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The numbers that a name stands for: those of some names are given when the
/// system starts.
#[cfg(not(target_os = "openbsd"))]
pub(super) fn numbers(name: &str) -> io::Result<Vec<i32>> {
    let name = std::ffi::CString::new(name)?;
    let mut mib = [0; 24];
    let mut length = mib.len();
    // SAFETY: `name` ends at a NUL; `mib` has room for `length` numbers, of
    // which no more are written.
    #[cfg(not(target_os = "netbsd"))]
    let returned = unsafe { libc::sysctlnametomib(name.as_ptr(), mib.as_mut_ptr(), &mut length) };
    // SAFETY: as above; this one is told by the same three.
    #[cfg(target_os = "netbsd")]
    let returned = unsafe { sysctlnametomib(name.as_ptr(), mib.as_mut_ptr(), &mut length) };
    room::check(returned)?;
    Ok(mib.get(..length).unwrap_or_default().to_vec())
}

#[cfg(target_os = "openbsd")]
pub(super) fn numbers(_: &str) -> io::Result<Vec<i32>> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(target_os = "netbsd")]
unsafe extern "C" {
    /// `int sysctlnametomib(const char *, int *, size_t *)`.
    fn sysctlnametomib(
        name: *const libc::c_char,
        mib: *mut libc::c_int,
        length: *mut libc::size_t,
    ) -> libc::c_int;
}

/// What a character device is called in `/dev`.
#[cfg(target_os = "freebsd")]
pub(super) fn device_name(number: u64, answer: &mut Vec<u8>) -> io::Result<()> {
    /// `SPECNAMELEN`, with the NUL.
    const ROOM: usize = 256;
    room::fixed(answer, &[], ROOM, |buffer, size| {
        // SAFETY: the name ends at a NUL. The buffer is writable for `size`
        // bytes, more than which are not written; the new value is a `dev_t`,
        // of 64 bits, that is only read: it is what is asked about.
        let returned = unsafe {
            libc::sysctlbyname(
                c"kern.devname".as_ptr(),
                buffer.cast(),
                size,
                (&raw const number).cast(),
                size_of_val(&number),
            )
        };
        room::check(returned).map(drop)
    })?;
    // The NUL is counted.
    let end = memchr::memchr(0, answer).unwrap_or(answer.len());
    answer.truncate(end);
    Ok(())
}

/// Only FreeBSD tells it by itself.
#[cfg(not(target_os = "freebsd"))]
pub(super) fn device_name(_: u64, _: &mut Vec<u8>) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
