//! How a service ends.

use std::{error::Error as StdError, fmt, io};

/// What the service manager is told of the end of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Exit {
    /// It ended well.
    Success,
    /// It ended with an error of the system: a number of Win32.
    System(u32),
    /// It ended with an error of its own (`ERROR_SERVICE_SPECIFIC_ERROR`).
    Specific(u32),
}

/// Reported for a panic: of an application's own (bit 29), the first.
pub(crate) const PANICKED: Exit = Exit::Specific(0x2000_0001);
/// Reported for an error that has no number.
pub(crate) const FAILED: Exit = Exit::Specific(0x2000_0002);

/// Why a service ended: words for the log, and a number for the service
/// manager.
///
/// Every error becomes one by `?`. One of the system keeps its number, also
/// when another error wraps it; others are told as a number of the service's
/// own, 0x20000002. [`Failure::specific`] gives a number of your choice.
///
/// ```
/// use oslens_service::host::{Exit, Failure};
///
/// fn read() -> Result<String, Failure> {
///     Ok(std::fs::read_to_string("/no/such/file")?)
/// }
/// assert_eq!(read().unwrap_err().exit(), Exit::System(if cfg!(windows) { 3 } else { 2 }));
///
/// let failure = Failure::specific(42, "no licence");
/// assert_eq!(failure.exit(), Exit::Specific(42));
/// assert_eq!(failure.to_string(), "no licence");
/// ```
pub struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    /// In these words, with a number of the service's own.
    pub fn specific(code: u32, message: impl fmt::Display) -> Self {
        Self {
            exit: Exit::Specific(code),
            message: message.to_string(),
        }
    }

    /// In these words.
    pub fn message(message: impl fmt::Display) -> Self {
        Self {
            exit: FAILED,
            message: message.to_string(),
        }
    }

    /// What the service manager is told.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn panicked(message: &str) -> Self {
        Self {
            exit: PANICKED,
            message: format!("it panicked: {message}"),
        }
    }
}

impl<E: StdError + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut exit = number(&error);
        let mut cause = error.source();
        while let Some(inner) = cause {
            exit = exit.or_else(|| number(inner));
            // Many errors tell their cause themselves.
            let text = inner.to_string();
            if !message.contains(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            cause = inner.source();
        }
        Self {
            exit: exit.map_or(FAILED, Exit::System),
            message,
        }
    }
}

/// The system's number in an error.
fn number(error: &(dyn StdError + 'static)) -> Option<u32> {
    let code = if let Some(error) = error.downcast_ref::<io::Error>() {
        error.raw_os_error().map(|code| code as u32)
    } else {
        error.downcast_ref::<crate::Error>()?.code()
    };
    // Zero would mean success.
    code.filter(|&code| code != 0)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("exit", &self.exit)
            .field("message", &self.message)
            .finish()
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success => f.write_str("success"),
            Self::System(code) => write!(f, "error {code}"),
            Self::Specific(code) => write!(f, "its own error {code}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Wrapped(io::Error);

    impl fmt::Display for Wrapped {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("cannot listen")
        }
    }

    impl StdError for Wrapped {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn the_number_of_the_system_is_found_below_other_errors() {
        let failure = Failure::from(Wrapped(io::Error::from_raw_os_error(5)));
        assert_eq!(failure.exit(), Exit::System(5));
        assert!(failure.to_string().starts_with("cannot listen: "));
        let crate_error = crate::Error::code_of("OpenService", 1060);
        assert_eq!(Failure::from(crate_error).exit(), Exit::System(1060));
    }

    #[test]
    fn an_error_without_a_number_is_no_success() {
        assert_eq!(Failure::from(fmt::Error).exit(), FAILED);
        let zero = io::Error::from_raw_os_error(0);
        assert_eq!(Failure::from(zero).exit(), FAILED);
        let failure = Failure::from(io::Error::other("words alone"));
        assert_eq!(failure.exit(), FAILED);
        assert_eq!(failure.to_string(), "words alone");
    }
}
