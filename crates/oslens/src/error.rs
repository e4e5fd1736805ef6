//! The one error type of this crate.

use std::{fmt, io, path::PathBuf};

use crate::process::Pid;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in which process and in which system call or file.
///
/// The type is one word wide and opaque. Match on [`Error::kind`]; the
/// operating system's own error, where there is one, is the
/// [`source`](std::error::Error::source).
///
/// The design choice is one type for all functions rather than one per
/// concern: what callers distinguish (gone, reused, zombie, denied,
/// unsupported) is the same everywhere, and whoever wants the errno finds it
/// in [`Error::raw_os_error`].
///
/// ```
/// use oslens::{ErrorKind, process::{Pid, Process}};
///
/// let error = Process::open(Pid::new(u32::MAX)).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NoSuchProcess);
/// assert_eq!(error.pid(), Some(Pid::new(u32::MAX)));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    pid: Option<Pid>,
    name: Option<std::ffi::OsString>,
    operation: Operation,
    source: Option<io::Error>,
}

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no process with that PID, or it ended during the call.
    NoSuchProcess,
    /// The PID now belongs to another process than the one that was opened.
    Reused,
    /// The process has ended but its parent has not collected it yet, and
    /// what was asked for is gone with its memory.
    Zombie,
    /// The operating system refuses this to the calling user.
    AccessDenied,
    /// This platform, kernel or container does not provide what was asked.
    Unsupported,
    /// A path does not exist: that of the caller, or a file of the system
    /// that is there whenever the [`Host`](crate::Host)'s roots are right (no
    /// procfs at its `/proc`).
    NotFound,
    /// The deadline that the caller set has passed.
    TimedOut,
    /// An argument is outside what the function accepts.
    InvalidInput,
    /// The operating system answered in a form that is not understood.
    Malformed,
    /// Any other error of the operating system; see
    /// [`Error::raw_os_error`].
    Os,
}

/// What was being done; formatted only when somebody looks.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    /// A system call, by name.
    Call(&'static str),
    /// A file, and what was done to it (`open`, `read`, `readlink`, …).
    File(&'static str, PathBuf),
    /// Text that could not be understood: the file, and what was expected.
    Parse(PathBuf, &'static str),
    /// A feature, by name.
    Feature(&'static str),
    /// A whole sentence.
    Message(String),
}

impl Error {
    #[cold]
    #[inline(never)]
    pub(crate) fn new(kind: ErrorKind, operation: Operation, source: Option<io::Error>) -> Self {
        Self(Box::new(Inner {
            kind,
            pid: None,
            name: None,
            operation,
            source,
        }))
    }

    /// A failed system call.
    #[cold]
    pub(crate) fn call(call: &'static str, source: impl Into<io::Error>) -> Self {
        let source = source.into();
        Self::new(kind_of(&source), Operation::Call(call), Some(source))
    }

    /// A file that could not be opened, read, listed or followed.
    #[cold]
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
        source: impl Into<io::Error>,
    ) -> Self {
        let source = source.into();
        Self::new(
            kind_of(&source),
            Operation::File(action, path.into()),
            Some(source),
        )
    }

    /// Content that is not in the expected form.
    #[cold]
    pub(crate) fn malformed(path: impl Into<PathBuf>, expected: &'static str) -> Self {
        Self::new(
            ErrorKind::Malformed,
            Operation::Parse(path.into(), expected),
            None,
        )
    }

    /// A feature that this platform does not have, named in words:
    /// `memory maps on OpenBSD`.
    #[cold]
    pub(crate) fn unsupported(feature: &'static str) -> Self {
        Self::new(ErrorKind::Unsupported, Operation::Feature(feature), None)
    }

    /// An argument that is not accepted; the message names it and says what
    /// is.
    #[cold]
    pub(crate) fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(
            ErrorKind::InvalidInput,
            Operation::Message(message.into()),
            None,
        )
    }

    /// The deadline passed during `what`.
    #[cold]
    pub(crate) fn timed_out(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::TimedOut, Operation::Message(what.into()), None)
    }

    #[cold]
    pub(crate) fn no_such_process(pid: Pid) -> Self {
        Self::new(
            ErrorKind::NoSuchProcess,
            Operation::Feature("no such process"),
            None,
        )
        .with_pid(pid)
    }

    #[cold]
    pub(crate) fn reused(pid: Pid) -> Self {
        Self::new(
            ErrorKind::Reused,
            Operation::Feature("the process has ended and its PID belongs to another one now"),
            None,
        )
        .with_pid(pid)
    }

    #[cold]
    pub(crate) fn zombie(pid: Pid) -> Self {
        Self::new(
            ErrorKind::Zombie,
            Operation::Feature("the process has ended and waits for its parent (zombie)"),
            None,
        )
        .with_pid(pid)
    }

    /// Says which process the error is about.
    #[must_use]
    pub(crate) fn with_pid(mut self, pid: Pid) -> Self {
        self.0.pid = Some(pid);
        self
    }

    /// Says what the process is called.
    #[must_use]
    pub(crate) fn with_name(mut self, name: impl Into<std::ffi::OsString>) -> Self {
        self.0.name = Some(name.into());
        self
    }

    /// Replaces the kind where the context knows better than the errno: an
    /// `ENOENT` below a process's directory means that the process is gone.
    #[must_use]
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The process that the error is about, if it is about one.
    #[must_use]
    pub fn pid(&self) -> Option<Pid> {
        self.0.pid
    }

    /// The name of that process, if it was known.
    #[must_use]
    pub fn process_name(&self) -> Option<&std::ffi::OsStr> {
        self.0.name.as_deref()
    }

    /// The file that could not be read or written, if it is about one.
    #[must_use]
    pub fn path(&self) -> Option<&std::path::Path> {
        match &self.0.operation {
            Operation::File(_, path) | Operation::Parse(path, _) => Some(path),
            Operation::Call(_) | Operation::Feature(_) | Operation::Message(_) => None,
        }
    }

    /// The operating system's error number, if the error came from it.
    #[must_use]
    pub fn raw_os_error(&self) -> Option<i32> {
        self.0.source.as_ref().and_then(io::Error::raw_os_error)
    }
}

