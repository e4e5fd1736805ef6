//! Systems whose log is not read.

use std::{
    ffi::{OsStr, OsString},
    sync::Arc,
};

use crate::{Error, Result, backend::Store};

pub(crate) fn open(_machine: Option<&OsStr>, _name: &OsStr) -> Result<Arc<dyn Store>> {
    Err(Error::unsupported("reading the system's event log"))
}

pub(crate) fn logs(_machine: Option<&OsStr>) -> Result<Vec<OsString>> {
    Err(Error::unsupported("listing the system's event logs"))
}

pub(crate) fn account(_sid: &str) -> Option<String> {
    None
}
