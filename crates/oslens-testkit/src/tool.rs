//! The machine's own tools, as independent witnesses.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// What a tool printed.
#[derive(Debug, Clone)]
pub struct ToolOutput {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output, bytes that are not UTF-8 replaced.
    pub stdout: String,
    /// Standard error, likewise.
    pub stderr: String,
}

/// Runs a tool of the machine with `LC_ALL=C` and no terminal.
///
/// # Errors
///
/// The reason, fit for [`skip!`](crate::skip!), when the tool cannot be started. A tool
/// that ran and failed is `Ok`: look at the code.
///
/// ```no_run
/// # fn a_test() {
/// let ps = match oslens_testkit::tool("ps", &["-e", "-o", "pid="]) {
///     Ok(output) => output.stdout,
///     Err(reason) => oslens_testkit::skip!("{reason}"),
/// };
/// # }
/// ```
pub fn tool<S: AsRef<OsStr>>(name: &str, args: &[S]) -> Result<ToolOutput, String> {
    let mut path = std::env::var("PATH").unwrap_or_default();
    if cfg!(unix) {
        // Administrators' tools are not on everyone's path.
        path.push_str(":/usr/sbin:/sbin:/usr/bin:/bin");
    }
    let output = Command::new(name)
        .args(args)
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .env("PATH", path)
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("the tool {name} cannot be run: {error}"))?;
    Ok(ToolOutput {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Runs Python code with psutil imported and returns what it printed.
///
/// The interpreter is `OSLENS_TEST_PYTHON` (`cargo xtask test` makes one with
/// the right psutil), else `python3`. An exception in the code is a panic here.
///
/// # Errors
///
/// The reason when there is no interpreter or it has no psutil.
///
/// # Panics
///
/// When the code fails.
pub fn psutil(code: &str) -> Result<String, String> {
    let python = std::env::var("OSLENS_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let probe = tool(&python, &["-c", "import psutil"])?;
    if probe.code != Some(0) {
        return Err(format!(
            "{python} has no psutil (cargo xtask test makes one that has, see OSLENS_TEST_PYTHON)"
        ));
    }
    let output = tool(&python, &["-c", &format!("import psutil\n{code}")])?;
    assert_eq!(
        output.code,
        Some(0),
        "psutil code failed: {}",
        output.stderr
    );
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::tool;

    #[test]
    fn an_absent_tool_is_a_reason_and_not_a_panic() {
        let reason = tool("oslens-no-such-tool", &["-x"]).unwrap_err();
        assert!(reason.contains("oslens-no-such-tool"), "{reason}");
    }

    #[cfg(unix)]
    #[test]
    fn a_tool_reports_its_exit_code_and_speaks_the_c_locale() {
        let output = tool("sh", &["-c", "echo $LC_ALL; exit 3"]).unwrap();
        assert_eq!((output.code, output.stdout.as_str()), (Some(3), "C\n"));
    }
}
