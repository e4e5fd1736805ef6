//! `oslens net`: network interfaces and their traffic.

use std::borrow::Cow;
use std::ffi::OsString;
use std::thread;
use std::time::Duration;

use oslens::net::{
    Interface, InterfaceCounters, InterfaceFlags, InterfaceKind, InterfaceTraffic, IoCounters,
};

use crate::args::high::Settings;
use crate::args::low::NetArgs;
use crate::cell::{Cell, Missing, Value};
use crate::column::{Choice, Column, Fit, Shown, Table, Unit};
use crate::exit::{Exit, Failure};
use crate::listing::{self, Listing};
use crate::term::Tone;
use crate::{output, text};

/// One interface.
#[derive(Debug)]
pub(crate) struct Nic {
    pub(crate) name: OsString,
    /// What it is; missing where the system does not list interfaces.
    pub(crate) interface: Result<Interface, Missing>,
    /// Since it appeared.
    pub(crate) counters: Result<IoCounters, Missing>,
    /// During the window.
    pub(crate) traffic: Result<InterfaceTraffic, Missing>,
}

impl Nic {
    /// `up`, `down`, or `no-carrier`: switched on, but nothing is plugged in.
    pub(crate) fn state(&self) -> Cell<'_> {
        crate::convert::result(&self.interface, |interface| {
            Value::text(if interface.is_up() {
                "up"
            } else if interface.flags.contains(InterfaceFlags::UP) {
                "no-carrier"
            } else {
                "down"
            })
        })
    }

    pub(crate) fn errors(&self) -> Cell<'_> {
        count(self, |io| io.errin.saturating_add(io.errout))
    }

    pub(crate) fn drops(&self) -> Cell<'_> {
        count(self, |io| {
            io.dropin.saturating_add(io.dropout.unwrap_or_default())
        })
    }

    pub(crate) fn received(&self) -> Cell<'_> {
        rate(self, InterfaceTraffic::bytes_recv_per_second)
    }

    pub(crate) fn sent(&self) -> Cell<'_> {
        rate(self, InterfaceTraffic::bytes_sent_per_second)
    }

    pub(crate) fn is_loopback(&self) -> bool {
        matches!(&self.interface, Ok(interface) if interface.is_loopback())
    }
}

fn count(nic: &Nic, of: fn(&IoCounters) -> u64) -> Cell<'_> {
    crate::convert::result(&nic.counters, |counters| Value::Count(of(counters)))
}

fn rate(nic: &Nic, of: fn(&InterfaceTraffic) -> f64) -> Cell<'_> {
    crate::convert::result(&nic.traffic, |traffic| Value::Rate(of(traffic)))
}

fn link<'r>(nic: &'r Nic, of: impl FnOnce(&'r Interface) -> Option<Value<'r>>) -> Cell<'r> {
    match &nic.interface {
        Ok(interface) => Cell::optional(of(interface)),
        Err(why) => Cell::Missing(*why),
    }
}

fn owned(text: String) -> Value<'static> {
    Value::Text(Cow::Owned(text.into()))
}

fn addresses(nic: &Nic) -> Cell<'_> {
    match &nic.interface {
        Ok(interface) => match &interface.addresses {
            Ok(addresses) if addresses.is_empty() => Cell::Missing(Missing::NotApplicable),
            Ok(addresses) => {
                let texts = addresses
                    .iter()
                    .map(|address| owned(format!("{}/{}", address.ip, address.prefix_len)));
                Value::List(texts.collect()).into()
            }
            Err(why) => Cell::Missing((*why).into()),
        },
        Err(why) => Cell::Missing(*why),
    }
}

fn kind(interface: &Interface) -> Value<'_> {
    if let Some(driver) = &interface.driver_kind {
        return Value::text(driver);
    }
    match interface.kind {
        InterfaceKind::Ethernet => Value::text("ethernet"),
        InterfaceKind::Loopback => Value::text("loopback"),
        InterfaceKind::Infiniband => Value::text("infiniband"),
        InterfaceKind::Tunnel => Value::text("tunnel"),
        InterfaceKind::PointToPoint => Value::text("point-to-point"),
        InterfaceKind::Other(number) => owned(format!("type-{number}")),
        _ => Value::text("other"),
    }
}

