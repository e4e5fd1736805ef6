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

    #[test]
    fn what_cannot_be_a_program_is_refused() {
        for program in ["", "a\"b", "a\0"] {
            let error = join(OsStr::new(program), &[]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{program:?}");
        }
        assert!(join(OsStr::new("p"), &["\0".into()]).is_err());
    }
}
