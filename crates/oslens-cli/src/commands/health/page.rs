//! The health page for people: fits 80 columns and 24 lines.

use std::io::Write as _;

use oslens::cpu::Fractions;

use crate::args::high::Settings;
use crate::cell::{Cell, Missing, Value};
use crate::exit::Failure;
use crate::file_systems::FileSystem;
use crate::output::Output;
use crate::table::Look;
use crate::term::Tone;
use crate::text;
use crate::units;

use super::findings::Finding;
use super::vitals::{Top, Vitals};

/// Cells of the labels at the left.
const LABEL: usize = 6;
/// Cells of a bar.
const BAR: usize = 14;
/// Bars are for those who have room for them.
const ROOM_FOR_BARS: usize = 60;
/// PIDs and measures stand in columns for those who have room for them.
const ROOM_FOR_COLUMNS: usize = 36;
/// Cells of a process's name.
const NAME: usize = 15;
/// Disks and interfaces on a terminal; the others have commands of their own.
const MOST: usize = 3;

/// The part of the time in which the CPUs did something. Waiting for a disk
/// is none of it.
pub(super) fn busy(cpu: &Fractions) -> f64 {
    (1.0 - cpu.idle - cpu.iowait.unwrap_or_default()).clamp(0.0, 1.0)
}

/// A piece of a line that is not broken.
type Piece = (Tone, String);

fn plain(text: impl Into<String>) -> Piece {
    (Tone::Plain, text.into())
}

/// One process of a block.
struct Entry {
    label: String,
    /// PID, measure and name.
    use_of: String,
    unit: String,
}

/// Writes lines that fit.
struct Page<'p> {
    out: &'p mut Output,
    look: &'p Look,
    room: usize,
}

pub(super) fn write(
    out: &mut Output,
    vitals: &Vitals,
    findings: &[Finding],
    settings: &Settings,
) -> Result<(), Failure> {
    let look = &settings.look;
    let room = look.terminal.width.unwrap_or(usize::MAX);
    let mut page = Page { out, look, room };
    page.host(vitals)?;
    page.cpu(vitals)?;
    page.memory(vitals)?;
    page.limits(vitals)?;
    page.disks(vitals)?;
    page.network(vitals)?;
    page.end_of_line()?;
    page.findings(findings)?;
    page.top(vitals)?;
    let window = units::duration_in_words(vitals.window);
    let total = vitals.processes.total;
    let footer = [
        plain(format!("{total} processes")),
        plain(format!("{} running", vitals.processes.running)),
        plain(format!("rates over {window}")),
        plain("of a process, 100% is one CPU"),
    ];
    page.flow("", &footer.map(|(_, text)| (Tone::Faint, text)))
}

