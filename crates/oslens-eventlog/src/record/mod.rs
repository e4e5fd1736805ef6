//! One record of a log.

mod level;
mod user;

use std::time::SystemTime;

pub use level::{EventId, Level};
pub use oslens_win32::{Guid, ParseGuidError};
pub use user::User;

use crate::{Error, ErrorKind, Result, message::Catalog};

/// One record of a log, whichever way it was read: through the classic or the
/// modern interface of Windows, or from a saved file.
///
/// What the way of reading does not tell is `None` or empty: the classic
/// interface knows no process, the modern one no time of writing.
///
/// Text of the log that is not well-formed UTF-16 has U+FFFD in the places
/// that are not.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Record {
    /// The number of the record in its log. It grows by one with each record
    /// and begins anew when the log is cleared.
    pub number: u64,
    /// The log: `System`, `Microsoft-Windows-Kernel-Boot/Operational`. Of a
    /// file, the log that the record was written to.
    pub log: String,
    /// When the event happened.
    pub time_generated: Option<SystemTime>,
    /// When the record was written; only the classic interface knows.
    pub time_written: Option<SystemTime>,
    /// Who reported it: the name of the source or publisher.
    pub source: String,
    /// The name that the source has in the classic log, where it is another
    /// one.
    pub classic_source: Option<String>,
    /// Which of its events it is.
    pub event_id: EventId,
    /// How bad it is.
    pub level: Level,
    /// The source's own grouping, 0 for none; what modern publishers call
    /// task.
    pub category: u16,
    /// The machine that reported it.
    pub computer: String,
    /// On whose behalf, where that was recorded.
    pub user: Option<User>,
    /// The texts that belong into the message's places `%1`, `%2`, …; of a
    /// modern record, all values in their order.
    pub strings: Vec<String>,
    /// The names of the strings, where a modern publisher gave names: as many
    /// as there are strings, or none. See [`Record::field`].
    pub names: Vec<Option<String>>,
    /// Bytes that the source added.
    pub data: Vec<u8>,
    /// The publisher's GUID.
    pub provider_guid: Option<Guid>,
    /// The version of the event's definition.
    pub version: Option<u8>,
    /// The step within the task: 1 start, 2 stop, others the publisher's.
    pub opcode: Option<u8>,
    /// Bits of the publisher's keywords.
    pub keywords: Option<u64>,
    /// The process that reported it.
    pub process_id: Option<u32>,
    /// The thread that reported it.
    pub thread_id: Option<u32>,
    /// The activity that it is part of.
    pub activity_id: Option<Guid>,
    /// The activity that this one goes over to.
    pub related_activity_id: Option<Guid>,
    /// What the publisher's texts say, where they were asked for with
    /// [`Query::messages`](crate::Query::messages) or are kept in the record.
    pub rendered: Option<Rendered>,
    /// The whole record as the modern log shows it: what is in it beyond the
    /// fields here is in there. `None` from the classic interface.
    pub xml: Option<String>,
}

/// The texts of a record in the words of its publisher.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Rendered {
    /// The message with the strings put in.
    pub message: Option<String>,
    /// The name of the level.
    pub level: Option<String>,
    /// The name of the category.
    pub task: Option<String>,
    /// The name of the opcode.
    pub opcode: Option<String>,
    /// The names of the keywords.
    pub keywords: Vec<String>,
}

impl Record {
    /// An empty record with this number.
    pub(crate) fn new(number: u64) -> Self {
        Self {
            number,
            log: String::new(),
            time_generated: None,
            time_written: None,
            source: String::new(),
            classic_source: None,
            event_id: EventId::new(0),
            level: Level::Information,
            category: 0,
            computer: String::new(),
            user: None,
            strings: Vec::new(),
            names: Vec::new(),
            data: Vec::new(),
            provider_guid: None,
            version: None,
            opcode: None,
            keywords: None,
            process_id: None,
            thread_id: None,
            activity_id: None,
            related_activity_id: None,
            rendered: None,
            xml: None,
        }
    }

