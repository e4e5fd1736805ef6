//! `oslens log`: what the system and its services logged.

use std::cmp::Reverse;
use std::ffi::OsString;
use std::thread;
use std::time::Duration;

use oslens_eventlog::message::Catalog;
use oslens_eventlog::{
    self as eventlog, Bookmark, Error, ErrorKind, Follow, Level, Log, Query, Record, Result as Told,
};

use crate::args::high::Settings;
use crate::args::log::{LevelWord, LogArgs};
use crate::cell::{Cell, Value};
use crate::column::{Column, Fit, Shown, Table, Unit};
use crate::convert;
use crate::deadline;
use crate::exit::{Exit, Failure};
use crate::listing::{self, Listing};
use crate::stream::{self, Stream};
use crate::term::Tone;
use crate::text::{self, Charset};

/// So many of the newest are shown when nothing says which.
const USUAL_LIMIT: usize = 50;
/// So many that are there already before those that come.
const FOLLOW_AFTER: usize = 10;
/// How often several logs are looked at for what came.
const LOOK: Duration = Duration::from_millis(250);
/// What `log` shows by itself: what happened to the machine and its programs.
const USUAL_LOGS: [&str; 2] = ["System", "Application"];

/// One record, and how its parts are shown.
#[derive(Debug)]
struct Row {
    record: Record,
    /// In full for programs, as one line by the local clock for people.
    time: Cell<'static>,
    message: OsString,
    /// The account, where it was asked for.
    account: Option<String>,
}

impl Row {
    fn new(record: Record, catalog: &Catalog, needs_account: bool, settings: &Settings) -> Self {
        let time = match record.time_generated {
            None => Cell::optional(None),
            Some(time) => convert::moment(time, settings),
        };
        let message = record.text_from(catalog);
        let message = if settings.json {
            message
        } else {
            // One line, whatever the message is laid out like.
            message.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let account = needs_account
            .then(|| record.user.as_ref()?.account())
            .flatten();
        Self {
            time,
            message: message.into(),
            account,
            record,
        }
    }
}

fn level_tone(cell: &Cell<'_>) -> Tone {
    match cell {
        Cell::Known(Value::Text(level)) => match level.to_str() {
            Some("critical" | "error") => Tone::Critical,
            Some("warning" | "audit failure") => Tone::Warning,
            Some("verbose") => Tone::Faint,
            _ => Tone::Plain,
        },
        _ => Tone::Plain,
    }
}

fn owned(text: impl Into<OsString>) -> Value<'static> {
    Value::Text(text.into().into())
}

fn id<T: Into<u64>>(id: Option<T>) -> Cell<'static> {
    Cell::optional(id.map(|id| Value::Id(id.into())))
}

