//! `oslens df`: how full the file systems are.

use oslens::disk::{Inodes, Partitions, Usage};

use crate::args::high::Settings;
use crate::args::low::DfArgs;
use crate::cell::{Cell, Missing, Value};
use crate::column::{Column, ColumnRequest, Edit, Fit, Shown, Table, Unit};
use crate::exit::{Exit, Failure};
use crate::file_systems::{self, FileSystem};
use crate::listing::{self, Listing};
use crate::output;
use crate::term::Tone;
use crate::text;

/// Full enough to be marked, and full enough to fail soon.
pub(crate) const NEARLY_FULL: f64 = 0.90;
const FULL: f64 = 0.97;

fn usage<'r>(row: &'r FileSystem, value: fn(&Usage) -> Value<'r>) -> Cell<'r> {
    crate::convert::result(&row.usage, value)
}

/// Many file systems have no fixed number of files.
fn inodes<'r>(row: &'r FileSystem, value: fn(&Inodes) -> Value<'r>) -> Cell<'r> {
    match &row.usage {
        Ok(usage) => Cell::optional(usage.inodes.as_ref().map(value)),
        Err(why) => Cell::Missing(*why),
    }
}

fn fraction(row: &FileSystem) -> Cell<'_> {
    match &row.usage {
        // Nothing can be stored there: /proc, /sys.
        Ok(usage) if usage.total == 0 => Cell::Missing(Missing::NotApplicable),
        _ => usage(row, |usage| Value::Ratio(usage.used_fraction())),
    }
}

fn tone(cell: &Cell<'_>) -> Tone {
    match cell {
        Cell::Known(Value::Ratio(ratio)) if *ratio >= FULL => Tone::Critical,
        Cell::Known(Value::Ratio(ratio)) if *ratio >= NEARLY_FULL => Tone::Warning,
        _ => Tone::Plain,
    }
}

static TABLE: Table<FileSystem> = Table {
    name: "df",
    version: 1,
    noun: "file systems",
    columns: &[
        Column::new(
            "mount",
            "MOUNT",
            Unit::Text,
            "directory it is mounted on",
            (),
            |row: &FileSystem| Cell::text(&row.partition.mountpoint),
        )
        .keep(200)
        .width(10)
        .fit(Fit::Rest),
        Column::new(
            "device",
            "DEVICE",
            Unit::Text,
            "device or server",
            (),
            |row: &FileSystem| match row.partition.device.is_empty() {
                true => Cell::Missing(Missing::NotApplicable),
                false => Cell::text(&row.partition.device),
            },
        )
        .shown(Shown::WhenWide)
        .keep(90)
        .width(16)
        .fit(Fit::UpTo(32))
        .aliases(&["source", "filesystem"]),
        Column::new(
            "type",
            "TYPE",
            Unit::Text,
            "type of the file system",
            (),
            |row: &FileSystem| match row.partition.fstype.is_empty() {
                // Of a drive without a disk, or of a server's.
                true => Cell::Missing(Missing::NotApplicable),
                false => Cell::text(&row.partition.fstype),
            },
        )
        .keep(100)
        .fit(Fit::UpTo(12))
        .aliases(&["fstype"]),
        Column::new(
            "size",
            "SIZE",
            Unit::Bytes,
            "all space",
            (),
            |row: &FileSystem| usage(row, |usage| Value::Bytes(usage.total)),
        )
        .keep(120)
        .aliases(&["total"]),
        Column::new(
            "used",
            "USED",
            Unit::Bytes,
            "space in use",
            (),
            |row: &FileSystem| usage(row, |usage| Value::Bytes(usage.used)),
        )
        .keep(110),
        Column::new(
            "available",
            "AVAIL",
            Unit::Bytes,
            "space left to ordinary users",
            (),
            |row: &FileSystem| usage(row, |usage| Value::Bytes(usage.available)),
        )
        .keep(150),
        Column::new(
            "free",
            "FREE",
            Unit::Bytes,
            "space left, with what is kept for root",
            (),
            |row: &FileSystem| usage(row, |usage| Value::Bytes(usage.free)),
        )
        .shown(Shown::InJson),
        Column::new(
            "use",
            "USE%",
            Unit::Ratio,
            "used part of what ordinary users can reach",
            (),
            |row: &FileSystem| fraction(row),
        )
        .keep(160)
        .width(5)
        .aliases(&["percent", "pcent", "%"])
        .tone(tone),
        Column::new(
            "bar",
            "",
            Unit::Bar,
            "the used part as a bar",
            (),
            |row: &FileSystem| fraction(row),
        )
        .keep(20)
        .width(14)
        .tone(tone),
        Column::new(
            "inodes",
            "INODES",
            Unit::Count,
            "files it can have",
            (),
            |row: &FileSystem| inodes(row, |inodes| Value::Count(inodes.total)),
        )
        .shown(Shown::InJson)
        .keep(120)
        .aliases(&["itotal"]),
        Column::new(
            "inodes_used",
            "IUSED",
            Unit::Count,
            "files it has",
            (),
            |row: &FileSystem| inodes(row, |inodes| Value::Count(inodes.used)),
        )
        .shown(Shown::InJson)
        .keep(110),
        Column::new(
            "inodes_available",
            "IAVAIL",
            Unit::Count,
            "files that ordinary users can still make",
            (),
            |row: &FileSystem| inodes(row, |inodes| Value::Count(inodes.available)),
        )
        .shown(Shown::InJson)
        .keep(150)
        .aliases(&["iavail", "ifree"]),
        Column::new(
            "inodes_use",
            "IUSE%",
            Unit::Ratio,
            "used part of the files it can have",
            (),
            |row: &FileSystem| {
                inodes(row, |inodes| {
                    Value::Ratio(inodes.used as f64 / inodes.total.max(1) as f64)
                })
            },
        )
        .shown(Shown::InJson)
        .keep(160)
        .tone(tone)
        .aliases(&["ipcent"]),
        Column::new(
            "read_only",
            "RO",
            Unit::Flag,
            "cannot be written",
            (),
            |row: &FileSystem| usage(row, |usage| Value::Flag(usage.read_only)),
        )
        .shown(Shown::WhenWide)
        .keep(40)
        .width(3)
        .aliases(&["ro"]),
        Column::new(
            "options",
            "OPTIONS",
            Unit::Text,
            "mount options",
            (),
            |row: &FileSystem| Cell::text(&row.partition.options),
        )
        .shown(Shown::InJson)
        .keep(10)
        .fit(Fit::UpTo(40)),
    ],
};

