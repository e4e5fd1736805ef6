//! The command line: first what was typed ([`low`]), then what it means
//! ([`high`]), and what to say when it means nothing ([`usage`]).

pub(crate) mod high;
pub(crate) mod log;
pub(crate) mod low;
pub(crate) mod perf;
pub(crate) mod query;
pub(crate) mod services;
mod usage;
mod values;

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::exit::Failure;
use low::LowArgs;

/// What a command line leads to.
#[derive(Debug)]
pub(crate) enum Parsed {
    Run(Box<LowArgs>),
    /// `--help` or `--version`: the text for standard output.
    Print(String),
}

/// Reads a command line, the program's name first.
///
/// # Errors
///
/// [`Failure::Usage`] with one line that names what is wrong.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Parsed, Failure> {
    match LowArgs::try_parse_from(arguments) {
        Ok(low) => Ok(Parsed::Run(Box::new(low))),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Ok(Parsed::Print(error.render().to_string()))
            }
            _ => Err(Failure::Usage(usage::one_line(&error))),
        },
    }
}
