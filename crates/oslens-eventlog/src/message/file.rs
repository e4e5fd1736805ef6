//! The message tables of one file.

use std::{
    fmt, fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use crate::{
    Error, ErrorKind, Result,
    parse::{Malformed, message_table::MessageTable, resources},
};

/// No program or library is longer, in bytes.
const LONGEST: u64 = 512 << 20;
/// The only name under which the system looks for messages.
const NAME: u32 = 1;

/// The messages of a program or library, in each language that it has.
///
/// The text of events is often in a file of its own beside the library, for a
/// language: `en-US/netmsg.dll.mui`. [`MessageFile::read`] takes what is there.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct MessageFile {
    /// Language and table, in the order in which they are looked at.
    pub(super) tables: Vec<(u16, Vec<u8>)>,
}

impl MessageFile {
    /// Reads a program or library of Windows, and the `.mui` files that belong
    /// to it in the folders beside it.
    ///
    /// The file is read as it is; no code in it is run.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is no such file. A file without messages is no
    /// error; see [`MessageFile::languages`].
    ///
    /// # Platform
    ///
    /// Every one.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use oslens_eventlog::message::MessageFile;
    ///
    /// let messages = MessageFile::read("from-the-server/netmsg.dll")?;
    /// assert_eq!(messages.get(5).as_deref(), Some("Access is denied.\r\n"));
    /// # Ok::<(), oslens_eventlog::Error>(())
    /// ```
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let mut file = Self::read_one(path)?;
        for beside in translations(path) {
            // One that cannot be read leaves the other languages.
            if let Ok(translation) = Self::read_one(&beside) {
                file.tables.extend(translation.tables);
            }
        }
        Ok(file)
    }

    fn read_one(path: &Path) -> Result<Self> {
        let mut bytes = Vec::new();
        fs::File::open(path)
            .and_then(|file| file.take(LONGEST).read_to_end(&mut bytes))
            .map_err(|error| Error::io("read", error).of(path))?;
        Self::parse(&bytes).map_err(|error| error.of(path))
    }

    /// From the bytes of a program or library of Windows.
    ///
    /// # Errors
    ///
    /// They are none.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let malformed = |error: Malformed| Error::message(ErrorKind::Malformed, error.to_string());
        let tables = resources::message_tables(bytes).map_err(malformed)?;
        let tables = tables
            .into_iter()
            .filter(|found| found.name == NAME)
            .map(|found| (found.language, found.data.to_vec()));
        Ok(Self {
            tables: tables.collect(),
        })
    }

    /// One that has these tables, each with its language.
    #[allow(dead_code)] // Not on every system.
    pub(crate) fn of_tables(tables: Vec<(u16, Vec<u8>)>) -> Self {
        Self { tables }
    }

    /// The languages of its messages, as the system numbers them: 0x409 is
    /// English of the United States, 0 no language. None where it has no
    /// messages.
    #[must_use]
    pub fn languages(&self) -> Vec<u16> {
        self.tables.iter().map(|&(language, _)| language).collect()
    }

    /// These languages first, in this order; the others stay behind them.
    #[must_use]
    pub fn prefer(mut self, languages: &[u16]) -> Self {
        // Stable: what is not named stays in its order.
        self.tables.sort_by_key(|(language, _)| {
            languages
                .iter()
                .position(|preferred| preferred == language)
                .unwrap_or(usize::MAX)
        });
        self
    }

    /// The text of a message as it is stored, in the first language that has
    /// it: with `%1` for its strings, and with the line end that compilers
    /// put there. [`format()`](super::format()) puts strings in.
    #[must_use]
    pub fn get(&self, id: u32) -> Option<String> {
        self.tables.iter().find_map(|(_, table)| {
            let table = MessageTable::parse(table).ok()?;
            table.get(id)
        })
    }

    /// All messages of the first language: number and text, by number.
    #[must_use]
    pub fn messages(&self) -> Vec<(u32, String)> {
        let first = self.tables.first();
        let table = first.and_then(|(_, table)| MessageTable::parse(table).ok());
        table.map_or_else(Vec::new, |table| table.iter().collect())
    }
}

impl fmt::Debug for MessageFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths = self.tables.iter();
        f.debug_map()
            .entries(lengths.map(|(language, table)| (language, table.len())))
            .finish()
    }
}

/// The files with the texts of this one: `NAME.mui` beside it and in the
/// folders beside it, which are named by languages.
fn translations(path: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Vec::new();
    };
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let mut name = name.to_os_string();
    name.push(".mui");
    let mut found = Vec::new();
    let same = |other: &std::ffi::OsStr| other.eq_ignore_ascii_case(&name);
    let mut look = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        // The names of Windows are of any case.
        found.extend(
            entries
                .filter(|entry| same(&entry.file_name()))
                .map(|entry| entry.path()),
        );
    };
    look(folder);
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| is_language(&entry.file_name()) && entry.path().is_dir())
        .map(|entry| entry.path())
        .collect();
    // English first, as the system falls back to it.
    folders.sort_by_key(|folder| {
        let name = folder.file_name().unwrap_or_default().to_ascii_lowercase();
        (name != "en-us", name)
    });
    for folder in folders {
        look(&folder);
    }
    found
}

/// Whether a folder is named as languages are: `en-US`, `sr-Latn-RS`, `de`.
fn is_language(name: &std::ffi::OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    let mut parts = name.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.chars().all(|c| c.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn translations_beside_a_file_belong_to_it() {
        let folder = std::env::temp_dir().join(format!("oslens-mui-{}", std::process::id()));
        let (one, other) = (
            include_bytes!("../parse/resources/gnu64.dll"),
            include_bytes!("../parse/resources/lld32.dll"),
        );
        for name in ["de-DE", "en-US", "drivers"] {
            fs::create_dir_all(folder.join(name)).unwrap();
            fs::write(folder.join(name).join("SRV.dll.mui"), other).unwrap();
        }
        fs::write(folder.join("de-DE/other.dll.mui"), other).unwrap();
        fs::write(folder.join("srv.dll"), one).unwrap();
        let found = translations(&folder.join("srv.dll"));
        let file = MessageFile::read(folder.join("srv.dll")).unwrap();
        let error = MessageFile::read(folder.join("none.dll")).unwrap_err();
        fs::remove_dir_all(&folder).unwrap();
        let expected = ["en-US", "de-DE"].map(|name| folder.join(name).join("SRV.dll.mui"));
        assert_eq!(found, expected);
        assert_eq!(file.languages().len(), 3 * 2);
        assert_eq!(file.get(2).as_deref(), Some("Disks and ä\n"));
        let german = file.prefer(&[0x407]);
        assert_eq!(german.get(1).as_deref(), Some("Netzwerk für alle\r\n"));
        assert_eq!(german.get(2).as_deref(), Some("Disks and ä\n"));
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }

    #[test]
    fn folders_of_languages_are_told_from_others() {
        for name in ["en-US", "de", "sr-Latn-RS", "es-419"] {
            assert!(is_language(name.as_ref()), "{name}");
        }
        for name in ["drivers", "x", "", "en-", "en_US", "system32"] {
            assert!(!is_language(name.as_ref()), "{name}");
        }
    }
}
