//! The oslens command.

#![expect(dead_code, reason = "the commands that use the frame are yet to come")]

mod args;
mod cell;
mod clock;
mod column;
mod exit;
mod json;
mod notes;
mod output;
mod table;
mod term;
mod text;
mod units;

use std::io::Write as _;
use std::process::ExitCode;

use args::Parsed;
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
        Parsed::Run(_) => Err(Failure::Usage(
            "a command is missing (see --help)".to_owned(),
        )),
        Parsed::Print(text) => {
            let mut out = Output::stdout();
            out.write_all(text.as_bytes())?;
            out.finish()?;
            Ok(Exit::Done)
        }
    }
}
