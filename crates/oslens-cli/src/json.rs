//! JSON: the same cells as the tables, in base units.
//!
//! - Bytes, counts and IDs are integers; rates are bytes per second; ratios
//!   are fractions of one; durations are seconds; moments are RFC 3339 in UTC.
//! - What is missing is `null`, and the object's `missing` says why:
//!   `"missing":{"io":"permission"}`. It is left out when nothing is missing.
//! - Text that is not UTF-8 has U+FFFD for what cannot be shown, and all of
//!   its bytes in hexadecimal under the same key with `_bytes` added. Within
//!   a list, `_bytes` is a list with `null` for the items that need none.
//! - Characters that a terminal would obey are written as `\u` escapes.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::ser::{Error as _, Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::ser::{CompactFormatter, Formatter};

use crate::cell::{Cell, Value};
use crate::clock::{self, Clock};
use crate::column::{Choice, Table};
use crate::text::{self, Charset};

/// A JSON value in the making.
#[derive(Clone, Debug)]
pub(crate) enum Node<'a> {
    Cell(Cell<'a>),
    Object(Vec<(&'static str, Node<'a>)>),
    Array(Vec<Node<'a>>),
}

impl<'a> From<Cell<'a>> for Node<'a> {
    fn from(cell: Cell<'a>) -> Self {
        Self::Cell(cell)
    }
}

impl<'a> From<Value<'a>> for Node<'a> {
    fn from(value: Value<'a>) -> Self {
        Self::Cell(Cell::Known(value))
    }
}

/// Writes one document: `{"schema":"oslens.NAME/VERSION","time":…, fields}`.
///
/// # Errors
///
/// When the output cannot be written.
pub(crate) fn write_page(
    out: &mut impl Write,
    (name, version): (&str, u32),
    clock: &Clock,
    fields: Vec<(&'static str, Node<'_>)>,
    charset: Charset,
) -> io::Result<()> {
    write_start(out, (name, version), clock, fields, charset)?;
    out.write_all(b"}\n")
}

/// Writes a table as one document, one row per line:
/// `{"schema":…,"time":…, fields,"rows":[…]}`.
///
/// # Errors
///
/// When the output cannot be written.
pub(crate) fn write_table<R, N>(
    out: &mut impl Write,
    table: &Table<R, N>,
    choice: &Choice<R, N>,
    rows: &[R],
    clock: &Clock,
    fields: Vec<(&'static str, Node<'_>)>,
    charset: Charset,
) -> io::Result<()> {
    write_start(out, (table.name, table.version), clock, fields, charset)?;
    out.write_all(b",\"rows\":[")?;
    for (at, row) in rows.iter().enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        write_row(out, choice, row, charset)?;
    }
    out.write_all(if rows.is_empty() { b"]}\n" } else { b"\n]}\n" })
}

/// Writes a row by itself, as one line: the form of what goes on without an
/// end.
///
/// # Errors
///
/// When the output cannot be written.
pub(crate) fn write_line<R, N>(
    out: &mut impl Write,
    choice: &Choice<R, N>,
    row: &R,
    charset: Charset,
) -> io::Result<()> {
    write_row(out, choice, row, charset)?;
    out.write_all(b"\n")
}

fn write_row<R, N>(
    out: &mut impl Write,
    choice: &Choice<R, N>,
    row: &R,
    charset: Charset,
) -> io::Result<()> {
    let cells = choice
        .columns
        .iter()
        .map(|column| (column.key, Node::Cell(column.cell(row))))
        .collect();
    write_node(out, &Node::Object(cells), charset)
}

/// The document up to where its closing brace or its rows follow.
fn write_start(
    out: &mut impl Write,
    (name, version): (&str, u32),
    clock: &Clock,
    fields: Vec<(&'static str, Node<'_>)>,
    charset: Charset,
) -> io::Result<()> {
    let time = clock.now();
    write!(
        out,
        "{{\"schema\":\"oslens.{name}/{version}\",\"time\":\"{time}\""
    )?;
    if fields.is_empty() {
        return Ok(());
    }
    let mut inner = Vec::new();
    write_node(&mut inner, &Node::Object(fields), charset)?;
    out.write_all(b",")?;
    // The fields continue the object that is already open.
    let inner = inner.strip_prefix(b"{").unwrap_or(&inner);
    out.write_all(inner.strip_suffix(b"}").unwrap_or(inner))
}

