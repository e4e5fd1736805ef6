//! FreeBSD: `NET_RT_IFLISTL`, whose headers tell their own lengths.

use crate::net::IoCounters;
use crate::parse::bsd::routes::{AddressHeader, Data, Format, LinkHeader};
use crate::parse::layout::freebsd::interfaces::{IfMsghdrl, IfaMsghdrl};
use crate::parse::layout::freebsd::network::{
    AF_INET6, IfData, RTM_IFINFO, RTM_NEWADDR, RTM_VERSION,
};
use crate::parse::layout::{Field, Record};

/// How it writes the list of interfaces.
pub static FORMAT: Format = Format {
    version: RTM_VERSION as u8,
    link: RTM_IFINFO as u8,
    address: RTM_NEWADDR as u8,
    // A long.
    unit: 8,
    inet6: AF_INET6 as u8,
    read_link,
    read_address,
};

fn read_link(message: Record<'_>) -> Option<LinkHeader> {
    let size = usize::from(message.get(IfMsghdrl::ifm_len)?);
    let at = usize::from(message.get(IfMsghdrl::ifm_data_off)?);
    Some(LinkHeader {
        addresses: message.get(IfMsghdrl::ifm_addrs)?,
        size,
        index: message.get(IfMsghdrl::ifm_index)?,
        flags: message.get(IfMsghdrl::ifm_flags)?,
        queue: None,
        data: data(message.range(at, size)?)?,
    })
}

fn read_address(message: Record<'_>) -> Option<AddressHeader> {
    Some(AddressHeader {
        addresses: message.get(IfaMsghdrl::ifam_addrs)?,
        size: message.get(IfaMsghdrl::ifam_len)?.into(),
        index: message.get(IfaMsghdrl::ifam_index)?,
        // `IFA_…`, which say nothing of the address.
        flags: None,
    })
}

fn data(data: Record<'_>) -> Option<Data> {
    let get = |field: Field<u64>| data.get(field);
    Some(Data {
        kind: data.get(IfData::ifi_type)?,
        link_state: Some(data.get(IfData::ifi_link_state)?.into()),
        mtu: data.get(IfData::ifi_mtu)?.into(),
        baudrate: get(IfData::ifi_baudrate)?,
        counters: IoCounters {
            bytes_sent: get(IfData::ifi_obytes)?,
            bytes_recv: get(IfData::ifi_ibytes)?,
            packets_sent: get(IfData::ifi_opackets)?,
            packets_recv: get(IfData::ifi_ipackets)?,
            errin: get(IfData::ifi_ierrors)?,
            errout: get(IfData::ifi_oerrors)?,
            dropin: get(IfData::ifi_iqdrops)?,
            dropout: get(IfData::ifi_oqdrops),
            multicast: get(IfData::ifi_imcasts),
            collisions: get(IfData::ifi_collisions),
            ..IoCounters::default()
        },
    })
}
