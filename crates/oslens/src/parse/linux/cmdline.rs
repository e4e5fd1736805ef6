//! `/proc/PID/cmdline`: the arguments, each ended by a NUL, or whatever the
//! process wrote in their place.

/// The arguments.
///
/// A process may overwrite the memory that they are in to show something
/// else (`setproctitle`): then they are one text, separated by blanks, with
/// or without NULs after it. A text without a NUL at its end, or with one at
/// its end only, is separated at its blanks.
///
/// Empty arguments are kept, empty parts between blanks are not.
pub fn cmdline(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (by_nul, text) = match content.strip_suffix(b"\0") {
        Some(text) => {
            // Titles are padded with NULs up to the room of the arguments.
            let shortened = without_nuls_at_the_end(text);
            if memchr::memchr(0, shortened).is_none() && memchr::memchr(b' ', shortened).is_some() {
                (false, shortened)
            } else {
                (true, text)
            }
        }
        None => (memchr::memchr(0, content).is_some(), content),
    };
    let separator = if by_nul { 0 } else { b' ' };
    let nothing = content.is_empty();
    text.split(move |&byte| byte == separator)
        .filter(move |part| !nothing && (by_nul || !part.is_empty()))
}

/// What the program may be called: the last part of the path in the first
/// argument, and, because that may be cut at a blank that is in the name
/// itself, of all up to the first NUL.
#[must_use]
pub fn program_names(content: &[u8]) -> [&[u8]; 2] {
    let first = cmdline(content).next().unwrap_or_default();
    let end = memchr::memchr(0, content).unwrap_or(content.len());
    [first, content.get(..end).unwrap_or_default()].map(|program| {
        let start = memchr::memrchr(b'/', program).map_or(0, |slash| slash + 1);
        program.get(start..).unwrap_or_default()
    })
}

fn without_nuls_at_the_end(bytes: &[u8]) -> &[u8] {
    let length = bytes
        .iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |last| last + 1);
    bytes.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(content: &[u8]) -> Vec<&[u8]> {
        cmdline(content).collect()
    }

    #[test]
    fn arguments_end_with_a_nul_and_may_be_empty() {
        assert_eq!(parts(b"a\0b c\0\0"), [&b"a"[..], b"b c", b""]);
        assert_eq!(parts(b"sleep\x005\0"), [&b"sleep"[..], b"5"]);
        assert_eq!(parts(b"a\0"), [b"a"]);
        assert_eq!(parts(b"\0"), [b""]);
        assert_eq!(parts(b""), Vec::<&[u8]>::new());
    }

    #[test]
    fn a_title_written_over_the_arguments_is_separated_at_blanks() {
        assert_eq!(
            parts(b"nginx: master process nginx\0"),
            [&b"nginx:"[..], b"master", b"process", b"nginx"]
        );
        assert_eq!(
            parts(b"sshd: user  [priv]"),
            [&b"sshd:"[..], b"user", b"[priv]"]
        );
        assert_eq!(
            parts(b"postgres: writer\0\0\0\0"),
            [&b"postgres:"[..], b"writer"]
        );
        assert_eq!(program_names(b"/usr/sbin/x -D\0"), [&b"x"[..], b"x -D"]);
        assert_eq!(program_names(b"/a b/c d\0-x\0"), [b"c d"; 2]);
        assert_eq!(program_names(b""), [b""; 2]);
    }

    #[test]
    fn a_last_argument_without_its_nul_is_still_an_argument() {
        assert_eq!(parts(b"a b\0c"), [&b"a b"[..], b"c"]);
    }

    #[test]
    fn any_bytes_are_taken() {
        assert_eq!(parts(b"\xff\n\0\x1b[2J\0"), [&b"\xff\n"[..], b"\x1b[2J"]);
    }
}
