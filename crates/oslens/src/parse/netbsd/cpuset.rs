//! `cpuset_t`: a bit for each CPU, in words of 32 bits.

use crate::parse::layout::{Endian, Number as _};

/// Bytes of a word.
const WORD: usize = 4;

/// Bytes of a set for so many CPUs.
#[must_use]
pub const fn size(count: u32) -> usize {
    count.div_ceil(32) as usize * WORD
}

/// The CPUs whose bits are set, ascending. What is no whole word is nobody's.
pub fn cpus(set: &[u8], endian: Endian) -> impl Iterator<Item = u32> {
    set.chunks_exact(WORD)
        .zip((0_u32..).step_by(32))
        .flat_map(move |(word, first)| {
            let word = u32::read(word, endian).unwrap_or(0);
            (0..32)
                .filter(move |&bit| word >> bit & 1 != 0)
                .map(move |bit| first.saturating_add(bit))
        })
}

/// A set of these CPUs, of which there are so many, from 0. `Err`: the first
/// that there is not.
///
/// # Errors
///
/// The CPU.
pub fn set(cpus: &[u32], count: u32, endian: Endian) -> Result<Vec<u8>, u32> {
    let mut words = vec![0_u32; size(count) / WORD];
    for &cpu in cpus {
        let word = usize::try_from(cpu / 32)
            .ok()
            .filter(|_| cpu < count)
            .and_then(|index| words.get_mut(index));
        *word.ok_or(cpu)? |= 1 << (cpu % 32);
    }
    Ok(words
        .into_iter()
        .flat_map(|word| match endian {
            Endian::Little => word.to_le_bytes(),
            Endian::Big => word.to_be_bytes(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_comes_back_from_its_bits_in_either_byte_order() {
        let some = [0, 1, 7, 31, 32, 33, 64, 99];
        for endian in [Endian::Little, Endian::Big] {
            let set = set(&some, 100, endian).unwrap();
            assert_eq!(set.len(), 16);
            assert_eq!(cpus(&set, endian).collect::<Vec<_>>(), some);
        }
        assert_eq!(set(&[1], 4, Endian::Big).unwrap(), [0, 0, 0, 2]);
        assert_eq!(set(&[33], 64, Endian::Little).unwrap()[4..], [2, 0, 0, 0]);
    }

    #[test]
    fn a_cpu_that_there_is_not_is_named() {
        assert_eq!(set(&[0, 4, 31], 4, Endian::Little), Err(4));
        assert_eq!(set(&[0], 0, Endian::Little), Err(0));
        assert_eq!(
            set(&[u32::MAX], u32::MAX / 1024, Endian::Little),
            Err(u32::MAX)
        );
        assert_eq!(cpus(&[255; 3], Endian::Little).count(), 0);
        assert_eq!((size(1), size(32), size(33)), (4, 4, 8));
    }
}
