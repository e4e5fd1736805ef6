//! Everything that CI runs, in one order, with one summary.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use std::{env, fs};

use crate::report::{Counts, Outcome, Report};
use crate::{cross, fuzz, licences, packages, python_package, run, wine};

pub(crate) const HELP: &str = "
cargo xtask test [--only STEP]…

Runs everything that CI runs and ends with `N passed, M failed, K skipped`.
Installs missing Debian packages when it runs as root (OSLENS_NO_INSTALL=1
keeps it from that), psutil into target/venv, and the oldest supported
toolchain and the libraries of other systems by rustup, zig into target/cross.
What cannot be had is skipped with its reason. With CI=true, as root, a test that skips for want of a
tool is a failure in step test. Steps fallback and user make the same tests
again; one that needs what these take away is no skip if step test made it.

Steps: packages, python, format, clippy, doc, layouts, test, fallback, user,
targets, msrv, fuzz, licences, python-package, wine, wine-python, cross: that of
the same name, which is many.
";

const MSRV: &str = "1.85.0";
pub(crate) const PSUTIL: &str = "7.2.2";
/// Systems that the libraries are checked for; more is done for them by the
/// steps `wine` and `cross`.
const TARGETS: &[&str] = &[
    "x86_64-unknown-freebsd",
    "x86_64-unknown-netbsd",
    wine::TARGET,
    WINDOWS,
    "aarch64-pc-windows-msvc",
    "i686-pc-windows-gnu",
    "x86_64-apple-darwin",
];
/// Those of them that have code and documentation of their own.
const DOCUMENTED: &[&str] = &[
    wine::TARGET,
    "x86_64-unknown-freebsd",
    "x86_64-unknown-netbsd",
    "x86_64-apple-darwin",
];
/// Windows as most of its programs are built.
const WINDOWS: &str = "x86_64-pc-windows-msvc";
/// Nobody, on all Linux systems.
const NOBODY: &str = "65534";
/// Inputs for each fuzz target: seconds in all.
const FUZZ_RUNS: &str = "20000";

/// Paths at which the library leaves the newest kernel interfaces aside.
const FALLBACK_FLAGS: &str =
    "--cfg oslens_no_pidfd --cfg oslens_no_sock_diag --cfg oslens_no_smaps_rollup";

type Step = (&'static str, &'static str, fn() -> Outcome);

/// The step that is many.
const CROSS: &str = "cross";

const STEPS: &[Step] = &[
    ("packages", "Debian packages", packages::install),
    ("python", "psutil to compare with", python),
    ("format", "format of the code", format),
    ("clippy", "clippy", clippy),
    ("doc", "documentation", doc),
    (
        "layouts",
        "structures and constants of other kernels",
        cross::check,
    ),
    ("test", "tests", test),
    (
        "fallback",
        "tests without the newest kernel interfaces",
        fallback,
    ),
    ("user", "tests as an ordinary user", user),
    ("targets", "other systems", targets),
    ("msrv", "the oldest supported compiler", msrv),
    ("fuzz", "fuzz targets", fuzz_targets),
    ("licences", "licences", licences::check),
    (
        "python-package",
        "the Python package and its tests",
        python_package::check,
    ),
    ("wine", "Windows tests under Wine", wine::check),
    (
        "wine-python",
        "the Python package for Windows, under Wine",
        wine::check_python,
    ),
];

