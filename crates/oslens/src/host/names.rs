//! Names of users and groups.

use std::{
    collections::{HashMap, hash_map::Entry},
    ffi::{OsStr, OsString},
};

use super::Host;
use crate::sys::host::{self, NameOf};

/// The name of the user with this number, if it has one.
///
/// **This may block**: the system's name service may ask a server. Who asks
/// for many uses [`UserNames`].
///
/// # Platform
///
/// Unix: `getpwuid_r`.
///
/// ```
/// use oslens::host;
///
/// # #[cfg(target_os = "linux")]
/// assert_eq!(host::user_name(0), Some("root".into()));
/// ```
#[must_use]
pub fn user_name(uid: u32) -> Option<OsString> {
    Host::local().user_name(uid)
}

/// The name of the group with this number, if it has one. As [`user_name`].
///
/// ```
/// use oslens::host;
///
/// println!("{:?}", host::group_name(0));
/// ```
#[must_use]
pub fn group_name(gid: u32) -> Option<OsString> {
    Host::local().group_name(gid)
}

impl Host {
    /// The name of the user with this number. See [`user_name`].
    ///
    /// For another root, its `etc/passwd` is read; users of a directory
    /// server have no name there.
    #[must_use]
    pub fn user_name(&self, uid: u32) -> Option<OsString> {
        self.name(NameOf::User, uid)
    }

    /// The name of the group with this number. See [`group_name`].
    ///
    /// For another root, its `etc/group` is read.
    #[must_use]
    pub fn group_name(&self, gid: u32) -> Option<OsString> {
        self.name(NameOf::Group, gid)
    }

    fn name(&self, of: NameOf, number: u32) -> Option<OsString> {
        if self.is_local() {
            return host::local_name(of, number);
        }
        host::all_names(self, of).remove(&number)
    }
}

/// Names of users and groups, each looked up once.
///
/// A name that changes meanwhile keeps its old value here: make a new one for
/// every listing, or every minute.
///
/// ```
/// use oslens::{Host, host::UserNames};
///
/// let mut names = UserNames::new(Host::local());
/// let first = names.user(0).map(ToOwned::to_owned);
/// // Costs nothing more.
/// assert_eq!(names.user(0), first.as_deref());
/// ```
#[derive(Debug, Clone)]
pub struct UserNames {
    users: Names,
    groups: Names,
}

impl UserNames {
    /// Names of this host; nothing is read yet.
    #[must_use]
    pub fn new(host: &Host) -> Self {
        Self {
            users: Names::new(host, NameOf::User),
            groups: Names::new(host, NameOf::Group),
        }
    }

    /// The name of this user, if it has one.
    pub fn user(&mut self, uid: u32) -> Option<&OsStr> {
        self.users.get(uid)
    }

    /// The name of this group, if it has one.
    pub fn group(&mut self, gid: u32) -> Option<&OsStr> {
        self.groups.get(gid)
    }
}

#[derive(Debug, Clone)]
struct Names {
    of: NameOf,
    host: Host,
    /// Whether `known` is all there is.
    complete: bool,
    known: HashMap<u32, Option<OsString>>,
}

impl Names {
    fn new(host: &Host, of: NameOf) -> Self {
        Self {
            of,
            host: host.clone(),
            complete: false,
            known: HashMap::new(),
        }
    }

    fn get(&mut self, number: u32) -> Option<&OsStr> {
        if !self.complete && !self.host.is_local() {
            self.known = host::all_names(&self.host, self.of)
                .into_iter()
                .map(|(number, name)| (number, Some(name)))
                .collect();
            self.complete = true;
        }
        if self.complete {
            return self.known.get(&number)?.as_deref();
        }
        match self.known.entry(number) {
            Entry::Occupied(name) => name.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(host::local_name(self.of, number)),
        }
        .as_deref()
    }
}
