//! Clocks: the CPU time of a process, and when the machine started.

use std::{
    mem::MaybeUninit,
    time::{Duration, SystemTime},
};

use rustix::{
    io::Errno,
    time::{ClockId, clock_gettime},
};

/// CPU time of all threads of a process since its start, user and system
/// together; 1 system call, no file.
///
/// Any process of the caller's PID namespace may be asked about, by any
/// user. `EINVAL`: there is no process (thread-group leader) with that PID.
/// A zombie still answers.
pub(crate) fn process_cpu(pid: u32) -> Result<Duration, Errno> {
    let pid = i32::try_from(pid)
        .ok()
        // The encoding has 29 bits for it; more would be another process's.
        .filter(|&pid| (1..1 << 28).contains(&pid))
        .ok_or(Errno::INVAL)?;
    // The kernel's encoding of a process's clock: the complement of the PID
    // above three bits, of which the lower two choose the scheduler's
    // (exact) clock. `clock_getcpuclockid(3)` computes the same.
    let clock: libc::clockid_t = (!pid << 3) | 2;
    let mut time = MaybeUninit::<libc::timespec>::uninit();
    // SAFETY: the second argument points to memory of the right type, which
    // the call fills in completely when it returns 0.
    let result = unsafe { libc::clock_gettime(clock, time.as_mut_ptr()) };
    if result != 0 {
        return Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL));
    }
    // SAFETY: filled in, see above.
    let time = unsafe { time.assume_init() };
    Ok(duration(time.tv_sec, time.tv_nsec))
}

/// When the machine started, on today's setting of the system clock, to the
/// hundredth of a second. No system call where the clocks are in the vDSO.
///
/// Both clocks are read in the caller's time namespace, in which the kernel
/// also shows `starttime`; `btime` of `/proc/stat` is not, has whole seconds
/// only, and in an LXC container says when the container started while
/// `starttime` counts from the start of the host.
pub(crate) fn boot_time() -> Option<SystemTime> {
    let read = |clock| {
        let time = clock_gettime(clock);
        duration(time.tv_sec, time.tv_nsec)
    };
    // The difference wobbles by the time between the calls, which is long
    // when the caller loses the CPU in between: the tightest of a few counts.
    let (_, real, since_boot) = (0..4)
        .map(|_| {
            let before = read(ClockId::Boottime);
            let real = read(ClockId::Realtime);
            let after = read(ClockId::Boottime);
            (after.saturating_sub(before), real, before)
        })
        .min_by_key(|&(between, ..)| between)?;
    // Rounded, it is the same from call to call until somebody sets the
    // clock.
    let milliseconds = real.checked_sub(since_boot)?.as_millis().checked_add(5)? / 10 * 10;
    let boot = Duration::from_millis(u64::try_from(milliseconds).ok()?);
    SystemTime::UNIX_EPOCH.checked_add(boot)
}

fn duration(seconds: impl TryInto<u64>, nanoseconds: impl TryInto<u32>) -> Duration {
    Duration::new(
        seconds.try_into().unwrap_or(0),
        nanoseconds.try_into().unwrap_or(0).min(999_999_999),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_cpu_clock_is_the_kernels_process_clock() {
        let before = clock_gettime(ClockId::ProcessCPUTime);
        let own = process_cpu(std::process::id()).unwrap();
        let after = clock_gettime(ClockId::ProcessCPUTime);
        assert!(duration(before.tv_sec, before.tv_nsec) <= own);
        assert!(own <= duration(after.tv_sec, after.tv_nsec));
    }

    #[test]
    fn the_start_of_the_machine_does_not_wander() {
        let apart = |a: SystemTime, b: SystemTime| {
            let apart = a.duration_since(b).or_else(|_| b.duration_since(a));
            apart.unwrap_or_default().as_millis()
        };
        let first = boot_time().unwrap();
        // Next to the middle between two hundredths it may be either.
        for _ in 0..10_000 {
            assert!(apart(boot_time().unwrap(), first) <= 10);
        }
    }

    #[test]
    fn pids_that_cannot_be_are_refused_without_overflow() {
        for pid in [0, 1 << 31, u32::MAX, (1 << 22) + 1, (1 << 29) + 1] {
            assert_eq!(process_cpu(pid), Err(Errno::INVAL), "{pid}");
        }
    }
}
