//! NetBSD 10.
//!
//! What has fixed widths (`kinfo_proc2`, `kinfo_lwp`, `kinfo_file`,
//! `kinfo_vmentry`, `uvmexp_sysctl`, `io_sysctl`) is the same on 32-bit machines.
//! `statvfs` is that of `__getvfsstat90`: older symbols fill in a shorter one.

// Fields are documented by the headers, whose names they have.
#![allow(missing_docs, non_snake_case, non_upper_case_globals)]

use super::System;

pub mod details;
pub mod disk;
pub mod interfaces;
pub mod media;
pub mod network;
pub mod process;
pub mod sockets;
pub mod system;

/// The headers of NetBSD 10, and what is written down of them.
pub const SYSTEM: System = System {
    name: "netbsd",
    targets: &[
        "x86_64-netbsd-none",
        "aarch64-netbsd-none",
        "riscv64-netbsd-none",
        // The highest byte first.
        "sparc64-netbsd-none",
    ],
    defines: &["_KMEMUSER", "_NETBSD_SOURCE", "__CLANG_MAX_ALIGN_T_DEFINED"],
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
        "sys/lwp.h",
        "sys/file.h",
        "sys/fcntl.h",
        "sys/vnode.h",
        "sys/mount.h",
        "sys/statvfs.h",
        "sys/swap.h",
        "sys/iostat.h",
        "sys/envsys.h",
        "sys/cpuio.h",
        "sys/drvctlio.h",
        "prop/plistref.h",
        "sys/vmmeter.h",
        "sys/sched.h",
        "sys/event.h",
        "sys/signal.h",
        "sys/ioctl.h",
        "uvm/uvm_extern.h",
        "uvm/uvm_param.h",
        "net/if.h",
        "net/if_dl.h",
        "net/if_media.h",
        "net/if_types.h",
        "net/route.h",
        "netinet/in.h",
        "netinet/in_var.h",
        "netinet6/in6_var.h",
        "netinet/in_pcb.h",
        "netinet/tcp.h",
        "netinet/tcp_fsm.h",
        "utmpx.h",
    ],
    tables: &[
        details::TABLE,
        disk::TABLE,
        interfaces::TABLE,
        media::TABLE,
        network::TABLE,
        process::TABLE,
        sockets::TABLE,
        system::TABLE,
    ],
};
