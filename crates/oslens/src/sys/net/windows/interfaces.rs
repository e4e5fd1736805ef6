//! Interfaces, their addresses and their counters.

use std::{collections::HashMap, net::IpAddr, time::Instant};

use crate::{
    Error, Host, Result,
    net::{Address, Interface, InterfaceCounters, InterfaceFlags, LinkAddress},
    parse::{
        Malformed,
        windows::{
            if_table::{self, Row},
            socket_address,
        },
    },
    sys::pal::windows::{
        ip_helper::{Adapter, AdapterAddress, IfTable, adapters},
        wide,
    },
};

/// Every interface that IP is bound to: those that `ipconfig` shows, and the
/// loopback. The system's table has many more: filters in the path of others,
/// and unused ports of the kernel.
pub(crate) fn interfaces(host: &Host) -> Result<Vec<Interface>> {
    crate::sys::pal::windows::system::this_machine(host)?;
    let bound = bound(true)?;
    let table = IfTable::read()?;
    let mut interfaces: Vec<Interface> = rows(&table)?
        .filter_map(|row| bound.get(&row.luid).map(|adapter| interface(&row, adapter)))
        .collect();
    interfaces.sort_by_key(|interface| interface.index);
    Ok(interfaces)
}

/// What went through each of them. Left out are tunnels whose packets all go
/// through another interface too.
pub(crate) fn io_counters(host: &Host) -> Result<Vec<InterfaceCounters>> {
    crate::sys::pal::windows::system::this_machine(host)?;
    let bound = bound(false)?;
    let table = IfTable::read()?;
    let sampled_at = Instant::now();
    let mut rows: Vec<Row> = rows(&table)?
        .filter(|row| bound.contains_key(&row.luid) && !row.is_carried_by_another())
        .collect();
    rows.sort_by_key(|row| row.index);
    Ok(rows
        .iter()
        .map(|row| InterfaceCounters::new(wide::text(&row.alias), sampled_at, row.counters))
        .collect())
}

fn bound(with_addresses: bool) -> Result<HashMap<u64, Adapter>> {
    Ok(adapters(with_addresses)?
        .into_iter()
        .map(|adapter| (adapter.luid, adapter))
        .collect())
}

fn rows(table: &IfTable) -> Result<impl Iterator<Item = Row> + '_> {
    let rows = if_table::rows(table.bytes())
        .map_err(|Malformed(expected)| Error::malformed("GetIfTable2", expected))?;
    Ok(rows.filter(|row| !row.is_filter()))
}

fn interface(row: &Row, adapter: &Adapter) -> Interface {
    let mut flags = row.flags();
    flags.set(InterfaceFlags::MULTICAST, adapter.can_multicast);
    Interface {
        name: wide::text(&row.alias),
        index: row.index,
        kind: row.interface_kind(),
        driver_kind: None,
        flags,
        oper_state: row.oper_state(),
        mtu: row.limited_mtu(),
        speed_mbps: row.speed_mbps(),
        // Nothing tells it since Windows lists interfaces in this form.
        duplex: None,
        mac: LinkAddress::new(&row.physical_address),
        mac_broadcast: None,
        master: None,
        tx_queue_len: None,
        addresses: Ok(adapter
            .addresses
            .iter()
            .filter_map(|address| self::address(address, flags))
            .collect()),
    }
}

fn address(address: &AdapterAddress, interface: InterfaceFlags) -> Option<Address> {
    let (ip, scope_id) = socket_address::ip(&address.structure)?;
    let has_broadcast = interface.contains(InterfaceFlags::BROADCAST);
    Some(Address {
        ip,
        prefix_len: address.prefix_len,
        broadcast: match ip {
            IpAddr::V4(ip) if has_broadcast => socket_address::broadcast(ip, address.prefix_len),
            _ => None,
        },
        peer: None,
        scope: socket_address::scope(&ip),
        scope_id,
        flags: address.state.flags(&ip),
        label: None,
    })
}
