//! macOS.
//!
//! Kernels older than the headers fill in less of `vm_statistics64`,
//! `task_vm_info` and `rusage_info_v6`, and say how much.

// Fields are documented by the headers, whose names they have.
#![allow(missing_docs, non_snake_case, non_upper_case_globals)]

use super::{System, Table};

pub mod details;
pub mod disk;
pub mod if_mib;
pub mod interfaces;
pub mod network;
pub mod process;
pub mod sockets;
pub mod system;

/// The headers of macOS, and what is written down of them.
pub const SYSTEM: System = System {
    name: "macos",
    targets: &["x86_64-macos-none", "aarch64-macos-none"],
    defines: &[],
    includes: &[
        "sys/types.h",
        "sys/param.h",
        "sys/time.h",
        "sys/resource.h",
        "sys/socket.h",
        "sys/un.h",
        "sys/sysctl.h",
        "sys/proc.h",
        "sys/proc_info.h",
        "sys/mount.h",
        "sys/attr.h",
        "sys/event.h",
        "sys/signal.h",
        "sys/ioctl.h",
        "sys/sockio.h",
        "sys/fcntl.h",
        "sys/stat.h",
        "sys/vm.h",
        "libproc.h",
        "mach/mach.h",
        "mach/kern_return.h",
        "mach/host_info.h",
        "mach/processor_info.h",
        "mach/task_info.h",
        "mach/vm_statistics.h",
        "mach/mach_time.h",
        "net/if.h",
        "net/if_dl.h",
        "net/route.h",
        "netinet/in.h",
        "netinet/tcp.h",
        "utmpx.h",
    ],
    tables: &[
        details::TABLE,
        disk::TABLE,
        interfaces::TABLE,
        network::TABLE,
        process::TABLE,
        sockets::TABLE,
        system::TABLE,
    ],
};

/// Tables of headers that zig lacks, which `proofs/apple` compares with others'.
pub const ELSEWHERE: &[Table] = &[if_mib::TABLE];
