//! Event messages for a build script.
//!
//! The Windows event log keeps a number and some strings of each event; the
//! text around them is in a message table in the program that wrote it. This
//! crate makes that table from one definition, in a build script, and links it
//! into the executables of the package. It needs no message compiler and no
//! resource compiler, and works the same when it is built on another system.
//!
//! A program that is content with the messages that `oslens-eventlog` brings
//! along (text for information, warnings and errors; services that start,
//! stop and fail) needs none of this: they are in every executable that uses
//! it.
//!
//! # Own messages
//!
//! `Cargo.toml` of the package with the executable:
//!
//! ```toml
//! [dependencies]
//! oslens-eventlog = "0.1"
//!
//! [build-dependencies]
//! oslens-eventlog-build = "0.1"
//! ```
//!
//! `build.rs`:
//!
//! ```no_run
//! use oslens_eventlog_build::Messages;
//!
//! fn main() {
//!     Messages::new()
//!         .category("Network")
//!         .category("Storage")
//!         .information("CLIENT_CONNECTED", 1, "Client %1 has connected from %2.")
//!         .warning("DISK_NEARLY_FULL", 2, "Volume %1 has %2 bytes left.")
//!         .error("DISK_FULL", 3, "Volume %1 is full.%nNothing was written to %2.")
//!         .link()
//!         .unwrap();
//! }
//! ```
//!
//! And in the program, where each is a constant, with the messages that every
//! program has:
//!
//! ```ignore
//! mod messages {
//!     include!(concat!(env!("OUT_DIR"), "/event_messages.rs"));
//! }
//! ```
//!
//! Below Unix nothing is linked; the constants, and their texts for debugging
//! on the console, are there.
//!
//! # How it gets into the executable
//!
//! `oslens-eventlog` links a library `oslens_event_messages` into whatever uses
//! it. [`Messages::link`] makes another one with that name, with the same
//! messages and the own ones, in a folder that comes first in the linker's
//! search. So it belongs into the build script of the package with the
//! executable, which depends on `oslens-eventlog`; a library's messages would
//! have to meet those of other libraries in one table.
//!
//! A test of the package can hold that it is so:
//!
//! ```ignore
//! #[cfg(windows)]
//! #[test]
//! fn the_messages_are_in_the_program() {
//!     let program = std::env::current_exe().unwrap();
//!     let file = oslens_eventlog::message::MessageFile::read(program).unwrap();
//!     assert!(file.get(messages::DISK_FULL.id()).is_some());
//! }
//! ```
//!
//! For MinGW the library is an archive with one object, for `link.exe` a
//! resource file, which goes together with icons and manifests made by other
//! tools. A program whose resources already have a message table with the name
//! 1 cannot have a second one; [`Messages::table`] is what it would add to its
//! own.

mod generic;
mod resource;
mod source;
mod table;

use std::{
    env, fmt, fs, io,
    path::{Path, PathBuf},
};

pub use generic::GENERIC;
use resource::Machine;

/// How grave an event is, by the number of its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Nothing to worry about.
    Information,
    /// It may become a trouble.
    Warning,
    /// Something does not work.
    Error,
}

impl Severity {
    /// The whole number of a message: its severity is in the upper two bits.
    fn id(self, code: u16) -> u32 {
        let severity: u32 = match self {
            Self::Information => 1,
            Self::Warning => 2,
            Self::Error => 3,
        };
        severity << 30 | u32::from(code)
    }

    fn of(id: u32) -> Option<Self> {
        match id >> 30 {
            0 => None,
            1 => Some(Self::Information),
            2 => Some(Self::Warning),
            _ => Some(Self::Error),
        }
    }
}

/// A message that was defined.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    name: String,
    id: u32,
    text: String,
    about: Option<String>,
}

/// What is wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(String);

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}

