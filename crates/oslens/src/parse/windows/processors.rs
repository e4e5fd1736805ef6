//! Cores and processor groups: records of
//! `SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX`.

use super::{
    Layout,
    bytes::{u8_at, u16_at, u32_at},
};

/// Most CPUs of a group.
pub const GROUP_SIZE: u32 = 64;

/// CPUs of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupMask {
    /// The number of the group.
    pub group: u16,
    /// A bit for each CPU.
    pub mask: u64,
}

impl GroupMask {
    /// The numbers of the CPUs, ascending. Those of a group begin at 64 times
    /// its number, so that each CPU has one of its own.
    pub fn cpus(self) -> impl Iterator<Item = u32> {
        let first = u32::from(self.group) * GROUP_SIZE;
        (0..GROUP_SIZE)
            .filter(move |bit| self.mask >> bit & 1 == 1)
            .map(move |bit| first + bit)
    }
}

/// What a record tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A core, and its hardware threads: usually all of one group.
    Core(Vec<GroupMask>),
    /// The groups, and the CPUs of each that are active.
    Groups(Vec<GroupMask>),
    /// Something else: a cache, a package, a node.
    Other,
}

/// The records of a table, which are of different lengths. Ends at one that
/// is cut off.
pub fn records(bytes: &[u8], layout: Layout) -> impl Iterator<Item = Record> + '_ {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = usize::try_from(u32_at(rest, 4)?).ok()?;
        // At least itself, or the table would not end.
        let record = rest.get(..length).filter(|record| record.len() >= 8)?;
        rest = rest.get(length..)?;
        Some(parse(record, layout))
    })
}

fn parse(record: &[u8], layout: Layout) -> Record {
    match u32_at(record, 0) {
        Some(0) => {
            let count = u16_at(record, 30).unwrap_or(0);
            // GROUP_AFFINITY: the mask, the group's number, 6 reserved bytes.
            let size = layout.pointer() + 8;
            let mask = |at| {
                Some(GroupMask {
                    mask: layout.word(record, at)?,
                    group: u16_at(record, at + layout.pointer())?,
                })
            };
            Record::Core(masks(count, size, mask))
        }
        Some(4) => {
            let count = u16_at(record, 10).unwrap_or(0);
            // PROCESSOR_GROUP_INFO: two counts, 38 reserved bytes, the mask.
            let size = layout.pointer() + 40;
            let mut group = 0;
            let mask = |at| {
                let active = u32::from(u8_at(record, at + 1)?);
                let mask = match layout.word(record, at + 40)? {
                    // The counts alone are filled in.
                    0 => 1_u64.checked_shl(active).unwrap_or(0).wrapping_sub(1),
                    mask => mask,
                };
                group += 1;
                Some(GroupMask {
                    group: group - 1,
                    mask,
                })
            };
            Record::Groups(masks(count, size, mask))
        }
        _ => Record::Other,
    }
}

fn masks(
    count: u16,
    size: usize,
    mut mask: impl FnMut(usize) -> Option<GroupMask>,
) -> Vec<GroupMask> {
    (0..usize::from(count))
        .map_while(|index| mask(32 + index * size))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(layout: Layout, masks: &[(u64, u16)]) -> Vec<u8> {
        let mut record = vec![0; 32];
        record[30] = u8::try_from(masks.len()).unwrap();
        for (mask, group) in masks {
            record.extend(&mask.to_le_bytes()[..layout.pointer()]);
            record.extend(group.to_le_bytes());
            record.extend([0; 6]);
        }
        finish(record)
    }

    fn groups(layout: Layout, counts_and_masks: &[(u8, u64)]) -> Vec<u8> {
        let mut record = vec![0; 32];
        record[0] = 4;
        record[10] = u8::try_from(counts_and_masks.len()).unwrap();
        for (count, mask) in counts_and_masks {
            record.extend([64, *count]);
            record.extend([0; 38]);
            record.extend(&mask.to_le_bytes()[..layout.pointer()]);
        }
        finish(record)
    }

    fn finish(mut record: Vec<u8>) -> Vec<u8> {
        let length = u32::try_from(record.len()).unwrap();
        record[4..8].copy_from_slice(&length.to_le_bytes());
        record
    }

    #[test]
    fn cores_and_groups_are_told_apart_in_both_layouts() {
        for layout in [Layout::Bits32, Layout::Bits64] {
            let cache = finish([&[2, 0, 0, 0][..], &[0; 48]].concat());
            let table = [
                core(layout, &[(0b11, 0)]),
                cache,
                core(layout, &[(0b100, 1)]),
                groups(layout, &[(2, 0b11), (3, 0)]),
            ]
            .concat();
            let all: Vec<Record> = records(&table, layout).collect();
            assert_eq!(all.len(), 4);
            assert_eq!(all[0], Record::Core(vec![GroupMask { group: 0, mask: 3 }]));
            assert_eq!(all[1], Record::Other);
            let Record::Groups(groups) = &all[3] else {
                panic!("{all:?}");
            };
            let cpus: Vec<u32> = groups.iter().flat_map(|group| group.cpus()).collect();
            assert_eq!(cpus, [0, 1, 64, 65, 66]);
        }
    }

    #[test]
    fn a_full_group_has_64_cpus() {
        let table = groups(Layout::Bits64, &[(64, 0), (64, u64::MAX)]);
        let Some(Record::Groups(groups)) = records(&table, Layout::Bits64).next() else {
            panic!("no groups");
        };
        let cpus: Vec<u32> = groups.iter().flat_map(|group| group.cpus()).collect();
        assert!(cpus.into_iter().eq(0..128));
    }

    #[test]
    fn a_table_that_lies_about_lengths_ends() {
        let mut table = core(Layout::Bits64, &[(1, 0)]);
        table[30] = 200;
        let Some(Record::Core(masks)) = records(&table, Layout::Bits64).next() else {
            panic!("no core");
        };
        assert_eq!(masks.len(), 1);
        table[4..8].copy_from_slice(&[0; 4]);
        assert_eq!(records(&table, Layout::Bits64).count(), 0);
        table[4..8].copy_from_slice(&[0xff; 4]);
        assert_eq!(records(&table, Layout::Bits64).count(), 0);
    }
}
