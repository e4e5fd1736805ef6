//! placeholder
use std::process::ExitCode;
pub(crate) const HELP: &str = "";
pub(crate) fn run(_args: &[String]) -> Result<ExitCode, String> {
    Err("not yet".into())
}
