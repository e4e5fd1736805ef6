//! Systems without a registry of sources.

use crate::{Error, Result, source::Source};

fn unsupported<T>() -> Result<T> {
    Err(Error::unsupported("sources of events"))
}

pub(crate) fn log_exists(_log: &str) -> Result<bool> {
    unsupported()
}

pub(crate) fn log_of_source(_name: &str) -> Result<Option<String>> {
    unsupported()
}

pub(crate) fn is_publisher(_log: &str, _name: &str) -> Result<bool> {
    unsupported()
}

pub(crate) fn is_registered(_source: &Source) -> Result<bool> {
    unsupported()
}

pub(crate) fn read_source(_log: &str, _name: &str) -> Result<Option<Source>> {
    unsupported()
}

pub(crate) fn source_names(_log: &str) -> Result<Vec<String>> {
    unsupported()
}

pub(crate) fn write_source(_source: &Source) -> Result<()> {
    unsupported()
}

pub(crate) fn remove_source(_log: &str, _name: &str) -> Result<bool> {
    unsupported()
}
