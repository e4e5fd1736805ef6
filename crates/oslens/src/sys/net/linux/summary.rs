//! `net/sockstat`, `net/sockstat6` and `net/snmp`.

use super::net_dir;
use crate::{
    Host, Result,
    net::{ConnectionQuery, Kind, SocketSummary, TcpStates},
    parse::linux::sockstat,
    sys::pal::linux::file,
};

pub(crate) fn socket_summary(host: &Host) -> Result<SocketSummary> {
    let net = net_dir(host);
    let v4 = file::records(&net.join("sockstat"))?;
    // Missing without IPv6.
    let v6 = file::records(&net.join("sockstat6")).unwrap_or_default();
    let snmp = file::records(&net.join("snmp")).unwrap_or_default();
    let listening = ConnectionQuery::new(Kind::TCP).states(TcpStates::LISTEN);
    let value = |protocol, key| sockstat::value(&v4, protocol, key);
    let pages =
        |protocol| value(protocol, "mem").map(|pages: u64| pages.saturating_mul(host.page_size()));
    Ok(SocketSummary {
        used: value("sockets", "used"),
        tcp4: value("TCP", "inuse"),
        tcp6: sockstat::value(&v6, "TCP6", "inuse"),
        tcp_established: sockstat::snmp_value(&snmp, "Tcp", "CurrEstab"),
        tcp_listening: super::connections(host, &listening)
            .ok()
            .map(|all| all.len() as u64),
        tcp_time_wait: value("TCP", "tw"),
        tcp_orphaned: value("TCP", "orphan"),
        tcp_allocated: value("TCP", "alloc"),
        tcp_memory: pages("TCP"),
        udp4: value("UDP", "inuse"),
        udp6: sockstat::value(&v6, "UDP6", "inuse"),
        udp_memory: pages("UDP"),
        raw4: value("RAW", "inuse"),
        raw6: sockstat::value(&v6, "RAW6", "inuse"),
        fragment_memory: value("FRAG", "memory"),
    })
}
