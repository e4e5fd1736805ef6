//! The health page as JSON.

use std::borrow::Cow;
use std::ffi::OsString;

use oslens::pressure::Pressure;

use crate::args::high::Settings;
use crate::cell::{Cell, Value};
use crate::convert;
use crate::exit::Failure;
use crate::json::{self, Node};
use crate::output::Output;

use super::findings::Finding;
use super::vitals::{Read, Top, Vitals};

type Fields<'v> = Vec<(&'static str, Node<'v>)>;

fn of<'v, T, V>(
    read: &'v Read<T>,
    part: impl FnOnce(&'v T) -> Option<V>,
    value: impl FnOnce(V) -> Value<'v>,
) -> Node<'v> {
    match read {
        Ok(known) => convert::offered(part(known), value).into(),
        Err(why) => Cell::Missing(*why).into(),
    }
}

fn text(text: &OsString) -> Value<'_> {
    Value::text(text)
}

pub(super) fn write(
    out: &mut Output,
    vitals: &Vitals,
    findings: &[Finding],
    settings: &Settings,
) -> Result<(), Failure> {
    let fields = vec![
        ("window", Value::Duration(vitals.window).into()),
        ("host", Node::Object(host(vitals))),
        ("cpu", Node::Object(cpu(vitals))),
        (
            "pressure",
            Node::Object(
                vitals
                    .pressure
                    .iter()
                    .map(|(name, pressure)| (*name, Node::Object(stalls(pressure))))
                    .collect(),
            ),
        ),
        ("memory", Node::Object(memory(vitals))),
        ("swap", Node::Object(swap(vitals))),
        ("container", Node::Object(container(vitals))),
        ("file_systems", file_systems(vitals)),
        ("interfaces", interfaces(vitals)),
        ("sockets", Node::Object(sockets(vitals))),
        ("processes", Node::Object(processes(vitals))),
        (
            "look_at",
            Node::Array(findings.iter().map(finding).collect()),
        ),
        (
            "top",
            Node::Object(vec![
                ("cpu", tops(&vitals.processes.by_cpu)),
                ("memory", tops(&vitals.processes.by_memory)),
                ("io", tops(&vitals.processes.by_io)),
            ]),
        ),
    ];
    let look = &settings.look;
    json::write_page(
        out,
        ("health", 1),
        &look.clock,
        fields,
        look.terminal.charset,
    )?;
    Ok(())
}

fn host(vitals: &Vitals) -> Fields<'_> {
    let info = &vitals.info;
    vec![
        ("hostname", of(info, |info| info.hostname.as_ref(), text)),
        ("os", of(info, |info| info.os_name.as_ref(), text)),
        (
            "os_version",
            of(info, |info| info.os_version.as_ref(), text),
        ),
        ("kernel", of(info, |info| info.kernel.as_ref(), text)),
        (
            "kernel_release",
            of(info, |info| info.kernel_release.as_ref(), text),
        ),
        (
            "architecture",
            of(info, |info| info.architecture.as_ref(), text),
        ),
        (
            "uptime",
            of(&vitals.uptime, Some, |up| Value::Duration(*up)),
        ),
        (
            "boot_time",
            of(&vitals.boot_time, Some, |time| Value::Time(*time)),
        ),
        (
            "users",
            of(&vitals.users, Some, |users| Value::Count(*users as u64)),
        ),
    ]
}

fn cpu(vitals: &Vitals) -> Fields<'_> {
    let cpu = &vitals.cpu;
    let load = &vitals.load;
    let ratio = Value::Ratio;
    vec![
        (
            "count",
            of(&vitals.cpus, Some, |cpus| Value::Count((*cpus).into())),
        ),
        ("busy", of(cpu, |cpu| Some(super::page::busy(cpu)), ratio)),
        ("user", of(cpu, |cpu| Some(cpu.user), ratio)),
        ("system", of(cpu, |cpu| Some(cpu.system), ratio)),
        ("nice", of(cpu, |cpu| Some(cpu.nice), ratio)),
        ("idle", of(cpu, |cpu| Some(cpu.idle), ratio)),
        ("iowait", of(cpu, |cpu| cpu.iowait, ratio)),
        ("irq", of(cpu, |cpu| cpu.irq, ratio)),
        ("softirq", of(cpu, |cpu| cpu.softirq, ratio)),
        ("steal", of(cpu, |cpu| cpu.steal, ratio)),
        ("load_1m", of(load, |load| Some(load.one), Value::Number)),
        ("load_5m", of(load, |load| Some(load.five), Value::Number)),
        (
            "load_15m",
            of(load, |load| Some(load.fifteen), Value::Number),
        ),
    ]
}

fn stalls(pressure: &Read<Pressure>) -> Fields<'_> {
    let ratio = Value::Ratio;
    vec![
        ("some_10s", of(pressure, |of| Some(of.some?.avg10), ratio)),
        ("some_60s", of(pressure, |of| Some(of.some?.avg60), ratio)),
        ("full_10s", of(pressure, |of| Some(of.full?.avg10), ratio)),
        ("full_60s", of(pressure, |of| Some(of.full?.avg60), ratio)),
    ]
}

