//! Answers of the FreeBSD kernel.

pub mod battery;
pub mod memory;
