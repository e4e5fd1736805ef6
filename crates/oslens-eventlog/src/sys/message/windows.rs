//! Message tables of the programs and libraries of this machine.

use std::path::{Path, PathBuf};

use crate::{Error, ErrorKind, Result, message::MessageFile, sys::pal::windows::module};

/// `LANG_ENGLISH`, `SUBLANG_ENGLISH_US`.
const ENGLISH: u16 = 0x409;
/// No language.
const NEUTRAL: u16 = 0;

/// The messages of a file: those of these languages first, or of those that
/// the user prefers.
pub(crate) fn load(path: &Path, languages: Option<&[u16]>) -> Result<MessageFile> {
    let languages = match languages {
        Some(languages) => languages.to_vec(),
        None => preferred_languages(),
    };
    let paths = candidates(path);
    let mut failed = None;
    for path in &paths {
        match module::message_tables(path, &languages) {
            Ok(tables) => return Ok(MessageFile::of_tables(tables)),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    // A file of another processor is one to us.
    for path in &paths {
        if let Ok(file) = MessageFile::read(path) {
            return Ok(file.prefer(&languages));
        }
    }
    let nowhere = || Error::message(ErrorKind::NotFound, "it is no whole path").of(path);
    Err(failed.unwrap_or_else(nowhere))
}

/// In the order in which the system itself looks for a message.
fn preferred_languages() -> Vec<u16> {
    let mut languages = vec![NEUTRAL];
    languages.extend(module::user_languages());
    languages.push(ENGLISH);
    let mut known = Vec::new();
    languages.retain(|language| {
        let is_new = !known.contains(language);
        known.push(*language);
        is_new
    });
    languages
}

/// Where a file can be that the registry names.
fn candidates(path: &Path) -> Vec<PathBuf> {
    let root = std::env::var_os("SystemRoot").map(PathBuf::from);
    // A name without a folder is a library of the system. It is not looked for
    // in the working directory, which may be anybody's.
    if !path.is_absolute() {
        let system = root.map(|root| [root.join("System32").join(path), root.join(path)]);
        let mut paths: Vec<PathBuf> = system.into_iter().flatten().collect();
        // `C:x.dll` is in the working directory of that volume.
        paths.retain(|path| path.is_absolute());
        return paths;
    }
    let mut paths = Vec::new();
    // To a 32-bit program System32 is another folder than to the services that
    // registered the file; under this name it is the same.
    if cfg!(target_pointer_width = "32") {
        if let Some(root) = root {
            let system = root.join("System32");
            let within = path
                .to_str()
                .zip(system.to_str())
                .and_then(|(path, system)| {
                    let (begin, rest) = path.split_at_checked(system.len())?;
                    begin.eq_ignore_ascii_case(system).then_some(rest)
                });
            if let Some(within) = within.and_then(|within| within.strip_prefix('\\')) {
                paths.push(root.join("Sysnative").join(within));
            }
        }
    }
    paths.push(path.to_owned());
    paths
}

/// The files that have the texts of the system's errors, in one of them.
pub(crate) fn system_messages() -> &'static [&'static str] {
    // They moved to the second one with Windows 7.
    &["kernel32.dll", "kernelbase.dll"]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_has_texts_for_its_errors() {
        let text = system_messages().iter().find_map(|path| {
            let file = load(Path::new(path), None).unwrap();
            file.get(5)
        });
        assert!(!text.unwrap().trim().is_empty());
    }

    #[test]
    fn a_bare_name_is_a_file_of_the_system_and_not_of_the_working_directory() {
        for name in ["x.dll", r"sub\x.dll", r"..\x.dll", r"\x.dll", "C:x.dll"] {
            for path in candidates(Path::new(name)) {
                assert!(path.is_absolute(), "{}", path.display());
            }
        }
        // Nor is it read there when it cannot be loaded.
        let here = format!("oslens-test-{}.exe", std::process::id());
        std::fs::copy(std::env::current_exe().unwrap(), &here).unwrap();
        let found = load(Path::new(&here), None);
        std::fs::remove_file(&here).unwrap();
        assert_eq!(found.unwrap_err().kind(), ErrorKind::NotFound);
        let path = Path::new(r"C:\a\x.dll");
        assert_eq!(candidates(path).last().map(PathBuf::as_path), Some(path));
    }
}
