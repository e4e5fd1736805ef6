//! `/proc/loadavg`, see proc_loadavg(5).

use crate::parse::{Malformed, text};

/// How many tasks ran or waited, on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoadAvg {
    /// Over one minute.
    pub one: f64,
    /// Over five minutes.
    pub five: f64,
    /// Over fifteen minutes.
    pub fifteen: f64,
    /// Tasks that can run now.
    pub running: Option<u32>,
    /// All tasks: processes and their threads.
    pub total: Option<u32>,
}

/// Reads the line of `/proc/loadavg`.
///
/// # Errors
///
/// When it does not begin with three numbers.
pub fn loadavg(content: &[u8]) -> Result<LoadAvg, Malformed> {
    let mut line = content.trim_ascii_end();
    let mut average = || {
        text::take_word(&mut line)
            .and_then(text::fraction)
            .ok_or(Malformed("three averages"))
    };
    let (one, five, fifteen) = (average()?, average()?, average()?);
    let mut tasks = text::take_word(&mut line)
        .unwrap_or_default()
        .split(|&byte| byte == b'/')
        .map(|number| text::decimal(number).and_then(|number| u32::try_from(number).ok()));
    Ok(LoadAvg {
        one,
        five,
        fifteen,
        running: tasks.next().flatten(),
        total: tasks.next().flatten(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_and_tasks_are_read() {
        let load = loadavg(b"0.12 10.06 0.02 2/95 6555\n").unwrap();
        assert!((load.one - 0.12).abs() < 1e-9);
        assert!((load.five - 10.06).abs() < 1e-9);
        assert_eq!((load.running, load.total), (Some(2), Some(95)));
        assert_eq!(loadavg(b"1.00 2.00 3.00").unwrap().running, None);
    }

    #[test]
    fn hostile_text_is_malformed() {
        for content in [
            &b""[..],
            b"1.0 2.0",
            b"nan 1.0 1.0",
            b"inf 1 1",
            b"1e9 1 1",
            b"- 1 1",
        ] {
            assert!(loadavg(content).is_err(), "{content:?}");
        }
    }
}
