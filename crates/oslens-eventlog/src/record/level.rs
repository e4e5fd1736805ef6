//! How bad an event is, and its number.

use std::{fmt, str::FromStr};

use crate::{Error, ErrorKind};

/// How bad an event is, or whether an audit found the attempt allowed.
///
/// One scale for the types of the classic log and the levels of the modern
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Level {
    /// Something stopped working.
    Critical,
    /// Something failed.
    Error,
    /// Something may become a problem.
    Warning,
    /// Something happened as it should.
    Information,
    /// For following a program's steps.
    Verbose,
    /// An audited attempt that was allowed.
    AuditSuccess,
    /// An audited attempt that was refused.
    AuditFailure,
    /// A level that the publisher defined itself: 6 to 255.
    Other(u8),
}

/// The bits of a record's keywords that make it an audit.
const AUDIT_FAILURE: u64 = 0x10_0000_0000_0000;
const AUDIT_SUCCESS: u64 = 0x20_0000_0000_0000;

impl Level {
    /// From the type of a classic record: `EVENTLOG_ERROR_TYPE` and the like.
    pub(crate) const fn from_event_type(event_type: u16) -> Self {
        match event_type {
            1 => Self::Error,
            2 => Self::Warning,
            // Success, which is shown as information too.
            0 | 4 => Self::Information,
            8 => Self::AuditSuccess,
            16 => Self::AuditFailure,
            #[allow(clippy::cast_possible_truncation)] // Bits of a byte.
            other => Self::Other(other as u8),
        }
    }

    /// From the level and keywords of a modern record.
    pub(crate) const fn from_modern(level: u8, keywords: u64) -> Self {
        match level {
            // "Log always": audits, and records of classic sources.
            0 if keywords & AUDIT_FAILURE != 0 => Self::AuditFailure,
            0 if keywords & AUDIT_SUCCESS != 0 => Self::AuditSuccess,
            0 | 4 => Self::Information,
            1 => Self::Critical,
            2 => Self::Error,
            3 => Self::Warning,
            5 => Self::Verbose,
            other => Self::Other(other),
        }
    }

    /// How bad: the smaller, the worse. A refused attempt is as bad as a
    /// warning, an allowed one is information.
    #[must_use]
    pub const fn severity(self) -> u8 {
        match self {
            Self::Critical => 1,
            Self::Error => 2,
            Self::Warning | Self::AuditFailure => 3,
            Self::Information | Self::AuditSuccess => 4,
            Self::Verbose => 5,
            Self::Other(level) => level,
        }
    }

    /// The word that is shown, in English: `error`, `audit failure`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
            Self::Verbose => "verbose",
            Self::AuditSuccess => "audit success",
            Self::AuditFailure => "audit failure",
            Self::Other(_) => "other",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(level) => write!(f, "level {level}"),
            named => f.pad(named.name()),
        }
    }
}

/// From the name, in capitals or not, or its beginning where no other begins
/// so: `warn`, `info`; the kinds of audits with a blank, a dash or an
/// underscore in between. A number is the level of a modern record.
impl FromStr for Level {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let named = text.trim().to_lowercase().replace(['-', '_'], " ");
        if let Ok(level @ 1..) = named.parse() {
            return Ok(Self::from_modern(level, 0));
        }
        let mut found = NAMED
            .iter()
            .filter(|level| level.name().starts_with(&named));
        match (found.next(), found.next()) {
            (Some(level), None) if !named.is_empty() => Ok(*level),
            _ => Err(Error::message(
                ErrorKind::InvalidInput,
                format!(
                    "{} is no level: critical, error, warning, information, verbose, \
                     audit-success or audit-failure",
                    text.escape_debug()
                ),
            )),
        }
    }
}

/// The levels that have names.
const NAMED: [Level; 7] = [
    Level::Critical,
    Level::Error,
    Level::Warning,
    Level::Information,
    Level::Verbose,
    Level::AuditSuccess,
    Level::AuditFailure,
];

/// The number of an event, with what is packed around it.
///
/// What people call the event's id is [`EventId::code`], the low 16 bits.
/// The upper bits, called qualifiers, tell the messages of classic sources
/// apart: severity, whether the number is the system's or a customer's, and
/// facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EventId(u32);

impl EventId {
    /// From all 32 bits.
    #[must_use]
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    /// All 32 bits, as messages are looked up by.
    #[must_use]
    pub const fn full(self) -> u32 {
        self.0
    }

    /// The id as it is shown.
    #[must_use]
    pub const fn code(self) -> u16 {
        (self.0 & 0xffff) as u16
    }

    /// The upper 16 bits.
    #[must_use]
    pub const fn qualifiers(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// 0 success, 1 information, 2 warning, 3 error.
    #[must_use]
    pub const fn severity(self) -> u8 {
        (self.0 >> 30) as u8
    }

    /// Whether the number is a customer's, not the system's.
    #[must_use]
    pub const fn is_customer(self) -> bool {
        self.0 & 0x2000_0000 != 0
    }

    /// Which part of a program it comes from, 12 bits.
    #[must_use]
    pub const fn facility(self) -> u16 {
        (self.0 >> 16 & 0xfff) as u16
    }
}

impl fmt::Display for EventId {
    /// The id as it is shown, [`EventId::code`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.code(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_apart() {
        let id = EventId::new(0xe123_0029);
        assert_eq!(id.code(), 41);
        assert_eq!(id.to_string(), "41");
        assert_eq!(id.severity(), 3);
        assert!(id.is_customer());
        assert_eq!(id.facility(), 0x123);
        assert_eq!(id.qualifiers(), 0xe123);
        assert_eq!(id.full(), 0xe123_0029);
    }

    #[test]
    fn levels_are_known_by_the_beginnings_of_their_names() {
        for (text, level) in [
            ("warn", Level::Warning),
            ("Info", Level::Information),
            ("AUDIT-failure", Level::AuditFailure),
            ("audit_s", Level::AuditSuccess),
            (" e", Level::Error),
            ("3", Level::Warning),
            ("16", Level::Other(16)),
        ] {
            assert_eq!(text.parse::<Level>().unwrap(), level, "{text}");
        }
        for text in ["", "audit", "0", "256", "warnings", "x"] {
            assert!(text.parse::<Level>().is_err(), "{text}");
        }
    }

    #[test]
    fn levels_of_both_logs_meet() {
        assert_eq!(Level::from_event_type(16), Level::AuditFailure);
        assert_eq!(Level::from_event_type(0), Level::Information);
        let denied = 0x8010_0000_0000_0000;
        assert_eq!(Level::from_modern(0, denied), Level::AuditFailure);
        // A level that is given wins over the bits.
        assert_eq!(Level::from_modern(2, denied), Level::Error);
        assert_eq!(Level::from_modern(0, 0), Level::Information);
        assert_eq!(Level::from_modern(16, 0).to_string(), "level 16");
        assert_eq!(format!("{:>9}", Level::Error), "    error");
    }
}
