//! Strings put into a message's text.
//!
//! The system's own function takes the strings by pointer and reads past them
//! when a text asks for more than there are. This one cannot, and knows no
//! system: the text of a log from elsewhere is the same here.

use std::borrow::Cow;

/// No message is longer, in bytes: a text of a few kB can ask for the same
/// string thousands of times.
const LIMIT: usize = 1 << 20;
/// What a message ends with that would have been longer.
const CUT: char = '…';
/// No column of a message is wider.
const WIDEST: usize = 1024;
/// How deep parameters lead to parameters.
const DEEPEST: usize = 8;
/// How many parameters are put into one message.
const MOST_PARAMETERS: usize = 256;

/// Puts strings into the text of a message.
///
/// - `%1` to `%99` are the strings; `%1!8s!`, `%1!08x!` and so on say how, as
///   for `printf`: `-+ 0#`, width and precision, `*` for those of the next
///   strings, and the letters `d i u o x X c s`. A number is formatted as one
///   where the string is one, and as text otherwise. Width and precision are in
///   units of UTF-16, as they are for the system.
/// - `%n` is a new line, `%r` a carriage return, `%t` a tab, `%b` or `%` and a
///   space a space, `%%`, `%.` and `%!` the sign. `%0` ends the text, with no
///   line end behind it.
///
/// A string that is missing, and what cannot be understood, stay visible as
/// they stand: `%3`. Line ends of the text become `\n`. The strings may hold
/// anything, control characters too.
///
/// # Examples
///
/// ```
/// use oslens_eventlog::message;
///
/// let text = message::format("Client %1 has sent %2!4u! bytes%0", &["one", "17"]);
/// assert_eq!(text, "Client one has sent   17 bytes");
/// let text = message::format("%1 of %2", &["one"]);
/// assert_eq!(text, "one of %2");
/// ```
#[must_use]
pub fn format<S: AsRef<str>>(text: &str, strings: &[S]) -> String {
    format_with(text, strings, |_| None)
}

/// As [`format()`], with parameters: `%%5` in a string, or in the text, is the
/// message with the number 5 that `parameter` knows, as texts of errors and
/// names of rights are stored. What it does not know stays as it stands.
///
/// Parameters in parameters are replaced, too, up to a depth of 8.
///
/// # Examples
///
/// ```
/// use oslens_eventlog::message;
///
/// let parameter = |number| (number == 5).then(|| "Access is denied.\r\n".to_owned());
/// let text = message::format_with("It failed: %1", &["%%5"], parameter);
/// assert_eq!(text, "It failed: Access is denied.");
/// ```
#[must_use]
pub fn format_with<S: AsRef<str>>(
    text: &str,
    strings: &[S],
    mut parameter: impl FnMut(u32) -> Option<String>,
) -> String {
    let string = |number: usize| strings.get(number.checked_sub(1)?).map(AsRef::as_ref);
    let mut parameters = Parameters {
        known: &mut parameter,
        left: MOST_PARAMETERS,
    };
    let mut out = Output::default();
    let mut rest = text;
    while let Some(at) = rest.find(['%', '\r']).filter(|_| !out.is_cut) {
        let (before, from_sign) = rest.split_at(at);
        out.push(before);
        let (part, after) = Part::parse(from_sign);
        // As it stands, for what is not understood.
        let stands = from_sign.len().saturating_sub(after.len());
        let stands = from_sign.get(..stands).unwrap_or_default();
        rest = after;
        match part {
            Part::End => {
                rest = "";
                break;
            }
            Part::Char(c) => out.push(c.encode_utf8(&mut [0; 4])),
            Part::Text(text) => out.push(text),
            Part::String(number, None) => match string(number) {
                Some(string) => out.push(&parameters.expand(string, 0)),
                None => out.push(stands),
            },
            Part::String(number, Some(how)) => match how.apply(number, string) {
                Some(formatted) => out.push(&parameters.expand(&formatted, 0)),
                None => out.push(stands),
            },
            Part::Parameter(number) => match parameters.get(number, 0) {
                Some(text) => out.push(&text),
                // To the system two signs are one.
                None => {
                    let signs = stands.bytes().take_while(|&byte| byte == b'%').count();
                    out.push(stands.get(signs / 2..).unwrap_or(stands));
                }
            },
        }
    }
    out.push(rest);
    out.finish()
}

/// A message that does not grow without bounds.
#[derive(Default)]
struct Output {
    text: String,
    is_cut: bool,
}

impl Output {
    fn push(&mut self, text: &str) {
        if self.is_cut {
            return;
        }
        let mut room = LIMIT.saturating_sub(self.text.len());
        if text.len() > room {
            self.is_cut = true;
            while !text.is_char_boundary(room) {
                room -= 1;
            }
        } else {
            room = text.len();
        }
        self.text.push_str(text.get(..room).unwrap_or_default());
    }

    fn finish(mut self) -> String {
        if self.is_cut {
            self.text.push(CUT);
        }
        self.text
    }
}

