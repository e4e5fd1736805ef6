//! The `.ini` of counters of the old kind: their names, for `lodctr`.
//!
//! Sections `[info]`, `[objects]`, `[languages]` and `[text]`, the last with
//! `SYMBOL_LANGUAGE_NAME=` and `SYMBOL_LANGUAGE_HELP=`. As the functions of
//! Windows read such files: names in any case of letters, the first of two
//! counts, one pair of quotes is taken off, `;` begins a comment; `//` does,
//! too, as in the examples of the documentation.

use std::collections::HashMap;

use super::definition_text::definition_text;

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ini {
    /// `drivername`: the key below `Services`.
    pub driver: Option<Entry>,
    /// `symbolfile`: the header with the numbers.
    pub symbols: Option<Entry>,
    /// The symbols of `[objects]`.
    pub objects: Vec<Entry>,
    /// The languages of `[languages]`, in lower case without leading zeros.
    pub languages: Vec<Entry>,
    /// The lines of `[text]`.
    pub texts: Vec<Text>,
    /// What was not understood: where, and what to do.
    pub problems: Vec<(usize, String)>,
}

/// A value, and the number of its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From 1.
    pub line: usize,
    /// The text.
    pub value: String,
}

/// A name or a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// From 1.
    pub line: usize,
    /// The symbol of the header, or a number.
    pub symbol: String,
    /// The language in lower case, without leading zeros: `9`, `c`, `804`.
    pub language: String,
    /// A name, not a description.
    pub is_name: bool,
    /// The text.
    pub value: String,
}

/// What is there but once.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    /// The symbol.
    Object(String),
    /// The symbol in lower case, the language, and whether it is a name.
    Text(String, String, bool),
}

enum Section {
    Before,
    Info,
    Objects,
    Languages,
    Text,
    Other,
}

/// Reads such a file.
#[must_use]
pub fn definition_ini(data: &[u8]) -> Ini {
    let (text, guessed) = definition_text(data);
    let mut ini = Ini::default();
    if guessed {
        ini.problem(
            1,
            "neither UTF-8 nor UTF-16; save it as UTF-16, or what is not ASCII may be wrong",
        );
    }
    let mut section = Section::Before;
    // What is in `[objects]` and `[text]` already, and in which line.
    let mut known = HashMap::new();
    for (at, line) in text.lines().enumerate() {
        let at = at.saturating_add(1);
        let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        if line.is_empty() || line.starts_with(';') || line.starts_with("//") {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            let name = name.split(']').next().unwrap_or(name).trim();
            section = match name.to_ascii_lowercase().as_str() {
                "info" => Section::Info,
                "objects" => Section::Objects,
                "languages" => Section::Languages,
                "text" => Section::Text,
                _ => {
                    ini.problem(at, format!("no section [{name}] is known; it is left out"));
                    Section::Other
                }
            };
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        if !line.contains('=') && !matches!(section, Section::Other) {
            ini.problem(at, "no `=`; write `key=value`, or `;` before a comment");
            continue;
        }
        let value = unquoted(value.trim());
        ini.line(&section, at, key.trim(), value, &mut known);
    }
    ini
}

/// Without one pair of quotes.
fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
}

impl Ini {
    fn problem(&mut self, line: usize, what: impl Into<String>) {
        self.problems.push((line, what.into()));
    }

