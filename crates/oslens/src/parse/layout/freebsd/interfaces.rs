//! The list of network interfaces, on FreeBSD 14.

use super::network::IfData;
use crate::parse::layout::{Char, Raw8, layout};

layout! {
    struct IfMsghdrl = "struct if_msghdrl" {
        ifm_msglen: u16,
        ifm_version: u8,
        ifm_type: u8,
        ifm_addrs: i32,
        ifm_flags: i32,
        ifm_index: u16,
        _ifm_spare1: u16,
        ifm_len: u16,
        ifm_data_off: u16,
        _ifm_spare2: i32,
        ifm_data: IfData,
    }

    struct IfaMsghdrl = "struct ifa_msghdrl" {
        ifam_msglen: u16,
        ifam_version: u8,
        ifam_type: u8,
        ifam_addrs: i32,
        ifam_flags: i32,
        ifam_index: u16,
        _ifam_spare1: u16,
        ifam_len: u16,
        ifam_data_off: u16,
        ifam_metric: i32,
        ifam_data: IfData,
    }

    struct In6Ifreq = "struct in6_ifreq" {
        ifr_name: [Char; 16],
        ifr_ifru: [Raw8; 34],
    }

    const i32 {
        IN6_IFF_TENTATIVE = 2, IN6_IFF_DUPLICATED = 4, IN6_IFF_DEPRECATED = 16,
        IN6_IFF_NODAD = 32, IN6_IFF_TEMPORARY = 128,
        RTA_NETMASK = 4, RTA_IFP = 16, RTA_IFA = 32, RTA_BRD = 128, IFF_DEBUG = 4,
        IFF_ALLMULTI = 0x200, IFF_DRV_OACTIVE = 0x400, IFF_SIMPLEX = 0x800, IFF_LINK0 = 0x1000,
        IFF_LINK1 = 0x2000, IFF_LINK2 = 0x4000,
    }

    const u8 {
        IFT_ETHER = 6, IFT_PPP = 0x17, IFT_LOOP = 0x18, IFT_SLIP = 0x1c, IFT_IEEE80211 = 0x47,
        IFT_TUNNEL = 0x83, IFT_L2VLAN = 0x87, IFT_IEEE8023ADLAG = 0xa1, IFT_INFINIBAND = 0xc7,
        IFT_BRIDGE = 0xd1, IFT_STF = 0xd7, IFT_GIF = 0xf0, IFT_WIREGUARD = 0xf8,
    }

    const u32 {
        SIOCGIFXMEDIA = 0xc030698b, SIOCGIFAFLAG_IN6 = 0xc1206949,
    }
}
