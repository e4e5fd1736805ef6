//! Messages: the texts of events, and where they are.
//!
//! An event has a number and strings. The text around them is in a message
//! table: a resource of a program or library, which the registry names for each
//! source of events. [`Catalog`] finds it on this machine; [`MessageFile`]
//! reads one file, on every platform, as for a log that was saved on another
//! machine; [`format()`] puts the strings in.
//!
//! # Messages of your own
//!
//! Every executable that uses this library has the messages of [`generic`]: any
//! text as information, warning or error, and services that start, stop and
//! fail. Nothing has to be done for that.
//!
//! Messages of your own have numbers that can be searched for, and text that
//! is the same each time. They are defined once, in the package's build script,
//! with `oslens-eventlog-build`, and are constants in the program:
//!
//! ```ignore
//! // build.rs
//! fn main() {
//!     oslens_eventlog_build::Messages::new()
//!         .category("Network")
//!         .information("CLIENT_CONNECTED", 1, "Client %1 has connected from %2.")
//!         .error("DISK_FULL", 2, "Volume %1 is full.%nNothing was written to %2.")
//!         .link()
//!         .unwrap();
//! }
//! ```
//!
//! ```ignore
//! // main.rs
//! use oslens_eventlog::{Report as _, Source, Writer};
//!
//! mod messages {
//!     include!(concat!(env!("OUT_DIR"), "/event_messages.rs"));
//! }
//!
//! fn install() -> oslens_eventlog::Result<()> {
//!     // Once, as administrator: where the texts are.
//!     Source::of_this_program("My Service")?
//!         .categories(messages::CATEGORIES.len())
//!         .register()?;
//!     Ok(())
//! }
//!
//! fn run() -> oslens_eventlog::Result<()> {
//!     let log = Writer::open("My Service")?;
//!     log.report(
//!         &messages::CLIENT_CONNECTED
//!             .with(["one", "127.0.0.1"])
//!             .category(messages::CATEGORY_NETWORK),
//!     )
//! }
//! ```
//!
//! A number is for good: old events in somebody's log are shown with the text
//! that it has today. The executable is where the texts are, so that its
//! events are bare strings once it is gone; remove its source with it.

mod catalog;
mod file;
mod format;

/// The messages that every program has.
///
/// Their numbers are from 0x1000 to 0x10ff; those of your own are others.
pub mod generic {
    include!(concat!(env!("OUT_DIR"), "/event_messages.rs"));
}

pub use catalog::Catalog;
pub use file::MessageFile;
pub use format::{format, format_with};

/// How grave an event is, by the number of its message: its upper two bits.
///
/// What a log shows as the event's level is told apart from it when it is
/// written; for messages of this library it is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Severity {
    /// None is said.
    Success,
    /// Nothing to worry about.
    Information,
    /// It may become a trouble.
    Warning,
    /// Something does not work.
    Error,
}

impl Severity {
    /// That of a message's whole number.
    #[must_use]
    pub const fn of(id: u32) -> Self {
        match id >> 30 {
            0 => Self::Success,
            1 => Self::Information,
            2 => Self::Warning,
            _ => Self::Error,
        }
    }
}

/// A message that was defined in a build script: its number, and its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Message {
    id: u32,
    text: &'static str,
}

impl Message {
    /// A message with this number, severity included, and this text. Build
    /// scripts make the constants; the text must be in the executable's
    /// message table, too.
    #[must_use]
    pub const fn new(id: u32, text: &'static str) -> Self {
        Self { id, text }
    }

    /// The whole number, as it is in the message table and in the event:
    /// severity in the upper two bits, then a bit for the owner of the rest,
    /// facility, and [`code`](Self::code).
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The number that the event viewer shows: the lower 16 bits.
    #[must_use]
    pub const fn code(&self) -> u16 {
        // The upper bits are left out on purpose.
        (self.id & 0xffff) as u16
    }

    /// How grave it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        Severity::of(self.id)
    }

    /// The text, with `%1` for its strings.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// The text with these strings in it; see [`format()`].
    ///
    /// # Examples
    ///
    /// ```
    /// use oslens_eventlog::message::generic;
    ///
    /// let text = generic::SERVICE_STARTED.format(&["Spooler", ""]);
    /// assert_eq!(text.trim_end(), "The service Spooler has started.");
    /// ```
    #[must_use]
    pub fn format<S: AsRef<str>>(&self, strings: &[S]) -> String {
        format(self.text, strings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_severity_has_a_text_of_its_own() {
        let codes: Vec<u16> = generic::MESSAGES.iter().map(Message::code).collect();
        let mut unique = codes.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), codes.len());
        assert_eq!(generic::INFORMATION.severity(), Severity::Information);
        assert_eq!(generic::WARNING.severity(), Severity::Warning);
        assert_eq!(generic::ERROR.severity(), Severity::Error);
        assert_eq!(generic::SERVICE_STARTED.id(), 0x4000_1002);
        assert_eq!(Severity::of(0x1234), Severity::Success);
    }
}
