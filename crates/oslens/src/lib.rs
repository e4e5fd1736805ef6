//! Look into a running machine: processes, CPU, memory, disks, network and
//! sensors.
//!
//! Every function asks the system when it is called and remembers nothing:
//! there is no object to refresh. What only one system has is in [`os`].
//!
//! # One question
//!
//! A function for each thing to know, in the module of its concern: [`cpu`],
//! [`memory`], [`disk`], [`net`], [`sensors`], [`host`], [`process`], and for
//! Linux's accounts of groups and waiting [`cgroup`] and [`pressure`].
//!
//! ```
//! use oslens::{cpu, host, memory};
//!
//! let memory = memory::virtual_memory()?;
//! println!(
//!     "{} CPUs, {} of {} bytes available, up {:?}",
//!     cpu::count()?,
//!     memory.available,
//!     memory.total,
//!     host::uptime()?,
//! );
//! # Ok::<(), oslens::Error>(())
//! ```
//!
//! Sizes are bytes, times [`Duration`](std::time::Duration) or
//! [`SystemTime`](std::time::SystemTime), shares fractions of one (of one CPU,
//! where it is about CPUs). A rate is the difference of two values:
//!
//! ```
//! use oslens::cpu;
//!
//! let before = cpu::times()?;
//! // … some time later …
//! let now = cpu::times()?;
//! // `None` when no time has passed.
//! if let Some(fractions) = now.since(&before).fractions() {
//!     println!("{:.0} % idle", 100.0 * fractions.idle);
//! }
//! # Ok::<(), oslens::Error>(())
//! ```
//!
//! # All processes
//!
//! [`process::list`] makes one pass over the process table and reads the
//! fewest files that answer the [`Fields`](process::Fields) asked for. A cell
//! that could not be read says why; one refused process fails nothing:
//!
//! ```
//! use oslens::{Unavailable, process::{self, Fields}};
//!
//! for row in process::list(Fields::NAME | Fields::RSS | Fields::NUM_FDS)? {
//!     match row.num_fds {
//!         Ok(count) => println!("{} {:?}: {count} descriptors", row.pid, row.name),
//!         Err(Unavailable::Denied) => println!("{}: ask as root", row.pid),
//!         Err(why) => println!("{}: {why}", row.pid),
//!     }
//! }
//! # Ok::<(), oslens::Error>(())
//! ```
//!
//! Whoever looks again and again takes a [`process::Sampler`]: it keeps
//! descriptors and memory from one pass to the next, and knows what each
//! process did in between:
//!
//! ```
//! use oslens::process::{Fields, Sampler};
//!
//! let mut sampler = Sampler::new(Fields::NAME | Fields::CPU_TOTAL);
//! sampler.sample()?;
//! // … a second later …
//! let sample = sampler.sample()?;
//! for row in sample.rows() {
//!     // `None` for a process that was not there before.
//!     if let Some(Ok(cpus)) = sample.delta(row).map(|delta| delta.cpu) {
//!         println!("{} {:.1} %", row.pid, 100.0 * cpus);
//!     }
//! }
//! # Ok::<(), oslens::Error>(())
//! ```
//!
//! # One process
//!
//! A PID is a number that the kernel gives away again. A
//! [`Process`](process::Process) is one process: what is read is its own, and
//! signals and settings reach it or fail with [`ErrorKind::Reused`] or
//! [`ErrorKind::NoSuchProcess`]. Rows carry their identity, so that one that
//! was seen in a listing can be acted on later:
//!
//! ```
//! # #[cfg(target_os = "linux")] {
//! use std::{process::Command, time::Duration};
//! use oslens::process::{self, Fields, Process};
//!
//! let child = Command::new("sleep").arg("1000").spawn().unwrap();
//! let rows = process::list(Fields::NAME)?;
//! let row = rows.iter().find(|row| row.pid.get() == child.id()).unwrap();
//! let process = Process::from_id(row.id());
//! process.terminate()?;
//! process.wait(Some(Duration::from_secs(60)))?;
//! assert!(!process.is_running()?);
//! # }
//! # Ok::<(), oslens::Error>(())
//! ```
//!
//! # Errors
//!
//! One [`Error`] for all functions: its [`ErrorKind`] tells apart what
//! programs treat differently, its text names the process and the file or
//! call, its source is the system's own error. Unknown is never zero: what a
//! system does not count is `None`, and a [`Field`] holds the reason.
//!
//! ```
//! use oslens::{ErrorKind, process::{Pid, Process}};
//!
//! match Process::open(Pid::new(1)).and_then(|init| init.exe()) {
//!     Ok(path) => println!("{path:?}"),
//!     Err(error) => match error.kind() {
//!         ErrorKind::AccessDenied => println!("{error}: ask as root"),
//!         ErrorKind::NoSuchProcess | ErrorKind::Reused => println!("it has ended"),
//!         _ => println!("{error}"),
//!     },
//! }
//! ```
//!
//! # Another machine's files
//!
//! Every free function asks [`Host::local`]. The same methods of another
//! [`Host`] read the `/proc`, `/sys`, `/run` and `/etc` that it was given: the
//! host's from inside a container, or a captured root. What needs a system
//! call is unsupported there.
//!
//! ```
//! use oslens::Host;
//!
//! let host = Host::builder().proc("/host/proc").build();
//! match host.virtual_memory() {
//!     Ok(memory) => println!("{} bytes available", memory.available),
//!     Err(error) => println!("{error}"),
//! }
//! ```
//!
//! # Systems
//!
//! Linux, where all of it is run and compared with the system's tools; Windows,
//! tested under Wine; FreeBSD, NetBSD, OpenBSD and macOS on machines of 64 bits,
//! built and held against the systems' headers, and never run there.
//! `docs/PLATFORM.md` in the repository has what each function asks on each of
//! them. Elsewhere programs compile, and every answer is
//! [`ErrorKind::Unsupported`].
//!
//! On the BSDs and macOS nothing is a file: functions make the questions that
//! their `# Cost` counts. Another machine's files are for Linux only.
//!
//! # Features
//!
//! `serde`: the public values can be serialised.

#![cfg_attr(docsrs, feature(doc_auto_cfg))]
// What is common to all systems is used by the readers of those that have
// some.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

pub mod cgroup;
pub mod counters;
pub mod cpu;
pub mod disk;
mod error;
pub mod host;
pub mod memory;
pub mod net;
pub mod os;
#[doc(hidden)]
pub mod parse;
pub mod pressure;
pub mod process;
pub mod sensors;
mod sys;
#[cfg(all(test, target_os = "linux"))]
mod test_tree;

pub use error::{Error, ErrorKind, Field, Result, Unavailable};
pub use host::{Host, HostBuilder};
