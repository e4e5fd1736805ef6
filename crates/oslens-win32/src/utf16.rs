//! Text in UTF-16: in a buffer, and in another process's memory.

use super::bytes::{Layout, u16_at, utf16};

/// Text in UTF-16, in a buffer that need not be aligned. Surrogates may lack
/// their other half: names of Windows are any 16-bit numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Utf16<'a>(&'a [u8]);

impl<'a> Utf16<'a> {
    /// The text in these bytes; half a character at the end is left out.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.get(..bytes.len() & !1).unwrap_or_default())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Number of 16-bit units.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.len() / 2
    }

    /// The 16-bit units.
    pub fn units(self) -> impl Iterator<Item = u16> + use<'a> {
        utf16(self.0)
    }

    /// The 16-bit units in memory of their own.
    #[must_use]
    pub fn to_vec(self) -> Vec<u16> {
        self.units().collect()
    }
}

/// A text in another process's memory: a `UNICODE_STRING`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RemoteText {
    /// Where it is.
    pub address: u64,
    /// Bytes of it, always even.
    pub length: usize,
}

impl RemoteText {
    /// Reads a `UNICODE_STRING`.
    #[must_use]
    pub fn read(data: &[u8], at: usize, layout: Layout) -> Option<Self> {
        let length = usize::from(u16_at(data, at)?) & !1;
        let address = layout.word(data, at.checked_add(layout.pointer())?)?;
        Some(Self { address, length })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_lone_surrogates_and_drops_half_a_character() {
        let text = Utf16::new(&[0x41, 0x00, 0x3d, 0xd8, 0x42]);
        assert_eq!(text.to_vec(), [0x41, 0xd83d]);
        assert_eq!(text.len(), 2);
        assert!(Utf16::new(&[7]).is_empty());
    }

    #[test]
    fn a_counted_text_is_at_the_pointers_place() {
        let data = [
            5, 0, 8, 0, 0xaa, 0xbb, 0xcc, 0xdd, 0x10, 0x20, 0x30, 0x40, 0x50, 0, 0, 0,
        ];
        let text = RemoteText::read(&data, 0, Layout::Bits64).unwrap();
        assert_eq!((text.address, text.length), (0x50_4030_2010, 4));
        let text = RemoteText::read(&data, 0, Layout::Bits32).unwrap();
        assert_eq!((text.address, text.length), (0xddcc_bbaa, 4));
        assert!(RemoteText::read(&data, 12, Layout::Bits32).is_none());
    }
}
