//! Builds for systems that this machine is not, compares with their headers,
//! and runs what can be run here.
//!
//! zig links: one package from PyPI has a linker, the C libraries and the
//! headers of all these systems.

mod apple;
mod emulated;
mod foreign;
mod toolchain;
mod zig;

use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::report::{Counts, Outcome, Report};
use crate::test;

pub(crate) const HELP: &str = "
cargo xtask cross [--only STEP]…

Proves what can be proved of systems that this machine is not:

  layouts         structures and constants are those of the headers of FreeBSD,
                  NetBSD, OpenBSD and macOS, on x86_64 and aarch64, and those
                  of the BSDs on riscv64 and powerpc64 or sparc64
  fixtures        the committed bytes are what C makes of their sources there;
                  --write-fixtures makes them anew
  apple           what is declared of CoreFoundation, IOKit and Mach is what
                  crates made of Apple's headers declare
  freebsd, netbsd, macos-x86_64, macos-aarch64, openbsd
                  the library, its tests and the command are built and linked
  illumos         the library is checked; nothing can link for it
  musl            the library's tests are built for static programs, and run
  i686, aarch64, s390x
                  the library's tests are built and run by qemu-user; those
                  that look at processes of this machine are left out, because
                  they would see those of the emulator

The targets come from rustup, zig (ziglang, about 400 MB in target/cross) from
PyPI, qemu-user and the C libraries by apt. OSLENS_ZIG=PATH is a zig of the same
version that is there already. OpenBSD's standard library is built from its
source, which rustup has. What cannot be had is skipped with its reason; with
CI=true, as root, that is a failure.
OSLENS_NO_INSTALL=1: nothing is set up.

Where rustup cannot add a target, or is missing, Debian 13's own compiler builds
the standard library with the rest, in a Debian that debootstrap makes, as for
cargo xtask wine (about 1.8 GB). It is as old as the oldest supported one: the
command is left out, and the static programs. OSLENS_NO_RUSTUP=1: as if there
were no rustup.
";

/// What needs no building for other systems, and so little time.
const QUICK: [&str; 2] = ["layouts", "fixtures"];

type Step = (&'static str, &'static str, fn() -> Outcome);

const STEPS: &[Step] = &[
    (
        "layouts",
        "structures and constants of other kernels",
        layouts,
    ),
    ("fixtures", "bytes that C makes there", fixtures),
    (
        "apple",
        "what is declared of Apple's libraries",
        apple::proof,
    ),
    ("freebsd", "built for FreeBSD", || {
        foreign::link(&foreign::FREEBSD)
    }),
    ("netbsd", "built for NetBSD", || {
        foreign::link(&foreign::NETBSD)
    }),
    ("macos-x86_64", "built for macOS", || {
        foreign::link(&foreign::MACOS)
    }),
    ("macos-aarch64", "built for macOS on ARM", || {
        foreign::link(&foreign::MACOS_ARM)
    }),
    ("openbsd", "built for OpenBSD", foreign::openbsd),
    ("illumos", "checked for illumos", foreign::illumos),
    ("musl", "tests as static programs", emulated::musl),
    ("i686", "tests on 32 bits", || {
        emulated::test(&emulated::I686)
    }),
    ("aarch64", "tests on 64-bit ARM", || {
        emulated::test(&emulated::AARCH64)
    }),
    ("s390x", "tests with the highest byte first", || {
        emulated::test(&emulated::S390X)
    }),
];

pub(crate) fn run(args: &[String]) -> Result<ExitCode, String> {
    let mut only = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--write-fixtures" {
            zig::find().map_err(crate::wine::reason)?.write_fixtures()?;
            return Ok(ExitCode::SUCCESS);
        }
        if arg != "--only" {
            return Err(format!("there is no {arg}; see cargo xtask help cross"));
        }
        let step = args.next().ok_or("--only needs a step")?;
        if !STEPS.iter().any(|(name, ..)| name == step) {
            let names = crate::nearest(step, STEPS.iter().map(|(name, ..)| *name));
            let names = names.join(" or ");
            return Err(format!("there is no step {step}; did you mean {names}?"));
        }
        only.push(step.as_str());
    }
    let mut report = Report::default();
    let wanted = |name: &str| only.is_empty() || only.contains(&name);
    for (name, outcome, seconds) in steps(wanted) {
        report.add(name, outcome, seconds);
    }
    println!("\n=== summary\n{}", report.summary());
    Ok(ExitCode::from(u8::from(report.failed())))
}

/// All but what [`check`] does.
pub(crate) fn builds() -> impl Iterator<Item = (&'static str, Outcome, u64)> {
    steps(|name| !QUICK.contains(&name))
}

/// Runs the steps that are wanted, and says what each does.
fn steps(wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = (&'static str, Outcome, u64)> {
    let wanted = STEPS.iter().filter(move |(name, ..)| wanted(name));
    wanted.map(|(name, about, step)| {
        println!("\n=== cross {name}: {about}");
        let start = Instant::now();
        let outcome = step();
        if let Outcome::Skipped(reason) | Outcome::Failed(_, reason) = &outcome {
            println!("=== cross {name}: {reason}");
        }
        (*name, outcome, start.elapsed().as_secs())
    })
}

/// cargo for another system.
fn cargo(args: &[&str]) -> Command {
    let mut command = test::cargo(args);
    settings(&mut command);
    command
}

/// Nothing of it is debugged, and little of it is built twice.
fn settings(command: &mut Command) {
    command
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("RUSTFLAGS", "-D warnings")
        .env_remove("OSLENS_NO_SKIP");
}

/// Something could not be had: in CI, as root, it must be.
fn lacking(reason: String) -> Outcome {
    crate::wine::Lack::Broken(reason).into()
}

/// The quick steps.
pub(crate) fn check() -> Outcome {
    match layouts() {
        Outcome::Passed(counts) => match fixtures() {
            Outcome::Passed(_) => Outcome::Passed(counts),
            other => other,
        },
        other => other,
    }
}

fn layouts() -> Outcome {
    let zig = match zig::find() {
        Ok(zig) => zig,
        Err(lack) => return lack.into(),
    };
    // As the step test builds it, or found it built.
    let mut tests = test::cargo(&["test", "--workspace", "--all-features"]);
    test::watch(zig.environment(tests.args(["--test", "layouts"])))
}

fn fixtures() -> Outcome {
    let zig = match zig::find() {
        Ok(zig) => zig,
        Err(lack) => return lack.into(),
    };
    match zig.check_fixtures() {
        Ok(()) => Outcome::Passed(Counts::default()),
        Err(reason) => Outcome::Failed(Counts::default(), reason),
    }
}
