//! `/proc/swaps`: where memory is swapped to.

use crate::parse::{Malformed, text};

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swap<'a> {
    /// Device or file, with blanks and the like as octal escapes; the kernel
    /// adds `\040(deleted)` to a file that was removed.
    pub path: &'a [u8],
    /// `partition` or `file`.
    pub kind: &'a [u8],
    /// Bytes.
    pub size: u64,
    /// Bytes.
    pub used: u64,
    /// The higher ones are filled first.
    pub priority: i64,
}

/// The lines below the heading.
pub fn swaps(content: &[u8]) -> impl Iterator<Item = Result<Swap<'_>, Malformed>> {
    text::lines(content)
        .skip(1)
        .map(|line| swap(line).ok_or(Malformed("path, type, size, used and priority")))
}

fn swap(mut line: &[u8]) -> Option<Swap<'_>> {
    Some(Swap {
        path: text::take_word(&mut line)?,
        kind: text::take_word(&mut line)?,
        size: text::take_word(&mut line)
            .and_then(text::decimal)?
            .checked_mul(1024)?,
        used: text::take_word(&mut line)
            .and_then(text::decimal)?
            .checked_mul(1024)?,
        priority: text::take_word(&mut line).and_then(text::signed_decimal)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_and_files_are_listed() {
        let swaps: Vec<_> = swaps(
            b"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n\
              /dev/zram0                              partition\t8388604\t\t1024\t\t100\n\
              /swap\\040file                           file\t\t4\t\t0\t\t-2\n",
        )
        .map(Result::unwrap)
        .collect();
        assert_eq!(swaps.len(), 2);
        assert_eq!(swaps[0].size, 8_388_604 * 1024);
        assert_eq!(swaps[1].path, b"/swap\\040file");
        assert_eq!(swaps[1].priority, -2);
    }

    #[test]
    fn hostile_lines_are_malformed() {
        assert_eq!(super::swaps(b"").count(), 0);
        for line in [
            &b"h\n\n"[..],
            b"h\nx",
            b"h\nx file 1 2",
            b"h\nx file 99999999999999999999 0 1",
        ] {
            assert!(super::swaps(line).all(|swap| swap.is_err()), "{line:?}");
        }
    }
}
