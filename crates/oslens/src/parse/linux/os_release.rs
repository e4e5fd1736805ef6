//! `/etc/os-release`, and other files of shell assignments.

use crate::parse::text;

/// The assignments `KEY=value`, with the quotes of the shell taken off;
/// comments and everything else are passed over.
pub fn assignments(bytes: &[u8]) -> impl Iterator<Item = (&[u8], Vec<u8>)> {
    text::lines(bytes).filter_map(|line| {
        let line = line.trim_ascii();
        let equals = memchr::memchr(b'=', line)?;
        let key = line.get(..equals)?;
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        if key.is_empty() || !key.iter().all(is_name) {
            return None;
        }
        Some((key, unquote(line.get(equals + 1..)?)))
    })
}

/// A value without its quotes and backslashes. Inside single quotes a
/// backslash is itself.
fn unquote(value: &[u8]) -> Vec<u8> {
    let (inner, escapes) = match value {
        [b'\'', inner @ .., b'\''] => (inner, false),
        [b'"', inner @ .., b'"'] => (inner, true),
        plain => (plain, true),
    };
    if !escapes {
        return inner.to_vec();
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.iter();
    while let Some(&byte) = rest.next() {
        match byte {
            b'\\' => bytes.extend(rest.next()),
            byte => bytes.push(byte),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_those_of_the_shell() {
        let file = b"PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n# X=1\nA='it\\s'\nB=\"say \\\"hi\\\" \\$5\"\n bad key=1\n=2\nE=\nQ=\"\nT=x\\";
        let all: Vec<_> = assignments(file).collect();
        assert_eq!(
            all,
            [
                (
                    &b"PRETTY_NAME"[..],
                    b"Debian GNU/Linux 12 (bookworm)".to_vec()
                ),
                (b"ID", b"debian".to_vec()),
                (b"A", b"it\\s".to_vec()),
                (b"B", b"say \"hi\" $5".to_vec()),
                (b"E", Vec::new()),
                (b"Q", b"\"".to_vec()),
                (b"T", b"x".to_vec()),
            ]
        );
    }
}
