//! Definitions of the old kind become ones of this crate.
//!
//! Counters used to be an `.ini` file with names for `lodctr`, a header with
//! their numbers, and a library that counted. The first two are read here; the
//! types of the counters were in the library's code alone, so they are given
//! by symbol. What comes of it is kept as code from then on:
//! [`Definition::to_rust`](crate::definition::Definition::to_rust) writes it, and
//! the example `convert_counters` does all of this for files.
//!
//! ```
//! use oslens_counters::{CounterType, definition::Guid, import::Import, manifest::Manifest};
//!
//! let ini = b"[info]\ndrivername=Sample\nsymbolfile=sample.h\n\
//!     [objects]\nCLIENTS_009_NAME=\n\
//!     [text]\n\
//!     CLIENTS_009_NAME=Clients\nCLIENTS_009_HELP=Who is connected.\n\
//!     BYTES_009_NAME=Bytes/sec\nBYTES_009_HELP=Bytes in a second.\n";
//! let header = b"#define CLIENTS 0\n#define BYTES 2\n";
//!
//! let imported = Import::new(Guid::from_u128(0x6f2e1b0c_9d34_4a7e_8c51_0b7d2f6a1e93))
//!     .counter_type("BYTES", CounterType::COUNTER_BULK_COUNT)
//!     .convert(("sample.ini", ini), ("sample.h", header))?;
//! for warning in &imported.warnings {
//!     eprintln!("{warning}");
//! }
//! let definition = imported.spec.check()?;
//! println!("{}", Manifest::new(&definition, "sample.exe"));
//! # Ok::<(), oslens_counters::Error>(())
//! ```

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    fmt, fs,
    path::Path,
};

use crate::{
    CounterType, Error, ErrorKind, Result,
    definition::{CounterSetSpec, CounterSpec, Guid, Instances, ProviderSpec, kind},
    parse::{
        definition_header::{Header, definition_header},
        definition_ini::{self, Ini, Text, definition_ini},
    },
};

/// How a definition of the old kind is read.
#[derive(Debug, Clone)]
pub struct Import {
    provider: Guid,
    language: String,
    default: CounterType,
    types: BTreeMap<String, CounterType>,
    instances: BTreeMap<String, Instances>,
    objects: Vec<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Imported {
    /// The definition: to be checked, and better to be kept as code from here
    /// on.
    pub spec: ProviderSpec,
    /// What was left out or guessed.
    pub warnings: Vec<Warning>,
}

/// What was left out or guessed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// The name of the file.
    pub file: String,
    /// The line, from 1; `None` where it is about the whole file.
    pub line: Option<usize>,
    /// What it is, and what to do.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl Import {
    /// Names in English, counters that are rates of 32 bits (the default of
    /// the Python extensions that wrote such definitions), objects of one
    /// instance. Counter sets get GUIDs [derived](Guid::derive) from this one
    /// by their symbols in upper case.
    #[must_use]
    pub fn new(provider: Guid) -> Self {
        Self {
            provider,
            language: "9".to_owned(),
            default: CounterType::COUNTER_COUNTER,
            types: BTreeMap::new(),
            instances: BTreeMap::new(),
            objects: Vec::new(),
        }
    }

    /// The language of the names, by its number as in the file: `009`, `00C`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] where that is not one to four hexadecimal
    /// digits.
    pub fn language(mut self, number: &str) -> Result<Self> {
        match definition_ini::language(number) {
            Some(language) => {
                self.language = language;
                Ok(self)
            }
            None => Err(Error::message(
                ErrorKind::InvalidInput,
                format!("{number:?} is no number of a language, as 009"),
            )),
        }
    }

    /// The type of counters that none is given for.
    #[must_use]
    pub fn default_type(mut self, kind: CounterType) -> Self {
        self.default = kind;
        self
    }

    /// The type of the counter with this symbol.
    #[must_use]
    pub fn counter_type(mut self, symbol: impl Into<String>, kind: CounterType) -> Self {
        self.types.insert(symbol.into(), kind);
        self
    }

    /// The symbol of an object, where the file has no `[objects]`.
    #[must_use]
    pub fn object(mut self, symbol: impl Into<String>) -> Self {
        self.objects.push(symbol.into());
        self
    }

    /// The instances of the object with this symbol.
    #[must_use]
    pub fn instances(mut self, symbol: impl Into<String>, instances: Instances) -> Self {
        self.instances.insert(symbol.into(), instances);
        self
    }

