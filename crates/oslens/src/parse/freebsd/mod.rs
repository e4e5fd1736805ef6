//! Answers of the FreeBSD kernel.

pub mod cpuset;
pub mod files;
pub mod maps;
pub mod process;
