//! Systems whose service manager this crate does not know yet.

use std::{ffi::OsStr, sync::Arc};

use super::Scm;
use crate::{Error, Result};

pub(crate) fn local() -> Result<Arc<dyn Scm>> {
    Err(Error::unsupported("the service manager"))
}

pub(crate) fn remote(_machine: &OsStr) -> Result<Arc<dyn Scm>> {
    Err(Error::unsupported("the service manager of another machine"))
}