/// Needs, `true`: the name of the account, which may ask another machine.
static TABLE: Table<Row, bool> = Table {
    name: "log",
    version: 1,
    noun: "records",
    columns: &[
        Column::new(
            "time",
            "TIME",
            Unit::Text,
            "when it happened",
            false,
            |row: &Row| row.time.clone(),
        )
        .keep(200)
        .width(19),
        Column::new(
            "level",
            "LEVEL",
            Unit::Text,
            "critical, error, warning, information, verbose, or an audit's end",
            false,
            |row: &Row| match row.record.level {
                Level::Other(_) => owned(row.record.level.to_string()).into(),
                level => Value::text(level.name()).into(),
            },
        )
        .keep(180)
        .width(13)
        .tone(level_tone),
        Column::new(
            "log",
            "LOG",
            Unit::Text,
            "log that it is in",
            false,
            |row: &Row| Cell::text(&row.record.log),
        )
        .shown(Shown::WhenWide)
        .keep(50)
        .width(11)
        .fit(Fit::Squeezed(24)),
        Column::new(
            "source",
            "SOURCE",
            Unit::Text,
            "who reported it",
            false,
            |row: &Row| Cell::text(&row.record.source),
        )
        .keep(170)
        .width(16)
        .fit(Fit::Squeezed(24))
        .aliases(&["provider", "unit"]),
        Column::new(
            "id",
            "ID",
            Unit::Id,
            "number of the event",
            false,
            |row: &Row| Value::Id(row.record.event_id.code().into()).into(),
        )
        .keep(160)
        .width(5)
        .aliases(&["event_id"]),
        Column::new(
            "number",
            "NUMBER",
            Unit::Id,
            "number of the record in its log",
            false,
            |row: &Row| Value::Id(row.record.number).into(),
        )
        .shown(Shown::InJson),
        Column::new(
            "computer",
            "COMPUTER",
            Unit::Text,
            "machine that it happened on",
            false,
            |row: &Row| Cell::text(&row.record.computer),
        )
        .shown(Shown::InJson),
        Column::new(
            "user",
            "USER",
            Unit::Text,
            "security identifier of the account",
            false,
            |row: &Row| {
                let user = row.record.user.as_ref();
                Cell::optional(user.map(|user| Value::text(&user.sid)))
            },
        )
        .shown(Shown::InJson),
        Column::new(
            "account",
            "ACCOUNT",
            Unit::Text,
            "name of the account (may ask a domain controller)",
            true,
            |row: &Row| Cell::optional(row.account.as_ref().map(Value::text)),
        )
        .shown(Shown::OnRequest),
        Column::new(
            "pid",
            "PID",
            Unit::Id,
            "process that reported it",
            false,
            |row: &Row| id(row.record.process_id),
        )
        .shown(Shown::InJson),
        Column::new(
            "tid",
            "TID",
            Unit::Id,
            "thread that reported it",
            false,
            |row: &Row| id(row.record.thread_id),
        )
        .shown(Shown::InJson),
        Column::new(
            "category",
            "CATEGORY",
            Unit::Id,
            "category or task of the source",
            false,
            |row: &Row| Value::Id(row.record.category.into()).into(),
        )
        .shown(Shown::InJson),
        Column::new(
            "opcode",
            "OPCODE",
            Unit::Id,
            "what the source was doing, a number",
            false,
            |row: &Row| id(row.record.opcode),
        )
        .shown(Shown::InJson),
        Column::new(
            "keywords",
            "KEYWORDS",
            Unit::Text,
            "keywords, a set of bits in hexadecimal",
            false,
            |row: &Row| Cell::optional(row.record.keywords.map(|bits| owned(format!("{bits:#x}")))),
        )
        .shown(Shown::InJson),
        Column::new(
            "strings",
            "STRINGS",
            Unit::List,
            "what is put into the message",
            false,
            |row: &Row| {
                let strings = row.record.strings.iter().map(Value::text);
                Value::List(strings.collect()).into()
            },
        )
        .shown(Shown::InJson),
        Column::new(
            "names",
            "NAMES",
            Unit::List,
            "names of the strings, in their order",
            false,
            |row: &Row| {
                let names = row.record.names.iter();
                let names = names.map(|name| Value::text(name.as_deref().unwrap_or_default()));
                let is_named = row.record.names.iter().any(Option::is_some);
                Cell::optional(is_named.then(|| Value::List(names.collect())))
            },
        )
        .shown(Shown::InJson),
        Column::new(
            "data",
            "DATA",
            Unit::Text,
            "data of the source, in hexadecimal",
            false,
            |row: &Row| {
                let digits = row.record.data.iter().map(|byte| format!("{byte:02x}"));
                let has_data = !row.record.data.is_empty();
                Cell::optional(has_data.then(|| owned(digits.collect::<String>())))
            },
        )
        .shown(Shown::InJson),
        Column::new(
            "activity",
            "ACTIVITY",
            Unit::Text,
            "activity that it is a part of",
            false,
            |row: &Row| Cell::optional(row.record.activity_id.map(|id| owned(id.to_string()))),
        )
        .shown(Shown::InJson),
        Column::new(
            "message",
            "MESSAGE",
            Unit::Text,
            "what it says",
            false,
            |row: &Row| {
                let has_message = !row.message.is_empty();
                Cell::optional(has_message.then(|| Value::text(&row.message)))
            },
        )
        .keep(190)
        .width(16)
        .fit(Fit::Rest),
    ],
};

/// The names of logs.
static LOGS: Table<OsString> = Table {
    name: "log.list",
    version: 1,
    noun: "logs",
    columns: &[Column::new(
        "log",
        "LOG",
        Unit::Text,
        "name of the log",
        (),
        |row: &OsString| Cell::text(row),
    )
    .fit(Fit::Rest)],
};

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
        return follow(arguments, &query, settings);
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

/// Where a log ended when it began to be followed.
enum End {
    /// It had no records: whatever it has later is new.
    Empty,
    At(Bookmark),
    /// Its newest record is damaged.
    Unknown,
}

impl End {
    fn of(log: &Log) -> Told<Self> {
        let mut last = log.query(&Query::new().newest_first().limit(1))?;
        match last.next() {
            None => Ok(Self::Empty),
            Some(Ok(record)) => Ok(Self::At(Bookmark::of(&record))),
            Some(Err(error)) if is_damage(&error) => Ok(Self::Unknown),
            Some(Err(error)) => Err(error),
        }
    }

