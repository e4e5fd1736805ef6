//! Interfaces, addresses and sockets, on OpenBSD 7.8.

use super::process::Timeval;
use crate::parse::layout::{Char, Pointer, Raw4, layout};

layout! {
    struct IfData = "struct if_data" {
        ifi_type: u8,
        ifi_addrlen: u8,
        ifi_hdrlen: u8,
        ifi_link_state: u8,
        ifi_mtu: u32,
        ifi_metric: u32,
        ifi_rdomain: u32,
        ifi_baudrate: u64,
        ifi_ipackets: u64,
        ifi_ierrors: u64,
        ifi_opackets: u64,
        ifi_oerrors: u64,
        ifi_collisions: u64,
        ifi_ibytes: u64,
        ifi_obytes: u64,
        ifi_imcasts: u64,
        ifi_omcasts: u64,
        ifi_iqdrops: u64,
        ifi_oqdrops: u64,
        ifi_noproto: u64,
        ifi_capabilities: u32,
        ifi_lastchange: Timeval,
    }

    struct IfMsghdr = "struct if_msghdr" {
        ifm_msglen: u16,
        ifm_version: u8,
        ifm_type: u8,
        ifm_hdrlen: u16,
        ifm_index: u16,
        ifm_tableid: u16,
        ifm_pad1: u8,
        ifm_pad2: u8,
        ifm_addrs: i32,
        ifm_flags: i32,
        ifm_xflags: i32,
        ifm_data: IfData,
    }

    struct IfaMsghdr = "struct ifa_msghdr" {
        ifam_msglen: u16,
        ifam_version: u8,
        ifam_type: u8,
        ifam_hdrlen: u16,
        ifam_index: u16,
        ifam_tableid: u16,
        ifam_pad1: u8,
        ifam_pad2: u8,
        ifam_addrs: i32,
        ifam_flags: i32,
        ifam_metric: i32,
    }

    struct SockaddrDl = "struct sockaddr_dl" {
        sdl_len: u8,
        sdl_family: u8,
        sdl_index: u16,
        sdl_type: u8,
        sdl_nlen: u8,
        sdl_alen: u8,
        sdl_slen: u8,
        sdl_data: [Char; 24],
    }

    struct Ifmediareq = "struct ifmediareq" {
        ifm_name: [Char; 16],
        ifm_current: u64,
        ifm_mask: u64,
        ifm_status: u64,
        ifm_active: u64,
        ifm_count: i32,
        ifm_ulist: Pointer,
    }

    struct InAddr = "struct in_addr" {
        s_addr: u32,
    }

    struct SockaddrIn = "struct sockaddr_in" {
        sin_len: u8,
        sin_family: u8,
        sin_port: u16,
        sin_addr: InAddr,
        sin_zero: [i8; 8],
    }

    struct In6Addr = "struct in6_addr" {
        __u6_addr: [Raw4; 4],
    }

    struct SockaddrIn6 = "struct sockaddr_in6" {
        sin6_len: u8,
        sin6_family: u8,
        sin6_port: u16,
        sin6_flowinfo: u32,
        sin6_addr: In6Addr,
        sin6_scope_id: u32,
    }

    struct SockaddrUn = "struct sockaddr_un" {
        sun_len: u8,
        sun_family: u8,
        sun_path: [Char; 104],
    }

    const i32 {
        NET_RT_IFLIST = 3, RTM_VERSION = 5, RTM_IFINFO = 14, RTM_NEWADDR = 12, AF_UNIX = 1,
        AF_INET = 2, AF_INET6 = 24, AF_LINK = 18, IFNAMSIZ = 16, PF_ROUTE = 17, SOCK_STREAM = 1,
        SOCK_DGRAM = 2, SOCK_RAW = 3, SOCK_SEQPACKET = 5, TCPS_CLOSED = 0, TCPS_LISTEN = 1,
        TCPS_SYN_SENT = 2, TCPS_SYN_RECEIVED = 3, TCPS_ESTABLISHED = 4, TCPS_CLOSE_WAIT = 5,
        TCPS_FIN_WAIT_1 = 6, TCPS_CLOSING = 7, TCPS_LAST_ACK = 8, TCPS_FIN_WAIT_2 = 9,
        TCPS_TIME_WAIT = 10, IFF_UP = 1, IFF_BROADCAST = 2, IFF_LOOPBACK = 8,
        IFF_POINTOPOINT = 16, IFF_RUNNING = 64, IFF_NOARP = 128, IFF_PROMISC = 0x100,
        IFF_MULTICAST = 0x8000, LINK_STATE_UNKNOWN = 0, LINK_STATE_DOWN = 2, LINK_STATE_UP = 4,
        LINK_STATE_HALF_DUPLEX = 5, LINK_STATE_FULL_DUPLEX = 6, IFM_ETHER = 0x100,
        IFM_AVALID = 1, IFM_ACTIVE = 2,
    }

    const u32 {
        IOCPARM_MASK = 0x1fff, SIOCGIFMEDIA = 0xc0406938, SIOCGIFMTU = 0xc020697e, SIOCGIFFLAGS = 0xc0206911,
    }
}
