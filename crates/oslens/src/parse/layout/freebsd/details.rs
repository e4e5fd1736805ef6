//! What a process has open and how it is limited, on FreeBSD 14: constants
//! beside those of `process`.

use crate::parse::layout::layout;

layout! {
    const i32 {
        KF_TYPE_MQUEUE = 7, KF_TYPE_INOTIFY = 15, KF_TYPE_JAILDESC = 16,
        KF_FLAG_ASYNC = 0x8, KF_FLAG_FSYNC = 0x10, KF_FLAG_NONBLOCK = 0x20,
        KF_FLAG_DIRECT = 0x40, KF_FLAG_SHLOCK = 0x100, KF_FLAG_EXLOCK = 0x200,
        KF_FLAG_EXEC = 0x4000, KF_ATTR_VALID = 1, KVME_TYPE_SG = 7, KVME_TYPE_MGTDEVICE = 8,
        KVME_TYPE_GUARD = 9, KVME_FLAG_USER_WIRED = 0x40,
        KVME_FLAG_SYSVSHM = 0x80, KVME_FLAG_POSIXSHM = 0x100, RLIMIT_PIPEBUF = 15, _SIG_MAXSIG = 128,
    }

    const u32 {
        O_WRONLY = 1, O_RDWR = 2, O_NONBLOCK = 0x4, O_APPEND = 0x8, O_SHLOCK = 0x10,
        O_EXLOCK = 0x20, O_ASYNC = 0x40, O_FSYNC = 0x80, O_DIRECT = 0x10000,
        O_EXEC = 0x40000, KI_CRF_CAPABILITY_MODE = 1,
    }

    const u64 {
        RLIM_INFINITY = 0x7fffffffffffffff,
    }
}
