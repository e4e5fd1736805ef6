//! `/proc/pressure/*` and a cgroup's `*.pressure`: how long tasks stalled for
//! want of a resource (PSI).

use crate::parse::{Malformed, text};

/// One line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Percentage of the last 10 seconds.
    pub avg10: f64,
    /// Percentage of the last minute.
    pub avg60: f64,
    /// Percentage of the last five minutes.
    pub avg300: f64,
    /// Microseconds since boot.
    pub total: u64,
}

/// Both lines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pressure {
    /// At least one task stalled. `irq` has no such line.
    pub some: Option<Line>,
    /// All tasks stalled. `cpu` has no such line before Linux 5.13.
    pub full: Option<Line>,
}

/// Reads a pressure file. Unknown lines and values are skipped.
///
/// # Errors
///
/// When a line lacks one of its values, or there is no line at all.
pub fn pressure(content: &[u8]) -> Result<Pressure, Malformed> {
    let mut pressure = Pressure {
        some: None,
        full: None,
    };
    for mut line in text::lines(content) {
        match text::take_word(&mut line) {
            Some(b"some") => pressure.some = Some(values(line)?),
            Some(b"full") => pressure.full = Some(values(line)?),
            _ => {}
        }
    }
    if pressure.some.is_none() && pressure.full.is_none() {
        return Err(Malformed("a line that begins with `some` or `full`"));
    }
    Ok(pressure)
}

fn values(line: &[u8]) -> Result<Line, Malformed> {
    let (mut avg10, mut avg60, mut avg300, mut total) = (None, None, None, None);
    for word in text::words(line) {
        if let Some(value) = word.strip_prefix(b"avg10=") {
            avg10 = text::fraction(value);
        } else if let Some(value) = word.strip_prefix(b"avg60=") {
            avg60 = text::fraction(value);
        } else if let Some(value) = word.strip_prefix(b"avg300=") {
            avg300 = text::fraction(value);
        } else if let Some(value) = word.strip_prefix(b"total=") {
            total = text::decimal(value);
        }
    }
    match (avg10, avg60, avg300, total) {
        (Some(avg10), Some(avg60), Some(avg300), Some(total)) => Ok(Line {
            avg10,
            avg60,
            avg300,
            total,
        }),
        _ => Err(Malformed("avg10=, avg60=, avg300= and total=")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lines_are_read() {
        let both = pressure(
            b"some avg10=0.22 avg60=0.17 avg300=1.11 total=58761459\n\
              full avg10=0.00 avg60=0.13 avg300=0.96 total=57529061\n",
        )
        .unwrap();
        assert_eq!(both.some.unwrap().total, 58_761_459);
        assert!((both.full.unwrap().avg300 - 0.96).abs() < 1e-9);
        // Linux 5.2 has only `some` for the CPU, and `irq` only `full`.
        let some = pressure(b"some avg10=0.22 avg60=0.17 avg300=1.11 total=1\n").unwrap();
        assert!(some.full.is_none());
        let full = pressure(b"full avg10=0.22 avg60=0.17 avg300=1.11 total=1\n").unwrap();
        assert!(full.some.is_none());
    }

    #[test]
    fn hostile_text_is_malformed() {
        for content in [
            &b""[..],
            b"other avg10=0",
            b"some",
            b"some avg10=0.22 avg60=0.17 avg300=1.11 total=",
            b"some avg10=nan avg60=0.17 avg300=1.11 total=1",
        ] {
            assert!(pressure(content).is_err(), "{content:?}");
        }
    }
}