fn memory(vitals: &Vitals) -> Fields<'_> {
    let memory = &vitals.memory;
    let bytes = Value::Bytes;
    vec![
        ("total", of(memory, |memory| Some(memory.total), bytes)),
        ("used", of(memory, |memory| Some(memory.used), bytes)),
        (
            "available",
            of(memory, |memory| Some(memory.available), bytes),
        ),
        ("free", of(memory, |memory| Some(memory.free), bytes)),
        ("cache", of(memory, |memory| memory.cached, bytes)),
        (
            "oom_kills",
            convert::offered(vitals.oom_kills, Value::Count).into(),
        ),
    ]
}

fn swap(vitals: &Vitals) -> Fields<'_> {
    let swap = &vitals.swap;
    let bytes = Value::Bytes;
    vec![
        ("total", of(swap, |swap| Some(swap.total), bytes)),
        ("used", of(swap, |swap| Some(swap.used), bytes)),
    ]
}

/// Only limits that are tighter than the machine; the others do not apply.
fn container(vitals: &Vitals) -> Fields<'_> {
    let cpus = vitals.cpu_limit.map(|limit| Value::Number(limit.cpus()));
    let memory = vitals.memory_limit;
    let bytes = |part: fn(&oslens::memory::ContainerMemory) -> u64| {
        Cell::optional(memory.as_ref().map(|memory| Value::Bytes(part(memory)))).into()
    };
    vec![
        ("cpus", Cell::optional(cpus).into()),
        ("memory_total", bytes(|memory| memory.total)),
        ("memory_used", bytes(oslens::memory::ContainerMemory::used)),
        ("memory_available", bytes(|memory| memory.available)),
    ]
}

fn file_systems(vitals: &Vitals) -> Node<'_> {
    let file_systems = match &vitals.file_systems {
        Ok(file_systems) => file_systems,
        Err(why) => return Cell::Missing(*why).into(),
    };
    let object = |file_system: &'_ crate::file_systems::FileSystem| {
        let usage = |value: fn(&oslens::disk::Usage) -> Value<'static>| -> Node<'static> {
            match &file_system.usage {
                Ok(usage) => value(usage).into(),
                Err(why) => Cell::Missing(*why).into(),
            }
        };
        vec![
            ("size", usage(|usage| Value::Bytes(usage.total))),
            ("used", usage(|usage| Value::Bytes(usage.used))),
            ("available", usage(|usage| Value::Bytes(usage.available))),
            ("use", usage(|usage| Value::Ratio(usage.used_fraction()))),
        ]
    };
    Node::Array(
        file_systems
            .iter()
            .map(|file_system| {
                let partition = &file_system.partition;
                let mut fields = vec![
                    ("mount", Value::text(&partition.mountpoint).into()),
                    ("type", Value::text(&partition.fstype).into()),
                ];
                fields.extend(object(file_system));
                Node::Object(fields)
            })
            .collect(),
    )
}

fn interfaces(vitals: &Vitals) -> Node<'_> {
    let nics = match &vitals.nics {
        Ok(nics) => nics,
        Err(why) => return Cell::Missing(*why).into(),
    };
    Node::Array(
        nics.iter()
            .map(|nic| {
                Node::Object(vec![
                    ("nic", Value::text(&nic.name).into()),
                    ("state", nic.state().into()),
                    ("rx_rate", nic.received().into()),
                    ("tx_rate", nic.sent().into()),
                    ("errors", nic.errors().into()),
                    ("drops", nic.drops().into()),
                ])
            })
            .collect(),
    )
}

fn sockets(vitals: &Vitals) -> Fields<'_> {
    let sockets = &vitals.sockets;
    let count = Value::Count;
    vec![
        (
            "tcp_established",
            of(sockets, |all| all.tcp_established, count),
        ),
        ("tcp_listening", of(sockets, |all| all.tcp_listening, count)),
        ("tcp_time_wait", of(sockets, |all| all.tcp_time_wait, count)),
        ("udp4", of(sockets, |all| all.udp4, count)),
        ("udp6", of(sockets, |all| all.udp6, count)),
    ]
}

fn processes(vitals: &Vitals) -> Fields<'_> {
    let count = |number: usize| Value::Count(number as u64).into();
    vec![
        ("total", count(vitals.processes.total)),
        ("running", count(vitals.processes.running)),
        ("zombies", count(vitals.processes.zombies)),
        ("blocked", count(vitals.processes.blocked)),
    ]
}

fn finding(finding: &Finding) -> Node<'_> {
    Node::Object(vec![
        ("kind", Value::text(finding.kind).into()),
        (
            "subject",
            Cell::optional(finding.subject.as_ref().map(text)).into(),
        ),
        (
            "value",
            Cell::optional(finding.value.map(Value::Number)).into(),
        ),
        (
            "text",
            Value::Text(Cow::Borrowed(finding.text.as_ref())).into(),
        ),
    ])
}

fn tops(tops: &[Top]) -> Node<'_> {
    let rate = |rate| Node::from(convert::result(rate, |rate| Value::Rate(*rate)));
    Node::Array(
        tops.iter()
            .map(|top| {
                Node::Object(vec![
                    ("pid", Value::Id(top.pid.get().into()).into()),
                    ("name", text(&top.name).into()),
                    ("unit", Cell::optional(top.unit.as_ref().map(text)).into()),
                    (
                        "cpu",
                        convert::result(&top.cpu, |cpu| Value::Ratio(*cpu)).into(),
                    ),
                    (
                        "rss",
                        convert::result(&top.rss, |rss| Value::Bytes(*rss)).into(),
                    ),
                    ("read_rate", rate(&top.read)),
                    ("write_rate", rate(&top.written)),
                ])
            })
            .collect(),
    )
}
