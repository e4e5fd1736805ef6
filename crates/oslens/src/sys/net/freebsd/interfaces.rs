//! Network interfaces and what they count, on FreeBSD.

use crate::{
    Error, Host, Result,
    net::{Interface, InterfaceCounters, SocketSummary},
};

pub(crate) fn io_counters(_: &Host) -> Result<Vec<InterfaceCounters>> {
    Err(Error::unsupported(
        "counters of network interfaces on FreeBSD",
    ))
}

pub(crate) fn interfaces(_: &Host) -> Result<Vec<Interface>> {
    Err(Error::unsupported("network interfaces on FreeBSD"))
}

pub(crate) fn socket_summary(_: &Host) -> Result<SocketSummary> {
    Err(Error::unsupported("counts of sockets on FreeBSD"))
}
