//! Answers of the OpenBSD kernel.

pub mod diskstats;
