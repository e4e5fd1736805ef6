//! What a service can be told.

use std::{ffi::OsString, fmt};

use crate::{Error, ErrorKind, Result};

/// Something that a service can be told.
///
/// # Platform
///
/// Windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Control(u32);

impl Control {
    /// Stop.
    pub const STOP: Self = Self(1);
    /// Pause.
    pub const PAUSE: Self = Self(2);
    /// Resume.
    pub const CONTINUE: Self = Self(3);
    /// Say how you are.
    pub const INTERROGATE: Self = Self(4);
    /// Your parameters changed: read them again.
    pub const PARAM_CHANGE: Self = Self(6);
    /// There is a binding of the network more.
    pub const NET_BIND_ADD: Self = Self(7);
    /// There is a binding of the network less.
    pub const NET_BIND_REMOVE: Self = Self(8);
    /// A binding of the network works again.
    pub const NET_BIND_ENABLE: Self = Self(9);
    /// A binding of the network works no longer.
    pub const NET_BIND_DISABLE: Self = Self(10);

    /// A control of the service's own.
    ///
    /// ```
    /// use oslens_service::Control;
    ///
    /// assert_eq!(Control::custom(200)?.raw(), 200);
    /// assert!(Control::custom(100).is_err());
    /// # Ok::<(), oslens_service::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for numbers below 128, which are the
    /// system's.
    pub fn custom(number: u8) -> Result<Self> {
        if number < 128 {
            return Err(Error::message(
                ErrorKind::InvalidInput,
                format!("control {number}: a service's own are 128 to 255"),
            ));
        }
        Ok(Self(number.into()))
    }

    /// The system's number.
    #[must_use]
    pub const fn raw(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self {
            Self::STOP => "stop",
            Self::PAUSE => "pause",
            Self::CONTINUE => "continue",
            Self::INTERROGATE => "interrogate",
            Self::PARAM_CHANGE => "parameter change",
            Self::NET_BIND_ADD => "binding added",
            Self::NET_BIND_REMOVE => "binding removed",
            Self::NET_BIND_ENABLE => "binding enabled",
            Self::NET_BIND_DISABLE => "binding disabled",
            Self(number) => return write!(f, "control {number}"),
        })
    }
}

/// Why a service is stopped, for the event log.
///
/// ```
/// use oslens_service::{StopReason, StopReasonMajor, StopReasonMinor};
///
/// let reason = StopReason::planned(StopReasonMajor::SOFTWARE, StopReasonMinor::UPGRADE)
///     .comment("version 3");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopReason {
    pub(crate) reason: u32,
    pub(crate) comment: Option<OsString>,
}

impl StopReason {
    const PLANNED: u32 = 0x4000_0000;
    const CUSTOM: u32 = 0x2000_0000;
    const UNPLANNED: u32 = 0x1000_0000;

    /// Somebody planned it.
    #[must_use]
    pub const fn planned(major: StopReasonMajor, minor: StopReasonMinor) -> Self {
        Self::new(Self::PLANNED, major, minor)
    }

    /// Nobody planned it.
    #[must_use]
    pub const fn unplanned(major: StopReasonMajor, minor: StopReasonMinor) -> Self {
        Self::new(Self::UNPLANNED, major, minor)
    }

    const fn new(flag: u32, major: StopReasonMajor, minor: StopReasonMinor) -> Self {
        // The system takes numbers of its own users only with this flag.
        let custom = if major.0 >= 0x40 || minor.0 >= 0x100 {
            Self::CUSTOM
        } else {
            0
        };
        Self {
            reason: flag | custom | (major.0 as u32) << 16 | minor.0 as u32,
            comment: None,
        }
    }

    /// More about it, in words; at most 127 characters.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<OsString>) -> Self {
        self.comment = Some(comment.into());
        self
    }
}

/// What a stop is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StopReasonMajor(u8);

impl StopReasonMajor {
    /// Something else.
    pub const OTHER: Self = Self(1);
    /// Hardware.
    pub const HARDWARE: Self = Self(2);
    /// The operating system.
    pub const OPERATING_SYSTEM: Self = Self(3);
    /// Software.
    pub const SOFTWARE: Self = Self(4);
    /// An application.
    pub const APPLICATION: Self = Self(5);
    /// It is about nothing.
    pub const NONE: Self = Self(6);

    /// A number of one's own, from 64.
    #[must_use]
    pub const fn custom(number: u8) -> Option<Self> {
        if number >= 0x40 {
            Some(Self(number))
        } else {
            None
        }
    }
}

/// What a stop is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StopReasonMinor(u16);

impl StopReasonMinor {
    /// Something else.
    pub const OTHER: Self = Self(1);
    /// Maintenance.
    pub const MAINTENANCE: Self = Self(2);
    /// An installation.
    pub const INSTALLATION: Self = Self(3);
    /// An upgrade.
    pub const UPGRADE: Self = Self(4);
    /// Another configuration.
    pub const RECONFIGURATION: Self = Self(5);
    /// It hung.
    pub const HUNG: Self = Self(6);
    /// It was unstable.
    pub const UNSTABLE: Self = Self(7);
    /// A disk.
    pub const DISK: Self = Self(8);
    /// A network card.
    pub const NETWORK_CARD: Self = Self(9);
    /// What is around the machine.
    pub const ENVIRONMENT: Self = Self(10);
    /// A driver of hardware.
    pub const HARDWARE_DRIVER: Self = Self(11);
    /// Another driver.
    pub const OTHER_DRIVER: Self = Self(12);
    /// A service pack.
    pub const SERVICE_PACK: Self = Self(13);
    /// An update of software.
    pub const SOFTWARE_UPDATE: Self = Self(14);
    /// A fix for security.
    pub const SECURITY_FIX: Self = Self(15);
    /// Security.
    pub const SECURITY: Self = Self(16);
    /// The network.
    pub const NETWORK_CONNECTIVITY: Self = Self(17);
    /// Nothing.
    pub const NONE: Self = Self(23);
    /// It used too much memory.
    pub const MEMORY_LIMIT: Self = Self(24);

    /// A number of one's own, from 256.
    #[must_use]
    pub const fn custom(number: u16) -> Option<Self> {
        if number >= 0x100 {
            Some(Self(number))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_the_systems_numbers() {
        let planned = StopReason::planned(StopReasonMajor::SOFTWARE, StopReasonMinor::UPGRADE);
        assert_eq!(planned.reason, 0x4004_0004);
        let custom = StopReason::unplanned(
            StopReasonMajor::custom(0x40).unwrap(),
            StopReasonMinor::NONE,
        );
        assert_eq!(custom.reason, 0x3040_0017);
        assert_eq!(StopReasonMajor::custom(0x3f), None);
        assert_eq!(StopReasonMinor::custom(0xff), None);
    }
}
