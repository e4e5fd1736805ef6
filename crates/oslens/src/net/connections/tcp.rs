//! States and statistics of TCP connections.

use std::{fmt, time::Duration};

use bitflags::bitflags;

/// State of a TCP connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "SCREAMING_SNAKE_CASE"))]
#[non_exhaustive]
pub enum TcpState {
    /// Connected.
    Established,
    /// Asked for a connection.
    SynSent,
    /// Was asked for a connection and answered.
    SynRecv,
    /// Closed here, not acknowledged yet.
    #[cfg_attr(feature = "serde", serde(rename = "FIN_WAIT1"))]
    FinWait1,
    /// Closed here, still open at the peer.
    #[cfg_attr(feature = "serde", serde(rename = "FIN_WAIT2"))]
    FinWait2,
    /// Closed on both sides; kept for late packets.
    TimeWait,
    /// Not in use.
    Close,
    /// Closed by the peer, still open here.
    CloseWait,
    /// Closed by the peer, then here; not acknowledged yet.
    LastAck,
    /// Accepts connections.
    Listen,
    /// Closed on both sides at once.
    Closing,
    /// A request that the listener has answered but that is not a connection
    /// yet (the kernel's own form of [`SynRecv`](Self::SynRecv)).
    NewSynRecv,
    /// Bound, but neither listening nor connected (since Linux 6.8).
    BoundInactive,
    /// About to be forgotten by the kernel. Windows.
    DeleteTcb,
    /// A state that was unknown when this was written, with the kernel's
    /// number for it.
    Other(u8),
}

impl TcpState {
    /// The name that `netstat` and psutil use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Established => "ESTABLISHED",
            Self::SynSent => "SYN_SENT",
            Self::SynRecv => "SYN_RECV",
            Self::FinWait1 => "FIN_WAIT1",
            Self::FinWait2 => "FIN_WAIT2",
            Self::TimeWait => "TIME_WAIT",
            Self::Close => "CLOSE",
            Self::CloseWait => "CLOSE_WAIT",
            Self::LastAck => "LAST_ACK",
            Self::Listen => "LISTEN",
            Self::Closing => "CLOSING",
            Self::NewSynRecv => "NEW_SYN_RECV",
            Self::BoundInactive => "BOUND_INACTIVE",
            Self::DeleteTcb => "DELETE_TCB",
            Self::Other(_) => "UNKNOWN",
        }
    }

    /// The set of this state alone; empty for one without a name, which only
    /// a query for all states finds.
    #[cfg_attr(not(windows), allow(dead_code))]
    pub(crate) fn as_set(self) -> TcpStates {
        match self {
            Self::Established => TcpStates::ESTABLISHED,
            Self::SynSent => TcpStates::SYN_SENT,
            Self::SynRecv => TcpStates::SYN_RECV,
            Self::FinWait1 => TcpStates::FIN_WAIT1,
            Self::FinWait2 => TcpStates::FIN_WAIT2,
            Self::TimeWait => TcpStates::TIME_WAIT,
            Self::Close => TcpStates::CLOSE,
            Self::CloseWait => TcpStates::CLOSE_WAIT,
            Self::LastAck => TcpStates::LAST_ACK,
            Self::Listen => TcpStates::LISTEN,
            Self::Closing => TcpStates::CLOSING,
            Self::NewSynRecv => TcpStates::NEW_SYN_RECV,
            Self::BoundInactive => TcpStates::BOUND_INACTIVE,
            Self::DeleteTcb => TcpStates::DELETE_TCB,
            Self::Other(_) => TcpStates::empty(),
        }
    }
}

impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

bitflags! {
    /// A set of [`TcpState`]s.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
    pub struct TcpStates: u32 {
        /// [`TcpState::Established`].
        const ESTABLISHED = 1 << 1;
        /// [`TcpState::SynSent`].
        const SYN_SENT = 1 << 2;
        /// [`TcpState::SynRecv`].
        const SYN_RECV = 1 << 3;
        /// [`TcpState::FinWait1`].
        const FIN_WAIT1 = 1 << 4;
        /// [`TcpState::FinWait2`].
        const FIN_WAIT2 = 1 << 5;
        /// [`TcpState::TimeWait`].
        const TIME_WAIT = 1 << 6;
        /// [`TcpState::Close`].
        const CLOSE = 1 << 7;
        /// [`TcpState::CloseWait`].
        const CLOSE_WAIT = 1 << 8;
        /// [`TcpState::LastAck`].
        const LAST_ACK = 1 << 9;
        /// [`TcpState::Listen`].
        const LISTEN = 1 << 10;
        /// [`TcpState::Closing`].
        const CLOSING = 1 << 11;
        /// [`TcpState::NewSynRecv`].
        const NEW_SYN_RECV = 1 << 12;
        /// [`TcpState::BoundInactive`]: sockets that do nothing but hold their
        /// port, which the kernel lists only on request (since Linux 6.8, and
        /// for the local host). [`ConnectionQuery::new`] does not ask for
        /// them.
        ///
        /// [`ConnectionQuery::new`]: super::ConnectionQuery::new
        const BOUND_INACTIVE = 1 << 13;
        /// [`TcpState::DeleteTcb`].
        const DELETE_TCB = 1 << 14;
    }
}

