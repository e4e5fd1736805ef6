//! Answers of the FreeBSD kernel.

pub mod media;
pub mod routes;