    /// Reads an `.ini` file, and the header beside it that it names.
    ///
    /// # Errors
    ///
    /// As [`convert`](Self::convert), and what reading the files fails with.
    pub fn read(&self, ini: &Path) -> Result<Imported> {
        let read = |path: &Path| {
            fs::read(path).map_err(|error| {
                let kind = match error.kind() {
                    std::io::ErrorKind::NotFound => ErrorKind::NotFound,
                    std::io::ErrorKind::PermissionDenied => ErrorKind::AccessDenied,
                    _ => ErrorKind::Os,
                };
                Error::message(kind, format!("read: {error}")).of(path.as_os_str())
            })
        };
        let content = read(ini)?;
        let ini_name = ini.to_string_lossy();
        let Some(symbols) = definition_ini(&content).symbols else {
            let what = "no symbolfile= in [info]; name the header with the numbers";
            return Err(refuse(&ini_name, None, what));
        };
        // Beside the other: where such a file was built is nowhere here.
        let name = symbols.value.rsplit(['\\', '/']).next().unwrap_or_default();
        let path = ini.with_file_name(name);
        let header = read(&path)?;
        self.convert((&ini_name, &content), (&path.to_string_lossy(), &header))
    }

    /// Converts an `.ini` file and a header, each with the name that errors
    /// tell it by.
    ///
    /// The number of a counter is that of its symbol, less that of its object.
    /// An object has the counters behind it, up to the next.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] with the file, the line and what to do:
    /// no `drivername`, no texts in the language, a symbol that the header
    /// does not define or two with the same number, a counter before any
    /// object, a name that is missing, a type for a symbol that is not there.
    pub fn convert(&self, ini: (&str, &[u8]), header: (&str, &[u8])) -> Result<Imported> {
        let parsed = Conversion {
            import: self,
            ini: (ini.0, definition_ini(ini.1)),
            header: (header.0, definition_header(header.1)),
            warnings: Vec::new(),
        };
        parsed.run()
    }
}

/// A symbol with its texts.
struct Item<'a> {
    symbol: &'a str,
    /// Where it is first in the `.ini`.
    line: usize,
    name: Option<&'a Text>,
    help: Option<&'a Text>,
}