fn state_tone(cell: &Cell<'_>) -> Tone {
    match cell {
        Cell::Known(Value::Text(state)) if &**state == "no-carrier" => Tone::Warning,
        Cell::Known(Value::Text(state)) if &**state == "down" => Tone::Faint,
        _ => Tone::Plain,
    }
}

/// Needs, `true`: two readings with the window between them.
static TABLE: Table<Nic, bool> = Table {
    name: "net",
    version: 1,
    noun: "interfaces",
    columns: &[
        Column::new(
            "nic",
            "NIC",
            Unit::Text,
            "name of the interface",
            false,
            |nic: &Nic| Cell::text(&nic.name),
        )
        .keep(200)
        .fit(Fit::UpTo(16))
        .aliases(&["name", "interface"]),
        Column::new(
            "state",
            "STATE",
            Unit::Text,
            "up, down, or no-carrier: on, but nothing plugged in",
            false,
            |nic: &Nic| nic.state(),
        )
        .keep(150)
        .width(5)
        .tone(state_tone),
        Column::new(
            "rx_rate",
            "RX/s",
            Unit::BytesPerSecond,
            "received per second",
            true,
            |nic: &Nic| nic.received(),
        )
        .keep(140)
        .width(7),
        Column::new(
            "tx_rate",
            "TX/s",
            Unit::BytesPerSecond,
            "sent per second",
            true,
            |nic: &Nic| nic.sent(),
        )
        .keep(139)
        .width(7),
        Column::new(
            "rx",
            "RX",
            Unit::Bytes,
            "received since it appeared",
            false,
            |nic: &Nic| crate::convert::result(&nic.counters, |io| Value::Bytes(io.bytes_recv)),
        )
        .shown(Shown::WhenWide)
        .keep(60),
        Column::new(
            "tx",
            "TX",
            Unit::Bytes,
            "sent since it appeared",
            false,
            |nic: &Nic| crate::convert::result(&nic.counters, |io| Value::Bytes(io.bytes_sent)),
        )
        .shown(Shown::WhenWide)
        .keep(59),
        Column::new(
            "errors",
            "ERR",
            Unit::Count,
            "errors of both directions since it appeared",
            false,
            |nic: &Nic| nic.errors(),
        )
        .keep(110)
        .width(4),
        Column::new(
            "drops",
            "DROP",
            Unit::Count,
            "packets dropped in both directions since it appeared",
            false,
            |nic: &Nic| nic.drops(),
        )
        .keep(109)
        .width(4),
        Column::new(
            "rx_packets",
            "RXPKT",
            Unit::Count,
            "packets received",
            false,
            |nic: &Nic| count(nic, |io| io.packets_recv),
        )
        .shown(Shown::InJson)
        .keep(20),
        Column::new(
            "tx_packets",
            "TXPKT",
            Unit::Count,
            "packets sent",
            false,
            |nic: &Nic| count(nic, |io| io.packets_sent),
        )
        .shown(Shown::InJson)
        .keep(19),
        Column::new(
            "mtu",
            "MTU",
            Unit::Count,
            "largest packet, bytes",
            false,
            |nic: &Nic| link(nic, |interface| Some(Value::Count(interface.mtu?.into()))),
        )
        .shown(Shown::WhenWide)
        .keep(40)
        .width(5),
        Column::new(
            "speed_mbps",
            "MBIT/s",
            Unit::Count,
            "megabits per second",
            false,
            |nic: &Nic| link(nic, |interface| Some(Value::Count(interface.speed_mbps?))),
        )
        .shown(Shown::WhenWide)
        .keep(45)
        .width(6),
        Column::new(
            "kind",
            "KIND",
            Unit::Text,
            "what it is",
            false,
            |nic: &Nic| link(nic, |interface| Some(kind(interface))),
        )
        .shown(Shown::WhenWide)
        .keep(30)
        .width(9),
        Column::new(
            "mac",
            "MAC",
            Unit::Text,
            "hardware address",
            false,
            |nic: &Nic| {
                link(nic, |interface| {
                    Some(owned(interface.mac.as_ref()?.to_string()))
                })
            },
        )
        .shown(Shown::WhenWide)
        .keep(50)
        .width(17),
        Column::new(
            "addresses",
            "ADDR",
            Unit::List,
            "IP addresses",
            false,
            |nic: &Nic| addresses(nic),
        )
        .keep(120)
        .width(12)
        .fit(Fit::Rest)
        .aliases(&["ip"]),
    ],
};

