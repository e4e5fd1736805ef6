//! `/proc/vmstat`, of which the traffic with swap and a few events are
//! wanted.

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

/// Events since boot. What was not in the text is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Events {
    /// `pgfault`.
    pub page_faults: Option<u64>,
    /// `pgmajfault`.
    pub major_page_faults: Option<u64>,
    /// `oom_kill`, since Linux 4.13.
    pub oom_kills: Option<u64>,
}

/// Finds the events in the whole text.
#[must_use]
pub fn events(content: &[u8]) -> Events {
    let mut events = Events::default();
    let mut rest = content;
    while let Some(mut line) = text::take_line(&mut rest) {
        let found = match text::take_word(&mut line) {
            Some(b"pgfault") => &mut events.page_faults,
            Some(b"pgmajfault") => &mut events.major_page_faults,
            Some(b"oom_kill") => &mut events.oom_kills,
            _ => continue,
        };
        *found = text::take_word(&mut line).and_then(text::decimal);
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_are_not_listed_are_unknown() {
        let found = events(b"pswpout 3\npgfault 12\npgmajfault 3\noom_kill 2\noom_kill_x 9\n");
        assert_eq!(
            found,
            Events {
                page_faults: Some(12),
                major_page_faults: Some(3),
                oom_kills: Some(2),
            }
        );
        assert_eq!(
            events(b"pgfault x\npgmajfault\noom_kill -1\n"),
            Events::default()
        );
        assert_eq!(events(b""), Events::default());
    }

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