/// What begins with a per cent sign or a carriage return.
enum Part<'a> {
    End,
    Char(char),
    Text(&'a str),
    String(usize, Option<How>),
    Parameter(u32),
}

impl<'a> Part<'a> {
    /// The first part of a text that begins with one of the two signs, and
    /// the text behind it.
    fn parse(text: &'a str) -> (Self, &'a str) {
        let mut chars = text.chars();
        let first = chars.next();
        let after_first = chars.as_str();
        if first == Some('\r') {
            return match after_first.strip_prefix('\n') {
                Some(rest) => (Part::Char('\n'), rest),
                None => (Part::Char('\r'), after_first),
            };
        }
        let Some(second) = chars.next() else {
            // A sign at the end.
            return (Part::Text(text), "");
        };
        let rest = chars.as_str();
        match second {
            '0' => (Part::End, ""),
            '1'..='9' => {
                let (number, rest) = digits(after_first, 2);
                let number = number as usize;
                match How::parse(rest) {
                    Some((how, rest)) => (Part::String(number, Some(how)), rest),
                    None => (Part::String(number, None), rest),
                }
            }
            'n' => (Part::Char('\n'), rest),
            'r' => (Part::Char('\r'), rest),
            't' => (Part::Char('\t'), rest),
            'b' => (Part::Char(' '), rest),
            '%' if parameter(rest).is_some() => {
                let (number, after) = digits(parameter(rest).unwrap_or(rest), 10);
                match u32::try_from(number) {
                    Ok(number) => (Part::Parameter(number), after),
                    Err(_) => (Part::Char('%'), rest),
                }
            }
            // Of what has no meaning, the system leaves out the first sign.
            other => (Part::Char(other), rest),
        }
    }
}

/// The digits behind `%%`, if there are any; or behind `%%%%`, of which the
/// system makes `%%` first.
fn parameter(after_signs: &str) -> Option<&str> {
    let is_number = |text: &&str| text.starts_with(|c: char| c.is_ascii_digit());
    let behind_two = after_signs.strip_prefix("%%").unwrap_or(after_signs);
    Some(behind_two).filter(is_number)
}

/// The number that so many digits at the begin make, and what is behind it.
fn digits(text: &str, most: usize) -> (u64, &str) {
    let end = text
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    let (number, rest) = text.split_at(end);
    // Ten digits at most, which fit.
    (number.parse().unwrap_or(0), rest)
}

/// How a string is to be shown: what is between the exclamation marks.
#[derive(Default)]
struct How {
    left: bool,
    plus: bool,
    space: bool,
    zeros: bool,
    prefix: bool,
    width: Option<Size>,
    precision: Option<Size>,
    /// Numbers have 64 bits.
    long: bool,
    letter: char,
}

enum Size {
    Fixed(usize),
    /// That of the next string.
    Next,
}

impl How {
    /// `!…!` at the begin of the text, and what is behind it. What is not
    /// understood has no letter.
    fn parse(text: &str) -> Option<(Self, &str)> {
        let inner = text.strip_prefix('!')?;
        let (inner, rest) = inner.split_at(inner.find('!')?);
        let rest = rest.strip_prefix('!')?;
        Some((Self::of(inner).unwrap_or_default(), rest))
    }

    fn of(mut text: &str) -> Option<Self> {
        let mut how = Self::default();
        loop {
            let flag = match text.chars().next()? {
                '-' => &mut how.left,
                '+' => &mut how.plus,
                ' ' => &mut how.space,
                '0' => &mut how.zeros,
                '#' => &mut how.prefix,
                _ => break,
            };
            *flag = true;
            text = text.get(1..)?;
        }
        (how.width, text) = Size::parse(text)?;
        if let Some(precision) = text.strip_prefix('.') {
            (how.precision, text) = Size::parse(precision)?;
            // A dot alone is a zero.
            how.precision.get_or_insert(Size::Fixed(0));
        }
        for (prefix, long) in [
            ("I64", true),
            ("I32", false),
            ("ll", true),
            ("h", false),
            ("l", false),
            ("w", false),
        ] {
            if let Some(rest) = text.strip_prefix(prefix) {
                how.long = long;
                text = rest;
                break;
            }
        }
        let mut letters = text.chars();
        how.letter = letters
            .next()
            .filter(|letter| "diuoxXcCsS".contains(*letter))?;
        letters.next().is_none().then_some(how)
    }

