//! The one error type of this crate.

use std::{ffi::OsString, fmt, io};

use oslens_win32::shown;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, with which counter and in which call.
///
/// One word wide and opaque. Match on [`Error::kind`]; the number that the
/// system gave, where it gave one, is [`Error::code`].
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    /// What it was done to.
    subject: Option<OsString>,
    operation: Operation,
    source: Option<io::Error>,
}

enum Operation {
    /// A call of the system, by name.
    Call(&'static str),
    /// A whole sentence.
    Message(String),
}

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such object, counter or instance, or not now.
    NotFound,
    /// There is no value yet: a rate needs two samples.
    NoData,
    /// There is an instance with that name already.
    Exists,
    /// The system refuses this to the calling user.
    AccessDenied,
    /// This platform or version of it does not provide what was asked.
    Unsupported,
    /// The deadline that the caller set has passed.
    TimedOut,
    /// An argument is outside what the function accepts.
    InvalidInput,
    /// The system answered in a form that is not understood.
    Malformed,
    /// The other machine cannot be reached, or does not answer to this.
    Unreachable,
    /// Any other error of the system; see [`Error::code`].
    Os,
}

/// The kind of a number of Win32, or of a status of PDH.
fn kind_of(code: u32) -> ErrorKind {
    match code {
        2 | 3 => ErrorKind::NotFound,
        183 => ErrorKind::Exists,
        5 | 740 | 1314 => ErrorKind::AccessDenied,
        1 | 50 | 120 | 124 => ErrorKind::Unsupported,
        258 => ErrorKind::TimedOut,
        87 | 123 => ErrorKind::InvalidInput,
        53 | 1722 | 1753 => ErrorKind::Unreachable,
        status => crate::status::known(status).map_or(ErrorKind::Os, |(kind, _)| kind),
    }
}

impl Error {
    /// A call that failed with this number of Win32.
    #[cold]
    #[allow(dead_code)] // Not on every system.
    pub(crate) fn code_of(call: &'static str, code: u32) -> Self {
        Self::new(
            kind_of(code),
            Operation::Call(call),
            Some(io::Error::from_raw_os_error(code as i32)),
        )
    }

    /// A failure told in a sentence.
    #[cold]
    #[allow(dead_code)] // Not on every system.
    pub(crate) fn message(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::new(kind, Operation::Message(message.into()), None)
    }

    /// What this platform does not have, in words.
    #[cold]
    #[allow(dead_code)] // Not on every system.
    pub(crate) fn unsupported(what: &'static str) -> Self {
        Self::message(
            ErrorKind::Unsupported,
            format!("{what}: not supported on this platform"),
        )
    }

    #[cold]
    fn new(kind: ErrorKind, operation: Operation, source: Option<io::Error>) -> Self {
        Self(Box::new(Inner {
            kind,
            subject: None,
            operation,
            source,
        }))
    }

    /// The same error, said of this counter.
    #[allow(dead_code)] // Not on every system.
    pub(crate) fn of(mut self, subject: impl Into<OsString>) -> Self {
        self.0.subject = Some(subject.into());
        self
    }

    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The system's number: of Win32 on Windows, a status of PDH where that answered.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        let number = self.0.source.as_ref()?.raw_os_error()?;
        Some(number as u32)
    }

    /// The counter, instance or file that it is about.
    #[must_use]
    pub fn subject(&self) -> Option<&std::ffi::OsStr> {
        self.0.subject.as_deref()
    }
}

#[cfg(windows)]
impl From<oslens_win32::Error> for Error {
    #[cold]
    fn from(error: oslens_win32::Error) -> Self {
        match error {
            oslens_win32::Error::Call(call, source) => {
                let kind = source
                    .raw_os_error()
                    .map_or(ErrorKind::Os, |code| kind_of(code as u32));
                Self::new(kind, Operation::Call(call), Some(source))
            }
            nul @ oslens_win32::Error::Nul(_) => {
                Self::message(ErrorKind::InvalidInput, nul.to_string())
            }
            other => Self::message(ErrorKind::Malformed, other.to_string()),
        }
    }
}

impl From<oslens_win32::ParseGuidError> for Error {
    fn from(error: oslens_win32::ParseGuidError) -> Self {
        Self::message(ErrorKind::InvalidInput, error.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(subject) = &inner.subject {
            write!(f, "{}: ", shown(&subject.to_string_lossy()))?;
        }
        match &inner.operation {
            Operation::Call(call) => f.write_str(call)?,
            Operation::Message(message) => f.write_str(message)?,
        }
        let status = self.code().unwrap_or_default();
        match (&inner.source, crate::status::known(status)) {
            // The system has its words in a library of its own.
            (_, Some((_, words))) => write!(f, ": {words} (status {status:#010x})"),
            (Some(source), None) => write!(f, ": {source}"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("code", &self.code())
            .field("message", &self.to_string())
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_right_and_a_missing_file_are_told_apart() {
        for (code, kind) in [
            (5, ErrorKind::AccessDenied),
            // A program that wants to be elevated.
            (740, ErrorKind::AccessDenied),
            (2, ErrorKind::NotFound),
            (3, ErrorKind::NotFound),
            (87, ErrorKind::InvalidInput),
        ] {
            assert_eq!(Error::code_of("Call", code).kind(), kind, "{code}");
        }
    }

    #[test]
    fn a_path_is_shown_as_it_is_and_steers_no_terminal() {
        let error = Error::code_of("Call", 5).of("\\\\host\\a\u{1b}[2J\nb");
        let text = error.to_string();
        assert!(
            text.starts_with("\\\\host\\a\\u{1b}[2J\\nb: Call: "),
            "{text}"
        );
    }
}
