//! Saved logs, on every platform.

use std::{fs, path::PathBuf};

use oslens_eventlog::{
    Bookmark, ErrorKind, Level, Log, Order, Query, Record, Result,
    parse::{event, evtx, xml},
};

const SECURITY: &[u8] = include_bytes!("evtx/security.evtx");

/// A copy of a log that is removed with its directory at the end.
struct Copy(PathBuf);

impl Copy {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("oslens-{}-{name}.evtx", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, bytes).unwrap();
        Self(path)
    }

    fn log(&self) -> Log {
        Log::open_file(&self.0).unwrap()
    }

    fn numbers(&self, query: &Query) -> Vec<u64> {
        let records = self.log().query(query).unwrap();
        records.map(|record| record.unwrap().number).collect()
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}

const NUMBERS: [u64; 7] = [
    319_457_771,
    319_457_830,
    319_457_831,
    319_457_832,
    319_457_855,
    319_457_856,
    319_457_858,
];

#[test]
fn every_field_is_what_another_parser_read() {
    let file = Copy::new("witness", SECURITY);
    let events = xml::document(include_bytes!("evtx/security.xml")).unwrap();
    let expected: Vec<Record> = events
        .elements()
        .map(|event| event::record(event).unwrap())
        .collect();
    assert_eq!(expected.len(), 7);
    let records = file.log().records(Order::Oldest).unwrap();
    let read: Vec<Record> = records
        .map(|record| {
            let mut record = record.unwrap();
            // The same, from our own rendering.
            let xml = record.xml.take().unwrap();
            let again = event::record(&xml::document(xml.as_bytes()).unwrap()).unwrap();
            assert_eq!(again, record);
            record
        })
        .collect();
    assert_eq!(read, expected);

    let logon = &read[3];
    assert_eq!(logon.event_id.code(), 4625);
    assert_eq!(logon.level, Level::AuditFailure);
    assert_eq!(logon.source, "Microsoft-Windows-Security-Auditing");
    assert_eq!(logon.log, "Security");
    assert_eq!(logon.computer, "temporal");
    assert_eq!(logon.field("TargetUserName"), Some("Administrator"));
    assert_eq!(logon.process_id, Some(768));
    assert_eq!(logon.strings.len(), 21);
    assert!(logon.text().contains("IpAddress=23.94.153.202"));
}

#[test]
fn both_orders_seeking_and_limits_agree() {
    let file = Copy::new("orders", SECURITY);
    assert_eq!(file.numbers(&Query::new()), NUMBERS);
    let mut reversed = NUMBERS;
    reversed.reverse();
    assert_eq!(file.numbers(&Query::new().newest_first()), reversed);
    let from = Query::new().from(319_457_833);
    assert_eq!(file.numbers(&from), NUMBERS[4..]);
    assert_eq!(file.numbers(&from.clone().newest_first()), reversed[3..]);
    assert_eq!(file.numbers(&from.limit(2)), NUMBERS[4..6]);
    assert!(file.numbers(&Query::new().from(u64::MAX)).is_empty());
    assert_eq!(file.log().count().unwrap(), 7);
    assert_eq!(file.log().oldest().unwrap(), Some(NUMBERS[0]));
}

#[test]
fn conditions_choose_records() {
    let file = Copy::new("conditions", SECURITY);
    let all: Vec<Record> = file
        .log()
        .records(Order::Oldest)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let chosen = |query: Query| file.numbers(&query);
    assert_eq!(chosen(Query::new().id(4625)), [NUMBERS[3]]);
    assert_eq!(chosen(Query::new().ids(4600..=4700)).len(), 3);
    assert_eq!(chosen(Query::new().at_least(Level::Warning)).len(), 6);
    assert_eq!(
        chosen(Query::new().level(Level::AuditSuccess)),
        [NUMBERS[1]]
    );
    assert_eq!(chosen(Query::new().text("ADMINISTRATOR")).len(), 2);
    let source = "microsoft-windows-security-auditing";
    assert_eq!(chosen(Query::new().source(source)).len(), 7);
    assert!(chosen(Query::new().source("Other")).is_empty());
    let time = all[4].time_generated.unwrap();
    assert_eq!(chosen(Query::new().since(time)), NUMBERS[4..]);
    assert_eq!(chosen(Query::new().until(time)), NUMBERS[..4]);
    let nothing = Query::new().since(time).until(time);
    assert!(chosen(nothing).is_empty());
}

#[test]
fn a_reading_goes_on_behind_its_bookmark() {
    let file = Copy::new("bookmark", SECURITY);
    let mut records = file.log().records(Order::Oldest).unwrap();
    assert_eq!(records.bookmark(), None);
    let third = records.by_ref().nth(2).unwrap().unwrap();
    let bookmark = records.bookmark().unwrap().clone();
    assert_eq!(bookmark, Bookmark::of(&third));
    assert_eq!(
        file.numbers(&Query::new().after(bookmark.clone())),
        NUMBERS[3..]
    );
    let older = Query::new().newest_first().after(bookmark);
    assert_eq!(file.numbers(&older), [NUMBERS[1], NUMBERS[0]]);
}

