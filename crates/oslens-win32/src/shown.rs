//! Text of others within messages.

use std::fmt;

/// Shows a text as it is, but for what would steer a terminal, end the line or
/// turn its order around: control characters are escaped, backslashes of paths
/// are not doubled.
pub fn shown(text: &str) -> impl fmt::Display + '_ {
    Shown(text)
}

struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(steers) {
            let (before, from) = rest.split_at(at);
            f.write_str(before)?;
            let mut chars = from.chars();
            if let Some(c) = chars.next() {
                write!(f, "{}", c.escape_debug())?;
            }
            rest = chars.as_str();
        }
        f.write_str(rest)
    }
}

/// Control characters, separators of lines and paragraphs, and what overrides
/// the direction of text.
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_steers_a_terminal_is_escaped() {
        for (text, expected) in [
            (
                r"\\host\Processor(_Total)\%'",
                r"\\host\Processor(_Total)\%'",
            ),
            ("\u{1b}[2J\na\r\tb\0", r"\u{1b}[2J\na\r\tb\0"),
            ("ä\u{1f600}\u{202e}x\u{85}", r"ä😀\u{202e}x\u{85}"),
            ("", ""),
        ] {
            assert_eq!(shown(text).to_string(), expected);
        }
    }
}
