//! The figures as text for a terminal and as Markdown.

use std::fmt::Write;
use std::fs;
use std::process::Command;

use crate::jobs::{JOBS, Job, Load, PEAK, PEAK_TARGET};
use crate::record::Record;
use crate::stats;

/// Contestants in the order of the columns; the commands share one.
const LIBRARIES: [&str; 3] = ["sysinfo", "procfs", "psutil"];

#[derive(Default)]
pub struct Figures(Vec<(Load, Record)>);

impl Figures {
    pub fn add(&mut self, load: Load, record: Record) {
        self.0.push((load, record));
    }

    fn of(&self, load: Load, job: &Job) -> impl Iterator<Item = &Record> {
        let name = job.name;
        self.0.iter().filter_map(move |(at, record)| {
            let its = match record {
                Record::Time { job, .. }
                | Record::Calls { job, .. }
                | Record::Allocations { job, .. }
                | Record::Peak { job, .. }
                | Record::Failed { job, .. } => job,
            };
            (*at == load && its == name).then_some(record)
        })
    }

    fn rounds(&self, load: Load, job: &Job, wanted: &str) -> Option<&[f64]> {
        self.of(load, job).find_map(|record| match record {
            Record::Time { who, rounds, .. } if who == wanted && !rounds.is_empty() => {
                Some(rounds.as_slice())
            }
            _ => None,
        })
    }

    fn rows(&self, load: Load, job: &Job, wanted: &str) -> Option<u64> {
        self.of(load, job).find_map(|record| match record {
            Record::Time { who, rows, .. } if who == wanted => *rows,
            _ => None,
        })
    }

    fn calls(&self, load: Load, job: &Job, wanted: &str) -> Option<u64> {
        self.of(load, job).find_map(|record| match record {
            Record::Calls { who, calls, .. } if who == wanted => Some(*calls),
            _ => None,
        })
    }

    fn allocations(&self, load: Load, job: &Job, wanted: &str) -> Option<u64> {
        self.of(load, job).find_map(|record| match record {
            Record::Allocations { who, count, .. } if who == wanted => Some(*count),
            _ => None,
        })
    }

    fn peak(&self, load: Load, job: &Job, wanted: &str) -> Option<u64> {
        self.of(load, job).find_map(|record| match record {
            Record::Peak { who, bytes, .. } if who == wanted => Some(*bytes),
            _ => None,
        })
    }

    /// A job's count per process: by the difference of two loads where both
    /// were measured, else of the whole.
    fn per_process(
        &self,
        job: &Job,
        who: &str,
        count: impl Fn(&Self, Load) -> Option<u64>,
    ) -> Option<f64> {
        let at = |load| {
            let rows = self
                .rows(load, job, "floor")
                .or(self.rows(load, job, who))?;
            Some((count(self, load)? as f64, rows as f64))
        };
        match (at(Load::Processes(1000)), at(Load::Processes(5000))) {
            (Some((less, few)), Some((more, many))) if many > few => {
                Some((more - less) / (many - few))
            }
            (Some((all, rows)), _) | (_, Some((all, rows))) if rows > 0.0 => Some(all / rows),
            _ => None,
        }
    }

    /// Lines in the table's order.
    fn lines(&self) -> Vec<(&'static Job, Load)> {
        JOBS.iter()
            .flat_map(|job| job.loads.iter().map(move |&load| (job, load)))
            .filter(|&(job, load)| self.of(load, job).next().is_some())
            .collect()
    }

    /// What went wrong, and answers that differ from the floor's.
    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        for (job, load) in self.lines() {
            let floor = self.rows(load, job, "floor");
            for record in self.of(load, job) {
                match record {
                    Record::Failed { who, reason, .. } => {
                        remarks.push(format!("{} ({}): {who}: {reason}", job.title, load.name()))
                    }
                    Record::Time {
                        who,
                        rows: Some(rows),
                        ..
                    } => {
                        // The contestants' own processes and descriptors come
                        // and go: a few more or less are no difference.
                        if let Some(floor) = floor
                            && rows.abs_diff(floor) > 4 + floor / 100
                        {
                            remarks.push(format!(
                                "{} ({}): {who} found {rows} where the floor found {floor}",
                                job.title,
                                load.name()
                            ));
                        }
                    }
                    _ => {}
                }
            }
        }
        remarks
    }
}

fn duration(ns: f64) -> String {
    let (value, unit) = match ns {
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 1e6 => (ns / 1e3, "µs"),
        ns if ns < 1e9 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    format!("{} {unit}", digits(value))
}

/// Three significant digits at least.
fn digits(value: f64) -> String {
    match value {
        v if v < 10.0 => format!("{v:.2}"),
        v if v < 100.0 => format!("{v:.1}"),
        v => format!("{v:.0}"),
    }
}

fn mib(bytes: u64) -> String {
    format!("{} MiB", digits(bytes as f64 / f64::from(1 << 20)))
}

fn load_words(load: Load) -> &'static str {
    match load {
        Load::Machine | Load::Sockets => "",
        Load::Processes(5000) => " (5,000 processes)",
        Load::Processes(_) => " (1,000 processes)",
    }
}

