//! What the system does.

pub(crate) mod scm;
