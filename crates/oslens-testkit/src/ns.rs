//! Runs a test in namespaces of its own.
//!
//! The test runs its own binary again, with its own name as the filter, inside
//! new namespaces; there it goes past the macro, and outside it ends with the
//! result from inside:
//!
//! ```no_run
//! use oslens_testkit::ns::NsOptions;
//!
//! # fn a_test() {
//! oslens_testkit::in_namespaces!(NsOptions::new().pid());
//! // From here on this is a small machine of its own with PIDs from 1.
//! # }
//! ```
//!
//! Nothing of it reaches the machine: mounts are private, and
//! [`force_next_pid`] refuses to work elsewhere.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::FixtureRoot;
use crate::zoo::specimen_path;

/// The exit code of a launcher that could not make the namespaces.
#[doc(hidden)]
pub const UNAVAILABLE: i32 = 125;

const INSIDE: &str = "OSLENS_TESTKIT_INSIDE";
const PROGRAM: &str = "OSLENS_TESTKIT_PROGRAM";

/// Which namespaces a test wants. A mount namespace of its own comes always.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct NsOptions {
    /// A PID namespace; its PID 1 is a reaper, the test PID 2 or so.
    pub pid: bool,
    /// Mount the /proc of the new PID namespace (implied by `hidepid`).
    pub mount_proc: bool,
    /// A network namespace with nothing but loopback, switched on.
    pub net: bool,
    /// A host name of its own.
    pub uts: bool,
    /// Mount /proc with this `hidepid`; PID 1 is root's and thus hidden.
    pub hidepid: Option<u8>,
    /// Run the test as this user and group.
    pub uid: Option<u32>,
    /// A program that the test runs as that user; see [`program`].
    pub program: Option<PathBuf>,
}

impl NsOptions {
    /// A mount namespace alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// A PID namespace with its /proc mounted.
    pub fn pid(mut self) -> Self {
        (self.pid, self.mount_proc) = (true, true);
        self
    }

    /// A network namespace.
    pub fn net(mut self) -> Self {
        self.net = true;
        self
    }

    /// A PID namespace whose /proc hides the processes of others.
    pub fn hidepid(mut self, level: u8) -> Self {
        self.hidepid = Some(level);
        self.pid()
    }

    /// Another user, as root only.
    pub fn uid(mut self, uid: u32) -> Self {
        self.uid = Some(uid);
        self
    }

    /// A program that the test runs. Another user may be unable to reach where
    /// it was built; [`program`] tells where it can be run.
    pub fn program(mut self, path: impl Into<PathBuf>) -> Self {
        self.program = Some(path.into());
        self
    }

    fn plan(&self) -> String {
        let mut plan = Vec::new();
        // Before Linux 5.8 the options of proc belong to the PID namespace, so
        // that without a new one they would change the machine's own /proc.
        let hidepid = self.hidepid.map(|level| format!("hidepid={level}"));
        if self.pid || self.mount_proc || hidepid.is_some() {
            plan.push("pid".to_owned());
        }
        if self.mount_proc || hidepid.is_some() {
            plan.push(format!("proc={}", hidepid.unwrap_or_default()));
        }
        for (wanted, name) in [(self.net, "net"), (self.uts, "uts")] {
            if wanted {
                plan.push(name.to_owned());
            }
        }
        if !crate::is_root() {
            plan.push("user".to_owned());
        }
        if let Some(uid) = self.uid {
            plan.push(format!("uid={uid}"));
        }
        plan.join(" ")
    }
}

/// What came of [`reexec_in`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Reexec {
    /// This is the inside: go on with the test.
    Inside,
    /// This is the outside, and the test has passed inside.
    Passed,
    /// The machine does not allow it, for this reason.
    Unavailable(String),
}

/// Ends the test outside with the result from inside, and goes on inside.
/// Skips the test where the machine allows no such namespaces.
#[macro_export]
macro_rules! in_namespaces {
    ($options:expr) => {
        match $crate::ns::reexec_in(&$options, $crate::here!()) {
            $crate::ns::Reexec::Inside => {}
            $crate::ns::Reexec::Passed => return,
            $crate::ns::Reexec::Unavailable(reason) => $crate::skip!("{reason}"),
        }
    };
}

