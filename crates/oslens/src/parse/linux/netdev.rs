//! `/proc/net/dev`: two lines of headings, then a line for each interface.

use crate::parse::{Malformed, text};

/// The counters of one interface, in the order of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// Name: any bytes but blanks and slashes, also colons.
    pub name: &'a [u8],
    /// Received: bytes, packets, errors, dropped, FIFO errors, frame errors,
    /// compressed packets, multicast packets.
    pub received: [u64; 8],
    /// Sent: bytes, packets, errors, dropped, FIFO errors, collisions,
    /// carrier errors, compressed packets.
    pub sent: [u64; 8],
}

/// The interfaces of the file.
pub fn rows(content: &[u8]) -> impl Iterator<Item = Result<Row<'_>, Malformed>> {
    text::lines(content).skip(2).map(row)
}

#[inline]
fn row(line: &[u8]) -> Result<Row<'_>, Malformed> {
    const EXPECTED: Malformed = Malformed("a name, a colon and 16 numbers");
    // Old aliases have a colon in their names, so it is the last one that
    // ends the name. It may have no blank after it.
    let colon = memchr::memrchr(b':', line).ok_or(EXPECTED)?;
    let (name, numbers) = line.split_at_checked(colon).ok_or(EXPECTED)?;
    let name = name.trim_ascii();
    if name.is_empty() {
        return Err(EXPECTED);
    }
    let mut words = text::words(numbers.get(1..).unwrap_or_default());
    let mut eight = || -> Option<[u64; 8]> {
        let mut values = [0; 8];
        for value in &mut values {
            *value = text::decimal(words.next()?)?;
        }
        Some(values)
    };
    Ok(Row {
        name,
        received: eight().ok_or(EXPECTED)?,
        sent: eight().ok_or(EXPECTED)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADINGS: &str = "Inter-|   Receive                                                |  Transmit\n \
        face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";

    #[test]
    fn a_name_ends_at_the_last_colon_with_or_without_a_blank() {
        let content = format!(
            "{HEADINGS}    lo: 3193 29 0 0 0 0 0 0 3193 29 0 0 0 0 0 0\n\
             eth0:1:18446744073709551615 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
        );
        let rows: Vec<_> = rows(content.as_bytes()).map(Result::unwrap).collect();
        assert_eq!(rows[0].name, b"lo");
        assert_eq!(rows[1].name, b"eth0:1");
        assert_eq!(rows[1].received, [u64::MAX, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(rows[1].sent, [9, 10, 11, 12, 13, 14, 15, 16]);
    }

    #[test]
    fn headings_alone_are_no_interface() {
        assert_eq!(rows(HEADINGS.as_bytes()).count(), 0);
        assert_eq!(rows(b"").count(), 0);
    }

    #[test]
    fn a_truncated_line_is_malformed() {
        let content = format!("{HEADINGS}  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
        for end in HEADINGS.len() + 1..content.len() - 1 {
            let result: Result<Vec<_>, _> = rows(&content.as_bytes()[..end]).collect();
            assert!(result.is_err(), "at {end}");
        }
        let bad = format!("{HEADINGS}: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n");
        assert!(rows(bad.as_bytes()).next().unwrap().is_err());
    }
}
