//! Reading all processes again and again.

use std::time::{Duration, Instant};

use super::{
    System,
    cells::{Cells, is_over},
    differs,
    table::{ask_all, pid_of, processes, start_of},
};
use crate::{
    Host, Result, Unavailable,
    parse::kinfo,
    process::{Fields, Pid, ProcessId, ProcessRow},
};

pub(crate) struct Sampler<S: System> {
    host: Host,
    fields: Fields,
    cells: Cells<S>,
    answer: Vec<u8>,
    /// PIDs and where their records are in the kernel's order.
    order: Vec<(Pid, usize)>,
    current: Sample,
    previous: Sample,
    /// Room for the rows of the next pass.
    room: Vec<ProcessRow>,
    sampled_at: Option<Instant>,
    elapsed: Option<Duration>,
}

/// What was read in one pass, ascending by PID.
#[derive(Default)]
struct Sample {
    rows: Vec<ProcessRow>,
    /// For each row, what it is recognized by.
    looks: Vec<Look>,
}

/// How a process looked.
#[derive(Clone, Copy)]
struct Look {
    /// The kernel's own name for it, padded with NULs, which changes when it
    /// starts another program.
    name: [u8; 24],
    /// It was seen in the sample before, as the same program: all of it had
    /// begun when it was read. Not while its start is hidden: it loads another
    /// one, which may have the same name, and what it refuses then, it will
    /// tell.
    is_settled: bool,
}

impl<S: System> std::fmt::Debug for Sampler<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sampler")
            .field("fields", &self.fields)
            .field("processes", &self.current.rows.len())
            .finish_non_exhaustive()
    }
}

impl<S: System> Sampler<S> {
    pub(crate) fn new(host: &Host, fields: Fields) -> Self {
        Self {
            host: host.clone(),
            fields,
            cells: Cells::new(),
            answer: Vec::new(),
            order: Vec::new(),
            current: Sample::default(),
            previous: Sample::default(),
            room: Vec::new(),
            sampled_at: None,
            elapsed: None,
        }
    }

    /// The table takes no descriptor for each process: none is kept.
    pub(crate) fn set_budget(&mut self, _: usize) {}

    pub(crate) fn held(&self) -> usize {
        0
    }

    pub(crate) fn current(&self) -> &[ProcessRow] {
        &self.current.rows
    }

    pub(crate) fn previous(&self) -> &[ProcessRow] {
        &self.previous.rows
    }

    pub(crate) fn elapsed(&self) -> Option<Duration> {
        self.elapsed
    }

    pub(crate) fn sample(&mut self) -> Result<()> {
        let result = self.pass();
        if result.is_err() {
            // What was half done is of no use to the next sample.
            self.current = Sample::default();
            self.previous = Sample::default();
            self.sampled_at = None;
        }
        result
    }

    fn pass(&mut self) -> Result<()> {
        let kernel = self.host.kernel()?;
        let (boot, now) = ask_all::<S>(kernel, &mut self.answer)?;
        self.cells.begin();

        let processes = processes::<S>(&self.answer, kernel)?;
        self.order.clear();
        self.order.extend(
            processes
                .iter()
                .enumerate()
                .filter_map(|(index, process)| Some((pid_of(process)?, index))),
        );
        // The later one of two records is that of the zombie.
        self.order
            .sort_unstable_by(|one, other| one.0.cmp(&other.0).then(other.1.cmp(&one.1)));
        self.order.dedup_by_key(|(pid, _)| *pid);

        // The rows of two samples ago are filled anew.
        let mut recycled = std::mem::take(&mut self.previous);
        let mut rows = std::mem::take(&mut self.room);
        let mut looks = std::mem::take(&mut recycled.looks);
        looks.clear();
        let mut older = recycled.rows.drain(..).peekable();
        let mut known = self.current.rows.iter().zip(&self.current.looks).peekable();
        for &(pid, index) in &self.order {
            let Some(process) = processes.get(index) else {
                continue;
            };
            while known.next_if(|(row, _)| row.pid < pid).is_some() {}
            while older.next_if(|row| row.pid < pid).is_some() {}
            let mut id = ProcessId::new(pid, start_of(process, boot));
            // Where a start that was hidden is told, the zombie that had the
            // PID is gone: none comes to life again.
            let before = known
                .next_if(|(row, _)| row.pid == pid)
                .filter(|(row, _)| !differs::<S>(id, row.id()))
                .filter(|(row, _)| row.start.is_known() || !id.start.is_known());
            if let Some((row, _)) = before {
                // The same start in all rows of it: a zombie has lost its
                // own on some of the systems.
                id.start = row.start;
            }
            let mut row = older
                .next_if(|row| row.pid == pid)
                .filter(|row| row.id() == id)
                .unwrap_or_else(|| ProcessRow::empty(pid, now));
            row.sampled_at = now;
            row.start = id.start;
            let look = Look::new(process, before.map(|(_, look)| look));
            let kept = match before {
                Some((before, was))
                    if was.name == look.name && (was.is_settled || is_over(process)) =>
                {
                    keep(&mut row, before, self.fields, is_over(process))
                }
                _ => Fields::empty(),
            };
            self.cells.put(kernel, process, &mut row, self.fields, kept);
            rows.push(row);
            looks.push(look);
        }
        drop(older);
        self.room = recycled.rows;
        self.previous = std::mem::replace(&mut self.current, Sample { rows, looks });
        self.elapsed = self.sampled_at.map(|before| now.duration_since(before));
        self.sampled_at = Some(now);
        Ok(())
    }
}

impl Look {
    fn new(process: &kinfo::Process<'_>, before: Option<&Look>) -> Self {
        let mut name = [0; 24];
        for (place, byte) in name.iter_mut().zip(process.name) {
            *place = *byte;
        }
        Self {
            name,
            is_settled: process.start.is_some() && before.is_some_and(|before| before.name == name),
        }
    }
}

/// Takes over what stays the same until a process starts another program;
/// which fields these are.
fn keep(row: &mut ProcessRow, before: &ProcessRow, fields: Fields, is_over: bool) -> Fields {
    let mut kept = Fields::empty();
    macro_rules! keep {
        ($($flag:ident $field:ident),* $(,)?) => {
            $(if fields.contains(Fields::$flag)
                && match before.$field {
                    Ok(_) => true,
                    // What could not be read at first is tried again, unless
                    // it is refused.
                    Err(Unavailable::Denied | Unavailable::Unsupported) => !is_over,
                    Err(_) => false,
                }
            {
                if row.$field != before.$field {
                    row.$field = before.$field.clone();
                }
                kept.insert(Fields::$flag);
            })*
        };
    }
    keep!(NAME name, CMDLINE cmdline, EXE exe, ENVIRON environ);
    kept
}
