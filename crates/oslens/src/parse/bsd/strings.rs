//! Arguments and environments: texts, each ended by a NUL, as the kernels of
//! the BSDs copy them out of a process.

/// The texts. The last one may have been cut, and have no NUL.
///
/// Nothing is guessed: what a program has put in the place of its arguments
/// is one text if it is one.
pub fn strings(data: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let nothing = data.is_empty();
    data.strip_suffix(b"\0")
        .unwrap_or(data)
        .split(|&byte| byte == 0)
        .filter(move |_| !nothing)
}

/// A text of an environment: name and value. `None`: it is no variable.
#[must_use]
pub fn variable(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = memchr::memchr(b'=', text).filter(|&at| at > 0)?;
    Some((text.get(..equals)?, text.get(equals + 1..)?))
}

/// A text alone, as a path: it ends with the first NUL. `None`: it is empty.
#[must_use]
pub fn text(data: &[u8]) -> Option<&[u8]> {
    let end = memchr::memchr(0, data).unwrap_or(data.len());
    data.get(..end).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(data: &[u8]) -> Vec<&[u8]> {
        strings(data).collect()
    }

    #[test]
    fn arguments_may_be_empty_and_the_last_one_cut() {
        assert_eq!(all(b"a\0b c\0\0"), [&b"a"[..], b"b c", b""]);
        assert_eq!(all(b"a\0\0b"), [&b"a"[..], b"", b"b"]);
        assert_eq!(all(b"\0"), [b""]);
        assert_eq!(all(b""), Vec::<&[u8]>::new());
    }

    #[test]
    fn a_title_in_place_of_the_arguments_is_one_of_them() {
        assert_eq!(
            all(b"nginx: master process\0"),
            [&b"nginx: master process"[..]]
        );
    }

    #[test]
    fn a_variable_has_a_name() {
        assert_eq!(variable(b"A=b=c"), Some((&b"A"[..], &b"b=c"[..])));
        assert_eq!(variable(b"A="), Some((&b"A"[..], &b""[..])));
        assert_eq!(variable(b"=x"), None);
        assert_eq!(variable(b"no equals"), None);
        assert_eq!(variable(b""), None);
    }

    #[test]
    fn a_path_ends_with_its_nul() {
        assert_eq!(text(b"/bin/sh\0rest"), Some(&b"/bin/sh"[..]));
        assert_eq!(text(b"/bin/sh"), Some(&b"/bin/sh"[..]));
        assert_eq!(text(b"\0"), None);
        assert_eq!(text(b""), None);
    }
}
