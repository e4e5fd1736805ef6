//! The one error type of this crate.

use std::{ffi::OsString, fmt, io};

use oslens_win32::shown;

use crate::Status;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, with which service and in which call.
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
    /// The number of a service's own error.
    service_code: Option<u32>,
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
    /// There is no service with that name, or no such database.
    NotFound,
    /// A service with that name, or that display name, exists already.
    Exists,
    /// It runs already.
    AlreadyRunning,
    /// It does not run.
    NotRunning,
    /// It does not take this control, or not in its present state.
    CannotAccept,
    /// It is disabled, and so cannot be started.
    Disabled,
    /// It is deleted as soon as nobody has it open; until then its name is
    /// taken.
    MarkedForDeletion,
    /// Services that depend on it run.
    DependentsRunning,
    /// What it depends on is missing, circular, or could not be started.
    DependencyFailed,
    /// Its account is unknown, or could not log on.
    Logon,
    /// It did not answer the service manager in time: it hangs, or is no
    /// service.
    NoAnswer,
    /// Its process ended without reporting that the service stopped.
    Crashed,
    /// It stopped with an error of its own.
    Failed,
    /// This process was not started by the service manager.
    NotStartedByManager,
    /// Its program is missing or is none.
    ProgramMissing,
    /// The system is shutting down.
    ShuttingDown,
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

/// The kind of a number of Win32.
fn kind_of(code: u32) -> ErrorKind {
    match code {
        1060 | 1065 => ErrorKind::NotFound,
        1073 | 1078 => ErrorKind::Exists,
        1056 => ErrorKind::AlreadyRunning,
        1062 => ErrorKind::NotRunning,
        1052 | 1061 => ErrorKind::CannotAccept,
        1058 => ErrorKind::Disabled,
        1072 => ErrorKind::MarkedForDeletion,
        1051 => ErrorKind::DependentsRunning,
        1059 | 1068 | 1075 => ErrorKind::DependencyFailed,
        1057 | 1069 | 1079 => ErrorKind::Logon,
        1053 | 1070 => ErrorKind::NoAnswer,
        1067 => ErrorKind::Crashed,
        1064 | 1066 => ErrorKind::Failed,
        1063 => ErrorKind::NotStartedByManager,
        // 216: for other processors. 1083: it has no such service.
        2 | 3 | 193 | 216 | 1083 => ErrorKind::ProgramMissing,
        1115 => ErrorKind::ShuttingDown,
        // 740: only a program that was elevated may. 1326: another machine does
        // not know the user.
        5 | 740 | 1314 | 1326 => ErrorKind::AccessDenied,
        // 1733: an older manager does not know the number of this level.
        1 | 50 | 120 | 124 | 1733 => ErrorKind::Unsupported,
        258 => ErrorKind::TimedOut,
        87 | 123 => ErrorKind::InvalidInput,
        51 | 53 | 64 | 67 | 1203 | 1231 | 1702 | 1722 | 1723 | 1726 | 1727 | 1753 => {
            ErrorKind::Unreachable
        }
        _ => ErrorKind::Os,
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
            service_code: None,
        }))
    }

    /// A service stopped while it was to do something else.
    #[cold]
    pub(crate) fn stopped_instead(status: &Status) -> Self {
        let code = status.exit_code;
        let kind = match code {
            0 => ErrorKind::NotRunning,
            // Any error of its own: what it means by "not found" is not that
            // the service is not found.
            code => match kind_of(code) {
                kind @ (ErrorKind::Crashed
                | ErrorKind::NoAnswer
                | ErrorKind::Logon
                | ErrorKind::DependencyFailed) => kind,
                _ => ErrorKind::Failed,
            },
        };
        let message = match status.service_code {
            Some(own) => format!("it stopped with its own error {own}"),
            None if code == 0 => "it stopped without an error".to_owned(),
            None => "it stopped with an error".to_owned(),
        };
        let source = (code != 0).then(|| io::Error::from_raw_os_error(code as i32));
        let mut error = Self::new(kind, Operation::Message(message), source);
        error.0.service_code = status.service_code;
        error
    }

    /// The same error, said of this service.
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

    /// The system's number: of Win32 on Windows.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        let number = self.0.source.as_ref()?.raw_os_error()?;
        Some(number as u32)
    }

    /// The number of the service's own error, where it stopped with one.
    #[must_use]
    pub fn service_code(&self) -> Option<u32> {
        self.0.service_code
    }

    /// The service that it is about.
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
        match &inner.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
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
    fn a_path_is_shown_as_it_is_and_steers_no_terminal() {
        let error = Error::code_of("Call", 5).of("\\\\host\\a\u{1b}[2J\nb");
        let text = error.to_string();
        assert!(
            text.starts_with("\\\\host\\a\\u{1b}[2J\\nb: Call: "),
            "{text}"
        );
    }
}
