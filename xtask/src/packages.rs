//! The Debian packages that the tests compare with, and how they come here.

use std::process::{Command, Stdio};

use crate::report::{Counts, Outcome};
use crate::run;

/// Package and what needs it.
const PACKAGES: &[(&str, &str)] = &[
    ("procps", "ps, free, vmstat and uptime are compared with"),
    ("psmisc", "pstree is compared with"),
    ("iproute2", "ss and ip are compared with"),
    ("net-tools", "netstat and ifconfig are compared with"),
    ("lsof", "open files are compared with"),
    ("smem", "proportional memory is compared with"),
    ("strace", "system calls are counted by"),
    (
        "util-linux",
        "setpriv runs tests as another user; lsblk, prlimit, lscpu are compared with",
    ),
    (
        "binutils-mingw-w64-x86-64",
        "windmc and windres are compared with",
    ),
    ("python3", "psutil is compared with"),
    (
        "python3-venv",
        "psutil is installed into an environment of its own",
    ),
    ("python3-pip", "psutil is installed by"),
];

/// Installs what is missing when that is possible, else says what is.
pub(crate) fn install() -> Outcome {
    if !run::works("dpkg-query", &["--version"]) {
        return Outcome::Skipped("this is no Debian; tests without their tools skip".to_owned());
    }
    match require(PACKAGES) {
        Ok(()) => Outcome::Passed(Counts::default()),
        Err(reason) => Outcome::Skipped(reason),
    }
}

/// Installs those of the packages that are missing.
pub(crate) fn require(packages: &[(&'static str, &str)]) -> Result<(), String> {
    if !run::works("dpkg-query", &["--version"]) {
        // Perhaps they are there under other names.
        return Ok(());
    }
    let missing = missing(packages);
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    println!("missing packages: {list}");
    if crate::wanted("OSLENS_NO_INSTALL") {
        return Err(format!("OSLENS_NO_INSTALL is set; not installed: {list}"));
    }
    if !is_root() {
        return Err(format!(
            "only root can install; try: sudo apt-get install {list}"
        ));
    }
    apt(&["update"]);
    if !apt(&[&["install"], &missing[..]].concat()) {
        // One that this release lacks must not keep the others away.
        for package in &missing {
            apt(&["install", package]);
        }
    }
    let still: Vec<String> = self::missing(packages)
        .into_iter()
        .map(|package| format!("{package} ({})", need(packages, package)))
        .collect();
    if still.is_empty() {
        Ok(())
    } else {
        Err(format!("could not be installed: {}", still.join("; ")))
    }
}

fn need<'a>(packages: &[(&str, &'a str)], package: &str) -> &'a str {
    packages
        .iter()
        .find(|(name, _)| *name == package)
        .map_or("", |(_, need)| *need)
}

fn missing(packages: &[(&'static str, &str)]) -> Vec<&'static str> {
    packages
        .iter()
        .map(|(package, _)| *package)
        .filter(|package| {
            let output = Command::new("dpkg-query")
                .args(["--show", "--showformat", "${db:Status-Status}", package])
                .stderr(Stdio::null())
                .output();
            !output.is_ok_and(|output| output.stdout == b"installed")
        })
        .collect()
}

fn apt(args: &[&str]) -> bool {
    Command::new("apt-get")
        .args(["--quiet", "--yes", "--no-install-recommends"])
        .args(["-o", "DPkg::Lock::Timeout=120"])
        .args(args)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether this process may install and may become others.
pub(crate) fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
