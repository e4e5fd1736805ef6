//! Addresses, states and options of sockets.

use crate::parse::layout::{Char, layout};

layout! {
    struct Sockaddr = "struct sockaddr" {
        sa_len: u8,
        sa_family: u8,
        sa_data: [Char; 14],
    }

    const i32 {
        SO_ACCEPTCONN = 2, SOI_S_ISCONNECTED = 2, SOI_S_ISCONNECTING = 4,
        SOI_S_ISDISCONNECTING = 8, IPPROTO_TCP = 6, IPPROTO_UDP = 17,
    }
}
