//! The values of flags.

use std::time::Duration;

use crate::column::{ColumnRequest, Edit, SortKey};

/// The longest time that may be asked for: beyond a day it is a slip.
const LONGEST: Duration = Duration::from_secs(86_400);

/// `200ms`, `2s`, `1.5m`, `1h`; a bare number is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds_per_unit = match &text[digits.len()..] {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        unit => return Err(format!("unknown unit '{unit}', use ms, s, m or h")),
    };
    // f64 would also take 'inf', 'nan' and '1e9'.
    let is_plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = digits
        .parse()
        .ok()
        .filter(|_| is_plain)
        .ok_or("a time such as 200ms or 2s is needed")?;
    let span = Duration::try_from_secs_f64(number * seconds_per_unit)
        .map_err(|_| "the time is too long")?;
    if span < Duration::from_millis(1) {
        Err("the time must be at least 1ms".to_owned())
    } else if span > LONGEST {
        Err("the time must be at most 24h".to_owned())
    } else {
        Ok(span)
    }
}

/// How many rows.
pub(super) fn count(text: &str) -> Result<usize, String> {
    text.parse()
        .map_err(|_| "a whole number is needed".to_owned())
}

/// `a,b`, `+c,-d`, `help`.
pub(super) fn columns(text: &str) -> Result<ColumnRequest, String> {
    if text.trim() == "help" {
        return Ok(ColumnRequest::Help);
    }
    items(text)?
        .map(|item| {
            let (edit, name): (fn(String) -> Edit, _) = if let Some(name) = item.strip_prefix('+') {
                (Edit::Add, name)
            } else if let Some(name) = item.strip_prefix('-') {
                (Edit::Remove, name)
            } else {
                (Edit::Only, item)
            };
            named(name).map(|name| edit(name.to_owned()))
        })
        .collect::<Result<_, _>>()
        .map(ColumnRequest::Edits)
}

/// `a,-b`: by `a` upwards, then by `b` downwards.
pub(super) fn sort(text: &str) -> Result<Vec<SortKey>, String> {
    items(text)?
        .map(|item| {
            let name = item.strip_prefix(['-', '+']).unwrap_or(item);
            Ok(SortKey {
                column: named(name)?.to_owned(),
                descending: item.starts_with('-'),
            })
        })
        .collect()
}

fn items(text: &str) -> Result<impl Iterator<Item = &str>, String> {
    if text.trim().is_empty() {
        return Err("a column name is needed".to_owned());
    }
    Ok(text.split(',').map(str::trim))
}

fn named(name: &str) -> Result<&str, String> {
    if name.is_empty() {
        return Err("a column name is missing between the commas".to_owned());
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        let millis = |text| duration(text).map(|span| span.as_millis());
        assert_eq!(millis("200ms"), Ok(200));
        assert_eq!(millis("2"), Ok(2000));
        assert_eq!(millis("1.5s"), Ok(1500));
        assert_eq!(millis("2m"), Ok(120_000));
        assert_eq!(millis("1h"), Ok(3_600_000));
    }

    #[test]
    fn senseless_durations_are_refused() {
        for text in [
            "",
            "s",
            "-1s",
            "0",
            "0.0001ms",
            "inf",
            "nan",
            "1e9",
            "1..2",
            "3d",
            "25h",
            "2 s",
            "99999999999999999999999h",
            "²s",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn columns_are_names_and_edits() {
        let edits = vec![
            Edit::Only("a".into()),
            Edit::Add("b".into()),
            Edit::Remove("c".into()),
        ];
        assert_eq!(columns("a, +b,-c"), Ok(ColumnRequest::Edits(edits)));
        assert_eq!(columns("help"), Ok(ColumnRequest::Help));
        for text in ["", " ", "a,,b", "+", "a,-"] {
            assert!(columns(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_minus_sorts_downwards() {
        let keys = sort("user,-rss").unwrap();
        assert_eq!(
            (keys[0].column.as_str(), keys[0].descending),
            ("user", false)
        );
        assert_eq!((keys[1].column.as_str(), keys[1].descending), ("rss", true));
        assert!(sort("-").is_err());
    }
}
