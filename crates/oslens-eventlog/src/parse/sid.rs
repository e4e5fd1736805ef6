//! Security identifiers.

use std::fmt::Write as _;

use oslens_win32::bytes::{u8_at, u32_at};

/// The written form of a security identifier, `S-1-5-18`, and how many bytes
/// it takes. `None` for bytes that are none.
#[must_use]
pub fn sid(bytes: &[u8]) -> Option<(String, usize)> {
    let revision = u8_at(bytes, 0)?;
    let count = usize::from(u8_at(bytes, 1)?);
    // All there are: revision 1, and at most 15 numbers.
    if revision != 1 || count > 15 {
        return None;
    }
    let authority = bytes
        .get(2..8)?
        .iter()
        .fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    let mut text = if authority < 1 << 32 {
        format!("S-1-{authority}")
    } else {
        format!("S-1-{authority:#014x}")
    };
    for at in 0..count {
        let number = u32_at(bytes, 8 + 4 * at)?;
        // Writing into text does not fail.
        _ = write!(text, "-{number}");
    }
    Some((text, 8 + 4 * count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_18() {
        let bytes = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, 99];
        assert_eq!(sid(&bytes), Some(("S-1-5-18".to_owned(), 12)));
        for end in 0..12 {
            assert_eq!(sid(&bytes[..end]), None);
        }
        assert_eq!(sid(&[2; 100]), None);
        let large = [1, 0, 1, 2, 3, 4, 5, 6];
        assert_eq!(sid(&large).unwrap().0, "S-1-0x010203040506");
    }
}
