//! How a service is set up: asking, and the changes that are made most.

use std::{
    ffi::{OsStr, OsString},
    time::Duration,
};

use super::{Config, Dependency, FailureActions, LaunchProtection, Service, SidType, StartType};
use crate::{
    Error, ErrorKind, PreferredNode, Result, Trigger,
    manager::{set, set_security},
    parse::config::{Level, Setting},
    sys::scm::{Access, Basics},
};

/// Asks for one level of configuration.
macro_rules! ask {
    ($service:expr, $level:ident) => {
        match $service.setting(Level::$level)? {
            Setting::$level(value) => Ok(value),
            _ => Err(Error::message(
                ErrorKind::Malformed,
                "QueryServiceConfig2W: another level than asked",
            )),
        }
    };
}

impl Service {
    /// How it is set up: program, account, start type and so on, in one go.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], [`ErrorKind::AccessDenied`].
    ///
    /// # Platform
    ///
    /// Windows (`QueryServiceConfigW`).
    ///
    /// # Cost
    ///
    /// Two calls, three for a long configuration.
    pub fn config(&self) -> Result<Config> {
        let mut config = self.with(Access::QueryConfig, |service| service.config())?;
        if config.display_name.is_empty() {
            // As everywhere: without one the name is shown.
            config.display_name.clone_from(&self.name);
        }
        Ok(config)
    }

    /// What it depends on: what has to run before it.
    ///
    /// # Errors
    ///
    /// As [`config`](Self::config).
    ///
    /// # Platform
    ///
    /// As [`config`](Self::config), which has it too.
    ///
    /// # Cost
    ///
    /// As [`config`](Self::config).
    pub fn dependencies(&self) -> Result<Vec<Dependency>> {
        self.config().map(|config| config.dependencies)
    }

    /// What it does, in a sentence, in the language of the system; `None`
    /// where nobody said, or the file that has it is missing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], [`ErrorKind::AccessDenied`].
    ///
    /// # Platform
    ///
    /// Windows (`QueryServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls, three for a long one.
    pub fn description(&self) -> Result<Option<OsString>> {
        let asked = || ask!(self, Description);
        match asked() {
            // The text is in the resources of a file: the file is not there
            // (2), or has no text in any language wanted (1168, 15100).
            Err(error) if matches!(error.code(), Some(2 | 1168 | 15100)) => Ok(None),
            asked => asked,
        }
    }

