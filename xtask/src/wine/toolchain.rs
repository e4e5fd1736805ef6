//! What builds the tests for Windows: the compiler of this checkout with the
//! target that rustup has for it, or else Debian's, which has to build the
//! standard library too.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use super::system::{self, RELEASE};
use super::{Lack, TARGET, quoted, text};
use crate::{packages, run, test};

/// What has tests that run on Windows.
const TESTED: &[&str] = &[
    "-p",
    "oslens",
    "-p",
    "oslens-win32",
    "-p",
    "oslens-service",
    "-p",
    "oslens-eventlog",
    "-p",
    "oslens-eventlog-sample",
    "-p",
    "oslens-counters",
    "-p",
    "oslens-cli",
    "-p",
    "oslens-testkit",
    "--all-features",
];
/// Those of them that Debian's compiler builds: it is as old as the oldest
/// that the libraries support.
const TESTED_BY_DEBIAN: &[&str] = &[
    "-p",
    "oslens",
    "-p",
    "oslens-win32",
    "-p",
    "oslens-service",
    "-p",
    "oslens-eventlog",
    "-p",
    "oslens-eventlog-sample",
    "-p",
    "oslens-counters",
    "-p",
    "oslens-testkit",
    "--all-features",
];
const LEFT_OUT: &str = "rustup has no Windows target here, so that Debian's rustc 1.85 builds. \
    Left out: the tests of oslens-cli, whose dependencies may need a newer one, and the examples \
    of the documentation, which it does not build for other systems";

/// Package and what needs it.
const LINKER: (&str, &str) = (
    "gcc-mingw-w64-x86-64-win32",
    "Windows programs are linked by",
);
/// What Debian needs to build a program for Windows.
const PACKAGES: &[&str] = &[LINKER.0, "rustc", "cargo", "rust-src", "ca-certificates"];

/// Debian has no object files that stand first and last in each program.
/// The other parts of the standard library are built by cargo.
const OBJECTS: &str = "\
rustlib=$(rustc --print sysroot)/lib/rustlib
mkdir -p $rustlib/$target/lib
for name in rsbegin rsend; do
    RUSTC_BOOTSTRAP=1 rustc --target $target --crate-type lib --emit=obj -O \\
        -o $rustlib/$target/lib/$name.o $rustlib/src/rust/library/rtstartup/$name.rs
done
";
/// With panic_abort alone, nothing could be caught and no test should panic.
const BUILD_STD: &str = "-Zbuild-std=std,panic_unwind";

/// Where Debian has its certificates.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

pub(super) enum Toolchain {
    /// The one that runs this task.
    Own,
    /// Debian's, in a directory that becomes the root.
    Debian(PathBuf),
}

/// Finds a compiler for Windows, or sets one up.
pub(super) fn find() -> Result<Toolchain, Lack> {
    if !crate::wanted("OSLENS_NO_RUSTUP") {
        let add = ["300", "rustup", "target", "add", TARGET];
        let may_add = !crate::wanted("OSLENS_NO_INSTALL");
        if has_target() || (may_add && run::works("timeout", &add)) {
            packages::require(&[LINKER]).map_err(Lack::Here)?;
            return Ok(Toolchain::Own);
        }
    }
    debian().map(Toolchain::Debian)
}

/// A Debian with a compiler that builds the standard library for any system.
pub(crate) fn debian() -> Result<PathBuf, Lack> {
    let mut name = system::root().file_name().unwrap_or_default().to_owned();
    name.push("-rust");
    let root = system::root().with_file_name(name);
    if !root.is_dir() {
        let script = format!("target={TARGET}\n{OBJECTS}");
        let name = format!("Debian {RELEASE} with a compiler");
        system::debian(&name, &root, PACKAGES, &script)?;
    }
    Ok(root)
}

fn has_target() -> bool {
    let args = ["--print", "target-libdir", "--target", TARGET];
    let output = Command::new("rustc")
        .args(args)
        .stderr(Stdio::null())
        .output();
    output.is_ok_and(|output| {
        let path = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success() && Path::new(path.trim()).is_dir()
    })
}

