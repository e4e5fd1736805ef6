//! The messages that every program has.

use crate::{Message, Severity};

/// The numbers that these messages take, in the lower 16 bits.
pub const GENERIC: std::ops::RangeInclusive<u16> = 0x1000..=0x10ff;

/// The first string is a service's name, or all text there is; the second one
/// may be empty.
#[rustfmt::skip]
const MESSAGES: &[(&str, Severity, u16, &str, &str)] = &[
    ("SERVICE_STARTING", Severity::Information, 0x1000, "The service %1 is starting. %2", "A service is starting: its name, and text."),
    ("SERVICE_STARTED", Severity::Information, 0x1002, "The service %1 has started. %2", "A service has started: its name, and text."),
    ("SERVICE_STOPPING", Severity::Information, 0x1003, "The service %1 is stopping. %2", "A service is stopping: its name, and text."),
    ("SERVICE_STOPPED", Severity::Information, 0x1004, "The service %1 has stopped. %2", "A service has stopped: its name, and text."),
    ("INFORMATION", Severity::Information, 0x1010, "%1", "Any text, for information."),
    ("WARNING", Severity::Warning, 0x1011, "%1", "Any text, as a warning."),
    ("ERROR", Severity::Error, 0x1012, "%1", "Any text, as an error."),
    ("SERVICE_FAILED", Severity::Error, 0x1020, "The service %1 has failed: %2", "A service has failed: its name, and why."),
    ("SERVICE_PANICKED", Severity::Error, 0x1021, "The service %1 has panicked: %2", "A service has panicked: its name, and the panic's message."),
];

pub(crate) fn messages() -> impl Iterator<Item = Message> {
    MESSAGES
        .iter()
        .map(|&(name, severity, code, text, about)| Message {
            name: name.to_owned(),
            id: severity.id(code),
            text: text.to_owned(),
            about: Some(about.to_owned()),
        })
}
