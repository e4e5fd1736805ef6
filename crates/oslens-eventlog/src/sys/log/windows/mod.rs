//! The logs of Windows: through the modern interface, or the classic one.

mod classic;
mod modern;

use std::{
    ffi::{OsStr, OsString},
    sync::Arc,
};

use crate::{
    Result,
    backend::Store,
    sys::pal::windows::{account, evt},
};

pub(crate) fn open(machine: Option<&OsStr>, name: &OsStr) -> Result<Arc<dyn Store>> {
    if evt::available() {
        modern::open(machine, name)
    } else {
        classic::open(machine, name)
    }
}

pub(crate) fn logs(machine: Option<&OsStr>) -> Result<Vec<OsString>> {
    let mut names = if evt::available() {
        evt::Session::open(machine)?.channels()?
    } else {
        classic::logs(machine)?
    };
    names.sort();
    names.dedup();
    Ok(names)
}

pub(crate) fn account(sid: &str) -> Option<String> {
    account::name(sid)
}
