//! Signals: to exactly the process that was opened.

use std::{fmt, str::FromStr};

use super::Process;
use crate::{Error, Result, sys};

/// A signal, by number.
///
/// ```
/// use oslens::process::Signal;
///
/// assert_eq!("SIGTERM".parse(), Ok(Signal::TERM));
/// assert_eq!("usr1".parse(), Ok(Signal::USR1));
/// assert_eq!(Signal::KILL.to_string(), "SIGKILL");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Signal(i32);

macro_rules! signals {
    ($($(#[$doc:meta])* $name:ident = $number:path),* $(,)?) => {
        impl Signal {
            $($(#[$doc])* pub const $name: Self = Self($number);)*
        }

        const NAMES: &[(Signal, &str)] = &[$((Signal::$name, stringify!($name))),*];
    };
}

signals! {
    /// The terminal was closed; by custom, read the configuration again.
    HUP = sys::process::signals::SIGHUP,
    /// Control-C.
    INT = sys::process::signals::SIGINT,
    /// Control-backslash: end with a core dump.
    QUIT = sys::process::signals::SIGQUIT,
    /// Illegal instruction.
    ILL = sys::process::signals::SIGILL,
    /// Breakpoint.
    TRAP = sys::process::signals::SIGTRAP,
    /// `abort` was called.
    ABRT = sys::process::signals::SIGABRT,
    /// Bad memory access.
    BUS = sys::process::signals::SIGBUS,
    /// Arithmetic error.
    FPE = sys::process::signals::SIGFPE,
    /// End at once; cannot be caught.
    KILL = sys::process::signals::SIGKILL,
    /// For the program's own use.
    USR1 = sys::process::signals::SIGUSR1,
    /// Invalid memory reference.
    SEGV = sys::process::signals::SIGSEGV,
    /// For the program's own use.
    USR2 = sys::process::signals::SIGUSR2,
    /// Wrote to a pipe that nobody reads.
    PIPE = sys::process::signals::SIGPIPE,
    /// Timer.
    ALRM = sys::process::signals::SIGALRM,
    /// Please end.
    TERM = sys::process::signals::SIGTERM,
    /// A child stopped or ended.
    CHLD = sys::process::signals::SIGCHLD,
    /// Continue.
    CONT = sys::process::signals::SIGCONT,
    /// Stop; cannot be caught.
    STOP = sys::process::signals::SIGSTOP,
    /// Control-Z.
    TSTP = sys::process::signals::SIGTSTP,
    /// Read from the terminal in the background.
    TTIN = sys::process::signals::SIGTTIN,
    /// Wrote to the terminal in the background.
    TTOU = sys::process::signals::SIGTTOU,
    /// Urgent data on a socket.
    URG = sys::process::signals::SIGURG,
    /// CPU time limit.
    XCPU = sys::process::signals::SIGXCPU,
    /// File size limit.
    XFSZ = sys::process::signals::SIGXFSZ,
    /// Timer of CPU time.
    VTALRM = sys::process::signals::SIGVTALRM,
    /// Profiling timer.
    PROF = sys::process::signals::SIGPROF,
    /// The terminal has another size.
    WINCH = sys::process::signals::SIGWINCH,
    /// Input or output is possible.
    IO = sys::process::signals::SIGIO,
    /// Bad system call.
    SYS = sys::process::signals::SIGSYS,
}

impl Signal {
    /// The signal with this number, real-time signals too. Whether there is
    /// such a signal shows when it is sent.
    #[must_use]
    pub const fn from_raw(number: i32) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn raw(self) -> i32 {
        self.0
    }

    /// Its name, without `SIG`. `None`: it has no name of its own.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        NAMES
            .iter()
            .find(|(signal, _)| *signal == self)
            .map(|(_, name)| *name)
    }

    /// All signals that have names, by this system's numbers.
    pub fn named() -> impl Iterator<Item = (Self, &'static str)> {
        NAMES.iter().copied()
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "SIG{name}"),
            None => write!(f, "signal {}", self.0),
        }
    }
}

/// A text that names no signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSignal(String);

impl fmt::Display for UnknownSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no signal is called \"{}\"", self.0.escape_debug())
    }
}

impl std::error::Error for UnknownSignal {}

impl FromStr for Signal {
    type Err = UnknownSignal;

