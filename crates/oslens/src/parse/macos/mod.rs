//! Answers of the macOS kernel.

pub mod if_mib;
pub mod routes;
