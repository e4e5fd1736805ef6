//! A message table: a resource of the type `RT_MESSAGETABLE` (11).

use oslens_win32::{
    bytes::{u16_at, u32_at},
    utf16::Utf16,
};

use super::Malformed;

/// The text is in UTF-16.
const UNICODE: u16 = 1;

/// What a message compiler made, where it is.
#[derive(Debug, Clone, Copy)]
pub struct MessageTable<'a> {
    data: &'a [u8],
    blocks: usize,
}

/// Messages without a gap in their numbers.
#[derive(Debug, Clone, Copy)]
struct Block {
    low: u32,
    high: u32,
    offset: usize,
}

impl<'a> MessageTable<'a> {
    /// The table in these bytes.
    ///
    /// Blocks that lead nowhere are found when they are looked into: the other
    /// messages of a damaged table can be read.
    ///
    /// # Errors
    ///
    /// There is no table, or it is shorter than its list of blocks.
    pub fn parse(data: &'a [u8]) -> Result<Self, Malformed> {
        let blocks = u32_at(data, 0).ok_or(Malformed("a number of blocks"))? as usize;
        let end = blocks.checked_mul(12).and_then(|all| all.checked_add(4));
        match end {
            Some(end) if end <= data.len() => Ok(Self { data, blocks }),
            _ => Err(Malformed("as many blocks as the table says")),
        }
    }

    fn blocks(self) -> impl Iterator<Item = Block> + use<'a> {
        (0..self.blocks).filter_map(move |index| {
            let at = index.checked_mul(12)?.checked_add(4)?;
            Some(Block {
                low: u32_at(self.data, at)?,
                high: u32_at(self.data, at.checked_add(4)?)?,
                offset: u32_at(self.data, at.checked_add(8)?)? as usize,
            })
        })
    }

    /// The messages of a block, as far as they can be read.
    fn messages(self, block: Block) -> impl Iterator<Item = (u32, Text<'a>)> + 'a {
        let mut at = block.offset;
        (block.low..=block.high).map_while(move |id| {
            let length = usize::from(u16_at(self.data, at)?);
            let flags = u16_at(self.data, at.checked_add(2)?)?;
            let end = at.checked_add(length)?;
            // Shorter than its own begin, it would be read for ever.
            let bytes = self.data.get(at.checked_add(4)?..end)?;
            at = end;
            Some((id, Text { flags, bytes }))
        })
    }

    /// The messages of all blocks that `wanted` picks.
    ///
    /// No more bytes than the table has: the blocks of a damaged one can all
    /// lead to the same messages.
    fn texts(
        self,
        wanted: impl Fn(Block) -> bool + 'a,
    ) -> impl Iterator<Item = (u32, Text<'a>)> + 'a {
        let mut left = self.data.len();
        self.blocks()
            .filter(move |block| wanted(*block))
            .flat_map(move |block| self.messages(block))
            .take_while(move |(_, text)| {
                let taken = left.checked_sub(text.bytes.len().saturating_add(4));
                left = taken.unwrap_or(0);
                taken.is_some()
            })
    }

    /// The text of a message as it is stored: with `%1` for its strings, and
    /// with the line end that compilers put there.
    #[must_use]
    pub fn get(self, id: u32) -> Option<String> {
        // Blocks of damaged tables overlap; the first one that has it counts,
        // as for the system.
        self.texts(move |block| block.low <= id && id <= block.high)
            .find(|(found, _)| *found == id)
            .map(|(_, text)| text.decode())
    }

    /// All messages: number and text.
    pub fn iter(self) -> impl Iterator<Item = (u32, String)> + 'a {
        self.texts(|_| true).map(|(id, text)| (id, text.decode()))
    }
}

/// A text as it is stored.
struct Text<'a> {
    flags: u16,
    bytes: &'a [u8],
}

