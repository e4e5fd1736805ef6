//! The words of `oslens log`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::SystemTime;

use clap::{Args, ValueEnum};
use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LogArgs {
    /// Only what happened since: 1h, 2d, 09:00, 2026-11-20, '2026-11-20 09:00'
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    pub(crate) since: Option<Moment>,
    /// Only what happened until then
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    pub(crate) until: Option<Moment>,
    /// Only this level, and what is worse
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) level: Option<LevelWord>,
    /// Only from this source or provider
    #[arg(short, long, visible_alias = "unit", value_name = "NAME")]
    pub(crate) source: Vec<OsString>,
    /// Only with this event ID; 41,42 for several
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = id)]
    pub(crate) id: Vec<u16>,
    /// Only with this text in the message or source, in any case
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) grep: Option<String>,
    /// Newest first
    #[arg(short, long)]
    pub(crate) reverse: bool,
    /// Go on and show what comes
    #[arg(short, long, conflicts_with_all = ["reverse", "file", "until", "list"])]
    pub(crate) follow: bool,
    /// Read a saved log, an .evtx file; may be repeated
    #[arg(long, value_name = "FILE", conflicts_with_all = ["logs", "machine", "list"])]
    pub(crate) file: Vec<PathBuf>,
    /// List the logs that there are
    #[arg(short, long, conflicts_with_all = ["logs", "since", "until", "level", "source", "id", "grep", "reverse"])]
    pub(crate) list: bool,
    /// The logs of another machine
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<OsString>,
    /// Which logs [default: System and Application]
    #[arg(value_name = "LOG")]
    pub(crate) logs: Vec<OsString>,
}

impl LogArgs {
    /// Whether the logs are those that are read when none is named.
    pub(crate) fn is_usual(&self) -> bool {
        self.logs.is_empty() && self.file.is_empty()
    }
}

fn id(text: &str) -> Result<u16, String> {
    text.trim()
        .parse()
        .map_err(|_| "a number from 0 to 65535 is needed".to_owned())
}

/// How bad something is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LevelWord {
    Critical,
    #[value(alias = "err")]
    Error,
    #[value(alias = "warning")]
    Warn,
    #[value(alias = "information")]
    Info,
    #[value(alias = "debug")]
    Verbose,
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// So long before now.
    Ago(SignedDuration),
    At(Timestamp),
}

impl Moment {
    /// The point in time. `None` beyond the calendar.
    pub(crate) fn time(self, now: Timestamp) -> Option<SystemTime> {
        let at = match self {
            Self::Ago(span) => now.checked_sub(span).ok()?,
            Self::At(at) => at,
        };
        Some(at.into())
    }
}

fn moment(text: &str) -> Result<Moment, String> {
    moment_in(text, &TimeZone::system())
}

/// A span before now, or a date and time by the clock of this zone.
fn moment_in(text: &str, zone: &TimeZone) -> Result<Moment, String> {
    const NEEDED: &str = "a span such as 90s, 15m, 1h or 2d, or a time such as 09:00, \
                          2026-11-20 or '2026-11-20 09:00' is needed";
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    // A number would take a plus, too, which is said of what is to come.
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let per_unit = match &text[digits.len()..] {
        "s" => Some(1),
        "m" | "min" => Some(60),
        "h" => Some(3600),
        "d" => Some(86_400),
        "w" => Some(7 * 86_400),
        _ => None,
    };
    if let (Some(seconds), true, Ok(number)) = (per_unit, is_plain, digits.parse::<u32>()) {
        return Ok(Moment::Ago(SignedDuration::from_secs(
            i64::from(number) * seconds,
        )));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Moment::At(at));
    }
    // A zone that is named counts; as a date and time it would be passed over.
    if text.contains('[') {
        let zoned = text.parse::<jiff::Zoned>();
        return zoned
            .map(|zoned| Moment::At(zoned.timestamp()))
            .map_err(|_| NEEDED.to_owned());
    }
    let local = if let Ok(moment) = text.parse::<civil::DateTime>() {
        moment
    } else if let Ok(date) = text.parse::<civil::Date>() {
        date.at(0, 0, 0, 0)
    } else if let Ok(time) = text.parse::<civil::Time>() {
        Timestamp::now()
            .to_zoned(zone.clone())
            .date()
            .to_datetime(time)
    } else {
        return Err(NEEDED.to_owned());
    };
    let zoned = local
        .to_zoned(zone.clone())
        .map_err(|_| NEEDED.to_owned())?;
    Ok(Moment::At(zoned.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_times_are_told_apart() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let read = |text| moment_in(text, &zone);
        let ago = |seconds| Ok(Moment::Ago(SignedDuration::from_secs(seconds)));
        assert_eq!(read("90s"), ago(90));
        assert_eq!(read("15m"), ago(900));
        assert_eq!(read("2d"), ago(172_800));
        let at = |second| Ok(Moment::At(Timestamp::from_second(second).unwrap()));
        assert_eq!(read("2026-11-21 09:31"), at(1_795_249_860));
        assert_eq!(read("2026-11-21T08:31:00Z"), at(1_795_249_860));
        assert_eq!(read("2026-11-21"), at(1_795_249_860 - 9 * 3600 - 31 * 60));
        assert!(matches!(read("09:00"), Ok(Moment::At(_))));
        assert_eq!(read("2026-11-21 10:31[Europe/Helsinki]"), at(1_795_249_860));
        for text in [
            "",
            "+5m",
            "2026-11-21 10:31[Nowhere/AtAll]",
            "yesterday",
            "1x",
            "-1h",
            "1.5h",
            "2026-13-01",
            "25:00",
            "s",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_that_the_clock_skips_or_repeats_is_one_moment_all_the_same() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at = |text: &str| Ok(Moment::At(text.parse().unwrap()));
        let read = |text| moment_in(text, &zone);
        // Forwards from 02:00 to 03:00, and back from 03:00 to 02:00.
        assert_eq!(read("2026-03-29 02:30"), at("2026-03-29T01:30:00Z"));
        assert_eq!(read("2026-10-25 02:30"), at("2026-10-25T00:30:00Z"));
    }

    #[test]
    fn ids_are_numbers_of_16_bits() {
        assert_eq!(id("41"), Ok(41));
        assert_eq!(id(" 42"), Ok(42));
        for text in ["", "-1", "65536", "x", "1-2"] {
            assert!(id(text).is_err(), "{text}");
        }
    }
}
