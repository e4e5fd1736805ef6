//! What mounts are marked with, on OpenBSD 7.8.

use crate::parse::layout::layout;

layout! {
    const u32 {
        MNT_RDONLY = 1, MNT_SYNCHRONOUS = 2, MNT_NOEXEC = 4, MNT_NOSUID = 8, MNT_NODEV = 16,
        MNT_NOPERM = 32, MNT_ASYNC = 64, MNT_EXPORTED = 0x100, MNT_WXALLOWED = 0x800,
        MNT_LOCAL = 0x1000, MNT_QUOTA = 0x2000, MNT_ROOTFS = 0x4000, MNT_NOATIME = 0x8000,
        MNT_SOFTDEP = 0x4000000,
    }
}