impl Text<'_> {
    fn decode(&self) -> String {
        if self.flags & UNICODE != 0 {
            let units = Utf16::new(self.bytes).units().take_while(|&unit| unit != 0);
            return char::decode_utf16(units)
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect();
        }
        let end = self.bytes.iter().position(|&byte| byte == 0);
        let bytes = self.bytes.get(..end.unwrap_or(self.bytes.len()));
        let bytes = bytes.unwrap_or_default();
        match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|&byte| windows_1252(byte)).collect(),
        }
    }
}

/// A byte of the code page of Western Europe, in which most tables that are
/// not in UTF-16 are. Which one it is, a table does not say.
fn windows_1252(byte: u8) -> char {
    const FROM_0X80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let at = usize::from(byte).checked_sub(0x80);
    let special = at.and_then(|at| FROM_0X80.get(at));
    special.copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of `(low, high, offset)`, and what is behind them.
    fn table(blocks: &[(u32, u32, u32)], rest: &[u8]) -> Vec<u8> {
        let mut bytes = (blocks.len() as u32).to_le_bytes().to_vec();
        for (low, high, offset) in blocks {
            for number in [low, high, offset] {
                bytes.extend(number.to_le_bytes());
            }
        }
        bytes.extend(rest);
        bytes
    }

    #[test]
    fn what_was_compiled_is_read() {
        let compiled = oslens_eventlog_build::Messages::new()
            .category("Netz")
            .error("FULL", 3, "Volume %1 is full \u{1f600}.")
            .table()
            .unwrap();
        let table = MessageTable::parse(&compiled).unwrap();
        assert_eq!(table.get(1).unwrap(), "Netz\r\n");
        assert_eq!(
            table.get(0xc000_0003).unwrap(),
            "Volume %1 is full \u{1f600}.\r\n"
        );
        assert_eq!(table.get(2), None);
        assert_eq!(table.get(3), None);
        let all: Vec<(u32, String)> = table.iter().collect();
        assert_eq!(all.len(), 2 + 9);
        assert!(all.is_sorted());
    }

    #[test]
    fn other_encodings_are_read() {
        let rest = [
            12, 0, 0, 0, b'a', 0x80, 0xe4, 0x9d, 0, b'x', 0, 0, // Not UTF-8.
            8, 0, 2, 0, 0xc3, 0xa4, 0, 0, // Said to be UTF-8.
            10, 0, 1, 0, 0x00, 0xd8, b'b', 0, b'c', 0, // Half a surrogate.
        ];
        let bytes = table(&[(7, 9, 16)], &rest);
        let all: Vec<_> = MessageTable::parse(&bytes).unwrap().iter().collect();
        let texts: Vec<&str> = all.iter().map(|(_, text)| &**text).collect();
        assert_eq!(texts, ["a€ä\u{9d}", "ä", "\u{fffd}bc"]);
    }

    #[test]
    fn a_damaged_table_gives_what_is_left_and_ends() {
        assert!(MessageTable::parse(&[]).is_err());
        assert!(MessageTable::parse(&[1, 0, 0, 0]).is_err());
        assert!(MessageTable::parse(&[255; 4]).is_err());
        let good = [8, 0, 0, 0, b'o', b'k', 0, 0];
        for blocks in [
            [(0, u32::MAX, 28), (5, 5, 28)],
            [(0, u32::MAX, 4), (5, 5, 28)],
            [(5, 4, 0), (5, 5, 28)],
            [(0, 9, u32::MAX), (5, 5, 28)],
        ] {
            let bytes = table(&blocks, &good);
            let table = MessageTable::parse(&bytes).unwrap();
            assert_eq!(table.get(5).as_deref(), Some("ok"), "{blocks:?}");
            assert!(table.iter().count() < 100);
        }
        // A length of nothing.
        let bytes = table(&[(0, u32::MAX, 16)], &[0, 0, 0, 0, 1, 2]);
        assert_eq!(MessageTable::parse(&bytes).unwrap().iter().count(), 0);
        let bytes = table(&[(0, u32::MAX, 16)], &[4, 0, 0, 0, 4, 0, 0, 0]);
        assert_eq!(MessageTable::parse(&bytes).unwrap().iter().count(), 2);
    }
}
