//! Where the messages of each source are.

use std::{
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{MessageFile, format, format_with};
use crate::{ErrorKind, Result, source::Source, sys};

/// The messages of all sources of this machine, and of those whose files are
/// given.
///
/// It reads each file once and keeps its messages: make one and use it for
/// many events.
///
/// # Platform
///
/// On Windows the registry names the files of each source, and the catalog
/// reads them when they are first asked for, in the user's language where they
/// have it, else in English, else in any. On other systems it knows what it
/// was given with [`Catalog::add`].
///
/// # Examples
///
/// ```
/// use oslens_eventlog::message::Catalog;
///
/// let catalog = Catalog::new();
/// let text = catalog.message("Application", "No Such Source", 0x4000_0001, &["a"])?;
/// assert_eq!(text, None);
/// # Ok::<(), oslens_eventlog::Error>(())
/// ```
#[derive(Default)]
pub struct Catalog {
    /// In lower case: names of sources are of any case.
    given: HashMap<String, Files>,
    languages: Option<Vec<u16>>,
    known: Mutex<Known>,
}

/// How many sources are known at once. Anybody may write events in the name of
/// a source that there is not, and no log has so many that there are.
const MOST_SOURCES: usize = 4096;

#[derive(Default)]
struct Known {
    /// By log and source, in lower case.
    sources: HashMap<(String, String), Arc<Files>>,
    /// `None` for one that cannot be read.
    files: HashMap<PathBuf, Option<Arc<MessageFile>>>,
}

/// The files of a source.
#[derive(Default, Clone)]
struct Files {
    messages: Vec<Arc<MessageFile>>,
    categories: Vec<Arc<MessageFile>>,
    parameters: Vec<Arc<MessageFile>>,
}

impl Catalog {
    /// The messages of this machine's sources, in the user's language.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// These languages first, as the system numbers them (0x409 is English of
    /// the United States), in place of the user's.
    #[must_use]
    pub fn languages(mut self, languages: &[u16]) -> Self {
        for files in self.given.values_mut() {
            let Files {
                messages,
                categories,
                parameters,
            } = files;
            for file in [messages, categories, parameters].into_iter().flatten() {
                *file = Arc::new(MessageFile::clone(file).prefer(languages));
            }
        }
        // What was read so far is in the languages of before.
        self.known = Mutex::default();
        self.languages = Some(languages.to_vec());
        self
    }

    /// The messages, categories and parameters of a source are in this file,
    /// whatever the registry says; for events that were saved on another
    /// machine. May be called several times for one source: files are looked
    /// at in that order.
    pub fn add(&mut self, source: &str, file: MessageFile) {
        let file = match &self.languages {
            Some(languages) => file.prefer(languages),
            None => file,
        };
        let file = Arc::new(file);
        let files = self.given.entry(source.to_lowercase()).or_default();
        files.messages.push(Arc::clone(&file));
        files.categories.push(Arc::clone(&file));
        files.parameters.push(file);
    }

    /// The whole text of an event: its message with the strings in it, and
    /// parameters such as `%%5` in those replaced. `id` is the whole number of
    /// the message, qualifiers included.
    ///
    /// `None` where the source, or this message of it, is not known: the event
    /// is its strings alone then.
    ///
    /// # Errors
    ///
    /// The registry cannot be read. A message file that is missing or damaged
    /// is no error: its messages are not known.
    ///
    /// # Cost
    ///
    /// For the first event of a source some ten accesses of the registry and
    /// the files that are named there; nothing for the others.
    pub fn message<S: AsRef<str>>(
        &self,
        log: &str,
        source: &str,
        id: u32,
        strings: &[S],
    ) -> Result<Option<String>> {
        let files = self.files(log, source)?;
        let Some(text) = first(&files.messages, id) else {
            return Ok(None);
        };
        let parameter = |number| self.parameter_in(&files, number);
        let shown = format_with(&text, strings, parameter);
        Ok(Some(shown.trim_end_matches(['\r', '\n']).to_owned()))
    }

    /// The name of a source's category; `None` where it is not known, and for
    /// 0, which is none.
    ///
    /// # Errors
    ///
    /// As [`Catalog::message`].
    pub fn category(&self, log: &str, source: &str, category: u16) -> Result<Option<String>> {
        if category == 0 {
            return Ok(None);
        }
        let files = self.files(log, source)?;
        let name = first(&files.categories, u32::from(category));
        Ok(name.map(|name| format(name.trim_end(), &[""; 0])))
    }

    /// The text that stands for `%%` and this number in a source's strings.
    ///
    /// # Errors
    ///
    /// As [`Catalog::message`].
    pub fn parameter(&self, log: &str, source: &str, number: u32) -> Result<Option<String>> {
        let files = self.files(log, source)?;
        let text = self.parameter_in(&files, number);
        Ok(text.map(|text| text.trim_end_matches(['\r', '\n']).to_owned()))
    }

    /// In the files that the source has for it; where it has none, the
    /// system's errors.
    fn parameter_in(&self, files: &Files, number: u32) -> Option<String> {
        if !files.parameters.is_empty() {
            return first(&files.parameters, number);
        }
        sys::system_messages()
            .iter()
            .find_map(|path| self.file(Path::new(path))?.get(number))
    }

    fn files(&self, log: &str, source: &str) -> Result<Arc<Files>> {
        let key = (log.to_lowercase(), source.to_lowercase());
        if let Some(files) = self.given.get(&key.1) {
            return Ok(Arc::new(files.clone()));
        }
        if let Some(files) = self.known().sources.get(&key) {
            return Ok(Arc::clone(files));
        }
        let found = match Source::of_log(log, source) {
            // There is no registry here.
            Err(error) if error.kind() == ErrorKind::Unsupported => None,
            found => found?,
        };
        let read = |paths: &[PathBuf]| -> Vec<Arc<MessageFile>> {
            let each = paths.iter().filter_map(|path| self.file(path));
            each.collect()
        };
        let files = Arc::new(found.map_or_else(Files::default, |source| Files {
            messages: read(source.message_files()),
            categories: read(source.category_files()),
            parameters: read(source.parameter_files()),
        }));
        let mut known = self.known();
        if known.sources.len() >= MOST_SOURCES {
            known.sources.clear();
        }
        known.sources.insert(key, Arc::clone(&files));
        drop(known);
        Ok(files)
    }

    /// A file of messages, from memory where it was read before.
    fn file(&self, path: &Path) -> Option<Arc<MessageFile>> {
        if let Some(file) = self.known().files.get(path) {
            return file.clone();
        }
        // Not under the lock: it can take long.
        let file = sys::load(path, self.languages.as_deref());
        let file = file.ok().map(Arc::new);
        self.known().files.insert(path.to_owned(), file.clone());
        file
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        // What is in it is whole at any time.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The message in the first file that has it.
fn first(files: &[Arc<MessageFile>], id: u32) -> Option<String> {
    files.iter().find_map(|file| file.get(id))
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog")
            .field("given", &self.given.keys())
            .field("languages", &self.languages)
            .field("known", &self.known().files)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(language: u16, full: &str) -> MessageFile {
        let table = oslens_eventlog_build::Messages::new()
            .category("Netz")
            .error("FULL", 3, full)
            .table()
            .unwrap();
        MessageFile::of_tables(vec![(language, table)])
    }

    #[test]
    fn a_message_is_whole_and_of_the_first_file_that_has_it() {
        let mut catalog = Catalog::new();
        catalog.add("Disk Watch", MessageFile::default());
        catalog.add("Disk Watch", file(0x409, "Volume %1 is full: %2"));
        let message = |id, strings: &[&str]| {
            let text = catalog.message("Application", "DISK watch", id, strings);
            text.unwrap()
        };
        assert_eq!(
            message(0xc000_0003, &["C:", "%%1"]).unwrap(),
            "Volume C: is full: Netz"
        );
        assert_eq!(
            message(0xc000_0003, &["C:"]).unwrap(),
            "Volume C: is full: %2"
        );
        assert_eq!(message(3, &[]), None);
        let category = |number| catalog.category("", "Disk Watch", number).unwrap();
        assert_eq!(category(1).unwrap(), "Netz");
        assert_eq!(category(0), None);
        assert_eq!(category(9), None);
        let parameter = catalog.parameter("", "Disk Watch", 1).unwrap();
        assert_eq!(parameter.unwrap(), "Netz");
    }

    #[test]
    fn invented_sources_do_not_fill_the_memory() {
        let catalog = Catalog::new();
        for number in 0..=MOST_SOURCES {
            let source = format!("invented \\{number}");
            let text = catalog.message("Application", &source, 1, &[""; 0]);
            assert_eq!(text.unwrap(), None);
        }
        assert!(catalog.known().sources.len() <= MOST_SOURCES);
    }

    #[test]
    fn the_preferred_language_comes_first() {
        let mut both = file(0x409, "Full");
        both = MessageFile::of_tables(
            [both, file(0x407, "Voll")]
                .iter()
                .flat_map(|file| file.tables.clone())
                .collect(),
        );
        let mut catalog = Catalog::new().languages(&[0x407]);
        catalog.add("Disk Watch", both.clone());
        let mut later = Catalog::new();
        later.add("Disk Watch", both.clone());
        for catalog in [catalog, later.languages(&[0x407])] {
            let text = catalog.message("", "Disk Watch", 0xc000_0003, &[""; 0]);
            assert_eq!(text.unwrap().unwrap(), "Voll");
        }
        assert_eq!(both.languages(), [0x409, 0x407]);
        assert_eq!(both.prefer(&[0x40c]).languages(), [0x409, 0x407]);
    }
}
