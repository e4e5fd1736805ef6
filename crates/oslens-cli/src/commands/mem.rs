//! `oslens mem`: how the memory is used.

use std::ffi::OsStr;

use oslens::memory::{ContainerMemory, HugePages, SwapMemory, VirtualMemory, ZfsArc};
use oslens::process::Pid;

use super::footprint;
use crate::args::high::Settings;
use crate::args::low::MemArgs;
use crate::cell::{Cell, Missing, Value};
use crate::column::{Column, Shown, Table, Unit};
use crate::exit::{Exit, Failure};
use crate::listing::{self, Listing};
use crate::term::Tone;

/// One kind of memory. A part that this kind does not have is missing.
#[derive(Debug)]
struct Row {
    name: &'static str,
    total: Cell<'static>,
    used: Cell<'static>,
    available: Cell<'static>,
    free: Cell<'static>,
    cache: Cell<'static>,
    buffers: Cell<'static>,
    shared: Cell<'static>,
    dirty: Cell<'static>,
    fraction: Cell<'static>,
}

const NONE: Cell<'static> = Cell::Missing(Missing::NotApplicable);

impl Row {
    const fn new(name: &'static str) -> Self {
        Self {
            name,
            total: NONE,
            used: NONE,
            available: NONE,
            free: NONE,
            cache: NONE,
            buffers: NONE,
            shared: NONE,
            dirty: NONE,
            fraction: NONE,
        }
    }

    fn memory(memory: &VirtualMemory) -> Self {
        Self {
            total: bytes(memory.total),
            used: bytes(memory.used),
            available: bytes(memory.available),
            free: bytes(memory.free),
            cache: offered(memory.cached),
            buffers: offered(memory.buffers),
            shared: offered(memory.shared),
            dirty: offered(memory.dirty),
            fraction: fraction(memory.used, memory.total),
            ..Self::new("memory")
        }
    }

    fn swap(swap: &SwapMemory) -> Self {
        Self {
            total: bytes(swap.total),
            used: bytes(swap.used),
            available: bytes(swap.free),
            free: bytes(swap.free),
            fraction: fraction(swap.used, swap.total),
            ..Self::new("swap")
        }
    }

    /// What the container may use, where that is less than the machine has.
    fn container(memory: &ContainerMemory) -> Self {
        Self {
            total: bytes(memory.total),
            used: bytes(memory.used()),
            available: bytes(memory.available),
            fraction: fraction(memory.used(), memory.total),
            ..Self::new("container")
        }
    }

    /// Counted as used by the kernel, though ZFS would give most of it up.
    fn zfs_arc(arc: &ZfsArc) -> Self {
        Self {
            total: Cell::optional(arc.max.map(Value::Bytes)),
            used: bytes(arc.size),
            available: Cell::optional(arc.reclaimable().map(Value::Bytes)),
            cache: bytes(arc.size),
            fraction: arc.max.map_or(NONE, |max| fraction(arc.size, max)),
            ..Self::new("zfs-arc")
        }
    }

    fn huge_pages(pages: &HugePages) -> Self {
        let size = |pages: u64, of: u64| pages.saturating_mul(of);
        let used = pages.total.saturating_sub(pages.free);
        let available = pages.free.saturating_sub(pages.reserved);
        Self {
            total: bytes(size(pages.total, pages.size)),
            used: bytes(size(used, pages.size)),
            available: bytes(size(available, pages.size)),
            free: bytes(size(pages.free, pages.size)),
            fraction: fraction(used, pages.total),
            ..Self::new("hugepages")
        }
    }
}

const fn bytes(count: u64) -> Cell<'static> {
    Cell::Known(Value::Bytes(count))
}

fn offered(count: Option<u64>) -> Cell<'static> {
    crate::convert::offered(count, Value::Bytes)
}

/// Of nothing, no part is used.
fn fraction(used: u64, total: u64) -> Cell<'static> {
    match total {
        0 => NONE,
        total => Cell::Known(Value::Ratio(used as f64 / total as f64)),
    }
}

