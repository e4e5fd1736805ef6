//! Numbers of resource limits, which differ between systems and machines.

use oslens::process::Resource;

/// What stands for no limit.
pub(super) const INFINITY: i128 = if cfg!(target_os = "linux") {
    -1
} else {
    i64::MAX as i128
};

/// Names and numbers.
// C libraries differ in the type of these.
#[allow(clippy::unnecessary_cast)]
pub(super) const RLIMITS: &[(&str, u32, Resource)] = &[
    ("RLIMIT_CPU", libc::RLIMIT_CPU as u32, Resource::CpuTime),
    (
        "RLIMIT_FSIZE",
        libc::RLIMIT_FSIZE as u32,
        Resource::FileSize,
    ),
    ("RLIMIT_DATA", libc::RLIMIT_DATA as u32, Resource::Data),
    ("RLIMIT_STACK", libc::RLIMIT_STACK as u32, Resource::Stack),
    ("RLIMIT_CORE", libc::RLIMIT_CORE as u32, Resource::CoreSize),
    (
        "RLIMIT_RSS",
        libc::RLIMIT_RSS as u32,
        Resource::ResidentMemory,
    ),
    (
        "RLIMIT_NPROC",
        libc::RLIMIT_NPROC as u32,
        Resource::Processes,
    ),
    (
        "RLIMIT_NOFILE",
        libc::RLIMIT_NOFILE as u32,
        Resource::OpenFiles,
    ),
    (
        "RLIMIT_MEMLOCK",
        libc::RLIMIT_MEMLOCK as u32,
        Resource::LockedMemory,
    ),
    // The same number as that of resident memory on macOS, where the latter is
    // not asked for; OpenBSD has none.
    #[cfg(not(target_os = "openbsd"))]
    ("RLIMIT_AS", libc::RLIMIT_AS as u32, Resource::AddressSpace),
    #[cfg(target_os = "linux")]
    (
        "RLIMIT_LOCKS",
        libc::RLIMIT_LOCKS as u32,
        Resource::FileLocks,
    ),
    #[cfg(target_os = "linux")]
    (
        "RLIMIT_SIGPENDING",
        libc::RLIMIT_SIGPENDING as u32,
        Resource::PendingSignals,
    ),
    #[cfg(target_os = "linux")]
    (
        "RLIMIT_MSGQUEUE",
        libc::RLIMIT_MSGQUEUE as u32,
        Resource::MessageQueues,
    ),
    #[cfg(target_os = "linux")]
    ("RLIMIT_NICE", libc::RLIMIT_NICE as u32, Resource::Nice),
    #[cfg(target_os = "linux")]
    (
        "RLIMIT_RTPRIO",
        libc::RLIMIT_RTPRIO as u32,
        Resource::RealTimePriority,
    ),
    #[cfg(target_os = "linux")]
    (
        "RLIMIT_RTTIME",
        libc::RLIMIT_RTTIME as u32,
        Resource::RealTimeTimeout,
    ),
];