    /// The string with this name: `TargetUserName`. Names are those of the
    /// publisher, to the letter.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let at = self
            .names
            .iter()
            .position(|known| known.as_deref() == Some(name))?;
        self.strings.get(at).map(String::as_str)
    }

    /// What happened, in words: the message of the source with the record's
    /// strings in it.
    ///
    /// What was rendered with the record is taken as it is. Otherwise the
    /// message files of the source on this machine are read, each time: for
    /// many records use [`Record::message_from`], or [`Query::messages`]
    /// when they are read.
    ///
    /// [`Query::messages`]: crate::Query::messages
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when this machine
    /// does not have the source's messages, or not this one: a record of
    /// another machine, a program that was removed. [`Record::text`] has an
    /// answer then too.
    ///
    /// # Platform
    ///
    /// Outside Windows no source is registered; give a catalog the files.
    pub fn message(&self) -> Result<String> {
        self.message_from(&Catalog::new())?.ok_or_else(|| {
            Error::message(
                ErrorKind::NotFound,
                format!("{} has no message for event {}", self.source, self.event_id),
            )
        })
    }

    /// What happened, in words, with the messages of this catalog: `None`
    /// where it does not have the source's, or not this one.
    ///
    /// # Errors
    ///
    /// The registry cannot be read.
    ///
    /// ```no_run
    /// use oslens_eventlog::{Log, Order, message::{Catalog, MessageFile}};
    ///
    /// // Of another machine, with a file from there.
    /// let mut catalog = Catalog::new();
    /// catalog.add("Outlook", MessageFile::read("outlook.dll")?);
    /// for record in Log::open_file("Application.evtx")?.records(Order::Oldest)? {
    ///     let record = record?;
    ///     let message = record.message_from(&catalog)?;
    ///     println!("{}", message.unwrap_or_else(|| record.text()));
    /// }
    /// # Ok::<(), oslens_eventlog::Error>(())
    /// ```
    pub fn message_from(&self, catalog: &Catalog) -> Result<Option<String>> {
        if let Some(message) = self.rendered_message() {
            return Ok(Some(message.to_owned()));
        }
        let mut names = vec![self.source.as_str()];
        names.extend(self.classic_source.as_deref());
        for name in names {
            for id in self.message_ids() {
                let message = catalog.message(&self.log, name, id, &self.strings)?;
                if message.is_some() {
                    return Ok(message);
                }
            }
        }
        Ok(None)
    }

    /// The numbers that the message can have: the message compiler gives those
    /// of a manifest's events an upper half of its own, and the version.
    fn message_ids(&self) -> impl Iterator<Item = u32> {
        let full = self.event_id.full();
        let version = u32::from(self.version.unwrap_or(0));
        let manifest = self.provider_guid.is_some() && self.event_id.qualifiers() == 0;
        let compiled = manifest.then_some(0xb000_0000 | version << 16 | full);
        [full].into_iter().chain(compiled)
    }

    /// The message, and where there is none what is known of the event: its
    /// strings. Never fails.
    ///
    /// ```no_run
    /// # fn show(record: &oslens_eventlog::Record) {
    /// println!("{} {}: {}", record.source, record.event_id, record.text());
    /// # }
    /// ```
    #[must_use]
    pub fn text(&self) -> String {
        self.text_from(&Catalog::new())
    }

    /// The same with the messages of this catalog: for many records, each
    /// file of which is read once then.
    #[must_use]
    pub fn text_from(&self, catalog: &Catalog) -> String {
        if let Ok(Some(message)) = self.message_from(catalog) {
            return message;
        }
        let mut text = String::new();
        for (at, string) in self.strings.iter().enumerate() {
            if at > 0 {
                text.push_str(", ");
            }
            if let Some(Some(name)) = self.names.get(at) {
                text.push_str(name);
                text.push('=');
            }
            text.push_str(string);
        }
        text
    }

    pub(crate) fn rendered_message(&self) -> Option<&str> {
        self.rendered.as_ref()?.message.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_without_messages_still_has_a_text() {
        let mut record = Record::new(1);
        record.source = "oslens has no such source".to_owned();
        record.strings = vec!["alice".to_owned(), "10".to_owned()];
        assert_eq!(record.text(), "alice, 10");
        record.names = vec![Some("TargetUserName".to_owned()), None];
        assert_eq!(record.text(), "TargetUserName=alice, 10");
        assert_eq!(record.field("TargetUserName"), Some("alice"));
        assert_eq!(record.field("targetusername"), None);
        record.rendered = Some(Rendered {
            message: Some("alice came 10 times".to_owned()),
            ..Rendered::default()
        });
        assert_eq!(record.text(), "alice came 10 times");
        assert_eq!(record.message().unwrap(), "alice came 10 times");
    }
}
