//! Names within messages.

use std::fmt;

/// A name as a message shows it: with what a terminal would obey, or a reader
/// could not see, written out as an escape.
///
/// Backslashes and quotes stay as they are. Paths of files, registry keys and
/// counters are made of backslashes, and mean something else when they are
/// doubled.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a>(pub &'a str);

const AS_THEY_ARE: [char; 3] = ['\\', '\'', '"'];

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.0.split_inclusive(AS_THEY_ARE) {
            match piece.strip_suffix(AS_THEY_ARE) {
                Some(text) => {
                    let kept = piece.get(text.len()..).unwrap_or_default();
                    write!(f, "{}{kept}", text.escape_debug())?;
                }
                None => write!(f, "{}", piece.escape_debug())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_paths_and_nothing_drives_the_terminal() {
        for (text, shown) in [
            (r"\\host\Process(a)\ID", r"\\host\Process(a)\ID"),
            (r#"C:\it's "here""#, r#"C:\it's "here""#),
            ("a\x1b[2J\\\n\u{202e}", r"a\u{1b}[2J\\n\u{202e}"),
            ("café", "café"),
            ("", ""),
        ] {
            assert_eq!(Shown(text).to_string(), shown);
        }
    }
}
