//! The network on systems that have no backend yet.

use crate::{
    Error, Host, Result,
    net::{Connection, ConnectionQuery, Interface, InterfaceCounters, Kind, SocketSummary},
    process::Pid,
};

pub(crate) fn io_counters(_: &Host) -> Result<Vec<InterfaceCounters>> {
    Err(Error::unsupported(
        "counters of network interfaces on this system",
    ))
}

pub(crate) fn interfaces(_: &Host) -> Result<Vec<Interface>> {
    Err(Error::unsupported("network interfaces on this system"))
}

pub(crate) fn connections(_: &Host, _: &ConnectionQuery) -> Result<Vec<Connection>> {
    Err(Error::unsupported("network connections on this system"))
}

pub(crate) fn process_connections(_: &Host, _: Pid, _: Kind) -> Result<Vec<Connection>> {
    Err(Error::unsupported(
        "network connections of a process on this system",
    ))
}

pub(crate) fn socket_summary(_: &Host) -> Result<SocketSummary> {
    Err(Error::unsupported("counts of sockets on this system"))
}
