//! What the commands do, one file for each.

mod df;
mod footprint;
mod health;
mod log;
mod mem;
mod net;
mod perf;
mod port;
mod ps;
mod show;
mod sockets;
mod svc;
mod tree;

use crate::args::high::Settings;
use crate::args::low::Command;
use crate::exit::{Exit, Failure};

/// Runs a command; without one, shows the health of the machine.
///
/// # Errors
///
/// What stopped it before it could show anything.
pub(crate) fn run(command: Option<&Command>, settings: &Settings) -> Result<Exit, Failure> {
    match command {
        None => health::run(settings),
        Some(Command::Ps(arguments)) => ps::run(arguments, settings),
        Some(Command::Show(arguments)) => show::run(arguments, settings),
        Some(Command::Tree(arguments)) => tree::run(arguments, settings),
        Some(Command::Mem(arguments)) => mem::run(arguments, settings),
        Some(Command::Df(arguments)) => df::run(arguments, settings),
        Some(Command::Net(arguments)) => net::run(arguments, settings),
        Some(Command::Sockets(arguments)) => sockets::run(arguments, settings),
        Some(Command::Port(arguments)) => port::run(arguments, settings),
        Some(Command::Svc(arguments)) => svc::run(arguments, settings),
        Some(Command::Log(arguments)) => log::run(arguments, settings),
        Some(Command::Perf(arguments)) => perf::run(arguments, settings),
    }
}
