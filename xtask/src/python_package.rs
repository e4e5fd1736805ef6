//! The tests of the Python package, in an environment that has it installed
//! as its users install it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::report::{Counts, Outcome};
use crate::{run, test};

/// What the tests cannot do without.
const NEEDED: &[&str] = &["pytest", "mypy", "numpy"];
/// A type checker, and programs that use psutil. The tests of those that are
/// missing skip.
const PROGRAMS: &[&str] = &[
    "pyright[nodejs]",
    "distributed",
    "glances",
    "memory-profiler",
    "psrecord",
    "pyperf",
    "pytest-xdist",
    "s-tui",
];

/// Builds and installs the package, and runs its tests.
pub(crate) fn check() -> Outcome {
    match installed() {
        Ok(python) => test::watch(&mut tests(&python, &package())),
        Err(outcome) => outcome,
    }
}

/// Builds and installs the package, and compares it with psutil.
pub(crate) fn bench(args: &[String]) -> Result<ExitCode, String> {
    let python = match installed() {
        Ok(python) => python,
        Err(Outcome::Skipped(reason) | Outcome::Failed(_, reason)) => return Err(reason),
        Err(Outcome::Passed(_)) => return Err("the package was not installed".to_owned()),
    };
    let status = Command::new(&python)
        .arg(package().join("bench/compare.py"))
        .args(args)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .status()
        .map_err(|error| format!("{python}: {error}"))?;
    Ok(run::exit_code(status))
}

fn package() -> PathBuf {
    crate::root().join("crates/oslens-python")
}

/// The Python of an environment that has the package, psutil, and what the
/// tests need.
fn installed() -> Result<String, Outcome> {
    let venv = test::target_dir().join("python-package");
    let python = venv.join("bin/python").to_string_lossy().into_owned();
    let pip = |what: &[&str]| {
        let install = ["-m", "pip", "install", "--quiet"];
        let quiet = ["--disable-pip-version-check"];
        run::works(&python, &[&install[..], &quiet, what].concat())
    };
    // What is there already is asked for nowhere.
    if !run::works(&python, &["--version"])
        && !run::works("python3", &["-m", "venv", &venv.to_string_lossy()])
    {
        let reason = "python3 could not make an environment".to_owned();
        return Err(Outcome::Skipped(reason));
    }
    let psutil = format!("psutil=={}", test::PSUTIL);
    if !pip(&[&[psutil.as_str()], NEEDED].concat()) {
        let wanted = NEEDED.join(", ");
        let reason = format!("pip could not install {wanted} and {psutil}");
        return Err(Outcome::Skipped(reason));
    }
    for program in PROGRAMS {
        if !pip(&[program]) {
            println!("pip could not install {program}");
        }
    }
    if !run::works(&python, &["-c", "import maturin"]) && !pip(&["maturin>=1.9,<2"]) {
        let reason = "pip could not install maturin".to_owned();
        return Err(Outcome::Skipped(reason));
    }
    // In the open: from here on, what fails is ours.
    let mut install = Command::new(&python);
    install
        .args(["-m", "pip", "install", "--quiet", "--force-reinstall"])
        .args(["--disable-pip-version-check", "--no-deps"])
        .arg(package());
    match test::watch(&mut install) {
        Outcome::Passed(_) => Ok(python),
        Outcome::Failed(_, status) => {
            let reason = format!("pip install crates/oslens-python: {status}");
            Err(Outcome::Failed(Counts::default(), reason))
        }
        skipped @ Outcome::Skipped(_) => Err(skipped),
    }
}

fn tests(python: &str, package: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .args(["-m", "pytest", "-q", "-rfEs", "-p", "no:cacheprovider"])
        .arg(package.join("tests"))
        // The installed package, not its source.
        .current_dir(test::target_dir())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}
