//! NetBSD: `NET_RT_IFLIST`.

use crate::net::IoCounters;
use crate::parse::bsd::routes::{AddressHeader, Data, Format, LinkHeader};
use crate::parse::layout::netbsd::network::{
    AF_INET6, IfData, IfMsghdr, IfaMsghdr, RTM_IFINFO, RTM_NEWADDR, RTM_VERSION,
};
use crate::parse::layout::{Field, Record, Type as _};

/// How it writes the list of interfaces.
pub static FORMAT: Format = Format {
    version: RTM_VERSION as u8,
    link: RTM_IFINFO as u8,
    address: RTM_NEWADDR as u8,
    // 64 bits, on every machine.
    unit: 8,
    inet6: AF_INET6 as u8,
    read_link,
    read_address,
};

fn read_link(message: Record<'_>) -> Option<LinkHeader> {
    Some(LinkHeader {
        addresses: message.get(IfMsghdr::ifm_addrs)?,
        size: IfMsghdr::SIZE,
        index: message.get(IfMsghdr::ifm_index)?,
        flags: message.get(IfMsghdr::ifm_flags)?,
        queue: None,
        data: data(message.part(IfMsghdr::ifm_data)?)?,
    })
}

fn read_address(message: Record<'_>) -> Option<AddressHeader> {
    Some(AddressHeader {
        addresses: message.get(IfaMsghdr::ifam_addrs)?,
        size: IfaMsghdr::SIZE,
        index: message.get(IfaMsghdr::ifam_index)?,
        flags: message.get(IfaMsghdr::ifam_addrflags),
    })
}

fn data(data: Record<'_>) -> Option<Data> {
    let get = |field: Field<u64>| data.get(field);
    Some(Data {
        kind: data.get(IfData::ifi_type)?,
        link_state: data.get(IfData::ifi_link_state),
        mtu: get(IfData::ifi_mtu)?,
        baudrate: get(IfData::ifi_baudrate)?,
        counters: IoCounters {
            bytes_sent: get(IfData::ifi_obytes)?,
            bytes_recv: get(IfData::ifi_ibytes)?,
            packets_sent: get(IfData::ifi_opackets)?,
            packets_recv: get(IfData::ifi_ipackets)?,
            errin: get(IfData::ifi_ierrors)?,
            errout: get(IfData::ifi_oerrors)?,
            dropin: get(IfData::ifi_iqdrops)?,
            // Counted in the queues, and not told here.
            dropout: None,
            multicast: get(IfData::ifi_imcasts),
            collisions: get(IfData::ifi_collisions),
            ..IoCounters::default()
        },
    })
}
