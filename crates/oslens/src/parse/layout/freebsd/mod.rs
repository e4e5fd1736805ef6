//! FreeBSD 14.
//!
//! 64-bit machines alone: the same structures are others on i386.

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

/// The headers of FreeBSD 14, and what is written down of them.
pub const SYSTEM: System = System {
    name: "freebsd",
    targets: &[
        "x86_64-freebsd-none",
        "aarch64-freebsd-none",
        "riscv64-freebsd-none",
        // The highest byte first.
        "powerpc64-freebsd-none",
    ],
    defines: &["_WANT_VMMETER", "_WANT_FILE", "_WANT_UNPCB"],
    includes: &[
        "sys/types.h",
        "sys/param.h",
        "sys/time.h",
        "sys/resource.h",
        "sys/socket.h",
        "sys/un.h",
        "sys/socketvar.h",
        "sys/_lock.h",
        "sys/_mutex.h",
        "sys/unpcb.h",
        "sys/sysctl.h",
        "sys/user.h",
        "sys/proc.h",
        "sys/file.h",
        "sys/fcntl.h",
        "sys/mount.h",
        "sys/vmmeter.h",
        "sys/devicestat.h",
        "sys/cpuset.h",
        "sys/event.h",
        "sys/sockio.h",
        "vm/vm_param.h",
        "net/if.h",
        "net/if_dl.h",
        "net/if_media.h",
        "net/if_types.h",
        "net/route.h",
        "netinet/in.h",
        "netinet/in_pcb.h",
        "netinet/tcp.h",
        "netinet/tcp_fsm.h",
        "netinet/tcp_var.h",
        "netinet6/in6_var.h",
        "dev/acpica/acpiio.h",
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
