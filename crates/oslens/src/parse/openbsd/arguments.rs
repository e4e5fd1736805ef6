//! `KERN_PROC_ARGS`: an array of pointers, its end, and the texts that they
//! point at.

use crate::parse::bsd::strings;
use crate::parse::layout::{Endian, Number as _};

/// Bytes of a pointer on the machines that are known.
const POINTER: usize = 8;

/// The texts of an answer. There are none without the end of the array.
///
/// The pointers were made for the place that the kernel wrote to, and nobody
/// follows them: the texts lie in their order at the end of the answer. A
/// process that has shortened its array leaves a gap before them.
#[must_use]
pub fn arguments(data: &[u8], endian: Endian) -> Vec<&[u8]> {
    let pointers = || {
        data.chunks_exact(POINTER)
            .map_while(|bytes| u64::read(bytes, endian))
    };
    let Some(count) = pointers().position(|pointer| pointer == 0) else {
        return Vec::new();
    };
    let start = count.saturating_add(1).saturating_mul(POINTER);
    let mut texts: Vec<&[u8]> = strings::strings(data.get(start..).unwrap_or_default()).collect();
    texts.drain(..texts.len().saturating_sub(count));
    // Whatever is in the gap is not a part of the first text, whose length is
    // how far the second pointer is from the first.
    let mut first_two = pointers().take(count);
    if let (Some(text), Some(first), Some(second)) =
        (texts.first_mut(), first_two.next(), first_two.next())
    {
        let length = second.saturating_sub(first).saturating_sub(1);
        let gap = usize::try_from(length)
            .ok()
            .and_then(|length| text.len().checked_sub(length));
        *text = gap.and_then(|gap| text.get(gap..)).unwrap_or(text);
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(data: &[u8]) -> Vec<&[u8]> {
        arguments(data, Endian::Little)
    }

    /// As the kernel writes it for a reader with its room here, of a process
    /// that says it has more than it has.
    fn answer(texts: &[&[u8]], gap: &[u8]) -> Vec<u8> {
        let mut at = 0x7f7f_0000_1000 + 8 * (texts.len() as u64 + 1) + gap.len() as u64;
        let mut data = Vec::new();
        for text in texts {
            data.extend(at.to_le_bytes());
            at += text.len() as u64 + 1;
        }
        data.extend([0; 8]);
        data.extend(gap);
        for text in texts {
            data.extend([*text, &[0]].concat());
        }
        data
    }

    #[test]
    fn the_texts_are_those_behind_the_pointers() {
        let texts: [&[u8]; 4] = [b"sh", b"-c", b"", b"echo a b"];
        assert_eq!(all(&answer(&texts, b"")), texts);
        assert_eq!(all(&answer(&[b"", b"a"], b"")), [&b""[..], b"a"]);
        assert_eq!(all(&answer(&[], b"")), Vec::<&[u8]>::new());
        assert_eq!(all(&answer(&[b""], b"")), [b""]);
    }

    #[test]
    fn a_process_that_has_fewer_than_it_says_leaves_a_gap_that_is_no_text() {
        for gap in [&[0; 8][..], b"leftover", b"left\0ove", &[0; 24]] {
            assert_eq!(all(&answer(&[b"a", b"bc"], gap)), [&b"a"[..], b"bc"]);
            assert_eq!(all(&answer(&[b"", b"bc"], gap)), [&b""[..], b"bc"]);
        }
        assert_eq!(all(&answer(&[b"abc"], &[0; 16])), [b"abc"]);
    }

    #[test]
    fn pointers_lie_either_way_in_memory() {
        let (first, second) = (0x7f7f_0000_1020_u64, 0x7f7f_0000_1022_u64);
        let data = [
            &first.to_be_bytes()[..],
            &second.to_be_bytes(),
            &[0; 8],
            b"leftovera\0bc\0",
        ]
        .concat();
        assert_eq!(arguments(&data, Endian::Big), [&b"a"[..], b"bc"]);
    }

    #[test]
    fn nothing_is_read_where_there_is_no_end_of_the_pointers() {
        let data = answer(&[b"one", b"two"], b"");
        assert_eq!(all(&data[..16]), Vec::<&[u8]>::new());
        assert_eq!(all(&[]), Vec::<&[u8]>::new());
        assert_eq!(all(&[0; 7]), Vec::<&[u8]>::new());
        assert_eq!(all(&[1; 99]), Vec::<&[u8]>::new());
        for end in 0..data.len() {
            assert!(all(&data[..end]).len() <= 2);
        }
        // Pointers that go down or nowhere.
        let mut odd = answer(&[b"one", b"two"], b"");
        odd[..8].fill(0xff);
        assert_eq!(all(&odd).len(), 2);
    }
}
