//! The network, as a program that uses the crate sees it.

#![cfg(target_os = "linux")]

mod cost;
mod interfaces;
#[cfg(feature = "serde")]
mod serialized;
