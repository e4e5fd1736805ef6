//! The calls of the service manager.

use std::ffi::{OsStr, OsString};

use oslens_win32::{
    Error as CallError,
    buffer::{Attempt, Buffer},
    bytes::Layout,
    optional, security, wide,
};
use windows_sys::Win32::{
    Foundation::{ERROR_INSUFFICIENT_BUFFER, ERROR_MORE_DATA},
    Security::{
        DACL_SECURITY_INFORMATION, GROUP_SECURITY_INFORMATION, OBJECT_SECURITY_INFORMATION,
        OWNER_SECURITY_INFORMATION,
    },
    System::Services::{
        ChangeServiceConfig2W, ChangeServiceConfigW, CloseServiceHandle, ControlService,
        CreateServiceW, DeleteService, EnumDependentServicesW, EnumServicesStatusExW,
        GetServiceDisplayNameW, GetServiceKeyNameW, OpenSCManagerW, OpenServiceW,
        QueryServiceConfig2W, QueryServiceConfigW, QueryServiceObjectSecurity,
        QueryServiceStatusEx, SC_ENUM_PROCESS_INFO, SC_HANDLE, SC_STATUS_PROCESS_INFO,
        SERVICE_ACTIVE, SERVICE_CONTROL_STATUS_REASON_INFO, SERVICE_CONTROL_STATUS_REASON_PARAMSW,
        SERVICE_INACTIVE, SERVICE_NO_CHANGE, SERVICE_STATE_ALL, SERVICE_STATUS,
        SetServiceObjectSecurity, StartServiceW,
    },
};

use crate::{
    Config, Control, Dependency, Error, Filter, Result, StartType, States, Status, StopReason,
    parse::{
        self,
        config::{GROUP, Level, Setting},
    },
    sys::scm::{Basics, More, Page},
    text,
};

use super::setting;

/// The system's limit for one configuration is 8 KiB, but it has grown before.
const MOST: usize = 1 << 20;
/// What a new service is opened for: nothing is done with the handle.
const NOTHING: u32 = 0x4; // SERVICE_QUERY_STATUS

optional! {
    /// Since Vista; Wine does not have it.
    fn ControlServiceExW in "advapi32.dll" (
        service: SC_HANDLE,
        control: u32,
        level: u32,
        parameters: *mut std::ffi::c_void,
    ) -> i32;
}

/// A manager or a service that is open.
#[derive(Debug)]
pub(crate) struct Handle(pub(super) SC_HANDLE);

// SAFETY: the system's functions take the handle in any thread.
unsafe impl Send for Handle {}
// SAFETY: as above, also at once.
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: opened by us, and closed once.
        unsafe { CloseServiceHandle(self.0) };
    }
}

impl Handle {
    /// Takes what a call returned just now, null where it failed.
    fn take(call: &'static str, handle: SC_HANDLE) -> Result<Self> {
        if handle.is_null() {
            return Err(CallError::last(call).into());
        }
        Ok(Self(handle))
    }
}

fn check(call: &'static str, done: i32) -> Result<()> {
    match done {
        0 => Err(CallError::last(call).into()),
        _ => Ok(()),
    }
}

/// Text with a NUL where there is text, and its address, or null.
struct Wide(Option<Vec<u16>>);

impl Wide {
    fn new(text: Option<&OsStr>) -> Result<Self> {
        Ok(Self(text.map(wide::with_nul).transpose()?))
    }

    /// It lives as long as `self`.
    fn as_ptr(&self) -> *const u16 {
        self.0.as_ref().map_or(std::ptr::null(), Vec::as_ptr)
    }
}

/// Connects to the manager of a machine, `\\name`, or of this one.
pub(crate) fn open_manager(machine: Option<&OsStr>, access: u32) -> Result<Handle> {
    let machine = Wide::new(machine)?;
    // SAFETY: a name that ends with NUL, or null for this machine; null for
    // the usual database.
    let handle = unsafe { OpenSCManagerW(machine.as_ptr(), std::ptr::null(), access) };
    Handle::take("OpenSCManagerW", handle)
}

