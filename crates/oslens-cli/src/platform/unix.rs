//! Terminals, users and paths of Unix.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use oslens::process::{Fields, Process};

use crate::cell::Missing;

/// What tells that a process has an account without a number: nothing does
/// here.
pub(crate) const ACCOUNT: Fields = Fields::empty();

/// The account that a process runs as, where users have no numbers: here they
/// have.
pub(crate) fn account(_: &Process) -> Result<Option<OsString>, Missing> {
    Err(Missing::Unsupported)
}

/// Who is looking, for notes about what was hidden from them.
pub(crate) fn reader() -> String {
    format!("uid {}", rustix::process::geteuid().as_raw())
}

/// Whether the terminal obeys escape sequences: all of them do.
pub(crate) fn obeys_escapes() -> bool {
    true
}

/// Whether the locale can show UTF-8: the first of LC_ALL, LC_CTYPE and LANG
/// that is set and not empty decides, as in setlocale(3).
///
/// With none of them set the locale is C, which promises no more than ASCII.
pub(crate) fn is_utf8_locale(environment: impl Fn(&str) -> Option<OsString>) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(environment)
        .find(|value| !value.is_empty())
        .is_some_and(|value| {
            let value = value.to_string_lossy().to_ascii_lowercase();
            value.contains("utf-8") || value.contains("utf8")
        })
}

/// Where a file is, links followed, as the machine below `root` names it.
///
/// # Errors
///
/// When one of them does not exist.
pub(crate) fn real_path(root: &Path, file: &Path) -> io::Result<PathBuf> {
    let real = file.canonicalize()?;
    // The mounts are named as seen from their own root.
    let root = root.canonicalize()?;
    Ok(match real.strip_prefix(&root) {
        Ok(inner) => Path::new("/").join(inner),
        Err(_) => real,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| {
            let (_, value) = pairs.iter().find(|(key, _)| *key == name)?;
            Some(OsString::from(value))
        }
    }

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        assert!(is_utf8_locale(with(&[("LANG", "de_DE.UTF-8")])));
        assert!(is_utf8_locale(with(&[("LC_CTYPE", "C.utf8")])));
        let c_over_utf8 = with(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]);
        assert!(!is_utf8_locale(c_over_utf8));
        assert!(is_utf8_locale(with(&[("LC_ALL", ""), ("LANG", "C.UTF-8")])));
        assert!(!is_utf8_locale(with(&[])));
    }
}
