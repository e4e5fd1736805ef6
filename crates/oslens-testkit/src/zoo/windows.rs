//! Specimens on Windows.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::binary::{PROGRAM, STAMP, specimen_path};
use crate::FixtureRoot;
use crate::wire::{Reply, encode};

/// The environment variable that says what a specimen calls its main thread,
/// by which Linux finds it under Wine.
pub const MARK: &str = "OSLENS_SPECIMEN_MARK";

/// Describes a specimen.
#[derive(Debug, Default)]
#[must_use]
pub struct Builder {
    args: Vec<OsString>,
    raw_args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    exe_name: Option<OsString>,
    cwd: Option<PathBuf>,
    creation_flags: u32,
}

impl Builder {
    /// A bare specimen: no arguments, and in the environment only
    /// `SystemRoot`, without which Windows has no sockets, and [`MARK`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds arguments. They mean nothing to the specimen.
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args
            .extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Adds text to the command line as it is, unquoted.
    pub fn raw_arg(mut self, text: impl AsRef<OsStr>) -> Self {
        self.raw_args.push(text.as_ref().to_owned());
        self
    }

    /// Adds an environment variable.
    pub fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env
            .push((key.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Runs a copy of the program with this file name, in a directory of its
    /// own.
    pub fn exe_name(mut self, name: impl AsRef<OsStr>) -> Self {
        self.exe_name = Some(name.as_ref().to_owned());
        self
    }

    /// The directory to start in.
    pub fn cwd(mut self, dir: impl Into<PathBuf>) -> Self {
        self.cwd = Some(dir.into());
        self
    }

    /// Flags of `CreateProcess`: a priority class, `CREATE_SUSPENDED` not
    /// among them, because then it never answers.
    pub fn creation_flags(mut self, flags: u32) -> Self {
        self.creation_flags = flags;
        self
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Panics
    ///
    /// When it cannot be started as asked.
    #[must_use]
    pub fn spawn(self) -> Specimen {
        use std::os::windows::process::CommandExt;
        let mut exe = specimen_path().to_owned();
        let mut home = None;
        if let Some(name) = &self.exe_name {
            let dir = FixtureRoot::new();
            let copy = dir.join(name);
            std::fs::copy(&exe, &copy)
                .unwrap_or_else(|error| panic!("copying {PROGRAM} to {copy:?}: {error}"));
            exe = copy;
            home = Some(dir);
        }
        static BORN: AtomicU32 = AtomicU32::new(0);
        let number = BORN.fetch_add(1, Ordering::Relaxed);
        let mark = format!("z{:x}-{number:x}", std::process::id());
        let mut command = Command::new(&exe);
        command
            .args(&self.args)
            .env_clear()
            .envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)))
            .env(MARK, &mark)
            .envs(self.env.iter().map(|(key, value)| (key, value)))
            .creation_flags(self.creation_flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        for text in &self.raw_args {
            command.raw_arg(text);
        }
        if let Some(cwd) = &self.cwd {
            command.current_dir(cwd);
        }
        let child = command
            .spawn()
            .unwrap_or_else(|error| panic!("the specimen did not start: {command:?}: {error}"));
        Specimen::of(child, exe, mark, home)
    }
}

/// A running specimen. Killed on drop.
#[derive(Debug)]
pub struct Specimen {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    exe: PathBuf,
    mark: String,
    /// The directory of its own executable.
    _home: Option<FixtureRoot>,
}

impl Specimen {
    fn of(mut child: Child, exe: PathBuf, mark: String, home: Option<FixtureRoot>) -> Self {
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut specimen = Self {
            child,
            input,
            output,
            exe,
            mark,
            _home: home,
        };
        let hello = specimen.answer().expect("the specimen says hello");
        assert_eq!(hello.number("stamp"), STAMP, "an old specimen was started");
        specimen
    }

    /// Its PID.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The PID that Linux knows it by, under Wine.
    ///
    /// # Errors
    ///
    /// As [`wine::proc_file`](crate::wine::proc_file).
    pub fn unix_pid(&self) -> Result<u32, String> {
        crate::wine::pid_of_name(&self.mark)
    }

    /// The executable it was started from.
    pub fn exe(&self) -> &Path {
        &self.exe
    }

    /// The process itself, for its handle.
    pub fn child(&self) -> &Child {
        &self.child
    }

    /// A file of its directory in Linux's `/proc`, under Wine.
    ///
    /// # Errors
    ///
    /// As [`wine::proc_file`](crate::wine::proc_file).
    pub fn proc_file(&self, name: &str) -> Result<Vec<u8>, String> {
        let pid = self.unix_pid()?;
        crate::wine::proc_file(&format!("{pid}/{name}"))
    }

    /// Sends a command of the specimen's protocol.
    ///
    /// # Errors
    ///
    /// The reason the specimen gives.
    pub fn try_ask(&mut self, verb: &str, words: &[&[u8]]) -> Result<Reply, String> {
        let mut line = verb.to_owned();
        for word in words {
            line.push(' ');
            line.push_str(&encode(word));
        }
        line.push('\n');
        let input = self.input.as_mut().ok_or("the specimen has exited")?;
        input
            .write_all(line.as_bytes())
            .map_err(|error| format!("{verb}: {error}"))?;
        self.answer()
    }

