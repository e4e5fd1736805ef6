//! How the command ends: the exit codes, and the errors that lead to them.

use std::io;
use std::process::ExitCode;

/// How a run ended. [`Exit::TABLE`] says what each means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    NoMatch,
    Usage,
    CannotRun,
    Gone,
    Partial,
    /// What `svc show` says of a service that does not run. The same code as
    /// [`Exit::CannotRun`], as systemctl has it: the help of that command
    /// tells, and [`Exit::TABLE`] does not have it.
    NotRunning,
}

impl Exit {
    /// Every exit code with its meaning; the help prints this table.
    pub(crate) const TABLE: [(Self, &'static str); 6] = [
        (
            Self::Done,
            "done (also when some data could not be read; a note says so)",
        ),
        (Self::NoMatch, "nothing matched"),
        (Self::Usage, "the command line is wrong"),
        (
            Self::CannotRun,
            "could not run at all, or was refused (no /proc, no rights, a service that fails)",
        ),
        (Self::Gone, "no such process, service, log or counter"),
        (Self::Partial, "some data could not be read, with --strict"),
    ];

    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::NoMatch => 1,
            Self::Usage => 2,
            Self::CannotRun | Self::NotRunning => 3,
            Self::Gone => 4,
            Self::Partial => 5,
        }
    }

    /// The table as the end of `--help` shows it.
    pub(crate) fn help() -> String {
        let mut help = String::from("Exit codes:");
        for (exit, meaning) in Self::TABLE {
            help.push_str(&format!("\n  {}  {meaning}", exit.code()));
        }
        help
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a run stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line is wrong; the text says where.
    Usage(String),
    /// Standard output could not be written.
    Output(io::Error),
    /// The machine could not be read at all.
    CannotRun(String),
    /// The process that was asked for does not exist.
    Gone(String),
}

impl Failure {
    /// The exit code, and the line for standard error if there is one to say.
    pub(crate) fn report(&self) -> (Exit, Option<String>) {
        match self {
            Self::Usage(text) => (Exit::Usage, Some(text.clone())),
            // The reader has had enough (`oslens ps | head -3`).
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => (Exit::Done, None),
            Self::Output(error) => (
                Exit::CannotRun,
                Some(format!("cannot write the output: {error}")),
            ),
            Self::CannotRun(text) => (Exit::CannotRun, Some(text.clone())),
            Self::Gone(text) => (Exit::Gone, Some(text.clone())),
        }
    }
}

impl From<io::Error> for Failure {
    /// Only the output is written with plain `io` calls; the machine is read
    /// through the library, which has errors of its own.
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_every_code_once_in_order() {
        for (at, (exit, _)) in Exit::TABLE.into_iter().enumerate() {
            assert_eq!(usize::from(exit.code()), at);
        }
        let help = Exit::help();
        assert_eq!(help.lines().count(), Exit::TABLE.len() + 1);
    }

    #[test]
    fn a_closed_pipe_is_no_error() {
        let closed = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(closed.report(), (Exit::Done, None));
        let full = Failure::from(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(full.report().0, Exit::CannotRun);
    }
}
