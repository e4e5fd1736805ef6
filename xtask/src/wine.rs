//! The Windows tests: linked by mingw-w64, run by Wine.
//!
//! Wine 10 is not everywhere, so that it comes in a Debian system of its own
//! below the target directory. Each run sees that system and a fresh Wine
//! prefix through a layer in memory, in mount and PID namespaces: whatever a
//! run leaves behind, mounts and processes too, ends with it, and two runs do
//! not meet.

mod python;
mod system;
pub(crate) mod toolchain;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use crate::report::{Counts, Outcome};
use crate::{packages, run, test};
use system::System;
use toolchain::Toolchain;

pub(crate) const HELP: &str = "
cargo xtask wine [CARGO ARGUMENTS] [-- TEST ARGUMENTS]
cargo xtask wine --doc
cargo xtask wine --python [PYTEST ARGUMENTS]
cargo xtask wine --setup
cargo xtask wine --run PROGRAM [ARGUMENTS]

Builds the tests for Windows and runs them under Wine. The arguments choose
tests as those of `cargo test` do: `-p oslens --test windows -- boot`; without
any, all that exist for Windows are run, and the examples. --doc runs the examples of the
documentation of the libraries. --python builds the Python package for Windows
and runs its tests there with Python 3.13 of python.org, which pip brings, beside
psutil. --run runs any Windows program, `notepad.exe` or one
in target/x86_64-pc-windows-gnu/debug, and gives it this terminal.

The first run sets up what is missing, as --setup alone does: the target by
rustup, the linker by apt, and, where the system's own Wine is older than 10, a
Debian 13 with Wine by debootstrap (about 1.5 GB, a minute) in target/wine.
OSLENS_WINE_ROOT=DIR keeps it elsewhere, for several checkouts.
It comes from where apt has its Debian packages, or from
OSLENS_DEBIAN_MIRROR=URL. OSLENS_NO_INSTALL=1: nothing is set up.

Where rustup cannot add the target, or is missing, Debian 13's own compiler
builds the tests, and the standard library with them, in one more Debian 13
(about 1.8 GB) beside that with Wine. It is as old as the oldest supported
one: only the tests of the libraries are built, and no examples of the
documentation. OSLENS_NO_RUSTUP=1: as if there were no rustup.
";

pub(crate) const TARGET: &str = "x86_64-pc-windows-gnu";
/// No test program takes longer.
const SECONDS: &str = "300";

/// Package and what needs it.
const PACKAGES: &[(&str, &str)] = &[("util-linux", "unshare makes namespaces for Wine")];

/// What runs the tests, and what builds them.
struct Tools {
    system: System,
    toolchain: Toolchain,
}

/// Why there is no Wine.
pub(crate) enum Lack {
    /// Not to be had on this machine.
    Here(String),
    /// It should have worked.
    Broken(String),
}

impl From<Lack> for Outcome {
    fn from(lack: Lack) -> Self {
        match lack {
            // Root in CI can have everything.
            Lack::Broken(reason) if crate::wanted("CI") && packages::is_root() => {
                Self::Failed(Counts::default(), reason)
            }
            Lack::Here(reason) | Lack::Broken(reason) => Self::Skipped(reason),
        }
    }
}

pub(crate) fn run(args: &[String]) -> Result<ExitCode, String> {
    let outcome = match args.first().map(String::as_str) {
        Some("--setup") if args.len() == 1 => set_up().map(|_| Outcome::Passed(Counts::default())),
        Some("--run") => {
            // Something else has built it.
            packages::require(PACKAGES)?;
            let system = system::find().map_err(reason)?;
            let (program, args) = args[1..].split_first().ok_or("--run needs a program")?;
            let status = start(&system, program, args)?
                .status()
                .map_err(|error| format!("unshare: {error}"))?;
            return Ok(run::exit_code(status));
        }
        Some("--doc") => set_up().map(|tools| examples(&tools)),
        Some("--python") => set_up().map(|tools| python::check(&tools, &args[1..])),
        None => set_up().map(|tools| all(&tools)),
        _ => set_up().map(|tools| tests(&tools, args)),
    };
    let outcome = outcome.map_err(reason)?;
    if let Outcome::Skipped(reason) | Outcome::Failed(_, reason) = &outcome {
        println!("=== wine: {reason}");
    }
    let failed = !matches!(outcome, Outcome::Passed(_));
    Ok(ExitCode::from(u8::from(failed)))
}

