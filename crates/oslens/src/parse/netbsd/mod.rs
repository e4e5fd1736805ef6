//! Answers of the NetBSD kernel.

pub mod memory;
