//! Systems whose log this library does not write to yet.

use std::{convert::Infallible, ffi::OsStr};

use crate::{Error, Result, writer::Event};

/// There is none.
#[derive(Debug)]
pub(crate) struct Handle(Infallible);

impl Handle {
    pub(crate) fn open(_machine: Option<&OsStr>, _source: &OsStr) -> Result<Self> {
        Err(Error::unsupported("writing to the event log"))
    }

    pub(crate) fn report(&self, _event: &Event) -> Result<()> {
        match self.0 {}
    }
}
