//! The words of `oslens svc`.

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SvcArgs {
    #[command(subcommand)]
    pub(crate) command: Option<SvcCommand>,
}

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum SvcCommand {
    /// List services
    List(SvcListArgs),
    /// Show everything about one service; exits with 0 if it runs, 3 if not
    Show(SvcNameArgs),
    /// Start a service, and wait until it runs
    Start(SvcStartArgs),
    /// Stop a service, and wait until it has stopped
    Stop(SvcStopArgs),
    /// Stop and start a service, and what depends on it
    Restart(SvcRestartArgs),
    /// Pause a service
    Pause(SvcActArgs),
    /// Let a paused service go on
    Continue(SvcActArgs),
    /// Let a service start with the system
    Enable(SvcEnableArgs),
    /// Keep a service from being started
    Disable(SvcNameArgs),
    /// Send a service a code of its own, 128 to 255, or 'paramchange'
    Control(SvcControlArgs),
    /// Wait until a service is in a state
    Wait(SvcWaitArgs),
    /// List what depends on a service
    Dependents(SvcNameArgs),
}

#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Machine {
    /// The service manager of another machine
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<OsString>,
}

#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SvcListArgs {
    /// Drivers, instead of services
    #[arg(long)]
    pub(crate) drivers: bool,
    /// Only those in this state
    #[arg(long, value_enum, value_name = "STATE")]
    pub(crate) state: Option<StateWord>,
    /// Only those of this load order group
    #[arg(long, value_name = "GROUP")]
    pub(crate) group: Option<OsString>,
    #[command(flatten)]
    pub(crate) on: Machine,
    /// A part of the name or display name; all must match
    #[arg(value_name = "QUERY")]
    pub(crate) query: Vec<String>,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct SvcNameArgs {
    #[command(flatten)]
    pub(crate) on: Machine,
    /// Its name or display name
    #[arg(value_name = "SERVICE")]
    pub(crate) name: OsString,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct SvcActArgs {
    /// Do not wait until it is done (--timeout says how long to wait) [default: 30s]
    #[arg(long)]
    pub(crate) no_wait: bool,
    #[command(flatten)]
    pub(crate) of: SvcNameArgs,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct SvcStartArgs {
    #[command(flatten)]
    pub(crate) act: SvcActArgs,
    /// What to hand to it
    #[arg(
        value_name = "ARGUMENT",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub(crate) arguments: Vec<OsString>,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct SvcStopArgs {
    /// Stop the services that depend on it first
    #[arg(long)]
    pub(crate) with_dependents: bool,
    #[command(flatten)]
    pub(crate) act: SvcActArgs,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct SvcRestartArgs {
    #[command(flatten)]
    pub(crate) of: SvcNameArgs,
    /// What to hand to it
    #[arg(
        value_name = "ARGUMENT",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub(crate) arguments: Vec<OsString>,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct SvcEnableArgs {
    /// When to start it
    #[arg(long, value_enum, default_value_t)]
    pub(crate) start: StartWord,
    #[command(flatten)]
    pub(crate) of: SvcNameArgs,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct SvcControlArgs {
    #[command(flatten)]
    pub(crate) of: SvcNameArgs,
    /// 128 to 255, or paramchange
    #[arg(value_name = "CODE", value_parser = control)]
    pub(crate) code: Code,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct SvcWaitArgs {
    #[command(flatten)]
    pub(crate) of: SvcNameArgs,
    /// The state to wait for
    #[arg(value_enum, value_name = "STATE", default_value_t = StateWord::Running)]
    pub(crate) state: StateWord,
}

/// The states that one can ask and wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StateWord {
    Running,
    Stopped,
    Paused,
}

/// When a service that is enabled starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum StartWord {
    /// With the system
    #[default]
    Auto,
    /// Soon after the system
    Delayed,
    /// When somebody asks for it
    Manual,
}

/// What `control` sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    ParamChange,
    Own(u8),
}

fn control(text: &str) -> Result<Code, String> {
    if text.eq_ignore_ascii_case("paramchange") {
        return Ok(Code::ParamChange);
    }
    match text.parse() {
        Ok(code @ 128..=255) => Ok(Code::Own(code)),
        _ => Err("a number from 128 to 255 or 'paramchange' is needed".to_owned()),
    }
}

/// How long to wait for a service when nothing is said.
pub(crate) const USUAL_WAIT: Duration = Duration::from_secs(30);
