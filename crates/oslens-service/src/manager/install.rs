//! Installing services, and making others of those that are there.

use std::ffi::OsStr;

use super::Manager;
use crate::{
    Account, Error, ErrorControl, ErrorKind, FailureActionKind, Kind, Result, ServiceSpec,
    StartType,
    manager::Service,
    parse::config::Setting,
    sys::scm::{Access, Basics, Scm},
};

impl Manager {
    /// Installs a service.
    ///
    /// All of it or nothing: where the system refuses a part of `spec`, the
    /// service is deleted again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`], [`ErrorKind::MarkedForDeletion`],
    /// [`ErrorKind::AccessDenied`], [`ErrorKind::Logon`] for an account that
    /// does not exist, [`ErrorKind::DependencyFailed`] for a circle,
    /// [`ErrorKind::InvalidInput`] where there is no program;
    /// [`ErrorKind::Unsupported`] for a part that this version of the system
    /// does not have.
    ///
    /// # Platform
    ///
    /// Windows (`CreateServiceW`, `ChangeServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Three calls, and one or two for each further part.
    pub fn install(&self, spec: &ServiceSpec) -> Result<Service> {
        spec.check()?;
        let mut basics = basics(spec)?;
        if basics.command_line.is_none() {
            return Err(
                Error::message(ErrorKind::InvalidInput, "a new service needs a program")
                    .of(&spec.name),
            );
        }
        let driver = spec.kind.is_some_and(Kind::is_driver);
        basics.kind.get_or_insert(Kind::OWN_PROCESS);
        basics.start_type.get_or_insert(StartType::Manual);
        basics.error_control.get_or_insert(ErrorControl::Normal);
        if !driver {
            basics.account.get_or_insert(Account::LocalSystem);
        }
        let scm = &*self.scm;
        scm.create(&spec.name, &basics)
            .map_err(|error| error.of(&spec.name))?;
        if let Err(error) = apply(scm, spec) {
            // Its own error would hide the reason.
            _ = scm
                .open(&spec.name, Access::Delete)
                .and_then(|service| service.delete());
            return Err(error);
        }
        Ok(self.service(&spec.name))
    }

    /// Changes a service to be as `spec` says; what it does not say stays.
    ///
    /// A service that runs goes on as it is until it is started again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], and those of [`install`](Self::install).
    /// What was changed before the error stays changed.
    ///
    /// # Platform
    ///
    /// Windows (`ChangeServiceConfigW`, `ChangeServiceConfig2W`).
    ///
    /// # Cost
    ///
    /// Two calls, and one or two for each further part.
    pub fn update(&self, spec: &ServiceSpec) -> Result<Service> {
        spec.check()?;
        let basics = basics(spec)?;
        let scm = &*self.scm;
        let name = &spec.name;
        if basics == Basics::default() {
            // So that a service that is not there is noticed at all events.
            scm.display_name(name).map_err(|error| error.of(name))?;
        } else {
            scm.open(name, Access::ChangeConfig)
                .and_then(|service| service.change(&basics))
                .map_err(|error| error.of(name))?;
        }
        apply(scm, spec)?;
        Ok(self.service(name))
    }
}

fn basics(spec: &ServiceSpec) -> Result<Basics> {
    Ok(Basics {
        kind: spec.kind,
        start_type: spec.start_type,
        error_control: spec.error_control,
        command_line: spec.command_line()?,
        group: spec.group.clone(),
        dependencies: spec.dependencies.clone(),
        account: spec.account.clone(),
        display_name: spec.display_name.clone(),
    })
}

/// Sets everything that has a call of its own.
fn apply(scm: &dyn Scm, spec: &ServiceSpec) -> Result<()> {
    let name = &spec.name;
    let settings = settings(spec);
    for setting in &settings {
        set(scm, name, setting)?;
    }
    if let Some(sddl) = &spec.security {
        set_security(scm, name, sddl)?;
    }
    Ok(())
}

fn settings(spec: &ServiceSpec) -> Vec<Setting> {
    let spec = spec.clone();
    [
        spec.description.map(|text| {
            // As the system does: no description is an empty one.
            Setting::Description((!text.is_empty()).then_some(text))
        }),
        spec.delayed_start.map(Setting::DelayedStart),
        spec.failure_actions.map(Setting::FailureActions),
        spec.failure_actions_on_error
            .map(Setting::FailureActionsOnError),
        spec.sid_type.map(Setting::SidType),
        spec.required_privileges.map(Setting::RequiredPrivileges),
        spec.preshutdown_timeout.map(Setting::PreshutdownTimeout),
        spec.triggers.map(Setting::Triggers),
        spec.preferred_node.map(Setting::PreferredNode),
        spec.launch_protection.map(Setting::LaunchProtection),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Sets one level of configuration.
pub(crate) fn set(scm: &dyn Scm, name: &OsStr, setting: &Setting) -> Result<()> {
    let restarts = |actions: &crate::FailureActions| {
        let restart = |action: &crate::FailureAction| action.kind == FailureActionKind::Restart;
        actions.actions.iter().any(restart)
    };
    let access = match setting {
        Setting::FailureActions(actions) if restarts(actions) => Access::ChangeFailureActions,
        _ => Access::ChangeConfig,
    };
    scm.open(name, access)
        .and_then(|service| service.set(setting))
        .map_err(|error| error.of(name))
}

/// Writes the parts of a security descriptor that are in the text.
pub(crate) fn set_security(scm: &dyn Scm, name: &OsStr, sddl: &OsStr) -> Result<()> {
    let text = sddl.to_string_lossy();
    let access = match (has_part(&text, 'D'), has_owner(&text)) {
        (true, false) => Access::WriteDacl,
        (false, true) => Access::WriteOwner,
        (true, true) => Access::WriteDaclAndOwner,
        (false, false) => {
            let message = format!("{text:?} names no owner, no group and no access list");
            return Err(Error::message(ErrorKind::InvalidInput, message).of(name));
        }
    };
    if has_part(&text, 'S') {
        // What is audited needs a privilege that is not taken silently.
        let message = "audit lists (S:) are not written";
        return Err(Error::message(ErrorKind::InvalidInput, message).of(name));
    }
    scm.open(name, access)
        .and_then(|service| service.set_security(sddl))
        .map_err(|error| error.of(name))
}

fn has_owner(sddl: &str) -> bool {
    has_part(sddl, 'O') || has_part(sddl, 'G')
}

/// Whether SDDL has the part with this letter: outside of entries, which are
/// in parentheses.
pub(crate) fn has_part(sddl: &str, part: char) -> bool {
    let mut depth = 0_u32;
    let mut letters = sddl.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0
                && letter.eq_ignore_ascii_case(&part)
                && letters.peek() == Some(&':') =>
            {
                return true;
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_sddl_are_found_outside_of_entries() {
        let sddl = "O:SYD:(A;;GA;;;SY)(XA;;GR;;;BA;(@USER.S:x))";
        assert!(has_part(sddl, 'O') && has_part(sddl, 'D'));
        assert!(!has_part(sddl, 'S') && !has_part(sddl, 'G'));
        assert!(has_part("D:(A;;GA;;;SY)S:(AU;;GA;;;WD)", 'S'));
        assert!(has_part("O:S-1-5-18G:BAD:", 'G'));
        assert!(has_part("O:S-1-5-18G:BAD:", 'D'));
        assert!(!has_part("", 'D'));
    }
}
