//! Services: list, inspect, control, install and write them.

mod error;
mod guid;
pub mod manager;
mod numbered;
#[doc(hidden)]
pub mod parse;
mod service;
mod spec;
mod sys;
mod text;

pub use error::{Error, ErrorKind, Result};
pub use guid::Guid;
pub use manager::{Entry, Filter, Manager, States};
pub use service::{
    Accepted, Config, Control, Dependency, ErrorControl, FailureAction, FailureActionKind,
    FailureActions, Kind, LaunchProtection, SidType, StartType, State, Status, StopReason,
    StopReasonMajor, StopReasonMinor, Trigger, TriggerAction, TriggerData, TriggerKind,
};
pub use spec::{Account, Password, PreferredNode, ServiceSpec};
