//! Answers of the FreeBSD kernel.

pub mod files;
pub mod maps;