pub(crate) fn open_service(manager: &Handle, name: &OsStr, access: u32) -> Result<Handle> {
    let name = wide::with_nul(name)?;
    // SAFETY: an open manager, and a name that ends with NUL.
    let handle = unsafe { OpenServiceW(manager.0, name.as_ptr(), access) };
    Handle::take("OpenServiceW", handle)
}

/// The basic configuration as the system takes it.
struct Parts {
    command_line: Wide,
    group: Wide,
    dependencies: Option<Vec<u16>>,
    account: Wide,
    password: Secret,
    display_name: Wide,
}

/// A password for the time of a call.
struct Secret(Wide);

impl Drop for Secret {
    fn drop(&mut self) {
        if let Some(units) = &mut self.0.0 {
            units.fill(0);
            std::hint::black_box(units);
        }
    }
}

impl Parts {
    fn new(name: &OsStr, basics: &Basics) -> Result<Self> {
        let account = basics.account.as_ref();
        let password = account.and_then(|account| match account {
            // What needs none takes an empty one, so that an old one is not
            // tried; one of a service's own wants none at all.
            crate::Account::LocalSystem
            | crate::Account::LocalService
            | crate::Account::NetworkService => Some(OsStr::new("")),
            other => other.password().map(crate::Password::reveal),
        });
        let account = account.map(|account| account.name(name));
        let dependencies = basics.dependencies.as_ref().map(|dependencies| {
            wide::list(dependencies.iter().map(|dependency| match dependency {
                Dependency::Service(name) => name.clone(),
                Dependency::Group(name) => {
                    let mut group = vec![GROUP];
                    group.extend(text::units(name));
                    text::from_units(&group)
                }
            }))
        });
        Ok(Self {
            command_line: Wide::new(basics.command_line.as_deref())?,
            group: Wide::new(basics.group.as_deref())?,
            dependencies: dependencies.transpose()?,
            account: Wide::new(account.as_deref())?,
            password: Secret(Wide::new(password)?),
            display_name: Wide::new(basics.display_name.as_deref())?,
        })
    }

    fn dependencies(&self) -> *const u16 {
        self.dependencies
            .as_ref()
            .map_or(std::ptr::null(), Vec::as_ptr)
    }
}

pub(crate) fn create(manager: &Handle, name: &OsStr, basics: &Basics) -> Result<Handle> {
    let parts = Parts::new(name, basics)?;
    let name = wide::with_nul(name)?;
    let kind = basics.kind.map_or(SERVICE_NO_CHANGE, |kind| kind.bits());
    let start_type = basics.start_type;
    // A driver that starts with the system gets a place in its group; for
    // others the system refuses to give one.
    let early = matches!(start_type, Some(StartType::Boot | StartType::System));
    let grouped = basics.group.as_ref().is_some_and(|group| !group.is_empty());
    let mut tag = 0;
    let wanted_tag = if early && grouped {
        &raw mut tag
    } else {
        std::ptr::null_mut()
    };
    // SAFETY: an open manager; texts that end with NUL, or null; a list that
    // ends with an empty text, or null; a number to be filled in, or null. All
    // of them live until the call returns.
    let handle = unsafe {
        CreateServiceW(
            manager.0,
            name.as_ptr(),
            parts.display_name.as_ptr(),
            NOTHING,
            kind,
            start_type.map_or(SERVICE_NO_CHANGE, StartType::raw),
            basics
                .error_control
                .map_or(SERVICE_NO_CHANGE, crate::ErrorControl::raw),
            parts.command_line.as_ptr(),
            parts.group.as_ptr(),
            wanted_tag,
            parts.dependencies(),
            parts.account.as_ptr(),
            parts.password.0.as_ptr(),
        )
    };
    Handle::take("CreateServiceW", handle)
}