    /// Like [`Specimen::try_ask`].
    ///
    /// # Panics
    ///
    /// When the specimen refuses.
    #[track_caller]
    pub fn ask(&mut self, verb: &str, words: &[&[u8]]) -> Reply {
        self.try_ask(verb, words)
            .unwrap_or_else(|reason| panic!("the specimen refuses: {reason}"))
    }

    fn answer(&mut self) -> Result<Reply, String> {
        let mut line = String::new();
        self.output
            .read_line(&mut line)
            .map_err(|error| format!("the specimen's answer: {error}"))?;
        Reply::parse(&line)
    }

    /// Starts a thread of this name, and returns its number.
    pub fn thread(&mut self, name: &str) -> u32 {
        self.ask("thread", &[name.as_bytes()]).number("tid") as u32
    }

    /// Changes its working directory.
    pub fn chdir(&mut self, dir: &Path) {
        self.ask("chdir", &[utf8(dir)]);
    }

    /// Takes memory, of which it uses the first part.
    pub fn hold_memory(&mut self, bytes: u64, touched: u64) {
        let words = [bytes.to_string(), touched.to_string()];
        self.ask("memory", &[words[0].as_bytes(), words[1].as_bytes()]);
    }

    /// Uses a CPU for so much CPU time.
    pub fn burn(&mut self, time: Duration) {
        self.ask("burn", &[time.as_millis().to_string().as_bytes()]);
    }

    /// Makes a socket: `tcp4-listen`, `tcp4-established`, `udp4`, `tcp6-…`.
    pub fn socket(&mut self, kind: &str) -> Reply {
        self.ask(&format!("socket:{kind}"), &[])
    }

    /// Opens a file and keeps it open: `r`, `w`, `a`, `r+`, `w+`, `a+`.
    pub fn open(&mut self, mode: &str, path: &Path) {
        self.ask("file:open", &[mode.as_bytes(), utf8(path)]);
    }

    /// Makes a pipe that nobody writes to, and reads from it in a thread
    /// without end: asking what its handle is called hangs.
    pub fn blocked_pipe(&mut self) {
        self.ask("file:blocked-pipe", &[]);
    }

    /// Writes a file of so many bytes.
    pub fn write_file(&mut self, path: &Path, bytes: u64) {
        self.ask("file:write", &[utf8(path), bytes.to_string().as_bytes()]);
    }

    /// Reads a file to its end.
    pub fn read_file(&mut self, path: &Path) {
        self.ask("file:read", &[utf8(path)]);
    }

    /// Starts so many children, which end with it.
    pub fn fan(&mut self, width: u32) -> Vec<u32> {
        self.ask("kin:fan", &[width.to_string().as_bytes()])
            .pids("pids")
    }

    /// Starts a child, a child of it, and so on; the nearest first.
    pub fn chain(&mut self, length: u32) -> Vec<u32> {
        self.ask("kin:chain", &[length.to_string().as_bytes()])
            .pids("pids")
    }

    /// Lets it end with this exit code, and waits until it has.
    ///
    /// # Panics
    ///
    /// When it cannot be waited for.
    pub fn exit(&mut self, code: i32) -> ExitStatus {
        let _ = self.try_ask("exit", &[code.to_string().as_bytes()]);
        self.input = None;
        self.child.wait().expect("a child can be waited for")
    }

    /// Kills it and waits until it is gone.
    ///
    /// # Panics
    ///
    /// When it cannot be waited for.
    pub fn kill(&mut self) -> ExitStatus {
        let _ = self.child.kill();
        self.child.wait().expect("a child can be waited for")
    }
}

impl Drop for Specimen {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn utf8(path: &Path) -> &[u8] {
    path.to_str().expect("paths of tests are UTF-8").as_bytes()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Builder;
    use crate::zoo::sleeper;

    #[test]
    fn a_specimen_does_what_it_is_asked() {
        let mut specimen = sleeper();
        let listener = specimen.socket("tcp4-listen").address("local");
        assert!(std::net::TcpStream::connect(listener).is_ok());
        specimen.burn(Duration::from_millis(50));
        specimen.hold_memory(1 << 20, 1 << 20);
        assert_ne!(specimen.thread("name"), 0);
        assert_eq!(specimen.fan(2).len(), 2);
        assert_eq!(specimen.chain(2).len(), 2);
        let refusal = specimen.try_ask("no-such-verb", &[]).unwrap_err();
        assert!(refusal.contains("no-such-verb"), "{refusal}");
        assert_eq!(specimen.exit(7).code(), Some(7));
    }

    #[test]
    fn linux_sees_its_arguments() {
        let specimen = Builder::new()
            .args(["one two", "\u{3b1}\u{1f980}"])
            .exe_name("odd name.exe")
            .spawn();
        if crate::wine::version().is_none() {
            crate::skip_allowed!("this is Windows itself");
        }
        let line = specimen.proc_file("cmdline").unwrap();
        let line = String::from_utf8_lossy(&line).into_owned();
        assert!(line.contains("odd name.exe"), "{line:?}");
        assert!(line.contains("one two"), "{line:?}");
    }
}