/// The messages and categories of a program.
///
/// A text has its strings as `%1` to `%99`, `%n` or a line break for a new
/// line, `%%` for a per cent sign. Width and precision of a string can be said
/// as `%1!-8s!`; formats of numbers such as `%1!08x!` cannot be used, for an
/// event has strings alone and the system would show where they are in memory.
///
/// Numbers are those that the event viewer shows, from 1 to 65535 but for
/// [`GENERIC`]; they are kept for good once they are in somebody's log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Messages {
    categories: Vec<String>,
    messages: Vec<Message>,
}

impl Messages {
    /// Those that every program has.
    #[must_use]
    pub fn new() -> Self {
        Self {
            categories: Vec::new(),
            messages: generic::messages().collect(),
        }
    }

    /// A category: the first one is number 1. Its constant is
    /// `CATEGORY_` and the name in upper case.
    #[must_use]
    pub fn category(mut self, name: &str) -> Self {
        self.categories.push(name.to_owned());
        self
    }

    /// A message for information: the name of its constant, its number, its
    /// text.
    #[must_use]
    pub fn information(self, name: &str, code: u16, text: &str) -> Self {
        self.message(name, Severity::Information, code, text)
    }

    /// A message that warns.
    #[must_use]
    pub fn warning(self, name: &str, code: u16, text: &str) -> Self {
        self.message(name, Severity::Warning, code, text)
    }

    /// A message of an error.
    #[must_use]
    pub fn error(self, name: &str, code: u16, text: &str) -> Self {
        self.message(name, Severity::Error, code, text)
    }

    /// A message of any severity.
    #[must_use]
    pub fn message(mut self, name: &str, severity: Severity, code: u16, text: &str) -> Self {
        self.messages.push(Message {
            name: name.to_owned(),
            id: severity.id(code),
            text: text.to_owned(),
            about: None,
        });
        self
    }

    /// The messages, sorted by number.
    fn sorted(&self) -> Result<Vec<Message>, Invalid> {
        self.check()?;
        let mut messages = self.messages.clone();
        messages.sort_by_key(|message| message.id);
        Ok(messages)
    }

