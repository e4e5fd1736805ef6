//! Windows.

pub(crate) mod host;
pub(crate) mod notify;
pub(crate) mod scm;
mod setting;
