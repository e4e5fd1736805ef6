//! Answers of the NetBSD kernel.