    fn line(
        &mut self,
        section: &Section,
        line: usize,
        key: &str,
        value: &str,
        known: &mut HashMap<Key, usize>,
    ) {
        let entry = |value: &str| Entry {
            line,
            value: value.to_owned(),
        };
        match section {
            Section::Before => self.problem(line, "before the first section; put it into one"),
            Section::Info => {
                let place = match key.to_ascii_lowercase().as_str() {
                    "drivername" => &mut self.driver,
                    "symbolfile" => &mut self.symbols,
                    // Says that the library may be trusted.
                    "trusted" => return,
                    _ => return self.problem(line, format!("{key} is not known in [info]")),
                };
                if place.is_some() {
                    return self.problem(line, format!("{key} once more; the first counts"));
                }
                *place = Some(entry(value));
            }
            // `SYMBOL_LANGUAGE_NAME=`, of one language.
            Section::Objects => match split(key) {
                Some((symbol, _, true)) => {
                    let key = Key::Object(symbol.to_owned());
                    if known.insert(key, line).is_none() {
                        self.objects.push(entry(symbol));
                    }
                }
                _ => self.problem(line, format!("{key} is not SYMBOL_LANGUAGE_NAME")),
            },
            Section::Languages => match language(key) {
                Some(language) => self.languages.push(entry(&language)),
                None => self.problem(line, format!("{key} is no number of a language, as 009")),
            },
            Section::Text => match split(key) {
                Some((symbol, language, is_name)) => {
                    let of = symbol.to_ascii_lowercase();
                    let place = Key::Text(of, language.clone(), is_name);
                    let first = *known.entry(place).or_insert(line);
                    if first != line {
                        return self.problem(line, format!("{key} is in line {first} already"));
                    }
                    self.texts.push(Text {
                        line,
                        symbol: symbol.to_owned(),
                        language,
                        is_name,
                        value: value.to_owned(),
                    });
                }
                None => self.problem(
                    line,
                    format!("{key} is neither SYMBOL_LANGUAGE_NAME nor SYMBOL_LANGUAGE_HELP"),
                ),
            },
            Section::Other => {}
        }
    }
}

/// The symbol, the language, and whether it is a name.
fn split(key: &str) -> Option<(&str, String, bool)> {
    let (key, kind) = key.rsplit_once('_')?;
    let is_name = match kind.to_ascii_lowercase().as_str() {
        "name" => true,
        "help" => false,
        _ => return None,
    };
    let (symbol, number) = key.rsplit_once('_')?;
    (!symbol.is_empty()).then_some(())?;
    Some((symbol, language(number)?, is_name))
}

/// The number of a language without leading zeros.
#[must_use]
pub fn language(number: &str) -> Option<String> {
    let digits = number.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digits || number.is_empty() || number.len() > 4 {
        return None;
    }
    let number = number.trim_start_matches('0').to_ascii_lowercase();
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_descriptions_are_read_as_windows_reads_them() {
        let ini = definition_ini(
            b"// A comment\r\n\
              [INFO]\r\n\
              DriverName = Sample\r\n\
              symbolfile=\"sample.h\"\r\n\
              trusted=\r\n\
              \r\n\
              [objects]\r\n\
              OBJ_009_NAME=\r\n\
              [languages]\r\n\
              009=English\r\n\
              00C=French\r\n\
              [Text]\r\n\
              ; another\r\n\
              OBJ_009_NAME=Sample Object\r\n\
              BYTES_SENT_009_NAME='Bytes = sent'\r\n\
              BYTES_SENT_00C_help=Octets\r\n",
        );
        assert_eq!(ini.problems, []);
        assert_eq!(ini.driver.unwrap().value, "Sample");
        let symbols = ini.symbols.unwrap();
        assert_eq!((symbols.value.as_str(), symbols.line), ("sample.h", 4));
        assert_eq!(ini.objects[0].value, "OBJ");
        let languages: Vec<_> = ini.languages.iter().map(|l| l.value.as_str()).collect();
        assert_eq!(languages, ["9", "c"]);
        assert_eq!(ini.texts.len(), 3);
        let sent = &ini.texts[1];
        assert_eq!(
            (&*sent.symbol, &*sent.language, sent.is_name, &*sent.value),
            ("BYTES_SENT", "9", true, "Bytes = sent")
        );
        let help = &ini.texts[2];
        assert_eq!((&*help.language, help.is_name), ("c", false));
    }

    #[test]
    fn what_is_not_understood_is_told_by_line() {
        let ini = definition_ini(
            b"early=1\n[info]\ndrivername=a\ndrivername=b\nodd=1\n[what]\nx\n[text]\n\
              no equals\nA_009_TITLE=x\nA_XYZ_NAME=x\n_009_NAME=x\nA_009_NAME=1\na_9_name=2\n\
              [languages]\nEnglish=9\n[objects]\nA_009_HELP=\n",
        );
        let lines: Vec<usize> = ini.problems.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 4, 5, 6, 9, 10, 11, 12, 14, 16, 18]);
        assert_eq!(ini.driver.unwrap().value, "a");
        assert_eq!(ini.texts.len(), 1);
        assert!(ini.problems[8].1.contains("line 13"), "{:?}", ini.problems);
        assert_eq!(definition_ini(b""), Ini::default());
        assert_eq!(definition_ini(b"\xff[").problems.len(), 2);
    }
}
