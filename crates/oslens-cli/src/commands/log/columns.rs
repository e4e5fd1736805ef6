//! The table of records.

use std::ffi::OsString;

use oslens_eventlog::message::Catalog;
use oslens_eventlog::{Level, Record};

use crate::args::high::Settings;
use crate::cell::{Cell, Value};
use crate::column::{Column, Fit, Shown, Table, Unit};
use crate::convert;
use crate::term::Tone;

/// One record, and how its parts are shown.
#[derive(Debug)]
pub(super) struct Row {
    record: Record,
    /// In full for programs, as one line by the local clock for people.
    time: Cell<'static>,
    message: OsString,
    /// The account, where it was asked for.
    account: Option<String>,
}

impl Row {
    pub(super) fn new(
        record: Record,
        catalog: &Catalog,
        needs_account: bool,
        settings: &Settings,
    ) -> Self {
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
pub(super) static TABLE: Table<Row, bool> = Table {
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
pub(super) static LOGS: Table<OsString> = Table {
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
