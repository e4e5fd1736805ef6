//! Bytes and packets of each interface.

use std::{
    ffi::OsString,
    iter::Sum,
    time::{Duration, Instant},
};

use crate::{Host, Result, counters::NoWrap, sys};

/// Bytes, packets, errors and drops since the interface appeared.
///
/// The counters that not every system has are `None` where it has not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct IoCounters {
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_recv: u64,
    /// Packets sent.
    pub packets_sent: u64,
    /// Packets received.
    pub packets_recv: u64,
    /// Errors while receiving.
    pub errin: u64,
    /// Errors while sending.
    pub errout: u64,
    /// Received packets that were dropped.
    pub dropin: u64,
    /// Packets to send that were dropped.
    pub dropout: Option<u64>,
    /// Multicast packets received.
    pub multicast: Option<u64>,
    /// Collisions while sending.
    pub collisions: Option<u64>,
    /// Receive errors because a FIFO was full.
    pub fifo_in: Option<u64>,
    /// Send errors of the FIFO.
    pub fifo_out: Option<u64>,
    /// Receive errors of framing: length, overrun, checksum, alignment.
    pub frame: Option<u64>,
    /// Send errors of the carrier: lost, aborted, window, heartbeat.
    pub carrier: Option<u64>,
    /// Compressed packets received.
    pub compressed_in: Option<u64>,
    /// Compressed packets sent.
    pub compressed_out: Option<u64>,
}

impl IoCounters {
    /// What was counted between `before` and now.
    ///
    /// A counter that went down was reset, or is narrow and wrapped: it
    /// counts from zero again, and the result is what it shows now. It is
    /// never less than zero.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        self.pairwise(before, |now, before| now.checked_sub(before).unwrap_or(now))
    }

    /// Both together; a counter that one of them has not is not in the
    /// result.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        self.pairwise(other, u64::saturating_add)
    }

    fn pairwise(&self, other: &Self, combine: impl Fn(u64, u64) -> u64) -> Self {
        let both = |a: Option<u64>, b: Option<u64>| Some(combine(a?, b?));
        Self {
            bytes_sent: combine(self.bytes_sent, other.bytes_sent),
            bytes_recv: combine(self.bytes_recv, other.bytes_recv),
            packets_sent: combine(self.packets_sent, other.packets_sent),
            packets_recv: combine(self.packets_recv, other.packets_recv),
            errin: combine(self.errin, other.errin),
            errout: combine(self.errout, other.errout),
            dropin: combine(self.dropin, other.dropin),
            dropout: both(self.dropout, other.dropout),
            multicast: both(self.multicast, other.multicast),
            collisions: both(self.collisions, other.collisions),
            fifo_in: both(self.fifo_in, other.fifo_in),
            fifo_out: both(self.fifo_out, other.fifo_out),
            frame: both(self.frame, other.frame),
            carrier: both(self.carrier, other.carrier),
            compressed_in: both(self.compressed_in, other.compressed_in),
            compressed_out: both(self.compressed_out, other.compressed_out),
        }
    }
}

/// The totals: `net::io_counters()?.iter().map(|nic| nic.counters).sum()`.
/// All zero when there is nothing to add.
impl Sum for IoCounters {
    fn sum<I: Iterator<Item = Self>>(counters: I) -> Self {
        counters
            .reduce(|total, one| total.plus(&one))
            .unwrap_or_default()
    }
}

/// The counters of one interface.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct InterfaceCounters {
    /// Name of the interface.
    pub name: OsString,
    /// When they were read. Not serialized: it means nothing elsewhere.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub sampled_at: Instant,
    /// The counters.
    pub counters: IoCounters,
}

impl InterfaceCounters {
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(crate) fn new(name: OsString, sampled_at: Instant, counters: IoCounters) -> Self {
        Self {
            name,
            sampled_at,
            counters,
        }
    }

    /// What went through the interface between `before` and now. See
    /// [`IoCounters::since`] for counters that went down.
    ///
    /// ```
    /// use oslens::net;
    ///
    /// let before = net::io_counters()?;
    /// let after = net::io_counters()?;
    /// for now in &after {
    ///     if let Some(before) = before.iter().find(|before| before.name == now.name) {
    ///         let traffic = now.since(before);
    ///         println!("{:?} {:.0} B/s", traffic.name, traffic.bytes_recv_per_second());
    ///     }
    /// }
    /// # Ok::<(), oslens::Error>(())
    /// ```
    #[must_use]
    pub fn since(&self, before: &Self) -> InterfaceTraffic {
        InterfaceTraffic {
            name: self.name.clone(),
            elapsed: self.sampled_at.saturating_duration_since(before.sampled_at),
            counters: self.counters.since(&before.counters),
        }
    }
}