pub(crate) fn run(args: &[String]) -> Result<ExitCode, String> {
    let mut only = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg != "--only" {
            return Err(format!("there is no {arg}; see cargo xtask help test"));
        }
        let step = args.next().ok_or("--only needs a step")?;
        let mut names = STEPS.iter().map(|(name, ..)| *name).chain([CROSS]);
        if !names.clone().any(|name| name == step) {
            let names = crate::nearest(step, &mut names);
            let names = names.join(" or ");
            return Err(format!("there is no step {step}; did you mean {names}?"));
        }
        only.push(step.as_str());
    }
    let mut report = Report::default();
    for (name, about, step) in STEPS {
        if !only.is_empty() && !only.contains(name) {
            continue;
        }
        println!("\n=== {name}: {about}");
        let start = Instant::now();
        let outcome = step();
        if let Outcome::Skipped(reason) | Outcome::Failed(_, reason) = &outcome {
            println!("=== {name}: {reason}");
        }
        report.add(name, outcome, start.elapsed().as_secs());
    }
    if only.is_empty() || only.contains(&CROSS) {
        for (name, outcome, seconds) in cross::builds() {
            report.add(&format!("{CROSS} {name}"), outcome, seconds);
        }
    }
    println!("\n=== summary\n{}", report.summary());
    Ok(ExitCode::from(u8::from(report.failed())))
}

/// cargo at the root of the checkout, its tests told what they can rely on.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(run::cargo());
    command.args(args).current_dir(crate::root());
    prepare(&mut command);
    command
}

/// Tells tests where the Python with psutil is.
pub(crate) fn prepare(command: &mut Command) {
    let python = venv_python();
    if python.exists() {
        command.env("OSLENS_TEST_PYTHON", python);
    }
}

/// Runs the command in the open.
pub(crate) fn watch(command: &mut Command) -> Outcome {
    match run::watched(command) {
        Ok((status, counts)) if status.success() => Outcome::Passed(counts),
        Ok((status, counts)) => Outcome::Failed(counts, status.to_string()),
        Err(reason) => Outcome::Failed(Counts::default(), reason),
    }
}

/// `rustup` brings the component when the toolchain came without.
fn with_component(name: &str, check: &str) -> Result<(), Outcome> {
    if run::works("cargo", &[check, "--version"])
        || run::works("rustup", &["component", "add", name])
    {
        return Ok(());
    }
    let reason = format!("cargo has no {check}, and rustup could not add {name}");
    Err(if crate::wanted("CI") {
        Outcome::Failed(Counts::default(), reason)
    } else {
        Outcome::Skipped(reason)
    })
}

fn format() -> Outcome {
    if let Err(outcome) = with_component("rustfmt", "fmt") {
        return outcome;
    }
    let others = [
        "fuzz/Cargo.toml",
        "bench/Cargo.toml",
        "proofs/apple/Cargo.toml",
    ];
    for manifest in ["Cargo.toml"].into_iter().chain(others) {
        if !crate::root().join(manifest).exists() {
            continue;
        }
        let outcome = watch(&mut cargo(&[
            "fmt",
            "--all",
            "--check",
            "--manifest-path",
            manifest,
        ]));
        if matches!(outcome, Outcome::Failed(..)) {
            return outcome;
        }
    }
    Outcome::Passed(Counts::default())
}

fn clippy() -> Outcome {
    if let Err(outcome) = with_component("clippy", "clippy") {
        return outcome;
    }
    let all = ["--all-targets", "--all-features"];
    let deny = ["--", "-D", "warnings"];
    let outcome = watch(&mut cargo(
        &[&["clippy", "--workspace"], &all[..], &deny].concat(),
    ));
    if matches!(outcome, Outcome::Failed(..)) {
        return outcome;
    }
    // Without its feature: libFuzzer needs a C++ compiler.
    let fuzz = [
        "clippy",
        "--manifest-path",
        "fuzz/Cargo.toml",
        "--all-targets",
    ];
    watch(&mut cargo(&[&fuzz[..], &deny].concat()))
}

fn doc() -> Outcome {
    let mut command = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
    watch(command.env("RUSTDOCFLAGS", "-D warnings"))
}

/// The tests of the workspace and all programs, in one command: each set of
/// packages, features and targets brings its own variants of dependencies.
const BUILD: &[&str] = &[
    "build",
    "--workspace",
    "--all-features",
    "--lib",
    "--bins",
    "--tests",
];

