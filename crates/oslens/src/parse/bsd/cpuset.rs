//! `cpuset_t`: a bit for each CPU, in words whose size is the system's.

use crate::parse::layout::Endian;

/// The CPUs whose bits are set, ascending. What is no whole word is nobody's.
pub(in crate::parse) fn cpus<const WORD: usize>(
    set: &[u8],
    endian: Endian,
) -> impl Iterator<Item = u32> {
    let whole = set.len() / WORD * WORD;
    (0..whole)
        .zip((0_u32..).step_by(8))
        .flat_map(move |(index, first)| {
            let byte = set.get(place::<WORD>(index, endian)).copied();
            (0..8)
                .filter(move |&bit| byte.unwrap_or(0) >> bit & 1 != 0)
                .map(move |bit| first.saturating_add(bit))
        })
}

/// A set of these CPUs in so many bytes, of whole words. `Err`: the first that
/// is not below `count`, or has no bit.
pub(in crate::parse) fn set<const WORD: usize>(
    cpus: &[u32],
    count: u32,
    size: usize,
    endian: Endian,
) -> Result<Vec<u8>, u32> {
    let mut set = vec![0_u8; size];
    for &cpu in cpus {
        let byte = usize::try_from(cpu / 8)
            .ok()
            .filter(|_| cpu < count)
            .and_then(|index| set.get_mut(place::<WORD>(index, endian)));
        *byte.ok_or(cpu)? |= 1 << (cpu % 8);
    }
    Ok(set)
}

/// Where the byte is that is number `index` from the lowest bit on.
const fn place<const WORD: usize>(index: usize, endian: Endian) -> usize {
    match endian {
        Endian::Little => index,
        Endian::Big => (index / WORD * WORD).saturating_add(WORD - 1 - index % WORD),
    }
}