pub(crate) fn change(service: &Handle, name: &OsStr, basics: &Basics) -> Result<()> {
    let parts = Parts::new(name, basics)?;
    // SAFETY: an open service; texts that end with NUL, or null for what does
    // not change; a list that ends with an empty text, or null.
    let done = unsafe {
        ChangeServiceConfigW(
            service.0,
            basics.kind.map_or(SERVICE_NO_CHANGE, |kind| kind.bits()),
            basics.start_type.map_or(SERVICE_NO_CHANGE, StartType::raw),
            basics
                .error_control
                .map_or(SERVICE_NO_CHANGE, crate::ErrorControl::raw),
            parts.command_line.as_ptr(),
            parts.group.as_ptr(),
            std::ptr::null_mut(),
            parts.dependencies(),
            parts.account.as_ptr(),
            parts.password.0.as_ptr(),
            parts.display_name.as_ptr(),
        )
    };
    check("ChangeServiceConfigW", done)
}

/// Fills a page of a listing. `call` gets where to write to, how much, and
/// what to fill in: bytes wanted, structures written, where to go on.
fn page(
    name: &'static str,
    room: u32,
    mut resume: u32,
    mut call: impl FnMut(*mut u8, u32, &mut u32, &mut u32, &mut u32) -> i32,
) -> Result<Page> {
    let mut buffer = Buffer::new(room as usize);
    let (mut wanted, mut count, mut more) = (0, 0, false);
    let bytes = buffer.fill(name, room as usize, |to, room| {
        if call(to, room, &mut wanted, &mut count, &mut resume) == 0 {
            let error = CallError::last(name);
            if error.raw() != Some(ERROR_MORE_DATA) {
                return Attempt::<Error>::Failed(error.into());
            }
            more = true;
        }
        // The texts are at the end.
        Attempt::Filled(room as usize)
    })?;
    Ok(Page {
        base: bytes.as_ptr().addr() as u64,
        bytes: bytes.to_vec(),
        count,
        more: more.then_some(More { wanted, resume }),
    })
}

pub(crate) fn services(manager: &Handle, filter: &Filter, room: u32, resume: u32) -> Result<Page> {
    let group = Wide::new(filter.group.as_deref())?;
    let states = match filter.states {
        States::Active => SERVICE_ACTIVE,
        States::Inactive => SERVICE_INACTIVE,
        States::All => SERVICE_STATE_ALL,
    };
    page(
        "EnumServicesStatusExW",
        room,
        resume,
        |to, room, wanted, count, resume| {
            // SAFETY: an open manager; `room` bytes to write to, aligned for
            // any structure; three numbers to be filled in; a name that ends
            // with NUL, or null.
            unsafe {
                EnumServicesStatusExW(
                    manager.0,
                    SC_ENUM_PROCESS_INFO,
                    filter.kinds.bits(),
                    states,
                    to,
                    room,
                    wanted,
                    count,
                    resume,
                    group.as_ptr(),
                )
            }
        },
    )
}

pub(crate) fn dependents(service: &Handle, all: bool, room: u32) -> Result<Page> {
    let states = if all {
        SERVICE_STATE_ALL
    } else {
        SERVICE_ACTIVE
    };
    page(
        "EnumDependentServicesW",
        room,
        0,
        |to, room, wanted, count, _| {
            // SAFETY: an open service; `room` bytes to write to, aligned for
            // any structure; two numbers to be filled in.
            unsafe { EnumDependentServicesW(service.0, states, to.cast(), room, wanted, count) }
        },
    )
}

