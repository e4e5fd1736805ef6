//! Consoles, users, paths and the rights of processes on Windows.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf, Prefix};

use oslens::os::windows::{Elevation, IntegrityLevel, ProcessExt as _};
use oslens::process::{Fields, Process};

use super::Fact;
pub(crate) use super::one_root::can_look;
use crate::cell::{Cell, Missing, Value};
use crate::convert::missing;

/// What tells that a process has an account without a number.
pub(crate) const ACCOUNT: Fields = Fields::EFFECTIVE_UID;

/// The account that a process runs as, `DOMAIN\name`: users have no numbers.
pub(crate) fn account(process: &Process) -> Result<Option<OsString>, Missing> {
    missing(process.username())
}

/// How far the system trusts a process, and what it is kept within.
pub(crate) fn isolation(process: &Process) -> Vec<Fact> {
    fn fact<T>(
        result: oslens::Result<T>,
        value: impl FnOnce(T) -> Value<'static>,
    ) -> Cell<'static> {
        missing(result).map_or_else(Cell::Missing, |known| value(known).into())
    }
    let elevation = missing(process.elevation());
    let right = |of: fn(&Elevation) -> bool| match &elevation {
        Ok(elevation) => Value::Flag(of(elevation)).into(),
        Err(why) => Cell::Missing(*why),
    };
    let level = |level| {
        Value::text(match level {
            IntegrityLevel::Untrusted => "untrusted",
            IntegrityLevel::Low => "low",
            IntegrityLevel::Medium => "medium",
            IntegrityLevel::High => "high",
            IntegrityLevel::System => "system",
            IntegrityLevel::Protected => "protected",
            _ => "unknown",
        })
    };
    let names = |names: Vec<OsString>| {
        let names = names.into_iter().map(|name| Value::Text(name.into()));
        Value::List(names.collect())
    };
    vec![
        ("integrity", fact(process.integrity_level(), level)),
        ("elevated", right(|elevation| elevation.is_elevated)),
        (
            "app_container",
            right(|elevation| elevation.is_app_container),
        ),
        ("protected", fact(process.is_protected(), Value::Flag)),
        ("in_job", fact(process.is_in_job(), Value::Flag)),
        (
            "session",
            fact(process.session_id(), |number| Value::Id(number.into())),
        ),
        ("services", fact(process.services(), names)),
    ]
}

/// There are none.
pub(crate) fn namespaces(_: &Process) -> Vec<Fact> {
    Vec::new()
}

/// Who is looking, for notes about what was hidden from them.
pub(crate) fn reader() -> String {
    match std::env::var("USERNAME") {
        Ok(name) if !name.is_empty() => format!("user {name}"),
        _ => "this user".to_owned(),
    }
}

/// Whether the console obeys escape sequences, which it must be told to do.
/// Consoles before Windows 10 show them as they are.
pub(crate) fn obeys_escapes() -> bool {
    // `None` is no console: a terminal emulator behind a pipe.
    anstyle_query::windows::enable_ansi_colors() != Some(false)
}

/// Whether the locale can show UTF-8. What is written to a console goes
/// there in UTF-16, whatever its code page.
pub(crate) fn is_utf8_locale(_: impl Fn(&str) -> Option<OsString>) -> bool {
    true
}

/// Where a file is, links followed, as drives name it. There is no other
/// root than this machine's.
///
/// # Errors
///
/// When it does not exist.
pub(crate) fn real_path(_: &Path, file: &Path) -> io::Result<PathBuf> {
    Ok(usual_form(&file.canonicalize()?))
}

/// `C:\…` for `\\?\C:\…`, and `\\server\share\…` for its long form.
fn usual_form(path: &Path) -> PathBuf {
    let mut parts = path.components();
    let Some(Component::Prefix(prefix)) = parts.next() else {
        return path.to_owned();
    };
    let mut usual = match prefix.kind() {
        Prefix::VerbatimDisk(letter) => OsString::from(format!("{}:", char::from(letter))),
        Prefix::VerbatimUNC(server, share) => {
            let mut name = OsString::from(r"\\");
            name.push(server);
            name.push(r"\");
            name.push(share);
            name
        }
        _ => return path.to_owned(),
    };
    usual.push(parts.as_path());
    usual.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_form_of_a_path_becomes_the_usual_one() {
        let of = |path: &str| usual_form(Path::new(path)).into_os_string();
        assert_eq!(of(r"\\?\C:\"), r"C:\");
        assert_eq!(of(r"\\?\C:\Users\x"), r"C:\Users\x");
        assert_eq!(of(r"\\?\UNC\server\share\x"), r"\\server\share\x");
        assert_eq!(of(r"C:\Users"), r"C:\Users");
    }

    #[test]
    fn a_file_is_found_below_its_drive() {
        let file = std::env::current_exe().unwrap();
        let real = real_path(Path::new("/"), &file).unwrap();
        let drive: PathBuf = real.components().take(2).collect();
        assert!(drive.is_dir() && real.starts_with(&drive), "{real:?}");
        assert!(!real.starts_with(r"\\?\"));
    }
}
