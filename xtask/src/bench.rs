//! The benchmarks live in a workspace of their own, whose dependencies (other
//! libraries to compare with) are not the product's.

use std::process::{Command, ExitCode};

pub(crate) const HELP: &str = "
cargo xtask bench [ARGUMENTS]

Builds and runs bench/ in release mode; the arguments are its own.
`cargo xtask bench -- --help` shows them.

cargo xtask bench python [ARGUMENTS]

Builds the Python package and compares it with psutil.
`cargo xtask bench python -- --help` shows its arguments.
";

pub(crate) fn run(args: &[String]) -> Result<ExitCode, String> {
    if let Some((first, rest)) = args.split_first() {
        if first == "python" {
            let rest = rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest);
            return crate::python_package::bench(rest);
        }
    }
    let manifest = crate::root().join("bench/Cargo.toml");
    if !manifest.exists() {
        return Err(format!("{} does not exist", manifest.display()));
    }
    let args = args.strip_prefix(&["--".to_owned()]).unwrap_or(args);
    let status = Command::new(crate::run::cargo())
        .args(["run", "--quiet", "--release", "--manifest-path"])
        .arg(manifest)
        .arg("--")
        .args(args)
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    Ok(crate::run::exit_code(status))
}
