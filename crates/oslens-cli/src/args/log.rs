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
    /// Only with this event ID
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) id: Vec<u16>,
    /// Only with this text in the message, in any case
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) grep: Option<String>,
    /// Newest first
    #[arg(short, long)]
    pub(crate) reverse: bool,
    /// Go on and show what comes
    #[arg(short, long, conflicts_with_all = ["reverse", "file", "until", "list"])]
    pub(crate) follow: bool,
    /// Read a saved log, an .evtx file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["logs", "machine", "list"])]
    pub(crate) file: Option<PathBuf>,
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
    let per_unit = match &text[digits.len()..] {
        "s" => Some(1),
        "m" | "min" => Some(60),
        "h" => Some(3600),
        "d" => Some(86_400),
        "w" => Some(7 * 86_400),
        _ => None,
    };
    if let (Some(seconds), Ok(number)) = (per_unit, digits.parse::<u32>()) {
        return Ok(Moment::Ago(SignedDuration::from_secs(
            i64::from(number) * seconds,
        )));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Moment::At(at));
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
        for text in [
            "",
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
}
