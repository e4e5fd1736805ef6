//! What was typed: the flags and commands as clap reads them.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand};

use super::log::LogArgs;
use super::perf::PerfArgs;
use super::services::SvcArgs;
use super::{query, values};
use crate::column::{ColumnRequest, SortKey};
use crate::exit::Exit;
use crate::term::ColorChoice;

/// Shows what this machine does: processes, memory, disks, sockets. Without a
/// command, its health on one page.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "oslens",
    version,
    after_help = Exit::help(),
    args_override_self = true,
)]
pub(crate) struct LowArgs {
    #[command(flatten)]
    pub(crate) global: GlobalFlags,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Flags that every command takes, before or after its name.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct GlobalFlags {
    /// Columns: a,b to choose, +c,-d to change, help to list
    #[arg(short = 'o', long, global = true, value_name = "LIST", allow_hyphen_values = true,
          value_parser = values::columns)]
    pub(crate) columns: Option<ColumnRequest>,

    /// Sort by a column, upwards; -COLUMN sorts downwards
    #[arg(long, global = true, value_name = "COLUMN", allow_hyphen_values = true)]
    pub(crate) sort: Option<SortKeys>,

    /// Show at most N rows
    #[arg(short = 'n', long, global = true, value_name = "N", value_parser = values::count)]
    pub(crate) limit: Option<usize>,

    /// How long to measure rates, where there are any [default: 200ms]
    #[arg(short = 'i', long, global = true, value_name = "TIME",
          value_parser = values::duration)]
    pub(crate) interval: Option<Duration>,

    /// Print JSON: base units, one document
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Leave out the header line
    #[arg(short = 'H', long, global = true)]
    pub(crate) no_header: bool,

    /// Print exact numbers in base units (also --bytes)
    #[arg(long, global = true, alias = "bytes", overrides_with = "si")]
    pub(crate) raw: bool,

    /// Use powers of 1000: 9.8GB instead of 9.1GiB
    #[arg(long, global = true, overrides_with = "raw")]
    pub(crate) si: bool,

    /// Cut nothing, however long the lines get (also --no-trunc)
    #[arg(long, global = true, alias = "no-trunc")]
    pub(crate) wide: bool,

    /// When to use colours; by itself on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    pub(crate) color: ColorChoice,

    /// Print ASCII only
    #[arg(long, global = true)]
    pub(crate) no_unicode: bool,

    /// Give up on a disk or server that does not answer [default: 2s]
    #[arg(long, global = true, value_name = "TIME", value_parser = values::duration)]
    pub(crate) timeout: Option<Duration>,

    /// Exit with 5 when some data could not be read
    #[arg(long, global = true)]
    pub(crate) strict: bool,

    /// Print no notes about what could not be read
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,

    /// Look at the system whose root is mounted at DIR
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
}

/// The value of `--sort`. A type of its own: clap would take a `Vec` as a
/// flag that may be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SortKeys(pub(crate) Vec<SortKey>);

