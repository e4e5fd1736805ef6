//! What a process has open and how it is limited, on NetBSD 10: constants
//! beside those of `process`.

use crate::parse::layout::layout;

layout! {
    const i32 {
        PROC_PID_LIMIT = 2, PROC_PID_LIMIT_TYPE_SOFT = 1, PROC_PID_LIMIT_TYPE_HARD = 2,
        PROC_PID_LIMIT_CPU = 1, PROC_PID_LIMIT_NTHR = 12, NSIG = 64, SIGRTMIN = 33,
        SIGRTMAX = 63,
    }

    const u32 {
        FREAD = 1, FWRITE = 2, O_WRONLY = 1, O_RDWR = 2, O_APPEND = 0x8, DTYPE_EVENTFD = 9,
        DTYPE_TIMERFD = 10, DTYPE_MEMFD = 11, KVME_TYPE_NONE = 0, KVME_TYPE_OBJECT = 1, KVME_TYPE_VNODE = 2,
        KVME_TYPE_DEVICE = 4, KVME_TYPE_ANON = 5, KVME_TYPE_UNKNOWN = 255,
    }

    const u64 {
        RLIM_INFINITY = 0x7fffffffffffffff,
    }
}
