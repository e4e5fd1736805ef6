//! Cores: records of `SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX`.

use super::bytes::u32_at;

/// How many cores a table tells of, which can have other records too: caches,
/// packages, nodes. Ends at a record that is cut off.
#[must_use]
pub fn cores(bytes: &[u8]) -> u32 {
    /// `RelationProcessorCore`.
    const CORE: u32 = 0;
    let mut rest = bytes;
    let mut cores: u32 = 0;
    while let Some((kind, length)) = u32_at(rest, 0).zip(u32_at(rest, 4)) {
        let Some(next) = usize::try_from(length).ok().and_then(|at| rest.get(at..)) else {
            break;
        };
        // At least its own head, or the table would not end.
        if length < 8 {
            break;
        }
        cores = cores.saturating_add(u32::from(kind == CORE));
        rest = next;
    }
    cores
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u32, length: u32) -> Vec<u8> {
        let mut record = [kind.to_le_bytes(), length.to_le_bytes()].concat();
        record.resize(length as usize, 0xff);
        record
    }

    #[test]
    fn cores_are_counted_among_other_records() {
        let table = [record(0, 48), record(2, 52), record(0, 76), record(4, 80)].concat();
        assert_eq!(cores(&table), 2);
        assert_eq!(cores(&[]), 0);
    }

    #[test]
    fn a_table_that_lies_about_lengths_ends() {
        let mut table = [record(0, 48), record(0, 48)].concat();
        table[52] = 0;
        assert_eq!(cores(&table), 1);
        table[52] = 49;
        assert_eq!(cores(&table), 1);
        table[4..8].copy_from_slice(&[0xff; 4]);
        assert_eq!(cores(&table), 0);
        assert_eq!(cores(&table[..7]), 0);
    }
}
