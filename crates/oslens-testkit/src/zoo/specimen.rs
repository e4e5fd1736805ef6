//! A running specimen and what can be asked of it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, ExitStatus};
use std::time::{Duration, Instant};

use super::STAMP;
use crate::FixtureRoot;
use crate::sys::linux as sys;
use crate::wire::{Reply, encode};

/// A child of the test; killed and reaped on drop.
///
/// All methods that ask for something return when it is so, and panic when the
/// machine refuses; [`Specimen::try_ask`] returns the refusal instead.
#[derive(Debug)]
pub struct Specimen {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    exe: PathBuf,
    /// It has children, which it reaps when its input ends.
    has_kin: bool,
    /// The directory of its own executable.
    _home: Option<FixtureRoot>,
}

impl Specimen {
    pub(super) fn of(mut child: Child, exe: PathBuf, home: Option<FixtureRoot>) -> Self {
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut specimen = Self {
            child,
            input,
            output,
            exe,
            has_kin: false,
            _home: home,
        };
        let hello = specimen.answer().expect("the specimen says hello");
        assert_eq!(hello.number("stamp"), STAMP, "an old specimen was started");
        specimen
    }

    /// Its PID, also while it is a zombie.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The executable it was started from (which may be deleted by now).
    pub fn exe(&self) -> &Path {
        &self.exe
    }