/// What went through an interface in a while.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct InterfaceTraffic {
    /// Name of the interface.
    pub name: OsString,
    /// Time between the two readings.
    pub elapsed: Duration,
    /// What was counted in that time.
    pub counters: IoCounters,
}

impl InterfaceTraffic {
    /// Bytes sent per second; zero when no time has passed.
    #[must_use]
    pub fn bytes_sent_per_second(&self) -> f64 {
        self.per_second(self.counters.bytes_sent)
    }

    /// Bytes received per second; zero when no time has passed.
    #[must_use]
    pub fn bytes_recv_per_second(&self) -> f64 {
        self.per_second(self.counters.bytes_recv)
    }

    /// Packets sent per second; zero when no time has passed.
    #[must_use]
    pub fn packets_sent_per_second(&self) -> f64 {
        self.per_second(self.counters.packets_sent)
    }

    /// Packets received per second; zero when no time has passed.
    #[must_use]
    pub fn packets_recv_per_second(&self) -> f64 {
        self.per_second(self.counters.packets_recv)
    }

    fn per_second(&self, count: u64) -> f64 {
        if self.elapsed.is_zero() {
            return 0.0;
        }
        count as f64 / self.elapsed.as_secs_f64()
    }
}

/// Bytes, packets, errors and drops of every interface.
///
/// # Errors
///
/// When the kernel's table cannot be read.
///
/// # Platform
///
/// Linux: `/proc/thread-self/net/dev`: the network namespace of the calling
/// thread.
///
/// Windows: `GetIfTable2`: those that [`interfaces`](super::interfaces)
/// lists, without tunnels whose packets all go through another interface
/// too (6to4, ISATAP, Teredo, IP-HTTPS). 64 bits everywhere.
///
/// FreeBSD, NetBSD, OpenBSD and macOS: the list of the routing table
/// (`NET_RT_IFLIST`), 64 bits. NetBSD does not tell
/// [`dropout`](IoCounters::dropout); FreeBSD's `usbus`, which lets packets on
/// a USB be watched, is left out. macOS cuts the bytes in that list to 32 bits
/// for programs that are not Apple's: they are taken from
/// `net.link.generic.ifalldata`. Compiled and proved against the headers of
/// these systems, not run there.
///
/// # Cost
///
/// Linux: 3 system calls for up to about 30 interfaces. Windows: 2 calls, a
/// few milliseconds. BSD: one `sysctl`. macOS: two.
///
/// ```
/// use oslens::net::{self, IoCounters};
///
/// let all = net::io_counters()?;
/// let total: IoCounters = all.iter().map(|interface| interface.counters).sum();
/// println!("{} bytes received", total.bytes_recv);
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn io_counters() -> Result<Vec<InterfaceCounters>> {
    Host::local().net_io_counters()
}

impl Host {
    /// Bytes, packets, errors and drops of every interface. See
    /// [`net::io_counters`](io_counters).
    ///
    /// # Errors
    ///
    /// When the kernel's table cannot be read.
    pub fn net_io_counters(&self) -> Result<Vec<InterfaceCounters>> {
        sys::net::io_counters(self)
    }
}

const COUNTERS: usize = 16;

impl IoCounters {
    /// Every counter; what is not counted is 0.
    fn to_array(self) -> [u64; COUNTERS] {
        let known = Option::unwrap_or_default;
        [
            self.bytes_sent,
            self.bytes_recv,
            self.packets_sent,
            self.packets_recv,
            self.errin,
            self.errout,
            self.dropin,
            known(self.dropout),
            known(self.multicast),
            known(self.collisions),
            known(self.fifo_in),
            known(self.fifo_out),
            known(self.frame),
            known(self.carrier),
            known(self.compressed_in),
            known(self.compressed_out),
        ]
    }

    /// The same counters with these values; what is not counted stays so.
    fn with_array(self, values: [u64; COUNTERS]) -> Self {
        let [
            bytes_sent,
            bytes_recv,
            packets_sent,
            packets_recv,
            errin,
            errout,
            dropin,
            dropout,
            multicast,
            collisions,
            fifo_in,
            fifo_out,
            frame,
            carrier,
            compressed_in,
            compressed_out,
        ] = values;
        let counted = |counter: Option<u64>, value| counter.map(|_| value);
        Self {
            bytes_sent,
            bytes_recv,
            packets_sent,
            packets_recv,
            errin,
            errout,
            dropin,
            dropout: counted(self.dropout, dropout),
            multicast: counted(self.multicast, multicast),
            collisions: counted(self.collisions, collisions),
            fifo_in: counted(self.fifo_in, fifo_in),
            fifo_out: counted(self.fifo_out, fifo_out),
            frame: counted(self.frame, frame),
            carrier: counted(self.carrier, carrier),
            compressed_in: counted(self.compressed_in, compressed_in),
            compressed_out: counted(self.compressed_out, compressed_out),
        }
    }
}

