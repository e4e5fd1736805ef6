//! `oslens log`: what the system and its services logged.

mod columns;
mod follow;

use std::cmp::Reverse;
use std::ffi::OsString;

use oslens_eventlog::message::Catalog;
use oslens_eventlog::{
    self as eventlog, Error, ErrorKind, Level, Log, Query, Record, Result as Told,
};

use columns::{LOGS, Row, TABLE};

use crate::args::high::Settings;
use crate::args::log::{LevelWord, LogArgs};
use crate::deadline;
use crate::exit::{Exit, Failure};
use crate::listing::{self, Listing};
use crate::text::{self, Charset};

/// So many of the newest are shown when nothing says which.
const USUAL_LIMIT: usize = 50;
/// What `log` shows by itself: what happened to the machine and its programs.
const USUAL_LOGS: [&str; 2] = ["System", "Application"];

/// # Errors
///
/// [`Failure::Gone`] when there is no such log or file, and what the log
/// refuses.
pub(super) fn run(arguments: &LogArgs, settings: &Settings) -> Result<Exit, Failure> {
    settings.refuse_root("logs")?;
    if arguments.list {
        return listing::show(&LOGS, settings, |_| {
            Ok(Listing::new(match arguments.machine.clone() {
                Some(machine) => {
                    deadline::answer(settings, move || Ok(eventlog::logs_of(machine)?))?
                }
                None => eventlog::logs()?,
            }))
        });
    }
    let query = query(arguments, settings)?;
    if arguments.follow {
        return follow::run(arguments, &query, settings);
    }
    let mut left_out = LeftOut::default();
    let exit = listing::show(&TABLE, settings, |choice| {
        let needs_account = choice.needs().any(|needs| needs);
        let logs = logs(arguments, settings, &mut left_out)?;
        let is_search = is_search(arguments);
        let limit = limit(arguments, settings);
        let records = newest(&logs, &query, limit, &mut left_out)?;
        let catalog = Catalog::new();
        let row = |record| Row::new(record, &catalog, needs_account, settings);
        let mut rows: Vec<Row> = records.into_iter().map(row).collect();
        if !arguments.reverse {
            rows.reverse();
        }
        Ok(Listing::new(rows).search(is_search))
    })?;
    Ok(left_out.conclude(exit, settings))
}

fn is_search(arguments: &LogArgs) -> bool {
    arguments.since.is_some()
        || arguments.until.is_some()
        || arguments.level.is_some()
        || !arguments.source.is_empty()
        || !arguments.id.is_empty()
        || arguments.grep.is_some()
}

fn limit(arguments: &LogArgs, settings: &Settings) -> usize {
    let is_whole =
        !arguments.file.is_empty() || arguments.since.is_some() || arguments.until.is_some();
    let usual = if is_whole { usize::MAX } else { USUAL_LIMIT };
    settings.limit.unwrap_or(usual)
}

/// The logs that were asked for, as far as they can be opened.
fn logs(
    arguments: &LogArgs,
    settings: &Settings,
    left_out: &mut LeftOut,
) -> Result<Vec<Log>, Failure> {
    let names = match arguments.logs.as_slice() {
        [] => USUAL_LOGS.map(OsString::from).to_vec(),
        names => names.to_vec(),
    };
    let opened: Vec<Told<Log>> = match arguments.machine.clone() {
        _ if !arguments.file.is_empty() => arguments.file.iter().map(Log::open_file).collect(),
        None => names.iter().map(Log::open).collect(),
        Some(machine) => deadline::answer(settings, move || {
            let open = |name| Log::open_remote(&machine, name);
            Ok(names.iter().map(open).collect())
        })?,
    };
    let mut logs = Vec::new();
    for log in opened {
        match log {
            Ok(log) => logs.push(log),
            // A slip of the pen, and no log that this user may not read.
            Err(error) if error.kind() == ErrorKind::NotFound && !arguments.is_usual() => {
                return Err(error.into());
            }
            Err(error) => left_out.logs.push(error),
        }
    }
    match logs.is_empty() {
        false => Ok(logs),
        true => Err(left_out.nothing_else(arguments)),
    }
}

