//! `oslens log`: what the system and its services logged.

use std::cmp::Reverse;
use std::ffi::OsString;
use std::thread;
use std::time::{Duration, SystemTime};

use oslens_eventlog::{self as eventlog, Error, ErrorKind, Level, Log, Query, Record};

use crate::args::high::Settings;
use crate::args::log::{LevelWord, LogArgs};
use crate::cell::{Cell, Value};
use crate::column::{Column, Fit, Shown, Table, Unit};
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
    fn new(record: Record, needs_account: bool, settings: &Settings) -> Self {
        let time = match record.time_generated {
            None => Cell::optional(None),
            Some(time) => shown_time(time, settings),
        };
        let message = record.text();
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

fn shown_time(time: SystemTime, settings: &Settings) -> Cell<'static> {
    use crate::units::Sizes;

    if settings.json || settings.look.sizes == Sizes::Raw {
        return Value::Time(time).into();
    }
    match settings.look.clock.moment(time) {
        Some(moment) => Value::Text(OsString::from(moment).into()).into(),
        None => Cell::Missing(crate::cell::Missing::Malformed),
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
        .width(11)
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
        .fit(Fit::UpTo(24)),
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
        .fit(Fit::UpTo(20))
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
            Unit::Id,
            "keywords, a set of bits",
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
            Ok(Listing::new(match &arguments.machine {
                Some(machine) => eventlog::logs_of(machine)?,
                None => eventlog::logs()?,
            }))
        });
    }
    let query = query(arguments, settings)?;
    if arguments.follow {
        return follow(arguments, &query, settings);
    }
    let mut damage = Damage::default();
    let exit = listing::show(&TABLE, settings, |choice| {
        let needs_account = choice.needs().any(|needs| needs);
        let logs = logs(arguments)?;
        let is_search = is_search(arguments);
        let limit = limit(arguments, settings);
        let records = newest(&logs, &query, limit, &mut damage)?;
        let row = |record| Row::new(record, needs_account, settings);
        let mut rows: Vec<Row> = records.into_iter().map(row).collect();
        if !arguments.reverse {
            rows.reverse();
        }
        Ok(Listing::new(rows).search(is_search))
    })?;
    Ok(damage.conclude(exit, settings))
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
        arguments.file.is_some() || arguments.since.is_some() || arguments.until.is_some();
    let usual = if is_whole { usize::MAX } else { USUAL_LIMIT };
    settings.limit.unwrap_or(usual)
}

fn logs(arguments: &LogArgs) -> Result<Vec<Log>, Failure> {
    if let Some(file) = &arguments.file {
        return Ok(vec![Log::open_file(file)?]);
    }
    let usual = USUAL_LOGS.map(OsString::from);
    let names = match arguments.logs.as_slice() {
        [] => &usual[..],
        names => names,
    };
    let open = |name: &OsString| match &arguments.machine {
        Some(machine) => Log::open_remote(machine, name),
        None => Log::open(name),
    };
    Ok(names.iter().map(open).collect::<Result<_, _>>()?)
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

/// The newest records of these logs, the newest first.
fn newest(
    logs: &[Log],
    query: &Query,
    limit: usize,
    damage: &mut Damage,
) -> Result<Vec<Record>, Failure> {
    let mut query = query.clone().newest_first();
    if limit != usize::MAX {
        query = query.limit(limit as u64);
    }
    let mut found = Vec::new();
    for log in logs {
        for record in log.query(&query)? {
            match record {
                Ok(record) => found.push(record),
                Err(error) if is_damage(&error) => damage.add(error),
                Err(error) => return Err(error.into()),
            }
        }
    }
    if logs.len() > 1 {
        // Stable: what one log has at the same time stays in its order.
        found.sort_by_key(|record| Reverse(record.time_generated));
    }
    found.truncate(limit);
    Ok(found)
}

/// Whether what is behind it can be read all the same.
fn is_damage(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Malformed)
}

/// Parts of logs that could not be read.
#[derive(Debug, Default)]
struct Damage {
    first: Option<Error>,
    count: usize,
}

impl Damage {
    fn add(&mut self, error: Error) {
        self.count += 1;
        self.first.get_or_insert(error);
    }

    fn conclude(&self, exit: Exit, settings: &Settings) -> Exit {
        let Some(first) = &self.first else {
            return exit;
        };
        let first = text::neutralise(first.to_string().as_ref(), Charset::Unicode);
        match self.count {
            1 => settings.note(&format!("a damaged part was left out: {first}")),
            count => settings.note(&format!(
                "{count} damaged parts were left out, the first: {first}"
            )),
        }
        match exit {
            Exit::Done if settings.strict => Exit::Partial,
            exit => exit,
        }
    }
}

/// Shows the last records, and then what comes, until it is interrupted.
fn follow(arguments: &LogArgs, query: &Query, settings: &Settings) -> Result<Exit, Failure> {
    if stream::help(&TABLE, settings)? {
        return Ok(Exit::Done);
    }
    let mut stream = Stream::new(&TABLE, settings)?;
    let needs_account = stream.choice().needs().any(|needs| needs);
    let row = |record| Row::new(record, needs_account, settings);
    let logs = logs(arguments)?;
    let mut damage = Damage::default();
    // First where each ends now, so that nothing is between the records that
    // are there and those that come.
    let mut ends = Vec::new();
    for log in &logs {
        let mut last = log.query(&Query::new().newest_first().limit(1))?;
        // A damaged end is where it begins all the same.
        ends.push(last.next().and_then(Result::ok));
    }
    let limit = settings.limit.unwrap_or(FOLLOW_AFTER);
    let mut records = newest(&logs, query, limit, &mut damage)?;
    records.retain(|record| {
        let end = ends.iter().flatten().find(|end| end.log == record.log);
        end.is_some_and(|end| record.number <= end.number)
    });
    records.reverse();
    stream.write(&records.into_iter().map(row).collect::<Vec<_>>())?;
    let mut following = Vec::new();
    for (log, end) in logs.iter().zip(&ends) {
        let query = match end {
            Some(end) => query.clone().after(eventlog::Bookmark::of(end)),
            None => query.clone(),
        };
        following.push(log.follow(&query)?);
    }
    loop {
        let mut came = Vec::new();
        let is_alone = following.len() == 1;
        for log in &mut following {
            let mut within = if is_alone { LOOK } else { Duration::ZERO };
            loop {
                match log.next_within(within) {
                    Ok(None) => break,
                    Ok(Some(record)) => came.push(record),
                    Err(error) if is_damage(&error) => damage.add(error),
                    Err(error) => return Err(error.into()),
                }
                within = Duration::ZERO;
            }
        }
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

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let line = text::neutralise(error.to_string().as_ref(), Charset::Unicode);
        match error.kind() {
            ErrorKind::NotFound => Self::Gone(line),
            ErrorKind::InvalidInput => Self::Usage(line),
            _ => Self::CannotRun(line),
        }
    }
}
