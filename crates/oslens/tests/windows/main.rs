//! The system functions on Windows, held against what the standard library
//! knows, and under Wine against Linux.
//!
//! Nothing here asserts a number that Wine makes up.
#![cfg(windows)]

mod system;
