//! What the kernel and the C library write is read back as what it was.
//!
//! Each test makes values up, writes them as the other side does, and expects
//! the parser to return them. Names and paths are hostile: they hold what
//! ends a field, a line or a record in that format, escaped where the format
//! escapes and as it is where it does not.

mod machine;
mod messages;
mod mounts;
mod processes;
mod random;
mod records;
mod sockets;
mod windows_tables;
