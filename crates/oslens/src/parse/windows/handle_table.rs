//! Tables of handles: of the whole system
//! (`SystemExtendedHandleInformation`), and of one process
//! (`ProcessHandleInformation`, since Windows 8).

use super::bytes::{Layout, u16_at, u32_at};
use crate::parse::Malformed;

/// One handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle {
    /// Its value in its process.
    pub value: u64,
    /// PID of its process; `None` in the table of one.
    pub pid: Option<u64>,
    /// What may be done through it.
    pub access: u32,
    /// Number of the type of its object; which is which differs between
    /// versions of Windows.
    pub object_type: u32,
    /// `OBJ_INHERIT` and the like.
    pub attributes: u32,
}

/// The handles of all processes.
///
/// # Errors
///
/// When the table is shorter than it says.
pub fn of_system(
    data: &[u8],
    layout: Layout,
) -> Result<impl Iterator<Item = Handle> + Clone, Malformed> {
    let entries = entries(data, layout, layout.of(28, 40))
        .ok_or(Malformed("a whole SYSTEM_HANDLE_INFORMATION_EX"))?;
    Ok(entries.filter_map(move |entry| {
        Some(Handle {
            pid: Some(layout.word(entry, layout.of(4, 8))?),
            value: layout.word(entry, layout.of(8, 16))?,
            access: u32_at(entry, layout.of(12, 24))?,
            object_type: u16_at(entry, layout.of(18, 30))?.into(),
            attributes: u32_at(entry, layout.of(20, 32))?,
        })
    }))
}

/// The handles of one process.
///
/// # Errors
///
/// When the table is shorter than it says.
pub fn of_process(
    data: &[u8],
    layout: Layout,
) -> Result<impl Iterator<Item = Handle> + Clone, Malformed> {
    let entries = entries(data, layout, layout.of(28, 40))
        .ok_or(Malformed("a whole PROCESS_HANDLE_SNAPSHOT_INFORMATION"))?;
    Ok(entries.filter_map(move |entry| {
        Some(Handle {
            pid: None,
            value: layout.word(entry, 0)?,
            access: u32_at(entry, layout.of(12, 24))?,
            object_type: u32_at(entry, layout.of(16, 28))?,
            attributes: u32_at(entry, layout.of(20, 32))?,
        })
    }))
}

/// Both tables start with the number of entries and a reserved word.
fn entries(data: &[u8], layout: Layout, size: usize) -> Option<std::slice::ChunksExact<'_, u8>> {
    let count = usize::try_from(layout.word(data, 0)?).ok()?;
    let entries = data.get(2 * layout.pointer()..)?;
    let entries = entries.get(..count.checked_mul(size)?)?;
    Some(entries.chunks_exact(size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words64(words: &[u64]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn handles_of_the_system_are_read() {
        // Object, pid, handle, access | type << 48, attributes.
        let mut data = words64(&[2, 0]);
        data.extend(words64(&[
            0xffff_8000_0000_0000,
            4,
            0x10,
            0x25 << 48 | 0x12_0089,
            2,
        ]));
        data.extend(words64(&[0, 1234, 0x40, 0x1f_ffff | 7 << 48, 0]));
        // What follows is not of the table.
        data.extend([1, 2, 3]);
        let all: Vec<_> = of_system(&data, Layout::Bits64).unwrap().collect();
        let first = Handle {
            value: 0x10,
            pid: Some(4),
            access: 0x12_0089,
            object_type: 0x25,
            attributes: 2,
        };
        assert_eq!(all[0], first);
        assert_eq!((all[1].pid, all[1].object_type), (Some(1234), 7));
        assert_eq!(all.len(), 2);
    }

    #[test]
    fn handles_of_one_process_are_read() {
        let mut data = words64(&[1, 0]);
        data.extend(words64(&[0x44, 1, 32769, 0x25 << 32 | 0x12_0089, 3]));
        let all: Vec<_> = of_process(&data, Layout::Bits64).unwrap().collect();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].value, all[0].object_type), (0x44, 0x25));
        assert_eq!((all[0].access, all[0].attributes), (0x12_0089, 3));

        let data: Vec<u8> = [1u32, 0, 0x44, 1, 32769, 0x12_0089, 0x25, 3, 0]
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect();
        let all: Vec<_> = of_process(&data, Layout::Bits32).unwrap().collect();
        assert_eq!((all[0].value, all[0].object_type), (0x44, 0x25));
    }

    #[test]
    fn a_table_that_is_shorter_than_it_says_is_malformed() {
        let data = words64(&[1, 0, 1, 2, 3, 4]);
        assert!(of_system(&data, Layout::Bits64).is_err());
        assert!(of_system(&words64(&[u64::MAX, 0]), Layout::Bits64).is_err());
        for layout in [Layout::Bits32, Layout::Bits64] {
            for end in 0..data.len() {
                let _ = of_process(&data[..end], layout).map(Iterator::count);
            }
        }
        assert!(
            of_process(&words64(&[0, 0]), Layout::Bits64)
                .unwrap()
                .next()
                .is_none()
        );
    }
}