impl std::str::FromStr for SortKeys {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        values::sort(text).map(Self)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Command {
    /// List processes
    Ps(QueryArgs),
    /// Show processes below their parents
    Tree(QueryArgs),
    /// Show everything about one process
    Show(ShowArgs),
    /// List sockets
    #[command(visible_alias = "ss")]
    Sockets(SocketsArgs),
    /// Show who uses a port
    Port(PortArgs),
    /// Show how the memory is used
    #[command(disable_help_flag = true)]
    Mem(MemArgs),
    /// Show how full the file systems are
    #[command(disable_help_flag = true)]
    Df(DfArgs),
    /// Show network interfaces and their traffic
    Net(NetArgs),
    /// List, show and control services
    Svc(SvcArgs),
    /// Show what the system and its services logged
    Log(LogArgs),
    /// List, show and watch performance counters
    Perf(PerfArgs),
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueryArgs {
    /// A part of the name or arguments, a PID, :PORT or user=NAME; all must match
    #[arg(value_name = "QUERY", value_parser = Word)]
    pub(crate) query: Vec<query::Term>,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShowArgs {
    /// A PID or the name of a process
    #[arg(value_name = "PID|NAME", value_parser = Word)]
    pub(crate) process: query::Term,
    /// Its environment too, which may hold secrets
    #[arg(short, long)]
    pub(crate) env: bool,
    /// All of its files, sockets, threads and children, not the first ten
    #[arg(short, long)]
    pub(crate) all: bool,
}

#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SocketsArgs {
    /// TCP sockets
    #[arg(short, long)]
    pub(crate) tcp: bool,
    /// UDP sockets
    #[arg(short, long)]
    pub(crate) udp: bool,
    /// Unix sockets
    #[arg(short = 'x', long)]
    pub(crate) unix: bool,
    /// Those that listen, instead of those that are connected
    #[arg(short, long)]
    pub(crate) listening: bool,
    /// Those that listen too, and what is left of closed connections
    #[arg(short, long)]
    pub(crate) all: bool,
    /// IPv4 only
    #[arg(short = '4', long, overrides_with = "ipv6")]
    pub(crate) ipv4: bool,
    /// IPv6 only
    #[arg(short = '6', long, overrides_with = "ipv4")]
    pub(crate) ipv6: bool,
    /// A process, user, address, state, PID, or :PORT; all must match
    #[arg(value_name = "QUERY", value_parser = Word)]
    pub(crate) query: Vec<query::Term>,
    /// Accepted for habit: owners are always shown
    #[arg(short, long, hide = true)]
    pub(crate) processes: bool,
    /// Accepted for habit: addresses are never resolved
    #[arg(short = 'n', long, hide = true)]
    pub(crate) numeric: bool,
    // Takes the place of the flag for all commands, whose -n means something
    // else here: clap passes over a global flag whose name is taken.
    /// Show at most N rows
    #[arg(long, value_name = "N", value_parser = values::count, help_heading = "Everywhere")]
    pub(crate) limit: Option<usize>,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct PortArgs {
    /// A number from 1 to 65535
    #[arg(value_name = "PORT", value_parser = query::port)]
    pub(crate) port: u16,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemArgs {
    /// What each process uses: its own, its share, swapped, resident
    #[arg(long)]
    pub(crate) procs: bool,
    #[command(flatten)]
    pub(crate) human: HumanFlag,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct DfArgs {
    /// Pseudo file systems too
    #[arg(short, long)]
    pub(crate) all: bool,
    /// Inodes instead of bytes
    #[arg(short, long)]
    pub(crate) inodes: bool,
    /// Accepted for habit: types are always shown
    #[arg(short = 'T', long, hide = true)]
    pub(crate) print_type: bool,
    #[command(flatten)]
    pub(crate) human: HumanFlag,
    /// The file systems that hold these files
    pub(crate) paths: Vec<PathBuf>,
    // As for sockets: the -i of all commands means something else here.
    /// How long to measure rates for (df measures none)
    #[arg(long, hide = true, value_parser = values::duration)]
    pub(crate) interval: Option<Duration>,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct NetArgs {
    /// Only these interfaces
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<OsString>,
}

/// `-h`, which means human-readable to who types `df -h` or `free -h`. So it
/// does not stand for `--help` there.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct HumanFlag {
    /// Accepted for habit: sizes are human-readable anyway
    #[arg(short = 'h', long = "human-readable", hide = true)]
    pub(crate) human: bool,
    /// Print help
    #[arg(long, action = ArgAction::Help)]
    help: Option<bool>,
}

/// Reads a query word; words need not be UTF-8.
#[derive(Clone, Copy, Debug)]
struct Word;

impl clap::builder::TypedValueParser for Word {
    type Value = query::Term;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        word: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        query::Term::parse(word).map_err(|reason| {
            // Through a parser of text, which words the error in clap's way.
            let refuse = move |_: &str| Err::<query::Term, _>(reason.clone());
            let refused =
                clap::builder::TypedValueParser::parse_ref(&refuse, command, argument, word);
            refused
                .err()
                .unwrap_or_else(|| clap::Error::new(clap::error::ErrorKind::ValueValidation))
        })
    }
}

#[cfg(test)]
mod tests;
