//! `oslens mem --procs`: what each process uses, and all of them together.

use oslens::Unavailable;
use oslens::process::{Fields, MemoryFootprint};

use super::ps;
use crate::args::high::Settings;
use crate::cell::{Cell, Missing, Value};
use crate::exit::{Exit, Failure};
use crate::json::Node;
use crate::listing::{self, Listing};
use crate::processes::columns::FOOTPRINT;
use crate::processes::{Needs, ProcessLine, Query, Snapshot};

/// # Errors
///
/// When the process table cannot be read.
pub(super) fn run(settings: &Settings) -> Result<Exit, Failure> {
    let settings = ps::with_usual_order(&FOOTPRINT, settings, "uss")?;
    let mut is_unsupported = false;
    let exit = listing::show(&FOOTPRINT, &settings, |choice| {
        // The sums are of these, whichever columns are shown.
        let summed = Needs::of(Fields::MEMORY_FOOTPRINT | Fields::RSS);
        let needs = Needs::all(choice.needs()).and(summed);
        let snapshot = Snapshot::read(&settings.host, needs, settings.interval)?;
        let all = snapshot.matching(Query::new(&[]));
        let window = snapshot.window;
        let mut lines = snapshot.into_lines(&all);
        lines.retain(has_memory);
        ps::leave_out_the_gone(&mut lines, choice);

        let total = Sum::of(&lines);
        is_unsupported = total.processes == 0 && lines.iter().any(is_not_told);
        let mut listing = match window {
            Some(window) => Listing::new(lines).window(window),
            None => Listing::new(lines),
        };
        listing.sums = total.cells(listing.rows.len());
        listing.fields.push(("sum", total.node()));
        Ok(listing)
    })?;
    // A table of dashes would not say that there is nothing to wait for.
    if is_unsupported {
        settings.note("uss, pss and swap of processes are not supported here");
    }
    Ok(exit)
}

/// Whether the system does not tell it, of whatever process and to whomever.
fn is_not_told(line: &ProcessLine) -> bool {
    matches!(line.row.memory_footprint, Err(Unavailable::Unsupported))
}

/// Whether a process has memory to speak of: kernel threads use the kernel's,
/// and a zombie has given its own back.
fn has_memory(line: &ProcessLine) -> bool {
    match line.row.memory_footprint {
        Ok(footprint) => footprint.uss > 0 || line.row.rss.is_ok_and(|rss| rss > 0),
        Err(why) => Missing::from(why) != Missing::NotApplicable,
    }
}

/// Over the processes whose footprint could be read, also for what is known
/// of the others: sums over different processes would not go together.
#[derive(Debug)]
struct Sum {
    processes: usize,
    /// Why there is no sum, if there is none.
    why_none: Missing,
    uss: u64,
    pss: Option<u64>,
    swap: Option<u64>,
    rss: u64,
}

impl Sum {
    fn of(lines: &[ProcessLine]) -> Self {
        let mut sum = Self {
            processes: 0,
            why_none: Missing::NotApplicable,
            uss: 0,
            pss: Some(0),
            swap: Some(0),
            rss: 0,
        };
        for line in lines {
            match (&line.row.memory_footprint, line.row.rss) {
                (Ok(footprint), Ok(rss)) => sum.add(footprint, rss),
                (Err(why), _) => sum.why_none = (*why).into(),
                (_, Err(why)) => sum.why_none = why.into(),
            }
        }
        sum
    }

    fn add(&mut self, footprint: &MemoryFootprint, rss: u64) {
        let add = |sum: Option<u64>, one: Option<u64>| Some(sum?.saturating_add(one?));
        self.processes += 1;
        self.uss = self.uss.saturating_add(footprint.uss);
        self.pss = add(self.pss, footprint.pss);
        self.swap = add(self.swap, footprint.swap);
        self.rss = self.rss.saturating_add(rss);
    }

    fn parts(&self) -> [(&'static str, Cell<'static>); 4] {
        // A sum of nothing is not known to be nothing.
        let known = |part: Option<u64>| match part {
            Some(_) if self.processes == 0 => Cell::Missing(self.why_none),
            Some(bytes) => Value::Bytes(bytes).into(),
            None => Cell::Missing(Missing::Unsupported),
        };
        [
            ("uss", known(Some(self.uss))),
            ("pss", known(self.pss)),
            ("swap", known(self.swap)),
            ("rss", known(Some(self.rss))),
        ]
    }

    /// The line below the table.
    fn cells(&self, of: usize) -> Vec<(&'static str, Cell<'static>)> {
        let of = if self.processes == of {
            format!("sum of {of} processes")
        } else {
            format!("sum of {} of {of} processes", self.processes)
        };
        let label = Cell::from(Value::Text(std::ffi::OsString::from(of).into()));
        let mut cells = self.parts().to_vec();
        cells.push(("command", label));
        cells
    }

    /// `"sum"` in JSON: the parts, and of how many processes they are.
    fn node(&self) -> Node<'static> {
        let count = Value::Count(self.processes as u64).into();
        let parts = self.parts().into_iter();
        let parts = parts.map(|(key, cell)| (key, Node::Cell(cell)));
        Node::Object(std::iter::once(("processes", count)).chain(parts).collect())
    }
}
