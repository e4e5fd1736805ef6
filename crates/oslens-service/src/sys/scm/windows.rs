//! The service control manager of Windows.

use std::{
    ffi::{OsStr, OsString},
    sync::Arc,
    time::{Duration, Instant},
};

use oslens_win32::registry::{Key, Value};
use windows_sys::Win32::{
    Foundation::ERROR_FILE_NOT_FOUND,
    Security::{DACL_SECURITY_INFORMATION, GROUP_SECURITY_INFORMATION, OWNER_SECURITY_INFORMATION},
    System::Registry::KEY_SET_VALUE,
    System::Services::{
        SC_MANAGER_CONNECT, SC_MANAGER_CREATE_SERVICE, SC_MANAGER_ENUMERATE_SERVICE,
        SERVICE_NOTIFY_DELETE_PENDING,
    },
};

use super::{Access, Basics, Notice, Opened, Page, Scm};
use crate::{
    Config, Control, Error, ErrorKind, Filter, Parameter, Result, State, Status, StopReason,
    manager::has_part,
    parse::{
        Malformed,
        config::{Level, Setting},
    },
    sys::pal::windows::{
        notify::{self, Answer},
        scm::{self as calls, Handle},
    },
};

/// `SERVICE_NOTIFY_STOPPED` to `SERVICE_NOTIFY_PAUSED`, in the order of the
/// numbers of the states.
const ALL_STATES: u32 = 0x7f;

pub(crate) fn local() -> Result<Arc<dyn Scm>> {
    connect(None)
}

pub(crate) fn remote(machine: &OsStr) -> Result<Arc<dyn Scm>> {
    connect(Some(machine))
}

fn connect(machine: Option<&OsStr>) -> Result<Arc<dyn Scm>> {
    let address = machine.map(|machine| {
        let mut address = OsString::new();
        if !machine.to_string_lossy().starts_with(r"\\") {
            address.push(r"\\");
        }
        address.push(machine);
        address
    });
    let manager = calls::open_manager(address.as_deref(), SC_MANAGER_CONNECT)?;
    Ok(Arc::new(Manager {
        machine: machine.map(OsStr::to_owned),
        address,
        manager,
        zero: Instant::now(),
    }))
}

#[derive(Debug)]
struct Manager {
    machine: Option<OsString>,
    /// The same with `\\` before it.
    address: Option<OsString>,
    /// Open for `SC_MANAGER_CONNECT` alone: what needs more opens its own.
    manager: Handle,
    /// When its clock began.
    zero: Instant,
}

impl Manager {
    fn open_for(&self, access: u32) -> Result<Handle> {
        calls::open_manager(self.address.as_deref(), access)
    }

    /// The key with the parameters of a service of this machine.
    fn parameters(&self, service: &OsStr) -> Result<String> {
        if self.machine.is_some() {
            // Never the registry of this machine for a service of another.
            return Err(Error::unsupported("parameters on another machine"));
        }
        let service = service.to_str().ok_or_else(|| {
            let message = "the name of the service is not Unicode";
            Error::message(ErrorKind::InvalidInput, message)
        })?;
        Ok(format!(
            r"SYSTEM\CurrentControlSet\Services\{service}\Parameters"
        ))
    }
}

impl Scm for Manager {
    fn machine(&self) -> Option<&OsStr> {
        self.machine.as_deref()
    }

    fn services(&self, filter: &Filter, room: u32, resume: u32) -> Result<Page> {
        let manager = self.open_for(SC_MANAGER_ENUMERATE_SERVICE)?;
        calls::services(&manager, filter, room, resume)
    }

    fn display_name(&self, name: &OsStr) -> Result<OsString> {
        calls::display_name(&self.manager, name)
    }

    fn key_name(&self, display_name: &OsStr) -> Result<OsString> {
        calls::key_name(&self.manager, display_name)
    }