pub(crate) fn reason(lack: Lack) -> String {
    match lack {
        Lack::Here(reason) | Lack::Broken(reason) => reason,
    }
}

/// All tests that exist for Windows, and the examples.
pub(crate) fn check() -> Outcome {
    match set_up() {
        Ok(tools) => all(&tools),
        Err(lack) => lack.into(),
    }
}

/// The Python package for Windows.
pub(crate) fn check_python() -> Outcome {
    match set_up() {
        Ok(tools) => python::check(&tools, &[]),
        Err(lack) => lack.into(),
    }
}

fn all(tools: &Tools) -> Outcome {
    let tested = tests(tools, &[]);
    if let Some(left_out) = tools.toolchain.left_out() {
        println!("=== wine: {left_out}");
        return tested;
    }
    match (tested, examples(tools)) {
        (Outcome::Passed(mut counts), Outcome::Passed(more)) => {
            counts.add(&more);
            Outcome::Passed(counts)
        }
        (Outcome::Failed(mut counts, reason), Outcome::Passed(more)) => {
            counts.add(&more);
            Outcome::Failed(counts, reason)
        }
        (
            Outcome::Passed(counts) | Outcome::Failed(counts, _),
            Outcome::Failed(mut more, reason),
        ) => {
            more.add(&counts);
            Outcome::Failed(more, reason)
        }
        (skipped @ Outcome::Skipped(_), _) | (_, skipped @ Outcome::Skipped(_)) => skipped,
    }
}

/// A Wine, and what builds for Windows.
fn set_up() -> Result<Tools, Lack> {
    packages::require(PACKAGES).map_err(Lack::Here)?;
    Ok(Tools {
        system: system::find()?,
        toolchain: toolchain::find()?,
    })
}

/// Builds the tests and runs them, one after the other, in one Wine.
fn tests(tools: &Tools, args: &[String]) -> Outcome {
    let (cargo_args, test_args) = match args.iter().position(|arg| arg == "--") {
        Some(at) => (&args[..at], &args[at + 1..]),
        None => (args, &[][..]),
    };
    let toolchain = &tools.toolchain;
    let mut wanted = vec!["test", "--no-run"];
    if cargo_args.is_empty() {
        wanted.extend(toolchain.tested());
        wanted.extend(["--lib", "--bins", "--tests"]);
    } else {
        wanted.extend(cargo_args.iter().map(String::as_str));
    }
    wanted.push(test::MESSAGES);
    // The specimens are a program of their own.
    let specimen = ["build", "-p", "oslens-testkit", "--bins", "--all-features"];
    // Tests run the examples, too. `cargo test --examples` would build them as
    // tests, under other names.
    let mut examples = vec!["build", "--examples"];
    match packages_of(cargo_args) {
        chosen if chosen.is_empty() => examples.extend(toolchain.tested()),
        chosen => examples.extend(chosen),
    }
    for step in [&specimen[..], &examples[..]] {
        let outcome = match toolchain.cargo(step) {
            Ok(mut command) => test::watch(&mut command),
            Err(reason) => Outcome::Failed(Counts::default(), reason),
        };
        if let Outcome::Failed(..) = outcome {
            return outcome;
        }
    }
    let mut build = match toolchain.cargo(&wanted) {
        Ok(build) => build,
        Err(reason) => return Outcome::Failed(Counts::default(), reason),
    };
    let built = match test::built(&mut build) {
        Ok(built) => built,
        Err(reason) => return Outcome::Failed(Counts::default(), reason),
    };
    let mut script = "status=0\n\
        BOOT_AGAIN=$WINEPREFIX/drive_c/oslens-boot-again\n\
        export OSLENS_BOOT_AGAIN='C:\\oslens-boot-again'\n"
        .to_owned();
    for test in built.iter().filter(|made| made.is_test) {
        let package = test.manifest.parent().unwrap_or(Path::new("/"));
        let mut command = format!("timeout {SECONDS} wine {}", quoted(&text(&test.program)));
        for arg in test_args {
            command.push_str(&format!(" {}", quoted(arg)));
        }
        let name = text(Path::new(test.program.file_name().unwrap_or_default()));
        script.push_str(&format!(
            "cd {}\necho {}\n{command} || {{ echo \"=== wine: {name} ended with $?\"; status=1; }}\n",
            quoted(&text(package)),
            quoted(&format!("\n=== wine: {name}")),
        ));
        // A test that asks for it is run again after the next boot, which is
        // when services start that start by themselves.
        let program = quoted(&text(&test.program));
        script.push_str(&format!(
            "if [ -s \"$BOOT_AGAIN\" ]; then\n\
             again=$(cat \"$BOOT_AGAIN\"); rm \"$BOOT_AGAIN\"; wineserver -k -w\n\
             echo \"=== wine: {name} after a boot\"\n\
             OSLENS_BOOTED=1 timeout {SECONDS} wine {program} --exact \"$again\" || status=1\n\
             fi\n"
        ));
    }
    script.push_str("exit $status\n");
    match tools.system.inside(&script, &[]) {
        Ok(mut command) => test::watch(&mut command),
        Err(reason) => Outcome::Failed(Counts::default(), reason),
    }
}

