//! What went wrong in a call of Win32.

use std::{fmt, io};

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. The crates above make errors of their own from it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A call failed: its name, and the system's error.
    Call(&'static str, io::Error),
    /// Text with a NUL within, where the system would cut it off.
    Nul(String),
    /// What the system returned is not what is documented, in words.
    Malformed(String),
}

impl Error {
    /// A call that failed just now; nothing else may have been called since.
    #[must_use]
    #[cold]
    pub fn last(call: &'static str) -> Self {
        Self::Call(call, io::Error::last_os_error())
    }

    /// A call that returned its error number.
    #[must_use]
    #[cold]
    pub fn code(call: &'static str, code: u32) -> Self {
        Self::Call(call, io::Error::from_raw_os_error(code as i32))
    }

    /// The number of the system's error.
    #[must_use]
    pub fn raw(&self) -> Option<u32> {
        match self {
            Self::Call(_, error) => error.raw_os_error().map(|code| code as u32),
            Self::Nul(_) | Self::Malformed(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(call, error) => write!(f, "{call}: {error}"),
            Self::Nul(text) => write!(f, "{} contains a NUL", crate::shown(text)),
            Self::Malformed(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Call(_, error) => Some(error),
            Self::Nul(_) | Self::Malformed(_) => None,
        }
    }
}