    fn check(&self) -> Result<(), Invalid> {
        let invalid = |what: String| Err(Invalid(what));
        if u16::try_from(self.categories.len()).is_err() {
            return invalid("more categories than 65535".to_owned());
        }
        let generic: Vec<Message> = generic::messages().collect();
        let mut names: Vec<String> = Vec::new();
        let mut codes: Vec<u32> = Vec::new();
        for category in &self.categories {
            check_text(category, category)?;
            names.push(source::constant_name(category));
        }
        for message in &self.messages {
            let Message { name, id, text, .. } = message;
            if !is_constant(name) {
                return invalid(format!("{name:?} is no name in upper case"));
            }
            check_text(name, text)?;
            let code = id & 0xffff;
            if code == 0 {
                return invalid(format!("{name}: numbers begin with 1"));
            }
            if GENERIC.contains(&(code as u16)) && !generic.contains(message) {
                return invalid(format!(
                    "{name}: the number {code} is in {GENERIC:?}, which are those of messages that every program has"
                ));
            }
            names.push(name.clone());
            codes.push(code);
        }
        names.extend(["MESSAGES", "CATEGORIES"].map(str::to_owned));
        names.sort();
        if let Some([name, _]) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return invalid(format!("{name} is defined twice"));
        }
        codes.sort_unstable();
        if let Some([code, _]) = codes.windows(2).find(|pair| pair[0] == pair[1]) {
            return invalid(format!("the number {code} is given twice"));
        }
        Ok(())
    }

    /// The message table: the bytes of a resource of the type 11
    /// (`RT_MESSAGETABLE`) and the name 1, as a message compiler makes it.
    ///
    /// # Errors
    ///
    /// Two messages or categories have the same name or number, a name cannot
    /// be that of a constant, a number is one of [`GENERIC`], a text is empty
    /// or longer than 32 kB.
    pub fn table(&self) -> Result<Vec<u8>, Invalid> {
        let messages = self.sorted()?;
        let categories = (1..).zip(self.categories.iter().map(String::as_str));
        let messages = messages.iter().map(|message| (message.id, &*message.text));
        // The categories' numbers have no severity: they are the lowest.
        let all: Vec<(u32, &str)> = categories.chain(messages).collect();
        Ok(table::table(&all))
    }

    /// The same as the source of a message compiler, `mc.exe` or `windmc`.
    ///
    /// # Errors
    ///
    /// As [`Messages::table`].
    pub fn mc(&self) -> Result<String, Invalid> {
        Ok(source::mc(&self.categories, &self.sorted()?))
    }

    /// The table as a resource file, as a resource compiler makes it.
    ///
    /// # Errors
    ///
    /// As [`Messages::table`].
    pub fn res(&self) -> Result<Vec<u8>, Invalid> {
        self.table().map(|table| resource::res(&table))
    }

    /// The constants as source code. `library` is the path of
    /// `oslens-eventlog`: `::oslens_eventlog`.
    ///
    /// # Errors
    ///
    /// As [`Messages::table`].
    pub fn code(&self, library: &str) -> Result<String, Invalid> {
        Ok(source::rust(&self.categories, &self.sorted()?, library))
    }

    /// In a build script: writes the constants to
    /// `OUT_DIR/event_messages.rs`, and where the package is built for
    /// Windows, puts the table before that of `oslens-eventlog`.
    ///
    /// # Errors
    ///
    /// As [`Messages::table`]; files cannot be written; it does not run in a
    /// build script.
    pub fn link(&self) -> io::Result<()> {
        let dir = out_dir()?;
        self.write("::oslens_eventlog", &dir)?;
        println!("cargo:rustc-link-search=native={}", dir.display());
        println!("cargo:rerun-if-changed=build.rs");
        Ok(())
    }

    /// What `oslens-eventlog` itself does in its build script: it names the
    /// library, and all others only where another one is found.
    #[doc(hidden)]
    pub fn link_generic() -> io::Result<()> {
        let dir = out_dir()?;
        Self::new().write("crate", &dir)?;
        println!("cargo:rerun-if-changed=build.rs");
        let Some(linker) = Linker::of_target()? else {
            return Ok(());
        };
        println!("cargo:rustc-link-search=native={}", dir.display());
        let kind = match linker {
            // Nothing refers to it, so that it is taken as a whole; and it is
            // looked for when the executable is linked, not before.
            Linker::Gnu(_) => "static:+whole-archive,-bundle",
            // Given to the linker as it is, which sees that it is no library.
            Linker::Msvc => "dylib",
        };
        println!("cargo:rustc-link-lib={kind}={LIBRARY}");
        Ok(())
    }

    fn write(&self, library: &str, dir: &Path) -> io::Result<()> {
        let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        let code = self.code(library).map_err(invalid)?;
        fs::write(dir.join("event_messages.rs"), code)?;
        match Linker::of_target()? {
            Some(Linker::Gnu(machine)) => {
                let object = resource::object(machine, &self.table().map_err(invalid)?);
                let archive = resource::archive(&object);
                fs::write(dir.join(format!("lib{LIBRARY}.a")), archive)
            }
            Some(Linker::Msvc) => fs::write(
                dir.join(format!("{LIBRARY}.lib")),
                self.res().map_err(invalid)?,
            ),
            None => Ok(()),
        }
    }
}

/// The name of the library with the messages.
const LIBRARY: &str = "oslens_event_messages";

/// The kinds of linkers.
enum Linker {
    Gnu(Machine),
    Msvc,
}

