//! Interfaces, addresses and sockets, on FreeBSD 14.

use crate::parse::layout::{Char, Pointer, Raw4, Raw8, layout};

layout! {
    struct IfData = "struct if_data" {
        ifi_type: u8,
        ifi_physical: u8,
        ifi_addrlen: u8,
        ifi_hdrlen: u8,
        ifi_link_state: u8,
        ifi_vhid: u8,
        ifi_datalen: u16,
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
        ifi_oqdrops: u64,
        ifi_noproto: u64,
        ifi_hwassist: u64,
        __ifi_epoch: [Raw8; 1],
        __ifi_lastchange: [Raw8; 2],
    }

    struct IfMsghdr = "struct if_msghdr" {
        ifm_msglen: u16,
        ifm_version: u8,
        ifm_type: u8,
        ifm_addrs: i32,
        ifm_flags: i32,
        ifm_index: u16,
        _ifm_spare1: u16,
        ifm_data: IfData,
    }

    struct IfaMsghdr = "struct ifa_msghdr" {
        ifam_msglen: u16,
        ifam_version: u8,
        ifam_type: u8,
        ifam_addrs: i32,
        ifam_flags: i32,
        ifam_index: u16,
        _ifam_spare1: u16,
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
        sdl_data: [Char; 46],
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

    struct Xinpgen = "struct xinpgen" {
        xig_len: u64,
        xig_count: u32,
        _xig_spare32: u32,
        xig_gen: u64,
        xig_sogen: u64,
        _xig_spare64: [u64; 4],
    }

    struct Xsockbuf = "struct xsockbuf" {
        sb_cc: u32,
        sb_hiwat: u32,
        sb_mbcnt: u32,
        sb_spare0: u32,
        sb_spare1: u32,
        sb_mbmax: u32,
        sb_lowat: i32,
        sb_timeo: i32,
        sb_flags: i16,
    }

    struct Xsocket = "struct xsocket" {
        xso_len: u64,
        xso_so: u64,
        so_pcb: u64,
        so_oobmark: u64,
        so_splice_so: u64,
        so_spare64: [i64; 7],
        xso_protocol: i32,
        xso_family: i32,
        so_qlen: u32,
        so_incqlen: u32,
        so_qlimit: u32,
        so_pgid: i32,
        so_uid: u32,
        so_fibnum: i32,
        so_spare32: [i32; 7],
        so_type: i16,
        so_options: i16,
        so_linger: i16,
        so_state: i16,
        so_timeo: i16,
        so_error: u16,
        so_rcv: Xsockbuf,
        so_snd: Xsockbuf,
    }

    struct InEndpoints = "struct in_endpoints" {
        ie_fport: u16,
        ie_lport: u16,
        ie_dependfaddr: [Raw4; 4],
        ie_dependladdr: [Raw4; 4],
        ie6_zoneid: u32,
    }

    struct InConninfo = "struct in_conninfo" {
        inc_flags: u8,
        inc_len: u8,
        inc_fibnum: u16,
        inc_ie: InEndpoints,
    }

    struct Xinpcb = "struct xinpcb" {
        xi_len: u64,
        xi_socket: Xsocket,
        inp_inc: InConninfo,
        inp_gencnt: u64,
        inp_spare64: [i64; 5],
        inp_flow: u32,
        inp_flowid: u32,
        inp_flowtype: u32,
        inp_flags: i32,
        inp_flags2: i32,
        inp_unused: u32,
        in6p_cksum: i32,
        inp_spare32: [i32; 4],
        in6p_hops: u16,
        inp_ip_tos: u8,
        pad8: i8,
        inp_vflag: u8,
        inp_ip_ttl: u8,
        inp_ip_p: u8,
        inp_ip_minttl: u8,
        inp_spare8: [i8; 4],
    }

    struct Xtcpcb = "struct xtcpcb" {
        xt_len: u64,
        xt_inp: Xinpcb,
        xt_stack: [Char; 32],
        xt_logid: [Char; 64],
        xt_cc: [Char; 16],
        spare64: [i64; 6],
        t_state: i32,
        t_flags: u32,
        t_sndzerowin: i32,
        t_sndrexmitpack: i32,
        t_rcvoopack: i32,
        t_rcvtime: i32,
        tt_rexmt: i32,
        tt_persist: i32,
        tt_keep: i32,
        tt_2msl: i32,
        tt_delack: i32,
        t_logstate: i32,
        t_snd_cwnd: u32,
        t_snd_ssthresh: u32,
        t_maxseg: u32,
        t_rcv_wnd: u32,
        t_snd_wnd: u32,
        xt_ecn: u32,
        t_dsack_bytes: u32,
        t_dsack_tlp_bytes: u32,
        t_dsack_pack: u32,
        xt_encaps_port: u16,
        spare16: i16,
        spare32: [i32; 22],
    }

    struct Xunpgen = "struct xunpgen" {
        xug_len: u64,
        xug_count: u32,
        xug_gen: u64,
        xug_sogen: u64,
    }

    struct Xunpcb = "struct xunpcb" {
        xu_len: u64,
        xu_unpp: u64,
        unp_vnode: u64,
        unp_conn: u64,
        xu_firstref: u64,
        xu_nextref: u64,
        unp_gencnt: u64,
        xu_spare64: [i64; 8],
        xu_spare32: [i32; 8],
        xu_dummy1: [Char; 256],
        xu_dummy2: [Char; 256],
        xu_socket: Xsocket,
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

    const i32 {
        NET_RT_IFLIST = 3, NET_RT_IFLISTL = 5, RTM_VERSION = 5, RTM_IFINFO = 14,
        RTM_NEWADDR = 12, AF_UNIX = 1, AF_INET = 2, AF_INET6 = 28, AF_LINK = 18, IFNAMSIZ = 16, PF_ROUTE = 17,
        SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_RAW = 3, SOCK_SEQPACKET = 5, INP_IPV4 = 1,
        INP_IPV6 = 2, TCPS_CLOSED = 0, TCPS_LISTEN = 1, TCPS_SYN_SENT = 2,
        TCPS_SYN_RECEIVED = 3, TCPS_ESTABLISHED = 4, TCPS_CLOSE_WAIT = 5, TCPS_FIN_WAIT_1 = 6,
        TCPS_CLOSING = 7, TCPS_LAST_ACK = 8, TCPS_FIN_WAIT_2 = 9, TCPS_TIME_WAIT = 10,
        IFF_UP = 1, IFF_BROADCAST = 2, IFF_LOOPBACK = 8, IFF_POINTOPOINT = 16,
        IFF_DRV_RUNNING = 64, IFF_NOARP = 128, IFF_PROMISC = 0x100, IFF_MULTICAST = 0x8000,
        LINK_STATE_UNKNOWN = 0, LINK_STATE_DOWN = 1, LINK_STATE_UP = 2, IFM_NMASK = 224,
        IFM_TMASK = 31, IFM_ETHER = 32, IFM_FDX = 0x100000, IFM_HDX = 0x200000, IFM_AVALID = 1,
        IFM_ACTIVE = 2,
    }

    const u32 {
        IOCPARM_MASK = 0x1fff, SIOCGIFMEDIA = 0xc0306938, SIOCGIFMTU = 0xc0206933, SIOCGIFFLAGS = 0xc0206911,
    }
}
