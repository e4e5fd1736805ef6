//! `/proc/zoneinfo`, of which the low watermarks are wanted.

use crate::parse::text;

/// The pages that the kernel keeps free in all zones together: the sum of
/// the `low` watermarks. `None` when there are none in the text.
#[must_use]
pub fn low_watermark(content: &[u8]) -> Option<u64> {
    let mut sum = None;
    let mut rest = content;
    while let Some(mut line) = text::take_line(&mut rest) {
        if text::take_word(&mut line) == Some(b"low") {
            let pages = text::take_word(&mut line).and_then(text::decimal)?;
            sum = Some(sum.unwrap_or(0u64).saturating_add(pages));
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_low_watermarks_of_all_zones_are_added() {
        let text = b"Node 0, zone      DMA\n  pages free     3840\n        min      57\n        low      71\n\
            \x20       high     85\nNode 0, zone   Normal\n  pages free     1\n        low      1000\n        lower 5\n";
        assert_eq!(low_watermark(text), Some(1071));
        assert_eq!(low_watermark(b""), None);
        assert_eq!(low_watermark(b"low x\n"), None);
        assert_eq!(
            low_watermark(b"low 18446744073709551615\nlow 1\n"),
            Some(u64::MAX)
        );
    }
}
