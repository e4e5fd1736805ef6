//! What is done to a process, and what the caller's own limits are.

use std::io;

use super::room;

/// `kill(2)`. Not for 0 and below, which mean groups and everybody.
pub(super) fn signal(pid: i32, number: i32) -> io::Result<()> {
    one(pid)?;
    // SAFETY: the call takes numbers alone.
    room::check(unsafe { libc::kill(pid, number) }).map(drop)
}

/// `setpriority(2)`. Not for 0, which means the caller.
pub(super) fn set_nice(pid: i32, value: i32) -> io::Result<()> {
    one(pid)?;
    // Its type is a signed one on FreeBSD alone.
    #[cfg(target_os = "freebsd")]
    let who = pid;
    #[cfg(not(target_os = "freebsd"))]
    let who = pid.unsigned_abs();
    // SAFETY: the call takes numbers alone.
    room::check(unsafe { libc::setpriority(libc::PRIO_PROCESS, who, value) }).map(drop)
}

/// Fails for what does not mean one process.
fn one(pid: i32) -> io::Result<()> {
    match pid > 0 {
        true => Ok(()),
        false => Err(io::Error::from_raw_os_error(libc::ESRCH)),
    }
}

/// The two numbers of `struct rlimit`.
pub(super) fn own_limit(resource: i32, answer: &mut Vec<u8>) -> io::Result<()> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the structure is writable, and of the type that the call fills.
    room::check(unsafe { libc::getrlimit(resource, &mut limit) })?;
    answer.clear();
    answer.extend_from_slice(&limit.rlim_cur.to_ne_bytes());
    answer.extend_from_slice(&limit.rlim_max.to_ne_bytes());
    Ok(())
}

/// Sets the two numbers of `struct rlimit`.
pub(super) fn set_own_limit(resource: i32, value: &[u8]) -> io::Result<()> {
    let wrong = || io::Error::from(io::ErrorKind::InvalidInput);
    let (soft, hard) = value.split_at_checked(8).ok_or_else(wrong)?;
    let number = |bytes: &[u8]| -> io::Result<libc::rlim_t> {
        bytes
            .try_into()
            .map(libc::rlim_t::from_ne_bytes)
            .map_err(|_| wrong())
    };
    let limit = libc::rlimit {
        rlim_cur: number(soft)?,
        rlim_max: number(hard)?,
    };
    // SAFETY: the structure is only read.
    room::check(unsafe { libc::setrlimit(resource, &limit) }).map(drop)
}

