//! Sources: who reports events, and where their texts are.

use std::path::{Path, PathBuf};

use crate::{Error, ErrorKind, Result, sys};

/// A source of events, as the registry describes it: its name, its log, and the
/// files with the texts of its events.
///
/// A source is registered once, when a program is installed, by an
/// administrator. Events of a source that is not registered are kept, too, but
/// without texts, and in the log Application.
///
/// # Platform
///
/// Windows. Elsewhere all functions that ask the system are
/// [`ErrorKind::Unsupported`].
///
/// # Examples
///
/// ```no_run
/// use oslens_eventlog::Source;
///
/// // In the installation:
/// Source::of_this_program("Disk Watch")?.register()?;
/// // In its removal:
/// Source::remove("Disk Watch")?;
/// # Ok::<(), oslens_eventlog::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Source {
    pub(crate) name: String,
    pub(crate) log: String,
    pub(crate) messages: Vec<PathBuf>,
    pub(crate) category_files: Vec<PathBuf>,
    pub(crate) category_count: u32,
    pub(crate) parameters: Vec<PathBuf>,
    pub(crate) types: u32,
}

/// What [`Source::register`] has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Registered {
    /// The source is new.
    Created,
    /// It was there, otherwise; it is now as asked for.
    Updated,
    /// It was there as asked for.
    Unchanged,
}

/// The log of programs.
const APPLICATION: &str = "Application";
/// Information, warnings and errors.
const ALL_TYPES: u32 = 7;
/// A key of the registry has no longer name.
const LONGEST: usize = 255;

