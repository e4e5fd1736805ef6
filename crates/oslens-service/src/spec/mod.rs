//! What a service is to be.

mod account;
mod command_line;

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
    time::Duration,
};

pub use self::account::{Account, Password};
use crate::{
    Dependency, Error, ErrorControl, ErrorKind, FailureActions, Kind, LaunchProtection, Result,
    SidType, StartType, Trigger,
};

/// What a service is to be: for [`Manager::install`](crate::Manager::install)
/// and [`Manager::update`](crate::Manager::update).
///
/// Whatever is not said is the system's usual when the service is installed,
/// and stays as it is when it is updated.
///
/// ```no_run
/// use std::time::Duration;
/// use oslens_service::{Account, Manager, ServiceSpec, StartType};
///
/// let spec = ServiceSpec::new("backup", r"C:\Program Files\Backup\backup.exe")
///     .args(["run", "--quiet"])
///     .display_name("Backup of all files")
///     .description("Copies what changed to the other machine.")
///     .start_type(StartType::Automatic)
///     .delayed_start(true)
///     .account(Account::LocalService)
///     .depends_on(["Tcpip"])
///     .preshutdown_timeout(Duration::from_secs(20));
/// let service = Manager::local()?.install(&spec)?;
/// service.start_and_wait(&[], Duration::from_secs(30))?;
/// # Ok::<(), oslens_service::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ServiceSpec {
    /// The name that programs use: at most 256 characters, no slashes.
    pub name: OsString,
    /// The program; an empty path where it stays as it is.
    pub program: PathBuf,
    /// The arguments of the command line that starts it, each on its own.
    pub args: Vec<OsString>,
    /// The name to show to people.
    pub display_name: Option<OsString>,
    /// What the service does, in a sentence.
    pub description: Option<OsString>,
    /// What kind of service it is: [`Kind::OWN_PROCESS`] where it is new.
    pub kind: Option<Kind>,
    /// When it is started: [`StartType::Manual`] where it is new.
    pub start_type: Option<StartType>,
    /// Whether an automatic start waits until others have started.
    pub delayed_start: Option<bool>,
    /// What happens when it fails to start: [`ErrorControl::Normal`] where it
    /// is new.
    pub error_control: Option<ErrorControl>,
    /// Who it runs as: [`Account::LocalSystem`] where it is new.
    pub account: Option<Account>,
    /// The group that it starts with; empty for none.
    pub group: Option<OsString>,
    /// What has to run before it.
    pub dependencies: Option<Vec<Dependency>>,
    /// What the system does when it fails.
    pub failure_actions: Option<FailureActions>,
    /// Whether stopping with an error counts as failing, too.
    pub failure_actions_on_error: Option<bool>,
    /// How its identity is in the token of its process.
    pub sid_type: Option<SidType>,
    /// The only privileges that its process has, such as
    /// `SeChangeNotifyPrivilege`.
    pub required_privileges: Option<Vec<OsString>>,
    /// How long the system waits for it before it shuts down.
    pub preshutdown_timeout: Option<Duration>,
    /// What starts and stops it.
    pub triggers: Option<Vec<Trigger>>,
    /// The node of memory that it should run on.
    pub preferred_node: Option<PreferredNode>,
    /// How far it is protected.
    pub launch_protection: Option<LaunchProtection>,
    /// Who may do what with it, as SDDL.
    pub security: Option<OsString>,
}

/// Where in a large machine a service should run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum PreferredNode {
    /// Anywhere.
    Any,
    /// On the processors of this node of memory.
    Node(u16),
}

