//! Answers of the OpenBSD kernel.

pub mod cpu;
pub mod memory;
pub mod sensors;
