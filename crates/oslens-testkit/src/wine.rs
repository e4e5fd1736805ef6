//! What Linux says of a program that Wine runs: a witness that Windows has no
//! part in.
//!
//! Wine shows the files of Linux as drive `Z:`, `/proc` among them.

use std::path::{Path, PathBuf};

/// The version of the Wine that runs this test; `None` on Windows itself.
pub fn version() -> Option<String> {
    crate::sys::windows::wine_version()
}

pub use crate::sys::windows::{own_console, press_ctrl_c};

/// The file that asks `cargo xtask wine` to run a test once more after the
/// next boot.
const AGAIN: &str = "OSLENS_BOOT_AGAIN";
/// Set in that run.
const BOOTED: &str = "OSLENS_BOOTED";

/// Has Wine shut down after this test program and start again for this test
/// alone, which then finds that it was [`booted`]. One test of a program can.
///
/// # Errors
///
/// The reason, when nobody is there to do that.
pub fn boot_again(test: &str) -> Result<(), String> {
    let path = std::env::var_os(AGAIN).ok_or("`cargo xtask wine` does not run this test")?;
    let path = PathBuf::from(path);
    std::fs::write(&path, test).map_err(|error| format!("{}: {error}", path.display()))
}

/// Whether this is the run after [`boot_again`].
pub fn booted() -> bool {
    std::env::var_os(BOOTED).is_some()
}

/// A file of Linux's `/proc`, such as `meminfo` or `self/stat`.
///
/// # Errors
///
/// The reason, fit for [`skip_allowed!`](crate::skip_allowed!), when this is
/// Windows itself or there is no such file.
pub fn proc_file(name: &str) -> Result<Vec<u8>, String> {
    if version().is_none() {
        return Err("this is Windows itself, which has no /proc to compare with".to_owned());
    }
    let path = format!(r"Z:\proc\{}", name.replace('/', r"\"));
    std::fs::read(&path).map_err(|error| format!("{path}: {error}"))
}

/// The PID that Linux knows this process by: the only one that runs this
/// program. (`/proc/self` is Wine's server, which opens all files.)
///
/// # Errors
///
/// As [`proc_file`], and when several processes run this program.
pub fn own_pid() -> Result<u32, String> {
    let exe = std::env::current_exe().map_err(|error| error.to_string())?;
    let name = exe.file_name().unwrap_or_default().to_string_lossy();
    let found = find(|pid| {
        let line = proc_file(&format!("{pid}/cmdline")).unwrap_or_default();
        let program = line.split(|&byte| byte == 0).next().unwrap_or_default();
        program.ends_with(name.as_bytes())
    })?;
    match found[..] {
        [pid] => Ok(pid),
        _ => Err(format!("the processes {found:?} all run {name}")),
    }
}

/// The PID that Linux knows a process by whose main thread has this name, 15
/// bytes at most.
///
/// # Errors
///
/// As [`proc_file`], and when there is not exactly one.
pub fn pid_of_name(name: &str) -> Result<u32, String> {
    let found = find(|pid| {
        let comm = proc_file(&format!("{pid}/comm")).unwrap_or_default();
        comm.trim_ascii_end() == name.as_bytes()
    })?;
    match found[..] {
        [pid] => Ok(pid),
        _ => Err(format!("the processes {found:?} are all called {name}")),
    }
}

fn find(is: impl Fn(u32) -> bool) -> Result<Vec<u32>, String> {
    if version().is_none() {
        return Err("this is Windows itself, which has no /proc to compare with".to_owned());
    }
    let all = std::fs::read_dir(r"Z:\proc").map_err(|error| format!("/proc: {error}"))?;
    let pids = all
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(pids.filter(|&pid| is(pid)).collect())
}

/// Where Linux has a file of drive `Z:`.
pub fn unix_path(path: &Path) -> Option<PathBuf> {
    let path = path.to_str()?;
    let path = path.strip_prefix(r"\\?\").unwrap_or(path);
    let path = path
        .strip_prefix("Z:")
        .or_else(|| path.strip_prefix("z:"))?;
    Some(path.replace('\\', "/").into())
}

#[cfg(test)]
mod tests {
    use super::{own_pid, proc_file, unix_path};
    use std::path::Path;

    #[test]
    fn linux_is_asked_past_windows() {
        let uptime = match proc_file("uptime") {
            Ok(uptime) => uptime,
            Err(reason) => crate::skip_allowed!("{reason}"),
        };
        assert!(uptime.ends_with(b"\n"), "{uptime:?}");
        let line = proc_file(&format!("{}/cmdline", own_pid().unwrap())).unwrap();
        let line = String::from_utf8_lossy(&line).into_owned();
        assert!(line.contains("oslens_testkit"), "{line:?}");
    }

    #[test]
    fn drive_z_is_the_root_of_linux() {
        let path = Path::new(r"Z:\usr\bin");
        assert_eq!(unix_path(path), Some("/usr/bin".into()));
        assert_eq!(unix_path(Path::new(r"C:\windows")), None);
    }
}
