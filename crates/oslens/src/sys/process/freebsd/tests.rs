//! Against a kernel that a test made.
