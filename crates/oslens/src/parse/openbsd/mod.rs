//! Answers of the OpenBSD kernel.

pub mod arguments;
pub mod files;
pub mod maps;
pub mod process;