/// What `-i` shows instead.
const INODE_COLUMNS: [&str; 6] = [
    "mount",
    "type",
    "inodes",
    "inodes_used",
    "inodes_available",
    "inodes_use",
];

/// # Errors
///
/// When the list of mounts cannot be read.
pub(super) fn run(arguments: &DfArgs, settings: &Settings) -> Result<Exit, Failure> {
    let mut settings = settings.clone();
    if arguments.inodes && !settings.json {
        settings.columns = with_inodes(settings.columns);
    }
    let mut is_missing = false;
    let exit = listing::show(&TABLE, &settings, |_| {
        if arguments.paths.is_empty() {
            return file_systems::list(&settings, arguments.all).map(Listing::new);
        }
        let mounts = settings.host.disk_partitions(Partitions::All)?;
        let mut wanted = Vec::new();
        for path in &arguments.paths {
            match file_systems::holding(path, &mounts, &settings) {
                Ok(mount) => wanted.push(mount.clone()),
                Err(reason) => {
                    is_missing = true;
                    let charset = settings.look.terminal.charset;
                    let path = text::neutralise(path.as_os_str(), charset);
                    output::complain(&format!("oslens: {path}: {reason}"));
                }
            }
        }
        Ok(Listing::new(file_systems::usages(&wanted, &settings)))
    })?;
    Ok(if is_missing { Exit::NoMatch } else { exit })
}

/// The columns of `-i`, with the changes that were asked for.
fn with_inodes(request: ColumnRequest) -> ColumnRequest {
    let edits = match request {
        ColumnRequest::Help => return ColumnRequest::Help,
        ColumnRequest::Usual => Vec::new(),
        ColumnRequest::Edits(edits) => edits,
    };
    if edits.iter().any(|edit| matches!(edit, Edit::Only(_))) {
        return ColumnRequest::Edits(edits);
    }
    let inodes = INODE_COLUMNS.map(|name| Edit::Only(name.to_owned()));
    ColumnRequest::Edits(inodes.into_iter().chain(edits).collect())
}
