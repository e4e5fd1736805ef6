//! Records of the classic interface: `EVENTLOGRECORD`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oslens_win32::bytes::{u16_at, u32_at, utf16};

use super::{Malformed, sid::sid, text};
use crate::{EventId, Level, Record, User};

/// What every record begins with, behind its length: "LfLe".
const SIGNATURE: u32 = 0x654c_664c;
/// Bytes in front of the source's name.
const HEADER: usize = 56;

/// The records in a buffer that `ReadEventLog` filled, one behind the other.
/// Ends after one that is damaged: where the next begins is not known then.
///
/// `log` is the log that they are from.
pub fn records<'a>(
    mut bytes: &'a [u8],
    log: &'a str,
) -> impl Iterator<Item = Result<Record, Malformed>> + 'a {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let length = u32_at(bytes, 0).map_or(0, |length| length as usize);
        let Some((record, rest)) = bytes.split_at_checked(length).filter(|_| length > HEADER)
        else {
            bytes = &[];
            return Some(Err(Malformed("a whole record")));
        };
        bytes = rest;
        let parsed = parse(record, log);
        if parsed.is_none() {
            bytes = &[];
        }
        Some(parsed.ok_or(Malformed("a record of the event log")))
    })
}

fn parse(bytes: &[u8], log: &str) -> Option<Record> {
    if u32_at(bytes, 4)? != SIGNATURE {
        return None;
    }
    let number = |at| u32_at(bytes, at);
    let mut record = Record::new(u64::from(number(8)?));
    record.log = log.to_owned();
    record.time_generated = time(number(12)?);
    record.time_written = time(number(16)?);
    record.event_id = EventId::new(number(20)?);
    record.level = Level::from_event_type(u16_at(bytes, 24)?);
    record.category = u16_at(bytes, 28)?;
    let names = bytes.get(HEADER..)?;
    let (source, rest) = terminated(names);
    record.source = source;
    record.computer = terminated(rest).0;
    record.strings = strings(bytes, number(36)? as usize, u16_at(bytes, 26)?);
    let part = |length: u32, at: u32| {
        let end = at.checked_add(length)?;
        bytes.get(at as usize..end as usize)
    };
    if let Some(user) = part(number(40)?, number(44)?).filter(|user| !user.is_empty()) {
        record.user = sid(user).map(|(text, _)| User::new(text));
    }
    record.data = part(number(48)?, number(52)?)?.to_vec();
    Some(record)
}

/// So many texts from this place; fewer where the record ends before.
fn strings(bytes: &[u8], at: usize, count: u16) -> Vec<String> {
    let mut rest = bytes.get(at..).unwrap_or_default();
    let mut strings = Vec::new();
    for _ in 0..count {
        if rest.is_empty() {
            break;
        }
        let (string, behind) = terminated(rest);
        strings.push(string);
        rest = behind;
    }
    strings
}

/// The text up to its NUL, and what is behind that.
fn terminated(bytes: &[u8]) -> (String, &[u8]) {
    let units = utf16(bytes).take_while(|&unit| unit != 0).count();
    let rest = bytes.get(units * 2 + 2..).unwrap_or_default();
    (text(bytes), rest)
}

/// Seconds since 1970, as 32 bits: zero is written where it is not known.
fn time(seconds: u32) -> Option<SystemTime> {
    let since = Duration::from_secs(u64::from(seconds));
    UNIX_EPOCH.checked_add(since).filter(|_| seconds != 0)
}

#[cfg(test)]
pub(crate) mod encode {
    //! The same bytes, the other way.

    use super::{Record, SIGNATURE};
    use crate::Level;
    use std::time::UNIX_EPOCH;