impl Source {
    /// A source in the log Application whose texts are in this file.
    #[must_use]
    pub fn new(name: impl Into<String>, messages: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            log: APPLICATION.to_owned(),
            messages: vec![messages.into()],
            category_files: Vec::new(),
            category_count: 0,
            parameters: Vec::new(),
            types: ALL_TYPES,
        }
    }

    /// A source in the log Application whose texts are in this executable: those
    /// that it has by using this library, and those of its own; see
    /// [`message`](crate::message).
    ///
    /// # Errors
    ///
    /// The system does not tell where the executable is.
    pub fn of_this_program(name: impl Into<String>) -> Result<Self> {
        let program = std::env::current_exe().map_err(|error| Error::io("current_exe", error))?;
        Ok(Self::new(name, program))
    }

    /// In this log: `System`, or one for the program alone, which is made when
    /// the source is registered. `Security` is the system's own.
    #[must_use]
    pub fn log(mut self, log: impl Into<String>) -> Self {
        self.log = log.into();
        self
    }

    /// One more file with texts, which is looked at after those before.
    #[must_use]
    pub fn message_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.messages.push(file.into());
        self
    }

    /// It has so many categories, whose names are in the first file with
    /// texts. 0: none.
    #[must_use]
    pub fn categories(mut self, count: usize) -> Self {
        self.category_count = u32::try_from(count).unwrap_or(u32::MAX);
        self.category_files = match self.messages.first() {
            Some(file) if count > 0 => vec![file.clone()],
            _ => Vec::new(),
        };
        self
    }

    /// The texts of parameters such as `%%5` in strings are in this file.
    #[must_use]
    pub fn parameter_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.parameters.push(file.into());
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its log.
    #[must_use]
    pub fn log_name(&self) -> &str {
        &self.log
    }

    /// The files with the texts of its events, in the order in which they are
    /// looked at.
    #[must_use]
    pub fn message_files(&self) -> &[PathBuf] {
        &self.messages
    }

    /// The files with the names of its categories.
    #[must_use]
    pub fn category_files(&self) -> &[PathBuf] {
        &self.category_files
    }

    /// How many categories it has.
    #[must_use]
    pub fn category_count(&self) -> u32 {
        self.category_count
    }

    /// The files with the texts of parameters.
    #[must_use]
    pub fn parameter_files(&self) -> &[PathBuf] {
        &self.parameters
    }

    /// The source with this name, in whichever log it is; `None` where none is
    /// registered. Names are of any case.
    ///
    /// # Errors
    ///
    /// The registry cannot be read.
    ///
    /// # Cost
    ///
    /// One access of the registry for each log, and some ten for the source.
    pub fn find(name: &str) -> Result<Option<Self>> {
        check_name("source", name)?;
        let Some(log) = sys::log_of_source(name)? else {
            return Ok(None);
        };
        Self::of_log(&log, name)
    }

    /// The source with this name in this log; `None` where none is registered.
    ///
    /// # Errors
    ///
    /// The registry cannot be read.
    pub fn of_log(log: &str, name: &str) -> Result<Option<Self>> {
        // Events name what is no key: such a source is not registered.
        if check_name("log", log).is_err() || check_name("source", name).is_err() {
            return Ok(None);
        }
        sys::read_source(log, name).map_err(|error| error.of(name))
    }

    /// The names of all sources of a log.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such log.
    pub fn names(log: &str) -> Result<Vec<String>> {
        check_name("log", log)?;
        sys::source_names(log).map_err(|error| error.of(log))
    }

    /// Registers the source: events with its name get its log and its texts.
    /// One that is registered in the same log already becomes as this one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AccessDenied`] for who is no administrator;
    /// [`ErrorKind::InvalidInput`] where a source of another log has the name,
    /// since the system looks for a source in all of them, where a log has it,
    /// where a publisher that was installed with a manifest has it, for names
    /// that cannot be, and for files that others would not find: a path is
    /// whole, or begins with a variable, or is the bare name of a file of the
    /// system.
    pub fn register(&self) -> Result<Registered> {
        check_name("source", &self.name)?;
        check_name("log", &self.log)?;
        let refuse = |why: String| {
            let error = Error::message(ErrorKind::InvalidInput, why);
            Err(error.of(&self.name))
        };
        if self.name.contains(char::is_control) {
            return refuse("the name of a source has a control character".to_owned());
        }
        // The system makes a file of a new log.
        if self
            .log
            .contains(|c: char| c.is_control() || "<>:\"/|?*".contains(c))
        {
            let error = Error::message(
                ErrorKind::InvalidInput,
                "a log has a file of its name, which cannot have these characters",
            );
            return Err(error.of(&self.log));
        }
        if self.log.eq_ignore_ascii_case("Security") {
            return refuse("only the system writes to the log Security".to_owned());
        }
        for file in self.files() {
            if let Some(why) = unfit(file) {
                let error = Error::message(ErrorKind::InvalidInput, why);
                return Err(error.of(file));
            }
        }
        self.is_free()?;
        match sys::log_of_source(&self.name)? {
            Some(log) if !log.eq_ignore_ascii_case(&self.log) => refuse(format!(
                "a source of the log {log} has this name; remove it first"
            )),
            Some(_) if sys::is_registered(self)? => Ok(Registered::Unchanged),
            known => {
                sys::write_source(self).map_err(|error| self.denied(error))?;
                Ok(match known {
                    Some(_) => Registered::Updated,
                    None => Registered::Created,
                })
            }
        }
    }

    /// That no log has the name, and no publisher in this log.
    fn is_free(&self) -> Result<()> {
        if sys::log_exists(&self.name)? {
            let why = "a log has this name, so that no source can have it";
            return Err(Error::message(ErrorKind::InvalidInput, why).of(&self.name));
        }
        keep_publisher(&self.log, &self.name)
    }

    fn files(&self) -> impl Iterator<Item = &Path> {
        [&self.messages, &self.category_files, &self.parameters]
            .into_iter()
            .flatten()
            .map(PathBuf::as_path)
    }

    fn denied(&self, error: Error) -> Error {
        explain(error, &self.name, "registering")
    }

    /// Removes the source with this name, in whichever log it is; whether
    /// there was one. Its log stays, and so do its events, as bare strings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AccessDenied`] for who is no administrator;
    /// [`ErrorKind::InvalidInput`] for what [`Source::register`] has not made: a
    /// source with the name of a log, which is that log's own, and a publisher
    /// that was installed with a manifest.
    pub fn remove(name: &str) -> Result<bool> {
        check_name("source", name)?;
        let Some(log) = sys::log_of_source(name)? else {
            return Ok(false);
        };
        if log.eq_ignore_ascii_case(name) || sys::log_exists(name)? {
            let why = "a log has this name: the source is its own, and is not removed";
            return Err(Error::message(ErrorKind::InvalidInput, why).of(name));
        }
        keep_publisher(&log, name)?;
        sys::remove_source(&log, name).map_err(|error| explain(error, name, "removing"))
    }
}