fn tone(cell: &Cell<'_>) -> Tone {
    match cell {
        Cell::Known(Value::Ratio(ratio)) if *ratio >= 0.95 => Tone::Critical,
        Cell::Known(Value::Ratio(ratio)) if *ratio >= 0.85 => Tone::Warning,
        _ => Tone::Plain,
    }
}

static TABLE: Table<Row> = Table {
    name: "mem",
    version: 1,
    noun: "kinds of memory",
    columns: &[
        Column::new(
            "kind",
            "KIND",
            Unit::Text,
            "which memory",
            (),
            |row: &Row| Cell::text(OsStr::new(row.name)),
        )
        .keep(200)
        .width(9),
        Column::new(
            "total",
            "TOTAL",
            Unit::Bytes,
            "all of it",
            (),
            |row: &Row| row.total.clone(),
        )
        .keep(120),
        Column::new(
            "used",
            "USED",
            Unit::Bytes,
            "what is not available",
            (),
            |row: &Row| row.used.clone(),
        )
        .keep(130),
        Column::new(
            "available",
            "AVAIL",
            Unit::Bytes,
            "what programs can still get, caches included",
            (),
            |row: &Row| row.available.clone(),
        )
        .keep(150),
        Column::new(
            "cache",
            "CACHE",
            Unit::Bytes,
            "files kept in memory, given up when needed",
            (),
            |row: &Row| row.cache.clone(),
        )
        .keep(110),
        Column::new(
            "free",
            "FREE",
            Unit::Bytes,
            "used for nothing at all",
            (),
            |row: &Row| row.free.clone(),
        )
        .keep(50),
        Column::new(
            "shared",
            "SHARED",
            Unit::Bytes,
            "shared memory and tmpfs",
            (),
            |row: &Row| row.shared.clone(),
        )
        .keep(60),
        Column::new(
            "buffers",
            "BUFFERS",
            Unit::Bytes,
            "cache of block devices",
            (),
            |row: &Row| row.buffers.clone(),
        )
        .shown(Shown::WhenWide)
        .keep(40),
        Column::new(
            "dirty",
            "DIRTY",
            Unit::Bytes,
            "waits to be written",
            (),
            |row: &Row| row.dirty.clone(),
        )
        .shown(Shown::WhenWide)
        .keep(30),
        Column::new(
            "use",
            "USE%",
            Unit::Ratio,
            "used part of the total",
            (),
            |row: &Row| row.fraction.clone(),
        )
        .keep(140)
        .width(5)
        .aliases(&["percent", "%"])
        .tone(tone),
        Column::new(
            "bar",
            "",
            Unit::Bar,
            "the used part as a bar",
            (),
            |row: &Row| row.fraction.clone(),
        )
        .keep(20)
        .width(14),
    ],
};

/// # Errors
///
/// When the system does not say how much memory it has.
pub(super) fn run(arguments: &MemArgs, settings: &Settings) -> Result<Exit, Failure> {
    if arguments.procs {
        return footprint::run(settings);
    }
    listing::show(&TABLE, settings, |_| rows(settings).map(Listing::new))
}

fn rows(settings: &Settings) -> Result<Vec<Row>, Failure> {
    let host = &settings.host;
    let memory = host.virtual_memory()?;
    let mut rows = vec![Row::memory(&memory)];
    rows.push(match host.swap_memory() {
        Ok(swap) => Row::swap(&swap),
        Err(error) => {
            let missing = || Cell::Missing(Missing::from(&error));
            Row {
                total: missing(),
                used: missing(),
                ..Row::new("swap")
            }
        }
    });
    if let Some(arc) = host.zfs_arc().ok().flatten() {
        rows.push(Row::zfs_arc(&arc));
    }
    if let Some(pages) = memory.huge_pages.filter(|pages| pages.total > 0) {
        rows.push(Row::huge_pages(&pages));
    }
    // The limits are those of this process: they say nothing about another
    // root.
    if host.is_local() {
        let container = host.memory_limit(Pid::current()).ok();
        rows.extend(
            container
                .filter(|within| within.limit.is_some_and(|limit| limit < memory.total))
                .map(|within| Row::container(&within)),
        );
    }
    Ok(rows)
}
