//! What a specimen must have before it starts.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Specimen, specimen_path};
use crate::FixtureRoot;

/// Starts a [`Specimen`] with given arguments, environment, executable, user …
///
/// ```
/// let specimen = oslens_testkit::zoo::Builder::new()
///     .exe_name("a name longer than fifteen bytes")
///     .arg0("")
///     .args(["one", "", "three"])
///     .env("KEY", "value")
///     .spawn();
/// let cmdline = std::fs::read(format!("/proc/{}/cmdline", specimen.pid()))?;
/// assert_eq!(cmdline, b"\0one\0\0three\0");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct Builder {
    arg0: Option<OsString>,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    exe_name: Option<OsString>,
    delete_exe: bool,
    cwd: Option<PathBuf>,
    user: Option<u32>,
    pid: Option<u32>,
}

impl Builder {
    /// A plain sleeper: argument 0 is `oslens-specimen`, no environment.
    pub fn new() -> Self {
        Self::default()
    }

    /// Argument 0, which may be empty.
    pub fn arg0(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.arg0 = Some(arg.as_ref().to_owned());
        self
    }

    /// The arguments from the first on.
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args
            .extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Adds a variable to the environment, which starts empty.
    pub fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env
            .push((key.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Runs a copy of the program with this file name, in a directory of its own.
    pub fn exe_name(mut self, name: impl AsRef<OsStr>) -> Self {
        self.exe_name = Some(name.as_ref().to_owned());
        self
    }

    /// Runs a copy of the program which is deleted once it runs.
    pub fn delete_exe(mut self) -> Self {
        self.delete_exe = true;
        self
    }

    /// The directory to start in.
    pub fn cwd(mut self, dir: impl Into<PathBuf>) -> Self {
        self.cwd = Some(dir.into());
        self
    }

    /// Runs as this user and group from the start (as root only).
    pub fn user(mut self, uid: u32) -> Self {
        self.user = Some(uid);
        self
    }

    /// Gives the specimen this PID. Only within [`ns`](crate::ns) with a PID
    /// namespace of its own.
    pub fn pid(mut self, pid: u32) -> Self {
        self.pid = Some(pid);
        self
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Panics
    ///
    /// When it cannot be started as asked.
    #[must_use]
    pub fn spawn(self) -> Specimen {
        let mut exe = specimen_path().to_owned();
        let mut home = None;
        // Another user may be unable to reach the build directory.
        if self.exe_name.is_some() || self.delete_exe || self.user.is_some() {
            let dir = FixtureRoot::new();
            let name = self.exe_name.as_deref();
            let copy = dir.join(name.unwrap_or(OsStr::new("oslens-specimen")));
            // A link is quicker, but not possible between file systems.
            if self.user.is_some() || std::fs::hard_link(&exe, &copy).is_err() {
                std::fs::copy(&exe, &copy)
                    .unwrap_or_else(|error| panic!("copying the specimen to {copy:?}: {error}"));
            }
            exe = copy;
            home = Some(dir);
        }
        let mut command = Command::new(&exe);
        command
            .arg0(
                self.arg0
                    .as_deref()
                    .unwrap_or(OsStr::new("oslens-specimen")),
            )
            .args(&self.args)
            .env_clear()
            .envs(self.env.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(cwd) = &self.cwd {
            command.current_dir(cwd);
        }
        if let Some(uid) = self.user {
            command.uid(uid).gid(uid);
        }
        let child = match self.pid {
            None => start(&mut command),
            Some(pid) => start_with_pid(&mut command, pid),
        };
        let specimen = Specimen::of(child, exe.clone(), home);
        if self.delete_exe {
            std::fs::remove_file(&exe).unwrap_or_else(|error| panic!("{exe:?}: {error}"));
        }
        specimen
    }
}

fn start(command: &mut Command) -> Child {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match command.spawn() {
            Ok(child) => return child,
            // Another thread forked while the copy was being written, and
            // holds it open until it execs.
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                assert!(Instant::now() < deadline, "the specimen's copy stays busy");
                std::thread::yield_now();
            }
            Err(error) => panic!("the specimen did not start: {command:?}: {error}"),
        }
    }
}

fn start_with_pid(command: &mut Command, pid: u32) -> Child {
    for _ in 0..100 {
        crate::ns::force_next_pid(pid);
        let mut child = start(command);
        if child.id() == pid {
            return child;
        }
        // Something else of the namespace was quicker.
        let _ = child.kill();
        let _ = child.wait();
    }
    panic!("no process got the PID {pid}: is it still in use?");
}
