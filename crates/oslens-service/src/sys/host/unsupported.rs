//! Systems on which no service can be run yet.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    path::PathBuf,
    sync::Weak,
    time::Duration,
};

use crate::{
    Error, Result,
    host::{
        context::{Reporter, Shared},
        state::Report,
    },
};

/// None can be made.
#[derive(Debug)]
pub(crate) enum Signal {}

impl Signal {
    pub(crate) fn new() -> Result<Self> {
        Err(running())
    }

    pub(crate) fn set(&self) {
        match *self {}
    }

    pub(crate) fn reset(&self) {
        match *self {}
    }

    pub(crate) fn wait(&self, _within: Option<Duration>) -> bool {
        match *self {}
    }
}

pub(crate) enum Registration {}

pub(crate) fn register(_name: &OsStr, _shared_process: bool) -> Result<Registration> {
    Err(running())
}

impl Registration {
    pub(crate) fn connect(_id: usize, _shared: Weak<Shared>) {}

    pub(crate) fn id(&self) -> usize {
        match *self {}
    }
}

impl Reporter for Registration {
    fn report(&self, _report: &Report) -> Result<()> {
        match *self {}
    }
}

fn running() -> Error {
    Error::unsupported("running services")
}

pub(crate) fn dispatch(
    _names: &[OsString],
    _main: Box<dyn Fn(OsString, Vec<OsString>) + Send + Sync>,
) -> Result<()> {
    Err(running())
}

pub(crate) fn on_interrupt(_asked: Box<dyn Fn(bool) -> bool + Send + Sync>) -> Result<()> {
    Err(running())
}

pub(crate) fn redirect(_file: File) -> Result<()> {
    Err(running())
}

pub(crate) fn private_folder() -> Option<PathBuf> {
    None
}