/// Refuses what is a publisher, too: `wevtutil` installs and removes those, and
/// half of one would be left.
fn keep_publisher(log: &str, name: &str) -> Result<()> {
    if sys::is_publisher(log, name)? {
        let why = "a publisher that was installed with a manifest has this name; \
                   wevtutil is its tool";
        return Err(Error::message(ErrorKind::InvalidInput, why).of(name));
    }
    Ok(())
}

/// Why the registry cannot have this file; `None` where it can.
fn unfit(file: &Path) -> Option<&'static str> {
    let text = file.as_os_str().to_string_lossy();
    if text.trim().is_empty() {
        return Some("the name of a file with texts is empty");
    }
    if text.contains(';') {
        return Some("a file whose name has a semicolon cannot be registered");
    }
    let is_bare = file.components().count() == 1;
    if !is_bare && !file.is_absolute() && !text.starts_with('%') {
        return Some("who shows an event looks for the file elsewhere: register its whole path");
    }
    None
}

/// Says what right is missing, where that is why it failed.
fn explain(error: Error, name: &str, what: &str) -> Error {
    match error.kind() {
        ErrorKind::AccessDenied => error.told(format!(
            "{what} a source of events needs the rights of an administrator"
        )),
        _ => error,
    }
    .of(name)
}

/// Whether a key of the registry can have the name.
fn check_name(what: &str, name: &str) -> Result<()> {
    let wrong = |why: &str| {
        let why = format!("the name of a {what} {why}");
        Err(Error::message(ErrorKind::InvalidInput, why).of(name))
    };
    if name.is_empty() {
        return wrong("is empty");
    }
    if name.contains(['\\', '\0']) {
        return wrong("has a backslash or a NUL");
    }
    if name.encode_utf16().count() > LONGEST {
        return wrong("is longer than 255 characters");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_lead_elsewhere_in_the_registry_are_refused() {
        for name in ["", r"a\b", "a\0b", &"x".repeat(256)] {
            let error = Source::new(name, "x.exe").register().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
            assert!(Source::remove(name).is_err());
            assert!(Source::find(name).is_err());
            let error = Source::new("a", "x.exe").log(name).register().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
            // An event may name it so.
            assert_eq!(Source::of_log("Application", name).unwrap(), None);
        }
    }

    #[test]
    fn what_the_system_has_or_would_not_find_is_refused() {
        for source in [
            Source::new("a", "x.exe").log("SECURITY"),
            Source::new("a", "x;y.exe"),
            Source::new("a", "x.exe").parameter_file("a;b"),
            Source::new("a", ""),
            Source::new("a", "x.exe").message_file(" "),
            Source::new("a", "here/x.exe"),
            Source::new("a\nb", "x.exe"),
            Source::new("a", "x.exe").log("a/b"),
            Source::new("a", "x.exe").log("a:b"),
            Source::new("a", "x.exe").parameter_file("../x.exe"),
        ] {
            let error = source.register().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        }
    }

    #[test]
    fn a_missing_right_is_named_and_the_number_kept() {
        let error = explain(Error::code_of("RegCreateKeyExW", 5), "a", "removing");
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
        assert_eq!(error.code(), Some(5));
        let said = "a: removing a source of events needs the rights of an administrator: ";
        assert!(error.to_string().starts_with(said), "{error}");
        let error = explain(Error::code_of("RegCreateKeyExW", 1018), "a", "removing");
        assert!(!error.to_string().contains("administrator"), "{error}");
    }

    #[cfg(not(windows))]
    #[test]
    fn elsewhere_it_is_said_that_there_are_no_sources() {
        let source = Source::of_this_program("a").unwrap();
        for error in [
            source.register().unwrap_err(),
            Source::find("a").unwrap_err(),
            Source::names("Application").unwrap_err(),
            Source::remove("a").unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        }
    }

    #[test]
    fn categories_are_in_the_file_with_the_texts() {
        let source = Source::new("a", "x.exe").categories(2);
        assert_eq!(source.category_files(), [PathBuf::from("x.exe")]);
        assert_eq!(source.category_count(), 2);
        let source = source.categories(0);
        assert!(source.category_files().is_empty());
    }
}