/// What chooses packages among the arguments of cargo.
fn packages_of(args: &[String]) -> Vec<&str> {
    let mut chosen = Vec::new();
    let mut args = args.iter().map(String::as_str);
    while let Some(arg) = args.next() {
        if arg == "-p" || arg == "--package" {
            chosen.push(arg);
            chosen.extend(args.next());
        } else if arg == "--workspace" || arg.starts_with("--package=") {
            chosen.push(arg);
        }
    }
    chosen
}

/// Runs the examples: cargo builds them, and this task runs each.
fn examples(tools: &Tools) -> Outcome {
    if let Some(left_out) = tools.toolchain.left_out() {
        return Outcome::Skipped(left_out.to_owned());
    }
    let own = match env::current_exe() {
        // What the system adds when the steps before have built this task anew.
        Ok(path) => text(&path).trim_end_matches(" (deleted)").to_owned(),
        Err(error) => return Outcome::Failed(Counts::default(), error.to_string()),
    };
    let runner = format!("target.{TARGET}.runner=[{own:?}, 'wine', '--run']");
    let mut command =
        test::cargo(&[&["test", "--doc", "--target", TARGET], test::LIBRARIES].concat());
    test::watch(command.args(["--config", &runner]))
}

/// One program, with this terminal or pipe.
fn start(system: &System, program: &str, args: &[String]) -> Result<Command, String> {
    let mut folders = Vec::new();
    let mut program = PathBuf::from(program);
    // A plain name is one of Wine's own.
    if program.exists() {
        program = fs::canonicalize(&program).map_err(|error| format!("{program:?}: {error}"))?;
        folders.extend(program.parent().map(Path::to_owned));
    }
    let here = env::current_dir().map_err(|error| error.to_string())?;
    let mut script = format!(
        "cd {}\nexec wine {}",
        quoted(&text(&here)),
        quoted(&text(&program))
    );
    for arg in args {
        script.push_str(&format!(" {}", quoted(arg)));
    }
    folders.push(here);
    system.inside(&script, &folders)
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// One word of a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{packages_of, quoted};

    #[test]
    fn the_packages_that_are_tested_are_those_whose_examples_are_built() {
        let args = "-p oslens --test windows --package=a --package b --features x";
        let args: Vec<String> = args.split(' ').map(str::to_owned).collect();
        let wanted = ["-p", "oslens", "--package=a", "--package", "b"];
        assert_eq!(packages_of(&args), wanted);
        assert!(packages_of(&[]).is_empty());
    }

    #[test]
    fn a_word_stays_one_word_in_a_shell() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }
}
