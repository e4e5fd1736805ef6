//! Windows.

pub(crate) mod notify;
pub(crate) mod scm;
mod setting;
