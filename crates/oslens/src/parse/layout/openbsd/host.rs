//! What the machine is called, on OpenBSD 7.8, whose `sysctl` has numbers
//! alone.

use crate::parse::layout::layout;

layout! {
    const i32 {
        KERN_OSTYPE = 1, KERN_OSRELEASE = 2, KERN_VERSION = 4, KERN_HOSTNAME = 10, HW_MACHINE = 1,
    }
}
