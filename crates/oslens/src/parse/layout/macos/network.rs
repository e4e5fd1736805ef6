//! Interfaces, addresses and sockets, on macOS.

use crate::parse::layout::{Char, Pointer, Raw4, layout};

layout! {
    struct Timeval32 = "struct timeval32" {
        tv_sec: i32,
        tv_usec: i32,
    }

    struct IfData64 (packed 4) = "struct if_data64" {
        ifi_type: u8,
        ifi_typelen: u8,
        ifi_physical: u8,
        ifi_addrlen: u8,
        ifi_hdrlen: u8,
        ifi_recvquota: u8,
        ifi_xmitquota: u8,
        ifi_unused1: u8,
        ifi_mtu: u32,
        ifi_metric: u32,
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
        ifi_noproto: u64,
        ifi_recvtiming: u32,
        ifi_xmittiming: u32,
        ifi_lastchange: Timeval32,
    }

    struct IfMsghdr2 (packed 4) = "struct if_msghdr2" {
        ifm_msglen: u16,
        ifm_version: u8,
        ifm_type: u8,
        ifm_addrs: i32,
        ifm_flags: i32,
        ifm_index: u16,
        ifm_snd_len: i32,
        ifm_snd_maxlen: i32,
        ifm_snd_drops: i32,
        ifm_timer: i32,
        ifm_data: IfData64,
    }

    struct IfaMsghdr = "struct ifa_msghdr" {
        ifam_msglen: u16,
        ifam_version: u8,
        ifam_type: u8,
        ifam_addrs: i32,
        ifam_flags: i32,
        ifam_index: u16,
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
        sdl_data: [Char; 12],
    }

    struct InAddr = "struct in_addr" {
        s_addr: u32,
    }

    struct SockaddrIn = "struct sockaddr_in" {
        sin_len: u8,
        sin_family: u8,
        sin_port: u16,
        sin_addr: InAddr,
        sin_zero: [Char; 8],
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

    struct Ifmediareq (packed 4) = "struct ifmediareq" {
        ifm_name: [Char; 16],
        ifm_current: i32,
        ifm_mask: i32,
        ifm_status: i32,
        ifm_active: i32,
        ifm_count: i32,
        ifm_ulist: Pointer,
    }

    const i32 {
        NET_RT_IFLIST2 = 6, RTM_VERSION = 5, RTM_IFINFO2 = 18, RTM_NEWADDR = 12, AF_UNIX = 1,
        AF_INET = 2, AF_INET6 = 30, AF_LINK = 18, IFNAMSIZ = 16, PF_ROUTE = 17, SOCK_STREAM = 1,
        SOCK_DGRAM = 2, SOCK_RAW = 3, SOCK_SEQPACKET = 5, IFF_UP = 1, IFF_BROADCAST = 2,
        IFF_LOOPBACK = 8, IFF_POINTOPOINT = 16, IFF_RUNNING = 64, IFF_NOARP = 128,
        IFF_PROMISC = 0x100, IFF_MULTICAST = 0x8000,
    }

    const u32 {
        IOCPARM_MASK = 0x1fff, SIOCGIFMEDIA = 0xc02c6938, SIOCGIFMTU = 0xc0206933, SIOCGIFFLAGS = 0xc0206911,
    }
}
