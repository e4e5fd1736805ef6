//! A process's environment block: texts with a NUL after each, and an empty
//! one at the end.

/// The end of the block, in 16-bit units: behind the empty text. `None`: it
/// is cut.
#[must_use]
pub fn end(block: &[u16]) -> Option<usize> {
    if block.first() == Some(&0) {
        return Some(1);
    }
    let at = block.windows(2).position(|pair| pair == [0, 0])?;
    Some(at + 2)
}

/// Names and values, in their order. Entries that the command interpreter
/// hides in there (`=C:=C:\Users`), and what is no assignment, are left out.
///
/// Ends at the empty text; a text that is cut is left out.
pub fn variables(block: &[u16]) -> impl Iterator<Item = (&[u16], &[u16])> {
    let mut rest = block;
    std::iter::from_fn(move || {
        let at = rest.iter().position(|unit| *unit == 0)?;
        let (text, after) = rest.split_at_checked(at)?;
        rest = after.get(1..)?;
        (!text.is_empty()).then_some(text)
    })
    .filter_map(|text| {
        let equals = text.iter().position(|unit| *unit == u16::from(b'='))?;
        let (name, value) = text.split_at_checked(equals)?;
        if name.is_empty() {
            return None;
        }
        Some((name, value.get(1..)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    fn shown(block: &str) -> Vec<(String, String)> {
        variables(&wide(block))
            .map(|(name, value)| {
                (
                    String::from_utf16_lossy(name),
                    String::from_utf16_lossy(value),
                )
            })
            .collect()
    }

    #[test]
    fn variables_end_at_the_empty_text() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            shown("=C:=C:\\Users\0Path=C:\\a;C:\\b\0EMPTY=\0Grüße=a=b\0\0LEFT=over\0\0"),
            [
                pair("Path", "C:\\a;C:\\b"),
                pair("EMPTY", ""),
                pair("Grüße", "a=b")
            ]
        );
        assert_eq!(shown("\0\0"), []);
        assert_eq!(shown("no assignment\0A=1\0\0"), [pair("A", "1")]);
    }

    #[test]
    fn a_cut_text_is_left_out() {
        assert_eq!(shown("A=1\0B=2").len(), 1);
        assert_eq!(shown("").len(), 0);
    }

    #[test]
    fn the_end_is_behind_the_empty_text() {
        assert_eq!(end(&wide("A=1\0\0rest")), Some(5));
        assert_eq!(end(&wide("\0rest")), Some(1));
        assert_eq!(end(&wide("A=1\0B")), None);
        assert_eq!(end(&[]), None);
    }

    #[test]
    fn lone_surrogates_are_kept() {
        let block = [0xd800, u16::from(b'='), 0xdfff, 0, 0];
        let all: Vec<_> = variables(&block).collect();
        assert_eq!(all, [(&[0xd800][..], &[0xdfff][..])]);
    }
}