    /// The string with this number, shown so; `None` where it is missing, or
    /// where it is not understood how.
    fn apply<'a>(
        &self,
        mut number: usize,
        string: impl Fn(usize) -> Option<&'a str>,
    ) -> Option<String> {
        let mut next = || {
            let text = string(number)?;
            number = number.checked_add(1)?;
            Some(text)
        };
        let mut left = self.left;
        let width = match self.width {
            None => 0,
            Some(Size::Fixed(width)) => width,
            Some(Size::Next) => {
                let width: i32 = next()?.trim().parse().ok()?;
                left |= width < 0;
                usize::try_from(width.unsigned_abs()).ok()?
            }
        };
        let precision = match self.precision {
            None => None,
            Some(Size::Fixed(precision)) => Some(precision),
            // A negative one is none.
            Some(Size::Next) => usize::try_from(next()?.trim().parse::<i32>().ok()?).ok(),
        };
        if width > WIDEST || precision.is_some_and(|precision| precision > WIDEST) {
            return None;
        }
        let text = next()?;
        let (sign, body) = match self.letter {
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => match self.number(text, precision) {
                Some(number) => number,
                None => ("", Cow::Borrowed(text)),
            },
            's' | 'S' => ("", Cow::Borrowed(cut(text, precision))),
            'c' | 'C' => ("", Cow::Borrowed(text)),
            _ => return None,
        };
        let length = sign.len().saturating_add(body.encode_utf16().count());
        let missing = width.saturating_sub(length);
        let is_number = matches!(body, Cow::Owned(_));
        Some(if left {
            format!("{sign}{body}{}", " ".repeat(missing))
        } else if self.zeros && is_number && precision.is_none() {
            format!("{sign}{}{body}", "0".repeat(missing))
        } else {
            format!("{}{sign}{body}", " ".repeat(missing))
        })
    }

    /// Sign or prefix, and digits, where the text is a whole number.
    fn number<'a>(
        &self,
        text: &str,
        precision: Option<usize>,
    ) -> Option<(&'static str, Cow<'a, str>)> {
        let text = text.trim();
        let value: i128 = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(hex) if hex.starts_with(|c: char| c.is_ascii_hexdigit()) => {
                u64::from_str_radix(hex, 16).ok()?.into()
            }
            _ => text.parse().ok()?,
        };
        if value < i64::MIN.into() || value > u64::MAX.into() {
            return None;
        }
        // Negative numbers are as they are in memory: in 64 bits where they
        // are said to be so long, or are.
        let unsigned = if value >= 0 || self.long || value < i32::MIN.into() {
            value as u64
        } else {
            u64::from(value as u32)
        };
        let (sign, mut digits) = match self.letter {
            'o' => ("", format!("{unsigned:o}")),
            'x' if self.prefix && unsigned != 0 => ("0x", format!("{unsigned:x}")),
            'X' if self.prefix && unsigned != 0 => ("0X", format!("{unsigned:X}")),
            'x' => ("", format!("{unsigned:x}")),
            'X' => ("", format!("{unsigned:X}")),
            'u' => ("", unsigned.to_string()),
            _ => {
                let sign = match value {
                    ..0 => "-",
                    _ if self.plus => "+",
                    _ if self.space => " ",
                    _ => "",
                };
                (sign, value.unsigned_abs().to_string())
            }
        };
        let missing = precision.unwrap_or(0).saturating_sub(digits.len());
        digits.insert_str(0, &"0".repeat(missing));
        if self.letter == 'o' && self.prefix && !digits.starts_with('0') {
            digits.insert(0, '0');
        }
        Some((sign, Cow::Owned(digits)))
    }
}

impl Size {
    /// A size at the begin of the text, if there is one.
    fn parse(text: &str) -> Option<(Option<Self>, &str)> {
        if let Some(rest) = text.strip_prefix('*') {
            return Some((Some(Self::Next), rest));
        }
        let (size, rest) = digits(text, 9);
        if rest.len() == text.len() {
            return Some((None, text));
        }
        Some((Some(Self::Fixed(usize::try_from(size).ok()?)), rest))
    }
}

/// So much of a text; not half of a character.
fn cut(text: &str, most: Option<usize>) -> &str {
    let Some(mut left) = most else { return text };
    let end = text.char_indices().find_map(|(at, c)| {
        let rest = left.checked_sub(c.len_utf16());
        left = rest.unwrap_or(0);
        rest.is_none().then_some(at)
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// The messages that stand for numbers in strings.
struct Parameters<'a> {
    known: &'a mut dyn FnMut(u32) -> Option<String>,
    /// How many may still be put in.
    left: usize,
}

impl Parameters<'_> {
    /// A parameter's text, with the parameters in it.
    fn get(&mut self, number: u32, depth: usize) -> Option<String> {
        if depth >= DEEPEST {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        let text = (self.known)(number)?;
        let text = text.trim_end_matches(['\r', '\n']).replace("\r\n", "\n");
        Some(self.expand(&text, depth + 1).into_owned())
    }

    /// The text with its parameters.
    fn expand<'a>(&mut self, text: &'a str, depth: usize) -> Cow<'a, str> {
        if !text.contains("%%") {
            return Cow::Borrowed(text);
        }
        let mut out = Output::default();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("%%") {
            out.push(before);
            let (number, behind) = digits(after, 10);
            let found = match u32::try_from(number) {
                Ok(number) if behind.len() < after.len() => self.get(number, depth),
                _ => None,
            };
            match found {
                Some(text) => {
                    out.push(&text);
                    rest = behind;
                }
                None => {
                    out.push("%%");
                    rest = after;
                }
            }
        }
        out.push(rest);
        Cow::Owned(out.finish())
    }
}

#[cfg(test)]
mod tests;