fn write_node(out: &mut impl Write, node: &Node<'_>, charset: Charset) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, SafeFormatter { charset });
    node.serialize(&mut serializer).map_err(io::Error::from)
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Cell(Cell::Known(value)) => Plain(value).serialize(serializer),
            Self::Cell(Cell::Missing(_)) => serializer.serialize_none(),
            Self::Array(nodes) => serializer.collect_seq(nodes),
            Self::Object(fields) => serialize_object(fields, serializer),
        }
    }
}

fn serialize_object<S: Serializer>(
    fields: &[(&'static str, Node<'_>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    let mut missing = Vec::new();
    for (key, node) in fields {
        map.serialize_entry(key, node)?;
        match node {
            Node::Cell(Cell::Missing(reason)) => missing.push((*key, *reason)),
            Node::Cell(Cell::Known(value)) => {
                if let Some(bytes) = Bytes::of(value) {
                    map.serialize_entry(&format!("{key}_bytes"), &bytes)?;
                }
            }
            Node::Object(_) | Node::Array(_) => {}
        }
    }
    if !missing.is_empty() {
        map.serialize_entry("missing", &Reasons(&missing))?;
    }
    map.end()
}

struct Reasons<'m>(&'m [(&'static str, crate::cell::Missing)]);

impl Serialize for Reasons<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, reason)| (key, reason.key())))
    }
}

/// A value in base units.
struct Plain<'v, 'a>(&'v Value<'a>);

impl Serialize for Plain<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Text(text) => serializer.serialize_str(&text.to_string_lossy()),
            Value::Id(number) | Value::Count(number) | Value::Bytes(number) => {
                serializer.serialize_u64(*number)
            }
            Value::Signed(number) => serializer.serialize_i64(*number),
            Value::Rate(number) | Value::Ratio(number) | Value::Number(number) => {
                serializer.serialize_f64(*number)
            }
            Value::Duration(span) => serializer.serialize_f64(span.as_secs_f64()),
            Value::Time(time) => {
                let time = clock::rfc3339(*time)
                    .ok_or_else(|| S::Error::custom("a moment beyond the calendar"))?;
                serializer.serialize_str(&time)
            }
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::List(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&Plain(value))?;
                }
                list.end()
            }
        }
    }
}

/// The exact bytes of text that is not UTF-8, in hexadecimal.
enum Bytes {
    Text(String),
    List(Vec<Option<String>>),
}

impl Bytes {
    fn of(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => hexadecimal(text).map(Self::Text),
            Value::List(values) => {
                let items: Vec<Option<String>> = values
                    .iter()
                    .map(|value| match value {
                        Value::Text(text) => hexadecimal(text),
                        _ => None,
                    })
                    .collect();
                items
                    .iter()
                    .any(Option::is_some)
                    .then_some(Self::List(items))
            }
            _ => None,
        }
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
        }
    }
}

fn hexadecimal(text: &OsStr) -> Option<String> {
    if text.to_str().is_some() {
        return None;
    }
    let mut digits = String::new();
    for byte in text.as_encoded_bytes() {
        let _ = write!(digits, "{byte:02x}");
    }
    Some(digits)
}

/// Compact JSON with `\u` for every character that would act on a terminal.
struct SafeFormatter {
    charset: Charset,
}

impl Formatter for SafeFormatter {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        let mut from = 0;
        for (at, character) in fragment.char_indices() {
            let plain = match character {
                '\u{7f}' => false,
                _ if character.is_ascii() => true,
                _ => self.charset == Charset::Unicode && !text::is_deceptive(character),
            };
            if plain {
                continue;
            }
            CompactFormatter.write_string_fragment(writer, &fragment[from..at])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            from = at + character.len_utf8();
        }
        CompactFormatter.write_string_fragment(writer, &fragment[from..])
    }
}

#[cfg(test)]
mod tests;