/// One name for another; `call` gets where to write to and the room there in
/// units, which it replaces by the length.
fn name(
    call: &'static str,
    mut translate: impl FnMut(*mut u16, &mut u32) -> i32,
) -> Result<OsString> {
    let mut buffer = Buffer::new(1024);
    let bytes = buffer.fill(call, MOST, |to, room| {
        let mut units = room / 2;
        if translate(to.cast(), &mut units) != 0 {
            return Attempt::<Error>::Filled(2 * units as usize);
        }
        let error = CallError::last(call);
        match error.raw() {
            // The NUL is not counted.
            Some(ERROR_INSUFFICIENT_BUFFER) => Attempt::TooSmall(2 * units as usize + 2),
            _ => Attempt::Failed(error.into()),
        }
    })?;
    Ok(wide::text_of(bytes))
}

pub(crate) fn display_name(manager: &Handle, service: &OsStr) -> Result<OsString> {
    let service = wide::with_nul(service)?;
    name("GetServiceDisplayNameW", |to, units| {
        // SAFETY: an open manager, a name that ends with NUL, `units` units to
        // write to.
        unsafe { GetServiceDisplayNameW(manager.0, service.as_ptr(), to, units) }
    })
}

pub(crate) fn key_name(manager: &Handle, display_name: &OsStr) -> Result<OsString> {
    let display_name = wide::with_nul(display_name)?;
    name("GetServiceKeyNameW", |to, units| {
        // SAFETY: an open manager, a name that ends with NUL, `units` units to
        // write to.
        unsafe { GetServiceKeyNameW(manager.0, display_name.as_ptr(), to, units) }
    })
}

/// Fills in a structure of unknown length; `call` gets where to write to, how
/// much, and a number for the bytes wanted.
fn structure<T>(
    name: &'static str,
    room: usize,
    mut call: impl FnMut(*mut u8, u32, &mut u32) -> i32,
    parse: impl FnOnce(&[u8], u64) -> Result<T, parse::Malformed>,
) -> Result<T> {
    let mut buffer = Buffer::new(room);
    let bytes = buffer.fill(name, MOST, |to, room| {
        let mut wanted = 0;
        if call(to, room, &mut wanted) != 0 {
            return Attempt::<Error>::Filled(room as usize);
        }
        let error = CallError::last(name);
        match error.raw() {
            Some(ERROR_INSUFFICIENT_BUFFER) => Attempt::TooSmall(wanted as usize),
            _ => Attempt::Failed(error.into()),
        }
    })?;
    let base = bytes.as_ptr().addr() as u64;
    parse(bytes, base).map_err(|malformed| malformed.of(name))
}

pub(crate) fn status(service: &Handle) -> Result<Status> {
    structure(
        "QueryServiceStatusEx",
        parse::status::STATUS_PROCESS,
        |to, room, wanted| {
            // SAFETY: an open service, `room` bytes to write to, a number to
            // be filled in.
            unsafe { QueryServiceStatusEx(service.0, SC_STATUS_PROCESS_INFO, to, room, wanted) }
        },
        |bytes, _| parse::status::status(bytes),
    )
}

pub(crate) fn config(service: &Handle) -> Result<Config> {
    structure(
        "QueryServiceConfigW",
        1024,
        |to, room, wanted| {
            // SAFETY: an open service, `room` bytes to write to, aligned for
            // any structure, a number to be filled in.
            unsafe { QueryServiceConfigW(service.0, to.cast(), room, wanted) }
        },
        |bytes, base| parse::config::config(bytes, base, Layout::NATIVE),
    )
}

pub(crate) fn setting(service: &Handle, level: Level) -> Result<Setting> {
    structure(
        "QueryServiceConfig2W",
        1024,
        |to, room, wanted| {
            // SAFETY: an open service, `room` bytes to write to, aligned for
            // any structure, a number to be filled in.
            unsafe { QueryServiceConfig2W(service.0, level as u32, to, room, wanted) }
        },
        |bytes, base| parse::config::setting(level, bytes, base, Layout::NATIVE),
    )
}

