//! Events on the console.

use std::{
    fmt,
    io::{self, Write as _},
    sync::{Mutex, PoisonError},
};

use super::Report;
use crate::{
    Error, Event, Result,
    message::{Message, Severity, format, generic},
};

/// Shows events on standard error, as a service does that is debugged at a
/// console: `Info 0x40001002 - The service Disk Watch has started.`
///
/// Texts come from the messages that it is given, and from those that every
/// program has; an event with another number is shown with its strings. It
/// takes what the log takes, and refuses what that refuses. Control characters
/// are shown escaped, but for line ends and tabs.
///
/// # Platform
///
/// Every one.
///
/// # Examples
///
/// ```
/// use oslens_eventlog::{Console, Report as _, message::Message};
///
/// const DISK_FULL: Message = Message::new(0xc000_0001, "Volume %1 is full.");
///
/// let log = Console::new("Disk Watch").messages(&[DISK_FULL]);
/// log.service_started("Disk Watch", "")?;
/// log.report(&DISK_FULL.with(["C:"]))?;
/// # Ok::<(), oslens_eventlog::Error>(())
/// ```
pub struct Console {
    source: String,
    messages: Vec<Message>,
    out: Mutex<Box<dyn io::Write + Send>>,
}

impl Console {
    /// Events of this source, on standard error.
    #[must_use]
    pub fn new(source: impl Into<String>) -> Self {
        Self::to(source, io::stderr())
    }

    /// Events of this source, in lines written there.
    #[must_use]
    pub fn to(source: impl Into<String>, out: impl io::Write + Send + 'static) -> Self {
        Self {
            source: source.into(),
            messages: generic::MESSAGES.to_vec(),
            out: Mutex::new(Box::new(out)),
        }
    }

    /// It knows the texts of these messages, too.
    #[must_use]
    pub fn messages(mut self, messages: &[Message]) -> Self {
        self.messages.extend(messages);
        self
    }

    fn line(&self, event: &Event) -> String {
        let level = match event.severity() {
            Severity::Success => "Success",
            Severity::Information => "Info",
            Severity::Warning => "Warning",
            Severity::Error => "Error",
        };
        let known = self
            .messages
            .iter()
            .find(|message| message.id() == event.id());
        let text = match known {
            Some(message) => format(message.text(), event.texts()),
            None => event.texts().join(", "),
        };
        let mut line = format!("{level} {:#010x} - ", event.id());
        for c in text.trim_end().chars() {
            match c {
                '\n' | '\t' => line.push(c),
                c if c.is_control() => line.extend(c.escape_default()),
                c => line.push(c),
            }
        }
        if !event.bytes().is_empty() {
            line.push_str(&format!(" [{} bytes]", event.bytes().len()));
        }
        line.push('\n');
        line
    }
}

impl Report for Console {
    fn report(&self, event: &Event) -> Result<()> {
        event.check().map_err(|error| error.of(&*self.source))?;
        let line = self.line(event);
        // What a panicking thread left there is at worst half a line.
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(line.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| Error::io("write", error).of(&*self.source))
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("source", &self.source)
            .field("messages", &self.messages.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Default, Clone)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn events_are_shown_with_their_texts() {
        const FULL: Message = Message::new(0xc000_0001, "Volume %1 is full.%nTwice.");
        let screen = Screen::default();
        let log = Console::to("Disk Watch", screen.clone()).messages(&[FULL]);
        log.service_started("Disk Watch", "").unwrap();
        log.warning("\u{1b}[2J\r50%").unwrap();
        log.report(&FULL.with(["C:"]).data([1, 2])).unwrap();
        let unknown = Event::new(Severity::Success, 7).strings(["a", "b"]);
        log.report(&unknown).unwrap();
        assert!(log.error(&"x".repeat(40_000)).is_err());
        let shown = String::from_utf8(screen.0.lock().unwrap().clone()).unwrap();
        assert_eq!(
            shown,
            "Info 0x40001002 - The service Disk Watch has started.\n\
             Warning 0x80001011 - \\u{1b}[2J\\r50%\n\
             Error 0xc0000001 - Volume C: is full.\nTwice. [2 bytes]\n\
             Success 0x00000007 - a, b\n"
        );
    }
}
