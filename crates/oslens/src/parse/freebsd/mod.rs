//! Answers of the FreeBSD kernel.

pub mod devstat;
pub mod geom;
