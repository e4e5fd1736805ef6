use std::ffi::OsString;
use std::time::Duration;

use super::*;
use crate::cell::Value;

/// A row made up for the tests of the frame.
pub(crate) struct Row {
    pub(crate) pid: u64,
    pub(crate) user: &'static str,
    pub(crate) cpu: Option<f64>,
    pub(crate) rss: Result<u64, Missing>,
    pub(crate) command: OsString,
}

pub(crate) fn row(pid: u64, rss: Result<u64, Missing>, command: &str) -> Row {
    Row {
        pid,
        user: "root",
        cpu: Some(0.5),
        rss,
        command: command.into(),
    }
}

pub(crate) static TABLE: Table<Row, u32> = Table {
    name: "test",
    version: 1,
    noun: "rows",
    columns: &[
        Column::new("pid", "PID", Unit::Id, "Process ID", 1, |row: &Row| {
            Value::Id(row.pid).into()
        })
        .keep(255)
        .width(5),
        Column::new("user", "USER", Unit::Text, "Who runs it", 2, |row: &Row| {
            Cell::text(row.user)
        })
        .keep(40)
        .fit(Fit::UpTo(6)),
        Column::new("cpu", "CPU%", Unit::Ratio, "Of one core", 4, |row: &Row| {
            Cell::optional(row.cpu.map(Value::Ratio))
        })
        .keep(80)
        .width(6),
        Column::new(
            "rss",
            "RSS",
            Unit::Bytes,
            "Resident memory",
            8,
            |row: &Row| match row.rss {
                Ok(bytes) => Value::Bytes(bytes).into(),
                Err(reason) => Cell::Missing(reason),
            },
        )
        .keep(70)
        .aliases(&["res"]),
        Column::new(
            "time",
            "TIME",
            Unit::Duration,
            "CPU time",
            16,
            |row: &Row| Value::Duration(Duration::from_secs(row.pid)).into(),
        )
        .keep(10)
        .shown(Shown::WhenWide),
        Column::new(
            "uss",
            "USS",
            Unit::Bytes,
            "Memory of its own",
            32,
            |_: &Row| Cell::Missing(Missing::Denied),
        )
        .shown(Shown::OnRequest),
        Column::new(
            "command",
            "COMMAND",
            Unit::Text,
            "What it runs",
            64,
            |row: &Row| Cell::text(&row.command),
        )
        .keep(250)
        .fit(Fit::Command),
    ],
};

fn keys(request: &ColumnRequest, room: Room) -> Vec<&'static str> {
    let choice = TABLE.choose(request, &[], room).unwrap();
    choice.columns.iter().map(|column| column.key).collect()
}

fn edits(edits: &[Edit]) -> ColumnRequest {
    ColumnRequest::Edits(edits.to_vec())
}

fn only(name: &str) -> Edit {
    Edit::Only(name.into())
}

fn add(name: &str) -> Edit {
    Edit::Add(name.into())
}

fn remove(name: &str) -> Edit {
    Edit::Remove(name.into())
}

#[test]
fn more_columns_arrive_where_there_is_room() {
    let usual = &ColumnRequest::Usual;
    let narrow = ["pid", "user", "cpu", "rss", "command"];
    let wide = ["pid", "user", "cpu", "rss", "time", "command"];
    assert_eq!(keys(usual, Room::Cells(20)), narrow);
    assert_eq!(keys(usual, Room::Cells(65)), narrow);
    assert_eq!(keys(usual, Room::Cells(120)), wide);
    assert_eq!(keys(usual, Room::Pipe), narrow);
    assert_eq!(keys(usual, Room::Json), wide);
}

#[test]
fn plain_names_replace_the_columns_and_signs_edit_them() {
    let of = |list: &[Edit]| keys(&edits(list), Room::Pipe);
    assert_eq!(of(&[only("rss"), only("pid")]), ["rss", "pid"]);
    assert_eq!(of(&[only("pid"), add("uss")]), ["pid", "uss"]);
    assert_eq!(
        of(&[add("uss"), remove("user"), remove("cpu")]),
        ["pid", "rss", "uss", "command"]
    );
    assert_eq!(of(&[only("pid"), only("pid")]), ["pid"]);
    assert_eq!(of(&[only("all")]).len(), TABLE.columns.len());
}

#[test]
fn headers_and_aliases_are_names_too_in_any_case() {
    let of = |name| keys(&edits(&[only(name)]), Room::Pipe);
    for name in ["rss", "RSS", "Res"] {
        assert_eq!(of(name), ["rss"]);
    }
    assert_eq!(of("cpu%"), ["cpu"]);
}

#[test]
fn an_unknown_column_is_answered_with_the_nearest_names() {
    let wrong = |list: &[Edit], sort: &[SortKey]| {
        let failure = TABLE.choose(&edits(list), sort, Room::Pipe).err().unwrap();
        let (exit, line) = failure.report();
        assert_eq!(exit, crate::exit::Exit::Usage);
        line.unwrap()
    };
    assert_eq!(
        wrong(&[only("comand")], &[]),
        "unknown column 'comand' of 'test'; did you mean 'command'? (-o help lists all)"
    );
    assert_eq!(
        wrong(&[only("\x1b[31m")], &[]),
        "unknown column '\\x1b[31m' of 'test' (-o help lists all)"
    );
    let key = SortKey {
        column: "rsss".into(),
        descending: true,
    };
    assert!(wrong(&[only("pid")], &[key]).contains("'rss'"));
    assert!(wrong(&[only("pid"), remove("pid")], &[]).contains("no column"));
}

#[test]
fn what_is_read_follows_from_columns_and_order() {
    let sort = [SortKey {
        column: "uss".into(),
        descending: true,
    }];
    let request = edits(&[only("pid"), only("rss")]);
    let choice = TABLE.choose(&request, &sort, Room::Pipe).unwrap();
    assert_eq!(choice.needs().fold(0, |all, one| all | one), 1 | 8 | 32);
}

#[test]
fn the_help_has_one_line_per_column() {
    let help = TABLE.help();
    assert_eq!(help.lines().count(), TABLE.columns.len() + 1);
    assert!(
        help.contains("* rss      bytes    Resident memory\n"),
        "{help}"
    );
    assert!(help.contains("+ time "), "{help}");
}

/// Rules that every table of the command has to keep.
pub(crate) fn check_rules<R, N: Copy>(table: &Table<R, N>) {
    for (at, column) in table.columns.iter().enumerate() {
        let key = column.key;
        assert!(
            key.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
            "{key} is not snake_case"
        );
        assert!(
            !column.doc.is_empty() && !column.doc.ends_with('.'),
            "{key}"
        );
        assert!(column.header.is_ascii(), "{key}");
        assert!(!["all", "help", "missing"].contains(&key), "{key} is taken");
        if let Some(text) = key.strip_suffix("_bytes") {
            let clash = table.columns.iter().any(|column| column.key == text);
            assert!(!clash, "{key} is where the bytes of {text} go in JSON");
        }
        for other in &table.columns[..at] {
            assert_ne!(other.key, key);
            assert!(!other.is_named(key), "{key} names two columns");
        }
    }
}

#[test]
fn the_made_up_table_keeps_the_rules() {
    check_rules(&TABLE);
}