/// Runs the test of this name, which must be the calling one, again in new
/// namespaces. Mostly used by [`in_namespaces!`](crate::in_namespaces!).
///
/// # Panics
///
/// When the test fails inside; its output is in the message.
pub fn reexec_in(options: &NsOptions, test: &str) -> Reexec {
    if std::env::var(INSIDE).is_ok_and(|inside| inside == test) {
        return Reexec::Inside;
    }
    if options.uid.is_some() && !crate::is_root() {
        return Reexec::Unavailable("only root can become another user".to_owned());
    }
    let mut binary = std::env::current_exe().expect("the test's own path");
    let mut command = Command::new(specimen_path());
    let home = FixtureRoot::new();
    if options.uid.is_some() {
        // The other user may be unable to reach the build directory.
        let copies =
            copy_for_others(&home, &binary).expect("room for copies in the temp directory");
        binary = copies.0;
        command.env("OSLENS_SPECIMEN", copies.1);
        command.env("OSLENS_FIXTURES", home.join("fixtures"));
        command.current_dir(home.path());
        if let Some(program) = &options.program {
            let copy = copy_program(&home, program).expect("room for a copy");
            command.env(PROGRAM, copy);
        }
    }
    let output = command
        .env("OSLENS_SPECIMEN_NS", options.plan())
        .env(INSIDE, test)
        .arg(binary)
        .args(["--exact", test, "--nocapture", "--include-ignored"])
        .output()
        .expect("the specimen starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(UNAVAILABLE) {
        let reason = stderr
            .lines()
            .find_map(|line| line.split_once("unavailable: "));
        let reason = reason.map_or("no reason given", |(_, reason)| reason);
        return Reexec::Unavailable(format!("no private namespaces: {reason}"));
    }
    for line in stderr.lines().filter(|line| line.starts_with("skipped: ")) {
        let _ = io::Write::write_all(&mut io::stderr(), format!("{line}\n").as_bytes());
    }
    assert!(
        output.status.success() && stdout.contains("1 passed"),
        "{test} failed within its namespaces ({}):\n{stdout}\n{stderr}",
        output.status
    );
    Reexec::Passed
}

/// Where the program of [`NsOptions::program`] can be run in this test; `None`
/// where nobody asked for one, or where it lies as it is.
pub fn program() -> Option<PathBuf> {
    std::env::var_os(PROGRAM).map(PathBuf::from)
}

/// Copies a program to where every user can run it.
///
/// # Errors
///
/// When there is no room.
pub fn copy_program(home: &FixtureRoot, program: &Path) -> io::Result<PathBuf> {
    let copy = home.join(program.file_name().unwrap_or_default());
    // By a process of its own: while this one had the copy open to write, a
    // test in another thread could fork, and with that descriptor in its child
    // the copy would be "busy" and could not be started.
    let status = Command::new("cp").arg(program).arg(&copy).status()?;
    if !status.success() {
        return Err(io::Error::other(format!("cp ended with {status}")));
    }
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755))?;
    Ok(copy)
}

/// Whether this process runs inside [`reexec_in`].
pub fn inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Has the next process of this PID namespace get the PID, if it is free.
///
/// # Panics
///
/// Outside [`reexec_in`], or when the kernel refuses.
pub fn force_next_pid(pid: u32) {
    assert!(inside(), "PIDs are forced in a private PID namespace only");
    assert_eq!(
        fs::read("/proc/1/comm").ok().as_deref(),
        Some(b"oslens-specimen"[..15].as_ref())
            .map(|name| [name, b"\n"].concat())
            .as_deref(),
        "PIDs are forced in a private PID namespace with its own /proc only"
    );
    fs::write("/proc/sys/kernel/ns_last_pid", (pid - 1).to_string())
        .unwrap_or_else(|error| panic!("ns_last_pid: {error}"));
}

fn copy_for_others(home: &FixtureRoot, binary: &Path) -> io::Result<(PathBuf, PathBuf)> {
    let program = home.join("test");
    let specimen = home.join("oslens-specimen");
    fs::copy(binary, &program)?;
    fs::copy(specimen_path(), &specimen)?;
    for path in [&program, &specimen] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    let fixtures = crate::fixture_root::fixtures_dir();
    if fixtures.is_dir() {
        crate::fixture_root::copy_tree(&fixtures, &home.join("fixtures"))?;
    }
    Ok((program, specimen))
}

#[cfg(test)]
mod tests;
