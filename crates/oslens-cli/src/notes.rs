//! What could not be read, said once, with a count.

use std::collections::BTreeMap;

use crate::cell::Missing;
use crate::column::Column;

/// Counts of rows with values that could not be read.
#[derive(Debug, Default)]
pub(crate) struct Partial {
    rows: usize,
    by_reason: BTreeMap<Missing, Lacking>,
}

#[derive(Debug, Default)]
struct Lacking {
    rows: usize,
    /// In the order in which they were met.
    keys: Vec<&'static str>,
}

impl Partial {
    /// Takes in one row: the reasons why values of it could not be read.
    pub(crate) fn add_row(&mut self, lacking: &[(&'static str, Missing)]) {
        self.rows += 1;
        for (at, &(key, reason)) in lacking.iter().enumerate() {
            if !reason.is_partial() {
                continue;
            }
            let entry = self.by_reason.entry(reason).or_default();
            if !lacking
                .iter()
                .take(at)
                .any(|(_, earlier)| *earlier == reason)
            {
                entry.rows += 1;
            }
            if !entry.keys.contains(&key) {
                entry.keys.push(key);
            }
        }
    }

    /// Takes in one row by reading all of the columns.
    pub(crate) fn read_row<R, N>(&mut self, row: &R, columns: &[&'static Column<R, N>]) {
        let lacking: Vec<_> = columns
            .iter()
            .filter_map(|column| Some((column.key, column.missing(row)?)))
            .collect();
        self.add_row(&lacking);
    }

    /// Whether anything could not be read: `--strict` exits with 5 then.
    pub(crate) fn is_partial(&self) -> bool {
        !self.by_reason.is_empty()
    }

    /// One line per reason: `31 of 212 processes hide io, files from uid 1000`.
    pub(crate) fn lines(&self, noun: &str, reader: &str) -> Vec<String> {
        let total = self.rows;
        self.by_reason
            .iter()
            .map(|(reason, lacking)| {
                let rows = lacking.rows;
                let keys = lacking.keys.join(", ");
                match reason {
                    Missing::Denied if total == 1 => format!("hidden from {reader}: {keys}"),
                    Missing::Denied => {
                        format!("{rows} of {total} {noun} hide {keys} from {reader}")
                    }
                    Missing::TimedOut => {
                        format!("{rows} of {total} {noun} gave no answer in time: {keys}")
                    }
                    _ => format!("{rows} of {total} {noun} could not be read: {keys}"),
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_one_line_with_its_count() {
        let mut partial = Partial::default();
        partial.add_row(&[("io", Missing::Denied), ("files", Missing::Denied)]);
        partial.add_row(&[("io", Missing::Denied), ("exe", Missing::Malformed)]);
        partial.add_row(&[("io", Missing::NotApplicable), ("rss", Missing::Gone)]);
        assert!(partial.is_partial());
        assert_eq!(
            partial.lines("processes", "uid 1000"),
            [
                "2 of 3 processes hide io, files from uid 1000",
                "1 of 3 processes could not be read: exe",
            ]
        );
    }

    #[test]
    fn a_single_row_is_not_counted() {
        let mut partial = Partial::default();
        partial.add_row(&[("io", Missing::Denied)]);
        assert_eq!(
            partial.lines("processes", "uid 1000"),
            ["hidden from uid 1000: io"]
        );
    }

    #[test]
    fn what_does_not_apply_is_not_partial_data() {
        let mut partial = Partial::default();
        partial.add_row(&[
            ("swap", Missing::NotApplicable),
            ("cpu", Missing::FirstSample),
        ]);
        assert!(!partial.is_partial());
        assert!(partial.lines("processes", "uid 0").is_empty());
    }
}