struct Conversion<'a> {
    import: &'a Import,
    ini: (&'a str, Ini),
    header: (&'a str, Header),
    warnings: Vec<Warning>,
}

impl Conversion<'_> {
    fn run(mut self) -> Result<Imported> {
        let problems = [
            (self.ini.0, std::mem::take(&mut self.ini.1.problems)),
            (self.header.0, std::mem::take(&mut self.header.1.problems)),
        ];
        for (file, problems) in problems {
            for (line, message) in problems {
                self.warnings.push(Warning {
                    file: file.to_owned(),
                    line: Some(line),
                    message,
                });
            }
        }
        let (file, ini) = (self.ini.0, &self.ini.1);
        let Some(driver) = ini
            .driver
            .as_ref()
            .filter(|driver| !driver.value.is_empty())
        else {
            let what = "no drivername= in [info]; it names the provider";
            return Err(refuse(file, None, what));
        };
        let mut spec = ProviderSpec::new(self.import.provider, &driver.value);
        let items = self.items()?;
        let objects = self.objects(&items)?;
        let mut warnings = Vec::new();
        if ini.objects.is_empty() && self.import.objects.is_empty() {
            warnings.push((
                None,
                "no [objects]; the symbol with the lowest number is taken as the only one, \
                 name others if there are"
                    .to_owned(),
            ));
        }
        let mut base = 0;
        for (&number, item) in &items {
            let name = self.name(item)?;
            let help = item.help.map(|help| help.value.trim());
            let help = help.filter(|help| !help.is_empty()).unwrap_or_else(|| {
                let what = format!("{} has no _HELP; its name stands for it", item.symbol);
                warnings.push((Some(item.line), what));
                name
            });
            // A symbol that is a number is no name of C.
            let symbol = item.symbol.parse::<u32>().is_err();
            let symbol = symbol.then(|| item.symbol.to_owned());
            if objects.contains(&item.symbol) {
                base = number;
                // Symbols are the same in any case of letters.
                let symbol_of_all = item.symbol.to_ascii_uppercase();
                let guid = self.import.provider.derive(&symbol_of_all);
                let mut set = CounterSetSpec::new(guid, name, help);
                set.symbol = symbol;
                let instances = self.import.instances.get(item.symbol);
                set.instances = instances.copied().unwrap_or_default();
                spec.sets.push(set);
                continue;
            }
            let Some(set) = spec.sets.last_mut() else {
                let what = format!(
                    "{}, number {number}, is before any object; give its object a lower number, \
                     or name it as an object",
                    item.symbol
                );
                return Err(refuse(file, Some(item.line), what));
            };
            let kind = self.import.types.get(item.symbol);
            let kind = kind.copied().unwrap_or(self.import.default);
            let mut counter = CounterSpec::new(number.wrapping_sub(base), name, help, kind);
            counter.symbol = symbol;
            relate(set, counter);
        }
        self.used(&items)?;
        self.warnings
            .extend(warnings.into_iter().map(|(line, message)| Warning {
                file: file.to_owned(),
                line,
                message,
            }));
        Ok(Imported {
            spec,
            warnings: self.warnings,
        })
    }

    /// What has texts, by the header's numbers.
    fn items(&self) -> Result<BTreeMap<u32, Item<'_>>> {
        let (file, ini) = (self.ini.0, &self.ini.1);
        let (header_name, header) = (self.header.0, &self.header.1);
        let numbers: HashMap<String, u32> = header
            .symbols
            .iter()
            .map(|symbol| (symbol.name.to_ascii_lowercase(), symbol.value))
            .collect();
        let mut items: BTreeMap<u32, Item<'_>> = BTreeMap::new();
        for text in &ini.texts {
            let number = numbers.get(&text.symbol.to_ascii_lowercase()).copied();
            let Some(number) = number.or_else(|| text.symbol.parse().ok()) else {
                let what = format!(
                    "{0} is not defined in {header_name}; add `#define {0}` and its number there",
                    text.symbol
                );
                return Err(refuse(file, Some(text.line), what));
            };
            let item = items.entry(number).or_insert(Item {
                symbol: &text.symbol,
                line: text.line,
                name: None,
                help: None,
            });
            if !item.symbol.eq_ignore_ascii_case(&text.symbol) {
                let what = format!(
                    "{} and {} both have number {number} in {header_name}; \
                     give each one of its own",
                    item.symbol, text.symbol
                );
                return Err(refuse(file, Some(text.line), what));
            }
            if text.language == self.import.language {
                let place = if text.is_name {
                    &mut item.name
                } else {
                    &mut item.help
                };
                *place = Some(text);
            }
        }
        if items.is_empty() {
            let what = "no [text] with names; there is nothing to convert";
            return Err(refuse(file, None, what));
        }
        Ok(items)
    }

    /// The symbols of objects, as they are written in `[text]`.
    fn objects<'i>(&self, items: &BTreeMap<u32, Item<'i>>) -> Result<Vec<&'i str>> {
        let given = self.import.objects.iter().map(|symbol| (None, symbol));
        let listed = self.ini.1.objects.iter();
        let listed = listed.map(|entry| (Some(entry.line), &entry.value));
        let mut objects = Vec::new();
        for (line, symbol) in given.chain(listed) {
            let mut all = items.values();
            match all.find(|item| item.symbol.eq_ignore_ascii_case(symbol)) {
                Some(item) => objects.push(item.symbol),
                None => {
                    let what = format!("the object {symbol} has no texts in [text]; add its name");
                    return Err(refuse(self.ini.0, line, what));
                }
            }
        }
        if objects.is_empty() {
            objects.extend(items.values().next().map(|item| item.symbol));
        }
        Ok(objects)
    }

    fn name<'i>(&self, item: &Item<'i>) -> Result<&'i str> {
        let name = item.name.map(|name| name.value.trim());
        name.filter(|name| !name.is_empty()).ok_or_else(|| {
            let what = format!(
                "{0} has no name in language {1:0>3}; add {0}_{1:0>3}_NAME=",
                item.symbol, self.import.language
            );
            refuse(self.ini.0, Some(item.line), what)
        })
    }

    /// That nothing was said of symbols that are not there.
    fn used(&self, items: &BTreeMap<u32, Item<'_>>) -> Result<()> {
        let said = self.import.types.keys().chain(self.import.instances.keys());
        for symbol in said {
            if !items.values().any(|item| item.symbol == symbol) {
                let what =
                    format!("a type or instances are given for {symbol}, which is not there");
                return Err(refuse(self.ini.0, None, what));
            }
        }
        Ok(())
    }
}

/// Adds the counter to the set. A base follows what it is the base of.
fn relate(set: &mut CounterSetSpec, mut counter: CounterSpec) {
    if counter.hidden {
        if let Some(before) = set.counters.last_mut() {
            if kind::base(before.kind) == Some(counter.kind) {
                before.base = Some(counter.id);
            }
        }
        // It often has the name of that, and is not shown.
        let mut others = set.counters.iter();
        if others.any(|other| other.name.to_lowercase() == counter.name.to_lowercase()) {
            counter.name.push_str(" (base)");
        }
    }
    set.counters.push(counter);
}

#[cold]
fn refuse(file: &str, line: Option<usize>, what: impl Into<String>) -> Error {
    let what = what.into();
    let message = match line {
        Some(line) => format!("{file}:{line}: {what}"),
        None => format!("{file}: {what}"),
    };
    Error::message(ErrorKind::InvalidInput, message)
}
