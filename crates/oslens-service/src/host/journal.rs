//! What a service writes down about itself.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use super::{Exit, Extras, Failure, output::tell};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Level {
    /// All is well.
    Info,
    /// Somebody may want to look.
    Warning,
    /// Somebody must look.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Topic {
    /// The service has started.
    Started,
    /// The service has stopped, well or not.
    Stopped(Exit),
    /// The service itself says something.
    Message,
}

/// One thing that is written down.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Record<'a> {
    /// How bad it is.
    pub level: Level,
    /// What it is about.
    pub topic: Topic,
    /// The service.
    pub service: &'a OsStr,
    /// In words.
    pub text: &'a str,
}

/// Where the records of one service go.
#[derive(Clone)]
pub(crate) struct Journal {
    service: OsString,
    extras: Arc<Vec<Box<dyn Extras>>>,
    debug: bool,
}

impl Journal {
    pub(crate) fn new(service: OsString, extras: Arc<Vec<Box<dyn Extras>>>, debug: bool) -> Self {
        Self {
            service,
            extras,
            debug,
        }
    }

    pub(crate) fn write(&self, level: Level, text: &str) {
        self.record(level, Topic::Message, text);
    }

    pub(crate) fn started(&self) {
        self.record(Level::Info, Topic::Started, "started");
    }

    pub(crate) fn stopped(&self, exit: Exit, failure: Option<&Failure>) {
        let text = match failure {
            None if exit == Exit::Success => "stopped".to_owned(),
            None => format!("stopped with {exit}"),
            Some(failure) => format!("stopped with {exit}: {failure}"),
        };
        let level = match exit {
            Exit::Success => Level::Info,
            Exit::System(_) | Exit::Specific(_) => Level::Error,
        };
        self.record(level, Topic::Stopped(exit), &text);
    }

    fn record(&self, level: Level, topic: Topic, text: &str) {
        let service = self.service.to_string_lossy();
        let line = line(level, &service, text);
        if self.debug {
            tell(&line);
            return;
        }
        let now = stamp(SystemTime::now());
        tell(&format!("{now} {line}"));
        let record = Record {
            level,
            topic,
            service: &self.service,
            text,
        };
        for extra in self.extras.iter() {
            // One that panics has said so by the hook; the others go on.
            let _ = catch_unwind(AssertUnwindSafe(|| extra.record(&record)));
        }
    }
}

/// One record as the log file has it. Further lines of a text are indented, so
/// that no text can look like another record.
fn line(level: Level, service: &str, text: &str) -> String {
    let text = text.trim_end().replace("\r\n", "\n");
    let text = text.replace(['\r', '\n'], "\n    ");
    format!("{level:<7} {service}: {text}\n")
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

/// A time in UTC as RFC 3339 writes it.
pub(crate) fn stamp(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = since.as_secs();
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    // Counted from 1 March of the year 0, so that leap days end a year.
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, carried) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = era * 400 + year + carried;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let millis = since.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn no_text_looks_like_another_record() {
        assert_eq!(line(Level::Info, "a", "one\n"), "info    a: one\n");
        let forged = "one\r\n2026-01-01T00:00:00.000Z info    a: stopped\rx";
        let expected = "warning a: one\n    2026-01-01T00:00:00.000Z info    a: stopped\n    x\n";
        assert_eq!(line(Level::Warning, "a", forged), expected);
    }

    #[test]
    fn a_time_is_written_as_the_calendar_has_it() {
        // date -u -d @N +%FT%TZ
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, "2000-02-28T23:59:59.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (951_868_800, "2000-03-01T00:00:00.000Z"),
            (1_709_164_800, "2024-02-29T00:00:00.000Z"),
            (1_798_761_599, "2026-12-31T23:59:59.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(stamp(time), text);
        }
        let time = UNIX_EPOCH + Duration::from_millis(1_234);
        assert_eq!(stamp(time), "1970-01-01T00:00:01.234Z");
    }
}
