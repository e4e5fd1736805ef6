use std::sync::{Arc, Mutex};

use super::*;
use crate::message::Severity;

/// A log that keeps what it is told, until it is full.
#[derive(Default, Clone)]
struct Kept(Arc<Mutex<Vec<Event>>>);

impl Sink for Kept {
    fn report(&self, event: &Event) -> Result<()> {
        let mut events = self.0.lock().unwrap();
        if events.len() >= 12 {
            return Err(Error::code_of("ReportEventW", 1502));
        }
        events.push(event.clone());
        Ok(())
    }
}

fn writer() -> (Writer, Kept) {
    let kept = Kept::default();
    let writer = Writer {
        source: "Disk Watch".into(),
        log: Box::new(kept.clone()),
    };
    (writer, kept)
}

#[test]
fn what_is_reported_arrives_and_what_is_too_long_does_not() {
    let (writer, kept) = writer();
    writer.info("a").unwrap();
    let error = writer.error(&"x".repeat(MOST_TEXT + 1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.subject(), Some(OsStr::new("Disk Watch")));
    writer.error(&"x".repeat(30_000)).unwrap();
    let events = kept.0.lock().unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].severity(), Severity::Information);
    assert_eq!(events[0].texts(), ["a"]);
    assert_eq!(events[1].severity(), Severity::Error);
}

#[test]
fn a_full_log_is_an_error_of_its_kind() {
    let (writer, _) = writer();
    for _ in 0..12 {
        writer.warning("a").unwrap();
    }
    let error = writer.warning("a").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Full);
    assert_eq!(error.code(), Some(1502));
}

#[test]
fn services_are_named_in_all_their_messages() {
    let (writer, kept) = writer();
    writer.service_starting("Spooler", "").unwrap();
    writer.service_started("Spooler", "").unwrap();
    writer.service_stopping("Spooler", "").unwrap();
    writer.service_stopped("Spooler", "").unwrap();
    writer.service_failed("Spooler", "no paper").unwrap();
    writer.service_panicked("Spooler", "on fire").unwrap();
    let events = kept.0.lock().unwrap();
    let mut ids = Vec::new();
    for event in events.iter() {
        let message = generic::MESSAGES
            .iter()
            .find(|message| message.id() == event.id())
            .unwrap();
        let text = message.format(event.texts());
        assert!(text.contains("Spooler") && !text.contains('%'), "{text}");
        ids.push(event.id());
    }
    ids.dedup();
    assert_eq!(ids.len(), 6);
    assert_eq!(events[5].severity(), Severity::Error);
}

#[cfg(not(windows))]
#[test]
fn elsewhere_it_is_said_that_there_is_no_such_log() {
    for opened in [
        Writer::open("a"),
        Writer::open_unregistered("a"),
        Writer::open_remote("b", "a"),
    ] {
        assert_eq!(opened.unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
