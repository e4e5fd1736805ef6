//! Answers of the FreeBSD kernel.

pub mod devstat;
