//! The bytes of a message table, a resource of the type `RT_MESSAGETABLE`.
//!
//! A number of blocks; of each the first and the last number of messages
//! without a gap, and the offset of the first. A message is its length, the
//! number 1 for UTF-16, and its text with a NUL, up to a multiple of four.

/// The text as it is in the table, with the line end that message compilers
/// put behind each message.
pub(crate) fn stored(text: &str) -> String {
    let mut stored = text.replace("\r\n", "\n").replace('\n', "\r\n");
    stored.push_str("\r\n");
    stored
}

/// One message as it is stored; `None` where it is longer than a message can
/// be.
fn entry(text: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![0, 0, 1, 0];
    bytes.extend(stored(text).encode_utf16().flat_map(u16::to_le_bytes));
    bytes.extend([0, 0]);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    let length = u16::try_from(bytes.len()).ok()?;
    bytes.get_mut(..2)?.copy_from_slice(&length.to_le_bytes());
    Some(bytes)
}

/// Whether a message with this text fits.
pub(crate) fn fits(text: &str) -> bool {
    entry(text).is_some()
}

/// The table of these messages, which are sorted by number, each once, and
/// which fit.
pub(crate) fn table(messages: &[(u32, &str)]) -> Vec<u8> {
    let mut blocks: Vec<(u32, u32, usize)> = Vec::new();
    let mut entries = Vec::new();
    for &(id, text) in messages {
        match blocks.last_mut() {
            Some((_, last, _)) if last.checked_add(1) == Some(id) => *last = id,
            _ => blocks.push((id, id, entries.len())),
        }
        entries.extend(entry(text).unwrap_or_default());
    }
    let first = 4 + blocks.len() * 12;
    let mut table = number(blocks.len()).to_vec();
    for (low, high, offset) in blocks {
        table.extend(low.to_le_bytes());
        table.extend(high.to_le_bytes());
        table.extend(number(first + offset));
    }
    table.extend(entries);
    table
}

/// No table is as long as 4 GiB.
fn number(value: usize) -> [u8; 4] {
    u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_without_a_gap_are_one_block() {
        let table = table(&[(1, "a"), (2, "bc"), (0x4000_1000, "%1")]);
        #[rustfmt::skip]
        let expected = [
            2, 0, 0, 0,
            1, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0,
            0, 0x10, 0, 0x40, 0, 0x10, 0, 0x40, 56, 0, 0, 0,
            12, 0, 1, 0, b'a', 0, b'\r', 0, b'\n', 0, 0, 0,
            16, 0, 1, 0, b'b', 0, b'c', 0, b'\r', 0, b'\n', 0, 0, 0, 0, 0,
            16, 0, 1, 0, b'%', 0, b'1', 0, b'\r', 0, b'\n', 0, 0, 0, 0, 0,
        ];
        assert_eq!(table, expected);
        assert_eq!(super::table(&[]), [0; 4]);
    }

    #[test]
    fn the_last_number_of_all_has_no_next() {
        let table = table(&[(u32::MAX - 1, "a"), (u32::MAX, "b")]);
        assert_eq!(table[..4], [1, 0, 0, 0]);
    }

    #[test]
    fn a_message_is_shorter_than_64_kib() {
        // 65532 bytes: 4 before the text, "\r\n" and the NUL behind it.
        assert!(fits(&"x".repeat((65532 - 4) / 2 - 3)));
        assert!(!fits(&"x".repeat((65532 - 4) / 2 - 2)));
    }
}