/// Rows of cells, the first row the heading.
struct Table(Vec<Vec<String>>);

impl Table {
    fn markdown(&self) -> String {
        let mut text = String::new();
        for (at, row) in self.0.iter().enumerate() {
            let _ = writeln!(text, "| {} |", row.join(" | "));
            if at == 0 {
                let rule: Vec<&str> = (0..row.len())
                    .map(|column| if column == 0 { "---" } else { "--:" })
                    .collect();
                let _ = writeln!(text, "| {} |", rule.join(" | "));
            }
        }
        text
    }

    fn text(&self) -> String {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                self.0
                    .iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| cell.chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for row in &self.0 {
            let mut line = String::new();
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                let _ = match column {
                    0 => write!(line, "{cell:<width$}"),
                    _ => write!(line, "  {cell:>width$}"),
                };
            }
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text
    }
}

fn times(figures: &Figures) -> Table {
    let mut heading = vec!["work", "floor", "oslens", "ratio", "at most"];
    heading.extend(LIBRARIES);
    heading.push("commands");
    let mut table = Table(vec![heading.into_iter().map(str::to_owned).collect()]);
    for (job, load) in figures.lines() {
        if job.name == PEAK {
            continue;
        }
        let floor = figures.rounds(load, job, "floor");
        let oslens = figures.rounds(load, job, "oslens");
        // Peers are compared with oslens; before it is there, with the floor.
        let base = oslens.or(floor);
        let own = |rounds: Option<&[f64]>| {
            rounds.map_or_else(String::new, |rounds| {
                let spread = stats::spread(rounds) * 100.0;
                format!("{} ±{spread:.0}%", duration(stats::median(rounds)))
            })
        };
        let peer = |rounds: &[f64]| {
            let mut cell = duration(stats::median(rounds));
            let ratios = base.map_or_else(Vec::new, |base| stats::ratios(rounds, base));
            if !ratios.is_empty() {
                let _ = write!(cell, " ({}×)", digits(stats::median(&ratios)));
            }
            cell
        };
        let ratio = match (oslens, floor) {
            (Some(oslens), Some(floor)) => {
                let ratios = stats::ratios(oslens, floor);
                let ratio = stats::median(&ratios);
                let spread = stats::spread(&ratios) * 100.0;
                let missed = if ratio > job.target { " !" } else { "" };
                format!("{ratio:.2} ±{spread:.0}%{missed}")
            }
            _ => String::new(),
        };
        let mut row = vec![
            format!("{}{}", job.title, load_words(load)),
            own(floor),
            own(oslens),
            ratio,
            format!("{:.2}", job.target),
        ];
        row.extend(LIBRARIES.map(|who| {
            figures
                .rounds(load, job, who)
                .map_or_else(String::new, peer)
        }));
        let commands: Vec<String> = job
            .commands
            .iter()
            .filter_map(|tool| {
                let cell = peer(figures.rounds(load, job, tool.name)?);
                let mark = if tool.leaves_out.is_empty() { "" } else { "*" };
                Some(format!("{}{mark} {cell}", tool.name))
            })
            .collect();
        row.push(commands.join(", "));
        table.0.push(row);
    }
    table
}

fn counts(figures: &Figures) -> Table {
    let mut heading = vec!["work", "calls: floor", "oslens"];
    heading.extend(LIBRARIES);
    heading.push("commands");
    heading.extend(["allocations: oslens", "sysinfo", "procfs"]);
    let mut table = Table(vec![heading.into_iter().map(str::to_owned).collect()]);
    let mut seen: Vec<&str> = Vec::new();
    for (job, load) in figures.lines() {
        if job.name == PEAK || seen.contains(&job.name) {
            continue;
        }
        seen.push(job.name);
        let value = |who: &str, count: &dyn Fn(&Figures, Load) -> Option<u64>| {
            let value = if job.per_process {
                figures.per_process(job, who, count)
            } else {
                count(figures, load).map(|count| count as f64)
            };
            value.map_or_else(String::new, |value| match job.per_process {
                true => format!("{value:.2}"),
                false => format!("{value:.0}"),
            })
        };
        let calls = |who: &str| value(who, &|f, load| f.calls(load, job, who));
        let allocations = |who: &str| value(who, &|f, load| f.allocations(load, job, who));
        let unit = if job.per_process {
            ", per process"
        } else {
            ", per call"
        };
        let mut row = vec![
            format!("{}{unit}", job.title),
            calls("floor"),
            calls("oslens"),
        ];
        row.extend(LIBRARIES.map(calls));
        let commands: Vec<String> = job
            .commands
            .iter()
            .map(|tool| (tool.name, calls(tool.name)))
            .filter(|(_, calls)| !calls.is_empty())
            .map(|(name, calls)| format!("{name} {calls}"))
            .collect();
        row.push(commands.join(", "));
        row.extend(["oslens", "sysinfo", "procfs"].map(allocations));
        table.0.push(row);
    }
    table
}