impl Page<'_> {
    fn end_of_line(&mut self) -> Result<(), Failure> {
        self.out.write_all(b"\n")?;
        Ok(())
    }

    /// The pieces after a label, two blanks between them, continued below
    /// the first when they do not fit in a line.
    fn flow(&mut self, label: &str, pieces: &[Piece]) -> Result<(), Failure> {
        let terminal = &self.look.terminal;
        let indent = if label.is_empty() { 0 } else { LABEL };
        let painted = terminal.paint(Tone::Heading, label.trim_end());
        let blanks = indent.saturating_sub(text::width(label.trim_end()));
        write!(self.out, "{painted}{:blanks$}", "")?;
        let mut used = indent.max(text::width(label));
        let mut is_first = true;
        let line = self.room.saturating_sub(indent);
        let parts = pieces.iter().flat_map(|(tone, piece)| {
            // What is wider than a line is continued at its blanks.
            let is_whole = text::width(piece) <= line;
            let separator = if is_whole { '\0' } else { ' ' };
            let words = piece.split(separator).enumerate();
            words.map(move |(at, part)| (tone, part, if at == 0 { 2 } else { 1 }))
        });
        for (tone, piece, gap) in parts.filter(|(_, piece, _)| !piece.is_empty()) {
            let width = text::width(piece);
            if !is_first && used + gap + width > self.room {
                write!(self.out, "\n{:indent$}", "")?;
                used = indent;
                is_first = true;
            }
            if !is_first {
                write!(self.out, "{:gap$}", "")?;
                used += gap;
            }
            let piece = text::cut_end(piece, self.room.saturating_sub(used), terminal.charset);
            write!(self.out, "{}", terminal.paint(*tone, &piece))?;
            used += text::width(&piece);
            is_first = false;
        }
        self.end_of_line()
    }

    fn bytes(&self, count: u64) -> String {
        units::bytes(count, self.look.sizes)
    }

    fn rate(&self, rate: f64) -> String {
        format!("{}/s", units::rate(rate, self.look.sizes))
    }

    fn bar(&self, ratio: f64) -> Piece {
        let terminal = &self.look.terminal;
        if terminal.interactive && self.room >= ROOM_FOR_BARS {
            (tone(ratio), terminal.charset.bar(ratio, BAR))
        } else {
            plain("")
        }
    }

    fn percent(&self, ratio: f64) -> Piece {
        (tone(ratio), percent(ratio))
    }

    fn value(&self, value: Option<&std::ffi::OsString>) -> Piece {
        plain(value.map_or_else(String::new, |value| {
            text::neutralise(value, self.look.terminal.charset)
        }))
    }

    fn host(&mut self, vitals: &Vitals) -> Result<(), Failure> {
        let info = vitals.info.as_ref().ok();
        let (_, mut os) = self.value(info.and_then(|info| info.os_name.as_ref()));
        let (_, version) = self.value(info.and_then(|info| info.os_version.as_ref()));
        if !os.contains(&version) {
            os = format!("{os} {version}");
        }
        let (_, name) = self.value(info.and_then(|info| info.hostname.as_ref()));
        let users = match vitals.users {
            Ok(1) => "1 user".to_owned(),
            Ok(users) => format!("{users} users"),
            Err(_) => String::new(),
        };
        let up = vitals.uptime.map_or_else(
            |_| String::new(),
            |up| format!("up {}", units::duration_in_words(up)),
        );
        let pieces = [
            (Tone::Heading, name),
            plain(os),
            self.value(info.and_then(|info| info.kernel_release.as_ref())),
            self.value(info.and_then(|info| info.architecture.as_ref())),
            plain(up),
            plain(users),
            (Tone::Faint, self.look.clock.heading()),
        ];
        self.flow("", &pieces)
    }

    fn cpu(&mut self, vitals: &Vitals) -> Result<(), Failure> {
        let mut pieces = vec![plain(match vitals.cpus {
            Ok(1) => "1 CPU".to_owned(),
            Ok(cpus) => format!("{cpus} CPUs"),
            Err(why) => unknown("CPUs", why),
        })];
        match &vitals.cpu {
            Ok(cpu) => {
                pieces.push(self.bar(busy(cpu)));
                pieces.push(self.percent(busy(cpu)));
            }
            Err(why) => pieces.push(plain(unknown("busy", *why))),
        }
        match &vitals.load {
            Ok(load) => pieces.push(plain(format!(
                "load {:.2} {:.2} {:.2}",
                load.one, load.five, load.fifteen
            ))),
            Err(why) => pieces.push(plain(unknown("load", *why))),
        }
        if let Ok(cpu) = &vitals.cpu {
            if let Some(iowait) = cpu.iowait {
                pieces.push(plain(format!("io-wait {}", percent(iowait))));
            }
            // Worth its room only where a hypervisor takes some.
            if let Some(steal) = cpu.steal.filter(|steal| *steal >= 0.005) {
                pieces.push((Tone::Warning, format!("steal {}", percent(steal))));
            }
        }
        let stalls: Vec<String> = vitals
            .pressure
            .iter()
            .filter_map(|(name, pressure)| {
                let some = pressure.as_ref().ok()?.some?;
                // "memory" is long, and there is only one m.
                let name = if *name == "memory" { "mem" } else { name };
                Some(format!("{name} {}", percent(some.avg10)))
            })
            .collect();
        if !stalls.is_empty() {
            pieces.push(plain(format!("psi {}", stalls.join(" "))));
        }
        self.flow("CPU", &pieces)
    }

    fn memory(&mut self, vitals: &Vitals) -> Result<(), Failure> {
        let mut pieces = match &vitals.memory {
            Ok(memory) => vec![
                plain(self.bytes(memory.total)),
                self.bar(memory.used_fraction()),
                self.percent(memory.used_fraction()),
                plain(format!("{} available", self.bytes(memory.available))),
            ],
            Err(why) => vec![plain(unknown("memory", *why))],
        };
        pieces.push(match &vitals.swap {
            Ok(swap) if swap.total == 0 => plain("no swap"),
            Ok(swap) => (
                tone(swap.used_fraction()),
                format!(
                    "swap {} of {}",
                    self.bytes(swap.used),
                    self.bytes(swap.total)
                ),
            ),
            Err(why) => plain(unknown("swap", *why)),
        });
        self.flow("MEM", &pieces)
    }

    /// What a container grants, where that is less than the machine has.
    fn limits(&mut self, vitals: &Vitals) -> Result<(), Failure> {
        let mut pieces = Vec::new();
        if let Some(limit) = vitals.cpu_limit {
            let cpus = (limit.cpus() * 100.0).round() / 100.0;
            pieces.push(plain(format!("{cpus} of {} CPUs", limit.online)));
        }
        if let Some(limit) = vitals.memory_limit {
            pieces.push(plain(format!("{} memory", self.bytes(limit.total))));
            pieces.push(self.percent(limit.used_fraction()));
            pieces.push(plain(format!("{} available", self.bytes(limit.available))));
        }
        if pieces.is_empty() {
            return Ok(());
        }
        pieces.insert(0, plain("this container:"));
        self.flow("LIMIT", &pieces)
    }

    fn disks(&mut self, vitals: &Vitals) -> Result<(), Failure> {
        let all = match &vitals.file_systems {
            Ok(all) => all,
            Err(why) => return self.flow("DISK", &[plain(unknown("mounts", *why))]),
        };
        let stored: Vec<&FileSystem> = all.iter().filter(|one| one.is_stored()).collect();
        let (shown, hidden) = self.first(&stored, fullness);
        let charset = self.look.terminal.charset;
        let names: Vec<String> = shown
            .iter()
            .map(|one| text::neutralise(one.partition.mountpoint.as_os_str(), charset))
            .collect();
        let types: Vec<String> = shown
            .iter()
            .map(|one| text::neutralise(&one.partition.fstype, charset))
            .collect();
        let most = self.room.saturating_sub(LABEL).clamp(1, 24);
        let names = self.aligned(&names, most);
        let types = self.aligned(&types, 8);
        let mut label = "DISK";
        for ((one, name), fstype) in shown.iter().zip(names).zip(types) {
            let mut pieces = vec![plain(name), (Tone::Faint, fstype)];
            match &one.usage {
                Ok(usage) => {
                    let used = usage.used_fraction();
                    pieces.push(self.bar(used));
                    let (tone, text) = self.percent(used);
                    pieces.push((tone, format!("{text:>4}")));
                    pieces.push(plain(format!(
                        "{} free of {}",
                        self.bytes(usage.available),
                        self.bytes(usage.total)
                    )));
                }
                Err(Missing::TimedOut) => pieces.push((
                    Tone::Critical,
                    format!("no answer in {}", units::duration_in_words(vitals.timeout)),
                )),
                Err(why) => pieces.push(plain(unknown("usage", *why))),
            }
            self.flow_below(label, &pieces)?;
            label = "";
        }
        self.rest(label, "DISK", hidden, "oslens df")
    }

    fn network(&mut self, vitals: &Vitals) -> Result<(), Failure> {
        let mut label = "NET";
        let mut hidden = 0;
        match &vitals.nics {
            Ok(nics) => {
                let is_idle =
                    |cell: Cell<'_>| !matches!(cell, Cell::Known(Value::Rate(rate)) if rate > 0.0);
                let wanted: Vec<_> = nics
                    .iter()
                    .filter(|nic| {
                        let is_down = matches!(nic.state(), Cell::Known(Value::Text(state)) if &*state == "down");
                        !nic.is_loopback() && !is_down || !is_idle(nic.received())
                    })
                    .collect();
                let busiest = |nic: &&crate::commands::net::Nic| {
                    nic.traffic.as_ref().map_or(0.0, |traffic| {
                        traffic.bytes_recv_per_second() + traffic.bytes_sent_per_second()
                    })
                };
                let (shown, more) = self.first(&wanted, |nic| busiest(&nic));
                hidden = more;
                let charset = self.look.terminal.charset;
                let names: Vec<String> = shown
                    .iter()
                    .map(|nic| text::neutralise(&nic.name, charset))
                    .collect();
                let names = self.aligned(&names, 15);
                for (nic, name) in shown.iter().zip(names) {
                    let rate = |cell: Cell<'_>, what: &str| match cell {
                        Cell::Known(Value::Rate(rate)) => format!("{what} {}", self.rate(rate)),
                        Cell::Missing(why) => unknown(what, why),
                        Cell::Known(_) => String::new(),
                    };
                    let pieces = [
                        plain(name),
                        plain(self.look.cell(&nic.state())),
                        plain(rate(nic.received(), "rx")),
                        plain(rate(nic.sent(), "tx")),
                        plain(format!("{} err", self.look.cell(&nic.errors()))),
                        plain(format!("{} drop", self.look.cell(&nic.drops()))),
                    ];
                    self.flow_below(label, &pieces)?;
                    label = "";
                }
            }
            Err(why) => {
                self.flow_below(label, &[plain(unknown("interfaces", *why))])?;
                label = "";
            }
        }
        if let Ok(sockets) = &vitals.sockets {
            let count = |count: Option<u64>, what: &str| {
                plain(count.map_or_else(String::new, |count| format!("{count} {what}")))
            };
            let pieces = [
                count(sockets.tcp_established, "connections"),
                count(sockets.tcp_listening, "listening"),
            ];
            self.flow_below(label, &pieces)?;
            label = "";
        }
        self.rest(label, "NET", hidden, "oslens net")
    }

    fn findings(&mut self, findings: &[Finding]) -> Result<(), Failure> {
        let charset = self.look.terminal.charset;
        let mut pieces = vec![(Tone::Heading, "LOOK AT".to_owned())];
        if findings.is_empty() {
            pieces.push(plain("nothing stands out"));
        }
        for (at, finding) in findings.iter().enumerate() {
            let comma = if at + 1 < findings.len() { "," } else { "" };
            let subject = match (&finding.subject, finding.kind) {
                // Its text names it.
                (None, _) | (_, "pressure") => String::new(),
                (Some(subject), _) => format!("{} ", text::neutralise(subject, charset)),
            };
            pieces.push((finding.tone, format!("{subject}{}{comma}", finding.text)));
        }
        self.flow("", &pieces)
    }

    fn top(&mut self, vitals: &Vitals) -> Result<(), Failure> {
        let processes = &vitals.processes;
        let cpu = self.block("CPU", &processes.by_cpu, |top| {
            top.cpu.map_or_else(|why| why.symbol().to_owned(), percent)
        });
        let memory = self.block("MEM", &processes.by_memory, |top| {
            top.rss
                .map_or_else(|why| why.symbol().to_owned(), |rss| self.bytes(rss))
        });
        let io = self.block("IO", &processes.by_io, |top| self.rate(top.io()));
        // Side by side only where both have room.
        let half = self.room / 2 - usize::from(self.room > 2);
        if self.room != usize::MAX && half >= 38 {
            self.pair(&cpu, &memory, half)?;
        } else {
            self.pair(&cpu, &[], self.room)?;
            self.pair(&memory, &[], self.room)?;
        }
        self.pair(&io, &[], self.room)
    }

    /// The lines of one kind of use: `2214  112%  postgres  postgresql@15`.
    fn block(&self, label: &str, tops: &[Top], value: impl Fn(&Top) -> String) -> Vec<Entry> {
        let charset = self.look.terminal.charset;
        let entry = |(at, top): (usize, &Top)| {
            let name = text::neutralise(&top.name, charset);
            // Pipes get everything.
            let most = self.look.terminal.width.map_or(usize::MAX, |_| NAME);
            let name = text::cut_end(&name, most, charset);
            let (pid, value) = (top.pid, value(top));
            Entry {
                label: if at == 0 { label } else { "" }.to_owned(),
                use_of: if self.room < ROOM_FOR_COLUMNS {
                    format!("{pid} {value} {name}")
                } else {
                    format!("{pid:>7} {value:>9}  {name}")
                },
                unit: top
                    .unit
                    .as_ref()
                    .map_or_else(String::new, |unit| text::neutralise(unit, charset)),
            }
        };
        tops.iter().enumerate().map(entry).collect()
    }

    /// One or two blocks, side by side.
    fn pair(&mut self, left: &[Entry], right: &[Entry], room: usize) -> Result<(), Failure> {
        for at in 0..left.len().max(right.len()) {
            let (left, width) = self.entry(left.get(at), room);
            let (right, _) = self.entry(right.get(at), room);
            if right.is_empty() {
                writeln!(self.out, "{left}")?;
            } else {
                let gap = room.saturating_sub(width) + 2;
                writeln!(self.out, "{left}{:gap$}{right}", "")?;
            }
        }
        Ok(())
    }

    /// An entry as it is written in so much room, and its width.
    fn entry(&self, entry: Option<&Entry>, room: usize) -> (String, usize) {
        let terminal = &self.look.terminal;
        let Some(entry) = entry else {
            return (String::new(), 0);
        };
        let room = room.saturating_sub(LABEL);
        let mut rest = entry.use_of.clone();
        // A unit that is cut to a few characters tells nothing.
        let before_unit = 7 + 1 + 9 + 2 + NAME + 2;
        if !entry.unit.is_empty() && room >= before_unit + 8 {
            let blanks = before_unit.saturating_sub(text::width(&rest)).max(2);
            rest = format!("{rest}{:blanks$}{}", "", entry.unit);
        }
        let rest = text::cut_end(&rest, room, terminal.charset);
        let blanks = LABEL.saturating_sub(text::width(&entry.label));
        let label = terminal.paint(Tone::Heading, &entry.label);
        let width = LABEL + text::width(&rest);
        (format!("{label}{:blanks$}{rest}", ""), width)
    }

    /// As many as fit on the page, those with the highest rank; and how many
    /// are left. A pipe gets all.
    fn first<'t, T>(&self, all: &[&'t T], rank: impl Fn(&'t T) -> f64) -> (Vec<&'t T>, usize) {
        if !self.look.terminal.interactive || all.len() <= MOST {
            return (all.to_vec(), 0);
        }
        let mut order: Vec<usize> = (0..all.len()).collect();
        let of = |at: &usize| all.get(*at).map_or(0.0, |one| rank(one));
        order.sort_by(|a, b| of(b).total_cmp(&of(a)));
        order.truncate(MOST);
        // In the order in which they were listed.
        order.sort_unstable();
        let shown = order.iter().filter_map(|at| all.get(*at).copied());
        (shown.collect(), all.len() - MOST)
    }

    /// Texts of one width, so that what follows stands in a column.
    fn aligned(&self, texts: &[String], most: usize) -> Vec<String> {
        let terminal = &self.look.terminal;
        if terminal.width.is_none_or(|width| width < ROOM_FOR_BARS) {
            return texts.to_vec();
        }
        let cut = |text: &String| text::cut_end(text, most, terminal.charset);
        let texts: Vec<String> = texts.iter().map(cut).collect();
        let width = texts.iter().map(|text| text::width(text)).max();
        texts
            .into_iter()
            .map(|text| {
                let blanks = width.unwrap_or(0) - text::width(&text);
                format!("{text}{:blanks$}", "")
            })
            .collect()
    }

    /// A line below a label that stands only before the first.
    fn flow_below(&mut self, label: &str, pieces: &[Piece]) -> Result<(), Failure> {
        let label = if label.is_empty() { " " } else { label };
        self.flow(label, pieces)
    }

    /// What there was no room for, and where it is.
    fn rest(
        &mut self,
        label: &str,
        name: &str,
        hidden: usize,
        command: &str,
    ) -> Result<(), Failure> {
        if hidden > 0 {
            let text = format!("and {hidden} more: {command}");
            self.flow_below(label, &[(Tone::Faint, text)])
        } else if label == name {
            self.flow_below(label, &[plain("none")])
        } else {
            Ok(())
        }
    }
}

/// The fullest first, and before them those that do not answer.
fn fullness(file_system: &FileSystem) -> f64 {
    match &file_system.usage {
        Ok(usage) => usage.used_fraction(),
        Err(_) => 2.0,
    }
}

fn percent(ratio: f64) -> String {
    // Adding zero turns -0 into 0.
    format!("{:.0}%", ratio * 100.0 + 0.0)
}

fn unknown(what: &str, why: Missing) -> String {
    format!("{what} {}", why.symbol())
}

fn tone(ratio: f64) -> Tone {
    if ratio >= 0.97 {
        Tone::Critical
    } else if ratio >= 0.90 {
        Tone::Warning
    } else {
        Tone::Plain
    }
}
