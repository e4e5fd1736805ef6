//! What Linux, the BSDs and macOS have in common.

use std::{
    ffi::{OsStr, OsString},
    net::IpAddr,
    os::unix::ffi::OsStrExt as _,
    path::Path,
};

#[cfg(not(target_os = "openbsd"))]
use oslens::ErrorKind;
use oslens::{
    disk::Partition,
    net::{Address, Interface, InterfaceFlags, LinkAddress},
};
use pyo3::{exceptions::PyOSError, prelude::*};

#[cfg(not(target_os = "openbsd"))]
use crate::{host::ask, objects::SZFSARC};
use crate::{
    net::{AF_INET, AF_INET6, AF_UNSPEC, Row},
    objects::{Imported, Members, SDISKUSAGE, one_decimal},
};

/// The number of link addresses among families: `AF_PACKET` or `AF_LINK`.
const LINK: i32 = if cfg!(target_os = "linux") { 17 } else { 18 };

/// What psutil says of a user who came from nowhere else.
pub(crate) const LOCAL_HOST: Option<&str> = Some("localhost");

/// Members of `socket.AddressFamily`.
pub(crate) static FAMILIES: Members<4> = Members::new(
    "socket",
    "AddressFamily",
    ["AF_UNSPEC", "AF_INET", "AF_INET6", "AF_UNIX"],
);

/// psutil's name of the device of a partition.
pub(crate) fn device(partition: Partition) -> OsString {
    partition.device
}

/// Of an open file, by its descriptor: rare, and as quick as Python is.
pub(crate) fn usage_of_descriptor<'py>(
    descriptor: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    static STATVFS: Imported = Imported::new("os", "statvfs");
    let py = descriptor.py();
    let of = STATVFS.get(py)?.call1((descriptor,))?;
    let number = |name: &str| of.getattr(name)?.extract::<u64>();
    let block = number("f_frsize")?;
    let bytes = |blocks: u64| blocks.saturating_mul(block);
    let (blocks, free, available) = (number("f_blocks")?, number("f_bfree")?, number("f_bavail")?);
    let used = blocks.saturating_sub(free);
    let percent = match used.saturating_add(available) {
        0 => 0.0,
        reachable => one_decimal(used as f64 / reachable as f64 * 100.0),
    };
    let values = (bytes(blocks), bytes(used), bytes(available), percent);
    SDISKUSAGE.of(py, values)
}

/// A path that is given as bytes.
pub(crate) fn os_string(bytes: &[u8]) -> PyResult<OsString> {
    Ok(OsStr::from_bytes(bytes).to_owned())
}

/// The exception for an error number of the system, with its text. The class
/// follows from the number: `PermissionError` and so on.
pub(crate) fn os_error(code: i32, text: String, path: Option<&Path>) -> PyErr {
    match path {
        Some(path) => PyOSError::new_err((code, text, path.as_os_str().to_owned())),
        None => PyOSError::new_err((code, text)),
    }
}

/// Whether the caller may execute a file.
pub(crate) fn is_executable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// The addresses of an interface, in any order.
pub(crate) fn addresses(of: &Interface) -> Vec<Row> {
    let addresses = of.addresses.as_deref().unwrap_or_default().iter();
    std::iter::once(link(of))
        .chain(addresses.map(|address| row(of, address)))
        .collect()
}

/// A link address, at least as long as a MAC.
fn mac(address: &LinkAddress) -> String {
    let mut text = address.to_string();
    for _ in address.as_bytes().len()..6 {
        text.push_str(":00");
    }
    text
}

fn link(of: &Interface) -> Row {
    let other = of.mac_broadcast.as_ref().map(mac);
    let (broadcast, ptp) = by_kind(of, other.clone(), other);
    match &of.mac {
        Some(address) => Row {
            name: of.name.clone(),
            number: LINK,
            family: None,
            address: Some(mac(address)),
            netmask: None,
            broadcast,
            ptp,
        },
        // Tunnels have none.
        None => Row {
            name: of.name.clone(),
            number: 0,
            family: Some(AF_UNSPEC),
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

fn row(of: &Interface, address: &Address) -> Row {
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
    let (number, family) = match address.ip {
        IpAddr::V4(_) => (libc::AF_INET, AF_INET),
        IpAddr::V6(_) => (libc::AF_INET6, AF_INET6),
    };
    Row {
        name: address.label.as_ref().unwrap_or(&of.name).clone(),
        number,
        family: Some(family),
        address: Some(scoped(address.ip)),
        netmask: Some(address.netmask().to_string()),
        broadcast,
        ptp,
    }
}

/// The cache of ZFS, in bytes, as `szfsarc`; `None` without ZFS.
///
/// It counts as used memory, although programs can have what of it is above
/// `min`.
#[cfg(not(target_os = "openbsd"))]
#[pyfunction]
pub(crate) fn zfs_arc(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let arc = ask(py, |host| match host.zfs_arc() {
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(None),
        arc => arc,
    })?;
    arc.map(|of| SZFSARC.of(py, (of.size, of.target, of.min, of.max, of.hits, of.misses)))
        .transpose()
}
