//! The Linux system calls of the specimen and of the namespace launcher.
//!
//! Thin: one call each, errors as `io::Error`. They are written for a helper
//! process which does little else; none of them belongs in a library.

mod sockets;

pub use sockets::{
    accept, begin_connect_loopback, bind_loopback, bind_unix, connect_unix, listen, socket,
    socket_pair, tcp_state,
};

use std::ffi::{CString, c_int, c_ulong};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, RawFd};
use std::{fs, io, mem, ptr};

fn cvt(result: c_int) -> io::Result<c_int> {
    if result == -1 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

fn cvt_long(result: libc::c_long) -> io::Result<libc::c_long> {
    if result == -1 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

fn c_string(bytes: &[u8]) -> io::Result<CString> {
    CString::new(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))
}

/// The effective user id.
pub fn effective_uid() -> u32 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

/// The id of this thread.
pub fn thread_id() -> u32 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::gettid() as u32 }
}

/// Renames this thread; the kernel keeps 15 bytes up to a NUL.
pub fn set_name(name: &[u8]) -> io::Result<()> {
    let name = c_string(name)?;
    // SAFETY: the kernel reads at most 16 bytes of a NUL-terminated string.
    cvt(unsafe { libc::prctl(libc::PR_SET_NAME, name.as_ptr()) }).map(drop)
}

/// Has the kernel kill this process when the thread that started it ends.
pub fn die_with_parent() -> io::Result<()> {
    let signal = libc::SIGKILL as c_ulong;
    // SAFETY: takes a number.
    cvt(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal) }).map(drop)
}

/// Whether the files of this process in /proc belong to its user.
pub fn set_dumpable(dumpable: bool) -> io::Result<()> {
    // SAFETY: takes a number.
    cvt(unsafe { libc::prctl(libc::PR_SET_DUMPABLE, c_ulong::from(dumpable)) }).map(drop)
}

/// Makes this process the one that adopts its orphaned descendants.
pub fn adopt_orphans() -> io::Result<()> {
    // SAFETY: takes a number.
    cvt(unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1 as c_ulong) }).map(drop)
}

fn refuse_threads() -> io::Result<()> {
    if fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(io::Error::other("a process with threads must not fork"));
    }
    Ok(())
}

/// Runs `child` in a forked process and returns its PID.
///
/// # Errors
///
/// Also when this process has several threads, after which a fork leaves locks
/// held for ever.
pub fn fork(child: impl FnOnce() -> i32) -> io::Result<u32> {
    refuse_threads()?;
    // SAFETY: no other thread exists that could hold a lock in the child.
    let pid = cvt(unsafe { libc::fork() })?;
    if pid == 0 {
        run_and_exit(child);
    }
    Ok(pid as u32)
}

/// Like [`fork`], but the kernel holds this process, in state D, until the
/// child ends.
pub fn fork_and_block(child: impl FnOnce() -> i32) -> io::Result<u32> {
    refuse_threads()?;
    let flags = c_ulong::from((libc::SIGCHLD | libc::CLONE_VFORK) as u32);
    let null = ptr::null::<u8>();
    // SAFETY: without CLONE_VM and with no stack the child has a copy of
    // everything, as after fork; no other thread exists that could hold a lock.
    let pid = cvt_long(unsafe {
        #[cfg(not(target_arch = "s390x"))]
        let pid = libc::syscall(libc::SYS_clone, flags, null, null, null, null);
        // There the stack comes first.
        #[cfg(target_arch = "s390x")]
        let pid = libc::syscall(libc::SYS_clone, null, flags, null, null, null);
        pid
    })?;
    if pid == 0 {
        run_and_exit(child);
    }
    Ok(pid as u32)
}

fn run_and_exit(child: impl FnOnce() -> i32) -> ! {
    let code = std::panic::catch_unwind(std::panic::AssertUnwindSafe(child)).unwrap_or(101);
    exit_now(code);
}

