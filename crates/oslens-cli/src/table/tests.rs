use super::*;
use crate::cell::Missing;
use crate::column::tests::{Row, TABLE, row};
use crate::column::{Column, ColumnRequest, Fit, Room, SortKey, Unit};
use crate::text::Charset;

fn look(width: Option<usize>) -> Look {
    Look {
        terminal: Terminal {
            width,
            interactive: width.is_some(),
            color: false,
            charset: Charset::Unicode,
        },
        clock: Clock::fixed(),
        sizes: Sizes::Binary,
        header: true,
        steady: false,
    }
}

fn table(rows: &[Row], look: &Look) -> (String, Vec<&'static str>) {
    let room = look.terminal.width.map_or(Room::Pipe, Room::Cells);
    let choice = TABLE.choose(&ColumnRequest::Usual, &[], room).unwrap();
    let mut out = Vec::new();
    let hidden = write(&mut out, &choice, rows, &[], look).unwrap();
    (String::from_utf8(out).unwrap(), hidden)
}

fn rows() -> Vec<Row> {
    vec![
        row(7, Ok(12 << 20), "/nix/store/abc/bin/postgres: writer"),
        row(1234, Err(Missing::Denied), "gzip /var/log/nginx/access.log"),
    ]
}

#[test]
fn a_pipe_gets_everything_and_nothing_that_a_terminal_would_obey() {
    let (text, hidden) = table(&rows(), &look(None));
    assert_eq!(
        text,
        " PID USER CPU%   RSS  COMMAND\n   \
           7 root 50.0 12MiB  /nix/store/abc/bin/postgres: writer\n\
         1234 root 50.0     ?  gzip /var/log/nginx/access.log\n"
    );
    assert!(hidden.is_empty());
}

#[test]
fn a_narrow_terminal_drops_whole_columns_and_cuts_the_command() {
    let (text, hidden) = table(&rows(), &look(Some(40)));
    assert_eq!(
        text,
        " PID USER CPU%   RSS  COMMAND\n   \
           7 root 50.0 12MiB  …/postgres: writer\n\
         1234 root 50.0     ?  gzip /var/log/ngi…\n"
    );
    assert!(hidden.is_empty());

    let (text, hidden) = table(&rows(), &look(Some(20)));
    assert_eq!(
        text,
        " PID CPU%  COMMAND\n   7 50.0  postgres…\n1234 50.0  gzip /va…\n"
    );
    assert_eq!(hidden, ["user", "rss"]);
}

#[test]
fn no_line_is_ever_wider_than_the_terminal() {
    let mut rows = rows();
    rows.push(row(u64::MAX, Ok(u64::MAX), "日本語 日本語 \x1b[31m\n"));
    for width in 1..140 {
        let (text, _) = table(&rows, &look(Some(width)));
        assert_eq!(text.lines().count(), rows.len() + 1);
        for line in text.lines() {
            assert!(text::width(line) <= width, "{width}: {line:?}");
        }
    }
}

#[test]
fn sums_stand_below_their_columns() {
    let sums = [
        ("rss", Value::Bytes(12 << 20).into()),
        ("command", Cell::text("sum of 1 of 2 rows")),
    ];
    let sum_line = |look: &Look| {
        let room = look.terminal.width.map_or(Room::Pipe, Room::Cells);
        let choice = TABLE.choose(&ColumnRequest::Usual, &[], room).unwrap();
        let mut out = Vec::new();
        write(&mut out, &choice, &rows(), &sums, look).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 4);
        text.lines().last().unwrap().to_owned()
    };
    assert_eq!(
        sum_line(&look(None)),
        "   - -       - 12MiB  sum of 1 of 2 rows"
    );
    assert_eq!(
        sum_line(&look(Some(60))),
        "               12MiB  sum of 1 of 2 rows"
    );
}

#[test]
fn a_hostile_name_stays_in_its_line() {
    let (text, _) = table(&[row(1, Ok(0), "a\n2 root\x1b[2J\r\u{202e}")], &look(None));
    assert!(text.ends_with("a\\n2 root\\x1b[2J\\r\\u{202e}\n"), "{text}");
    assert_eq!(text.lines().count(), 2);
}

