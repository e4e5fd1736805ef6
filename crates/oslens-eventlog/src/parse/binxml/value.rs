//! The values for the places of a template.

use std::fmt::Write as _;

use oslens_win32::{
    bytes::{array_at, u16_at, u32_at, u64_at},
    time::system_time,
};

use crate::{
    Guid,
    parse::{sid::sid, text, time},
};

/// Where a value is, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    kind: u8,
    start: usize,
    end: usize,
}

const ARRAY: u8 = 0x80;
const NULL: u8 = 0x00;
const TEXT: u8 = 0x01;
const ANSI: u8 = 0x02;
const SID: u8 = 0x13;
const FRAGMENT: u8 = 0x21;

/// The values at this place, and where they end: how many, what each is and
/// how long, then one after the other.
pub(super) fn values(chunk: &[u8], at: usize) -> Option<(Vec<Value>, usize)> {
    let count = u32_at(chunk, at)? as usize;
    let list = at + 4;
    let mut start = count.checked_mul(4)?.checked_add(list)?;
    // None can be outside the chunk, so there cannot be more.
    chunk.get(list..start)?;
    let mut values = Vec::with_capacity(count);
    for at in (list..start).step_by(4) {
        let end = start + usize::from(u16_at(chunk, at)?);
        chunk.get(start..end)?;
        let kind = u16_at(chunk, at + 2)?.to_le_bytes()[0];
        values.push(Value { kind, start, end });
        start = end;
    }
    Some((values, start))
}

impl Value {
    pub(super) fn is_null(&self) -> bool {
        self.kind == NULL
    }

    pub(super) fn is_fragment(&self) -> bool {
        self.kind == FRAGMENT
    }

    pub(super) fn is_array(&self) -> bool {
        self.kind & ARRAY != 0
    }

    pub(super) fn range(&self) -> (usize, usize) {
        (self.start, self.end)
    }

    /// Its text, or those of its items.
    pub(super) fn texts(&self, chunk: &[u8]) -> Vec<String> {
        let bytes = chunk.get(self.start..self.end).unwrap_or_default();
        let kind = self.kind & !ARRAY;
        if !self.is_array() {
            return vec![one(kind, bytes)];
        }
        match (kind, size(kind)) {
            (TEXT, _) => {
                let mut items: Vec<String> = bytes
                    .chunks_exact(2)
                    .collect::<Vec<_>>()
                    .split(|unit| **unit == [0, 0])
                    .map(|item| text(&item.concat()))
                    .collect();
                // Each has a NUL behind it.
                items.pop_if_empty();
                items
            }
            (ANSI, _) => {
                let mut items: Vec<String> = bytes.split(|&byte| byte == 0).map(latin1).collect();
                items.pop_if_empty();
                items
            }
            (SID, _) => {
                let mut rest = bytes;
                std::iter::from_fn(|| {
                    let (text, length) = sid(rest)?;
                    rest = rest.get(length..)?;
                    Some(text)
                })
                .collect()
            }
            (_, Some(size)) => bytes.chunks(size).map(|item| one(kind, item)).collect(),
            (_, None) => vec![hex(bytes)],
        }
    }
}

trait PopIfEmpty {
    fn pop_if_empty(&mut self);
}

impl PopIfEmpty for Vec<String> {
    fn pop_if_empty(&mut self) {
        if self.last().is_some_and(String::is_empty) {
            self.pop();
        }
    }
}

/// Bytes of the kinds that always have as many.
fn size(kind: u8) -> Option<usize> {
    Some(match kind {
        0x03 | 0x04 => 1,
        0x05 | 0x06 => 2,
        0x07 | 0x08 | 0x0b | 0x0d | 0x14 => 4,
        0x09 | 0x0a | 0x0c | 0x11 | 0x15 => 8,
        0x0f | 0x12 => 16,
        _ => return None,
    })
}

