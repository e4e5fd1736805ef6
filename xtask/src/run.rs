//! Starts other programs and watches what they say.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::thread;

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

/// Runs a command in the open and counts the tests it reports.
pub(crate) fn watched(command: &mut Command) -> Result<(ExitStatus, Counts), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{name}: {error}"))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let counts = thread::scope(|scope| {
        let out = scope.spawn(|| stdout.map(|from| pass_on(from, std::io::stdout())));
        let err = scope.spawn(|| stderr.map(|from| pass_on(from, std::io::stderr())));
        let mut counts = Counts::default();
        for half in [out, err] {
            if let Ok(Some(half)) = half.join() {
                counts.add(&half);
            }
        }
        counts
    });
    let status = child.wait().map_err(|error| format!("{name}: {error}"))?;
    Ok((status, counts))
}

fn pass_on(from: impl Read, mut to: impl Write) -> Counts {
    let mut counts = Counts::default();
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    // Bytes: a test may print what is not UTF-8.
    while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let _ = to.write_all(&line).and_then(|()| to.flush());
        counts.note(&String::from_utf8_lossy(&line));
        line.clear();
    }
    counts
}
