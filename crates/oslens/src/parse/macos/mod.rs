//! Answers of the macOS kernel.
