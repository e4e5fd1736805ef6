use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use super::*;
use crate::cell::Missing;
use crate::column::tests::{TABLE, row};
use crate::column::{ColumnRequest, Room};

fn page(fields: Vec<(&'static str, Node<'_>)>, charset: Charset) -> String {
    let mut out = Vec::new();
    write_page(&mut out, ("test", 1), &Clock::fixed(), fields, charset).unwrap();
    let text = String::from_utf8(out).unwrap();
    // Whatever is written must be read by others.
    let _: serde_json::Value = serde_json::from_str(&text).unwrap();
    text
}

const START: &str = r#"{"schema":"oslens.test/1","time":"2026-11-21T08:31:00Z""#;

#[test]
fn a_table_is_one_document_with_a_row_per_line() {
    let choice = TABLE
        .choose(&ColumnRequest::Usual, &[], Room::Json)
        .unwrap();
    let rows = [
        row(7, Ok(12 << 20), "a b"),
        row(8, Err(Missing::Denied), "c"),
    ];
    let write = |rows, fields| {
        let mut out = Vec::new();
        let clock = Clock::fixed();
        write_table(
            &mut out,
            &TABLE,
            &choice,
            rows,
            &clock,
            fields,
            Charset::Unicode,
        )
        .unwrap();
        let text = String::from_utf8(out).unwrap();
        let _: serde_json::Value = serde_json::from_str(&text).unwrap();
        text
    };
    let window = Node::from(Value::Duration(Duration::from_millis(200)));
    assert_eq!(
        write(&rows, vec![("window", window)]),
        format!(
            "{START},\"window\":0.2,\"rows\":[\n{}\n{}\n]}}\n",
            r#"{"pid":7,"user":"root","cpu":0.5,"rss":12582912,"time":7.0,"command":"a b"},"#,
            r#"{"pid":8,"user":"root","cpu":0.5,"rss":null,"time":8.0,"command":"c","missing":{"rss":"permission"}}"#,
        )
    );
    assert_eq!(write(&[], vec![]), format!("{START},\"rows\":[]}}\n"));
}

#[test]
fn values_are_in_base_units() {
    let fields = vec![
        ("rate", Value::Rate(1.5).into()),
        ("nice", Value::Signed(-5).into()),
        ("at", Value::Time(SystemTime::UNIX_EPOCH).into()),
        ("up", Value::Flag(true).into()),
        ("ids", Value::List(vec![Value::Id(u64::MAX)]).into()),
        (
            "inner",
            Node::Object(vec![("io", Cell::Missing(Missing::Gone).into())]),
        ),
    ];
    let expected = r#","rate":1.5,"nice":-5,"at":"1970-01-01T00:00:00Z","up":true,"ids":[18446744073709551615],"inner":{"io":null,"missing":{"io":"gone"}}}"#;
    assert_eq!(
        page(fields, Charset::Unicode),
        format!("{START}{expected}\n")
    );
    assert_eq!(page(vec![], Charset::Unicode), format!("{START}}}\n"));
}

#[test]
fn json_cannot_drive_a_terminal_and_still_says_the_same() {
    let hostile = "\x1b[2J\u{9b}31m\u{7f}\u{202e}\u{e0041}é\"\\\n";
    let name = || Value::Text(Cow::Borrowed(hostile.as_ref())).into();
    for charset in [Charset::Unicode, Charset::Ascii] {
        let text = page(vec![("name", name())], charset);
        let visible = text
            .trim_end()
            .chars()
            .all(|c| !c.is_control() && !text::is_deceptive(c));
        assert!(visible, "{text}");
        assert_eq!(text.is_ascii(), charset == Charset::Ascii);
        let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed["name"], hostile);
    }
}

#[cfg(unix)]
#[test]
fn text_that_is_not_utf8_keeps_its_bytes() {
    use std::os::unix::ffi::OsStrExt as _;
    let bad = || Value::Text(Cow::Borrowed(OsStr::from_bytes(b"a\xff")));
    let good = Value::Text(Cow::Borrowed(OsStr::new("ok")));
    let fields = vec![
        ("name", bad().into()),
        ("args", Value::List(vec![good, bad()]).into()),
    ];
    let expected = ",\"name\":\"a\u{fffd}\",\"name_bytes\":\"61ff\",\
                    \"args\":[\"ok\",\"a\u{fffd}\"],\"args_bytes\":[null,\"61ff\"]}\n";
    assert_eq!(page(fields, Charset::Unicode), format!("{START}{expected}"));
}

#[cfg(windows)]
#[test]
fn half_a_surrogate_pair_keeps_its_bytes() {
    use std::os::windows::ffi::OsStringExt as _;
    let odd = std::ffi::OsString::from_wide(&[u16::from(b'a'), 0xd800]);
    let fields = vec![("name", Value::Text(Cow::Owned(odd)).into())];
    let text = page(fields, Charset::Unicode);
    let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(parsed["name"].as_str().unwrap().starts_with("a\u{fffd}"));
    assert_eq!(parsed["name_bytes"], "61eda080");
}
