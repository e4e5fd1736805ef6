//! A command line, split into arguments as `CommandLineToArgvW` does.

const QUOTE: u16 = b'"' as u16;
const BACKSLASH: u16 = b'\\' as u16;

fn is_blank(unit: u16) -> bool {
    unit == u16::from(b' ') || unit == u16::from(b'\t')
}

/// The arguments of a command line, the program first. None for an empty
/// one.
///
/// The program is taken as it is, up to a blank or between quotes. In the
/// others a quote opens and closes a part with blanks, 2n backslashes before
/// a quote are n of them, 2n+1 are n and the quote itself; and of three quotes
/// in a row the last is itself.
#[must_use]
pub fn arguments(line: &[u16]) -> Vec<Vec<u16>> {
    let mut arguments = Vec::new();
    if line.is_empty() {
        return arguments;
    }
    let (program, mut rest) = program(line);
    arguments.push(program.to_vec());
    loop {
        let blanks = rest.iter().take_while(|unit| is_blank(**unit)).count();
        rest = rest.get(blanks..).unwrap_or_default();
        if rest.is_empty() {
            return arguments;
        }
        let (argument, after) = argument(rest);
        arguments.push(argument);
        rest = after;
    }
}

/// The first argument, and what is behind it.
fn program(line: &[u16]) -> (&[u16], &[u16]) {
    let (start, end) = match line {
        [QUOTE, quoted @ ..] => {
            let end = quoted.iter().position(|unit| *unit == QUOTE);
            (quoted, end)
        }
        _ => (line, line.iter().position(|unit| is_blank(*unit))),
    };
    let (program, after) = start
        .split_at_checked(end.unwrap_or(start.len()))
        .unwrap_or((start, &[]));
    match after {
        [QUOTE, after @ ..] => (program, after),
        after => (program, after),
    }
}

/// Another argument, and what is behind it.
fn argument(line: &[u16]) -> (Vec<u16>, &[u16]) {
    let mut argument = Vec::new();
    // Quotes that are open: 0, or 1; the third in a row is itself.
    let mut quotes = 0;
    let mut backslashes: usize = 0;
    let mut rest = line;
    while let [unit, after @ ..] = rest {
        match *unit {
            unit if is_blank(unit) && quotes == 0 => break,
            BACKSLASH => {
                argument.push(BACKSLASH);
                backslashes += 1;
                rest = after;
                continue;
            }
            QUOTE => {
                let is_literal = backslashes % 2 == 1;
                argument.truncate(argument.len().saturating_sub(backslashes.div_ceil(2)));
                rest = after;
                if is_literal {
                    argument.push(QUOTE);
                } else {
                    quotes += 1;
                }
                while let [QUOTE, after @ ..] = rest {
                    quotes += 1;
                    if quotes == 3 {
                        argument.push(QUOTE);
                        quotes = 0;
                    }
                    rest = after;
                }
                if quotes == 2 {
                    quotes = 0;
                }
            }
            other => {
                argument.push(other);
                rest = after;
            }
        }
        backslashes = 0;
    }
    (argument, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Vec<String> {
        let line: Vec<u16> = line.encode_utf16().collect();
        arguments(&line)
            .iter()
            .map(|argument| String::from_utf16(argument).unwrap())
            .collect()
    }

    #[test]
    fn arguments_are_split_as_the_system_does() {
        for (line, expected) in [
            ("", &[][..]),
            ("a.exe", &["a.exe"]),
            (r#""C:\a b\c.exe" d"#, &[r"C:\a b\c.exe", "d"]),
            // A backslash means nothing in the program's name.
            (r#""C:\a\" d"#, &[r"C:\a\", "d"]),
            (r"C:\a\b.exe  c	d ", &[r"C:\a\b.exe", "c", "d"]),
            (" a b", &["", "a", "b"]),
            (r#""a"b c"#, &["a", "b", "c"]),
            (r#"x "a b" c"#, &["x", "a b", "c"]),
            (r#"x a"b c"d"#, &["x", "ab cd"]),
            (r#"x """#, &["x", ""]),
            (r#"x "a"#, &["x", "a"]),
            (r#"x a\\b \\\c"#, &["x", r"a\\b", r"\\\c"]),
            (r#"x a\"b"#, &["x", r#"a"b"#]),
            (r#"x a\\"b c""#, &["x", r"a\b c"]),
            (r#"x a\\\"b c"#, &["x", r#"a\"b"#, "c"]),
            (r#"x """a b""#, &["x", r#""a"#, "b"]),
            (r#"x "a""b c""#, &["x", r#"a"b"#, "c"]),
            (r#"x "a"""b c""#, &["x", r#"a"b c"#]),
            (r#"x \"#, &["x", r"\"]),
            ("x grüße 日本", &["x", "grüße", "日本"]),
        ] {
            assert_eq!(split(line), expected, "{line}");
        }
    }

    #[test]
    fn any_arguments_that_were_quoted_come_back() {
        let letters = [
            u16::from(b'a'),
            u16::from(b' '),
            QUOTE,
            BACKSLASH,
            BACKSLASH,
            9,
            0xd800,
        ];
        let mut seed = 1u64;
        let mut random = move |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(seed >> 40).unwrap() % below
        };
        for _ in 0..20_000 {
            let mut expected = vec![vec![u16::from(b'p')]];
            for _ in 0..random(4) {
                let argument = (0..random(7))
                    .map(|_| letters[random(letters.len())])
                    .collect::<Vec<_>>();
                expected.push(argument);
            }
            let mut line = vec![u16::from(b'p')];
            for argument in &expected[1..] {
                line.push(u16::from(b' '));
                quote(argument, &mut line);
            }
            assert_eq!(arguments(&line), expected);
        }
    }

    /// An argument as everybody writes it who follows the documentation.
    fn quote(argument: &[u16], line: &mut Vec<u16>) {
        line.push(QUOTE);
        let mut backslashes = 0;
        for &unit in argument {
            if unit == QUOTE {
                line.extend(vec![BACKSLASH; backslashes + 1]);
            }
            backslashes = if unit == BACKSLASH {
                backslashes + 1
            } else {
                0
            };
            line.push(unit);
        }
        line.extend(vec![BACKSLASH; backslashes]);
        line.push(QUOTE);
    }

    #[test]
    fn hostile_lines_lose_nothing_but_quotes_blanks_and_backslashes() {
        let letters = [u16::from(b'a'), u16::from(b' '), QUOTE, BACKSLASH, 0];
        // Every line of up to seven of these.
        for length in 0..=7u32 {
            for number in 0..5usize.pow(length) {
                let line: Vec<u16> = (0..length)
                    .map(|place| letters[number / 5usize.pow(place) % 5])
                    .collect();
                let kept = |units: &[u16]| units.iter().filter(|u| **u < 1 || **u == 97).count();
                let all = arguments(&line).concat();
                assert_eq!(kept(&all), kept(&line), "{line:?}");
                assert!(all.len() <= line.len());
            }
        }
    }
}
