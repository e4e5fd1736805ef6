//! `cpuset_t`: a bit for each CPU, in words of 64 bits.

use crate::parse::bsd::cpuset;
use crate::parse::layout::Endian;

/// Bytes of a word.
const WORD: usize = 8;

/// The CPUs whose bits are set, ascending. What is no whole word is nobody's.
pub fn cpus(set: &[u8], endian: Endian) -> impl Iterator<Item = u32> {
    cpuset::cpus::<WORD>(set, endian)
}

/// A set of these CPUs that is as large as another one. `Err`: the first that
/// it has no bit for.
///
/// # Errors
///
/// The CPU.
pub fn set(cpus: &[u32], size: usize, endian: Endian) -> Result<Vec<u8>, u32> {
    cpuset::set::<WORD>(cpus, u32::MAX, size / WORD * WORD, endian)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_comes_back_from_its_bits_in_either_byte_order() {
        let some = [0, 1, 7, 63, 64, 100, 1023];
        for endian in [Endian::Little, Endian::Big] {
            let set = set(&some, 128, endian).unwrap();
            assert_eq!(set.len(), 128);
            assert_eq!(cpus(&set, endian).collect::<Vec<_>>(), some);
        }
    }

    #[test]
    fn the_bits_are_where_the_header_has_them() {
        let set = include_bytes!("fixtures/freebsd_cpuset.bin");
        assert_eq!(set.len(), 128);
        let found: Vec<u32> = cpus(set, Endian::Little).collect();
        assert_eq!(found, [3, 9, 70]);
    }

    #[test]
    fn a_cpu_beyond_the_set_is_named() {
        assert_eq!(set(&[0, 128, 4000], 16, Endian::Little), Err(128));
        assert_eq!(set(&[0], 0, Endian::Little), Err(0));
        assert_eq!(set(&[u32::MAX], 128, Endian::Little), Err(u32::MAX));
        assert_eq!(cpus(&[255; 7], Endian::Little).count(), 0);
    }
}
