//! Pure readers of the system's formats: bytes in, types out.
//!
//! They do no I/O, know no operating system, and are compiled, tested and
//! fuzzed everywhere. Not part of the stable interface.

pub mod definition_header;
pub mod definition_ini;
pub mod definition_text;
pub mod names;
pub mod performance_data;
