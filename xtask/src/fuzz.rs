//! Runs the fuzz targets, with cargo-fuzz where it is installed.

use std::process::{Command, ExitCode};

use crate::run;

pub(crate) const HELP: &str = "
cargo xtask fuzz [--runs N] [--smoke] [TARGET…]

Runs the named fuzz targets (all without names), each on N inputs (100,000).
With cargo-fuzz installed, coverage guides them; otherwise, or with --smoke,
the smoke runner of fuzz/ changes the seeds blindly. Findings are written to
fuzz/artifacts/<target>/. fuzz/src/lib.rs says how to add a target.
";

pub(crate) fn run(args: &[String]) -> Result<ExitCode, String> {
    let mut runs = "100000".to_owned();
    let mut smoke = false;
    let mut targets = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--smoke" => smoke = true,
            "--runs" => {
                let value = args.next().ok_or("--runs needs a number")?;
                value
                    .parse::<u64>()
                    .map_err(|_| format!("{value} is no number"))?;
                value.clone_into(&mut runs);
            }
            flag if flag.starts_with('-') => {
                return Err(format!(
                    "there is no flag {flag}; see cargo xtask help fuzz"
                ));
            }
            name => targets.push(name),
        }
    }
    if smoke || !run::works("cargo", &["fuzz", "--version"]) {
        let status = smoke_command(&runs)
            .args(targets)
            .status()
            .map_err(|error| format!("cargo: {error}"))?;
        return Ok(run::exit_code(status));
    }
    guided(&runs, &targets)
}

/// The smoke runner on so many inputs for each target.
pub(crate) fn smoke_command(runs: &str) -> Command {
    let mut command = Command::new(run::cargo());
    command
        .args(["run", "--quiet", "--release", "--manifest-path"])
        .arg(crate::root().join("fuzz/Cargo.toml"))
        .args(["--bin", "smoke", "--", "--runs", runs]);
    command
}

fn guided(runs: &str, targets: &[&str]) -> Result<ExitCode, String> {
    let list = smoke_command("0")
        .arg("--list")
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let list = String::from_utf8_lossy(&list.stdout);
    let all: Vec<&str> = list.lines().collect();
    if let Some(unknown) = targets.iter().find(|name| !all.contains(name)) {
        let names = crate::nearest(unknown, all.iter().copied());
        return Err(format!(
            "there is no target {unknown}; did you mean {}?",
            names.join(" or ")
        ));
    }
    let wanted = if targets.is_empty() { &all } else { targets };
    for name in wanted {
        let artifacts = crate::root().join("fuzz/artifacts").join(name);
        std::fs::create_dir_all(&artifacts)
            .map_err(|error| format!("{}: {error}", artifacts.display()))?;
        // Coverage works with the stable compiler, sanitizers do not; and the
        // parsers have no unsafe code that would need one.
        let status = Command::new(run::cargo())
            .current_dir(crate::root())
            .args([
                "fuzz",
                "run",
                "--sanitizer",
                "none",
                "--features",
                "libfuzzer",
            ])
            .arg("target")
            .arg(format!("fuzz/corpus/{name}"))
            .arg("--")
            .arg(format!("-runs={runs}"))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .env("OSLENS_FUZZ_TARGET", name)
            .status()
            .map_err(|error| format!("cargo fuzz: {error}"))?;
        if !status.success() {
            return Ok(run::exit_code(status));
        }
    }
    Ok(ExitCode::SUCCESS)
}
