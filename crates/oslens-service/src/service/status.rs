//! What a service is doing.

use std::{fmt, time::Duration};

use bitflags::bitflags;

use crate::numbered::numbered;

numbered! {
    /// The state of a service.
    ///
    /// [`as_str`](State::as_str) gives psutil's words, `start_pending` and the
    /// like.
    ///
    /// ```
    /// use oslens_service::State;
    ///
    /// assert_eq!(State::StartPending.as_str(), "start_pending");
    /// assert_eq!("paused".parse::<State>()?, State::Paused);
    /// # Ok::<(), oslens_service::Error>(())
    /// ```
    pub enum State {
        /// It does not run.
        Stopped = 1, "stopped";
        /// It is starting.
        StartPending = 2, "start_pending";
        /// It is stopping.
        StopPending = 3, "stop_pending";
        /// It runs.
        Running = 4, "running";
        /// It is resuming.
        ContinuePending = 5, "continue_pending";
        /// It is pausing.
        PausePending = 6, "pause_pending";
        /// It is paused.
        Paused = 7, "paused";
    }
}

impl State {
    /// Whether it is on its way from one state to another.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        matches!(
            self,
            Self::StartPending | Self::StopPending | Self::ContinuePending | Self::PausePending
        )
    }
}

bitflags! {
    /// What kinds of service one is, or which kinds are asked for.
    ///
    /// The numbers are those of Windows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
    #[cfg_attr(feature = "serde", serde(transparent))]
    pub struct Kind: u32 {
        /// A driver of a device.
        const KERNEL_DRIVER = 0x1;
        /// A driver of a file system.
        const FILE_SYSTEM_DRIVER = 0x2;
        /// Reserved by the system.
        const ADAPTER = 0x4;
        /// A driver that recognises file systems.
        const RECOGNIZER_DRIVER = 0x8;
        /// A program with a process of its own.
        const OWN_PROCESS = 0x10;
        /// A program that shares its process with other services.
        const SHARED_PROCESS = 0x20;
        /// The template of a service that each user gets an instance of.
        const USER_SERVICE = 0x40;
        /// A user's instance of such a service.
        const USER_INSTANCE = 0x80;
        /// It may show windows; the system has ignored this since Vista.
        const INTERACTIVE = 0x100;
        /// It came with a package of the store.
        const PACKAGED = 0x200;
        /// All programs.
        const SERVICES = 0x30;
        /// All drivers.
        const DRIVERS = 0xb;
        // The system may know more.
        const _ = !0;
    }
}

impl Kind {
    /// Whether it is a driver.
    #[must_use]
    pub const fn is_driver(self) -> bool {
        self.intersects(Self::DRIVERS)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = if self.contains(Self::KERNEL_DRIVER) {
            "kernel driver"
        } else if self.contains(Self::FILE_SYSTEM_DRIVER) {
            "file system driver"
        } else if self.contains(Self::RECOGNIZER_DRIVER) {
            "file system recognizer"
        } else if self.contains(Self::OWN_PROCESS) {
            "own process"
        } else if self.contains(Self::SHARED_PROCESS) {
            "shared process"
        } else {
            return write!(f, "unknown ({:#x})", self.bits());
        };
        f.write_str(base)?;
        for (kind, word) in [
            (Self::USER_SERVICE, "per user"),
            (Self::USER_INSTANCE, "instance of a user"),
            (Self::INTERACTIVE, "interactive"),
            (Self::PACKAGED, "packaged"),
        ] {
            if self.contains(kind) {
                write!(f, ", {word}")?;
            }
        }
        Ok(())
    }
}

bitflags! {
    /// The controls that a service takes in its present state.
    ///
    /// The numbers are those of Windows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
    #[cfg_attr(feature = "serde", serde(transparent))]
    pub struct Accepted: u32 {
        /// To stop.
        const STOP = 0x1;
        /// To pause and to resume.
        const PAUSE = 0x2;
        /// That the system shuts down.
        const SHUTDOWN = 0x4;
        /// That its parameters changed.
        const PARAM_CHANGE = 0x8;
        /// That bindings of the network changed.
        const NET_BIND_CHANGE = 0x10;
        /// That the hardware profile changed.
        const HARDWARE_PROFILE_CHANGE = 0x20;
        /// Events of the power supply.
        const POWER_EVENT = 0x40;
        /// That sessions of users changed.
        const SESSION_CHANGE = 0x80;
        /// That the system is about to shut down.
        const PRESHUTDOWN = 0x100;
        /// That the clock was set.
        const TIME_CHANGE = 0x200;
        /// That a trigger fired.
        const TRIGGER_EVENT = 0x400;
        /// That a user logs off.
        const USER_LOGOFF = 0x800;
        /// That the process should use less.
        const LOW_RESOURCES = 0x2000;
        /// That the system runs out of resources.
        const SYSTEM_LOW_RESOURCES = 0x4000;
        // The system may know more.
        const _ = !0;
    }
}

