//! Command lines: many arguments in one text.

use std::ffi::{OsStr, OsString};

use crate::{Error, ErrorKind, Result, text};

const QUOTE: u16 = b'"' as u16;
const BACKSLASH: u16 = b'\\' as u16;

/// The command line that gives this program these arguments.
///
/// The program is always quoted: without, a program at `C:\Program` would be
/// run with the rights of the service.
pub(crate) fn join(program: &OsStr, arguments: &[OsString]) -> Result<OsString> {
    let program = text::units(program);
    if program.is_empty() || program.iter().any(|&unit| unit == 0 || unit == QUOTE) {
        return Err(Error::message(
            ErrorKind::InvalidInput,
            "the path of a program is not empty and has no quotes and no NUL",
        ));
    }
    let mut line = Vec::with_capacity(program.len() + 2);
    // No escapes within: the first argument ends with the next quote.
    line.push(QUOTE);
    line.extend(program);
    line.push(QUOTE);
    for argument in arguments {
        let argument = text::units(argument);
        if argument.contains(&0) {
            return Err(Error::message(
                ErrorKind::InvalidInput,
                "an argument contains a NUL",
            ));
        }
        line.push(b' '.into());
        push(&mut line, &argument);
    }
    Ok(text::from_units(&line))
}

/// An argument, such that programs that read command lines as the C runtime
/// does take it for one.
fn push(line: &mut Vec<u16>, argument: &[u16]) {
    let special = |&unit: &u16| {
        unit == QUOTE
            || [b' ', b'\t', b'\n', 0x0b]
                .iter()
                .any(|&c| u16::from(c) == unit)
    };
    if !argument.is_empty() && !argument.iter().any(special) {
        line.extend(argument);
        return;
    }
    line.push(QUOTE);
    let mut backslashes = 0;
    for &unit in argument {
        // Backslashes are themselves unless a quote follows.
        if unit == QUOTE {
            line.extend(std::iter::repeat_n(BACKSLASH, backslashes + 1));
        }
        backslashes = if unit == BACKSLASH {
            backslashes + 1
        } else {
            0
        };
        line.push(unit);
    }
    line.extend(std::iter::repeat_n(BACKSLASH, backslashes));
    line.push(QUOTE);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(program: &str, arguments: &[&str]) -> String {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        join(OsStr::new(program), &arguments)
            .unwrap()
            .into_string()
            .unwrap()
    }

    #[test]
    fn the_program_is_always_quoted() {
        assert_eq!(line(r"C:\a\b.exe", &[]), r#""C:\a\b.exe""#);
        assert_eq!(
            line(r"C:\Program Files\b.exe", &["run"]),
            r#""C:\Program Files\b.exe" run"#
        );
        assert_eq!(line(r"C:\dir\", &["x"]), r#""C:\dir\" x"#);
    }

    #[test]
    fn arguments_are_quoted_where_they_would_fall_apart() {
        assert_eq!(
            line(
                "p",
                &["", "a b", r"c:\d e\", r#"say "hi""#, r#"\\""#, r"\\x"]
            ),
            r#""p" "" "a b" "c:\d e\\" "say \"hi\"" "\\\\\"" \\x"#
        );
    }

    /// As the C runtime takes a command line apart.
    fn split(line: &str) -> Vec<String> {
        let mut letters = line.chars().peekable();
        // The program: up to the next quote, whatever is between.
        assert_eq!(letters.next(), Some('"'));
        let mut found = vec![letters.by_ref().take_while(|&c| c != '"').collect()];
        while letters.next_if(|c| c.is_whitespace()).is_some() {
            let (mut argument, mut quoted, mut backslashes) = (String::new(), false, 0);
            while let Some(letter) = letters.next_if(|c| quoted || !c.is_whitespace()) {
                match letter {
                    '\\' => backslashes += 1,
                    '"' => {
                        argument.extend(std::iter::repeat_n('\\', backslashes / 2));
                        if backslashes % 2 == 1 {
                            argument.push('"');
                        } else {
                            quoted = !quoted;
                        }
                        backslashes = 0;
                    }
                    other => {
                        argument.extend(std::iter::repeat_n('\\', backslashes));
                        backslashes = 0;
                        argument.push(other);
                    }
                }
            }
            argument.extend(std::iter::repeat_n('\\', backslashes));
            found.push(argument);
        }
        found
    }

    #[test]
    fn every_argument_comes_back() {
        // Everything that can be said with what has a meaning, and a letter.
        let letters = ['a', ' ', '"', '\\', '\t'];
        for length in 0..5_u32 {
            for number in 0..5_usize.pow(length) {
                let text: String = (0..length)
                    .map(|place| letters[number / 5_usize.pow(place) % 5])
                    .collect();
                let joined = line("p", &[&text, "x", &text]);
                assert_eq!(split(&joined), ["p", &text, "x", &text], "{joined}");
            }
        }
    }

    #[test]
    fn what_cannot_be_a_program_is_refused() {
        for program in ["", "a\"b", "a\0"] {
            let error = join(OsStr::new(program), &[]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{program:?}");
        }
        assert!(join(OsStr::new("p"), &["\0".into()]).is_err());
    }
}
