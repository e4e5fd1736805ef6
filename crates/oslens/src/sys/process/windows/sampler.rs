//! Reading all processes again and again.

use std::time::{Duration, Instant};

use super::{
    cells,
    details::Details,
    local,
    parameters::Patience,
    snapshot::{Snapshot, pid_of},
    table::needs_handle,
};
use crate::{
    Host, Result, Unavailable,
    parse::windows::process_table::Process,
    process::{Fields, Pid, ProcessRow, StartTime},
};

pub(crate) struct Sampler {
    host: Host,
    fields: Fields,
    snapshot: Snapshot,
    details: Details,
    /// PIDs and where their entries are in the kernel's order.
    order: Vec<(Pid, usize)>,
    current: Vec<ProcessRow>,
    previous: Vec<ProcessRow>,
    sampled_at: Option<Instant>,
    elapsed: Option<Duration>,
}

impl std::fmt::Debug for Sampler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sampler")
            .field("fields", &self.fields)
            .field("processes", &self.current.len())
            .finish_non_exhaustive()
    }
}

impl Sampler {
    pub(crate) fn new(host: &Host, fields: Fields) -> Self {
        Self {
            host: host.clone(),
            fields,
            snapshot: Snapshot::new(),
            details: Details::new(Patience::None),
            order: Vec::new(),
            current: Vec::new(),
            previous: Vec::new(),
            sampled_at: None,
            elapsed: None,
        }
    }

    /// The table takes no handle for each process: none is kept.
    pub(crate) fn set_budget(&mut self, _: usize) {}

    pub(crate) fn held(&self) -> usize {
        0
    }

    pub(crate) fn current(&self) -> &[ProcessRow] {
        &self.current
    }

    pub(crate) fn previous(&self) -> &[ProcessRow] {
        &self.previous
    }

    pub(crate) fn elapsed(&self) -> Option<Duration> {
        self.elapsed
    }

    pub(crate) fn sample(&mut self) -> Result<()> {
        let result = self.pass();
        if result.is_err() {
            // What was half done is of no use to the next sample.
            self.current.clear();
            self.previous.clear();
            self.sampled_at = None;
        }
        result
    }

    fn pass(&mut self) -> Result<()> {
        local(&self.host)?;
        let now = Instant::now();
        self.snapshot.refresh()?;
        self.details.begin();

        let mut older = std::mem::take(&mut self.previous).into_iter().peekable();
        let last = std::mem::take(&mut self.current);
        let mut known = last.iter().peekable();

        let processes = self.snapshot.processes().collect::<Result<Vec<_>>>()?;
        let mut rows = Vec::with_capacity(processes.len());
        self.order.clear();
        self.order.extend(
            processes
                .iter()
                .enumerate()
                .map(|(index, process)| (pid_of(process), index)),
        );
        self.order.sort_unstable();
        for &(pid, index) in &self.order {
            let Some(process) = processes.get(index) else {
                continue;
            };
            while known.next_if(|row| row.pid < pid).is_some() {}
            while older.next_if(|row| row.pid < pid).is_some() {}
            let known = known.next_if(|row| row.pid == pid);
            let older = older.next_if(|row| row.pid == pid);
            let mut row = recycled(pid, now, process, older);
            let before = known.filter(|before| before.start == row.start);
            fill(&mut row, process, self.fields, before, &mut self.details);
            rows.push(row);
        }
        self.previous = last;
        self.current = rows;
        self.elapsed = self.sampled_at.map(|before| now.duration_since(before));
        self.sampled_at = Some(now);
        Ok(())
    }
}

/// A row to be filled: the one that the same process had two samples ago,
/// with the texts that stay the same, or a new one.
fn recycled(
    pid: Pid,
    now: Instant,
    process: &Process<'_>,
    older: Option<ProcessRow>,
) -> ProcessRow {
    let start = StartTime::from_raw(process.create_time);
    match older {
        Some(mut row) if row.start == start => {
            row.sampled_at = now;
            row
        }
        _ => {
            let mut row = ProcessRow::empty(pid, now);
            row.start = start;
            row
        }
    }
}

fn fill(
    row: &mut ProcessRow,
    process: &Process<'_>,
    fields: Fields,
    before: Option<&ProcessRow>,
    details: &mut Details,
) {
    // What a process has from its start to its end: no process of Windows
    // becomes another program.
    let mut wanted = fields;
    if let Some(before) = before {
        macro_rules! keep {
            ($($flag:ident $field:ident),*) => {
                // What could not be read at first is tried again, unless it
                // is refused.
                $(if fields.contains(Fields::$flag)
                    && matches!(before.$field, Ok(_) | Err(Unavailable::Denied | Unavailable::Unsupported))
                {
                    if row.$field != before.$field {
                        row.$field = before.$field.clone();
                    }
                    wanted.remove(Fields::$flag);
                })*
            };
        }
        keep!(CMDLINE cmdline, EXE exe, ENVIRON environ);
    }
    if fields.contains(Fields::NICE) {
        row.nice = Err(Unavailable::NotRequested);
    }
    cells::put_entry(row, process, fields);
    cells::put_unix(row, fields);
    if needs_handle(row, wanted) {
        details.put(row, wanted, Some(process.name), None);
    }
}