/// Ends this process without running anything of it any more.
pub fn exit_now(code: i32) -> ! {
    // SAFETY: ends the process.
    unsafe { libc::_exit(code) }
}

/// Ends this thread alone, even when it is the first one.
pub fn exit_thread() -> ! {
    // SAFETY: ends the thread without unwinding; the specimen's main thread
    // owns nothing that another thread borrows.
    unsafe {
        libc::syscall(libc::SYS_exit, 0);
    }
    unreachable!("SYS_exit does not return");
}

/// Sends a signal to a process.
pub fn kill(pid: u32, signal: c_int) -> io::Result<()> {
    let pid = i32::try_from(pid).map_err(io::Error::other)?;
    assert!(pid > 0, "0 would mean every process of this group");
    // SAFETY: takes numbers.
    cvt(unsafe { libc::kill(pid, signal) }).map(drop)
}

/// Waits until a child is stopped, and leaves the news for others.
pub fn wait_stopped(pid: u32) -> io::Result<()> {
    wait_for(pid, libc::WSTOPPED | libc::WNOWAIT)
}

/// Waits until a child has exited, and leaves it a zombie.
pub fn wait_exited_unreaped(pid: u32) -> io::Result<()> {
    wait_for(pid, libc::WEXITED | libc::WNOWAIT)
}

fn wait_for(pid: u32, options: c_int) -> io::Result<()> {
    loop {
        // SAFETY: siginfo_t is plain data, for which zeroes are valid.
        let mut info: libc::siginfo_t = unsafe { mem::zeroed() };
        // SAFETY: `info` is valid for writing.
        match cvt(unsafe { libc::waitid(libc::P_PID, pid, &mut info, options) }) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other.map(drop),
        }
    }
}