impl Toolchain {
    /// Arguments that choose all that has tests.
    pub(super) fn tested(&self) -> &'static [&'static str] {
        match self {
            Self::Own => TESTED,
            Self::Debian(_) => TESTED_BY_DEBIAN,
        }
    }

    /// What it does not test, and why.
    pub(super) fn left_out(&self) -> Option<&'static str> {
        match self {
            Self::Own => None,
            Self::Debian(_) => Some(LEFT_OUT),
        }
    }

    /// A cargo that builds for Windows.
    pub(super) fn cargo(&self, args: &[&str]) -> Result<Command, String> {
        match self {
            Self::Own => {
                let mut command = test::cargo(args);
                command.args(["--target", TARGET]);
                Ok(command)
            }
            Self::Debian(root) => {
                let build = test::target_dir().join("wine/build-std");
                let mut command = debian_cargo(root, TARGET, &build, &[], args)?;
                command.env(
                    "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER",
                    "x86_64-w64-mingw32-gcc",
                );
                Ok(command)
            }
        }
    }
}

/// Debian's cargo, which builds for `target` in the folder `build` and sees
/// these folders, too. The registry and what it is reached by are those of this
/// machine.
pub(crate) fn debian_cargo(
    root: &Path,
    target: &str,
    build: &Path,
    seen: &[PathBuf],
    args: &[&str],
) -> Result<Command, String> {
    let build = made(build)?;
    let home = made(&cargo_home()?)?;
    let mut folders = vec![crate::root(), test::target_dir(), home.clone()];
    folders.extend_from_slice(seen);
    // Settings of cargo may stand above the checkout.
    let above = crate::root();
    let above = above
        .ancestors()
        .skip(1)
        .map(|folder| folder.join(".cargo"));
    folders.extend(above.filter(|folder| folder.is_dir()));
    let mut mounts = String::new();
    let bundle = ["CARGO_HTTP_CAINFO", "SSL_CERT_FILE", "CURL_CA_BUNDLE"]
        .iter()
        .filter_map(env::var_os)
        .map(PathBuf::from)
        .chain([PathBuf::from(CERTIFICATES)])
        .find(|bundle| bundle.is_file());
    let names = ["/etc/resolv.conf", "/etc/hosts"].map(|name| (PathBuf::from(name), name));
    let certificates = bundle.map(|bundle| (bundle, CERTIFICATES));
    for (here, there) in names.into_iter().chain(certificates) {
        if here.is_file() {
            let here = quoted(&text(&here));
            mounts.push_str(&format!("touch .{there}\nmount --bind {here} .{there}\n"));
        }
    }
    let here = fs::canonicalize(crate::root()).map_err(|error| error.to_string())?;
    let mut script = format!("cd {}\nexec cargo {BUILD_STD}", quoted(&text(&here)),);
    let mut words = args.to_vec();
    words.extend(["--target", target]);
    for word in words {
        script.push_str(&format!(" {}", quoted(word)));
    }
    let mut command = system::within(root, &folders, &mounts, &script)?;
    command
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("CARGO_HOME", home)
        .env("CARGO_TARGET_DIR", build)
        .env("CARGO_HTTP_CAINFO", CERTIFICATES)
        .env("RUSTC_BOOTSTRAP", "1");
    // Those of this task's own compiler, and folders that are not there.
    for name in [
        "CARGO",
        "LD_LIBRARY_PATH",
        "RUSTC",
        "RUSTC_WRAPPER",
        "RUSTDOC",
        "TMPDIR",
    ] {
        command.env_remove(name);
    }
    Ok(command)
}

/// A directory that is there, by the name that it has within the system too.
fn made(folder: &Path) -> Result<PathBuf, String> {
    fs::create_dir_all(folder)
        .and_then(|()| fs::canonicalize(folder))
        .map_err(|error| format!("{}: {error}", folder.display()))
}

/// Where cargo keeps its settings and what it has downloaded.
fn cargo_home() -> Result<PathBuf, String> {
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".cargo"));
    let found = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home);
    found.ok_or_else(|| "neither CARGO_HOME nor HOME is set".to_owned())
}
