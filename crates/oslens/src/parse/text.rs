//! The words and numbers that kernel text is made of.

/// A decimal number that fills the whole slice; `None` when it does not, is
/// empty or overflows.
#[inline]
#[must_use]
pub fn decimal(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() {
        return None;
    }
    // Up to 19 digits nothing can overflow, and that is what there is.
    let certain = bytes.len() <= 19;
    let mut value = 0u64;
    for &byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = match certain {
            true => value.wrapping_mul(10).wrapping_add(u64::from(digit)),
            false => value.checked_mul(10)?.checked_add(u64::from(digit))?,
        };
    }
    Some(value)
}

/// A decimal number with an optional minus sign that fills the whole slice.
#[inline]
#[must_use]
pub fn signed_decimal(bytes: &[u8]) -> Option<i64> {
    match bytes.split_first() {
        Some((b'-', rest)) => match decimal(rest)? {
            magnitude if magnitude == 1 << 63 => Some(i64::MIN),
            magnitude => i64::try_from(magnitude).ok().map(|value| -value),
        },
        _ => decimal(bytes).and_then(|value| i64::try_from(value).ok()),
    }
}

/// A hexadecimal number, without prefix, that fills the whole slice.
#[inline]
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || bytes.len() > 16 {
        return None;
    }
    bytes.iter().try_fold(0u64, |value, &byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            _ => return None,
        };
        Some(value << 4 | u64::from(digit))
    })
}

/// An octal number that fills the whole slice.
#[inline]
#[must_use]
pub fn octal(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() {
        return None;
    }
    bytes.iter().try_fold(0u64, |value, &byte| match byte {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

/// Undoes the octal escapes (`\040` for a blank) with which the kernel keeps
/// paths in one word. What is no escape stays as it is.
#[must_use]
pub fn octal_unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, behind)) = rest.split_first() {
        let escaped = match (byte, behind.get(..3)) {
            (b'\\', Some(digits)) => octal(digits).and_then(|value| u8::try_from(value).ok()),
            _ => None,
        };
        plain.push(escaped.unwrap_or(byte));
        rest = match escaped {
            Some(_) => behind.get(3..).unwrap_or_default(),
            None => behind,
        };
    }
    plain
}

/// A number with an optional decimal part, like `0.12`, that fills the whole
/// slice; no sign, no exponent, no infinity.
#[inline]
#[must_use]
pub fn fraction(bytes: &[u8]) -> Option<f64> {
    if !bytes
        .iter()
        .all(|byte| byte.is_ascii_digit() || *byte == b'.')
    {
        return None;
    }
    std::str::from_utf8(bytes)
        .ok()?
        .parse::<f64>()
        .ok()
        .filter(|value| value.is_finite())
}

/// The words between blanks and tabs.
#[inline]
pub fn words(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes
        .split(|byte| matches!(byte, b' ' | b'\t'))
        .filter(|word| !word.is_empty())
}

/// The lines, without their newline; an empty last line is no line.
#[inline]
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let none = bytes.is_empty();
    bytes.split(|&byte| byte == b'\n').filter(move |_| !none)
}

/// The part up to the last newline. A file that the kernel ends with one, and
/// that has none at its end, was cut off: perhaps within a number.
#[inline]
#[must_use]
pub fn whole_lines(bytes: &[u8]) -> &[u8] {
    let end = memchr::memrchr(b'\n', bytes).map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or_default()
}

/// Takes the next line off `rest`, without its newline; `None` at the end.
/// For the long files of which only the beginning is wanted: nothing behind
/// the line is looked at.
#[inline]
pub fn take_line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    if rest.is_empty() {
        return None;
    }
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let line = rest.get(..end)?;
    *rest = rest.get(end + 1..).unwrap_or_default();
    Some(line)
}

/// Takes the next word (between blanks and tabs) off `rest`.
#[inline]
pub fn take_word<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = rest.iter().position(|byte| !blank(byte))?;
    let word = rest.get(start..)?;
    let end = word.iter().position(blank).unwrap_or(word.len());
    let (word, behind) = word.split_at_checked(end)?;
    *rest = behind;
    Some(word)
}

/// `key` and `value` around the first `:`, both trimmed.
#[inline]
#[must_use]
pub fn key_value(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', line)?;
    Some((
        line.get(..colon)?.trim_ascii(),
        line.get(colon + 1..)?.trim_ascii(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_fill_the_slice_or_are_none() {
        assert_eq!(decimal(b"0"), Some(0));
        assert_eq!(decimal(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(decimal(b"18446744073709551616"), None);
        assert_eq!(decimal(b""), None);
        assert_eq!(decimal(b"1 "), None);
        assert_eq!(decimal(b"-1"), None);
        assert_eq!(signed_decimal(b"-1"), Some(-1));
        assert_eq!(signed_decimal(b"-9223372036854775808"), Some(i64::MIN));
        assert_eq!(signed_decimal(b"-9223372036854775809"), None);
        assert_eq!(signed_decimal(b"9223372036854775808"), None);
        assert_eq!(signed_decimal(b"-"), None);
        assert_eq!(hexadecimal(b"fF"), Some(255));
        assert_eq!(hexadecimal(b"ffffffffffffffff"), Some(u64::MAX));
        assert_eq!(hexadecimal(b"1ffffffffffffffff"), None);
        assert_eq!(hexadecimal(b"0x1"), None);
        assert_eq!(octal(b"100002"), Some(0o100_002));
        assert_eq!(octal(b"8"), None);
    }

    #[test]
    fn octal_escapes_are_undone() {
        assert_eq!(octal_unescaped(b"/a\\040b\\134c"), b"/a b\\c");
        assert_eq!(octal_unescaped(b"\\04"), b"\\04");
        assert_eq!(octal_unescaped(b"\\777\\08x\\"), b"\\777\\08x\\");
    }

    #[test]
    fn a_fraction_is_plain_decimal() {
        assert_eq!(fraction(b"0.50"), Some(0.5));
        assert_eq!(fraction(b"12"), Some(12.0));
        for text in [
            &b""[..],
            b".",
            b"1.2.3",
            b"nan",
            b"inf",
            b"1e9",
            b"-1",
            b"+1",
        ] {
            assert_eq!(fraction(text), None, "{text:?}");
        }
        assert_eq!(fraction(&[b'9'; 400]), None);
    }

    #[test]
    fn lines_and_words_are_taken_one_by_one() {
        let mut rest = &b"a  b\tc\n\nlast"[..];
        let mut line = take_line(&mut rest).unwrap();
        assert_eq!(take_word(&mut line), Some(&b"a"[..]));
        assert_eq!(take_word(&mut line), Some(&b"b"[..]));
        assert_eq!(take_word(&mut line), Some(&b"c"[..]));
        assert_eq!(take_word(&mut line), None);
        assert_eq!(take_line(&mut rest), Some(&b""[..]));
        assert_eq!(take_line(&mut rest), Some(&b"last"[..]));
        assert_eq!(take_line(&mut rest), None);
    }

    #[test]
    fn an_empty_text_has_no_lines() {
        assert_eq!(lines(b"").count(), 0);
        assert_eq!(lines(b"a\n\nb\n").count(), 3);
        assert_eq!(
            key_value(b"ShadowCallStack:10373888 kB"),
            Some((&b"ShadowCallStack"[..], &b"10373888 kB"[..]))
        );
    }
}