fn test() -> Outcome {
    // First, so that tests find the test kit's program.
    if let outcome @ Outcome::Failed(..) = watch(&mut cargo(BUILD)) {
        return outcome;
    }
    let mut tests = cargo(&["test", "--workspace", "--all-features", "--no-fail-fast"]);
    // Root in CI has everything installed and may do everything.
    if crate::wanted("CI") && packages::is_root() {
        tests.env("OSLENS_NO_SKIP", "1");
    }
    watch(&mut tests)
}

fn fallback() -> Outcome {
    let mut command = cargo(&[
        "test",
        "--package",
        "oslens",
        "--all-features",
        "--no-fail-fast",
    ]);
    let specimen = target_dir().join("debug/oslens-specimen");
    if specimen.exists() {
        command.env("OSLENS_SPECIMEN", specimen);
    }
    // With a target the flags are not for build scripts and macros, which are
    // those of the other steps then.
    if let Some(host) = host() {
        command.args(["--target", &host]);
    }
    watch(
        command
            .env("RUSTFLAGS", FALLBACK_FLAGS)
            .env_remove("OSLENS_NO_SKIP"),
    )
}

/// The system that the compiler builds for by itself.
fn host() -> Option<String> {
    let output = Command::new("rustc").arg("-vV").output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))?;
    Some(host.to_owned())
}

/// The libraries, oldest compiler and all platforms included.
pub(crate) const LIBRARIES: &[&str] = &[
    "--package",
    "oslens",
    "--package",
    "oslens-win32",
    "--package",
    "oslens-service",
    "--package",
    "oslens-eventlog",
    "--package",
    "oslens-eventlog-build",
    "--package",
    "oslens-counters",
];

/// The libraries build for systems that it cannot read yet.
fn targets() -> Outcome {
    let add = [&["300", "rustup", "target", "add"], TARGETS].concat();
    if !run::works("timeout", &add) {
        return Outcome::Skipped(format!(
            "rustup could not add the targets {}",
            TARGETS.join(", ")
        ));
    }
    // Without features: none of them depends on the system.
    let check = if with_component("clippy", "clippy").is_ok() {
        "clippy"
    } else {
        "check"
    };
    let mut command = cargo(&[&[check], LIBRARIES].concat());
    for target in TARGETS {
        command.args(["--target", target]);
    }
    let outcome = watch(command.env("RUSTFLAGS", "-D warnings"));
    if matches!(outcome, Outcome::Failed(..)) {
        return outcome;
    }
    // These are for Windows too, and only there are two kinds of linkers.
    let programs = ["oslens-cli", "oslens-python"].map(|program| ["--package", program]);
    let programs = [&["--target", WINDOWS], programs.as_flattened()].concat();
    let outcome = watch(cargo(&[&[check], &programs[..]].concat()).env("RUSTFLAGS", "-D warnings"));
    if matches!(outcome, Outcome::Failed(..)) {
        return outcome;
    }
    let mut doc = cargo(&[&["doc", "--no-deps"], LIBRARIES].concat());
    for target in DOCUMENTED {
        doc.args(["--target", target]);
    }
    watch(doc.env("RUSTDOCFLAGS", "-D warnings"))
}

pub(crate) fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(
        || crate::root().join("target"),
        |dir| crate::root().join(dir),
    )
}

/// The library's tests once more, as nobody, from copies that nobody can reach.
fn user() -> Outcome {
    if !packages::is_root() {
        return Outcome::Skipped("this is an ordinary user already".to_owned());
    }
    if !run::works("setpriv", &["--version"]) {
        return Outcome::Skipped("there is no setpriv".to_owned());
    }
    let home = env::temp_dir().join(format!("oslens-user-{}", std::process::id()));
    let outcome =
        user_tests(&home).unwrap_or_else(|reason| Outcome::Failed(Counts::default(), reason));
    let _ = fs::remove_dir_all(&home);
    outcome
}