impl ServiceSpec {
    /// A service with this name that runs this program.
    ///
    /// The program is an absolute path; it is always quoted in the command
    /// line. Windows replaces `%NAME%` in it by variables of its own.
    #[must_use]
    pub fn new(name: impl Into<OsString>, program: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            program: program.into(),
            args: Vec::new(),
            display_name: None,
            description: None,
            kind: None,
            start_type: None,
            delayed_start: None,
            error_control: None,
            account: None,
            group: None,
            dependencies: None,
            failure_actions: None,
            failure_actions_on_error: None,
            sid_type: None,
            required_privileges: None,
            preshutdown_timeout: None,
            triggers: None,
            preferred_node: None,
            launch_protection: None,
            security: None,
        }
    }

    /// Changes to the service with this name, none so far: for
    /// [`Manager::update`](crate::Manager::update).
    #[must_use]
    pub fn changes(name: impl Into<OsString>) -> Self {
        Self::new(name, PathBuf::new())
    }

    /// One more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.args.push(argument.into());
        self
    }

    /// More arguments.
    #[must_use]
    pub fn args<T: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = T>) -> Self {
        self.args.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// The name to show to people.
    #[must_use]
    pub fn display_name(mut self, name: impl Into<OsString>) -> Self {
        self.display_name = Some(name.into());
        self
    }

    /// What the service does, in a sentence.
    #[must_use]
    pub fn description(mut self, description: impl Into<OsString>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// What kind of service it is.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// When it is started.
    #[must_use]
    pub fn start_type(mut self, start_type: StartType) -> Self {
        self.start_type = Some(start_type);
        self
    }

    /// Whether an automatic start waits until others have started.
    #[must_use]
    pub fn delayed_start(mut self, delayed: bool) -> Self {
        self.delayed_start = Some(delayed);
        self
    }

    /// What happens when it fails to start.
    #[must_use]
    pub fn error_control(mut self, error_control: ErrorControl) -> Self {
        self.error_control = Some(error_control);
        self
    }

    /// Who it runs as.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.account = Some(account);
        self
    }

    /// The group that it starts with; an empty name for none.
    #[must_use]
    pub fn group(mut self, group: impl Into<OsString>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// The services that have to run before it, and no others.
    #[must_use]
    pub fn depends_on<T: Into<OsString>>(self, services: impl IntoIterator<Item = T>) -> Self {
        let services = services.into_iter().map(Into::into);
        self.dependencies(services.map(Dependency::Service))
    }

    /// What has to run before it, services and groups, and nothing else.
    #[must_use]
    pub fn dependencies(mut self, dependencies: impl IntoIterator<Item = Dependency>) -> Self {
        self.dependencies = Some(dependencies.into_iter().collect());
        self
    }

    /// What the system does when it fails.
    #[must_use]
    pub fn failure_actions(mut self, actions: FailureActions) -> Self {
        self.failure_actions = Some(actions);
        self
    }

    /// Whether stopping with an error counts as failing, too.
    #[must_use]
    pub fn failure_actions_on_error(mut self, on_error: bool) -> Self {
        self.failure_actions_on_error = Some(on_error);
        self
    }

    /// How its identity is in the token of its process.
    #[must_use]
    pub fn sid_type(mut self, sid_type: SidType) -> Self {
        self.sid_type = Some(sid_type);
        self
    }

    /// The only privileges that its process has.
    #[must_use]
    pub fn required_privileges<T: Into<OsString>>(
        mut self,
        privileges: impl IntoIterator<Item = T>,
    ) -> Self {
        self.required_privileges = Some(privileges.into_iter().map(Into::into).collect());
        self
    }

    /// How long the system waits for it before it shuts down; the system
    /// keeps whole milliseconds.
    #[must_use]
    pub fn preshutdown_timeout(mut self, timeout: Duration) -> Self {
        self.preshutdown_timeout = Some(timeout);
        self
    }

    /// What starts and stops it, and nothing else.
    #[must_use]
    pub fn triggers(mut self, triggers: impl IntoIterator<Item = Trigger>) -> Self {
        self.triggers = Some(triggers.into_iter().collect());
        self
    }

    /// The node of memory that it should run on.
    #[must_use]
    pub fn preferred_node(mut self, node: PreferredNode) -> Self {
        self.preferred_node = Some(node);
        self
    }

    /// How far it is protected.
    #[must_use]
    pub fn launch_protection(mut self, protection: LaunchProtection) -> Self {
        self.launch_protection = Some(protection);
        self
    }

    /// Who may do what with it, as SDDL: the parts that are in the text.
    #[must_use]
    pub fn security(mut self, sddl: impl Into<OsString>) -> Self {
        self.security = Some(sddl.into());
        self
    }

    /// The command line of program and arguments; `None` where the program
    /// stays as it is.
    pub(crate) fn command_line(&self) -> Result<Option<OsString>> {
        if self.program.as_os_str().is_empty() {
            if !self.args.is_empty() {
                return Err(invalid("arguments need their program").of(&self.name));
            }
            return Ok(None);
        }
        // The file of a driver is no command line.
        if self.kind.is_some_and(Kind::is_driver) {
            return Ok(Some(self.program.clone().into_os_string()));
        }
        command_line::join(self.program.as_os_str(), &self.args)
            .map(Some)
            .map_err(|error| error.of(&self.name))
    }

    /// That the name can be one.
    pub(crate) fn check(&self) -> Result<()> {
        let units = crate::text::units(&self.name);
        let slash = |&unit: &u16| unit == u16::from(b'/') || unit == u16::from(b'\\') || unit == 0;
        if units.is_empty() || units.len() > 256 || units.iter().any(slash) {
            let message = "a service's name has 1 to 256 characters, no slashes and no NUL";
            return Err(invalid(message).of(OsStr::new(&self.name)));
        }
        Ok(())
    }
}

fn invalid(message: &str) -> Error {
    Error::message(ErrorKind::InvalidInput, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_stays_as_it_is() {
        let changes = ServiceSpec::changes("a");
        assert_eq!(changes.command_line().unwrap(), None);
        let error = changes.arg("x").command_line().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.subject(), Some(OsStr::new("a")));
    }

    #[test]
    fn the_file_of_a_driver_is_not_quoted() {
        let spec = ServiceSpec::new("d", r"C:\d.sys").kind(Kind::KERNEL_DRIVER);
        assert_eq!(spec.command_line().unwrap().unwrap(), r"C:\d.sys");
    }

    #[test]
    fn a_name_that_the_system_would_not_take_is_refused() {
        for name in ["", "a/b", r"a\b", "a\0", &"x".repeat(257)] {
            assert!(ServiceSpec::new(name, "p").check().is_err(), "{name:?}");
        }
        assert!(ServiceSpec::new("a b", "p").check().is_ok());
    }
}
