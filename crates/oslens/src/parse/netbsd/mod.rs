//! Answers of the NetBSD kernel.

pub mod files;
pub mod maps;
pub mod threads;