fn memory(figures: &Figures) -> Option<String> {
    let job = crate::jobs::find(PEAK)?;
    let load = *job.loads.first()?;
    let ours = figures.peak(load, job, "oslens");
    let ps = figures.peak(load, job, "ps").map(mib);
    if ours.is_none() && ps.is_none() {
        return None;
    }
    let missed = if ours.is_some_and(|bytes| bytes > PEAK_TARGET) {
        " (!)"
    } else {
        ""
    };
    Some(format!(
        "Greatest resident memory with 5,000 processes: `oslens ps` {}{missed} (at most {}), `ps -ef` {}.",
        ours.map_or_else(|| "not measured".to_owned(), mib),
        mib(PEAK_TARGET),
        ps.unwrap_or_else(|| "not measured".to_owned()),
    ))
}

/// Kernel, processor and day, in a line.
pub fn machine() -> String {
    let file = |path| fs::read_to_string(path).unwrap_or_default();
    let kernel = file("/proc/sys/kernel/osrelease");
    let info = file("/proc/cpuinfo");
    let value = |key: &str| {
        info.lines()
            .find(|line| line.starts_with(key))
            .and_then(|line| line.split(':').nth(1))
            .map(|value| value.trim().to_owned())
    };
    let model = value("model name")
        .or_else(|| value("Hardware"))
        .unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    let virtual_machine = if info.contains(" hypervisor") {
        ", virtual machine"
    } else {
        ""
    };
    let day = Command::new("date")
        .args(["-u", "+%Y-%m-%d"])
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default();
    format!(
        "{day}, Linux {}, {model}, {cpus} CPUs{virtual_machine}",
        kernel.trim(),
    )
}

fn notes(figures: &Figures) -> Vec<String> {
    let mut notes = vec![
        "Times are medians over interleaved rounds in one run; ± is half the distance between \
         the quartiles. Ratios are medians of the ratios within each round: `ratio` is oslens to \
         the floor (`!` where it misses its mark), the figure in brackets is the peer to oslens, \
         or to the floor where oslens was not measured."
            .to_owned(),
        "The floor is a C program that makes the unavoidable system calls and parses as plainly \
         as can be. The mark for the exact real uid is below 1 because its floor reads `status`, \
         and a newer kernel has a cheaper way."
            .to_owned(),
        "Libraries answer from a process that runs already; commands are whole, from start to \
         end, with their output thrown away."
            .to_owned(),
    ];
    for (job, load) in figures.lines() {
        for tool in job.commands {
            let note = format!("* {} leaves out {}.", tool.name, tool.leaves_out);
            if !tool.leaves_out.is_empty()
                && figures.rounds(load, job, tool.name).is_some()
                && !notes.contains(&note)
            {
                notes.push(note);
            }
        }
    }
    notes
}

pub fn text(figures: &Figures) -> String {
    let mut text = format!(
        "{}\n\n{}\n{}",
        machine(),
        times(figures).text(),
        counts(figures).text()
    );
    if let Some(memory) = memory(figures) {
        let _ = write!(text, "\n{memory}\n");
    }
    for remark in figures.remarks() {
        let _ = writeln!(text, "remark: {remark}");
    }
    text
}

pub fn markdown(figures: &Figures) -> String {
    let mut text = format!(
        "Measured on {}.\n\n{}",
        machine(),
        times(figures).markdown()
    );
    for note in notes(figures) {
        // A leading star would begin a list.
        let note = note
            .strip_prefix("* ")
            .map_or(note.clone(), |rest| format!("\\* {rest}"));
        let _ = write!(text, "\n{note}\n");
    }
    let _ = write!(
        text,
        "\nSystem calls and allocations, counted exactly; per process they are the difference \
         between the two loads, so that what a call costs once is left out. A command's \
         include its start.\n\n{}",
        counts(figures).markdown()
    );
    if let Some(memory) = memory(figures) {
        let _ = write!(text, "\n{memory}\n");
    }
    let remarks = figures.remarks();
    if !remarks.is_empty() {
        let _ = write!(text, "\nWhere the work differed:\n\n");
    }
    for remark in remarks {
        let _ = writeln!(text, "- {remark}");
    }
    text
}
