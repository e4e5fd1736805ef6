//! What the built command does with a wrong command line, and when its output
//! cannot be written.

use std::process::{Command, Output};

fn oslens(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oslens"));
    command.args(arguments).env("LC_ALL", "C.UTF-8");
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_wrong_command_line_is_one_line_on_stderr_and_exit_code_2() {
    for (arguments, expected) in [
        (&["--jsn"][..], "'--json'"),
        (&["--color", "alway"], "'always'"),
        (&["--timeout", "soon"], "'soon'"),
        (&["-n", "-1"], "-1"),
        (&["--\x1b[2J"], "\\x1b[2J"),
    ] {
        let output = oslens(arguments).output().unwrap();
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(
            text.starts_with("oslens: ") && text.contains(expected),
            "{text}"
        );
        assert!(!text.contains('\x1b'), "{text}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn help_and_version_go_to_stdout() {
    for flag in ["--help", "-h", "--version", "-V"] {
        let output = oslens(&[flag]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(!output.stdout.is_empty() && output.stderr.is_empty());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_line_on_stderr_and_exit_code_3() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let output = oslens(&["--help"]).stdout(full.unwrap()).output().unwrap();
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        text.starts_with("oslens: cannot write the output: "),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_the_command_quietly() {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    drop(reader);
    let output = oslens(&["--help"]).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stderr(&output), "");
}

#[cfg(unix)]
#[test]
fn a_closed_stderr_does_not_change_the_exit_code() {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    drop(reader);
    let status = oslens(&["--nonsense"]).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(2));
}