impl TcpStates {
    /// What a query asks for unless it is told: the states that every kernel
    /// and every source has.
    pub(crate) const USUAL: Self = Self::all().difference(Self::BOUND_INACTIVE);
}

/// Statistics of a TCP connection.
///
/// What the running kernel is too old for is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TcpInfo {
    /// Smoothed round trip time.
    pub rtt: Duration,
    /// Mean deviation of the round trip time.
    pub rtt_deviation: Duration,
    /// Smallest round trip time that was seen lately.
    pub min_rtt: Option<Duration>,
    /// How long is waited for an acknowledgement before sending again.
    pub retransmission_timeout: Duration,
    /// Bytes sent, with those sent again (since Linux 4.19).
    pub bytes_sent: Option<u64>,
    /// Bytes sent again (since Linux 4.19).
    pub bytes_retransmitted: Option<u64>,
    /// Bytes that the peer has acknowledged (since Linux 4.1). Counts the
    /// connection's setup as one byte.
    pub bytes_acked: Option<u64>,
    /// Bytes received (since Linux 4.1).
    pub bytes_received: Option<u64>,
    /// Bytes that were never sent yet.
    pub bytes_not_sent: Option<u32>,
    /// Segments sent.
    pub segments_sent: Option<u32>,
    /// Segments received.
    pub segments_received: Option<u32>,
    /// Segments sent again, since the start.
    pub retransmitted: u32,
    /// How often the oldest unacknowledged segment was sent again.
    pub retransmits: u8,
    /// Segments that were sent and not acknowledged.
    pub unacked: u32,
    /// Segments that seem lost.
    pub lost: u32,
    /// Congestion window, segments.
    pub congestion_window: u32,
    /// Where slow start ends, segments; `None` when it never did.
    pub slow_start_threshold: Option<u32>,
    /// Largest segment that is sent, bytes.
    pub send_mss: u32,
    /// Largest segment that came, bytes.
    pub receive_mss: u32,
    /// Largest packet of the path, bytes.
    pub path_mtu: u32,
    /// Rate at which it may send, bytes per second; `None` without a limit.
    pub pacing_rate: Option<u64>,
    /// Rate at which data arrived at the peer lately, bytes per second.
    pub delivery_rate: Option<u64>,
    /// Time since data was sent.
    pub last_sent: Duration,
    /// Time since data came.
    pub last_received: Duration,
    /// Algorithm of congestion control: `cubic`, `bbr`, …
    pub congestion_control: Option<String>,
}

impl TcpInfo {
    /// From the kernel's units.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(crate) fn from_linux(
        info: &crate::parse::sock_diag::TcpInfo,
        congestion_control: Option<&[u8]>,
    ) -> Self {
        let micros = |value: u32| Duration::from_micros(u64::from(value));
        let millis = |value: u32| Duration::from_millis(u64::from(value));
        Self {
            rtt: micros(info.rtt),
            rtt_deviation: micros(info.rttvar),
            // All ones: not measured yet.
            min_rtt: info.min_rtt.filter(|&rtt| rtt != u32::MAX).map(micros),
            retransmission_timeout: micros(info.rto),
            bytes_sent: info.bytes_sent,
            bytes_retransmitted: info.bytes_retrans,
            bytes_acked: info.bytes_acked,
            bytes_received: info.bytes_received,
            bytes_not_sent: info.notsent_bytes,
            segments_sent: info.segs_out,
            segments_received: info.segs_in,
            retransmitted: info.total_retrans,
            retransmits: info.retransmits,
            unacked: info.unacked,
            lost: info.lost,
            congestion_window: info.snd_cwnd,
            // TCP_INFINITE_SSTHRESH.
            slow_start_threshold: Some(info.snd_ssthresh).filter(|&value| value < 0x7fff_ffff),
            send_mss: info.snd_mss,
            receive_mss: info.rcv_mss,
            path_mtu: info.pmtu,
            pacing_rate: info.pacing_rate.filter(|&rate| rate != u64::MAX),
            delivery_rate: info.delivery_rate,
            last_sent: millis(info.last_data_sent),
            last_received: millis(info.last_data_recv),
            congestion_control: congestion_control
                .map(|name| String::from_utf8_lossy(name).into_owned()),
        }
    }
}
