//! The system's service manager.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    time::Duration,
};

use crate::{
    Account, Config, Control, Dependency, ErrorControl, Filter, Kind, Result, StartType, State,
    Status, StopReason,
    parse::config::{Level, Setting},
};

#[cfg(test)]
pub(crate) mod fake;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as imp;

#[cfg(not(windows))]
mod unsupported;
#[cfg(not(windows))]
use unsupported as imp;

pub(crate) use imp::{local, remote};

/// What a service is opened for: never more than the calls need that follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub(crate) enum Access {
    /// `SERVICE_QUERY_CONFIG`
    QueryConfig = 0x1,
    /// `SERVICE_CHANGE_CONFIG`
    ChangeConfig = 0x2,
    /// `SERVICE_CHANGE_CONFIG | SERVICE_START`: the system asks for both
    /// where failing is to start the service again.
    ChangeFailureActions = 0x12,
    /// `SERVICE_QUERY_STATUS`
    QueryStatus = 0x4,
    /// `SERVICE_ENUMERATE_DEPENDENTS`
    Dependents = 0x8,
    /// `SERVICE_START`
    Start = 0x10,
    /// `SERVICE_START | SERVICE_QUERY_STATUS`
    StartAndWatch = 0x14,
    /// `SERVICE_STOP`
    Stop = 0x20,
    /// `SERVICE_STOP | SERVICE_QUERY_STATUS`
    StopAndWatch = 0x24,
    /// `SERVICE_PAUSE_CONTINUE`: also for what is told of parameters and
    /// bindings.
    Pause = 0x40,
    /// `SERVICE_INTERROGATE`
    Interrogate = 0x80,
    /// `SERVICE_USER_DEFINED_CONTROL`
    Custom = 0x100,
    /// `DELETE`
    Delete = 0x1_0000,
    /// `READ_CONTROL`
    ReadSecurity = 0x2_0000,
    /// `WRITE_DAC`
    WriteDacl = 0x4_0000,
    /// `WRITE_OWNER`
    WriteOwner = 0x8_0000,
    /// `WRITE_DAC | WRITE_OWNER`
    WriteDaclAndOwner = 0xc_0000,
}

/// A page of an enumeration: a table of structures and the text behind it.
#[derive(Debug)]
pub(crate) struct Page {
    /// The memory that the system filled in, all of it.
    pub bytes: Vec<u8>,
    /// The address that it had then: pointers lead into it.
    pub base: u64,
    /// How many structures there are.
    pub count: u32,
    /// That there are more.
    pub more: Option<More>,
}

/// Where an enumeration goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct More {
    /// How many bytes the rest wants.
    pub wanted: u32,
    /// What to begin the next page with.
    pub resume: u32,
}

/// The basic configuration: `None` for what is not to change.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Basics {
    pub kind: Option<Kind>,
    pub start_type: Option<StartType>,
    pub error_control: Option<ErrorControl>,
    pub command_line: Option<OsString>,
    pub group: Option<OsString>,
    pub dependencies: Option<Vec<Dependency>>,
    pub account: Option<Account>,
    pub display_name: Option<OsString>,
}

/// What came of waiting to be notified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)] // Not on every system.
pub(crate) enum Notice {
    /// The state changed, or may have.
    Changed,
    /// The service is about to be deleted.
    Deleted,
    /// The time passed.
    TimedOut,
    /// This manager does not notify.
    Unavailable,
}

/// A service manager: one method for each of its calls, and no policy, so
/// that a fake can take its place.
pub(crate) trait Scm: fmt::Debug + Send + Sync {
    /// The machine, where it is not this one.
    fn machine(&self) -> Option<&OsStr>;
    /// One page of the services, in at most `room` bytes.
    fn services(&self, filter: &Filter, room: u32, resume: u32) -> Result<Page>;
    /// The display name of a service.
    fn display_name(&self, name: &OsStr) -> Result<OsString>;
    /// The name of the service with a display name.
    fn key_name(&self, display_name: &OsStr) -> Result<OsString>;
    fn open(&self, name: &OsStr, access: Access) -> Result<Box<dyn Opened + '_>>;
    fn create(&self, name: &OsStr, basics: &Basics) -> Result<()>;
    /// A clock that no one sets.
    fn now(&self) -> Duration;
    fn sleep(&self, time: Duration);
}

/// A service that is open; it closes when it is dropped.
pub(crate) trait Opened: fmt::Debug {
    fn status(&self) -> Result<Status>;
    fn config(&self) -> Result<Config>;
    fn change(&self, basics: &Basics) -> Result<()>;
    fn setting(&self, level: Level) -> Result<Setting>;
    fn set(&self, setting: &Setting) -> Result<()>;
    fn start(&self, arguments: &[OsString]) -> Result<()>;
    fn control(&self, control: Control, reason: Option<&StopReason>) -> Result<()>;
    /// The services that depend on it and are not stopped (or all), in at
    /// most `room` bytes.
    fn dependents(&self, all: bool, room: u32) -> Result<Page>;
    fn delete(&self) -> Result<()>;
    fn security(&self) -> Result<OsString>;
    fn set_security(&self, sddl: &OsStr) -> Result<()>;
    /// Waits until the state is another than this one.
    fn changed_from(&self, state: State, within: Duration) -> Result<Notice>;
}