/// What a service is doing, with everything that the manager knows of it.
///
/// [`Display`](fmt::Display) says it in words:
///
/// ```no_run
/// use oslens_service::Manager;
///
/// let status = Manager::local()?.get("EventLog")?.status()?;
/// println!("{status}"); // running, process 812
/// # Ok::<(), oslens_service::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Status {
    /// What kind of service it is.
    pub kind: Kind,
    /// Its state.
    pub state: State,
    /// The controls that it takes now.
    pub accepted: Accepted,
    /// The number of Win32 that it stopped with, or that it reports while it
    /// starts and stops; 0 is success, 1066 that `service_code` says more,
    /// 1077 that it was never started since the system booted.
    pub exit_code: u32,
    /// Its own number, where `exit_code` is 1066.
    pub service_code: Option<u32>,
    /// How far it is on the way to another state; it rises while it makes
    /// progress.
    pub checkpoint: u32,
    /// How long it expects to take to the next checkpoint.
    pub wait_hint: Duration,
    /// Its process, where it has one.
    pub pid: Option<u32>,
    /// Whether it runs in a process of the system that always runs.
    pub in_system_process: bool,
}

impl Status {
    /// `ERROR_SERVICE_SPECIFIC_ERROR`.
    pub(crate) const SERVICE_SPECIFIC: u32 = 1066;
    /// `ERROR_SERVICE_NEVER_STARTED`.
    const NEVER_STARTED: u32 = 1077;

    /// Whether it stopped with an error, where it is stopped.
    ///
    /// A service that was never started did not fail.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.state == State::Stopped && !matches!(self.exit_code, 0 | Self::NEVER_STARTED)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.state {
            State::Stopped => "stopped",
            State::StartPending => "starting",
            State::StopPending => "stopping",
            State::Running => "running",
            State::ContinuePending => "resuming",
            State::PausePending => "pausing",
            State::Paused => "paused",
            State::Other(number) => return write!(f, "in an unknown state ({number})"),
        })?;
        if let Some(pid) = self.pid {
            write!(f, ", process {pid}")?;
        }
        if self.state.is_pending() {
            if self.checkpoint > 0 {
                write!(f, ", checkpoint {}", self.checkpoint)?;
            }
            if !self.wait_hint.is_zero() {
                write!(f, ", next one within {:?}", self.wait_hint)?;
            }
        }
        match (self.exit_code, self.service_code) {
            (0, _) => Ok(()),
            (Self::NEVER_STARTED, _) if self.state == State::Stopped => {
                f.write_str(", never started since the system booted")
            }
            (Self::SERVICE_SPECIFIC, Some(code)) => write!(f, ", with its own error {code}"),
            (code, _) => write!(
                f,
                ", with error {code}: {}",
                std::io::Error::from_raw_os_error(code as i32)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(state: State) -> Status {
        Status {
            kind: Kind::OWN_PROCESS,
            state,
            accepted: Accepted::default(),
            exit_code: 0,
            service_code: None,
            checkpoint: 0,
            wait_hint: Duration::ZERO,
            pid: None,
            in_system_process: false,
        }
    }

    #[test]
    fn a_status_is_told_in_words() {
        let mut running = status(State::Running);
        running.pid = Some(812);
        assert_eq!(running.to_string(), "running, process 812");
        let mut starting = status(State::StartPending);
        starting.checkpoint = 3;
        starting.wait_hint = Duration::from_secs(2);
        assert_eq!(
            starting.to_string(),
            "starting, checkpoint 3, next one within 2s"
        );
        let mut never = status(State::Stopped);
        never.exit_code = 1077;
        assert_eq!(
            never.to_string(),
            "stopped, never started since the system booted"
        );
        assert!(!never.has_failed());
        let mut failed = status(State::Stopped);
        failed.exit_code = 1066;
        failed.service_code = Some(42);
        assert_eq!(failed.to_string(), "stopped, with its own error 42");
        assert!(failed.has_failed());
    }

    #[test]
    fn a_number_without_a_name_stays_what_it_is() {
        assert_eq!(State::from_raw(9), State::Other(9));
        assert_eq!(State::Other(9).raw(), 9);
        assert_eq!(State::Other(9).as_str(), "unknown");
        for raw in 1..=7 {
            let state = State::from_raw(raw);
            assert_eq!(state.raw(), raw);
            assert_eq!(state.as_str().parse::<State>().unwrap(), state);
        }
        assert!("unknown".parse::<State>().is_err());
        assert_eq!(Kind::from_bits_retain(0x30).to_string(), "own process");
        assert_eq!(
            Kind::from_bits_retain(0xe0).to_string(),
            "shared process, per user, instance of a user"
        );
    }
}
