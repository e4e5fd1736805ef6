//! The event log of Windows.

use std::ffi::OsStr;

use windows_sys::Win32::System::EventLog::{
    EVENTLOG_ERROR_TYPE, EVENTLOG_INFORMATION_TYPE, EVENTLOG_SUCCESS, EVENTLOG_WARNING_TYPE,
};

use crate::{
    Result,
    message::Severity,
    sys::pal::windows::reporting::{EventSource, Raw},
    writer::Event,
};

#[derive(Debug)]
pub(crate) struct Handle(EventSource);

impl Handle {
    pub(crate) fn open(machine: Option<&OsStr>, source: &OsStr) -> Result<Self> {
        EventSource::open(machine, source).map(Self)
    }

    /// The event was checked.
    pub(crate) fn report(&self, event: &Event) -> Result<()> {
        self.0.report(&Raw {
            kind: match event.severity() {
                Severity::Success => EVENTLOG_SUCCESS,
                Severity::Information => EVENTLOG_INFORMATION_TYPE,
                Severity::Warning => EVENTLOG_WARNING_TYPE,
                Severity::Error => EVENTLOG_ERROR_TYPE,
            },
            category: event.category_number(),
            id: event.id(),
            sid: event.user_sid(),
            strings: event.texts(),
            data: event.bytes(),
        })
    }
}