fn user_tests(home: &Path) -> Result<Outcome, String> {
    let root = crate::root();
    // What the step `test` has built.
    let built = built(cargo(BUILD).arg(MESSAGES))?;
    let library = root.join("crates/oslens/");
    let tests = built
        .iter()
        .filter(|made| made.is_test && made.manifest.starts_with(&library));
    let specimens = built
        .iter()
        .filter(|made| !made.is_test && made.program.ends_with(SPECIMEN));
    let deps = home.join("deps");
    fs::create_dir_all(&deps).map_err(|error| format!("{}: {error}", deps.display()))?;
    let copy = |from: &Path, to: &Path| -> Result<PathBuf, String> {
        let to = to.join(from.file_name().unwrap_or_default());
        fs::copy(from, &to)
            .map(|_| to)
            .map_err(|error| format!("{}: {error}", from.display()))
    };
    for specimen in specimens {
        copy(&specimen.program, home)?;
    }
    let fixtures = root.join("crates/oslens-testkit/fixtures");
    if fixtures.exists() && !run::works("cp", &["-a", &path(&fixtures), &path(home)]) {
        return Err(format!("{} could not be copied", fixtures.display()));
    }
    let venv = target_dir().join("venv");
    if venv.exists() && !run::works("cp", &["-a", &path(&venv), &path(home)]) {
        return Err(format!("{} could not be copied", venv.display()));
    }
    run::works("chmod", &["-R", "go+rX", &path(home)]);
    let python = python_of_nobody(home);
    let mut total = Counts::default();
    let mut failed = Vec::new();
    for test in tests {
        let test = &test.program;
        let program = copy(test, &deps)?;
        println!("=== user: {}", program.display());
        let mut command = as_nobody(&program);
        command
            .current_dir(home)
            .env("HOME", "/nonexistent")
            .env("OSLENS_FIXTURES", home.join("fixtures"))
            // Much cannot be made by an ordinary user, on any machine.
            .env_remove("OSLENS_NO_SKIP");
        if let Some(python) = &python {
            command.env("OSLENS_TEST_PYTHON", python);
        }
        let (status, counts) = run::watched(&mut command)?;
        total.add(&counts);
        if !status.success() {
            failed.push(
                test.file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
            );
        }
    }
    Ok(if failed.is_empty() {
        Outcome::Passed(total)
    } else {
        Outcome::Failed(total, failed.join(", "))
    })
}

fn as_nobody(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"])
        .arg(program);
    command
}

/// A Python with psutil that nobody can run, below `home`. That of the copied
/// environment cannot when it leads to a Python in root's home; then the
/// system's gets the same psutil.
fn python_of_nobody(home: &Path) -> Option<PathBuf> {
    let copied = home.join("venv/bin/python");
    let site = fs::read_dir(home.join("venv/lib"))
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("site-packages"))
        .find(|site| site.join("psutil").exists())?;
    let system = home.join("python");
    let script = format!(
        "#!/bin/sh\nPYTHONPATH='{}' exec /usr/bin/python3 \"$@\"\n",
        site.display()
    );
    fs::write(&system, script).ok()?;
    run::works("chmod", &["755", &path(&system)]);
    let works = |python: &PathBuf| {
        // As the tests do: setpriv itself still has root's capabilities when it
        // starts a program.
        let mut command = as_nobody(Path::new("/bin/sh"));
        command
            .args(["-c", "exec \"$0\" -c 'import psutil'"])
            .arg(python)
            .current_dir(home)
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    [copied, system].into_iter().find(works)
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The test kit's program.
const SPECIMEN: &str = "oslens-specimen";
pub(crate) const MESSAGES: &str = "--message-format=json-render-diagnostics";

/// A program that cargo built.
pub(crate) struct Built {
    pub(crate) program: PathBuf,
    pub(crate) manifest: PathBuf,
    pub(crate) is_test: bool,
}

/// The programs that a cargo command built, or found built.
pub(crate) fn built(command: &mut Command) -> Result<Vec<Built>, String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("the build failed: {}", output.status));
    }
    let program = |message: serde_json::Value| {
        Some(Built {
            program: message["executable"].as_str()?.into(),
            manifest: message["manifest_path"].as_str()?.into(),
            is_test: message["profile"]["test"].as_bool()?,
        })
    };
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter_map(program)
        .collect())
}

