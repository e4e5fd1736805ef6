//! What mounts are marked with, on macOS, and how much of a volume is used.

use crate::parse::layout::layout;

layout! {
    struct Attrlist = "struct attrlist" {
        bitmapcount: u16,
        reserved: u16,
        commonattr: u32,
        volattr: u32,
        dirattr: u32,
        fileattr: u32,
        forkattr: u32,
    }

    const u32 {
        MNT_RDONLY = 1, MNT_SYNCHRONOUS = 2, MNT_NOEXEC = 4, MNT_NOSUID = 8, MNT_NODEV = 16,
        MNT_UNION = 32, MNT_ASYNC = 64, MNT_CPROTECT = 128, MNT_EXPORTED = 0x100,
        MNT_REMOVABLE = 0x200, MNT_QUARANTINE = 0x400, MNT_LOCAL = 0x1000, MNT_QUOTA = 0x2000,
        MNT_ROOTFS = 0x4000, MNT_DOVOLFS = 0x8000, MNT_DONTBROWSE = 0x100000,
        MNT_IGNORE_OWNERSHIP = 0x200000, MNT_AUTOMOUNTED = 0x400000, MNT_JOURNALED = 0x800000,
        MNT_NOUSERXATTR = 0x1000000, MNT_DEFWRITE = 0x2000000, MNT_MULTILABEL = 0x4000000,
        MNT_NOFOLLOW = 0x8000000, MNT_NOATIME = 0x10000000, MNT_SNAPSHOT = 0x40000000,
        MNT_STRICTATIME = 0x80000000, ATTR_VOL_INFO = 0x80000000, ATTR_VOL_SPACEUSED = 0x800000,
    }

    const u16 {
        ATTR_BIT_MAP_COUNT = 5,
    }
}
