//! The words of `oslens perf`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::values;

#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PerfArgs {
    #[command(subcommand)]
    pub(crate) command: Option<PerfCommand>,
}

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum PerfCommand {
    /// List objects, or the counters and instances of one
    List(PerfListArgs),
    /// Show counters once
    Get(PerfGetArgs),
    /// Show counters again and again
    Watch(PerfWatchArgs),
    /// Choose counters from lists, and show their paths
    Pick(PerfPickArgs),
}

#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PerfListArgs {
    #[command(flatten)]
    pub(crate) from: PerfSource,
    /// The instances of the object, instead of its counters
    #[arg(long)]
    pub(crate) instances: bool,
    /// The object, in English or as this system names it
    #[arg(value_name = "OBJECT")]
    pub(crate) object: Option<OsString>,
}

#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PerfSource {
    /// Read the registry's counters, without PDH
    #[arg(long)]
    pub(crate) registry: bool,
    /// Read a log of counters, a .blg file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["registry", "machine"])]
    pub(crate) log: Option<PathBuf>,
    /// The counters of another machine
    #[arg(long, value_name = "NAME", conflicts_with = "registry")]
    pub(crate) machine: Option<OsString>,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct PerfGetArgs {
    #[command(flatten)]
    pub(crate) from: PerfSource,
    /// Raw values, as the system counts them
    #[arg(long)]
    pub(crate) raw_values: bool,
    /// A path such as '\Processor(*)\% Processor Time'
    #[arg(value_name = "COUNTER", required = true)]
    pub(crate) counters: Vec<OsString>,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct PerfWatchArgs {
    /// End after so many samples
    #[arg(long, value_name = "N", value_parser = values::count)]
    pub(crate) count: Option<usize>,
    #[command(flatten)]
    pub(crate) get: PerfGetArgs,
}

#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PerfPickArgs {
    #[command(flatten)]
    pub(crate) from: PerfSource,
}
