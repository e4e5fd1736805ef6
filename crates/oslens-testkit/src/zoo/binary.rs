//! Finds or builds the program that specimens run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Stands for the sources of the specimen: a program with another stamp is an
/// old one.
#[cfg(target_os = "linux")]
pub const STAMP: u64 = {
    let hash = fnv(0xcbf2_9ce4_8422_2325, include_bytes!("../sys/linux.rs"));
    let hash = fnv(hash, include_bytes!("../wire.rs"));
    let hash = fnv(hash, include_bytes!("../bin/oslens-specimen/main.rs"));
    let hash = fnv(hash, include_bytes!("../bin/oslens-specimen/talk.rs"));
    let hash = fnv(hash, include_bytes!("../bin/oslens-specimen/files.rs"));
    let hash = fnv(hash, include_bytes!("../bin/oslens-specimen/sockets.rs"));
    let hash = fnv(hash, include_bytes!("../bin/oslens-specimen/kin.rs"));
    fnv(hash, include_bytes!("../bin/oslens-specimen/launcher.rs"))
};

/// Stands for the sources of the specimen: a program with another stamp is an
/// old one.
#[cfg(windows)]
pub const STAMP: u64 = {
    let hash = fnv(0xcbf2_9ce4_8422_2325, include_bytes!("../sys/windows.rs"));
    let hash = fnv(hash, include_bytes!("../wire.rs"));
    let hash = fnv(hash, include_bytes!("../bin/oslens-specimen/main.rs"));
    fnv(hash, include_bytes!("../bin/oslens-specimen/windows.rs"))
};

const fn fnv(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    hash
}

/// Its file name.
pub(super) const PROGRAM: &str = if cfg!(windows) {
    "oslens-specimen.exe"
} else {
    "oslens-specimen"
};

/// The program `oslens-specimen`, of the sources this test was built with.
///
/// Cargo builds it for tests of this crate only. Tests of other crates look,
/// in this order, at `OSLENS_SPECIMEN`, beside the test's own directory
/// (`target/debug`), and then build it once with cargo.
///
/// # Panics
///
/// When it is not there and cannot be built.
pub fn specimen_path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        if let Some(path) = std::env::var_os("OSLENS_SPECIMEN") {
            let path = PathBuf::from(path);
            assert!(
                is_current(&path),
                "{path:?} is not the specimen of these tests"
            );
            return path;
        }
        let beside = profile_dir().map(|dir| dir.join(PROGRAM));
        match beside {
            Some(path) if is_current(&path) => path,
            // Under Wine there is no cargo; `cargo xtask wine` builds it.
            Some(path) if cfg!(windows) => panic!("{path:?} is missing or old"),
            _ => build(),
        }
    })
}

/// `target/debug`, when this is the test `target/debug/deps/name-hash`.
fn profile_dir() -> Option<PathBuf> {
    let exe = std::env::current_exe().ok()?;
    let dir = exe.parent()?;
    if dir.ends_with("deps") {
        dir.parent().map(Path::to_owned)
    } else {
        Some(dir.to_owned())
    }
}

fn is_current(path: &Path) -> bool {
    let mut command = Command::new(path);
    if cfg!(unix) {
        command.env_clear();
    }
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output();
    output.is_ok_and(|output| {
        let line = String::from_utf8_lossy(&output.stdout);
        line.split_whitespace()
            .any(|word| word == format!("stamp={STAMP}"))
    })
}

fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args([
            "build",
            "--package",
            "oslens-testkit",
            "--bin",
            "oslens-specimen",
        ])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    let profile = profile_dir();
    if profile.as_ref().is_some_and(|dir| dir.ends_with("release")) {
        command.arg("--release");
    }
    // The test may come from another target directory than the default one,
    // built with other flags, which would rebuild everything here.
    if let Some(target) = profile.as_deref().and_then(Path::parent) {
        if target.join("CACHEDIR.TAG").exists() {
            command.arg("--target-dir").arg(target);
        }
    }
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("oslens-specimen is not built and cargo failed: {error}"));
    let messages = String::from_utf8_lossy(&output.stdout);
    let path = messages
        .lines()
        .filter(|line| line.contains("\"oslens-specimen\""))
        .find_map(|line| line.split_once("\"executable\":\"")?.1.split_once('"'))
        .map(|(path, _)| PathBuf::from(path));
    match path {
        Some(path) if is_current(&path) => path,
        path => panic!(
            "cargo build did not make oslens-specimen ({path:?}): {}",
            String::from_utf8_lossy(&output.stderr)
        ),
    }
}
