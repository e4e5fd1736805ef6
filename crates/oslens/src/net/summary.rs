//! How many sockets there are.

use crate::{Host, Result, sys};

/// Counts of sockets in the network namespace, without a list of them.
///
/// What the kernel does not count is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SocketSummary {
    /// Sockets of all families.
    pub used: Option<u64>,
    /// TCP over IPv4, without `TIME_WAIT`.
    pub tcp4: Option<u64>,
    /// TCP over IPv6, without `TIME_WAIT`.
    pub tcp6: Option<u64>,
    /// TCP connections that are open or half open: `ESTABLISHED` and
    /// `CLOSE_WAIT`.
    pub tcp_established: Option<u64>,
    /// TCP sockets that accept connections.
    pub tcp_listening: Option<u64>,
    /// TCP connections in `TIME_WAIT`.
    pub tcp_time_wait: Option<u64>,
    /// TCP connections that no process holds any more, `TIME_WAIT` not
    /// counted. Of the whole machine.
    pub tcp_orphaned: Option<u64>,
    /// TCP sockets that take memory. Of the whole machine.
    pub tcp_allocated: Option<u64>,
    /// Bytes in the buffers of TCP. Of the whole machine.
    pub tcp_memory: Option<u64>,
    /// UDP over IPv4.
    pub udp4: Option<u64>,
    /// UDP over IPv6.
    pub udp6: Option<u64>,
    /// Bytes in the buffers of UDP. Of the whole machine.
    pub udp_memory: Option<u64>,
    /// Raw IPv4 sockets.
    pub raw4: Option<u64>,
    /// Raw IPv6 sockets.
    pub raw6: Option<u64>,
    /// Bytes in IPv4 packets that wait for their missing fragments.
    pub fragment_memory: Option<u64>,
}

/// How many sockets there are, for a first look.
///
/// # Errors
///
/// When the kernel's counts cannot be read.
///
/// # Platform
///
/// Linux: `/proc/net/{sockstat,sockstat6,snmp}`, and a dump of the listening
/// sockets alone.
///
/// Windows: counted in the tables of [`connections`](super::connections);
/// what is beyond them (memory, raw sockets, sockets without a process) is
/// `None`.
///
/// FreeBSD: `net.inet.tcp.states` and two more counts, of both families
/// together. NetBSD, OpenBSD: counted in the tables of
/// [`connections`](super::connections); macOS: the same, with the flows of
/// programs' own network stacks, and how many TCP sockets there are.
/// Compiled and proved against the headers of these systems, not run there.
///
/// # Cost
///
/// Linux: about 20 system calls, whatever the number of connections.
/// Windows: that of [`connections`](super::connections). FreeBSD: a
/// `sysctl` for each count. NetBSD, OpenBSD, macOS: that of
/// [`connections`](super::connections).
///
/// ```
/// let summary = oslens::net::socket_summary()?;
/// println!("{:?} established", summary.tcp_established);
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn socket_summary() -> Result<SocketSummary> {
    Host::local().socket_summary()
}

impl Host {
    /// How many sockets there are. See
    /// [`net::socket_summary`](socket_summary).
    ///
    /// # Errors
    ///
    /// When the kernel's counts cannot be read.
    pub fn socket_summary(&self) -> Result<SocketSummary> {
        sys::net::socket_summary(self)
    }
}