/// As the modern log writes it; nothing for a value that is too short, and
/// digits for kinds that are not known.
fn one(kind: u8, bytes: &[u8]) -> String {
    let number = match bytes.len() {
        1 => bytes.first().copied().map(u64::from),
        2 => u16_at(bytes, 0).map(u64::from),
        4 => u32_at(bytes, 0).map(u64::from),
        8 => u64_at(bytes, 0),
        _ => None,
    };
    let text = match kind {
        NULL => None,
        TEXT => Some(text(bytes)),
        ANSI => Some(latin1(bytes)),
        0x03 => array_at(bytes, 0).map(|bytes| i8::from_le_bytes(bytes).to_string()),
        0x05 => array_at(bytes, 0).map(|bytes| i16::from_le_bytes(bytes).to_string()),
        0x07 => array_at(bytes, 0).map(|bytes| i32::from_le_bytes(bytes).to_string()),
        0x09 => array_at(bytes, 0).map(|bytes| i64::from_le_bytes(bytes).to_string()),
        0x04 | 0x06 | 0x08 | 0x0a => number.map(|number| number.to_string()),
        0x0b => array_at(bytes, 0).map(|bytes| f32::from_le_bytes(bytes).to_string()),
        0x0c => array_at(bytes, 0).map(|bytes| f64::from_le_bytes(bytes).to_string()),
        0x0d => number.map(|number| (number != 0).to_string()),
        0x0f => array_at(bytes, 0).map(|bytes| Guid::from_bytes(bytes).to_string()),
        // A pointer's size, and the numbers that are shown in hexadecimal.
        0x10 | 0x14 | 0x15 => number.map(|number| format!("{number:#x}")),
        0x11 => number.and_then(system_time).map(time::format),
        0x12 => system_time_text(bytes),
        SID => sid(bytes).map(|(text, _)| text),
        _ => Some(hex(bytes)),
    };
    text.unwrap_or_default()
}

/// Text of a code page that the file does not name. Western Europe's has most
/// characters where Unicode has them.
fn latin1(bytes: &[u8]) -> String {
    let text = bytes.iter().take_while(|&&byte| byte != 0);
    text.map(|&byte| char::from(byte)).collect()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into text does not fail.
        _ = write!(text, "{byte:02X}");
    }
    text
}

/// A `SYSTEMTIME`: year, month, day of the week, day, and the time of day.
fn system_time_text(bytes: &[u8]) -> Option<String> {
    let part = |at: usize| u16_at(bytes, at * 2);
    Some(format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        part(0)?,
        part(1)?,
        part(3)?,
        part(4)?,
        part(5)?,
        part(6)?,
        part(7)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(kind: u8, bytes: &[u8]) -> Vec<String> {
        let value = Value {
            kind: kind | ARRAY,
            start: 0,
            end: bytes.len(),
        };
        value.texts(bytes)
    }

    #[test]
    fn values_are_written_as_the_system_writes_them() {
        assert_eq!(one(0x03, &[0xff]), "-1");
        assert_eq!(one(0x08, &[0xff, 0xff, 0xff, 0xff]), "4294967295");
        assert_eq!(one(0x0d, &[1, 0, 0, 0]), "true");
        assert_eq!(one(0x0e, &[0, 0xab]), "00AB");
        assert_eq!(one(0x14, &[0xe7, 3, 0, 0]), "0x3e7");
        assert_eq!(one(0x0b, &1.5_f32.to_le_bytes()), "1.5");
        let second = 116_444_736_010_000_000_u64.to_le_bytes();
        assert_eq!(one(0x11, &second), "1970-01-01T00:00:01.0000000Z");
        let date = [0xe0, 7, 6, 0, 3, 0, 29, 0, 15, 0, 24, 0, 34, 0, 90, 1];
        assert_eq!(one(0x12, &date), "2016-06-29T15:24:34.346Z");
        // Too short, or of a kind that nobody documented.
        assert_eq!(one(0x0c, &[1]), "");
        assert_eq!(one(0x7f, &[1]), "01");
    }

    #[test]
    fn arrays_fall_into_their_items() {
        let text: Vec<u8> = "a\0\0bc\0"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(array(TEXT, &text), ["a", "", "bc"]);
        assert_eq!(array(TEXT, &text[..text.len() - 2]), ["a", "", "bc"]);
        assert!(array(TEXT, &[]).is_empty());
        assert_eq!(array(ANSI, b"x\0y\0"), ["x", "y"]);
        assert_eq!(array(0x06, &[1, 0, 2, 0]), ["1", "2"]);
        let sids = [1, 0, 0, 0, 0, 0, 0, 5, 1, 0, 0, 0, 0, 0, 0, 1];
        assert_eq!(array(SID, &sids), ["S-1-5", "S-1-1"]);
    }

    #[test]
    fn values_end_with_the_chunk() {
        let mut chunk = 2_u32.to_le_bytes().to_vec();
        chunk.extend([1, 0, 4, 0, 2, 0, 6, 0, 7, 8, 9]);
        let (values, end) = super::values(&chunk, 0).unwrap();
        assert_eq!((values.len(), end), (2, chunk.len()));
        assert_eq!(values[1].texts(&chunk), ["2312"]);
        for end in 0..chunk.len() {
            assert!(super::values(&chunk[..end], 0).is_none());
        }
        assert!(super::values(&[0xff; 64], 0).is_none());
    }
}
