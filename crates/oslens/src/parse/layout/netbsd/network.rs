//! Interfaces, addresses and sockets, on NetBSD 10.

use crate::parse::layout::{Char, Pointer, Raw1, Raw4, layout};

layout! {
    struct KinfoPcb = "struct kinfo_pcb" {
        ki_pcbaddr: u64,
        ki_ppcbaddr: u64,
        ki_sockaddr: u64,
        ki_family: u32,
        ki_type: u32,
        ki_protocol: u32,
        ki_pflags: u32,
        ki_sostate: u32,
        ki_prstate: u32,
        ki_tstate: i32,
        ki_tflags: u32,
        ki_rcvq: u64,
        ki_sndq: u64,
        ki_s: [Raw1; 264],
        ki_d: [Raw1; 264],
        ki_inode: u64,
        ki_vnode: u64,
        ki_conn: u64,
        ki_refs: u64,
        ki_nextref: u64,
    }

    struct Timespec = "struct timespec" {
        tv_sec: i64,
        tv_nsec: i64,
    }

    struct IfData = "struct if_data" {
        ifi_type: u8,
        ifi_addrlen: u8,
        ifi_hdrlen: u8,
        ifi_link_state: i32,
        ifi_mtu: u64,
        ifi_metric: u64,
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
        ifi_lastchange: Timespec,
    }

    struct IfMsghdr = "struct if_msghdr" {
        ifm_msglen: u16,
        ifm_version: u8,
        ifm_type: u8,
        ifm_addrs: i32,
        ifm_flags: i32,
        ifm_index: u16,
        ifm_data: IfData,
    }

    struct IfaMsghdr (align 8) = "struct ifa_msghdr" {
        ifam_msglen: u16,
        ifam_version: u8,
        ifam_type: u8,
        ifam_index: u16,
        ifam_flags: i32,
        ifam_addrs: i32,
        ifam_pid: i32,
        ifam_addrflags: i32,
        ifam_metric: i32,
    }

    struct DlAddr = "struct dl_addr" {
        dl_type: u8,
        dl_nlen: u8,
        dl_alen: u8,
        dl_slen: u8,
        dl_data: [Char; 24],
    }

    struct SockaddrDl = "struct sockaddr_dl" {
        sdl_len: u8,
        sdl_family: u8,
        sdl_index: u16,
        sdl_addr: DlAddr,
    }

    struct Ifmediareq = "struct ifmediareq" {
        ifm_name: [Char; 16],
        ifm_current: i32,
        ifm_mask: i32,
        ifm_status: i32,
        ifm_active: i32,
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
        PCB_ALL = 0, NET_RT_IFLIST = 6, RTM_VERSION = 4, RTM_IFINFO = 20, RTM_NEWADDR = 22,
        AF_UNIX = 1, AF_INET = 2, AF_INET6 = 24, AF_LINK = 18, IFNAMSIZ = 16, PF_ROUTE = 34, SOCK_STREAM = 1,
        SOCK_DGRAM = 2, SOCK_RAW = 3, SOCK_SEQPACKET = 5, TCPS_CLOSED = 0, TCPS_LISTEN = 1,
        TCPS_SYN_SENT = 2, TCPS_SYN_RECEIVED = 3, TCPS_ESTABLISHED = 4, TCPS_CLOSE_WAIT = 5,
        TCPS_FIN_WAIT_1 = 6, TCPS_CLOSING = 7, TCPS_LAST_ACK = 8, TCPS_FIN_WAIT_2 = 9,
        TCPS_TIME_WAIT = 10, IFF_UP = 1, IFF_BROADCAST = 2, IFF_LOOPBACK = 8,
        IFF_POINTOPOINT = 16, IFF_RUNNING = 64, IFF_NOARP = 128, IFF_PROMISC = 0x100,
        IFF_MULTICAST = 0x8000, LINK_STATE_UNKNOWN = 0, LINK_STATE_DOWN = 1, LINK_STATE_UP = 2,
        IFM_NMASK = 224, IFM_TMASK = 31, IFM_ETHER = 32, IFM_FDX = 0x100000, IFM_HDX = 0x200000,
        IFM_AVALID = 1, IFM_ACTIVE = 2,
    }

    const u32 {
        IOCPARM_MASK = 0x1fff, SIOCGIFMEDIA = 0xc0306938, SIOCGIFMTU = 0xc090697e, SIOCGIFFLAGS = 0xc0906911,
    }
}
