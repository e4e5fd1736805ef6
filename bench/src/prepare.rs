//! What must be there before the measuring starts, because the namespaces have
//! no way out to fetch it: psutil in a virtual environment, the tools, the
//! product's own command.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::jobs::Job;

const PSUTIL: &str = "psutil==7.2.2";

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(command: &mut Command) -> Result<(), String> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("{shown}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let last = stderr.lines().last().unwrap_or("no message");
    Err(format!("{shown}: {}: {last}", output.status))
}

/// The command that serves psutil's jobs, with the environment made if it is
/// missing.
pub fn psutil() -> Result<Vec<String>, String> {
    let venv = here().join("target/venv");
    let python = venv.join("bin/python");
    let works = |python: &Path| {
        let check = format!("import psutil; assert 'psutil==' + psutil.__version__ == '{PSUTIL}'");
        run(Command::new(python).args(["-c", &check]))
    };
    if works(&python).is_err() {
        eprintln!("making {} with {PSUTIL} ...", venv.display());
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", PSUTIL]))?;
        works(&python)?;
    }
    let script = here().join("peers/psutil_jobs.py");
    Ok(vec![
        python.display().to_string(),
        script.display().to_string(),
    ])
}

fn in_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

fn package(program: &str) -> &str {
    match program {
        "ps" => "procps",
        "ss" => "iproute2",
        other => other,
    }
}

/// The programs out of those that `jobs` use (and strace) that are not there,
/// after an attempt to install them where that is allowed and possible.
pub fn missing_tools(jobs: &[&Job], install: bool) -> Vec<String> {
    let mut wanted: Vec<&str> = jobs
        .iter()
        .flat_map(|job| job.commands)
        .map(|tool| tool.name)
        .chain(["strace"])
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted.retain(|program| !in_path(program));
    // SAFETY: geteuid takes nothing and cannot fail.
    let root = unsafe { libc::geteuid() } == 0;
    if !wanted.is_empty() && install && root && in_path("apt-get") {
        eprintln!("installing {} ...", wanted.join(", "));
        let install = run(Command::new("apt-get")
            .args(["install", "--yes", "--no-install-recommends"])
            .args(wanted.iter().map(|program| package(program)))
            .env("DEBIAN_FRONTEND", "noninteractive"));
        if let Err(error) = install {
            eprintln!("{error}");
        }
        wanted.retain(|program| !in_path(program));
    }
    wanted.into_iter().map(str::to_owned).collect()
}

/// Builds the product's command and says where it is.
pub fn oslens() -> Result<PathBuf, String> {
    let root = here().parent().ok_or("no workspace around the benchmark")?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    eprintln!("building the oslens command ...");
    run(Command::new(cargo)
        .args(["build", "--release", "--package", "oslens-cli"])
        .current_dir(root))?;
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), |dir| root.join(dir));
    Ok(target.join("release/oslens"))
}