    /// Reads `TERM`, `SIGTERM`, `term`, `15`, and `RTMIN`, `RTMIN+3`,
    /// `RTMAX-1` where there are real-time signals.
    fn from_str(text: &str) -> Result<Self, UnknownSignal> {
        let unknown = || UnknownSignal(text.to_owned());
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self).map_err(|_| unknown());
        }
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        if let Some((signal, _)) = NAMES.iter().find(|(_, known)| *known == name) {
            return Ok(*signal);
        }
        let real_time = sys::process::real_time_signals().ok_or_else(unknown)?;
        let (base, offset) = match (name.strip_prefix("RTMIN"), name.strip_prefix("RTMAX")) {
            (Some(offset), _) => (*real_time.start(), offset),
            (_, Some(offset)) => (*real_time.end(), offset),
            _ => return Err(unknown()),
        };
        let offset: i32 = match offset {
            "" => 0,
            offset => offset.parse().map_err(|_| unknown())?,
        };
        base.checked_add(offset)
            .filter(|number| real_time.contains(number))
            .map(Self)
            .ok_or_else(unknown)
    }
}

impl Process {
    /// Sends it a signal.
    ///
    /// ```no_run
    /// use oslens::process::{Process, Signal};
    ///
    /// Process::open(4231)?.send_signal(Signal::USR1)?;
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `NoSuchProcess` or `Reused` when it has ended; a signal to a zombie
    /// succeeds and does nothing. `AccessDenied` for another user's process;
    /// `InvalidInput` for a number that is no signal, 0 included (ask
    /// [`Process::is_running`]); `Unsupported` for a process of another
    /// host.
    ///
    /// # Platform
    ///
    /// Linux: `pidfd_send_signal`, which cannot reach another process. On
    /// kernels before 5.3, and where no descriptor is free, `kill` right
    /// after comparing the start: a process that ends and whose PID is given
    /// away within those microseconds is missed then.
    ///
    /// FreeBSD, NetBSD, OpenBSD, macOS: `kill` right after comparing the start,
    /// with the same gap; see [`Process`]. Signals to the kernel itself (PID 0)
    /// are `AccessDenied`. Real-time signals are 65 to 126 on FreeBSD, 33 to 63
    /// on NetBSD; OpenBSD and macOS have none.
    ///
    /// Windows has no signals: `TERM` and `KILL` end the process at once, with
    /// the signal's number as its exit code, `STOP` and `CONT` suspend and
    /// resume all its threads; the others are `Unsupported`. Through a handle,
    /// which cannot reach another process.
    ///
    /// # Cost
    ///
    /// Linux: 1 system call through the handle, 5 without.
    pub fn send_signal(&self, signal: Signal) -> Result<()> {
        if signal.0 == 0 {
            return Err(Error::invalid_input(
                "signal 0 is not sent; is_running asks for the process",
            )
            .with_pid(self.pid()));
        }
        sys::process::send_signal(self.target(), signal.0)
    }

    /// Stops it until [`Process::resume`] (`SIGSTOP`). On Windows suspensions
    /// are counted: it runs on when each has been taken back.
    ///
    /// # Errors
    ///
    /// As [`Process::send_signal`].
    pub fn suspend(&self) -> Result<()> {
        self.send_signal(Signal::STOP)
    }

    /// Lets it run on (`SIGCONT`).
    ///
    /// # Errors
    ///
    /// As [`Process::send_signal`].
    pub fn resume(&self) -> Result<()> {
        self.send_signal(Signal::CONT)
    }

    /// Asks it to end (`SIGTERM`). On Windows it is not asked: it ends.
    ///
    /// # Errors
    ///
    /// As [`Process::send_signal`].
    pub fn terminate(&self) -> Result<()> {
        self.send_signal(Signal::TERM)
    }

    /// Ends it (`SIGKILL`).
    ///
    /// # Errors
    ///
    /// As [`Process::send_signal`].
    pub fn kill(&self) -> Result<()> {
        self.send_signal(Signal::KILL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for (signal, name) in Signal::named() {
            assert_eq!(name.parse(), Ok(signal));
            assert_eq!(signal.to_string().parse(), Ok(signal));
            assert_eq!(signal.raw().to_string().parse(), Ok(signal));
        }
    }

    #[test]
    fn text_that_is_no_signal_is_refused() {
        for text in [
            "",
            "SIG",
            "SIGFOO",
            "-9",
            "RTMIN+99",
            "RTMAX+1",
            "RTMINx",
            "99999999999",
        ] {
            assert!(text.parse::<Signal>().is_err(), "{text}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn real_time_signals_are_counted_from_both_ends() {
        let first: Signal = "RTMIN".parse().unwrap();
        let last: Signal = "SIGRTMAX".parse().unwrap();
        assert_eq!(first.raw(), libc::SIGRTMIN());
        assert_eq!("rtmin+2".parse(), Ok(Signal::from_raw(first.raw() + 2)));
        assert_eq!("RTMAX-1".parse(), Ok(Signal::from_raw(last.raw() - 1)));
    }
}
