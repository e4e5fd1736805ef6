//! What a service is told.

use std::time::SystemTime;

use oslens_win32::{
    bytes::{self, array_at, u32_at, u64_at},
    time::system_time,
};

use crate::{Accepted, Guid};

/// What a service takes unless it says otherwise: to be stopped, and to hear
/// of a shutdown by either way, so that none ends it unasked.
pub const USUAL: Accepted = Accepted::STOP
    .union(Accepted::SHUTDOWN)
    .union(Accepted::PRESHUTDOWN);

/// What a service is told by the service manager, with all that comes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Control {
    /// It is to stop. [`Context::stop`](super::Context::stop) is set.
    Stop,
    /// It is to pause, and then to say
    /// [`Context::paused`](super::Context::paused).
    Pause,
    /// It is to go on, and then to say
    /// [`Context::running`](super::Context::running).
    Continue,
    /// The system shuts down; as [`Stop`](Self::Stop).
    Shutdown,
    /// The system is about to shut down; as [`Stop`](Self::Stop).
    Preshutdown,
    /// Its parameters have changed; it should read them again.
    ParamChange,
    /// Something of a network binding has changed.
    NetBind(NetBind),
    /// Somebody logs on or off, locks, unlocks, connects, …
    SessionChange(SessionChange),
    /// Something of the machine's power.
    Power(Power),
    /// The clock was set.
    TimeChange(TimeChange),
    /// Something of a device that the service registered for.
    Device(Device),
    /// The hardware profile: the number of the event (`DBT_…`).
    HardwareProfile(u32),
    /// A trigger event of its configuration took place.
    Trigger,
    /// Memory gets short.
    LowResources,
    /// Memory of the system gets short.
    SystemLowResources,
    /// A control of its own: 128 to 255.
    Custom(u8),
}

/// What became of a network binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(missing_docs)] // The names say it.
#[non_exhaustive]
pub enum NetBind {
    Added,
    Removed,
    Enabled,
    Disabled,
}

/// What happened to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SessionChange {
    /// What happened.
    pub kind: SessionEvent,
    /// The session's number.
    pub session: u32,
}

/// What happens to sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum SessionEvent {
    /// It was connected to the console.
    ConsoleConnect,
    /// It was disconnected from the console.
    ConsoleDisconnect,
    /// It was connected to a remote terminal.
    RemoteConnect,
    /// It was disconnected from a remote terminal.
    RemoteDisconnect,
    /// A user has logged on.
    Logon,
    /// A user has logged off.
    Logoff,
    /// It was locked.
    Lock,
    /// It was unlocked.
    Unlock,
    /// Its remote control has begun or ended.
    RemoteControl,
    /// It was made.
    Create,
    /// It was ended.
    Terminate,
    /// Another event, by its number (`WTS_…`).
    Other(u32),
}

/// What happened to the machine's power.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Power {
    /// What happened.
    pub kind: PowerEvent,
    /// The setting that changed, for [`PowerEvent::SettingChange`].
    pub setting: Option<PowerSetting>,
}

/// What happens to power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum PowerEvent {
    /// The machine is about to sleep.
    Suspend,
    /// It is awake again, because of a user.
    ResumeSuspend,
    /// It is awake again.
    ResumeAutomatic,
    /// It is awake again after it slept unasked.
    ResumeCritical,
    /// Mains or battery, or the battery's level.
    StatusChange,
    /// The battery is low.
    BatteryLow,
    /// A power setting that the service registered for.
    SettingChange,
    /// Another event, by its number (`PBT_…`).
    Other(u32),
}

/// A power setting and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PowerSetting {
    /// Which one.
    pub guid: Guid,
    /// Its value, as the setting defines it.
    pub data: Vec<u8>,
}

/// How the clock was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TimeChange {
    /// What it showed.
    pub old: Option<SystemTime>,
    /// What it shows now.
    pub new: Option<SystemTime>,
}

/// What happened to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Device {
    /// What happened.
    pub kind: DeviceEvent,
    /// The class and the name of the device interface, where it is one.
    pub interface: Option<DeviceInterface>,
    /// The system's structure, `DEV_BROADCAST_HDR` and what follows it.
    pub data: Vec<u8>,
}

