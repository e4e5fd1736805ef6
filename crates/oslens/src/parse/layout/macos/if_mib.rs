//! What `net.link.generic` tells of an interface, on macOS.
//!
//! Of `net/if_mib.h`, which Apple publishes and zig lacks: `proofs/apple`
//! compares this with libc's declarations, which its authors compare with the
//! header.

use super::network::IfData64;
use crate::parse::layout::{Char, layout};

layout! {
    struct Ifmibdata = "struct ifmibdata" {
        ifmd_name: [Char; 16],
        ifmd_pcount: u32,
        ifmd_flags: u32,
        ifmd_snd_len: u32,
        ifmd_snd_maxlen: u32,
        ifmd_snd_drops: u32,
        ifmd_filler: [u32; 4],
        ifmd_data: IfData64,
    }

    const i32 {
        NETLINK_GENERIC = 0,
        IFMIB_IFALLDATA = 3,
        IFDATA_GENERAL = 1,
    }
}
