//! Numbers and text at an offset of a structure. Windows runs on nothing but
//! little-endian machines.

/// Bytes at this offset; `None` beyond the end.
pub(super) fn array<const SIZE: usize>(bytes: &[u8], at: usize) -> Option<[u8; SIZE]> {
    bytes.get(at..)?.first_chunk().copied()
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    array(bytes, at).map(u64::from_le_bytes)
}

/// The UTF-16 units in these bytes up to the first zero.
pub(super) fn wide_at(bytes: &[u8], at: usize, units: usize) -> Option<Vec<u16>> {
    let field = bytes.get(at..)?.get(..units.checked_mul(2)?)?;
    let units = field.chunks_exact(2).filter_map(|unit| array(unit, 0));
    Some(
        units
            .map(u16::from_le_bytes)
            .take_while(|unit| *unit != 0)
            .collect(),
    )
}