/// What happens to devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum DeviceEvent {
    /// It is there and can be used.
    Arrival,
    /// Somebody wants to remove it.
    QueryRemove,
    /// It is not removed after all.
    QueryRemoveFailed,
    /// It is about to be removed.
    RemovePending,
    /// It is gone.
    RemoveComplete,
    /// An event of its driver's own.
    Custom,
    /// Another event, by its number (`DBT_…`).
    Other(u32),
}

/// An interface of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DeviceInterface {
    /// Its class.
    pub class: Guid,
    /// The path by which it can be opened.
    pub name: String,
}

/// The numbers of the system's controls.
pub(crate) mod code {
    pub(crate) const STOP: u32 = 1;
    pub(crate) const PAUSE: u32 = 2;
    pub(crate) const CONTINUE: u32 = 3;
    pub(crate) const INTERROGATE: u32 = 4;
    pub(crate) const SHUTDOWN: u32 = 5;
    pub(crate) const PARAM_CHANGE: u32 = 6;
    pub(crate) const NETBIND_ADD: u32 = 7;
    pub(crate) const NETBIND_REMOVE: u32 = 8;
    pub(crate) const NETBIND_ENABLE: u32 = 9;
    pub(crate) const NETBIND_DISABLE: u32 = 10;
    pub(crate) const DEVICE_EVENT: u32 = 11;
    pub(crate) const HARDWARE_PROFILE: u32 = 12;
    pub(crate) const POWER_EVENT: u32 = 13;
    pub(crate) const SESSION_CHANGE: u32 = 14;
    pub(crate) const PRESHUTDOWN: u32 = 15;
    pub(crate) const TIME_CHANGE: u32 = 16;
    pub(crate) const TRIGGER_EVENT: u32 = 32;
    pub(crate) const LOW_RESOURCES: u32 = 96;
    pub(crate) const SYSTEM_LOW_RESOURCES: u32 = 97;
}

/// `PBT_POWERSETTINGCHANGE`, the one power event that has data.
pub(crate) const POWER_SETTING_CHANGE: u32 = 0x8013;
/// Bytes of a `POWERBROADCAST_SETTING` before the value; its length is the
/// last four of them.
#[allow(dead_code)] // Not on every system.
pub(crate) const POWER_SETTING_HEAD: usize = 20;
/// Bytes of a `WTSSESSION_NOTIFICATION`.
#[allow(dead_code)] // Not on every system.
pub(crate) const SESSION_BYTES: usize = 8;
/// Bytes of a `SERVICE_TIMECHANGE_INFO`.
#[allow(dead_code)] // Not on every system.
pub(crate) const TIME_BYTES: usize = 16;
/// Bytes of a `DEV_BROADCAST_HDR`, which begins with the length of it all.
#[allow(dead_code)] // Not on every system.
pub(crate) const DEVICE_HEAD: usize = 12;
/// `DBT_DEVTYP_DEVICEINTERFACE`.
const DEVICE_INTERFACE: u32 = 5;

impl Control {
    /// What a number, an event and its data mean; `None` for a control that
    /// is not known, and for interrogation, which no service sees.
    ///
    /// Data that is missing or too short leaves out what it would have told.
    #[doc(hidden)] // For the fuzzer.
    #[must_use]
    pub fn read(control: u32, event: u32, data: &[u8]) -> Option<Self> {
        Some(match control {
            code::STOP => Self::Stop,
            code::PAUSE => Self::Pause,
            code::CONTINUE => Self::Continue,
            code::SHUTDOWN => Self::Shutdown,
            code::PRESHUTDOWN => Self::Preshutdown,
            code::PARAM_CHANGE => Self::ParamChange,
            code::NETBIND_ADD => Self::NetBind(NetBind::Added),
            code::NETBIND_REMOVE => Self::NetBind(NetBind::Removed),
            code::NETBIND_ENABLE => Self::NetBind(NetBind::Enabled),
            code::NETBIND_DISABLE => Self::NetBind(NetBind::Disabled),
            code::SESSION_CHANGE => Self::SessionChange(SessionChange {
                kind: SessionEvent::from(event),
                // WTSSESSION_NOTIFICATION: its size, and the session.
                session: u32_at(data, 4)?,
            }),
            code::POWER_EVENT => Self::Power(Power {
                kind: PowerEvent::from(event),
                setting: power_setting(event, data),
            }),
            code::TIME_CHANGE => Self::TimeChange(TimeChange {
                new: u64_at(data, 0).and_then(system_time),
                old: u64_at(data, 8).and_then(system_time),
            }),
            code::DEVICE_EVENT => Self::Device(Device {
                kind: DeviceEvent::from(event),
                interface: device_interface(data),
                data: data.to_vec(),
            }),
            code::HARDWARE_PROFILE => Self::HardwareProfile(event),
            code::TRIGGER_EVENT => Self::Trigger,
            code::LOW_RESOURCES => Self::LowResources,
            code::SYSTEM_LOW_RESOURCES => Self::SystemLowResources,
            128..=255 => Self::Custom(u8::try_from(control).ok()?),
            _ => return None,
        })
    }

