//! What builds for other systems: the compiler of this checkout with the
//! standard library that rustup has of a target, or with one that it builds
//! from source, or else Debian's.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{lacking, zig};
use crate::report::{Counts, Outcome};
use crate::wine::{Lack, toolchain};
use crate::{run, test};

/// Builds the standard library too. With panic_abort alone no test should
/// panic.
const BUILD_STD: &str = "-Zbuild-std=std,panic_unwind";
/// Packages that are left out with Debian's compiler, which may be too old for
/// what they depend on.
const NEWER: [&str; 2] = ["oslens-cli", "oslens-python"];

pub(super) enum Toolchain {
    /// That of the checkout, with a standard library of rustup.
    Own,
    /// That of the checkout, which builds the standard library.
    OwnStd,
    /// Debian's, in a directory that becomes the root; it builds the standard
    /// library, too.
    Debian(PathBuf),
}

/// Finds what builds for a target, or sets it up.
pub(super) fn find(target: &str) -> Result<Toolchain, Outcome> {
    if add_target(target) {
        return Ok(Toolchain::Own);
    }
    debian(&format!("rustup could not add the target {target}"))
}

/// The same for a target that rustup has no standard library of.
pub(super) fn find_source() -> Result<Toolchain, Outcome> {
    if add_source() {
        return Ok(Toolchain::OwnStd);
    }
    debian("rustup could not add the source of the standard library (rust-src)")
}

fn debian(reason: &str) -> Result<Toolchain, Outcome> {
    println!("{reason}: Debian's compiler builds");
    toolchain::debian()
        .map(Toolchain::Debian)
        .map_err(|lack| match lack {
            Lack::Here(debian) => Lack::Here(format!("{reason}, and {debian}")).into(),
            Lack::Broken(debian) => lacking(format!("{reason}, and {debian}")),
        })
}

fn may_use_rustup() -> bool {
    !crate::wanted("OSLENS_NO_RUSTUP")
}

/// A target of rustup, installed when it is not.
pub(super) fn add_target(target: &str) -> bool {
    let print = ["--print", "target-libdir", "--target", target];
    let is_there = || said(&print).is_some_and(|path| Path::new(&path).is_dir());
    may_use_rustup() && (is_there() || rustup(&["target", "add", target]) && is_there())
}

fn add_source() -> bool {
    let library = "lib/rustlib/src/rust/library/std/Cargo.toml";
    let print = ["--print", "sysroot"];
    let is_there = || said(&print).is_some_and(|root| Path::new(&root).join(library).is_file());
    may_use_rustup() && (is_there() || rustup(&["component", "add", "rust-src"]) && is_there())
}

fn rustup(args: &[&str]) -> bool {
    let within = ["300", "rustup"];
    !crate::wanted("OSLENS_NO_INSTALL") && run::works("timeout", &[&within, args].concat())
}

/// What the compiler says.
fn said(args: &[&str]) -> Option<String> {
    let output = Command::new("rustc").args(args).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

impl Toolchain {
    /// A cargo that builds for `target`.
    pub(super) fn cargo(&self, target: &str, args: &[&str]) -> Result<Command, Outcome> {
        match self {
            Self::Own => {
                let mut command = super::cargo(args);
                command.args(["--target", target]);
                Ok(command)
            }
            Self::OwnStd => {
                let mut command = super::cargo(args);
                command
                    .args([BUILD_STD, "--target", target])
                    .env("RUSTC_BOOTSTRAP", "1")
                    // Dependencies ask what the compiler can do, and would be
                    // built anew for the other systems.
                    .arg("--target-dir")
                    .arg(zig::folder().join("openbsd"))
                    // The standard library is not ours.
                    .env_remove("RUSTFLAGS");
                Ok(command)
            }
            Self::Debian(root) => {
                let left_out = NEWER.join(" and ");
                println!("left out, as they may need a newer compiler: {left_out}");
                let words = without(args, &NEWER);
                let failed = |reason| Outcome::Failed(Counts::default(), reason);
                let seen = match zig::find() {
                    Ok(zig) => zig.folder(),
                    Err(lack) => return Err(lack.into()),
                };
                let build = zig::folder().join("build-std");
                let seen: Vec<PathBuf> = seen.into_iter().collect();
                let mut command =
                    toolchain::debian_cargo(root, target, &build, &seen, &words).map_err(failed)?;
                test::prepare(&mut command);
                super::settings(&mut command);
                command.env_remove("RUSTFLAGS");
                Ok(command)
            }
        }
    }
}

/// Arguments of cargo without `-p` and these packages.
fn without<'a>(args: &[&'a str], packages: &[&str]) -> Vec<&'a str> {
    let is_left_out = |at: usize| args.get(at).is_some_and(|word| packages.contains(word));
    let kept = args.iter().enumerate().filter(|(at, word)| {
        let chooses = **word == "-p" && is_left_out(at + 1);
        !chooses && !is_left_out(*at)
    });
    kept.map(|(_, word)| *word).collect()
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn packages_are_left_out_with_what_chooses_them() {
        let args = ["build", "-p", "a", "-p", "b", "--lib", "-p", "c"];
        assert_eq!(without(&args, &["b", "c"]), ["build", "-p", "a", "--lib"]);
    }
}
