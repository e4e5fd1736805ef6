//! Addresses, states and options of sockets.

use crate::parse::layout::{Char, layout};

layout! {
    struct Sockaddr = "struct sockaddr" {
        sa_len: u8,
        sa_family: u8,
        sa_data: [Char; 14],
    }

    const i32 {
        SO_ACCEPTCONN = 2, SS_ISCONNECTED = 2, SS_ISCONNECTING = 4, SS_ISDISCONNECTING = 8,
        IPPROTO_TCP = 6, IPPROTO_UDP = 17, IN6P_IPV6_V6ONLY = 0x8000,
    }
}
