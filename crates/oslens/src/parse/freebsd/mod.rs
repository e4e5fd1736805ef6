//! Answers of the FreeBSD kernel.