fn msrv() -> Outcome {
    let have = || run::works("rustup", &["run", MSRV, "cargo", "--version"]);
    if !have() {
        let install = ["toolchain", "install", MSRV, "--profile", "minimal"];
        run::works("timeout", &[&["300", "rustup"], &install[..]].concat());
    }
    if !have() {
        return Outcome::Skipped(format!("rustup could not install the toolchain {MSRV}"));
    }
    let outcome = watch(&mut msrv_check(LIBRARIES));
    if matches!(outcome, Outcome::Failed(..)) {
        return outcome;
    }
    // Debian's compiler, which is as old, builds its tests for other systems.
    let outcome = watch(msrv_check(&["--package", "oslens"]).args(["--lib", "--tests"]));
    let add = ["300", "rustup", "target", "add", "--toolchain", MSRV];
    let add = [&add, DOCUMENTED].concat();
    if matches!(outcome, Outcome::Failed(..)) || !run::works("timeout", &add) {
        return outcome;
    }
    let outcome = watch(msrv_check(LIBRARIES).args(["--target", wine::TARGET]));
    if matches!(outcome, Outcome::Failed(..)) {
        return outcome;
    }
    // The others are the same for all that are not Windows.
    let mut check = msrv_check(&["--package", "oslens"]);
    for target in DOCUMENTED.iter().filter(|target| **target != wine::TARGET) {
        check.args(["--target", target]);
    }
    watch(&mut check)
}

fn msrv_check(packages: &[&str]) -> Command {
    let mut command = Command::new("rustup");
    command
        .args(["run", MSRV, "cargo", "check"])
        .args(packages)
        .arg("--all-features")
        .arg("--target-dir")
        .arg(target_dir().join("msrv"))
        .current_dir(crate::root())
        // This task's own cargo and compiler are newer ones.
        .env_remove("CARGO")
        .env_remove("RUSTC")
        .env_remove("RUSTUP_TOOLCHAIN");
    command
}

fn fuzz_targets() -> Outcome {
    // Released, because the smoke runner is.
    let mut tests = cargo(&["test", "--release", "--manifest-path", "fuzz/Cargo.toml"]);
    let mut outcome = watch(&mut tests);
    if let Outcome::Passed(counts) = outcome {
        outcome = match watch(&mut fuzz::smoke_command(FUZZ_RUNS)) {
            Outcome::Passed(_) => Outcome::Passed(counts),
            other => other,
        };
    }
    outcome
}

fn venv_python() -> PathBuf {
    target_dir().join("venv/bin/python")
}

/// psutil of one version, in an environment of its own.
fn python() -> Outcome {
    let python = path(&venv_python());
    let check = format!("import psutil; assert psutil.__version__ == '{PSUTIL}'");
    let have = || run::works(&python, &["-c", &check]);
    if have() {
        return Outcome::Passed(Counts::default());
    }
    let venv = target_dir().join("venv");
    let _ = fs::remove_dir_all(&venv);
    let wanted = format!("psutil=={PSUTIL}");
    let made = run::works("python3", &["-m", "venv", &path(&venv)])
        && run::works(
            &python,
            &[
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                &wanted,
            ],
        );
    if made && have() {
        Outcome::Passed(Counts::default())
    } else {
        // An environment without psutil would be worse than the system's Python.
        let _ = fs::remove_dir_all(&venv);
        Outcome::Skipped(format!(
            "python3 could not make {} with {wanted}",
            venv.display()
        ))
    }
}
