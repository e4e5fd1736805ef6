//! Where there is nothing to publish to.

use std::{path::Path, sync::Arc};

use crate::{
    Error, Result,
    definition::Guid,
    publish::{
        Cells,
        install::{Registered, Registrar},
    },
};

/// One that cannot be.
#[derive(Debug)]
pub(crate) enum Provider {}

/// One that cannot be.
#[derive(Debug)]
pub(crate) enum Registration {}

impl Provider {
    pub(crate) fn start(_: Guid) -> Result<Self> {
        Err(Error::unsupported("publishing performance counters"))
    }

    pub(crate) fn add_set(&self, _: &mut [u64]) -> Result<()> {
        match *self {}
    }

    pub(crate) fn register(&self, _: Guid, _: &str, _: u32, _: Arc<Cells>) -> Result<Registration> {
        match *self {}
    }
}

/// What is installed: nothing.
pub(crate) struct Registry;

impl Registrar for Registry {
    fn registered(&self, _: Guid) -> Result<Option<Registered>> {
        Err(Error::unsupported("installing performance counters"))
    }

    fn load(&self, _: &Path, _: &Path) -> Result<String> {
        Err(Error::unsupported("installing performance counters"))
    }

    fn unload(&self, _: Guid) -> Result<String> {
        Err(Error::unsupported("installing performance counters"))
    }

    fn forget(&self, _: Guid) -> Result<()> {
        Err(Error::unsupported("installing performance counters"))
    }
}
