//! Starts other programs and watches what they say.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use crate::report::Counts;

/// The cargo that runs this task.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Our exit code after that of a child.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(1))
}

/// Whether the program is there and ends well, in silence.
pub(crate) fn works(program: &str, args: &[&str]) -> bool {
    Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// How long a program's output is read that others go on to hold when it has
/// ended: a test that fails may leave processes behind.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs a command in the open and counts the tests it reports.
pub(crate) fn watched(command: &mut Command) -> Result<(ExitStatus, Counts), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{name}: {error}"))?;
    let (done, ends) = mpsc::channel();
    let read = |from: Option<Box<dyn Read + Send>>, to: Box<dyn Write + Send>| {
        let counts = Arc::new(Mutex::new(Counts::default()));
        let (counted, done) = (Arc::clone(&counts), done.clone());
        thread::spawn(move || {
            if let Some(from) = from {
                pass_on(from, to, &counted);
            }
            // Nobody may wait any more.
            let _ = done.send(());
        });
        counts
    };
    let stdout = child.stdout.take().map(|from| Box::new(from) as _);
    let stderr = child.stderr.take().map(|from| Box::new(from) as _);
    let halves = [
        read(stdout, Box::new(std::io::stdout())),
        read(stderr, Box::new(std::io::stderr())),
    ];
    let status = child.wait().map_err(|error| format!("{name}: {error}"))?;
    for _ in &halves {
        if ends.recv_timeout(PATIENCE).is_err() {
            println!("=== {name} has ended, and what it started has not");
            break;
        }
    }
    let mut counts = Counts::default();
    for half in halves {
        if let Ok(half) = half.lock() {
            counts.add(&half);
        }
    }
    Ok((status, counts))
}

fn pass_on(from: impl Read, mut to: impl Write, counts: &Mutex<Counts>) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    // Bytes: a test may print what is not UTF-8.
    while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let _ = to.write_all(&line).and_then(|()| to.flush());
        if let Ok(mut counts) = counts.lock() {
            counts.note(&String::from_utf8_lossy(&line));
        }
        line.clear();
    }
}