/// The kind that an error of the operating system has when nothing more is
/// known about the context.
fn kind_of(error: &io::Error) -> ErrorKind {
    #[cfg(unix)]
    if let Some(code) = error.raw_os_error() {
        return match code {
            libc::ESRCH => ErrorKind::NoSuchProcess,
            libc::ENOENT => ErrorKind::NotFound,
            libc::EACCES | libc::EPERM => ErrorKind::AccessDenied,
            libc::ENOSYS | libc::EOPNOTSUPP => ErrorKind::Unsupported,
            libc::ETIMEDOUT => ErrorKind::TimedOut,
            _ => ErrorKind::Os,
        };
    }
    #[cfg(windows)]
    if let Some(code) = error.raw_os_error() {
        return crate::sys::pal::windows::error::kind(code as u32);
    }
    match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied => ErrorKind::AccessDenied,
        io::ErrorKind::TimedOut => ErrorKind::TimedOut,
        io::ErrorKind::Unsupported => ErrorKind::Unsupported,
        _ => ErrorKind::Os,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(pid) = inner.pid {
            write!(f, "process {pid}")?;
            if let Some(name) = &inner.name {
                // Names are chosen by the process: escape what could drive a
                // terminal.
                write!(f, " ({})", name.to_string_lossy().escape_debug())?;
            }
            f.write_str(": ")?;
        }
        match &inner.operation {
            Operation::Call(call) => f.write_str(call)?,
            Operation::File(action, path) => {
                write!(f, "{action} {}", path.to_string_lossy().escape_debug())?;
            }
            Operation::Parse(path, expected) => write!(
                f,
                "read {}: expected {expected}",
                path.to_string_lossy().escape_debug()
            )?,
            Operation::Feature(feature) => {
                f.write_str(feature)?;
                if inner.kind == ErrorKind::Unsupported {
                    f.write_str(": not supported here")?;
                }
            }
            Operation::Message(message) => f.write_str(message)?,
        }
        if let Some(source) = &inner.source {
            write!(f, ": {source}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("pid", &self.0.pid)
            .field("name", &self.0.name)
            .field("operation", &self.0.operation)
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}

/// Why one value of a row is missing.
///
/// A cell of a batch says why it is empty, so that "permission denied" is
/// never taken for zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Unavailable {
    /// The caller did not ask for it.
    NotRequested,
    /// This platform or kernel does not provide it.
    Unsupported,
    /// The operating system refuses it to the calling user.
    Denied,
    /// The process ended while it was being read.
    Gone,
    /// The process is a zombie, and the value went with its memory.
    Zombie,
    /// The kernel's answer is not in the expected form.
    Malformed,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRequested => "not requested",
            Self::Unsupported => "not supported here",
            Self::Denied => "permission denied",
            Self::Gone => "the process has ended",
            Self::Zombie => "the process is a zombie",
            Self::Malformed => "the kernel's answer was not understood",
        })
    }
}

impl std::error::Error for Unavailable {}

/// One value of a row, or the reason why it is missing.
pub type Field<T> = std::result::Result<T, Unavailable>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }

    #[test]
    #[cfg(unix)]
    fn an_error_names_process_file_and_reason() {
        let error = Error::file(
            "read",
            "/proc/4231/io",
            io::Error::from_raw_os_error(libc::EACCES),
        )
        .with_pid(Pid::new(4231))
        .with_name("nginx");
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
        assert_eq!(
            error.to_string(),
            "process 4231 (nginx): read /proc/4231/io: Permission denied (os error 13)"
        );
        assert_eq!(error.raw_os_error(), Some(libc::EACCES));
        assert_eq!(error.path(), Some(std::path::Path::new("/proc/4231/io")));
    }

    #[test]
    #[cfg(unix)]
    fn what_does_not_exist_is_told_apart_and_keeps_its_number() {
        let missing = io::Error::from_raw_os_error(libc::ENOENT);
        let error = Error::file("statvfs", "/no/such/file", missing);
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
        // A file where a directory should be is another mistake.
        let error = Error::call("statvfs", io::Error::from_raw_os_error(libc::ENOTDIR));
        assert_eq!(error.kind(), ErrorKind::Os);
    }

    #[test]
    fn a_hostile_name_cannot_drive_the_terminal() {
        let error = Error::zombie(Pid::new(7)).with_name("a\u{1b}[2Jb\n");
        assert!(!error.to_string().contains(['\u{1b}', '\n']));
    }
}
