//! Systems without performance counters.

use crate::{
    Browser, Counter, Error, InstanceName, Language, Names, Object, Result, Source, source::Backend,
};

const WHAT: &str = "performance counters";

pub(crate) fn backend(_: &Source) -> Result<Box<dyn Backend>> {
    Err(Error::unsupported(WHAT))
}

pub(crate) fn objects(_: &Browser) -> Result<Vec<Object>> {
    Err(Error::unsupported(WHAT))
}

pub(crate) fn counters(_: &Browser, _: &str) -> Result<Vec<Counter>> {
    Err(Error::unsupported(WHAT))
}

pub(crate) fn instances(_: &Browser, _: &str) -> Result<Vec<InstanceName>> {
    Err(Error::unsupported(WHAT))
}

pub(crate) fn names(_: Language) -> Result<Names> {
    Err(Error::unsupported(WHAT))
}