    /// What a service must take to be told this. Nothing: it comes always, or
    /// because the service registered for it elsewhere.
    pub(crate) fn needs(&self) -> Accepted {
        match self {
            Self::Stop => Accepted::STOP,
            Self::Pause | Self::Continue => Accepted::PAUSE,
            Self::Shutdown => Accepted::SHUTDOWN,
            Self::Preshutdown => Accepted::PRESHUTDOWN,
            Self::ParamChange => Accepted::PARAM_CHANGE,
            Self::NetBind(_) => Accepted::NET_BIND_CHANGE,
            Self::SessionChange(_) => Accepted::SESSION_CHANGE,
            Self::Power(_) => Accepted::POWER_EVENT,
            Self::TimeChange(_) => Accepted::TIME_CHANGE,
            Self::HardwareProfile(_) => Accepted::HARDWARE_PROFILE_CHANGE,
            Self::Trigger => Accepted::TRIGGER_EVENT,
            Self::LowResources => Accepted::LOW_RESOURCES,
            Self::SystemLowResources => Accepted::SYSTEM_LOW_RESOURCES,
            Self::Device(_) | Self::Custom(_) => Accepted::empty(),
        }
    }

    /// Whether the service is to stop.
    #[must_use]
    pub fn is_stop(&self) -> bool {
        matches!(self, Self::Stop | Self::Shutdown | Self::Preshutdown)
    }
}

fn power_setting(event: u32, data: &[u8]) -> Option<PowerSetting> {
    if event != POWER_SETTING_CHANGE {
        return None;
    }
    let length = u32_at(data, 16)? as usize;
    let value = data.get(POWER_SETTING_HEAD..)?;
    Some(PowerSetting {
        guid: Guid::from_bytes(array_at(data, 0)?),
        data: value.get(..length).unwrap_or(value).to_vec(),
    })
}

fn device_interface(data: &[u8]) -> Option<DeviceInterface> {
    if u32_at(data, 4)? != DEVICE_INTERFACE {
        return None;
    }
    let units: Vec<u16> = bytes::utf16(data.get(28..)?).collect();
    Some(DeviceInterface {
        class: Guid::from_bytes(array_at(data, DEVICE_HEAD)?),
        name: String::from_utf16_lossy(bytes::until_nul(&units)),
    })
}

impl From<u32> for SessionEvent {
    fn from(event: u32) -> Self {
        match event {
            1 => Self::ConsoleConnect,
            2 => Self::ConsoleDisconnect,
            3 => Self::RemoteConnect,
            4 => Self::RemoteDisconnect,
            5 => Self::Logon,
            6 => Self::Logoff,
            7 => Self::Lock,
            8 => Self::Unlock,
            9 => Self::RemoteControl,
            10 => Self::Create,
            11 => Self::Terminate,
            other => Self::Other(other),
        }
    }
}

impl From<u32> for PowerEvent {
    fn from(event: u32) -> Self {
        match event {
            4 => Self::Suspend,
            6 => Self::ResumeCritical,
            7 => Self::ResumeSuspend,
            9 => Self::BatteryLow,
            10 => Self::StatusChange,
            18 => Self::ResumeAutomatic,
            POWER_SETTING_CHANGE => Self::SettingChange,
            other => Self::Other(other),
        }
    }
}

impl From<u32> for DeviceEvent {
    fn from(event: u32) -> Self {
        match event {
            0x8000 => Self::Arrival,
            0x8001 => Self::QueryRemove,
            0x8002 => Self::QueryRemoveFailed,
            0x8003 => Self::RemovePending,
            0x8004 => Self::RemoveComplete,
            0x8006 => Self::Custom,
            other => Self::Other(other),
        }
    }
}

#[cfg(test)]
mod tests;
