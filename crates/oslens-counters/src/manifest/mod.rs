//! What Windows wants installed of a provider: a manifest, and the texts that
//! it refers to.
//!
//! A [`Manifest`] is an instrumentation manifest of the counters schema, what
//! `lodctr /m:` takes. It has the names and descriptions by number; the texts
//! themselves are strings in an executable or library. Three ways lead there:
//!
//! - [`library`]: a library with nothing but the texts, written beside the
//!   program. Nothing to compile or link; [`publish::install`] does it.
//! - [`object`] and [`res`]: what a build script hands to the linker, so that
//!   the program's own executable has the texts.
//! - [`script`]: a resource script for `rc` or `windres`, and for
//!   translations.
//!
//! [`publish::install`]: crate::publish::install
//!
//! ```
//! use oslens_counters::manifest::{self, Manifest};
//! # use oslens_counters::{CounterType, definition::*};
//! # let set = CounterSetSpec::new(Guid::from_u128(2), "Pipe Clients", "Who talks.")
//! #     .counter(CounterSpec::new(1, "Open Connections", "Now.", CounterType::COUNTER_RAWCOUNT));
//! # let definition = ProviderSpec::new(Guid::from_u128(1), "Pipe Sample").set(set).check()?;
//!
//! let xml = Manifest::new(&definition, "pipe_service.exe").to_string();
//! assert!(xml.contains(r#"type="perf_counter_rawcount""#));
//! assert!(manifest::script(&definition).contains("STRINGTABLE"));
//! # Ok::<(), oslens_counters::Error>(())
//! ```

#[cfg(test)]
mod tests;
mod xml;

use oslens_win32::resource::{self, Resources};

use crate::definition::Definition;

/// For which machine an object or a library is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Machine {
    /// 32-bit x86.
    X86,
    /// 64-bit x86.
    X86_64,
    /// 64-bit ARM.
    Aarch64,
}

impl Machine {
    /// By the name that cargo has for it, as in `CARGO_CFG_TARGET_ARCH` of a
    /// build script; `None` where Windows does not run.
    #[must_use]
    pub fn find(arch: &str) -> Option<Self> {
        match arch {
            "x86" => Some(Self::X86),
            "x86_64" => Some(Self::X86_64),
            "aarch64" => Some(Self::Aarch64),
            _ => None,
        }
    }

    fn resource(self) -> resource::Machine {
        match self {
            Self::X86 => resource::Machine::X86,
            Self::X86_64 => resource::Machine::X86_64,
            Self::Aarch64 => resource::Machine::Aarch64,
        }
    }
}

/// An instrumentation manifest; its text is that of [`Display`].
///
/// It has version 1.1 of the schema, which every Windows with such counters
/// knows: the numbers of the texts follow from that of the first.
///
/// [`Display`]: std::fmt::Display
#[derive(Debug, Clone)]
pub struct Manifest<'a> {
    definition: &'a Definition,
    application: String,
}

impl<'a> Manifest<'a> {
    /// That of this definition. `application` is the name, without a
    /// directory, of the executable or library that has the texts.
    #[must_use]
    pub fn new(definition: &'a Definition, application: impl Into<String>) -> Self {
        Self {
            definition,
            application: application.into(),
        }
    }
}

/// The texts with their numbers, in order.
///
/// The numbers are those that CTRPP and `lodctr` give: in the order of the
/// manifest, two for the name and two for the description of all that is
/// shown. CTRPP has each name under both of its numbers, the second for what
/// is not translated; so has this.
#[must_use]
pub fn strings(definition: &Definition) -> Vec<(u16, &str)> {
    let mut strings = Vec::new();
    let mut next = definition.spec().resource_base;
    let mut add = |name, description| {
        for (place, text) in [(0, name), (1, name), (2, description)] {
            // A definition that was checked has numbers for all.
            strings.push((next.saturating_add(place), text));
        }
        next = next.saturating_add(4);
    };
    for set in definition.sets() {
        add(&*set.name, &*set.description);
        for counter in set.counters.iter().filter(|counter| !counter.hidden) {
            add(&*counter.name, &*counter.description);
        }
    }
    strings
}

/// A resource script with the texts, in English, for `rc`, `windres` and
/// `llvm-rc`.
///
/// It is ASCII, for they do not agree on how to be told of another encoding.
#[must_use]
pub fn script(definition: &Definition) -> String {
    let mut script = String::from("LANGUAGE 9, 1\nSTRINGTABLE\nBEGIN\n");
    for (number, text) in strings(definition) {
        script.push_str(&format!("    {number}, L\""));
        for unit in text.encode_utf16() {
            match u8::try_from(unit).map(char::from) {
                Ok('"') => script.push_str("\"\""),
                Ok('\\') => script.push_str(r"\\"),
                Ok(c @ ' '..='~') => script.push(c),
                _ => script.push_str(&format!(r"\x{unit:04x}")),
            }
        }
        script.push_str("\"\n");
    }
    script.push_str("END\n");
    script
}

fn resources(definition: &Definition) -> Resources {
    let mut resources = Resources::new();
    resources.add_strings(resource::ENGLISH, strings(definition));
    resources
}

/// A `.res` file with the texts, as `link.exe` takes it.
#[must_use]
pub fn res(definition: &Definition) -> Vec<u8> {
    resources(definition).res()
}

/// An object with the texts, as the linkers of MinGW take it: write it into
/// `OUT_DIR` and print `cargo:rustc-link-arg-bins=` with its path.
#[must_use]
pub fn object(definition: &Definition, machine: Machine) -> Vec<u8> {
    resources(definition).object(machine.resource())
}

/// A library (`.dll`) with nothing but the texts. Windows loads it as data,
/// whatever it is for; `None` is this program's machine.
#[must_use]
pub fn library(definition: &Definition, machine: Option<Machine>) -> Vec<u8> {
    let machine = machine.map_or(resource::Machine::NATIVE, Machine::resource);
    resources(definition).library(machine)
}
