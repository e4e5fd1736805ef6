//! Answers of the OpenBSD kernel.