impl Linker {
    /// That of the target of a build script; `None` for another system than
    /// Windows.
    fn of_target() -> io::Result<Option<Self>> {
        if variable("CARGO_CFG_TARGET_OS")? != "windows" {
            return Ok(None);
        }
        if variable("CARGO_CFG_TARGET_ENV")? == "msvc" {
            return Ok(Some(Self::Msvc));
        }
        let arch = variable("CARGO_CFG_TARGET_ARCH")?;
        match Machine::find(&arch) {
            Some(machine) => Ok(Some(Self::Gnu(machine))),
            None => Err(io::Error::other(format!(
                "objects for Windows on {arch} are not known"
            ))),
        }
    }
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(|_| io::Error::other(format!("{name} is set in build scripts only")))
}

fn out_dir() -> io::Result<PathBuf> {
    variable("OUT_DIR").map(PathBuf::from)
}

/// Whether it can be the name of a constant.
fn is_constant(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn check_text(name: &str, text: &str) -> Result<(), Invalid> {
    if text.is_empty() || text.contains('\0') {
        return Err(Invalid(format!("{name}: the text is empty, or has a NUL")));
    }
    // It would end the message in the source of a message compiler.
    if text.lines().any(|line| line == ".") {
        return Err(Invalid(format!(
            "{name}: a line is nothing but a full stop"
        )));
    }
    if !table::fits(text) {
        return Err(Invalid(format!("{name}: the text is longer than 32 kB")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(messages: &Messages) -> String {
        messages.table().unwrap_err().to_string()
    }

    #[test]
    fn what_would_not_be_told_apart_is_refused() {
        let base = Messages::new().category("Net").error("A", 1, "a");
        assert!(base.table().is_ok());
        for (messages, said) in [
            (base.clone().warning("B", 1, "b"), "number 1 is given twice"),
            (base.clone().warning("A", 2, "b"), "A is defined twice"),
            (
                base.clone().category("net"),
                "CATEGORY_NET is defined twice",
            ),
            (base.clone().error("CATEGORY_NET", 2, "b"), "defined twice"),
            (
                base.clone().error("MESSAGES", 2, "b"),
                "MESSAGES is defined twice",
            ),
            (base.clone().error("STARTED", 0x1002, "b"), "4098 is in"),
            (
                base.clone().error("SERVICE_STARTED", 3, "b"),
                "defined twice",
            ),
            (base.clone().error("ZERO", 0, "b"), "begin with 1"),
            (base.clone().error("lower", 2, "b"), "no name in upper case"),
            (base.clone().error("1ST", 2, "b"), "no name in upper case"),
            (base.clone().error("EMPTY", 2, ""), "empty"),
            (base.clone().error("DOT", 2, "a\n.\nb"), "full stop"),
            (base.clone().error("LONG", 2, &"x".repeat(40_000)), "longer"),
        ] {
            let error = wrong(&messages);
            assert!(error.contains(said), "{error} does not say {said}");
        }
    }

    #[test]
    fn the_code_has_each_name_once() {
        let code = Messages::new()
            .category("Disks & tapes")
            .error("QUOTED", 7, "a \"b\" %1\n`c`")
            .error("TURNED", 8, "a\u{202e}b\u{7}c")
            .code("::oslens_eventlog")
            .unwrap();
        for line in [
            "pub const CATEGORY_DISKS_TAPES: u16 = 1;",
            r#"pub const QUOTED: ::oslens_eventlog::message::Message = ::oslens_eventlog::message::Message::new(0xc0000007, "a \"b\" %1\n`c`");"#,
            r#"pub const CATEGORIES: &[&str] = &["Disks & tapes"];"#,
            "/// `a \"b\" %1 'c'`",
            "/// `a b c`",
            r#"pub const TURNED: ::oslens_eventlog::message::Message = ::oslens_eventlog::message::Message::new(0xc0000008, "a\u{202e}b\u{7}c");"#,
        ] {
            assert!(code.lines().any(|of| of == line), "{line} not in {code}");
        }
        assert_eq!(code.matches("pub const SERVICE_STARTED:").count(), 1);
    }
}
