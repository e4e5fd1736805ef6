//! `/proc/PID/environ`: `NAME=value`, each ended by a NUL.

/// The variables. The block ends at its first empty entry; entries without a
/// name (`=C:=…`) or without `=` are passed over.
pub fn environ(content: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    content
        .split(|&byte| byte == 0)
        .take_while(|entry| !entry.is_empty())
        .filter_map(|entry| {
            let equals = memchr::memchr(b'=', entry).filter(|&at| at > 0)?;
            Some((entry.get(..equals)?, entry.get(equals + 1..)?))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_may_hold_anything_but_nul() {
        let block = b"HOME=/root\0EMPTY=\0A=b=c\0NL=x\ny\0LAST=no nul";
        assert_eq!(
            environ(block).collect::<Vec<_>>(),
            [
                (&b"HOME"[..], &b"/root"[..]),
                (b"EMPTY", b""),
                (b"A", b"b=c"),
                (b"NL", b"x\ny"),
                (b"LAST", b"no nul"),
            ]
        );
    }

    #[test]
    fn the_block_ends_at_an_empty_entry() {
        assert_eq!(environ(b"A=1\0\0B=2\0").count(), 1);
        assert_eq!(environ(b"").count(), 0);
        assert_eq!(environ(b"noequals\0=x\0A=1\0").count(), 1);
    }
}
