//! Windows.

mod heap;
mod load;
mod services;

use std::{
    ffi::{OsStr, OsString},
    net::{IpAddr, Ipv4Addr},
    path::Path,
};

use oslens::{
    Host,
    disk::Partition,
    memory::VirtualMemory,
    net::{Address, Interface, LinkAddress},
};
use pyo3::{
    exceptions::{PyOSError, PyTypeError, PyValueError},
    prelude::*,
    wrap_pyfunction,
};

use crate::{
    net::{AF_INET, AF_INET6, Row},
    objects::Members,
};

/// What the native module has only here.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<services::WindowsService>()?;
    module.add_function(wrap_pyfunction!(services::win_service_get, module)?)?;
    module.add_function(wrap_pyfunction!(services::win_service_iter, module)?)?;
    module.add_function(wrap_pyfunction!(heap::heap_info, module)?)?;
    module.add_function(wrap_pyfunction!(heap::heap_trim, module)?)?;
    module.add_function(wrap_pyfunction!(load::getloadavg, module)?)
}

/// Whether counts of events that the system does not tell are 0, with a
/// warning; else they are `None`.
pub(crate) const MISSING_COUNTS_ARE_ZERO: bool = false;

/// Which parts of CPU times the named tuple has: user, system, idle, irq, and
/// deferred procedure calls, which the library has as software interrupts.
pub(crate) const CPU_PARTS: [usize; 5] = [0, 1, 2, 5, 6];

/// Which counters of disks the named tuple has.
pub(crate) const DISK_PARTS: [usize; 6] = [0, 1, 2, 3, 4, 5];

/// Whether it is counted what is swapped in and out.
pub(crate) const COUNTS_SWAPPING: bool = false;

/// What psutil says of a user who came from nowhere else.
pub(crate) const LOCAL_HOST: Option<&str> = None;

/// Members of `socket.AddressFamily`.
pub(crate) static FAMILIES: Members<3> = Members::new(
    "socket",
    "AddressFamily",
    ["AF_UNSPEC", "AF_INET", "AF_INET6"],
);

/// psutil's idea of what is used.
pub(crate) fn memory_used(memory: &VirtualMemory) -> u64 {
    memory.used
}

/// The fields of `svmem` that not all systems have, in their order.
pub(crate) fn memory_parts(
    memory: &VirtualMemory,
    mut or_zero: impl FnMut(&'static str, Option<u64>) -> u64,
) -> Vec<u64> {
    vec![
        or_zero("cached", memory.cached),
        or_zero("wired", memory.slab_unreclaimable),
    ]
}

/// psutil's name of the device of a partition: the drive that it is in.
pub(crate) fn device(partition: Partition) -> OsString {
    let mountpoint = partition.mountpoint.as_os_str();
    match mountpoint.as_encoded_bytes() {
        [letter, b':', b'\\', ..] => format!("{}:\\", char::from(*letter)).into(),
        _ => partition.device,
    }
}

/// Whether a device is a whole one: here all that are counted are.
pub(crate) fn is_whole(_: &Host, _: &OsStr) -> bool {
    true
}

/// Descriptors of Windows's C library have no file system that it tells.
pub(crate) fn usage_of_descriptor<'py>(_: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    Err(PyTypeError::new_err(
        "path must be a str, bytes or os.PathLike: on Windows no descriptor",
    ))
}

/// A path that is given as bytes, which Python takes for UTF-8 here.
pub(crate) fn os_string(bytes: &[u8]) -> PyResult<OsString> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(error) => Err(PyValueError::new_err(format!("a path in bytes: {error}"))),
    }
}

/// The exception for an error number of Win32, with its text. Python finds
/// the class and `errno` by the number.
pub(crate) fn os_error(code: i32, text: String, path: Option<&Path>) -> PyErr {
    let path = path.map(|path| path.as_os_str().to_owned());
    PyOSError::new_err((0, text, path, code))
}

/// Whether the caller may execute a file: its name decides, not its rights.
pub(crate) fn is_executable(_: &Path) -> bool {
    true
}

/// The addresses of an interface, in any order.
pub(crate) fn addresses(of: &Interface) -> Vec<Row> {
    let link = of.mac.as_ref().map(|address| Row {
        name: of.name.clone(),
        number: -1,
        family: None,
        address: Some(mac(address)),
        netmask: None,
        broadcast: None,
        ptp: None,
    });
    let addresses = of.addresses.as_deref().unwrap_or_default().iter();
    link.into_iter()
        .chain(addresses.map(|address| row(of, address)))
        .collect()
}

/// A link address, at least as long as a MAC, as Windows writes them.
fn mac(address: &LinkAddress) -> String {
    let mut text = address.to_string().to_uppercase().replace(':', "-");
    for _ in address.as_bytes().len()..6 {
        text.push_str("-00");
    }
    text
}

fn row(of: &Interface, address: &Address) -> Row {
    let (number, family, netmask, broadcast) = match address.ip {
        IpAddr::V4(ip) => {
            let broadcast = broadcast(ip, address.prefix_len).map(|ip| ip.to_string());
            let netmask = Some(address.netmask().to_string());
            (2, AF_INET, netmask, broadcast)
        }
        IpAddr::V6(_) => (23, AF_INET6, None, None),
    };
    Row {
        name: of.name.clone(),
        number,
        family: Some(family),
        address: Some(address.ip.to_string()),
        netmask,
        broadcast,
        ptp: None,
    }
}

/// psutil's: the last address of the network, whether or not the interface
/// can broadcast. A host route has nobody to broadcast to.
fn broadcast(ip: Ipv4Addr, prefix_len: u8) -> Option<Ipv4Addr> {
    let host_bits = u32::MAX.checked_shr(prefix_len.into())?;
    (prefix_len < 32).then(|| Ipv4Addr::from(u32::from(ip) | host_bits))
}
