//! macOS: `NET_RT_IFLIST2`, whose counters have 64 bits.
//!
//! For programs that are not Apple's the kernel rounds the bytes that went
//! through an interface, and cuts them to 32 bits while it does: see
//! [`if_mib`](super::if_mib).

use crate::net::IoCounters;
use crate::parse::bsd::routes::{AddressHeader, Data, Format, LinkHeader};
use crate::parse::layout::macos::network::{
    AF_INET6, IfData64, IfMsghdr2, IfaMsghdr, RTM_IFINFO2, RTM_NEWADDR, RTM_VERSION,
};
use crate::parse::layout::{Field, Record, Type as _};

/// How it writes the list of interfaces.
pub static FORMAT: Format = Format {
    version: RTM_VERSION as u8,
    link: RTM_IFINFO2 as u8,
    address: RTM_NEWADDR as u8,
    // 32 bits, on every machine.
    unit: 4,
    inet6: AF_INET6 as u8,
    read_link,
    read_address,
};

fn read_link(message: Record<'_>) -> Option<LinkHeader> {
    let dropped = message.get(IfMsghdr2::ifm_snd_drops.like::<u32>())?;
    let queue = message.get(IfMsghdr2::ifm_snd_maxlen)?;
    Some(LinkHeader {
        addresses: message.get(IfMsghdr2::ifm_addrs)?,
        size: IfMsghdr2::SIZE,
        index: message.get(IfMsghdr2::ifm_index)?,
        flags: message.get(IfMsghdr2::ifm_flags)?,
        queue: u32::try_from(queue).ok(),
        data: data(message.part(IfMsghdr2::ifm_data)?, dropped)?,
    })
}

fn read_address(message: Record<'_>) -> Option<AddressHeader> {
    Some(AddressHeader {
        addresses: message.get(IfaMsghdr::ifam_addrs)?,
        size: IfaMsghdr::SIZE,
        index: message.get(IfaMsghdr::ifam_index)?,
        // `IFA_…`, which say nothing of the address.
        flags: None,
    })
}

/// What an `if_data64` has; the packets that a full queue dropped are counted
/// beside it.
pub(super) fn data(data: Record<'_>, dropped: u32) -> Option<Data> {
    let get = |field: Field<u64>| data.get(field);
    Some(Data {
        kind: data.get(IfData64::ifi_type)?,
        link_state: None,
        mtu: data.get(IfData64::ifi_mtu)?.into(),
        baudrate: get(IfData64::ifi_baudrate)?,
        counters: IoCounters {
            bytes_sent: get(IfData64::ifi_obytes)?,
            bytes_recv: get(IfData64::ifi_ibytes)?,
            packets_sent: get(IfData64::ifi_opackets)?,
            packets_recv: get(IfData64::ifi_ipackets)?,
            errin: get(IfData64::ifi_ierrors)?,
            errout: get(IfData64::ifi_oerrors)?,
            dropin: get(IfData64::ifi_iqdrops)?,
            dropout: Some(dropped.into()),
            multicast: get(IfData64::ifi_imcasts),
            collisions: get(IfData64::ifi_collisions),
            ..IoCounters::default()
        },
    })
}