fn query(arguments: &LogArgs, settings: &Settings) -> Result<Query, Failure> {
    let mut query = Query::new().messages();
    if let Some(level) = arguments.level {
        query = query.at_least(match level {
            LevelWord::Critical => Level::Critical,
            LevelWord::Error => Level::Error,
            LevelWord::Warn => Level::Warning,
            LevelWord::Info => Level::Information,
            LevelWord::Verbose => Level::Verbose,
        });
    }
    for source in &arguments.source {
        query = query.source(source.to_string_lossy());
    }
    for id in &arguments.id {
        query = query.id(*id);
    }
    if let Some(text) = &arguments.grep {
        query = query.text(text);
    }
    let now = settings.look.clock.now();
    for (flag, moment) in [("since", arguments.since), ("until", arguments.until)] {
        let Some(moment) = moment else { continue };
        let time = moment
            .time(now)
            .ok_or_else(|| Failure::Usage(format!("'--{flag}' is beyond the calendar")))?;
        query = match flag {
            "since" => query.since(time),
            _ => query.until(time),
        };
    }
    Ok(query)
}

/// The newest records of these logs, the newest first. A log that cannot be
/// read does not hide the others.
fn newest(
    logs: &[Log],
    query: &Query,
    limit: usize,
    left_out: &mut LeftOut,
) -> Result<Vec<Record>, Failure> {
    let mut query = query.clone().newest_first();
    if limit != usize::MAX {
        query = query.limit(limit as u64);
    }
    let mut found = Vec::new();
    let mut failed = Vec::new();
    for log in logs {
        if let Err(error) = read(log, &query, &mut found, left_out) {
            failed.push(error);
        }
    }
    if failed.len() == logs.len() {
        // There are as many logs as failures: at least one.
        if let Some(first) = failed.into_iter().next() {
            return Err(first.into());
        }
    } else {
        left_out.logs.extend(failed);
    }
    if logs.len() > 1 {
        // Stable: what one log has at the same time stays in its order.
        found.sort_by_key(|record| Reverse(record.time_generated));
    }
    found.truncate(limit);
    Ok(found)
}

fn read(log: &Log, query: &Query, into: &mut Vec<Record>, left_out: &mut LeftOut) -> Told<()> {
    for record in log.query(query)? {
        match record {
            Ok(mut record) => {
                // No column shows it, and it is larger than all else.
                record.xml = None;
                into.push(record);
            }
            Err(error) if is_damage(&error) => left_out.add_damage(error),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether what is behind it can be read all the same.
fn is_damage(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Malformed)
}

/// What is missing in what is shown.
#[derive(Debug, Default)]
struct LeftOut {
    /// Why whole logs are.
    logs: Vec<Error>,
    /// Parts of logs that are damaged.
    first: Option<Error>,
    count: usize,
}

impl LeftOut {
    fn add_damage(&mut self, error: Error) {
        self.count += 1;
        self.first.get_or_insert(error);
    }

    /// The failure of a run that has nothing to show.
    fn nothing_else(&mut self, arguments: &LogArgs) -> Failure {
        let mut errors = self.logs.drain(..);
        let Some(first) = errors.next() else {
            return Failure::CannotRun("there is no log to read".to_owned());
        };
        if first.kind() == ErrorKind::Unsupported && arguments.file.is_empty() {
            return Failure::CannotRun(format!(
                "{} ('--file' reads a saved log, an .evtx file)",
                shown(&first)
            ));
        }
        first.into()
    }

    fn is_empty(&self) -> bool {
        self.logs.is_empty() && self.first.is_none()
    }

    /// Says what there is to say, once.
    fn tell(&mut self, settings: &Settings) {
        for error in self.logs.drain(..) {
            settings.note(&format!("a log was left out: {}", shown(&error)));
        }
        let Some(first) = self.first.take() else {
            return;
        };
        let first = shown(&first);
        match std::mem::take(&mut self.count) {
            1 => settings.note(&format!("a damaged part was left out: {first}")),
            count => settings.note(&format!(
                "{count} damaged parts were left out, the first: {first}"
            )),
        }
    }

    fn conclude(&mut self, exit: Exit, settings: &Settings) -> Exit {
        if self.is_empty() {
            return exit;
        }
        self.tell(settings);
        match exit {
            Exit::Done | Exit::NoMatch if settings.strict => Exit::Partial,
            exit => exit,
        }
    }
}

fn shown(error: &Error) -> String {
    text::neutralise(error.to_string().as_ref(), Charset::Unicode)
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let line = shown(&error);
        match error.kind() {
            ErrorKind::NotFound => Self::Gone(line),
            ErrorKind::InvalidInput => Self::Usage(line),
            _ => Self::CannotRun(line),
        }
    }
}
