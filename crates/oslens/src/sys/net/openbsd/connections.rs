//! Sockets and who holds them, on OpenBSD.

use crate::{
    Error, Host, Result,
    net::{Connection, ConnectionQuery, Kind},
    process::Pid,
};

pub(crate) fn connections(_: &Host, _: &ConnectionQuery) -> Result<Vec<Connection>> {
    Err(Error::unsupported("network connections on OpenBSD"))
}

pub(crate) fn process_connections(_: &Host, _: Pid, _: Kind) -> Result<Vec<Connection>> {
    Err(Error::unsupported(
        "network connections of a process on OpenBSD",
    ))
}
