//! Network functions.

use std::{ffi::OsString, net::IpAddr};

use oslens::{
    Host,
    net::{Address, Duplex, Interface, InterfaceFlags, LinkAddress},
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyList, PyTuple},
};

use crate::{
    arguments::Flag,
    host::{ask, ask_local},
    nowrap::{self, Traffic},
    objects::{Members, SNETIO, SNICADDR, SNICSTATS},
};

/// Members of `socket.AddressFamily`.
pub(crate) static FAMILIES: Members<4> = Members::new(
    "socket",
    "AddressFamily",
    ["AF_UNSPEC", "AF_INET", "AF_INET6", "AF_UNIX"],
);
pub(crate) const AF_UNSPEC: usize = 0;
pub(crate) const AF_INET: usize = 1;
pub(crate) const AF_INET6: usize = 2;
pub(crate) const AF_UNIX: usize = 3;

static LINK: Members<1> = Members::new("oslens._enums", "AddressFamily", ["AF_LINK"]);

fn traffic(host: &Host) -> oslens::Result<Vec<Traffic>> {
    let interfaces = host.net_io_counters()?.into_iter();
    Ok(interfaces
        .map(|interface| {
            let of = interface.counters;
            let counters = [
                of.bytes_sent,
                of.bytes_recv,
                of.packets_sent,
                of.packets_recv,
                of.errin,
                of.errout,
                of.dropin,
                of.dropout.unwrap_or(0),
            ];
            (interface.name, counters)
        })
        .collect())
}

/// `net_io_counters()`, which Python wraps to give it a `cache_clear`.
#[pyfunction]
pub(crate) fn _net_io_counters(
    py: Python<'_>,
    pernic: Flag,
    nowrap: Flag,
) -> PyResult<Option<Bound<'_, PyAny>>> {
    let interfaces = ask(py, |host| match nowrap.0 {
        true => nowrap::nics(|| traffic(host)),
        false => traffic(host),
    })?;
    let tuple = |counters: [u64; 8]| SNETIO.of(py, PyTuple::new(py, counters)?);
    if pernic.0 {
        let dict = PyDict::new(py);
        for (name, counters) in interfaces {
            dict.set_item(name, tuple(counters)?)?;
        }
        return Ok(Some(dict.into_any()));
    }
    interfaces
        .into_iter()
        .map(|(_, counters)| counters)
        .reduce(nowrap::plus)
        .map(tuple)
        .transpose()
}

/// An address of an interface as it is shown. The number of the family
/// orders them.
struct Row {
    name: OsString,
    family: u8,
    address: Option<String>,
    netmask: Option<String>,
    broadcast: Option<String>,
    ptp: Option<String>,
}

/// A link address, at least as long as a MAC.
fn mac(address: &LinkAddress) -> String {
    let mut text = address.to_string();
    for _ in address.as_bytes().len()..6 {
        text.push_str(":00");
    }
    text
}

fn link_row(of: &Interface) -> Row {
    let other = of.mac_broadcast.as_ref().map(mac);
    let (broadcast, ptp) = by_kind(of, other.clone(), other);
    match &of.mac {
        Some(address) => Row {
            name: of.name.clone(),
            family: 17,
            address: Some(mac(address)),
            netmask: None,
            broadcast,
            ptp,
        },
        // Tunnels have none.
        None => Row {
            name: of.name.clone(),
            family: 0,
            address: None,
            netmask: None,
            broadcast: None,
            ptp: None,
        },
    }
}

/// An interface has a broadcast address or a peer, and its flags say which.
fn by_kind<T>(of: &Interface, broadcast: Option<T>, peer: Option<T>) -> (Option<T>, Option<T>) {
    if of.flags.contains(InterfaceFlags::BROADCAST) {
        (broadcast, None)
    } else if of.flags.contains(InterfaceFlags::POINTOPOINT) {
        (None, peer)
    } else {
        (None, None)
    }
}

fn address_row(of: &Interface, address: &Address) -> Row {
    let scoped = |ip: IpAddr| match ip {
        // Only these need it, and only they have it.
        IpAddr::V6(v6) if v6.is_unicast_link_local() => {
            format!("{ip}%{}", of.name.to_string_lossy())
        }
        ip => ip.to_string(),
    };
    // A host route has nobody to broadcast to.
    let broadcast = address
        .broadcast
        .filter(|_| address.prefix_len < 32)
        .map(|ip| ip.to_string());
    let peer = address.peer.unwrap_or(address.ip);
    let (broadcast, ptp) = by_kind(of, broadcast, Some(scoped(peer)));
    Row {
        name: address.label.as_ref().unwrap_or(&of.name).clone(),
        family: if address.ip.is_ipv4() { 2 } else { 10 },
        address: Some(scoped(address.ip)),
        netmask: Some(address.netmask().to_string()),
        broadcast,
        ptp,
    }
}

/// Addresses of each network interface, as a dict with lists of `snicaddr`:
/// Internet addresses, then the link (MAC) address, whose family is `AF_LINK`.
#[pyfunction]
pub(crate) fn net_if_addrs(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let interfaces = ask_local(py, Host::net_addresses)?;
    let mut rows: Vec<Row> = interfaces
        .iter()
        .flat_map(|of| {
            let addresses = of.addresses.as_deref().unwrap_or_default().iter();
            std::iter::once(link_row(of)).chain(addresses.map(|address| address_row(of, address)))
        })
        .collect();
    rows.sort_by_key(|row| row.family);
    let dict = PyDict::new(py);
    for row in rows {
        let family = match row.family {
            0 => FAMILIES.get(py, AF_UNSPEC)?,
            2 => FAMILIES.get(py, AF_INET)?,
            10 => FAMILIES.get(py, AF_INET6)?,
            _ => LINK.get(py, 0)?,
        };
        let tuple = SNICADDR.of(
            py,
            (family, row.address, row.netmask, row.broadcast, row.ptp),
        )?;
        match dict.get_item(&row.name)? {
            Some(list) => list.cast_into::<PyList>()?.append(tuple)?,
            None => dict.set_item(row.name, PyList::new(py, [tuple])?)?,
        }
    }
    Ok(dict)
}

static DUPLEX: Members<3> = Members::new(
    "oslens._enums",
    "NicDuplex",
    ["NIC_DUPLEX_UNKNOWN", "NIC_DUPLEX_HALF", "NIC_DUPLEX_FULL"],
);

/// State of each network interface, as a dict with `snicstats`: whether it is
/// up, its duplex mode, speed in Mbit/s (0: not known), MTU in bytes, and
/// flags.
#[pyfunction]
pub(crate) fn net_if_stats(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    for of in ask_local(py, Host::net_interfaces)? {
        let duplex = match of.duplex {
            None => 0,
            Some(Duplex::Half) => 1,
            Some(Duplex::Full) => 2,
        };
        // Those that Linux added beyond the 16 bits that psutil reads.
        let later = InterfaceFlags::LOWER_UP | InterfaceFlags::DORMANT | InterfaceFlags::ECHO;
        let flags: Vec<_> = of.flags.difference(later).names().collect();
        let values = (
            of.is_up(),
            DUPLEX.get(py, duplex)?,
            of.speed_mbps.unwrap_or(0),
            of.mtu.unwrap_or(0),
            flags.join(","),
        );
        dict.set_item(&of.name, SNICSTATS.of(py, values)?)?;
    }
    Ok(dict)
}
