//! Disks: what is mounted where, how full it is, and what is read and
//! written.
//!
//! | question | function |
//! |---|---|
//! | what is mounted? | [`partitions`] |
//! | how full is it? | [`usage`], or [`usage_within`] where a mount may be dead |
//! | how much was read and written? | [`io_counters`], [`io_total`] |
//! | which disks are there, and which lies on which? | [`devices`] |
//!
//! ```
//! use oslens::disk;
//!
//! let usage = disk::usage("/")?;
//! println!("/ is {:.0} % full", 100.0 * usage.used_fraction());
//! # Ok::<(), oslens::Error>(())
//! ```

mod deadline;
mod device;
mod io;
mod partition;
mod usage;

pub use device::{Device, DeviceKind, DeviceNumber, devices};
pub use io::{
    DeviceIo, DeviceIoDelta, DiscardCounters, FlushCounters, IoCounters, IoDelta, IoNoWrap,
    IoSnapshot, io_counters, io_total,
};
#[cfg_attr(not(target_os = "linux"), allow(unused_imports))]
pub(crate) use partition::mark_overmounted;
pub use partition::{Partition, Partitions, partitions};
pub use usage::{Inodes, Usage, usage, usage_while, usage_within};
