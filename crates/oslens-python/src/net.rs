//! Network functions.

use std::ffi::OsString;

use oslens::{
    Host,
    net::{Duplex, InterfaceFlags},
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
    platform::{FAMILIES, addresses},
};

// Places in [`FAMILIES`].
#[allow(dead_code)] // Not on every system.
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

/// An address of an interface as it is shown.
pub(crate) struct Row {
    pub(crate) name: OsString,
    /// The system's number of the family, which orders them.
    pub(crate) number: i32,
    /// Its place in [`FAMILIES`]; `None`: a link address.
    pub(crate) family: Option<usize>,
    pub(crate) address: Option<String>,
    pub(crate) netmask: Option<String>,
    pub(crate) broadcast: Option<String>,
    pub(crate) ptp: Option<String>,
}

/// Addresses of each network interface, as a dict with lists of `snicaddr`:
/// Internet addresses, then the link (MAC) address, whose family is `AF_LINK`.
#[pyfunction]
pub(crate) fn net_if_addrs(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let interfaces = ask_local(py, Host::net_addresses)?;
    let mut rows: Vec<Row> = interfaces.iter().flat_map(addresses).collect();
    rows.sort_by_key(|row| row.number);
    let dict = PyDict::new(py);
    for row in rows {
        let family = match row.family {
            Some(family) => FAMILIES.get(py, family)?,
            None => LINK.get(py, 0)?,
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
