//! `/proc/PID/limits`: a table with one resource limit a line, since Linux
//! 2.6.24.

use crate::parse::{Malformed, text};

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit<'a> {
    /// The kernel's words for the resource: `Max open files`.
    pub name: &'a [u8],
    /// `None`: unlimited.
    pub soft: Option<u64>,
    /// `None`: unlimited.
    pub hard: Option<u64>,
}

/// The lines of the table.
pub fn limits(content: &[u8]) -> impl Iterator<Item = Result<Limit<'_>, Malformed>> {
    text::lines(content)
        .filter(|line| !line.starts_with(b"Limit "))
        .map(limit)
}

fn limit(line: &[u8]) -> Result<Limit<'_>, Malformed> {
    const EXPECTED: Malformed = Malformed("a resource, a soft limit and a hard limit");
    // The name holds single blanks only, and is padded with at least two.
    let end = line
        .windows(2)
        .position(|pair| pair == b"  ")
        .ok_or(EXPECTED)?;
    let (name, rest) = line.split_at_checked(end).ok_or(EXPECTED)?;
    let mut words = text::words(rest);
    let mut value = || match words.next() {
        Some(b"unlimited") => Ok(None),
        Some(word) => text::decimal(word).map(Some).ok_or(EXPECTED),
        None => Err(EXPECTED),
    };
    Ok(Limit {
        name,
        soft: value()?,
        hard: value()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[u8] = b"\
Limit                     Soft Limit           Hard Limit           Units     \n\
Max cpu time              unlimited            unlimited            seconds   \n\
Max stack size            8388608              unlimited            bytes     \n\
Max open files            1024                 524288               files     \n\
Max nice priority         0                    0                    \n\
Max realtime timeout      18446744073709551614 unlimited            us        \n";

    #[test]
    fn every_line_of_the_table_is_read() {
        let limits: Vec<_> = limits(TABLE).map(Result::unwrap).collect();
        assert_eq!(limits.len(), 5);
        assert_eq!(
            limits[2],
            Limit {
                name: b"Max open files",
                soft: Some(1024),
                hard: Some(524_288)
            }
        );
        assert_eq!(limits[0].soft, None);
        assert_eq!(limits[3].name, b"Max nice priority");
        assert_eq!(limits[4].soft, Some(u64::MAX - 1));
    }

    #[test]
    fn a_cut_table_is_malformed_and_never_panics() {
        for end in 0..TABLE.len() {
            for limit in limits(&TABLE[..end]) {
                let _ = limit;
            }
        }
        assert!(limit(b"Max open files            1024").is_err());
        assert!(limit(b"").is_err());
        assert!(limit(b"Max open files  many  1").is_err());
    }
}
