//! Private namespaces: a PID namespace so that nothing but the load is counted
//! and all of it dies with its first process, a network namespace for the
//! sockets, a mount namespace for a /proc and /sys that show both.

use std::ffi::CStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

fn checked(result: libc::c_int) -> io::Result<()> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// The calling process is killed when its parent ends, however that happens.
pub fn die_with_parent() -> io::Result<()> {
    // SAFETY: PR_SET_PDEATHSIG takes a signal number and touches no memory.
    checked(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) })
}

/// Makes `command`'s process die with the calling one. Set between fork and
/// exec, while the parent waits for the exec: it cannot be gone before.
pub fn tie(command: &mut Command) -> &mut Command {
    // SAFETY: `die_with_parent` makes one system call and allocates nothing,
    // which is all that may happen between fork and exec.
    unsafe { command.pre_exec(die_with_parent) }
}

/// Moves the calling process into new mount and network namespaces and its
/// next child into a new PID namespace. Without privileges this goes through a
/// user namespace, where the kernel allows that.
pub fn unshare() -> io::Result<()> {
    const WANTED: libc::c_int = libc::CLONE_NEWNS | libc::CLONE_NEWNET | libc::CLONE_NEWPID;
    // SAFETY: unshare takes flags only; this process has one thread.
    if unsafe { libc::unshare(WANTED) } == 0 {
        return Ok(());
    }
    // SAFETY: these cannot fail and take nothing.
    let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
    // SAFETY: as above.
    checked(unsafe { libc::unshare(WANTED | libc::CLONE_NEWUSER) })?;
    std::fs::write("/proc/self/setgroups", "deny")?;
    std::fs::write("/proc/self/uid_map", format!("0 {uid} 1"))?;
    std::fs::write("/proc/self/gid_map", format!("0 {gid} 1"))
}

fn mount(kind: &CStr, target: &CStr, flags: libc::c_ulong) -> io::Result<()> {
    // SAFETY: all pointers are NUL-terminated strings that outlive the call;
    // the data argument may be null.
    checked(unsafe {
        libc::mount(
            kind.as_ptr(),
            target.as_ptr(),
            kind.as_ptr(),
            flags,
            std::ptr::null(),
        )
    })
}

/// To be called by the first process of the new PID namespace.
pub fn settle() -> io::Result<()> {
    mount(c"none", c"/", libc::MS_REC | libc::MS_PRIVATE)?;
    mount(c"proc", c"/proc", 0)?;
    // /sys/class/net shows the network namespace in which sysfs was mounted.
    // Only some peers read it, so a refusal costs nothing but their interfaces.
    let _ = mount(c"sysfs", c"/sys", 0);
    loopback_up()
}

fn loopback_up() -> io::Result<()> {
    // SAFETY: an ifreq of zeroes is valid; name and flags are then filled in.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: plain system calls; the ioctl reads the ifreq that outlives it,
    // and the descriptor is this function's own.
    unsafe {
        let socket = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
        checked(socket)?;
        let result = checked(libc::ioctl(socket, libc::SIOCSIFFLAGS, &raw mut request));
        libc::close(socket);
        result
    }
}

/// Lifts the soft limit on descriptors to the hard one and returns it. The
/// harness may do that to itself; a contestant's library never should.
pub fn raise_descriptor_limit() -> u64 {
    // SAFETY: the kernel fills and reads one rlimit that outlives both calls.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) == 0 {
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
        }
        limit.rlim_cur
    }
}
