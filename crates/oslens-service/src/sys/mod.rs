//! What the system does.

pub(crate) mod host;
mod pal;
pub(crate) mod scm;
