//! The built command, as these tests run it.
#![allow(dead_code, reason = "not every test file uses all of it")]

use std::process::{Command, Output};

/// Where the command lies.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_oslens");

/// A command line, with a locale that can show everything.
pub(crate) fn oslens(arguments: &[&str]) -> Command {
    #[cfg(target_os = "linux")]
    if let Some(program) = oslens_testkit::ns::program() {
        return program_with(&program, arguments);
    }
    program_with(PROGRAM.as_ref(), arguments)
}

fn program_with(program: &std::path::Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("COLUMNS")
        .env_remove("CLICOLOR_FORCE");
    command
}

/// Runs the command as the user who owns nothing, which root can.
#[cfg(target_os = "linux")]
pub(crate) fn as_nobody(arguments: &[&str]) -> Result<Output, String> {
    use std::os::unix::process::CommandExt as _;

    if !oslens_testkit::is_root() {
        return Err("only root can become somebody else".to_owned());
    }
    let home = oslens_testkit::FixtureRoot::new();
    let program = oslens_testkit::ns::copy_program(&home, PROGRAM.as_ref())
        .map_err(|error| format!("the command cannot be copied: {error}"))?;
    let mut command = program_with(&program, arguments);
    command.uid(NOBODY).gid(NOBODY).current_dir(home.path());
    command
        .output()
        .map_err(|error| format!("nobody cannot run the command: {error}"))
}

/// The user and group who own nothing.
pub(crate) const NOBODY: u32 = 65534;

pub(crate) fn run(arguments: &[&str]) -> Output {
    oslens(arguments).output().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The document that a command prints with `--json`.
pub(crate) fn json(arguments: &[&str]) -> serde_json::Value {
    let output = oslens(arguments).arg("--json").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The rows of a document in which this key has this value.
pub(crate) fn rows<'d>(
    document: &'d serde_json::Value,
    key: &str,
    value: impl Into<serde_json::Value>,
) -> Vec<&'d serde_json::Value> {
    let value = value.into();
    let rows = document["rows"].as_array().unwrap();
    rows.iter().filter(|row| row[key] == value).collect()
}

/// What a terminal of so many columns gets, made by script(1).
pub(crate) fn in_terminal(
    arguments: &[&str],
    columns: usize,
    locale: &str,
) -> Result<String, String> {
    let mut words = vec![env!("CARGO_BIN_EXE_oslens")];
    words.extend(arguments);
    let line = format!(
        "stty cols {columns}; exec env COLUMNS={columns} LC_ALL={locale} {}",
        words.join(" ")
    );
    let output = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(|error| format!("script(1) cannot be run: {error}"))?;
    // The terminal turns every newline into two characters.
    Ok(stdout(&output).replace("\r\n", "\n"))
}

/// The commands that show the machine.
pub(crate) const COMMANDS: [&[&str]; 8] = [
    &[],
    &["mem"],
    &["df"],
    &["df", "-a"],
    &["df", "-i"],
    &["net"],
    &["sockets", "-tula"],
    &["ss", "-xa"],
];