/// Continues the counters of interfaces that start again from zero; see
/// [`NoWrap`]. Those of 32-bit kernels and of some drivers do, after 4 GiB.
///
/// ```
/// use oslens::net::{self, IoNoWrap};
///
/// let mut nowrap = IoNoWrap::new();
/// let mut interfaces = net::io_counters()?;
/// nowrap.adjust(&mut interfaces);
/// # Ok::<(), oslens::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct IoNoWrap(NoWrap<OsString, COUNTERS>);

impl IoNoWrap {
    /// Nothing is remembered yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Continues the counters of these interfaces: all that
    /// [`io_counters`] gave at one time.
    pub fn adjust(&mut self, interfaces: &mut [InterfaceCounters]) {
        let mut arrays: Vec<_> = interfaces
            .iter()
            .map(|interface| interface.counters.to_array())
            .collect();
        let names = interfaces.iter().map(|interface| &interface.name);
        self.0.adjust_each(names.zip(&mut arrays));
        for (interface, array) in interfaces.iter_mut().zip(arrays) {
            interface.counters = interface.counters.with_array(array);
        }
    }

    /// Forgets everything: the next counters are taken as they are.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_of_32_bits_goes_on_after_its_end_and_an_unknown_one_stays_unknown() {
        let sample = |bytes_recv, carrier| {
            let counters = IoCounters {
                bytes_recv,
                carrier: Some(carrier),
                ..IoCounters::default()
            };
            vec![InterfaceCounters::new(
                "eth0".into(),
                Instant::now(),
                counters,
            )]
        };
        let mut nowrap = IoNoWrap::new();
        nowrap.adjust(&mut sample(u64::from(u32::MAX), 7));
        let mut now = sample(10, 8);
        nowrap.adjust(&mut now);
        let counters = now[0].counters;
        assert_eq!(counters.bytes_recv, u64::from(u32::MAX) + 10);
        assert_eq!((counters.carrier, counters.frame), (Some(8), None));
        nowrap.clear();
        let mut now = sample(5, 8);
        nowrap.adjust(&mut now);
        assert_eq!(now[0].counters.bytes_recv, 5);
    }

    #[test]
    fn every_counter_survives_the_way_through_the_array() {
        let numbers: [u64; COUNTERS] = std::array::from_fn(|at| at as u64 + 1);
        let all = IoCounters {
            dropout: Some(0),
            multicast: Some(0),
            collisions: Some(0),
            fifo_in: Some(0),
            fifo_out: Some(0),
            frame: Some(0),
            carrier: Some(0),
            compressed_in: Some(0),
            compressed_out: Some(0),
            ..IoCounters::default()
        };
        assert_eq!(all.with_array(numbers).to_array(), numbers);
        assert_eq!(IoCounters::default().with_array(numbers).dropout, None);
    }

    #[test]
    fn a_counter_that_went_down_never_underflows() {
        let before = IoCounters {
            bytes_sent: 100,
            bytes_recv: u64::from(u32::MAX) - 10,
            multicast: Some(5),
            ..IoCounters::default()
        };
        let now = IoCounters {
            bytes_sent: 150,
            bytes_recv: 20,
            multicast: Some(6),
            ..IoCounters::default()
        };
        let delta = now.since(&before);
        assert_eq!((delta.bytes_sent, delta.bytes_recv), (50, 20));
        assert_eq!((delta.multicast, delta.collisions), (Some(1), None));
    }

    #[test]
    fn totals_do_not_invent_counters() {
        let one = IoCounters {
            bytes_sent: u64::MAX,
            dropout: Some(1),
            frame: Some(2),
            ..IoCounters::default()
        };
        let two = IoCounters {
            bytes_sent: 1,
            dropout: Some(4),
            ..IoCounters::default()
        };
        let total: IoCounters = [one, two].into_iter().sum();
        assert_eq!(total.bytes_sent, u64::MAX);
        assert_eq!((total.dropout, total.frame), (Some(5), None));
    }
}