/// Reaps one child: any, or the one named. `None` when none has exited yet
/// and `block` is false.
pub fn reap(pid: Option<u32>, block: bool) -> io::Result<Option<(u32, c_int)>> {
    let which = pid.map_or(-1, |pid| pid as i32);
    loop {
        let mut status = 0;
        let options = if block { 0 } else { libc::WNOHANG };
        // SAFETY: `status` is valid for writing.
        match cvt(unsafe { libc::waitpid(which, &mut status, options) }) {
            Ok(0) => return Ok(None),
            Ok(pid) => return Ok(Some((pid as u32, status))),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The exit code a shell would show for a wait status.
pub fn shell_code(status: c_int) -> i32 {
    if libc::WIFEXITED(status) {
        libc::WEXITSTATUS(status)
    } else {
        128 + libc::WTERMSIG(status)
    }
}

/// Becomes the user and group, with no further groups.
pub fn become_user(uid: u32, gid: u32) -> io::Result<()> {
    // SAFETY: a count of zero reads no list; the others take numbers.
    unsafe {
        cvt(libc::setgroups(0, ptr::null()))?;
        cvt(libc::setresgid(gid, gid, gid))?;
        cvt(libc::setresuid(uid, uid, uid)).map(drop)
    }
}

/// Sets real, effective and saved user ids apart.
pub fn set_uids(real: u32, effective: u32, saved: u32) -> io::Result<()> {
    // SAFETY: takes numbers.
    cvt(unsafe { libc::setresuid(real, effective, saved) }).map(drop)
}

/// Sets real, effective and saved group ids apart.
pub fn set_gids(real: u32, effective: u32, saved: u32) -> io::Result<()> {
    // SAFETY: takes numbers.
    cvt(unsafe { libc::setresgid(real, effective, saved) }).map(drop)
}

/// Starts a session.
pub fn new_session() -> io::Result<()> {
    // SAFETY: takes nothing.
    cvt(unsafe { libc::setsid() }).map(drop)
}

/// Starts a process group.
pub fn new_group() -> io::Result<()> {
    // SAFETY: takes numbers.
    cvt(unsafe { libc::setpgid(0, 0) }).map(drop)
}

/// Sets a resource limit by its number (`RLIMIT_*`).
pub fn set_limit(resource: u32, soft: u64, hard: u64) -> io::Result<()> {
    let limit = libc::rlimit {
        rlim_cur: soft as libc::rlim_t,
        rlim_max: hard as libc::rlim_t,
    };
    // SAFETY: `limit` is valid for reading. The resource's type differs
    // between C libraries.
    cvt(unsafe { libc::setrlimit(resource as _, &limit) }).map(drop)
}

/// Sets the niceness of this process.
pub fn set_nice(nice: c_int) -> io::Result<()> {
    // SAFETY: takes numbers. The type of the first differs between C libraries.
    cvt(unsafe { libc::setpriority(libc::PRIO_PROCESS as _, 0, nice) }).map(drop)
}

/// Lets this process run on these CPUs alone.
pub fn set_affinity(cpus: &[usize]) -> io::Result<()> {
    // SAFETY: cpu_set_t is plain data, for which zeroes are valid.
    let mut set: libc::cpu_set_t = unsafe { mem::zeroed() };
    for &cpu in cpus {
        assert!(cpu < libc::CPU_SETSIZE as usize, "no CPU {cpu}");
        // SAFETY: the index was checked above.
        unsafe { libc::CPU_SET(cpu, &mut set) };
    }
    // SAFETY: `set` is valid for reading its own size.
    cvt(unsafe { libc::sched_setaffinity(0, mem::size_of_val(&set), &set) }).map(drop)
}

/// Sets the I/O class (1 realtime, 2 best effort, 3 idle) and level.
pub fn set_io_priority(class: u32, level: u32) -> io::Result<()> {
    const WHO_PROCESS: c_int = 1;
    let priority = (class << 13) | level;
    // SAFETY: takes numbers.
    cvt_long(unsafe { libc::syscall(libc::SYS_ioprio_set, WHO_PROCESS, 0, priority) }).map(drop)
}

/// Sets the scheduling policy by its number (`SCHED_*`) and a priority.
pub fn set_scheduler(policy: c_int, priority: c_int) -> io::Result<()> {
    // SAFETY: sched_param is plain data, for which zeroes are valid.
    let mut param: libc::sched_param = unsafe { mem::zeroed() };
    param.sched_priority = priority;
    // SAFETY: `param` is valid for reading. The raw call, for musl's refuses.
    cvt_long(unsafe { libc::syscall(libc::SYS_sched_setscheduler, 0, policy, &param) }).map(drop)
}

/// Leaves namespaces for new ones.
pub fn unshare(flags: c_int) -> io::Result<()> {
    // SAFETY: takes numbers; none of the flags in use shares memory.
    cvt(unsafe { libc::unshare(flags) }).map(drop)
}

/// Mounts a file system; `None` for a kind leaves it out.
pub fn mount(kind: Option<&str>, target: &str, flags: c_ulong, data: &str) -> io::Result<()> {
    let kind = kind.map(|kind| c_string(kind.as_bytes())).transpose()?;
    let (target, data) = (c_string(target.as_bytes())?, c_string(data.as_bytes())?);
    let kind = kind.as_ref().map_or(ptr::null(), |kind| kind.as_ptr());
    // SAFETY: all strings are NUL-terminated and outlive the call.
    cvt(unsafe { libc::mount(kind, target.as_ptr(), kind, flags, data.as_ptr().cast()) }).map(drop)
}

/// Switches the loopback interface of this network namespace on.
pub fn loopback_up() -> io::Result<()> {
    let socket = socket(libc::AF_INET, libc::SOCK_DGRAM)?;
    // SAFETY: ifreq is plain data, for which zeroes are valid.
    let mut request: libc::ifreq = unsafe { mem::zeroed() };
    request.ifr_name[0] = b'l' as _;
    request.ifr_name[1] = b'o' as _;
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as _;
    // SAFETY: SIOCSIFFLAGS reads an ifreq. The request's type differs between
    // C libraries.
    cvt(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &request) }).map(drop)
}

/// Closes all descriptors from 3 on, which a careless parent left open.
pub fn close_inherited() {
    // SAFETY: called first in main, when nothing of this process owns any.
    unsafe {
        if libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) == -1 {
            // Before Linux 5.9.
            for fd in 3..1024 {
                libc::close(fd);
            }
        }
    }
}

