//! What the tests of all oslens crates share.
//!
//! An independent witness: nothing here depends on `oslens` or reads a process
//! the way `oslens` does, so that a test which compares the two cannot be
//! wrong twice in the same way.
//!
//! - [`skip!`] and [`skip_allowed!`]: say why a test could not be made here.
//! - [`FixtureRoot`] and [`fixture`]: directories that stand for `/proc`, `/sys`
//!   and `/etc` of another machine.
//! - [`tool()`]: run `ps`, `ss`, `lsof` … when the machine has them.
//! - [`report()`]: adds to the report of `cargo xtask selftest`.
//! - [`allocations`]: count the allocations of a piece of code.
//! - `zoo` (Linux, a smaller one on Windows): living processes with known properties.
//! - `ns` (Linux): run a test in namespaces of its own.
//! - `churn` (Linux): processes that are born and die all the time.
//! - `wine` (Windows): what Linux says of the processes that Wine runs.
//! - `syscalls` (Linux): count the system calls of a piece of code.
#![deny(unsafe_code)]

mod fixture_root;
mod report;
mod skip;
mod tool;

/// The one place of this crate with `unsafe` code: system calls and the
/// counting allocator.
#[allow(unsafe_code)]
#[doc(hidden)]
pub mod sys;

pub use fixture_root::{FixtureRoot, fixture, fixture_names};
pub use report::report;
pub use skip::{announce_skip, path_in_binary};
pub use sys::allocations::{self, CountingAllocator};
#[cfg(unix)]
pub use sys::unix::own_cpu_time;
pub use tool::{ToolOutput, psutil, tool};

#[cfg(target_os = "linux")]
pub mod churn;
#[cfg(target_os = "linux")]
pub mod ns;
#[cfg(target_os = "linux")]
pub mod syscalls;
#[cfg(windows)]
pub mod wine;
#[cfg(any(target_os = "linux", windows))]
#[doc(hidden)]
pub mod wire;
#[cfg(any(target_os = "linux", windows))]
pub mod zoo;

/// Whether this process runs as root, in its own user namespace at least.
#[cfg(target_os = "linux")]
pub fn is_root() -> bool {
    sys::linux::effective_uid() == 0
}