#[test]
fn the_header_can_be_left_out() {
    let mut look = look(None);
    look.header = false;
    let (text, _) = table(&rows(), &look);
    assert_eq!(text.lines().count(), 2);
    assert!(!text.contains("PID"));
}

#[test]
fn colours_do_not_change_the_alignment() {
    let mut look = look(Some(80));
    let (plain, _) = table(&rows(), &look);
    look.terminal.color = true;
    let (painted, _) = table(&rows(), &look);
    assert!(painted.contains("\x1b[1mPID\x1b[0m"));
    let mut stripped = painted;
    for code in ["\x1b[0m", "\x1b[1m", "\x1b[2m"] {
        stripped = stripped.replace(code, "");
    }
    assert_eq!(stripped, plain);
}

#[test]
fn rows_are_ordered_by_value_and_unknowns_come_last() {
    let order = |key: &str, descending| {
        let sort_keys = [SortKey {
            column: key.into(),
            descending,
        }];
        let choice = TABLE
            .choose(&ColumnRequest::Usual, &sort_keys, Room::Pipe)
            .unwrap();
        let mut rows = vec![
            row(1, Err(Missing::Denied), "b"),
            row(2, Ok(9 << 20), "a"),
            row(3, Ok(1 << 30), "a"),
        ];
        sort(&mut rows, &choice);
        rows.iter().map(|row| row.pid).collect::<Vec<_>>()
    };
    assert_eq!(order("rss", false), [2, 3, 1]);
    assert_eq!(order("rss", true), [3, 2, 1]);
    assert_eq!(order("command", false), [2, 3, 1]);
    assert_eq!(order("command", true), [1, 2, 3]);
}

#[test]
fn a_number_that_is_none_is_unknown() {
    let mut bad = row(1, Ok(1), "x");
    bad.cpu = Some(f64::NAN);
    let (text, _) = table(&[bad], &look(None));
    assert!(text.contains("root    ?"), "{text}");
}

#[test]
fn an_empty_text_keeps_its_field() {
    let (text, _) = table(&[row(1, Ok(1), "")], &look(None));
    assert!(text.ends_with(" -\n"));
}

/// The name of a source, and what it says.
static SAYINGS: crate::column::Table<(&str, &str)> = crate::column::Table {
    name: "sayings",
    version: 1,
    noun: "sayings",
    columns: &[
        Column::new(
            "source",
            "SOURCE",
            Unit::Text,
            "",
            (),
            |row: &(&str, &str)| Value::text(row.0).into(),
        )
        .width(8)
        .fit(Fit::Squeezed(12)),
        Column::new("id", "ID", Unit::Id, "", (), |_| Value::Id(41).into())
            .keep(50)
            .width(2),
        Column::new(
            "message",
            "MESSAGE",
            Unit::Text,
            "",
            (),
            |row: &(&str, &str)| Value::text(row.1).into(),
        )
        .width(8)
        .fit(Fit::Rest),
    ],
};

#[test]
fn a_column_is_squeezed_before_another_is_dropped() {
    let shown = |rows: &[(&'static str, &'static str)], width, steady| {
        let choice = SAYINGS
            .choose(&ColumnRequest::Usual, &[], Room::Cells(width))
            .unwrap();
        let look = Look {
            header: false,
            steady,
            ..look(Some(width))
        };
        let mut out = Vec::new();
        write(&mut out, &choice, rows, &[], &look).unwrap();
        String::from_utf8(out).unwrap()
    };
    let long = [("a-name-that-is-long", "what it has to say")];
    assert_eq!(
        shown(&long, 40, false),
        "a-name-that… 41  what it has to say\n"
    );
    assert_eq!(shown(&long, 22, false), "a-name-t… 41  what it…\n");
    assert_eq!(shown(&long, 18, false), "a-name-…  what it…\n");
    // Table after table, each source in its column.
    let short = [("sh", "hello")];
    assert_eq!(shown(&short, 40, true), "sh           41  hello\n");
    assert_eq!(shown(&short, 40, false), "sh 41  hello\n");
}