    fn open(&self, name: &OsStr, access: Access) -> Result<Box<dyn Opened + '_>> {
        let handle = calls::open_service(&self.manager, name, access as u32)?;
        Ok(Box::new(Service {
            manager: self,
            name: name.to_owned(),
            handle,
        }))
    }

    fn create(&self, name: &OsStr, basics: &Basics) -> Result<()> {
        let manager = self.open_for(SC_MANAGER_CREATE_SERVICE)?;
        calls::create(&manager, name, basics).map(drop)
    }

    fn parameter(&self, service: &OsStr, name: &str) -> Result<Option<Parameter>> {
        const CALL: &str = "RegQueryValueExW";
        let key = match Key::open(&self.parameters(service)?) {
            Err(error) if error.raw() == Some(ERROR_FILE_NOT_FOUND) => return Ok(None),
            key => key?,
        };
        Ok(match key.value(name)? {
            None => None,
            Some(Value::Text(text) | Value::Expandable(text)) => Some(Parameter::Text(text)),
            Some(Value::Texts(texts)) => Some(Parameter::Texts(texts)),
            Some(Value::Number(number)) => Some(Parameter::Number(number)),
            Some(Value::Long(number)) => Some(Parameter::Long(number)),
            Some(Value::Bytes(bytes)) => Some(Parameter::Bytes(bytes)),
            Some(_) => return Err(Malformed("a value of an unknown kind").of(CALL)),
        })
    }

    fn set_parameter(&self, service: &OsStr, name: &str, value: Option<&Parameter>) -> Result<()> {
        let path = self.parameters(service)?;
        let value = match value {
            Some(Parameter::Text(text)) => Value::Text(text.clone()),
            Some(Parameter::Texts(texts)) => Value::Texts(texts.clone()),
            Some(Parameter::Number(number)) => Value::Number(*number),
            Some(Parameter::Long(number)) => Value::Long(*number),
            Some(Parameter::Bytes(bytes)) => Value::Bytes(bytes.clone()),
            None => {
                return match Key::open_for(&path, KEY_SET_VALUE) {
                    Err(error) if error.raw() == Some(ERROR_FILE_NOT_FOUND) => Ok(()),
                    key => Ok(key?.delete_value(name).map(drop)?),
                };
            }
        };
        Ok(Key::create(&path)?.set(name, &value)?)
    }

    fn now(&self) -> Duration {
        self.zero.elapsed()
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

#[derive(Debug)]
struct Service<'a> {
    manager: &'a Manager,
    name: OsString,
    handle: Handle,
}

impl Opened for Service<'_> {
    fn status(&self) -> Result<Status> {
        calls::status(&self.handle)
    }

    fn config(&self) -> Result<Config> {
        calls::config(&self.handle)
    }

    fn change(&self, basics: &Basics) -> Result<()> {
        calls::change(&self.handle, &self.name, basics)
    }

    fn setting(&self, level: Level) -> Result<Setting> {
        calls::setting(&self.handle, level)
    }

    fn set(&self, setting: &Setting) -> Result<()> {
        calls::set(&self.handle, setting)
    }

    fn start(&self, arguments: &[OsString]) -> Result<()> {
        calls::start(&self.handle, arguments)
    }

    fn control(&self, control: Control, reason: Option<&StopReason>) -> Result<()> {
        calls::control(&self.handle, control, reason)
    }

    fn dependents(&self, all: bool, room: u32) -> Result<Page> {
        calls::dependents(&self.handle, all, room)
    }

    fn delete(&self) -> Result<()> {
        calls::delete(&self.handle)
    }

    fn security(&self) -> Result<OsString> {
        calls::security(&self.handle)
    }

    fn set_security(&self, sddl: &OsStr) -> Result<()> {
        let text = sddl.to_string_lossy();
        let parts = [
            ('O', OWNER_SECURITY_INFORMATION),
            ('G', GROUP_SECURITY_INFORMATION),
            ('D', DACL_SECURITY_INFORMATION),
        ]
        .into_iter()
        .filter(|&(part, _)| has_part(&text, part))
        .fold(0, |parts, (_, bit)| parts | bit);
        calls::set_security(&self.handle, parts, sddl)
    }

    fn changed_from(&self, state: State, within: Duration) -> Result<Notice> {
        let now = state
            .raw()
            .checked_sub(1)
            .and_then(|n| 1_u32.checked_shl(n));
        let reasons = ALL_STATES & !now.unwrap_or(0) | SERVICE_NOTIFY_DELETE_PENDING;
        let access = Access::QueryStatus as u32;
        // Deleted meanwhile, and only what was opened before lives on.
        let Ok(handle) = calls::open_service(&self.manager.manager, &self.name, access) else {
            return Ok(Notice::Unavailable);
        };
        let seen = || {
            let status = calls::status(&self.handle);
            // What goes wrong is found by who asks next.
            status.map_or(true, |status| status.state != state)
        };
        Ok(match notify::wait(handle, reasons, within, seen) {
            Answer::Fired { code: 1072, .. } | Answer::Refused(1072) => Notice::Deleted,
            Answer::Fired { reasons, .. } if reasons & SERVICE_NOTIFY_DELETE_PENDING != 0 => {
                Notice::Deleted
            }
            Answer::Fired { code: 0, .. } | Answer::Seen => Notice::Changed,
            Answer::TimedOut => Notice::TimedOut,
            // Too slow for it (1294), not known to it (120, 124, and what the
            // network makes of that): whatever it is, asking works, or says
            // what is wrong.
            Answer::Fired { .. } | Answer::Refused(_) => Notice::Unavailable,
        })
    }
}
