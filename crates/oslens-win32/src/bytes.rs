//! Numbers and text at offsets of a structure.

/// How large pointers are in the structures, and what is as large as they.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// 4 bytes.
    Bits32,
    /// 8 bytes.
    Bits64,
}

impl Layout {
    /// That of this program, and so of what the system fills in for it.
    pub const NATIVE: Self = if cfg!(target_pointer_width = "32") {
        Self::Bits32
    } else {
        Self::Bits64
    };

    /// Bytes of a pointer.
    #[must_use]
    pub const fn pointer(self) -> usize {
        match self {
            Self::Bits32 => 4,
            Self::Bits64 => 8,
        }
    }

    /// One of two offsets: that of 32-bit structures, or that of 64-bit ones.
    #[must_use]
    pub const fn of(self, bits32: usize, bits64: usize) -> usize {
        match self {
            Self::Bits32 => bits32,
            Self::Bits64 => bits64,
        }
    }

    /// The pointer, or number of its size, at this offset.
    #[must_use]
    pub fn word(self, bytes: &[u8], offset: usize) -> Option<u64> {
        match self {
            Self::Bits32 => u32_at(bytes, offset).map(u64::from),
            Self::Bits64 => u64_at(bytes, offset),
        }
    }
}

/// So many bytes at this offset.
#[must_use]
pub fn array_at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..offset.checked_add(N)?)?.try_into().ok()
}

/// The byte at this offset.
#[must_use]
pub fn u8_at(bytes: &[u8], offset: usize) -> Option<u8> {
    bytes.get(offset).copied()
}

/// The 16-bit number at this offset.
#[must_use]
pub fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    array_at(bytes, offset).map(u16::from_le_bytes)
}

/// The 32-bit number at this offset.
#[must_use]
pub fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    array_at(bytes, offset).map(u32::from_le_bytes)
}

/// The 64-bit number at this offset.
#[must_use]
pub fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    array_at(bytes, offset).map(u64::from_le_bytes)
}

/// The units of UTF-16 in these bytes, unpaired surrogates included; an odd
/// byte at the end is no unit.
pub fn utf16(bytes: &[u8]) -> impl Iterator<Item = u16> + '_ {
    bytes
        .chunks_exact(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
}

/// Text up to the first NUL, or all of it.
#[must_use]
pub fn until_nul(units: &[u16]) -> &[u16] {
    let end = units.iter().position(|&unit| unit == 0);
    units.get(..end.unwrap_or(units.len())).unwrap_or(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_behind_the_end() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(u64_at(&bytes, 0), Some(0x0807_0605_0403_0201));
        assert_eq!(u64_at(&bytes, 1), None);
        assert_eq!(u32_at(&bytes, 4), Some(0x0807_0605));
        assert_eq!(u32_at(&bytes, 5), None);
        assert_eq!(u16_at(&bytes, 7), None);
        assert_eq!(u8_at(&bytes, 8), None);
        assert_eq!(u32_at(&bytes, usize::MAX), None);
        assert_eq!(Layout::Bits32.word(&bytes, 4), Some(0x0807_0605));
        assert_eq!(Layout::Bits64.word(&bytes, 4), None);
    }

    #[test]
    fn text_keeps_unpaired_surrogates() {
        let units: Vec<u16> = utf16(&[0x61, 0, 0x00, 0xd8, 0x62]).collect();
        assert_eq!(units, [0x61, 0xd800]);
        assert_eq!(until_nul(&[1, 0, 2]), [1]);
        assert_eq!(until_nul(&[1, 2]), [1, 2]);
    }
}
