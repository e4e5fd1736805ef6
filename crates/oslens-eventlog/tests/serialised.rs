//! What is stored comes back: records and bookmarks survive a program.
#![cfg(feature = "serde")]

use oslens_eventlog::{
    Bookmark, Record,
    parse::{event, xml},
};

#[test]
fn records_and_bookmarks_come_back() {
    let events = xml::document(include_bytes!("evtx/security.xml")).unwrap();
    for event in events.elements() {
        let record = event::record(event).unwrap();
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
        let bookmark = Bookmark::of(&record);
        let text = serde_json::to_string(&bookmark).unwrap();
        let again: Bookmark = serde_json::from_str(&text).unwrap();
        assert!(again.is(&record));
    }
    let first = event::record(events.elements().next().unwrap()).unwrap();
    let json = serde_json::to_value(&first).unwrap();
    assert_eq!(json["level"], "audit_failure");
    assert_eq!(
        json["provider_guid"],
        "{54849625-5478-4994-a5ba-3e3b0328c30d}"
    );
}
