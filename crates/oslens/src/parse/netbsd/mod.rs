//! Answers of the NetBSD kernel.

pub mod iostats;
