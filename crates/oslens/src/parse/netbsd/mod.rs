//! Answers of the NetBSD kernel.

pub mod envsys;
pub mod memory;
pub mod property_list;
