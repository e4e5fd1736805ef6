//! `/proc/PID/statm`: seven numbers, see proc_pid_statm(5).

use crate::parse::{Malformed, text};

/// Sizes in pages. The kernel's columns `lib` and `dt` are always 0 and left
/// out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statm {
    /// Address space.
    pub size: u64,
    /// Resident.
    pub resident: u64,
    /// Resident pages of files and shared memory.
    pub shared: u64,
    /// Code.
    pub text: u64,
    /// Data and stack.
    pub data: u64,
}

impl Statm {
    /// Whether there is no address space at all: a kernel thread, or a
    /// process that has ended.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads a `statm` line.
///
/// # Errors
///
/// When one of the first six columns is missing or is no number.
#[inline]
pub fn statm(line: &[u8]) -> Result<Statm, Malformed> {
    let mut columns = text::words(line.trim_ascii_end()).map(text::decimal);
    let mut next = || {
        columns
            .next()
            .flatten()
            .ok_or(Malformed("six numbers of pages"))
    };
    let (size, resident, shared, text) = (next()?, next()?, next()?, next()?);
    next()?;
    Ok(Statm {
        size,
        resident,
        shared,
        text,
        data: next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_named_by_their_place() {
        let parsed = statm(b"2123 1017 792 221 0 352 0\n").unwrap();
        assert_eq!(
            (parsed.size, parsed.resident, parsed.shared),
            (2123, 1017, 792)
        );
        assert_eq!((parsed.text, parsed.data), (221, 352));
        assert!(!parsed.is_empty());
        assert!(statm(b"0 0 0 0 0 0 0\n").unwrap().is_empty());
    }

    #[test]
    fn a_short_or_strange_line_is_malformed() {
        for line in [
            &b""[..],
            b"\n",
            b"1 2 3 4 5",
            b"1 2 3 4 5 x 0",
            b"1 -2 3 4 5 6 7",
        ] {
            assert!(statm(line).is_err(), "{line:?}");
        }
    }
}
