//! The tables of `GetExtendedTcpTable` and `GetExtendedUdpTable`, with the
//! owner's PID.
//!
//! Each is a count and rows of 32-bit words: numbers in the machine's byte
//! order, which is little-endian on all Windows there is, ports and addresses
//! in the network's.

use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};

use super::bytes::{array_at, u32_at};
use crate::{
    net::TcpState,
    parse::{
        Malformed,
        sock_diag::{is_unset, needs_scope},
    },
};

/// One row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Socket {
    /// State of a TCP connection; `None` for UDP.
    pub state: Option<TcpState>,
    /// Its own address.
    pub local: SocketAddr,
    /// The peer's; `None` for UDP, for listeners, and where it is not set.
    pub remote: Option<SocketAddr>,
    /// The process that owns it; 0 for what is left of a connection whose
    /// process has closed it.
    pub pid: u32,
}

/// A `MIB_TCPTABLE_OWNER_PID`.
///
/// # Errors
///
/// When the table is shorter than its count of rows says.
pub fn tcp4(table: &[u8]) -> Result<impl Iterator<Item = Socket> + '_, Malformed> {
    rows::<24>(table).map(|rows| {
        rows.filter_map(|row| {
            let state = state(u32_at(row, 0)?);
            Some(Socket {
                state: Some(state),
                local: address4(row, 4)?,
                remote: peer(state, address4(row, 12)?),
                pid: u32_at(row, 20)?,
            })
        })
    })
}

/// A `MIB_TCP6TABLE_OWNER_PID`.
///
/// # Errors
///
/// When the table is shorter than its count of rows says.
pub fn tcp6(table: &[u8]) -> Result<impl Iterator<Item = Socket> + '_, Malformed> {
    rows::<56>(table).map(|rows| {
        rows.filter_map(|row| {
            let state = state(u32_at(row, 48)?);
            Some(Socket {
                state: Some(state),
                local: address6(row, 0)?,
                remote: peer(state, address6(row, 24)?),
                pid: u32_at(row, 52)?,
            })
        })
    })
}

/// A `MIB_UDPTABLE_OWNER_PID`.
///
/// # Errors
///
/// When the table is shorter than its count of rows says.
pub fn udp4(table: &[u8]) -> Result<impl Iterator<Item = Socket> + '_, Malformed> {
    rows::<12>(table).map(|rows| {
        rows.filter_map(|row| {
            Some(Socket {
                state: None,
                local: address4(row, 0)?,
                remote: None,
                pid: u32_at(row, 8)?,
            })
        })
    })
}

/// A `MIB_UDP6TABLE_OWNER_PID`.
///
/// # Errors
///
/// When the table is shorter than its count of rows says.
pub fn udp6(table: &[u8]) -> Result<impl Iterator<Item = Socket> + '_, Malformed> {
    rows::<28>(table).map(|rows| {
        rows.filter_map(|row| {
            Some(Socket {
                state: None,
                local: address6(row, 0)?,
                remote: None,
                pid: u32_at(row, 24)?,
            })
        })
    })
}

/// The rows behind the count.
fn rows<const SIZE: usize>(table: &[u8]) -> Result<impl Iterator<Item = &[u8]> + '_, Malformed> {
    const TOO_SHORT: Malformed = Malformed("as many rows as are counted");
    let count = u32_at(table, 0).ok_or(TOO_SHORT)?;
    let count = usize::try_from(count).map_err(|_| TOO_SHORT)?;
    let size = count.checked_mul(SIZE).ok_or(TOO_SHORT)?;
    // The buffer is often longer than what was filled.
    let rows = table
        .get(4..)
        .and_then(|rows| rows.get(..size))
        .ok_or(TOO_SHORT)?;
    Ok(rows.chunks_exact(SIZE))
}

/// `MIB_TCP_STATE`.
fn state(number: u32) -> TcpState {
    match number {
        1 => TcpState::Close,
        2 => TcpState::Listen,
        3 => TcpState::SynSent,
        4 => TcpState::SynRecv,
        5 => TcpState::Established,
        6 => TcpState::FinWait1,
        7 => TcpState::FinWait2,
        8 => TcpState::CloseWait,
        9 => TcpState::Closing,
        10 => TcpState::LastAck,
        11 => TcpState::TimeWait,
        12 => TcpState::DeleteTcb,
        other => TcpState::Other(u8::try_from(other).unwrap_or(u8::MAX)),
    }
}

/// A listener has no peer, but a row for one, with whatever was left there.
fn peer(state: TcpState, remote: SocketAddr) -> Option<SocketAddr> {
    (state != TcpState::Listen && !is_unset(&remote)).then_some(remote)
}

/// Four bytes of address and a port.
fn address4(row: &[u8], at: usize) -> Option<SocketAddr> {
    let ip: [u8; 4] = array_at(row, at)?;
    Some(SocketAddr::new(IpAddr::from(ip), port(row, at + 4)?))
}

/// Sixteen bytes of address, the scope and a port. The scope is said even
/// where the address does not need it.
fn address6(row: &[u8], at: usize) -> Option<SocketAddr> {
    let ip: [u8; 16] = array_at(row, at)?;
    let ip = Ipv6Addr::from(ip);
    let scope = match needs_scope(&ip) {
        true => u32_at(row, at + 16)?,
        false => 0,
    };
    let port = port(row, at + 20)?;
    Some(SocketAddr::V6(SocketAddrV6::new(ip, port, 0, scope)))
}

/// The first two bytes of a word; the others are not always cleared.
fn port(row: &[u8], at: usize) -> Option<u16> {
    array_at(row, at).map(u16::from_be_bytes)
}

#[cfg(test)]
mod tests;
