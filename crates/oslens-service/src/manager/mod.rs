//! The service manager of this machine or of another one.

mod filter;
mod install;
#[cfg(test)]
mod tests;

use std::{
    ffi::{OsStr, OsString},
    fmt,
    sync::Arc,
};

use oslens_win32::bytes::Layout;

pub use self::filter::{Filter, States};
#[cfg(windows)]
pub(crate) use self::install::has_part;
pub(crate) use self::install::{set, set_security};
pub use crate::service::Service;
use crate::{
    Error, ErrorKind, Result, Status, parse,
    sys::scm::{self, Scm},
};

/// The service manager of this machine or of another one.
///
/// ```no_run
/// use oslens_service::{Filter, Manager};
///
/// let manager = Manager::local()?;
/// for entry in manager.services(&Filter::services().active())? {
///     println!("{}: {}", entry.display_name.to_string_lossy(), entry.status);
/// }
/// # Ok::<(), oslens_service::Error>(())
/// ```
///
/// It is asked for no more than each call needs: whoever may list services
/// need not be allowed to install them.
#[derive(Clone)]
pub struct Manager {
    scm: Arc<dyn Scm>,
}

/// A service in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Entry {
    /// The name that programs use.
    pub name: OsString,
    /// The name to show to people.
    pub display_name: OsString,
    /// What it is doing.
    pub status: Status,
}

/// The first page of a listing, in bytes: enough for most machines.
const FIRST_ROOM: u32 = 64 << 10;
/// The system takes no larger buffers.
const MOST_ROOM: u32 = 256 << 10;

impl Manager {
    /// That of this machine.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AccessDenied`], where a container may not connect to it.
    ///
    /// # Platform
    ///
    /// Windows; elsewhere [`ErrorKind::Unsupported`] for now.
    ///
    /// # Cost
    ///
    /// One call (`OpenSCManagerW`) to another process.
    pub fn local() -> Result<Self> {
        scm::local().map(|scm| Self { scm })
    }

    /// That of the machine with this name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unreachable`], [`ErrorKind::AccessDenied`];
    /// [`ErrorKind::InvalidInput`] for an empty name.
    ///
    /// # Platform
    ///
    /// Windows; elsewhere [`ErrorKind::Unsupported`].
    ///
    /// # Cost
    ///
    /// As [`local`](Self::local), over the network: it blocks until the
    /// machine answers or the system gives up, which can take most of a
    /// minute.
    pub fn remote(machine: impl AsRef<OsStr>) -> Result<Self> {
        let machine = machine.as_ref();
        if machine.is_empty() {
            return Err(Error::message(
                ErrorKind::InvalidInput,
                "the name of a machine is empty",
            ));
        }
        scm::remote(machine).map(|scm| Self { scm })
    }

    #[cfg(test)]
    pub(crate) fn of(scm: Arc<dyn Scm>) -> Self {
        Self { scm }
    }

    /// The name of the machine, `None` for this one.
    #[must_use]
    pub fn machine(&self) -> Option<&OsStr> {
        self.scm.machine()
    }

    /// The services that there are, with what each is doing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AccessDenied`]; [`ErrorKind::NotFound`] for a group that
    /// does not exist.
    ///
    /// # Platform
    ///
    /// Windows (`EnumServicesStatusExW`).
    ///
    /// # Cost
    ///
    /// Two calls for a few hundred services, then one more for each further
    /// few hundred.
    pub fn services(&self, filter: &Filter) -> Result<Vec<Entry>> {
        let mut found = Vec::new();
        let mut room = FIRST_ROOM;
        let mut resume = 0;
        loop {
            let page = self.scm.services(filter, room, resume)?;
            let entries =
                parse::enumeration::services(&page.bytes, page.base, page.count, Layout::NATIVE)
                    .map_err(|malformed| malformed.of("EnumServicesStatusExW"))?;
            let none = entries.is_empty();
            found.extend(entries);
            let Some(more) = page.more else {
                return Ok(found);
            };
            if none {
                // Not one fits, or this system gives all or nothing.
                if room >= MOST_ROOM {
                    return Err(stuck());
                }
                room = more.wanted.max(room.saturating_mul(2)).min(MOST_ROOM);
            } else if more.resume == resume {
                return Err(stuck());
            }
            resume = more.resume;
        }
    }

    /// The service with this name, or else with this display name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is none.
    ///
    /// # Platform
    ///
    /// Windows (`GetServiceDisplayNameW`, `GetServiceKeyNameW`).
    ///
    /// # Cost
    ///
    /// One call, or two. See [`service`](Self::service) for none.
    pub fn get(&self, name: impl AsRef<OsStr>) -> Result<Service> {
        let name = name.as_ref();
        match self.scm.display_name(name) {
            Ok(_) => Ok(self.service(name)),
            // A display name can be no name at all: 123.
            Err(error) if matches!(error.code(), Some(1060 | 123)) => {
                let key = self.scm.key_name(name).map_err(|error| {
                    // That it is no name either is no news.
                    let code = match error.code() {
                        Some(123) | None => 1060,
                        Some(code) => code,
                    };
                    Error::code_of("GetServiceKeyNameW", code).of(name)
                })?;
                Ok(self.service(key))
            }
            Err(error) => Err(error.of(name)),
        }
    }

    /// The service with this name, without asking whether there is one.
    #[must_use]
    pub fn service(&self, name: impl Into<OsString>) -> Service {
        Service::new(Arc::clone(&self.scm), name.into())
    }

    /// Whether there is a service with this name; display names do not count.
    ///
    /// # Errors
    ///
    /// The system's, as [`ErrorKind::Unreachable`].
    ///
    /// # Platform
    ///
    /// Windows (`GetServiceDisplayNameW`).
    ///
    /// # Cost
    ///
    /// One call.
    pub fn exists(&self, name: impl AsRef<OsStr>) -> Result<bool> {
        let name = name.as_ref();
        match self.scm.display_name(name) {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.code(), Some(1060 | 123)) => Ok(false),
            Err(error) => Err(error.of(name)),
        }
    }
}

#[cold]
fn stuck() -> Error {
    Error::message(
        ErrorKind::Malformed,
        "EnumServicesStatusExW: the listing does not go on",
    )
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager")
            .field("machine", &self.machine())
            .finish()
    }
}
