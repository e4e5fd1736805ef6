//! Controlling a service that another library made, on Windows.
//!
//! The service is this test program, started by the manager with the name of
//! the test [`the_service`] in its command line.

#![cfg(windows)]

mod errors;
mod life;
mod listing;
mod setup;
mod specimen;