    fn text(to: &mut Vec<u8>, text: &str) {
        to.extend(text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
    }

    /// A record as `ReadEventLog` would give it; the user is the system where
    /// there is one.
    pub(crate) fn record(record: &Record) -> Vec<u8> {
        let mut names = Vec::new();
        text(&mut names, &record.source);
        text(&mut names, &record.computer);
        names.resize(names.len().next_multiple_of(4), 0);
        let user: &[u8] = match record.user {
            Some(_) => &[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0],
            None => &[],
        };
        let user_at = super::HEADER + names.len();
        let strings_at = user_at + user.len();
        let mut strings = Vec::new();
        for string in &record.strings {
            text(&mut strings, string);
        }
        let data_at = strings_at + strings.len();
        let end = (data_at + record.data.len()).next_multiple_of(4) + 4;
        let seconds = |time: Option<std::time::SystemTime>| {
            time.map_or(0, |time| {
                time.duration_since(UNIX_EPOCH).unwrap().as_secs() as u32
            })
        };
        let level: u16 = match record.level {
            Level::Error => 1,
            Level::Warning => 2,
            Level::AuditSuccess => 8,
            Level::AuditFailure => 16,
            _ => 4,
        };
        let mut bytes = Vec::new();
        let mut number = |number: usize| bytes.extend((number as u32).to_le_bytes());
        number(end);
        number(SIGNATURE as usize);
        number(record.number as usize);
        number(seconds(record.time_generated) as usize);
        number(seconds(record.time_written) as usize);
        number(record.event_id.full() as usize);
        number(usize::from(level) | record.strings.len() << 16);
        number(usize::from(record.category));
        number(0);
        number(strings_at);
        number(user.len());
        number(user_at);
        number(record.data.len());
        number(data_at);
        bytes.extend(names);
        bytes.extend(user);
        bytes.extend(strings);
        bytes.extend(&record.data);
        bytes.resize(end - 4, 0);
        bytes.extend((end as u32).to_le_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn sample(number: u64) -> Record {
        let mut record = Record::new(number);
        record.log = "System".to_owned();
        record.time_generated = time(1_467_213_874);
        record.time_written = time(1_467_213_875);
        record.event_id = EventId::new(0xc000_1b58);
        record.level = Level::Error;
        record.category = 3;
        record.source = "Service Control Manager".to_owned();
        record.computer = "temporal".to_owned();
        record.user = Some(User::new("S-1-5-18"));
        record.strings = vec!["The Server".to_owned(), String::new(), "é😀".to_owned()];
        record.data = vec![1, 2, 3];
        record
    }

    #[test]
    fn records_of_a_batch_come_back() {
        let all: Vec<Record> = (1..=3)
            .map(|number| {
                let mut record = sample(number);
                if number == 2 {
                    record.user = None;
                    record.strings = Vec::new();
                    record.data = Vec::new();
                }
                record
            })
            .collect();
        let bytes: Vec<u8> = all.iter().flat_map(encode::record).collect();
        let read: Vec<Record> = records(&bytes, "System").map(Result::unwrap).collect();
        assert_eq!(read, all);
        assert_eq!(read[0].event_id.code(), 7000);
    }

    #[test]
    fn a_batch_that_is_cut_off_gives_what_is_whole() {
        let first = encode::record(&sample(1));
        let mut bytes = first.clone();
        bytes.extend(encode::record(&sample(2)));
        for end in 0..bytes.len() {
            let read: Vec<_> = records(&bytes[..end], "System").collect();
            let whole = read.iter().filter(|record| record.is_ok()).count();
            assert_eq!(whole, usize::from(end >= first.len()), "{end}");
            assert!(read.len() <= 2);
        }
    }

    #[test]
    fn hostile_numbers_end_the_batch() {
        let good = encode::record(&sample(1));
        // Each number of the header, made huge.
        for at in (0..HEADER).step_by(4) {
            let mut bytes = good.clone();
            bytes[at..at + 4].copy_from_slice(&[0xff; 4]);
            assert!(records(&bytes, "System").count() <= 2);
        }
        assert_eq!(records(&[0; 100], "").count(), 1);
        assert_eq!(records(&[], "").count(), 0);
    }
}
