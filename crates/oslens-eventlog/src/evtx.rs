//! Saved logs: `.evtx` files.

use std::{path::Path, sync::Arc};

use crate::{Error, Result, backend::Source};

pub(crate) fn open(_: &Path) -> Result<Arc<dyn Source>> {
    Err(Error::unsupported("reading .evtx files"))
}