    /// Whether an automatic start waits until others have started.
    ///
    /// # Errors
    ///
    /// As [`failure_actions`](Self::failure_actions).
    ///
    /// # Platform
    ///
    /// Windows (`QueryServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn delayed_start(&self) -> Result<bool> {
        ask!(self, DelayedStart)
    }

    /// What the system does when it fails.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], [`ErrorKind::AccessDenied`];
    /// [`ErrorKind::Unsupported`] where this version of the system has no such
    /// thing.
    ///
    /// # Platform
    ///
    /// Windows (`QueryServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls, three for long ones.
    pub fn failure_actions(&self) -> Result<FailureActions> {
        ask!(self, FailureActions)
    }

    /// Whether stopping with an error counts as failing, not only to crash.
    ///
    /// # Errors
    ///
    /// As [`failure_actions`](Self::failure_actions).
    ///
    /// # Platform
    ///
    /// Windows (`QueryServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn failure_actions_on_error(&self) -> Result<bool> {
        ask!(self, FailureActionsOnError)
    }

    /// How its identity is in the token of its process.
    ///
    /// # Errors
    ///
    /// As [`failure_actions`](Self::failure_actions).
    ///
    /// # Platform
    ///
    /// Windows (`QueryServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn sid_type(&self) -> Result<SidType> {
        ask!(self, SidType)
    }

    /// The only privileges that its process has; empty where it has all those
    /// of its account.
    ///
    /// # Errors
    ///
    /// As [`failure_actions`](Self::failure_actions).
    ///
    /// # Platform
    ///
    /// Windows (`QueryServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls, three for many.
    pub fn required_privileges(&self) -> Result<Vec<OsString>> {
        ask!(self, RequiredPrivileges)
    }

    /// How long the system waits for it before it shuts down, where it asked
    /// to be told.
    ///
    /// # Errors
    ///
    /// As [`failure_actions`](Self::failure_actions).
    ///
    /// # Platform
    ///
    /// Windows (`QueryServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn preshutdown_timeout(&self) -> Result<Duration> {
        ask!(self, PreshutdownTimeout)
    }

    /// What starts and stops it without being asked by anybody.
    ///
    /// # Errors
    ///
    /// As [`failure_actions`](Self::failure_actions).
    ///
    /// # Platform
    ///
    /// Windows 7 (`QueryServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls, three for many.
    pub fn triggers(&self) -> Result<Vec<Trigger>> {
        ask!(self, Triggers)
    }

    /// The node of memory that it should run on.
    ///
    /// # Errors
    ///
    /// As [`failure_actions`](Self::failure_actions).
    ///
    /// # Platform
    ///
    /// Windows 7 (`QueryServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn preferred_node(&self) -> Result<PreferredNode> {
        ask!(self, PreferredNode)
    }

    /// How far it is protected from other processes.
    ///
    /// # Errors
    ///
    /// As [`failure_actions`](Self::failure_actions).
    ///
    /// # Platform
    ///
    /// Windows 8.1 (`QueryServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn launch_protection(&self) -> Result<LaunchProtection> {
        ask!(self, LaunchProtection)
    }

    /// Who may do what with it: owner, group and access list, as SDDL.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], [`ErrorKind::AccessDenied`].
    ///
    /// # Platform
    ///
    /// Windows (`QueryServiceObjectSecurity`).
    ///
    /// # Cost
    ///
    /// Two calls, three for long lists.
    pub fn security(&self) -> Result<OsString> {
        self.with(Access::ReadSecurity, |service| service.security())
    }

    /// Sets who may do what with it: the parts that are in the SDDL, owner
    /// (`O:`), group (`G:`) and access list (`D:`).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for text that has none of them, or an audit
    /// list (`S:`); [`ErrorKind::NotFound`], [`ErrorKind::AccessDenied`].
    ///
    /// # Platform
    ///
    /// Windows (`SetServiceObjectSecurity`).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn set_security(&self, sddl: impl AsRef<OsStr>) -> Result<()> {
        set_security(&*self.scm, &self.name, sddl.as_ref())
    }

    /// Sets when it is started; everything else is for
    /// [`Manager::update`](crate::Manager::update).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], [`ErrorKind::AccessDenied`],
    /// [`ErrorKind::MarkedForDeletion`].
    ///
    /// # Platform
    ///
    /// Windows (`ChangeServiceConfigW`).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn set_start_type(&self, start_type: StartType) -> Result<()> {
        let basics = Basics {
            start_type: Some(start_type),
            ..Basics::default()
        };
        self.with(Access::ChangeConfig, |service| service.change(&basics))
    }

    /// Has it started when the system starts. It is not started now.
    ///
    /// # Errors
    ///
    /// As [`set_start_type`](Self::set_start_type).
    ///
    /// # Platform
    ///
    /// As [`set_start_type`](Self::set_start_type).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn enable(&self) -> Result<()> {
        self.set_start_type(StartType::Automatic)
    }

    /// Has it never started. It is not stopped now.
    ///
    /// # Errors
    ///
    /// As [`set_start_type`](Self::set_start_type).
    ///
    /// # Platform
    ///
    /// As [`set_start_type`](Self::set_start_type).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn disable(&self) -> Result<()> {
        self.set_start_type(StartType::Disabled)
    }

    /// Sets what it does, in a sentence; `None` takes that away.
    ///
    /// # Errors
    ///
    /// As [`set_start_type`](Self::set_start_type).
    ///
    /// # Platform
    ///
    /// Windows (`ChangeServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn set_description(&self, description: Option<&OsStr>) -> Result<()> {
        let setting = Setting::Description(description.map(OsStr::to_owned));
        set(&*self.scm, &self.name, &setting)
    }

    /// Sets what the system does when it fails.
    ///
    /// # Errors
    ///
    /// As [`set_start_type`](Self::set_start_type).
    ///
    /// # Platform
    ///
    /// Windows (`ChangeServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn set_failure_actions(&self, actions: &FailureActions) -> Result<()> {
        let setting = Setting::FailureActions(actions.clone());
        set(&*self.scm, &self.name, &setting)
    }

    fn setting(&self, level: Level) -> Result<Setting> {
        self.with(Access::QueryConfig, |service| service.setting(level))
    }
}
