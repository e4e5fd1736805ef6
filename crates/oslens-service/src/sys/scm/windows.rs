//! The service control manager of Windows.

use std::{
    ffi::{OsStr, OsString},
    sync::Arc,
    time::{Duration, Instant},
};

use windows_sys::Win32::{
    Security::{DACL_SECURITY_INFORMATION, GROUP_SECURITY_INFORMATION, OWNER_SECURITY_INFORMATION},
    System::Services::{
        SC_MANAGER_CONNECT, SC_MANAGER_CREATE_SERVICE, SC_MANAGER_ENUMERATE_SERVICE,
        SERVICE_NOTIFY_DELETE_PENDING,
    },
};

use super::{Access, Basics, Notice, Opened, Page, Scm};
use crate::{
    Config, Control, Filter, Result, State, Status, StopReason,
    manager::has_part,
    parse::config::{Level, Setting},
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
        Ok(match notify::wait(handle, reasons, within) {
            Answer::Fired { code: 1072, .. } | Answer::Refused(1072) => Notice::Deleted,
            Answer::Fired { reasons, .. } if reasons & SERVICE_NOTIFY_DELETE_PENDING != 0 => {
                Notice::Deleted
            }
            Answer::Fired { code: 0, .. } => Notice::Changed,
            Answer::TimedOut => Notice::TimedOut,
            // Too slow for it (1294), not known to it (120, 124, and what the
            // network makes of that): whatever it is, asking works, or says
            // what is wrong.
            Answer::Fired { .. } | Answer::Refused(_) => Notice::Unavailable,
        })
    }
}
