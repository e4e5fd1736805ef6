//! Services: list, inspect, control, install and write them.

mod error;

pub use error::{Error, ErrorKind, Result};
