//! What the service says, in the event log.

use std::{ffi::OsStr, path::Path, sync::OnceLock};

use oslens_eventlog::{Report as _, Source, Writer};
use oslens_service::host::{Exit, Extras, Failure, Level, Record, Topic};

/// The service's name is the source of its events. The texts are in the
/// executable.
#[derive(Default)]
pub(crate) struct EventLog(OnceLock<Option<Writer>>);

impl EventLog {
    /// Opened when there is something to say. A service that was copied here
    /// and never installed does without.
    fn writer(&self, source: &OsStr) -> Option<&Writer> {
        self.0.get_or_init(|| Writer::open(source).ok()).as_ref()
    }
}

impl Extras for EventLog {
    fn install(&self, service: &OsStr, program: &Path) -> Result<(), Failure> {
        // At the installation: the service's account may not.
        Source::new(service.to_string_lossy(), program).register()?;
        Ok(())
    }

    fn remove(&self, service: &OsStr) -> Result<(), Failure> {
        Source::remove(&service.to_string_lossy())?;
        Ok(())
    }

    fn record(&self, record: &Record<'_>) {
        let Some(log) = self.writer(record.service) else {
            return;
        };
        let (service, text) = (record.service.to_string_lossy(), record.text);
        let written = match (record.topic, record.level) {
            (Topic::Started, _) => log.service_started(&service, ""),
            (Topic::Stopped(Exit::Success), _) => log.service_stopped(&service, ""),
            (Topic::Stopped(_), _) => log.service_failed(&service, text),
            (_, Level::Info) => log.info(text),
            (_, Level::Warning) => log.warning(text),
            (_, Level::Error) => log.error(text),
        };
        if let Err(error) = written {
            eprintln!("the event log does not take this: {error}");
        }
    }
}
