//! Counts a contestant's system calls exactly, with strace.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::isolate;

pub fn available() -> bool {
    Command::new("strace")
        .arg("-V")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// System calls of one warm run: those of a process that runs the job twice
/// less those of one that runs it once.
pub fn of_a_run(server: &[String], job: &str) -> Result<u64, String> {
    let once = total(server, &format!("run {job} 1\nexit\n"))?;
    let twice = total(server, &format!("run {job} 2\nexit\n"))?;
    Ok(twice.saturating_sub(once))
}

/// System calls of a whole command, its start included.
pub fn of_a_command(argv: &[&str]) -> Result<u64, String> {
    let argv: Vec<String> = argv.iter().map(|&word| word.to_owned()).collect();
    total(&argv, "")
}

fn total(argv: &[String], input: &str) -> Result<u64, String> {
    let summary = Scratch::new();
    let mut command = Command::new("strace");
    command
        .args(["-f", "-c", "-o"])
        .arg(&summary.0)
        .arg("--")
        .args(argv)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = isolate::tie(&mut command)
        .spawn()
        .map_err(|e| format!("strace: {e}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin
            .write_all(input.as_bytes())
            .map_err(|e| format!("strace: {e}"))?;
    }
    let status = child.wait().map_err(|e| format!("strace: {e}"))?;
    let text = fs::read_to_string(&summary.0).map_err(|e| format!("strace ({status}): {e}"))?;
    parse_total(&text).ok_or_else(|| format!("strace ({status}) gave no total"))
}

/// The calls in the last line: `100.00  0.04  1  39812  3 total`, where the
/// column of errors may be empty.
fn parse_total(summary: &str) -> Option<u64> {
    let line = summary
        .lines()
        .rev()
        .find(|line| line.ends_with(" total"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        Scratch(std::env::temp_dir().join(format!("oslens-bench-{}.strace", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::parse_total;

    #[test]
    fn the_total_is_found_with_and_without_errors() {
        let line = |errors| format!("% time\n100.00    0.04    1   39812 {errors} total\n");
        assert_eq!(parse_total(&line("     3")), Some(39812));
        assert_eq!(parse_total(&line("")), Some(39812));
        assert_eq!(parse_total("no calls at all\n"), None);
    }
}
