//! How a service is set up.

use std::{ffi::OsString, fmt, time::Duration};

use super::Kind;
use crate::numbered::numbered;

numbered! {
    /// When a service is started.
    ///
    /// ```
    /// use oslens_service::StartType;
    ///
    /// assert_eq!("manual".parse::<StartType>()?, StartType::Manual);
    /// assert_eq!(StartType::Automatic.to_string(), "automatic");
    /// # Ok::<(), oslens_service::Error>(())
    /// ```
    pub enum StartType {
        /// By the loader of the system; drivers only.
        Boot = 0, "boot";
        /// While the kernel starts; drivers only.
        System = 1, "system";
        /// When the system starts; somewhat later with
        /// [`ServiceSpec::delayed_start`](crate::ServiceSpec::delayed_start).
        Automatic = 2, "automatic";
        /// When somebody, another service or a trigger asks for it.
        Manual = 3, "manual";
        /// Never.
        Disabled = 4, "disabled";
    }
}

numbered! {
    /// What the system does when the service fails to start as it boots.
    pub enum ErrorControl {
        /// It goes on.
        Ignore = 0, "ignore";
        /// It writes that to the event log, and goes on.
        Normal = 1, "normal";
        /// It starts again with the last configuration known to be good.
        Severe = 2, "severe";
        /// As `Severe`, and it does not go on where that fails too.
        Critical = 3, "critical";
    }
}

numbered! {
    /// How the identity of a service is in the token of its process.
    pub enum SidType {
        /// It has none.
        None = 0, "none";
        /// It is there, so that files can be opened to this service alone.
        Unrestricted = 1, "unrestricted";
        /// It is there, and the process may write only where that, or
        /// everybody, may.
        Restricted = 3, "restricted";
    }
}

numbered! {
    /// How far a service is protected from other processes.
    pub enum LaunchProtection {
        /// Not at all.
        None = 0, "none";
        /// As parts of Windows are.
        Windows = 1, "windows";
        /// As less important parts of Windows are.
        WindowsLight = 2, "windows_light";
        /// As virus scanners are; it cannot be taken back.
        AntimalwareLight = 3, "antimalware_light";
    }
}

/// What has to run before a service does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Dependency {
    /// This service.
    Service(OsString),
    /// One service of this group at least.
    Group(OsString),
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(name) => f.write_str(&name.to_string_lossy()),
            Self::Group(name) => write!(f, "group {}", name.to_string_lossy()),
        }
    }
}

/// How a service is set up, as far as one call tells.
///
/// The rest has calls of its own: [`Service::description`] and those that
/// follow it.
///
/// [`Service::description`]: crate::manager::Service::description
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Config {
    /// What kind of service it is.
    pub kind: Kind,
    /// When it is started.
    pub start_type: StartType,
    /// What happens when that fails.
    pub error_control: ErrorControl,
    /// The command line that starts it: program and arguments; of a driver
    /// the path of its file.
    pub command_line: OsString,
    /// The account that it runs as, such as `LocalSystem`; of a driver the
    /// name of its object.
    pub account: Option<OsString>,
    /// The name to show to people.
    pub display_name: OsString,
    /// What has to run before it.
    pub dependencies: Vec<Dependency>,
    /// The group that it starts with.
    pub group: Option<OsString>,
    /// Its place in that group; drivers only.
    pub tag: Option<u32>,
}

/// What the system does when a service fails.
///
/// Written as it is: what is not in it is taken away.
///
/// ```
/// use std::time::Duration;
/// use oslens_service::{FailureAction, FailureActions};
///
/// let mut actions = FailureActions::default();
/// actions.reset_after = Some(Duration::from_secs(86_400));
/// actions.actions = vec![
///     FailureAction::restart(Duration::from_secs(60)),
///     FailureAction::NONE,
/// ];
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FailureActions {
    /// After how long without failures counting starts again; `None`: never.
    /// The system keeps whole seconds.
    pub reset_after: Option<Duration>,
    /// What users are told before the system is started again.
    pub reboot_message: Option<OsString>,
    /// The command line of [`FailureActionKind::RunCommand`].
    pub command: Option<OsString>,
    /// What is done at the first failure, the second, and so on; the last
    /// for all that follow.
    pub actions: Vec<FailureAction>,
}

/// What is done at one failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FailureAction {
    /// What.
    pub kind: FailureActionKind,
    /// How long after the failure; the system keeps whole milliseconds.
    pub delay: Duration,
}

impl FailureAction {
    /// Nothing is done.
    pub const NONE: Self = Self {
        kind: FailureActionKind::None,
        delay: Duration::ZERO,
    };

    /// The service is started again.
    #[must_use]
    pub const fn restart(delay: Duration) -> Self {
        Self {
            kind: FailureActionKind::Restart,
            delay,
        }
    }

    /// The command of [`FailureActions::command`] is run.
    #[must_use]
    pub const fn run_command(delay: Duration) -> Self {
        Self {
            kind: FailureActionKind::RunCommand,
            delay,
        }
    }
}

numbered! {
    /// The kinds of what is done when a service fails.
    pub enum FailureActionKind {
        /// Nothing.
        None = 0, "none";
        /// The service is started again.
        Restart = 1, "restart";
        /// The system is started again.
        Reboot = 2, "reboot";
        /// A command is run.
        RunCommand = 3, "run_command";
        /// The service starts itself again.
        OwnRestart = 4, "own_restart";
    }
}
