//! `/proc/net/unix`: a heading, then a line for each UNIX socket.

use crate::parse::{Malformed, text};

/// One UNIX socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// `__SO_ACCEPTCON` (0x10000) when it is listening.
    pub flags: u32,
    /// `SOCK_STREAM` 1, `SOCK_DGRAM` 2, `SOCK_SEQPACKET` 5.
    pub kind: u16,
    /// `SS_*`: 1 unconnected, 2 connecting, 3 connected, 4 disconnecting.
    pub state: u8,
    /// Inode.
    pub inode: u64,
    /// Its name, empty for none. An abstract name starts with `@`, and has
    /// `@` for each of its zero bytes.
    pub path: &'a [u8],
}

/// Flag of a socket that listens.
pub const ACCEPTING: u32 = 0x10000;

/// The sockets of the file.
///
/// A path may hold blanks and newlines, and the kernel writes them as they
/// are: what follows a line break and does not look like a socket belongs to
/// the path before it.
pub fn rows(content: &[u8]) -> Rows<'_> {
    let heading = memchr::memchr(b'\n', content).map_or(content.len(), |end| end + 1);
    Rows {
        rest: content.get(heading..).unwrap_or_default(),
    }
}

/// See [`rows`].
#[derive(Debug, Clone)]
pub struct Rows<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let Some((mut row, start)) = columns(self.rest) else {
            self.rest = &[];
            return Some(Err(Malformed("the columns of a UNIX socket")));
        };
        // The record ends at the first newline with a socket, or nothing,
        // after it.
        let rest = self.rest;
        let (end, next) = memchr::memchr_iter(b'\n', rest)
            .find(|&newline| {
                newline >= start
                    && rest
                        .get(newline + 1..)
                        .is_none_or(|after| after.is_empty() || columns(after).is_some())
            })
            .map_or((rest.len(), rest.len()), |newline| (newline, newline + 1));
        // One blank parts the path from the inode; more belong to it.
        row.path = rest
            .get(start..end)
            .map_or(&[], |path| path.strip_prefix(b" ").unwrap_or(path));
        self.rest = rest.get(next..).unwrap_or_default();
        Some(Ok(row))
    }
}

/// The columns at the start of a line, and where the inode ends.
fn columns(line: &[u8]) -> Option<(Row<'_>, usize)> {
    let mut at = 0;
    let mut word = || -> Option<&[u8]> {
        let blanks = line.get(at..)?.iter().position(|&byte| byte != b' ')?;
        let start = at.checked_add(blanks)?;
        let rest = line.get(start..)?;
        let length = rest
            .iter()
            .position(|byte| matches!(byte, b' ' | b'\n'))
            .unwrap_or(rest.len());
        at = start.checked_add(length)?;
        rest.get(..length)
    };
    text::hexadecimal(word()?.strip_suffix(b":")?)?;
    let _references = text::hexadecimal(word()?)?;
    let _protocol = text::hexadecimal(word()?)?;
    let flags = u32::try_from(text::hexadecimal(word()?)?).ok()?;
    let kind = u16::try_from(text::hexadecimal(word()?)?).ok()?;
    let state = u8::try_from(text::hexadecimal(word()?)?).ok()?;
    let inode = text::decimal(word()?)?;
    let row = Row {
        flags,
        kind,
        state,
        inode,
        path: &[],
    };
    Some((row, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIX: &[u8] = b"Num       RefCount Protocol Flags    Type St Inode Path\n\
        00000000c5d6b729: 00000003 00000000 00000000 0001 03  1073\n\
        00000000ad8d8fe5: 00000002 00000000 00010000 0001 01 21072 /run/a socket  with blanks \n\
        ffff8800ad8d8fe5: 00000002 00000000 00010000 0005 01 210720 @abstract@name\n\
        00000000ad8d8fe6: 00000002 00000000 00000000 0002 01    12 /tmp/two\nlines: 1\n\
        00000000ad8d8fe7: 00000002 00000000 00000000 0002 01    13\n";

    #[test]
    fn a_path_keeps_its_blanks_and_newlines() {
        let rows: Vec<_> = rows(UNIX).map(Result::unwrap).collect();
        let paths: Vec<_> = rows.iter().map(|row| (row.inode, row.path)).collect();
        assert_eq!(
            paths,
            [
                (1073, &b""[..]),
                (21072, b"/run/a socket  with blanks "),
                (210_720, b"@abstract@name"),
                (12, b"/tmp/two\nlines: 1"),
                (13, b""),
            ]
        );
        assert_eq!((rows[0].state, rows[0].kind), (3, 1));
        assert_eq!((rows[1].flags, rows[2].kind), (ACCEPTING, 5));
    }

    #[test]
    fn a_truncated_file_is_malformed_or_shorter() {
        for end in 0..UNIX.len() {
            let all: Vec<_> = rows(&UNIX[..end]).collect();
            assert!(all.len() <= 5);
            // Only the last can be bad.
            assert!(all.iter().rev().skip(1).all(Result::is_ok));
        }
        assert_eq!(rows(b"").count(), 0);
        assert!(rows(b"heading\nnonsense\n").next().unwrap().is_err());
    }
}
