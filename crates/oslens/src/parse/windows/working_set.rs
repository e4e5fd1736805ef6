//! The pages of a process that are in physical memory: the
//! `MemoryWorkingSetInformation` of `NtQueryVirtualMemory`.

use super::bytes::Layout;
use crate::parse::Malformed;

/// One page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Its number: its address divided by 4096.
    pub number: u64,
    /// It may be shared with other processes.
    pub is_shareable: bool,
    /// Processes that have it now; 7 is seven or more. 0 for pages that
    /// cannot be shared.
    pub share_count: u8,
}

impl Page {
    /// Whether only this process has it: it would be free if the process
    /// ended.
    #[must_use]
    pub const fn is_unique(self) -> bool {
        !self.is_shareable || self.share_count <= 1
    }
}

/// How many pages there are, whether or not they are all in the buffer.
#[must_use]
pub fn count(data: &[u8], layout: Layout) -> Option<u64> {
    layout.word(data, 0)
}

/// The pages, in the kernel's order.
///
/// # Errors
///
/// When the list is shorter than it says.
pub fn pages(data: &[u8], layout: Layout) -> Result<impl Iterator<Item = Page> + Clone, Malformed> {
    const CUT: Malformed = Malformed("a whole MEMORY_WORKING_SET_INFORMATION");
    let size = layout.pointer();
    let count = count(data, layout).ok_or(CUT)?;
    let length = usize::try_from(count)
        .ok()
        .and_then(|count| count.checked_mul(size))
        .ok_or(CUT)?;
    let list = data
        .get(size..)
        .and_then(|list| list.get(..length))
        .ok_or(CUT)?;
    Ok(list.chunks_exact(size).filter_map(move |entry| {
        let word = layout.word(entry, 0)?;
        Some(Page {
            number: word >> 12,
            is_shareable: word & 0x100 != 0,
            share_count: u8::try_from(word >> 5 & 7).unwrap_or(7),
        })
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &[u64]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn pages_tell_who_else_has_them() {
        let data = list(&[
            4,
            // Private; shared by one, by three and by many.
            0x7ff6_1234_5000 | 4,
            0x7ff6_1234_6000 | 0x100 | 1 << 5 | 2,
            0x7ff6_1234_7000 | 0x100 | 3 << 5 | 2,
            0x7ff6_1234_8000 | 0x100 | 7 << 5,
            // Not of the list.
            1,
        ]);
        let all: Vec<_> = pages(&data, Layout::Bits64).unwrap().collect();
        assert_eq!(all.len(), 4);
        assert_eq!(all[0].number, 0x7_ff61_2345);
        let unique: Vec<_> = all.iter().map(|page| page.is_unique()).collect();
        assert_eq!(unique, [true, true, false, false]);
        assert_eq!(all[3].share_count, 7);
    }

    #[test]
    fn a_list_that_is_shorter_than_it_says_is_malformed() {
        let data = list(&[2, 1]);
        assert!(pages(&data, Layout::Bits64).is_err());
        assert_eq!(count(&data, Layout::Bits64), Some(2));
        assert!(pages(&list(&[u64::MAX, 1]), Layout::Bits64).is_err());
        assert!(pages(&[], Layout::Bits32).is_err());
        let words: Vec<u8> = [1u32, 0x1000]
            .iter()
            .flat_map(|w| w.to_le_bytes())
            .collect();
        let all: Vec<_> = pages(&words, Layout::Bits32).unwrap().collect();
        assert_eq!(all[0].number, 1);
    }
}
