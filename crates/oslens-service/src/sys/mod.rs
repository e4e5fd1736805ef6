//! What the system does.

#[cfg(windows)]
mod pal;
pub(crate) mod scm;
