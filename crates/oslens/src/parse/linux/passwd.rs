//! `/etc/passwd` and `/etc/group`: names and numbers. See passwd(5).

use crate::parse::text;

/// Name and number of every user or group; lines that are not in the form
/// `name:password:number:…` are passed over, as the C library does.
pub fn names(bytes: &[u8]) -> impl Iterator<Item = (&[u8], u32)> {
    text::lines(bytes).filter_map(|line| {
        let mut fields = line.split(|&byte| byte == b':');
        let name = fields
            .next()
            .filter(|name| !name.is_empty() && !matches!(name.first(), Some(b'#' | b'+' | b'-')))?;
        let number = fields.nth(1).and_then(text::decimal)?;
        Some((name, u32::try_from(number).ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_no_entries_are_passed_over() {
        let file = b"root:x:0:0:root:/root:/bin/bash\n# note:x:7:\n\n+nis::::::\n-bad:x:3:\nshort:x\nbig:x:4294967296:1\n\xffodd:x:1000:1000\nwheel:x:10:a,b";
        let names: Vec<_> = names(file).collect();
        assert_eq!(
            names,
            [(&b"root"[..], 0), (b"\xffodd", 1000), (b"wheel", 10)]
        );
    }
}