/// # Errors
///
/// When the system lists neither interfaces nor their counters.
pub(super) fn run(arguments: &NetArgs, settings: &Settings) -> Result<Exit, Failure> {
    let mut is_missing = false;
    let exit = listing::show(&TABLE, settings, |choice: &Choice<Nic, bool>| {
        let before = choice.needs().any(|rates| rates).then(|| {
            let before = settings.host.net_io_counters();
            thread::sleep(settings.interval);
            before
        });
        let is_measured = before.is_some();
        let mut nics = list(settings, &before.and_then(Result::ok).unwrap_or_default())?;
        for name in &arguments.names {
            if nics.iter().all(|nic| nic.name != *name) {
                is_missing = true;
                let name = text::neutralise(name, settings.look.terminal.charset);
                output::complain(&format!("oslens: no interface is called '{name}'"));
            }
        }
        if !arguments.names.is_empty() {
            nics.retain(|nic| arguments.names.contains(&nic.name));
        }
        let listing = Listing::new(nics);
        Ok(if is_measured {
            listing.window(settings.interval)
        } else {
            listing
        })
    })?;
    Ok(if is_missing { Exit::NoMatch } else { exit })
}

/// All interfaces with what went through them since `before`.
///
/// # Errors
///
/// When the system lists neither interfaces nor their counters.
pub(crate) fn list(settings: &Settings, before: &[InterfaceCounters]) -> Result<Vec<Nic>, Failure> {
    let counters = settings.host.net_io_counters();
    let interfaces = settings.host.net_interfaces();
    let why_no_counters = counters.as_ref().err().map(Missing::from);
    let (interfaces, why_no_interface) = match (interfaces, &counters) {
        (Ok(interfaces), _) => (interfaces, Missing::Gone),
        (Err(error), Ok(_)) => (Vec::new(), Missing::from(&error)),
        (Err(error), Err(_)) => return Err(error.into()),
    };
    let mut counters = counters.unwrap_or_default();
    let mut nics: Vec<Nic> = interfaces
        .into_iter()
        .map(|interface| {
            let at = counters.iter().position(|nic| nic.name == interface.name);
            let now = at.map(|at| counters.swap_remove(at));
            let why = why_no_counters.unwrap_or(Missing::Gone);
            nic(
                interface.name.clone(),
                Ok(interface),
                now.as_ref().ok_or(why),
                before,
            )
        })
        .collect();
    // Those that only the counters know of.
    counters.sort_by(|a, b| a.name.cmp(&b.name));
    nics.extend(
        counters
            .iter()
            .map(|now| nic(now.name.clone(), Err(why_no_interface), Ok(now), before)),
    );
    Ok(nics)
}

fn nic(
    name: OsString,
    interface: Result<Interface, Missing>,
    now: Result<&InterfaceCounters, Missing>,
    before: &[InterfaceCounters],
) -> Nic {
    let traffic = now.and_then(|now| {
        before
            .iter()
            .find(|before| before.name == now.name)
            .map(|before| now.since(before))
            .filter(|traffic| traffic.elapsed > Duration::ZERO)
            .ok_or(Missing::FirstSample)
    });
    Nic {
        name,
        interface,
        counters: now.map(|now| now.counters),
        traffic,
    }
}
