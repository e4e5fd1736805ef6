//! The messages that every program has: as constants, and in the executables
//! that use this library.

fn main() -> std::io::Result<()> {
    oslens_eventlog_build::Messages::link_generic()
}
