//! The header of counters of the old kind: `#define`s with their numbers.

use std::collections::HashMap;

use super::definition_text::definition_text;

/// What the header says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// The symbols, in order.
    pub symbols: Vec<Symbol>,
    /// What was not understood: where, and what to do.
    pub problems: Vec<(usize, String)>,
}

/// A symbol with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// From 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Its number.
    pub value: u32,
}

/// Reads the `#define`s with a number: decimal, hexadecimal or octal, in
/// parentheses, with a suffix; another symbol that was defined before; sums
/// and differences of them. Conditions are not looked at, comments are taken
/// out, lines go on behind a backslash.
#[must_use]
pub fn definition_header(data: &[u8]) -> Header {
    let (text, _) = definition_text(data);
    let mut header = Header::default();
    let mut known: HashMap<String, u32> = HashMap::new();
    for (line, text) in logical_lines(&text) {
        let Some(rest) = text.trim().strip_prefix('#') else {
            continue;
        };
        let Some(rest) = rest.trim_start().strip_prefix("define") else {
            continue;
        };
        if !rest.starts_with(char::is_whitespace) {
            continue;
        }
        let rest = rest.trim();
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let (name, value) = rest.split_at(end);
        let value = value.trim();
        // A guard, or a macro with arguments.
        let is_macro = rest.get(end..).is_some_and(|rest| rest.starts_with('('));
        if name.is_empty() || value.is_empty() || is_macro {
            continue;
        }
        let Some(number) = number(value, &known) else {
            // Headers define other things, too.
            let what = format!("{name} is no number: {value:?}; it is left out");
            header.problems.push((line, what));
            continue;
        };
        match known.get(name) {
            None => {
                known.insert(name.to_owned(), number);
                header.symbols.push(Symbol {
                    line,
                    name: name.to_owned(),
                    value: number,
                });
            }
            Some(&before) if before == number => {}
            Some(before) => header.problems.push((
                line,
                format!("{name} was {before} before, and that counts; define it once"),
            )),
        }
    }
    header
}

/// Lines without comments, those that go on joined, with the number of the
/// first.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut joined: Option<(usize, String)> = None;
    let mut in_comment = false;
    for (at, line) in text.lines().enumerate() {
        let at = at.saturating_add(1);
        let line = line.trim_end();
        let (line, goes_on) = match line.strip_suffix('\\') {
            Some(line) => (line, true),
            None => (line, false),
        };
        let (start, mut content) = joined.take().unwrap_or((at, String::new()));
        let mut rest = line;
        loop {
            if in_comment {
                let Some((_, after)) = rest.split_once("*/") else {
                    break;
                };
                rest = after;
                in_comment = false;
            }
            let block = rest.find("/*");
            // No further than that: a line can have any number of comments.
            let until = block.map_or(rest, |block| rest.get(..=block).unwrap_or(rest));
            let whole = until.find("//");
            match (block, whole) {
                (Some(block), whole) if whole.is_none_or(|whole| block < whole) => {
                    let (before, after) = rest.split_at(block);
                    content.push_str(before);
                    content.push(' ');
                    rest = after.get(2..).unwrap_or_default();
                    in_comment = true;
                }
                (_, Some(whole)) => {
                    content.push_str(rest.get(..whole).unwrap_or_default());
                    break;
                }
                _ => {
                    content.push_str(rest);
                    break;
                }
            }
        }
        if goes_on {
            content.push(' ');
            joined = Some((start, content));
        } else {
            lines.push((start, content));
        }
    }
    lines.extend(joined);
    lines
}

/// The value of a sum of numbers and known symbols.
fn number(text: &str, known: &HashMap<String, u32>) -> Option<u32> {
    let mut sum: i64 = 0;
    // What the parentheses around turn into their opposite.
    let mut signs = vec![1_i64];
    let mut sign = 1_i64;
    let mut wants_value = true;
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let mut taken = first.len_utf8();
        match first {
            '(' if wants_value => {
                signs.push(signs.last()?.checked_mul(sign)?);
                sign = 1;
            }
            ')' if !wants_value && signs.len() > 1 => {
                signs.pop();
            }
            '+' | '-' => {
                sign = match (first, wants_value) {
                    ('-', true) => -sign,
                    ('-', false) => -1,
                    (_, true) => sign,
                    (_, false) => 1,
                };
                wants_value = true;
            }
            c if wants_value && (c.is_ascii_alphanumeric() || c == '_') => {
                taken = rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                let word = rest.get(..taken)?;
                let value = if c.is_ascii_digit() {
                    literal(word)?
                } else {
                    *known.get(word)?
                };
                let value = i64::from(value).checked_mul(sign.checked_mul(*signs.last()?)?)?;
                sum = sum.checked_add(value)?;
                sign = 1;
                wants_value = false;
            }
            _ => return None,
        }
        rest = rest.get(taken..)?.trim_start();
    }
    let complete = !wants_value && signs.len() == 1;
    complete.then(|| u32::try_from(sum).ok())?
}

/// A number of C: with its base and its suffix.
fn literal(word: &str) -> Option<u32> {
    let (digits, base) = match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if word.len() > 1 && word.starts_with('0') => (word, 8),
        None => (word, 10),
    };
    let digits = digits.trim_end_matches(['u', 'U', 'l', 'L']);
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u32::from_str_radix(digits, base).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols(text: &str) -> Vec<(String, u32)> {
        let header = definition_header(text.as_bytes());
        let symbols = header.symbols.into_iter();
        symbols.map(|symbol| (symbol.name, symbol.value)).collect()
    }

    #[test]
    fn numbers_are_read_as_c_reads_them() {
        let found = symbols(
            "#ifndef GUARD_H\r\n\
             #define GUARD_H\r\n\
             // #define NOT 1\r\n\
             #define OBJ 0\r\n\
             \t# define HEX 0x1A // a comment\r\n\
             #define OCT 010\r\n\
             #define PAREN (12UL)\r\n\
             #define LAST PAREN\r\n\
             #define SUM (LAST + 2 - (HEX - 20)) /* and\r\n\
             #define HIDDEN 3\r\n\
             */ \r\n\
             #define SPLIT \\\r\n  7\r\n\
             #define MACRO(x) 5\r\n\
             #define SPACED (5)\r\n\
             int other;\r\n\
             #endif",
        );
        let expected = [
            ("OBJ", 0),
            ("HEX", 26),
            ("OCT", 8),
            ("PAREN", 12),
            ("LAST", 12),
            ("SUM", 8),
            ("SPLIT", 7),
            ("SPACED", 5),
        ];
        let expected: Vec<_> = expected.map(|(name, n)| (name.to_owned(), n)).into();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_number_is_told_by_line() {
        let header = definition_header(
            b"#define A \"text\"\n#define B 2\n#define B 4\n#define B 2\n#define C UNKNOWN\n\
              #define D 1 2\n#define E (1\n#define F 1)\n#define G 99999999999\n#define H -1\n\
              #define I 08\n#define J 1 +\n#define K ()\n#defined L 1\n#define M 0x\n#define",
        );
        let lines: Vec<usize> = header.problems.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15]);
        assert_eq!(header.symbols.len(), 1);
        assert_eq!(definition_header(b""), Header::default());
    }
}
