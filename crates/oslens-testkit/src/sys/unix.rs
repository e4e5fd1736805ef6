//! System calls that every Unix has.

use std::time::Duration;

#[cfg(not(target_os = "netbsd"))]
const PROCESS_CLOCK: libc::clockid_t = libc::CLOCK_PROCESS_CPUTIME_ID;
/// libc has none for it: from `sys/time.h`.
#[cfg(target_os = "netbsd")]
const PROCESS_CLOCK: libc::clockid_t = 0x4000_0000;

/// CPU time that this process has used, by its own clock.
///
/// # Panics
///
/// When the system has no such clock.
pub fn own_cpu_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is borrowed for the call, which fills it in.
    let result = unsafe { libc::clock_gettime(PROCESS_CLOCK, &raw mut time) };
    assert_eq!(result, 0, "there is no clock of this process");
    let nanoseconds = u32::try_from(time.tv_nsec).expect("less than a second");
    Duration::new(
        u64::try_from(time.tv_sec).expect("not negative"),
        nanoseconds,
    )
}