    /// A file of its directory in /proc, as bytes: the plainest witness.
    ///
    /// # Panics
    ///
    /// When it cannot be read.
    pub fn proc_file(&self, name: &str) -> Vec<u8> {
        let path = format!("/proc/{}/{name}", self.pid());
        std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The state letter that `/proc/<pid>/stat` shows.
    pub fn state(&self) -> char {
        state_of(self.pid()).expect("the specimen is not reaped")
    }

    /// Sends a command of the specimen's protocol.
    ///
    /// # Errors
    ///
    /// The reason the specimen gives.
    pub fn try_ask(&mut self, verb: &str, words: &[&[u8]]) -> Result<Reply, String> {
        self.has_kin |= verb.starts_with("kin:");
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

    #[track_caller]
    fn ask_numbers(&mut self, verb: &str, numbers: &[i128]) -> Reply {
        let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let words: Vec<&[u8]> = words.iter().map(String::as_bytes).collect();
        self.ask(verb, &words)
    }

    fn answer(&mut self) -> Result<Reply, String> {
        let mut line = String::new();
        self.output
            .read_line(&mut line)
            .map_err(|error| error.to_string())?;
        Reply::parse(&line)
    }

    /// Sets its `comm` by `PR_SET_NAME`.
    pub fn rename(&mut self, name: &[u8]) {
        self.ask("name", &[name]);
    }

    /// Starts a thread of this name and returns its id.
    pub fn thread(&mut self, name: &[u8]) -> u32 {
        self.ask("thread", &[name]).number("tid") as u32
    }

    /// Ends the main thread while another, named `survivor`, lives on: the
    /// process looks like a zombie and is none. It takes no commands any more.
    pub fn leader_exits(&mut self) {
        self.ask("leader-exits", &[]);
        self.await_state('Z');
    }

    /// Writes over its arguments as setproctitle does.
    pub fn set_title(&mut self, title: &[u8]) {
        self.ask("title", &[title]);
    }

    /// Sets a resource limit by its number (`libc::RLIMIT_*`).
    pub fn set_limit(&mut self, resource: u32, soft: u64, hard: u64) {
        self.ask_numbers("limit", &[resource.into(), soft.into(), hard.into()]);
    }

    /// Sets its niceness.
    pub fn set_nice(&mut self, nice: i32) {
        self.ask_numbers("nice", &[nice.into()]);
    }

    /// Lets it run on these CPUs alone.
    pub fn set_affinity(&mut self, cpus: &[usize]) {
        let list: Vec<String> = cpus.iter().map(usize::to_string).collect();
        self.ask("affinity", &[list.join(",").as_bytes()]);
    }

    /// Sets its I/O class (1 realtime, 2 best effort, 3 idle) and level.
    pub fn set_io_priority(&mut self, class: u32, level: u32) {
        self.ask_numbers("ionice", &[class.into(), level.into()]);
    }

    /// Sets its scheduling policy (`libc::SCHED_*`) and priority.
    pub fn set_scheduler(&mut self, policy: i32, priority: i32) {
        self.ask_numbers("scheduler", &[policy.into(), priority.into()]);
    }

    /// Sets real, effective and saved user ids.
    pub fn set_uids(&mut self, real: u32, effective: u32, saved: u32) {
        self.ask_numbers("uids", &[real.into(), effective.into(), saved.into()]);
    }

    /// Sets real, effective and saved group ids.
    pub fn set_gids(&mut self, real: u32, effective: u32, saved: u32) {
        self.ask_numbers("gids", &[real.into(), effective.into(), saved.into()]);
    }

    /// Makes its directory in /proc root's or its user's.
    pub fn set_dumpable(&mut self, dumpable: bool) {
        self.ask_numbers("dumpable", &[i128::from(dumpable)]);
    }

    /// Makes it the leader of a new session and process group.
    pub fn new_session(&mut self) {
        self.ask("session", &[]);
    }

    /// Makes it the leader of a new process group.
    pub fn new_group(&mut self) {
        self.ask("group", &[]);
    }

    /// Changes its working directory.
    pub fn chdir(&mut self, dir: &Path) {
        self.ask("chdir", &[dir.as_os_str().as_bytes()]);
    }

    /// Maps private memory and writes to the first `touched` bytes of it.
    pub fn hold_memory(&mut self, bytes: u64, touched: u64) {
        let numbers = [bytes.to_string(), touched.to_string()];
        self.ask(
            "memory",
            &[b"private", numbers[0].as_bytes(), numbers[1].as_bytes()],
        );
    }

    /// The same with shared anonymous memory.
    pub fn hold_shared_memory(&mut self, bytes: u64, touched: u64) {
        let numbers = [bytes.to_string(), touched.to_string()];
        self.ask(
            "memory",
            &[b"shared", numbers[0].as_bytes(), numbers[1].as_bytes()],
        );
    }

    /// Maps a file and reads every page of it.
    pub fn map_file(&mut self, path: &Path) {
        self.ask("file:map", &[path.as_os_str().as_bytes()]);
    }

    /// Uses this much CPU time, nearly all of it in user mode.
    pub fn burn(&mut self, time: Duration) {
        self.ask_numbers("burn", &[time.as_millis() as i128]);
    }

    /// Gives it a controlling terminal in a new session; returns its path.
    pub fn take_terminal(&mut self) -> PathBuf {
        self.ask("terminal", &[]).os("path").into()
    }

    /// Opens a socket: `tcp4-` or `tcp6-` with `listen`, `established`,
    /// `close-wait`, `time-wait`; `tcp4-syn-sent`, `tcp4-bound`; `udp4`,
    /// `udp6`, `udp4-connected`, `udp6-connected`.
    ///
    /// The reply has `fd` and `local` for those with one end (and `remote`
    /// for connected UDP), `client-fd`, `client`, `server-fd`, `server` for
    /// those with two (of a `time-wait` no descriptor is left, and its address
    /// is `client`).
    pub fn socket(&mut self, kind: &str) -> Reply {
        self.ask(&format!("socket:{kind}"), &[])
    }

    /// Opens a UNIX socket. `kind` is `listen`, `bound` or `connected`, `of`
    /// is `stream`, `dgram` or `seqpacket`, the name a path or, behind a NUL
    /// byte, abstract. The reply has `fd`, and if connected `client-fd` and,
    /// but for datagrams, `server-fd`.
    pub fn unix_socket(&mut self, kind: &str, of: &str, name: &[u8]) -> Reply {
        self.ask(&format!("socket:unix-{kind}"), &[of.as_bytes(), name])
    }

    /// Opens two connected UNIX sockets without names: `fd` and `peer-fd`.
    pub fn unix_pair(&mut self, of: &str) -> Reply {
        self.ask("socket:unix-pair", &[of.as_bytes()])
    }

    /// Opens a file in a mode of fopen(3) (`r`, `w`, `a`, `r+`, `w+`, `a+`),
    /// seeks to the offset and returns the descriptor.
    pub fn open(&mut self, mode: &str, path: &Path, offset: u64) -> u32 {
        let offset = offset.to_string();
        let words = [
            mode.as_bytes(),
            path.as_os_str().as_bytes(),
            offset.as_bytes(),
        ];
        self.ask("file:open", &words).number("fd") as u32
    }

    /// Makes a file, keeps it open for writing and deletes it.
    pub fn open_deleted(&mut self, path: &Path) -> u32 {
        self.ask("file:deleted", &[path.as_os_str().as_bytes()])
            .number("fd") as u32
    }

    /// Opens a file in memory (`memfd:name`).
    pub fn open_memory(&mut self, name: &[u8]) -> u32 {
        self.ask("file:memfd", &[name]).number("fd") as u32
    }

    /// Opens a pipe: `read` and `write` of the reply.
    pub fn pipe(&mut self) -> Reply {
        self.ask("file:pipe", &[])
    }

    /// Writes this many bytes to a file by one write call and syncs it.
    pub fn write_file(&mut self, path: &Path, bytes: u64) {
        let bytes = bytes.to_string();
        self.ask(
            "file:write",
            &[path.as_os_str().as_bytes(), bytes.as_bytes()],
        );
    }

    /// Reads a whole file by read calls.
    pub fn read_file(&mut self, path: &Path) {
        self.ask("file:read", &[path.as_os_str().as_bytes()]);
    }

    /// Forks this many sleeping children.
    pub fn fan(&mut self, width: u32) -> Vec<u32> {
        self.ask_numbers("kin:fan", &[width.into()]).pids("pids")
    }

    /// Forks a chain of descendants: its child, the child of that, and so on.
    pub fn chain(&mut self, length: u32) -> Vec<u32> {
        self.ask_numbers("kin:chain", &[length.into()]).pids("pids")
    }

    /// Forks a child that exits and is never reaped.
    pub fn zombie_child(&mut self) -> u32 {
        self.ask("kin:zombie", &[]).number("pid") as u32
    }

    /// Starts a daemon: its parent is gone, its session its own.
    pub fn orphan(&mut self) -> u32 {
        self.ask("kin:orphan", &[]).number("pid") as u32
    }

    /// Forks a child that stands still under its tracer (state `t`).
    pub fn traced_child(&mut self) -> u32 {
        self.ask("kin:traced", &[]).number("pid") as u32
    }

    /// Forks a child in state `D` for as long as the specimen lives.
    pub fn uninterruptible_child(&mut self) -> u32 {
        let pid = self.ask("kin:uninterruptible", &[]).number("pid") as u32;
        await_state(pid, 'D');
        pid
    }

    /// Runs another program in its place. It takes no commands any more, and
    /// its name is in `/proc` when this returns.
    pub fn exec(&mut self, path: &Path, args: &[&OsStr]) {
        let mut line = format!("exec {}", encode(path.as_os_str().as_bytes()));
        for arg in args {
            line.push(' ');
            line.push_str(&encode(arg.as_bytes()));
        }
        line.push('\n');
        let mut input = self.input.take().expect("the specimen has not exited");
        input
            .write_all(line.as_bytes())
            .expect("the specimen listens");
        let target = std::fs::canonicalize(path).expect("the program exists");
        let link = format!("/proc/{}/exe", self.pid());
        wait_until("the program runs", || {
            // The kernel shows the new executable before the new arguments.
            std::fs::read_link(&link).is_ok_and(|now| now == target)
                && (args.is_empty() || !self.proc_file("cmdline").is_empty())
        });
        // Kept, so that a program which reads its input does not end.
        self.input = Some(input);
    }

    /// Stops it (state `T`).
    pub fn stop(&mut self) {
        let _ = sys::kill(self.pid(), libc::SIGSTOP);
        sys::wait_stopped(self.pid()).expect("a child can be waited for");
    }

    /// Lets a stopped specimen go on.
    pub fn resume(&mut self) {
        let _ = sys::kill(self.pid(), libc::SIGCONT);
        wait_until("the specimen goes on", || self.state() != 'T');
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: i32) {
        sys::kill(self.pid(), signal).expect("an unreaped child can be signalled");
    }

    /// Ends it and leaves it a zombie.
    pub fn exit_unreaped(&mut self) {
        self.input = None;
        sys::wait_exited_unreaped(self.pid()).expect("a child can be waited for");
    }

    /// Kills it and leaves it a zombie.
    pub fn kill_unreaped(&mut self) {
        self.signal(libc::SIGKILL);
        sys::wait_exited_unreaped(self.pid()).expect("a child can be waited for");
    }

    /// Kills it unless it exited, reaps it and returns its status: the PID is
    /// free from now on.
    pub fn reap(&mut self) -> ExitStatus {
        self.input = None;
        let _ = self.child.kill();
        self.child.wait().expect("a child can be waited for")
    }

    /// Waits for it to end, without making it.
    pub fn wait(&mut self) -> ExitStatus {
        // Not Child::wait before stdin is closed here on purpose: that would
        // close it.
        sys::wait_exited_unreaped(self.pid()).expect("a child can be waited for");
        self.child.wait().expect("a child can be waited for")
    }

    /// Waits until its state is this letter.
    pub fn await_state(&self, state: char) {
        await_state(self.pid(), state);
    }
}

impl Drop for Specimen {
    fn drop(&mut self) {
        if self.has_kin {
            self.input = None;
            let deadline = Instant::now() + Duration::from_millis(500);
            while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        // Both are harmless after `reap`: std remembers the status.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The state letter of any process; `None` when it is gone.
fn state_of(pid: u32) -> Option<char> {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    let end = stat.iter().rposition(|&byte| byte == b')')?;
    stat.get(end + 2).map(|&byte| char::from(byte))
}

fn await_state(pid: u32, state: char) {
    wait_until("the state changes", || state_of(pid) == Some(state));
}

pub(super) fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !so() {
        assert!(Instant::now() < deadline, "waited 20 seconds until {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}
