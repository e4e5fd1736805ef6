//! Where a service's output goes.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// A log file of this size is put aside.
const LARGEST: u64 = 10 << 20;

/// Writes whole lines to standard error: the log file of a service, and the
/// terminal else. One write, so that lines of several threads do not mix; a
/// full disk or a terminal that is gone ends nothing.
pub(crate) fn tell(lines: &str) {
    if cfg!(test) {
        // Kept with the test's own output.
        eprint!("{lines}");
    } else {
        let _ = io::stderr().write_all(lines.as_bytes());
    }
}

/// Where the log file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LogFile {
    /// Beside the program, or where its user may write.
    Beside,
    /// There.
    At(PathBuf),
    /// There is none.
    None,
}

impl LogFile {
    /// Where it may be, the best place first.
    pub(crate) fn places(&self, program: &Path, private: Option<PathBuf>) -> Vec<PathBuf> {
        match self {
            Self::None => Vec::new(),
            Self::At(path) => vec![path.clone()],
            Self::Beside => {
                let beside = program.with_extension("log");
                let own = match (private, beside.file_name()) {
                    (Some(folder), Some(name)) => Some(folder.join(name)),
                    _ => None,
                };
                std::iter::once(beside).chain(own).collect()
            }
        }
    }
}

/// Opens the first of them that can be written to.
pub(crate) fn open(places: &[PathBuf]) -> io::Result<Option<File>> {
    let mut failure = None;
    for path in places {
        match append(path) {
            Ok(file) => return Ok(Some(file)),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    failure.map_or(Ok(None), Err)
}

fn append(path: &Path) -> io::Result<File> {
    if fs::metadata(path).is_ok_and(|file| file.len() >= LARGEST) {
        let mut old = path.as_os_str().to_owned();
        old.push(".old");
        // Another process of the same program may hold it; then it grows.
        let _ = fs::rename(path, old);
    }
    OpenOptions::new().append(true).create(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_beside_the_program_or_else_the_users_own() {
        let program = Path::new("/opt/pipe/pipe.exe");
        let own = || Some(PathBuf::from("/home/own"));
        let places = LogFile::Beside.places(program, own());
        let wanted = ["/opt/pipe/pipe.log", "/home/own/pipe.log"];
        assert_eq!(places, wanted.map(PathBuf::from));
        assert_eq!(LogFile::Beside.places(program, None).len(), 1);
        let at = LogFile::At("/var/x".into());
        assert_eq!(at.places(program, own()), [PathBuf::from("/var/x")]);
        assert!(LogFile::None.places(program, own()).is_empty());
        assert!(open(&[]).unwrap().is_none());
    }

    #[test]
    fn a_log_that_cannot_be_written_gives_way_and_a_large_one_is_put_aside() {
        let folder = std::env::temp_dir().join(format!("oslens-log-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let missing = folder.join("no/such/folder.log");
        let there = folder.join("there.log");
        for text in ["one ", "two"] {
            let mut file = open(&[missing.clone(), there.clone()]).unwrap().unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }
        assert_eq!(fs::read_to_string(&there).unwrap(), "one two");
        assert!(open(&[missing]).is_err());
        File::create(&there).unwrap().set_len(LARGEST).unwrap();
        drop(open(std::slice::from_ref(&there)).unwrap());
        assert_eq!(fs::metadata(&there).unwrap().len(), 0);
        let old = fs::metadata(folder.join("there.log.old")).unwrap();
        assert_eq!(old.len(), LARGEST);
        fs::remove_dir_all(&folder).unwrap();
    }
}
