//! The machine on systems that have no backend yet.

use std::{
    collections::HashMap,
    ffi::OsString,
    time::{Duration, SystemTime},
};

use super::NameOf;
use crate::{
    Error, Host, Result,
    host::{Info, User},
};

pub(crate) fn boot_time(_: &Host) -> Result<SystemTime> {
    Err(Error::unsupported("the boot time on this system"))
}

pub(crate) fn uptime(_: &Host) -> Result<Duration> {
    Err(Error::unsupported("the uptime on this system"))
}

pub(crate) fn users(_: &Host) -> Result<Vec<User>> {
    Err(Error::unsupported("logins on this system"))
}

pub(crate) fn info(_: &Host) -> Result<Info> {
    Err(Error::unsupported("names of this system"))
}

#[cfg(not(unix))]
pub(crate) fn local_name(_: NameOf, _: u32) -> Option<OsString> {
    None
}

pub(crate) fn all_names(_: &Host, _: NameOf) -> HashMap<u32, OsString> {
    HashMap::new()
}
