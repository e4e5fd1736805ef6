//! The bytes of a file that somebody wrote in an editor of Windows, as text.

use oslens_win32::bytes;

/// The text: UTF-16 in either order where a mark or zeros tell, else UTF-8,
/// else one byte for each character.
///
/// What is no character becomes U+FFFD, marks at the begin go. The second is
/// whether the encoding was guessed from bytes that are not UTF-8, so that
/// what is not ASCII can be wrong.
#[must_use]
pub fn definition_text(data: &[u8]) -> (String, bool) {
    let (start, rest) = data.split_at(data.len().min(2));
    match start {
        [0xff, 0xfe] => return (utf16(bytes::utf16(rest)), false),
        [0xfe, 0xff] => return (utf16(bytes::utf16(rest).map(u16::swap_bytes)), false),
        // ASCII at the begin of UTF-16 without a mark.
        [1..=255, 0] => return (utf16(bytes::utf16(data)), false),
        [0, 1..=255] => return (utf16(bytes::utf16(data).map(u16::swap_bytes)), false),
        _ => {}
    }
    let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    match std::str::from_utf8(data) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (data.iter().copied().map(char::from).collect(), true),
    }
}

fn utf16(units: impl Iterator<Item = u16>) -> String {
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .filter(|&c| c != '\u{feff}')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_in_whatever_it_was_saved() {
        let text = "[info]\r\nö";
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for data in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            little.clone(),
            big.clone(),
            [&[0xff, 0xfe], &little[..]].concat(),
            [&[0xfe, 0xff], &big[..]].concat(),
        ] {
            assert_eq!(definition_text(&data), (text.to_owned(), false));
        }
        assert_eq!(
            definition_text(b"[info]\n\xf6"),
            ("[info]\nö".to_owned(), true)
        );
        assert_eq!(definition_text(b""), (String::new(), false));
        assert_eq!(definition_text(b"a"), ("a".to_owned(), false));
        assert_eq!(definition_text(&[0xff, 0xfe, 0, 0xd8]).0, "\u{fffd}");
    }
}