/// The CPUs of a process, as bits.
#[cfg(target_os = "freebsd")]
pub(super) fn cpu_set(pid: i32, answer: &mut Vec<u8>) -> io::Result<()> {
    use crate::parse::layout::freebsd::process::{CPU_LEVEL_WHICH, CPU_WHICH_PID, Cpuset};
    // The kernel takes sizes from that of its own sets up to that of the
    // largest sets that it can be built for: 32 bytes alone on FreeBSD 13.
    for size in [size_of::<Cpuset>(), 32, 256, 512, 1024, 2048, 4096] {
        let mut bits = vec![0_u64; size / 8];
        // SAFETY: `bits` has `size` bytes, more than which the kernel does not
        // write; they are aligned as it wants a `cpuset_t`.
        let returned = unsafe {
            libc::cpuset_getaffinity(
                CPU_LEVEL_WHICH,
                CPU_WHICH_PID,
                libc::id_t::from(pid),
                size,
                bits.as_mut_ptr().cast(),
            )
        };
        match room::check(returned) {
            Ok(_) => {
                answer.clear();
                answer.extend(bits.iter().flat_map(|word| word.to_ne_bytes()));
                return Ok(());
            }
            Err(error) if error.raw_os_error() == Some(libc::ERANGE) => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from_raw_os_error(libc::ERANGE))
}

/// Sets the CPUs of a process.
#[cfg(target_os = "freebsd")]
pub(super) fn set_cpu_set(pid: i32, set: &[u8]) -> io::Result<()> {
    use crate::parse::layout::freebsd::process::{CPU_LEVEL_WHICH, CPU_WHICH_PID};
    one(pid)?;
    let bits: Vec<u64> = set
        .chunks_exact(8)
        .filter_map(|word| word.try_into().ok().map(u64::from_ne_bytes))
        .collect();
    // SAFETY: `bits` has as many bytes as is said, which the kernel only
    // reads; they are aligned as it wants a `cpuset_t`.
    let returned = unsafe {
        libc::cpuset_setaffinity(
            CPU_LEVEL_WHICH,
            CPU_WHICH_PID,
            libc::id_t::from(pid),
            size_of_val(bits.as_slice()),
            bits.as_ptr().cast(),
        )
    };
    room::check(returned).map(drop)
}

#[cfg(not(target_os = "freebsd"))]
pub(super) fn cpu_set(_: i32, _: &mut Vec<u8>) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(any(target_os = "freebsd", target_os = "netbsd")))]
pub(super) fn set_cpu_set(_: i32, _: &[u8]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(target_os = "netbsd")]
unsafe extern "C" {
    /// `int _sched_getaffinity(pid_t, lwpid_t, size_t, cpuset_t *)`.
    fn _sched_getaffinity(
        pid: libc::pid_t,
        thread: libc::c_int,
        size: libc::size_t,
        set: *mut libc::c_void,
    ) -> libc::c_int;

    /// `int _sched_setaffinity(pid_t, lwpid_t, size_t, const cpuset_t *)`.
    fn _sched_setaffinity(
        pid: libc::pid_t,
        thread: libc::c_int,
        size: libc::size_t,
        set: *const libc::c_void,
    ) -> libc::c_int;
}

/// The CPUs of the first thread of a process, as bits.
#[cfg(target_os = "netbsd")]
pub(super) fn first_cpu_set(pid: i32, size: usize, answer: &mut Vec<u8>) -> io::Result<()> {
    one(pid)?;
    let mut of_thread = |thread| {
        room::fixed(answer, &[], size, |set, size| {
            // SAFETY: the set is writable for `size` bytes, and zero; the
            // kernel copies as many from there and to there, so that its place
            // does not matter.
            room::check(unsafe { _sched_getaffinity(pid, thread, *size, set.cast()) }).map(drop)
        })
    };
    // The first thread has the number of its process, since NetBSD 10. Before,
    // and where it has ended, 0 is the one that is first in the kernel's list.
    match of_thread(pid) {
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => of_thread(0),
        asked => asked,
    }
}

#[cfg(not(target_os = "netbsd"))]
pub(super) fn first_cpu_set(_: i32, _: usize, _: &mut Vec<u8>) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Sets the CPUs of all threads of a process.
#[cfg(target_os = "netbsd")]
pub(super) fn set_cpu_set(pid: i32, set: &[u8]) -> io::Result<()> {
    one(pid)?;
    // SAFETY: `set` has as many bytes as is said, which the kernel copies from
    // there. Thread 0 is all of them.
    room::check(unsafe { _sched_setaffinity(pid, 0, set.len(), set.as_ptr().cast()) }).map(drop)
}

/// Collects a child that has ended.
pub(super) fn collect(pid: i32) -> io::Result<Option<i32>> {
    one(pid)?;
    let mut status = 0;
    loop {
        // SAFETY: `status` is writable. No child but this one is collected.
        let returned = unsafe { libc::waitpid(pid, &mut status, libc::WNOHANG) };
        match room::check(returned) {
            Ok(0) => return Ok(None),
            // One that the caller traces is told of when it stops, too.
            Ok(_) if libc::WIFSTOPPED(status) => return Ok(None),
            Ok(_) => return Ok(Some(status)),
            Err(error) => match error.raw_os_error() {
                Some(libc::EINTR) => {}
                // Somebody else's, or it was collected.
                Some(libc::ECHILD) => return Ok(None),
                _ => return Err(error),
            },
        }
    }
}
