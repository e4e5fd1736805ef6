//! The list of network interfaces, on macOS.

use crate::parse::layout::layout;

layout! {
    const i32 {
        RTA_NETMASK = 4, RTA_IFP = 16, RTA_IFA = 32, RTA_BRD = 128, IFF_DEBUG = 4,
        IFF_NOTRAILERS = 32, IFF_ALLMULTI = 0x200, IFF_OACTIVE = 0x400, IFF_SIMPLEX = 0x800,
        IFF_LINK0 = 0x1000, IFF_LINK1 = 0x2000, IFF_LINK2 = 0x4000, PF_LINK = 18,
    }
}
