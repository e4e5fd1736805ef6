//! Answers of the macOS kernel.

pub mod cpu;
pub mod memory;
