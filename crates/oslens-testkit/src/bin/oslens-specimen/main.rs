//! A process with the properties that a test asks of it.
//!
//! Reads commands from stdin, one a line, and answers each with one line
//! (`oslens_testkit::wire`). It ends when stdin does, so that it cannot outlive
//! the test that holds the other end. Arguments and environment mean nothing
//! to it: they are a test's to choose. The exception is `OSLENS_SPECIMEN_NS`,
//! with which it is the launcher of `oslens_testkit::ns`.
#![forbid(unsafe_code)]

#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod kin;
#[cfg(target_os = "linux")]
mod launcher;
#[cfg(target_os = "linux")]
mod sockets;
#[cfg(target_os = "linux")]
mod talk;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
fn main() {
    oslens_testkit::sys::linux::close_inherited();
    if let Some(plan) = std::env::var_os("OSLENS_SPECIMEN_NS") {
        launcher::run(&plan);
    }
    talk::until_end_of_input();
}

#[cfg(windows)]
fn main() {
    windows::until_end_of_input();
}

#[cfg(not(any(target_os = "linux", windows)))]
fn main() {
    eprintln!("oslens-specimen: only for Linux and Windows so far");
    std::process::exit(1);
}
