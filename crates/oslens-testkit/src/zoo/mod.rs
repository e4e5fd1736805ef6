//! Living processes with known properties.
//!
//! A [`Specimen`] is a child of the test, running the program
//! `oslens-specimen` of this crate, which does what it is asked and answers
//! when it is done: no test sleeps until something may have happened. It is
//! killed and reaped on drop; if the test dies, its input ends and so does it.
//!
//! A bare specimen has one thread, the descriptors 0, 1 and 2, the arguments
//! and environment it was given, and sleeps (state `S`).
//!
//! ```
//! # #[cfg(target_os = "linux")] {
//! let mut specimen = oslens_testkit::zoo::sleeper();
//! specimen.rename(b"odd ) name");
//! let listener = specimen.socket("tcp4-listen").address("local");
//! assert!(std::net::TcpStream::connect(listener).is_ok());
//! # }
//! ```

mod binary;
#[cfg(target_os = "linux")]
mod builder;
#[cfg(target_os = "linux")]
mod kinds;
#[cfg(target_os = "linux")]
mod specimen;
#[cfg(windows)]
mod windows;

pub use binary::{STAMP, specimen_path};
#[cfg(target_os = "linux")]
pub use builder::Builder;
#[cfg(target_os = "linux")]
pub use kinds::{
    NOBODY, deleted_executable, in_another_network, of_another_user, renamed, stopped, threaded,
    with_child_in_another_pid_namespace, zombie,
};
#[cfg(target_os = "linux")]
pub use specimen::Specimen;
#[cfg(windows)]
pub use windows::{Builder, MARK, Specimen};

/// A process that sleeps.
pub fn sleeper() -> Specimen {
    Builder::new().spawn()
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
