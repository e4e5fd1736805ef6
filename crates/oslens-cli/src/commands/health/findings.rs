//! What deserves a look: facts that are true now, nothing that is guessed.

use std::ffi::OsString;

use crate::cell::Missing;
use crate::commands::df::NEARLY_FULL;
use crate::term::Tone;

use super::vitals::Vitals;

/// A fact worth a look.
#[derive(Debug)]
pub(super) struct Finding {
    /// Its name in JSON.
    pub(super) kind: &'static str,
    /// What it is about: a mount point, an interface.
    pub(super) subject: Option<OsString>,
    /// Its measure: a fraction or a number.
    pub(super) value: Option<f64>,
    /// The fact without its subject: `96% full`.
    pub(super) text: String,
    pub(super) tone: Tone,
}

/// From here on a share of stalled time is worth a word.
const PRESSURE: [(&str, f64); 3] = [("cpu", 0.25), ("memory", 0.05), ("io", 0.10)];
/// Used part of memory and swap that leaves little.
const LITTLE_LEFT: f64 = 0.90;

pub(super) fn all(vitals: &Vitals) -> Vec<Finding> {
    let mut found = Vec::new();
    disks(vitals, &mut found);
    memory(vitals, &mut found);
    load(vitals, &mut found);
    processes(vitals, &mut found);
    interfaces(vitals, &mut found);
    found
}

fn percent(ratio: f64) -> String {
    format!("{:.0}%", ratio * 100.0)
}

fn finding(kind: &'static str, value: f64, text: String) -> Finding {
    Finding {
        kind,
        subject: None,
        value: Some(value),
        text,
        tone: Tone::Warning,
    }
}

fn disks(vitals: &Vitals, found: &mut Vec<Finding>) {
    for file_system in vitals.file_systems.iter().flatten() {
        let subject = || Some(file_system.partition.mountpoint.clone().into_os_string());
        let usage = match &file_system.usage {
            Ok(usage) => usage,
            Err(Missing::TimedOut) => {
                found.push(Finding {
                    kind: "disk_silent",
                    subject: subject(),
                    value: None,
                    text: "does not answer".to_owned(),
                    tone: Tone::Critical,
                });
                continue;
            }
            Err(_) => continue,
        };
        // Images and discs are full by nature.
        if usage.read_only {
            continue;
        }
        let used = usage.used_fraction();
        if used >= NEARLY_FULL {
            found.push(Finding {
                subject: subject(),
                tone: if used >= 0.97 {
                    Tone::Critical
                } else {
                    Tone::Warning
                },
                ..finding("disk_full", used, format!("{} full", percent(used)))
            });
        }
        if let Some(inodes) = usage.inodes {
            let used = inodes.used as f64 / inodes.total.max(1) as f64;
            if used >= NEARLY_FULL {
                let text = format!("{} of its inodes used", percent(used));
                found.push(Finding {
                    subject: subject(),
                    ..finding("inodes_full", used, text)
                });
            }
        }
    }
}

fn memory(vitals: &Vitals, found: &mut Vec<Finding>) {
    if let Ok(memory) = &vitals.memory {
        let used = memory.used_fraction();
        if used >= LITTLE_LEFT {
            let text = format!("memory {} used", percent(used));
            found.push(finding("memory_full", used, text));
        }
    }
    if let Some(limit) = &vitals.memory_limit {
        let used = limit.used_fraction();
        if used >= LITTLE_LEFT {
            let text = format!("container memory {} used", percent(used));
            found.push(finding("container_memory_full", used, text));
        }
    }
    if let Ok(swap) = &vitals.swap {
        let used = swap.used_fraction();
        if swap.total > 0 && used >= LITTLE_LEFT {
            let text = format!("swap {} used", percent(used));
            found.push(finding("swap_full", used, text));
        }
    }
    // When they were killed is not told.
    if let Some(killed) = vitals.oom_kills.filter(|&killed| killed > 0) {
        let processes = if killed == 1 { "process" } else { "processes" };
        let text = format!("{killed} {processes} killed for lack of memory since boot");
        found.push(finding("oom_kills", killed as f64, text));
    }
}

fn load(vitals: &Vitals, found: &mut Vec<Finding>) {
    for (name, pressure) in &vitals.pressure {
        let some = pressure.as_ref().ok().and_then(|pressure| pressure.some);
        let least = PRESSURE.iter().find(|(of, _)| of == name);
        if let (Some(some), Some((_, least))) = (some, least) {
            if some.avg10 >= *least {
                let text = format!("tasks wait for {name} {} of the time", percent(some.avg10));
                found.push(Finding {
                    subject: Some((*name).into()),
                    // The text says it already.
                    ..finding("pressure", some.avg10, text)
                });
            }
        }
    }
    if let (Ok(load), Ok(cpus)) = (&vitals.load, &vitals.cpus) {
        if load.one > 2.0 * f64::from((*cpus).max(1)) {
            let text = format!("load {:.1} on {cpus} CPUs", load.one);
            found.push(finding("load", load.one, text));
        }
    }
}

fn processes(vitals: &Vitals, found: &mut Vec<Finding>) {
    let mut add = |kind, number: usize, one: &str, many: &str| {
        if number > 0 {
            let text = format!("{number} {}", if number == 1 { one } else { many });
            found.push(finding(kind, number as f64, text));
        }
    };
    let processes = &vitals.processes;
    add("zombies", processes.zombies, "zombie", "zombies");
    add(
        "blocked",
        processes.blocked,
        "process waits for a device",
        "processes wait for a device",
    );
}

fn interfaces(vitals: &Vitals, found: &mut Vec<Finding>) {
    for nic in vitals.nics.iter().flatten() {
        let Ok(traffic) = &nic.traffic else { continue };
        let io = &traffic.counters;
        let failed = [
            io.errin,
            io.errout,
            io.dropin,
            io.dropout.unwrap_or_default(),
        ];
        let failed = failed.into_iter().fold(0, u64::saturating_add);
        if failed > 0 {
            let text = format!("lost {failed} packets just now");
            found.push(Finding {
                subject: Some(nic.name.clone()),
                ..finding("packets_lost", failed as f64, text)
            });
        }
    }
}
