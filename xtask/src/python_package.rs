//! The tests of the Python package, in an environment that has it installed
//! as its users install it.

use std::path::Path;
use std::process::Command;

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
        return Outcome::Skipped("python3 could not make an environment".to_owned());
    }
    let psutil = format!("psutil=={}", test::PSUTIL);
    if !pip(&[&[psutil.as_str()], NEEDED].concat()) {
        let wanted = NEEDED.join(", ");
        return Outcome::Skipped(format!("pip could not install {wanted} and {psutil}"));
    }
    for program in PROGRAMS {
        if !pip(&[program]) {
            println!("pip could not install {program}");
        }
    }
    let package = crate::root().join("crates/oslens-python");
    if !run::works(&python, &["-c", "import maturin"]) && !pip(&["maturin>=1.9,<2"]) {
        return Outcome::Skipped("pip could not install maturin".to_owned());
    }
    // In the open: from here on, what fails is ours.
    let mut install = Command::new(&python);
    install
        .args(["-m", "pip", "install", "--quiet", "--force-reinstall"])
        .args(["--disable-pip-version-check", "--no-deps"])
        .arg(&package);
    match test::watch(&mut install) {
        Outcome::Passed(_) => {}
        Outcome::Failed(_, status) => {
            let reason = format!("pip install crates/oslens-python: {status}");
            return Outcome::Failed(Counts::default(), reason);
        }
        skipped @ Outcome::Skipped(_) => return skipped,
    }
    test::watch(&mut tests(&python, &package))
}

fn tests(python: &str, package: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .args(["-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"])
        .arg(package.join("tests"))
        // The installed package, not its source.
        .current_dir(test::target_dir())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}
