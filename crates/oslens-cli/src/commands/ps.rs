//! `oslens ps`: the processes, the busiest first.

use std::time::Duration;

use crate::args::high::Settings;
use crate::args::low::QueryArgs;
use crate::cell::Missing;
use crate::column::{Choice, ColumnRequest, Edit, SortKey, Table};
use crate::exit::{Exit, Failure};
use crate::listing::{self, Listing};
use crate::output;
use crate::processes::columns::PS;
use crate::processes::{Needs, ProcessLine, Query, Snapshot};

/// # Errors
///
/// When the process table cannot be read.
pub(super) fn run(arguments: &QueryArgs, settings: &Settings) -> Result<Exit, Failure> {
    let query = Query::new(&arguments.query);
    let settings = with_usual_order(&PS, settings, "cpu")?;
    listing::show(&PS, &settings, |choice| find(query, choice, &settings))
}

fn find(
    query: Query<'_>,
    choice: &Choice<ProcessLine, Needs>,
    settings: &Settings,
) -> Result<Listing<ProcessLine>, Failure> {
    let needs = Needs::all(choice.needs()).and(query.needs());
    let snapshot = Snapshot::read(&settings.host, needs, settings.interval)?;
    let total = snapshot.rows().len();
    let hidden_owners = snapshot.hidden_owners(query);
    let wanted = snapshot.matching(query);
    let window = snapshot.window;
    let mut lines = snapshot.into_lines(&wanted);
    leave_out_the_gone(&mut lines, choice);

    tell_hidden_owners(hidden_owners, settings);
    if lines.is_empty() && !query.is_everything() {
        output::complain(&format!("oslens: no process matches '{query}'"));
    }
    let counts = (lines.len(), total);
    let limit = settings.limit;
    Ok(listing(lines, counts, query, window, limit, choice))
}

/// A listing of processes with what its footer says about them.
pub(super) fn listing(
    lines: Vec<ProcessLine>,
    (matching, total): (usize, usize),
    query: Query<'_>,
    window: Option<Duration>,
    limit: Option<usize>,
    choice: &Choice<ProcessLine, Needs>,
) -> Listing<ProcessLine> {
    let mut listing = Listing::new(lines).search(!query.is_everything());
    if !query.is_everything() {
        listing.remarks.push(format!("{matching} of {total} match"));
    } else if listing.rows.len() <= limit.unwrap_or(usize::MAX) {
        // Else the footer says how many of them are shown.
        listing.remarks.push(format!("{total} processes"));
    }
    if choice.columns.iter().any(|column| column.key == "cpu") {
        listing.remarks.push("CPU% of one core".to_owned());
    }
    match window {
        Some(window) => listing.window(window),
        None => listing,
    }
}

/// A process that ended while it was being read is left out, like all others
/// that have ended.
pub(super) fn leave_out_the_gone(
    lines: &mut Vec<ProcessLine>,
    choice: &Choice<ProcessLine, Needs>,
) {
    lines.retain(|line| !is_gone(line, choice));
}

pub(super) fn is_gone(line: &ProcessLine, choice: &Choice<ProcessLine, Needs>) -> bool {
    let mut missing = choice.columns.iter().filter_map(|c| c.missing(line));
    missing.any(|reason| reason == Missing::Gone)
}

/// Without the right to see who holds a socket, whoever asks for its port
/// must not be told that there is nobody.
pub(super) fn tell_hidden_owners(hidden: usize, settings: &Settings) {
    match hidden {
        0 => {}
        1 => settings.note("1 socket at that port hides its owner"),
        _ => settings.note(&format!("{hidden} sockets at that port hide their owners")),
    }
}

/// The settings with the usual order and columns where none were asked for:
/// by a column downwards, if it is shown. (Sorting by a rate that nobody
/// looks at would mean to wait for it.) In JSON, some more columns that tell
/// processes apart.
///
/// # Errors
///
/// [`Failure::Usage`] for an unknown column.
pub(super) fn with_usual_order(
    table: &'static Table<ProcessLine, Needs>,
    settings: &Settings,
    column: &str,
) -> Result<Settings, Failure> {
    let mut settings = settings.clone();
    if settings.json && settings.columns == ColumnRequest::Usual {
        let more = ["ppid", "euid", "name"].map(|key| Edit::Add(key.to_owned()));
        settings.columns = ColumnRequest::Edits(more.to_vec());
    }
    if settings.sort.is_empty() && settings.columns != ColumnRequest::Help {
        let choice = table.choose(&settings.columns, &[], settings.room())?;
        if choice.columns.iter().any(|shown| shown.key == column) {
            settings.sort.push(SortKey {
                column: column.to_owned(),
                descending: true,
            });
        }
    }
    Ok(settings)
}
