//! OpenBSD 7.8.
//!
//! The ABI changes with releases: what the kernel gives is read as far as it
//! goes, in steps of the size that it was asked for.

// Fields are documented by the headers, whose names they have.
#![allow(missing_docs, non_snake_case, non_upper_case_globals)]

use super::System;

pub mod details;
pub mod disk;
pub mod host;
pub mod interfaces;
pub mod media;
pub mod network;
pub mod process;
pub mod sockets;
pub mod system;

/// The headers of OpenBSD 7.8, and what is written down of them.
pub const SYSTEM: System = System {
    name: "openbsd",
    targets: &[
        "x86_64-openbsd-none",
        "aarch64-openbsd-none",
        "riscv64-openbsd-none",
        // The highest byte first.
        "powerpc64-openbsd-none",
    ],
    defines: &[],
    includes: &[
        "sys/types.h",
        "sys/param.h",
        "sys/time.h",
        "sys/resource.h",
        "sys/socket.h",
        "sys/un.h",
        "sys/socketvar.h",
        "sys/sysctl.h",
        "sys/proc.h",
        "sys/pledge.h",
        "sys/file.h",
        "sys/fcntl.h",
        "sys/vnode.h",
        "sys/mount.h",
        "sys/swap.h",
        "sys/disk.h",
        "sys/sensors.h",
        "sys/vmmeter.h",
        "sys/sched.h",
        "sys/event.h",
        "sys/signal.h",
        "sys/ioctl.h",
        "sys/sockio.h",
        "uvm/uvmexp.h",
        "net/if.h",
        "net/if_dl.h",
        "net/if_media.h",
        "net/if_types.h",
        "net/route.h",
        "netinet/in.h",
        "netinet/tcp.h",
        "netinet/tcp_fsm.h",
        "machine/apmvar.h",
        "utmp.h",
    ],
    tables: &[
        details::TABLE,
        disk::TABLE,
        host::TABLE,
        interfaces::TABLE,
        media::TABLE,
        network::TABLE,
        process::TABLE,
        sockets::TABLE,
        system::TABLE,
    ],
};
