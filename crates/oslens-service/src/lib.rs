//! Services: list, inspect, control, install and write them.
//!
//! # Control services
//!
//! [`Manager`] is the service manager of this machine or of another one. It
//! lists services with what they are doing, and finds one by name:
//!
//! ```no_run
//! use std::time::Duration;
//! use oslens_service::{Filter, Manager, State};
//!
//! let manager = Manager::local()?;
//! for entry in manager.services(&Filter::services())? {
//!     if entry.status.has_failed() {
//!         println!("{}: {}", entry.display_name.to_string_lossy(), entry.status);
//!     }
//! }
//! let spooler = manager.get("Print Spooler")?;
//! // With the services that depend on it, 30 seconds for each.
//! spooler.restart(&[], Duration::from_secs(30))?;
//! assert_eq!(spooler.status()?.state, State::Running);
//! # Ok::<(), oslens_service::Error>(())
//! ```
//!
//! A [`ServiceSpec`] says what a service is to be, for [`Manager::install`]
//! and [`Manager::update`]. Errors say with their [`kind`](Error::kind) what
//! they mean, and keep the system's number.
//!
//! Every question opens the service for no more than it needs: whoever may
//! only look can look.
//!
//! # Write services
//!
//! [`host`] is the other half: a function becomes a service, with a command
//! line that installs, starts, debugs and removes it. [`main`] is all that an
//! executable with one service needs.

mod error;
pub mod host;
pub mod manager;
mod numbered;
#[doc(hidden)]
pub mod parse;
#[cfg(feature = "serde")]
mod serial;
mod service;
mod spec;
mod sys;
mod text;

pub use error::{Error, ErrorKind, Result};
pub use host::main;
pub use manager::{Entry, Filter, Manager, States};
pub use oslens_win32::{Guid, ParseGuidError};
pub use service::{
    Accepted, Config, Control, Dependency, ErrorControl, FailureAction, FailureActionKind,
    FailureActions, Kind, LaunchProtection, Parameter, SidType, StartType, State, Status,
    StopReason, StopReasonMajor, StopReasonMinor, Trigger, TriggerAction, TriggerData, TriggerKind,
};
pub use spec::{Account, Password, PreferredNode, ServiceSpec};