pub(crate) fn set(service: &Handle, setting: &Setting) -> Result<()> {
    setting::with_structure(setting, |structure| {
        // SAFETY: an open service, and the structure of this level, with all
        // that it leads to.
        let done =
            unsafe { ChangeServiceConfig2W(service.0, setting.level() as u32, structure.cast()) };
        check("ChangeServiceConfig2W", done)
    })
}

pub(crate) fn start(service: &Handle, arguments: &[OsString]) -> Result<()> {
    let mut texts = Vec::new();
    // The manager puts the name before them, whatever its documentation says.
    for argument in arguments {
        texts.push(wide::with_nul(argument)?);
    }
    let pointers: Vec<*const u16> = texts.iter().map(Vec::as_ptr).collect();
    let count = u32::try_from(pointers.len()).unwrap_or(u32::MAX);
    // SAFETY: an open service, and so many texts that end with NUL.
    let done = unsafe { StartServiceW(service.0, count, pointers.as_ptr()) };
    check("StartServiceW", done)
}

pub(crate) fn control(
    service: &Handle,
    control: Control,
    reason: Option<&StopReason>,
) -> Result<()> {
    if let (Some(reason), Some(control_ex)) = (reason, ControlServiceExW::get()) {
        let mut comment = reason.comment.as_deref().map(wide::with_nul).transpose()?;
        let mut parameters = SERVICE_CONTROL_STATUS_REASON_PARAMSW {
            dwReason: reason.reason,
            pszComment: comment
                .as_mut()
                .map_or(std::ptr::null_mut(), Vec::as_mut_ptr),
            ..Default::default()
        };
        // SAFETY: an open service, the structure of this level, and in it text
        // that ends with NUL, or null.
        let done = unsafe {
            control_ex(
                service.0,
                control.raw(),
                SERVICE_CONTROL_STATUS_REASON_INFO,
                (&raw mut parameters).cast(),
            )
        };
        return check("ControlServiceExW", done);
    }
    let mut status = SERVICE_STATUS::default();
    // SAFETY: an open service, and a structure to be filled in.
    let done = unsafe { ControlService(service.0, control.raw(), &mut status) };
    check("ControlService", done)
}

pub(crate) fn delete(service: &Handle) -> Result<()> {
    // SAFETY: an open service.
    check("DeleteService", unsafe { DeleteService(service.0) })
}

pub(crate) fn security(service: &Handle) -> Result<OsString> {
    const CALL: &str = "QueryServiceObjectSecurity";
    let parts = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    let mut buffer = Buffer::new(1024);
    let bytes = buffer.fill(CALL, MOST, |to, room| {
        let mut wanted = 0;
        // SAFETY: an open service, `room` bytes to write to, aligned for any
        // structure, a number to be filled in.
        let done =
            unsafe { QueryServiceObjectSecurity(service.0, parts, to.cast(), room, &mut wanted) };
        if done != 0 {
            return Attempt::<Error>::Filled(room as usize);
        }
        let error = CallError::last(CALL);
        match error.raw() {
            Some(ERROR_INSUFFICIENT_BUFFER) => Attempt::TooSmall(wanted as usize),
            _ => Attempt::Failed(error.into()),
        }
    })?;
    // What says that it was filled in and was not has no revision.
    if bytes.first() != Some(&1) {
        return Err(parse::Malformed("no security descriptor").of(CALL));
    }
    // SAFETY: a descriptor that the system wrote a moment ago, whole and
    // self-relative, and not moved.
    let text = unsafe { security::to_sddl(bytes.as_ptr().cast_mut().cast(), parts) };
    Ok(text?)
}

pub(crate) fn set_security(
    service: &Handle,
    parts: OBJECT_SECURITY_INFORMATION,
    sddl: &OsStr,
) -> Result<()> {
    let descriptor = security::Descriptor::from_sddl(sddl)?;
    // SAFETY: an open service, and a valid descriptor that lives longer.
    let done = unsafe { SetServiceObjectSecurity(service.0, parts, descriptor.as_ptr()) };
    check("SetServiceObjectSecurity", done)
}