    /// The query of what comes behind it.
    fn behind(&self, query: &Query) -> Query {
        match self {
            Self::Empty => query.clone().from(0),
            Self::At(end) => query.clone().after(end.clone()),
            Self::Unknown => query.clone(),
        }
    }
}

/// Whether this record was there when the logs ended like this.
fn was_there(record: &Record, ends: &[End]) -> bool {
    let end_of_log = ends.iter().find_map(|end| match end {
        End::At(end) if end.log == record.log => Some(end),
        _ => None,
    });
    match end_of_log {
        Some(end) => record.number <= end.number,
        None => ends.iter().any(|end| matches!(end, End::Unknown)),
    }
}

/// Shows the last records, and then what comes, until it is interrupted.
fn follow(arguments: &LogArgs, query: &Query, settings: &Settings) -> Result<Exit, Failure> {
    if stream::help(&TABLE, settings)? {
        return Ok(Exit::Done);
    }
    let mut stream = Stream::new(&TABLE, settings)?;
    let needs_account = stream.choice().needs().any(|needs| needs);
    let catalog = Catalog::new();
    let row = |record| Row::new(record, &catalog, needs_account, settings);
    let mut left_out = LeftOut::default();
    let mut logs = logs(arguments, settings, &mut left_out)?;
    // First where each ends now, so that nothing is between the records that
    // are there and those that come.
    let mut ends = Vec::new();
    logs.retain(|log| match End::of(log) {
        Ok(end) => {
            ends.push(end);
            true
        }
        Err(error) => {
            left_out.logs.push(error);
            false
        }
    });
    let usual = match arguments.since {
        Some(_) => usize::MAX,
        None => FOLLOW_AFTER,
    };
    let limit = settings.limit.unwrap_or(usual);
    let mut records = newest(&logs, query, limit, &mut left_out)?;
    records.retain(|record| was_there(record, &ends));
    records.reverse();
    stream.write(&records.into_iter().map(row).collect::<Vec<_>>())?;
    let mut following = Vec::new();
    for (log, end) in logs.iter().zip(&ends) {
        match log.follow(&end.behind(query)) {
            Ok(follow) => following.push(Followed {
                name: text::neutralise(log.name(), Charset::Unicode),
                log: follow,
                lost: 0,
                cleared: 0,
            }),
            Err(error) => left_out.logs.push(error),
        }
    }
    loop {
        if following.is_empty() {
            return Err(left_out.nothing_else(arguments));
        }
        left_out.tell(settings);
        let mut came = Vec::new();
        let is_alone = following.len() == 1;
        following.retain_mut(|log| {
            let within = if is_alone { LOOK } else { Duration::ZERO };
            match take(&mut log.log, within, &mut came, &mut left_out) {
                Ok(()) => {
                    log.tell(settings);
                    true
                }
                Err(error) => {
                    left_out.logs.push(error);
                    false
                }
            }
        });
        if came.is_empty() {
            if !is_alone {
                thread::sleep(LOOK);
            }
            continue;
        }
        came.sort_by_key(|record| record.time_generated);
        stream.write(&came.into_iter().map(row).collect::<Vec<_>>())?;
    }
}

/// A log that is followed, and what was said of it.
struct Followed {
    name: String,
    log: Follow,
    lost: u64,
    cleared: u64,
}

impl Followed {
    /// Says what happened to the log since it was last asked.
    fn tell(&mut self, settings: &Settings) {
        let Self { name, log, .. } = self;
        let (lost, cleared) = (log.lost(), log.cleared());
        if cleared > self.cleared {
            settings.note(&format!("{name} was cleared"));
        }
        if let Some(more @ 1..) = lost.checked_sub(self.lost) {
            settings.note(&format!(
                "{more} records of {name} were overwritten before they could be read"
            ));
        }
        (self.lost, self.cleared) = (lost, cleared);
    }
}

/// So many records of one log are shown before the others are looked at.
const AT_ONCE: usize = 1000;

/// Takes what has come, after waiting for it so long.
fn take(
    log: &mut Follow,
    mut within: Duration,
    came: &mut Vec<Record>,
    left_out: &mut LeftOut,
) -> Told<()> {
    for _ in 0..AT_ONCE {
        match log.next_within(within) {
            Ok(None) => break,
            Ok(Some(record)) => came.push(record),
            Err(error) if is_damage(&error) => left_out.add_damage(error),
            Err(error) => return Err(error),
        }
        within = Duration::ZERO;
    }
    Ok(())
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
