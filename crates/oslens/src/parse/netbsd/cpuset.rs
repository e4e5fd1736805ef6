//! `cpuset_t`: a bit for each CPU, in words of 32 bits.

use crate::parse::bsd::cpuset;
use crate::parse::layout::Endian;

/// Bytes of a word.
const WORD: usize = 4;

/// Bytes of a set for so many CPUs.
#[must_use]
pub const fn size(count: u32) -> usize {
    count.div_ceil(32) as usize * WORD
}

/// The CPUs whose bits are set, ascending. What is no whole word is nobody's.
pub fn cpus(set: &[u8], endian: Endian) -> impl Iterator<Item = u32> {
    cpuset::cpus::<WORD>(set, endian)
}

/// A set of these CPUs, of which there are so many, from 0. `Err`: the first
/// that there is not.
///
/// # Errors
///
/// The CPU.
pub fn set(cpus: &[u32], count: u32, endian: Endian) -> Result<Vec<u8>, u32> {
    cpuset::set::<WORD>(cpus, count, size(count), endian)
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