/// The CPU time that this process has used.
pub fn cpu_time() -> std::time::Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is valid for writing; the clock exists on all Linux.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    std::time::Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// What [`poll`] saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polled {
    /// The time is over.
    Nothing,
    /// There is something to read.
    Input,
    /// The other side is gone.
    HungUp,
}

/// Waits for the end of the pipe's other side, and for input if asked; a
/// negative timeout waits for ever.
pub fn poll(fd: BorrowedFd<'_>, input: bool, timeout_ms: c_int) -> Polled {
    let mut entry = libc::pollfd {
        fd: fd.as_raw_fd(),
        events: if input { libc::POLLIN } else { 0 },
        revents: 0,
    };
    loop {
        // SAFETY: `entry` is one valid entry.
        match unsafe { libc::poll(&mut entry, 1, timeout_ms) } {
            0 => return Polled::Nothing,
            -1 => {}
            _ if entry.revents & libc::POLLIN != 0 => return Polled::Input,
            _ => return Polled::HungUp,
        }
    }
}

/// Kinds of memory a specimen can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// Private and anonymous.
    Private,
    /// Shared and anonymous: counted as shmem.
    Shared,
}

/// Maps memory for the rest of the process's life and writes to every page of
/// the first `touched` bytes. Returns the address.
pub fn hold_memory(kind: Memory, bytes: usize, touched: usize) -> io::Result<usize> {
    let sharing = match kind {
        Memory::Private => libc::MAP_PRIVATE,
        Memory::Shared => libc::MAP_SHARED,
    };
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a new anonymous mapping at an address the kernel picks.
    let block = unsafe {
        libc::mmap(
            ptr::null_mut(),
            bytes,
            protection,
            sharing | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if block == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // Huge pages would count bytes nobody asked for.
    // SAFETY: the range is the mapping above.
    unsafe { libc::madvise(block, bytes, libc::MADV_NOHUGEPAGE) };
    for offset in (0..touched.min(bytes)).step_by(4096) {
        // SAFETY: `offset` is within the mapping, which is never unmapped and
        // which nothing else knows.
        unsafe { block.cast::<u8>().add(offset).write_volatile(1) };
    }
    Ok(block as usize)
}

/// Maps a whole file for reading, for the rest of the process's life, and
/// reads every page of it.
pub fn hold_file(file: &fs::File) -> io::Result<usize> {
    let bytes = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    let fd = file.as_raw_fd();
    // SAFETY: a new mapping at an address the kernel picks.
    let block = unsafe {
        libc::mmap(
            ptr::null_mut(),
            bytes,
            libc::PROT_READ,
            libc::MAP_SHARED,
            fd,
            0,
        )
    };
    if block == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    for offset in (0..bytes).step_by(4096) {
        // SAFETY: `offset` is within the mapping, and the file is not cut
        // shorter while the specimen lives.
        unsafe { block.cast::<u8>().add(offset).read_volatile() };
    }
    Ok(block as usize)
}

/// Writes over the memory that holds the arguments (and, when the title is
/// longer, the environment) of this process, as setproctitle does. Bytes of
/// the arguments that the title does not reach become NUL.
pub fn overwrite_arguments(title: &[u8]) -> io::Result<()> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let field = |number: usize| {
        after_name
            .split_ascii_whitespace()
            .nth(number - 3)
            .and_then(|field| field.parse::<usize>().ok())
            .ok_or_else(|| io::Error::other("/proc/self/stat without arg_start"))
    };
    let (start, end, env_end) = (field(48)?, field(49)?, field(51)?);
    if start == 0 || title.len() >= env_end - start {
        return Err(io::Error::other("the title does not fit"));
    }
    let length = title.len().max(end - start);
    for offset in 0..length {
        let byte = title.get(offset).copied().unwrap_or(0);
        // SAFETY: start..env_end is the writable part of the stack where the
        // kernel put arguments and environment; the specimen has copies of
        // those it uses and one thread only reads them.
        unsafe { (start as *mut u8).add(offset).write_volatile(byte) };
    }
    if title.len() > end - start {
        // SAFETY: within the same area, checked above.
        unsafe { (start as *mut u8).add(title.len()).write_volatile(0) };
    }
    Ok(())
}

/// Opens a pseudo terminal and makes it the controlling one of a new session.
/// Returns both sides and the terminal's path.
pub fn take_terminal() -> io::Result<(fs::File, fs::File, String)> {
    let master = fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/ptmx")?;
    let fd = master.as_raw_fd();
    let mut name = [0_u8; 64];
    // SAFETY: `fd` is a pseudo terminal, `name` valid for writing its length.
    unsafe {
        cvt(libc::grantpt(fd))?;
        cvt(libc::unlockpt(fd))?;
        let error = libc::ptsname_r(fd, name.as_mut_ptr().cast(), name.len());
        if error != 0 {
            return Err(io::Error::from_raw_os_error(error));
        }
    }
    let length = name
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(name.len());
    let path = String::from_utf8_lossy(&name[..length]).into_owned();
    new_session()?;
    let slave = fs::File::options().read(true).write(true).open(&path)?;
    // SAFETY: takes numbers.
    cvt(unsafe { libc::ioctl(slave.as_raw_fd(), libc::TIOCSCTTY, 0) })?;
    Ok((master, slave, path))
}

/// Asks to be traced by the parent and stops.
pub fn stop_traced() -> io::Result<()> {
    let nothing = ptr::null_mut::<u8>();
    // SAFETY: PTRACE_TRACEME ignores the other arguments; raise takes a number.
    unsafe {
        cvt_long(libc::ptrace(libc::PTRACE_TRACEME, 0, nothing, nothing))?;
        cvt(libc::raise(libc::SIGSTOP)).map(drop)
    }
}

/// The descriptor that [`mark`] pretends to close.
pub const MARK: RawFd = -28531;

/// A system call with no effect that stands out in a trace.
pub fn mark() {
    // SAFETY: closes nothing: no descriptor is negative.
    unsafe { libc::close(MARK) };
}

/// A pipe: the end to read from and the end to write to.
pub fn pipe() -> io::Result<(fs::File, fs::File)> {
    let mut fds = [-1; 2];
    // SAFETY: `fds` has room for two; both are ours alone on success.
    unsafe {
        cvt(libc::pipe2(fds.as_mut_ptr(), libc::O_CLOEXEC))?;
        Ok((fs::File::from_raw_fd(fds[0]), fs::File::from_raw_fd(fds[1])))
    }
}

/// An anonymous file in memory.
pub fn memory_file(name: &[u8]) -> io::Result<fs::File> {
    let name = c_string(name)?;
    // SAFETY: the name is NUL-terminated; a descriptor of success is ours alone.
    unsafe {
        cvt(libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC))
            .map(|fd| fs::File::from_raw_fd(fd))
    }
}

/// Replaces this process by a program.
pub fn exec(path: &[u8], args: &[Vec<u8>]) -> io::Error {
    use std::os::unix::process::CommandExt;
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt, process::Command};
    let mut command = Command::new(OsStr::from_bytes(path));
    if let Some((first, rest)) = args.split_first() {
        command.arg0(OsStr::from_bytes(first));
        command.args(rest.iter().map(|arg| OsStr::from_bytes(arg)));
    }
    // The launcher's program is not a launcher in turn.
    command.env_remove("OSLENS_SPECIMEN_NS");
    command.exec()
}
