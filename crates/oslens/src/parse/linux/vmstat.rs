//! `/proc/vmstat`, of which the traffic with swap is wanted.

use crate::parse::text;

/// Pages since boot. What was not in the text is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SwapPages {
    /// `pswpin`: read from swap.
    pub swapped_in: Option<u64>,
    /// `pswpout`: written to swap.
    pub swapped_out: Option<u64>,
}

/// Finds the swap counters. The text may end anywhere: a number counts only
/// when its line is complete, so that reading can stop as soon as both are
/// there.
#[must_use]
pub fn swap_pages(content: &[u8]) -> SwapPages {
    let mut pages = SwapPages::default();
    let complete = memchr::memrchr(b'\n', content).map_or(0, |newline| newline + 1);
    let mut rest = content.get(..complete).unwrap_or_default();
    while let Some(line) = text::take_line(&mut rest) {
        if let Some(number) = line.strip_prefix(b"pswpin ") {
            pages.swapped_in = text::decimal(number);
        } else if let Some(number) = line.strip_prefix(b"pswpout ") {
            pages.swapped_out = text::decimal(number);
            break;
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_when_its_line_is_complete() {
        let text = b"nr_free_pages 1\npswpin 12\npswpout 345\npgfault 9\n";
        let whole = SwapPages {
            swapped_in: Some(12),
            swapped_out: Some(345),
        };
        assert_eq!(swap_pages(text), whole);
        for end in 0..text.len() {
            let cut = swap_pages(&text[..end]);
            assert!(cut.swapped_in.is_none_or(|pages| pages == 12));
            assert!(cut.swapped_out.is_none_or(|pages| pages == 345));
        }
        assert_eq!(swap_pages(b"pswpin x\npswpout\n"), SwapPages::default());
    }
}
