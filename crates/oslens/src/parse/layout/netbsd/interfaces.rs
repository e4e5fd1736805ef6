//! The list of network interfaces, on NetBSD 10.

use crate::parse::layout::layout;

layout! {
    const i32 {
        RTA_NETMASK = 4, RTA_IFP = 16, RTA_IFA = 32, RTA_BRD = 128, IFF_DEBUG = 4,
        IFF_ALLMULTI = 0x200, IFF_OACTIVE = 0x400, IFF_SIMPLEX = 0x800, IFF_LINK0 = 0x1000,
        IFF_LINK1 = 0x2000, IFF_LINK2 = 0x4000, IN_IFF_TENTATIVE = 1, IN_IFF_DUPLICATED = 2,
        IN6_IFF_TENTATIVE = 2, IN6_IFF_DUPLICATED = 4, IN6_IFF_DEPRECATED = 16,
        IN6_IFF_NODAD = 32, IN6_IFF_TEMPORARY = 128,
    }

    const u8 {
        IFT_ETHER = 6, IFT_PPP = 0x17, IFT_LOOP = 0x18, IFT_SLIP = 0x1c, IFT_IEEE80211 = 0x47,
        IFT_TUNNEL = 0x83, IFT_L2VLAN = 0x87, IFT_IEEE8023ADLAG = 0xa1, IFT_INFINIBAND = 0xc7,
        IFT_BRIDGE = 0xd1, IFT_STF = 0xd7, IFT_GIF = 0xf0,
    }
}
