//! The oslens command.

mod accounts;
mod args;
mod cell;
mod clock;
mod column;
mod commands;
mod convert;
mod deadline;
mod exit;
mod file_systems;
mod json;
mod listing;
mod notes;
mod output;
mod platform;
mod processes;
mod sockets;
mod stream;
mod table;
mod term;
mod text;
mod unit;
mod units;

use std::io::Write as _;
use std::process::ExitCode;

use args::Parsed;
use args::high::Settings;
use exit::{Exit, Failure};
use output::Output;

fn main() -> ExitCode {
    match run() {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let (exit, line) = failure.report();
            if let Some(line) = line {
                output::complain(&format!("oslens: {line}"));
            }
            exit.into()
        }
    }
}

fn run() -> Result<Exit, Failure> {
    match args::parse(std::env::args_os())? {
        Parsed::Run(low) => {
            let settings = Settings::new(low.global)?;
            commands::run(low.command.as_ref(), &settings)
        }
        Parsed::Print(text) => {
            let mut out = Output::stdout();
            out.write_all(text.as_bytes())?;
            out.finish()?;
            Ok(Exit::Done)
        }
    }
}