/// Adds to all numbers of the records of a chunk, in its head, its frames and
/// its events.
fn renumber(chunk: &mut [u8], in_file: u64, in_log: u64) {
    let add = |bytes: &mut [u8], more: u64| {
        let number = u64::from_le_bytes(bytes.try_into().unwrap());
        bytes.copy_from_slice(&(number + more).to_le_bytes());
    };
    add(&mut chunk[8..16], in_file);
    let frames: Vec<_> = evtx::frames(chunk).map(Result::unwrap).collect();
    for (frame, number) in frames.into_iter().zip(NUMBERS) {
        add(&mut chunk[frame.start - 16..frame.start - 8], in_file);
        let event = &mut chunk[frame.start..frame.end];
        let number = number.to_le_bytes();
        let at = event.windows(8).position(|bytes| bytes == number).unwrap();
        add(&mut event[at..at + 8], in_log);
    }
}

#[test]
fn a_log_that_wraps_is_read_in_the_order_of_its_records() {
    let (head, chunk) = SECURITY.split_at(4096);
    let mut later = chunk.to_vec();
    renumber(&mut later, 7, 1000);
    // The oldest chunk was written anew, one is reserved, and the last was
    // not finished.
    let reserved = vec![0; evtx::CHUNK];
    let bytes = [head, &later, chunk, &reserved, b"ElfCh"].concat();
    let file = Copy::new("wrapped", &bytes);
    let mut all = NUMBERS.to_vec();
    all.extend(NUMBERS.map(|number| number + 1000));
    assert_eq!(file.numbers(&Query::new()), all);
    let from = Query::new().from(all[7]);
    assert_eq!(file.numbers(&from), all[7..]);
    all.reverse();
    assert_eq!(file.numbers(&Query::new().newest_first()), all);
    assert_eq!(file.log().count().unwrap(), 14);
    assert_eq!(file.log().oldest().unwrap(), Some(NUMBERS[0]));
}

#[test]
fn a_file_that_was_cut_off_gives_what_is_left() {
    // Within the first chunk: its records are at its beginning.
    for length in [4096, 4096 + 512, 4096 + 4000, 4096 + 20_000] {
        let file = Copy::new("cut", &SECURITY[..length]);
        let records = file.log().records(Order::Oldest).unwrap();
        let (whole, damaged): (Vec<_>, Vec<_>) = records.partition(Result::is_ok);
        assert!(whole.len() <= 7 && damaged.len() <= 1, "{length}");
        if let Some(Err(error)) = damaged.first() {
            assert_eq!(error.kind(), ErrorKind::Corrupt);
        }
    }
    let file = Copy::new("empty", &SECURITY[..4096]);
    assert_eq!(file.log().count().unwrap(), 0);
    assert_eq!(file.log().oldest().unwrap(), None);
}

#[test]
fn a_file_of_any_pretended_length_is_refused_at_once() {
    let file = Copy::new("sparse", &SECURITY[..4096]);
    let opened = fs::OpenOptions::new().write(true).open(&file.0).unwrap();
    if opened.set_len(4 << 40).is_err() {
        println!("skipped: this file system has no such files");
        return;
    }
    let error = Log::open_file(&file.0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
}

#[test]
fn damage_in_one_record_does_not_hide_the_others() {
    let mut bytes = SECURITY.to_vec();
    // The fragment's first token in the second record: found by its number.
    let head = [0x2a, 0x2a, 0, 0];
    let second = bytes
        .windows(16)
        .position(|window| window[..4] == head && window[8] == 2)
        .unwrap();
    bytes[second + 24] = 0x77;
    let file = Copy::new("damaged", &bytes);
    let records: Vec<Result<Record>> = file.log().records(Order::Oldest).unwrap().collect();
    assert_eq!(records.len(), 7);
    let errors = records.iter().filter(|record| record.is_err()).count();
    assert_eq!(errors, 1);
    assert_eq!(records[1].as_ref().unwrap_err().kind(), ErrorKind::Corrupt);
    // Nor does it change where a reading begins.
    assert_eq!(file.numbers(&Query::new().from(NUMBERS[4])), NUMBERS[4..]);
    let older = Query::new().newest_first().from(NUMBERS[2]);
    let older: Vec<_> = file.log().query(&older).unwrap().collect();
    assert_eq!(
        (older.len(), older[0].as_ref().unwrap().number),
        (3, NUMBERS[2])
    );
}

#[test]
fn what_is_no_saved_log_says_so() {
    let missing = Log::open_file("oslens-has-no-such.evtx").unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let file = Copy::new("text", b"no log");
    let error = Log::open_file(&file.0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("oslens-"), "{error}");
}

#[test]
fn a_saved_log_can_only_be_read() {
    let file = Copy::new("only", SECURITY);
    let log = file.log();
    let follow = log.follow(&Query::new()).unwrap_err();
    assert_eq!(follow.kind(), ErrorKind::Unsupported);
    assert_eq!(log.clear(None).unwrap_err().kind(), ErrorKind::Unsupported);
    let to = std::env::temp_dir().join("oslens-never-written.evtx");
    let export = log.back_up(&to).unwrap_err();
    assert_eq!(export.kind(), ErrorKind::Unsupported);
    let xpath = log.query(&Query::new().xpath("*")).unwrap_err();
    assert_eq!(xpath.kind(), ErrorKind::Unsupported);
    assert_eq!(fs::read(&file.0).unwrap(), SECURITY);
}
