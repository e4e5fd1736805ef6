//! How long tasks stood still for want of CPU, memory or input and output:
//! pressure stall information (PSI).
//!
//! A machine can be fully busy and still in time with its work. These numbers
//! say how much of the time work was *waiting*:
//!
//! ```
//! use oslens::pressure;
//!
//! // Not every kernel is built with it.
//! if let Ok(pressure) = pressure::memory() {
//!     if let Some(some) = pressure.some {
//!         println!("{:.1} % of the last 10 s", some.avg10 * 100.0);
//!     }
//! }
//! ```

use std::time::Duration;

use crate::{Host, Result, sys};

/// How long tasks stood still for want of one resource.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Pressure {
    /// At least one task stood still. `None`: not counted for this resource.
    pub some: Option<Stall>,
    /// All tasks that had something to do stood still. `None`: not counted
    /// for this resource by this kernel.
    pub full: Option<Stall>,
}

/// How much of the time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Stall {
    /// Fraction of the last 10 seconds, 0 to 1.
    pub avg10: f64,
    /// Fraction of the last minute, 0 to 1.
    pub avg60: f64,
    /// Fraction of the last 5 minutes, 0 to 1.
    pub avg300: f64,
    /// Time since boot.
    pub total: Duration,
}

/// What tasks wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Resource {
    /// A CPU.
    Cpu,
    /// Memory: reclaim, swap, refaults.
    Memory,
    /// Block devices.
    Io,
    /// Interrupt handlers to finish (since Linux 6.1).
    Irq,
}

impl Host {
    /// How long tasks stood still for want of this resource. See [`cpu`],
    /// [`memory`], [`io`] and [`irq`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where the
    /// kernel does not count it.
    pub fn pressure(&self, resource: Resource) -> Result<Pressure> {
        sys::pressure::pressure(self, resource)
    }
}

/// How long tasks waited for a CPU.
///
/// ```
/// use oslens::{ErrorKind, pressure};
///
/// match pressure::cpu() {
///     Ok(pressure) => println!("{:?}", pressure.some),
///     Err(error) => assert!(matches!(
///         error.kind(),
///         ErrorKind::Unsupported | ErrorKind::AccessDenied
///     )),
/// }
/// ```
///
/// # Errors
///
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where the kernel
/// does not count it.
///
/// # Platform
///
/// Linux since 4.20, when built with `CONFIG_PSI` and not switched off at
/// boot (`psi=0`): `/proc/pressure/cpu`; `full` since 5.13, always zero for
/// the whole machine.
///
/// # Cost
///
/// Linux: 3 system calls.
pub fn cpu() -> Result<Pressure> {
    Host::local().pressure(Resource::Cpu)
}

/// How long tasks waited for memory: for its reclaim, for swap, and for
/// files that were just given up.
///
/// ```
/// if let Ok(pressure) = oslens::pressure::memory() {
///     assert!(pressure.full.is_some());
/// }
/// ```
///
/// # Errors
///
/// As [`cpu`].
///
/// # Platform
///
/// As [`cpu`]: `/proc/pressure/memory`.
///
/// # Cost
///
/// Linux: 3 system calls.
pub fn memory() -> Result<Pressure> {
    Host::local().pressure(Resource::Memory)
}

/// How long tasks waited for block devices.
///
/// ```
/// if let Ok(pressure) = oslens::pressure::io() {
///     assert!(pressure.some.is_some());
/// }
/// ```
///
/// # Errors
///
/// As [`cpu`].
///
/// # Platform
///
/// As [`cpu`]: `/proc/pressure/io`.
///
/// # Cost
///
/// Linux: 3 system calls.
pub fn io() -> Result<Pressure> {
    Host::local().pressure(Resource::Io)
}

/// How long tasks waited for handlers of interrupts; only `full` is counted.
///
/// ```
/// if let Ok(pressure) = oslens::pressure::irq() {
///     assert!(pressure.full.is_some());
/// }
/// ```
///
/// # Errors
///
/// As [`cpu`].
///
/// # Platform
///
/// Linux since 6.1, when built with `CONFIG_IRQ_TIME_ACCOUNTING`:
/// `/proc/pressure/irq`.
///
/// # Cost
///
/// Linux: 3 system calls.
pub fn irq() -> Result<Pressure> {
    Host::local().pressure(Resource::Irq)
}
