//! Numbers as people read them.

use std::time::Duration;

/// How sizes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sizes {
    /// Powers of 1024: `9.1GiB`.
    Binary,
    /// Powers of 1000 (`--si`): `9.8GB`.
    Decimal,
    /// Exact numbers in base units (`--raw`).
    Raw,
}

/// A number of bytes: one decimal below ten, none above.
pub(crate) fn bytes(count: u64, sizes: Sizes) -> String {
    match sizes {
        Sizes::Binary => scaled(
            count as f64,
            1024.0,
            &["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"],
        ),
        Sizes::Decimal => scaled(
            count as f64,
            1000.0,
            &["B", "kB", "MB", "GB", "TB", "PB", "EB"],
        ),
        Sizes::Raw => count.to_string(),
    }
}

/// Bytes per second, without the `/s`: a column's header says it.
pub(crate) fn rate(per_second: f64, sizes: Sizes) -> String {
    // The cast saturates; a negative rate cannot come from a counter.
    bytes(per_second.round() as u64, sizes)
}

fn scaled(value: f64, base: f64, units: &[&str]) -> String {
    let mut value = value;
    let mut units = units.iter().peekable();
    let mut unit = units.next().copied().unwrap_or_default();
    let mut whole = true;
    // Rounding may carry into the next unit: 1023.7 KiB is 1.0 MiB.
    while value.round() >= base {
        let Some(next) = units.next() else { break };
        value /= base;
        unit = next;
        whole = false;
    }
    // 9.95 would print as 10.0.
    if whole || value >= 9.95 {
        format!("{value:.0}{unit}")
    } else {
        format!("{value:.1}{unit}")
    }
}

/// A fraction as percent with one decimal, without the sign.
pub(crate) fn percent(ratio: f64) -> String {
    // Adding zero turns -0.0 into 0.0.
    format!("{:.1}", ratio * 100.0 + 0.0)
}

/// A plain number: two decimals, and three digits that count of what would be
/// nothing but zeroes then, as the seconds that a disk takes. Exact with
/// `--raw`.
pub(crate) fn number(number: f64, sizes: Sizes) -> String {
    // Adding zero turns -0.0 into 0.0.
    let number = number + 0.0;
    if sizes == Sizes::Raw {
        return number.to_string();
    }
    if number == 0.0 || number.abs() >= 0.1 || number.abs() < 1e-9 {
        return format!("{number:.2}");
    }
    // How many zeroes are before the first digit that counts.
    let zeroes = (-number.abs().log10()).floor().clamp(1.0, 9.0) as usize;
    let text = format!("{number:.*}", zeroes + 3);
    let short = text.trim_end_matches('0');
    match short.split_once('.') {
        Some((_, decimals)) if decimals.len() >= 2 => short.to_owned(),
        _ => format!("{number:.2}"),
    }
}

/// A span as a table shows it: `0:44`, `31:07`, `5:02:09`, `12d4h`. No blanks,
/// so that the columns can still be split at them.
pub(crate) fn duration(span: Duration, sizes: Sizes) -> String {
    if sizes == Sizes::Raw {
        return format!("{:.3}", span.as_secs_f64());
    }
    let (days, hours, minutes, seconds) = parts(span);
    if days > 0 {
        format!("{days}d{hours}h")
    } else if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// A span within a sentence: `44s`, `31m 7s`, `5h 2m`, `12d 4h`.
pub(crate) fn duration_in_words(span: Duration) -> String {
    if span.as_secs() == 0 && !span.is_zero() {
        return format!("{} ms", span.as_millis());
    }
    match parts(span) {
        (0, 0, 0, seconds) => format!("{seconds}s"),
        (0, 0, minutes, seconds) => format!("{minutes}m {seconds}s"),
        (0, hours, minutes, _) => format!("{hours}h {minutes}m"),
        (days, hours, _, _) => format!("{days}d {hours}h"),
    }
}

fn parts(span: Duration) -> (u64, u64, u64, u64) {
    let seconds = span.as_secs();
    (
        seconds / 86_400,
        seconds / 3600 % 24,
        seconds / 60 % 60,
        seconds % 60,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_number_is_not_shown_as_none() {
        let shown = |value| number(value, Sizes::Binary);
        assert_eq!(shown(0.0), "0.00");
        assert_eq!(shown(-0.0), "0.00");
        assert_eq!(shown(1234.567), "1234.57");
        assert_eq!(shown(0.5), "0.50");
        assert_eq!(shown(0.05), "0.05");
        assert_eq!(shown(0.0999), "0.0999");
        assert_eq!(shown(0.000_431_26), "0.000431");
        assert_eq!(shown(-0.002), "-0.002");
        assert_eq!(shown(1e-300), "0.00");
        assert_eq!(number(0.000_431_26, Sizes::Raw), "0.00043126");
    }

    #[test]
    fn sizes_keep_two_figures_and_carry() {
        let iec = |count| bytes(count, Sizes::Binary);
        assert_eq!(iec(0), "0B");
        assert_eq!(iec(1023), "1023B");
        assert_eq!(iec(1024), "1.0KiB");
        assert_eq!(iec(12 << 20), "12MiB");
        assert_eq!(iec(9_771_050_598), "9.1GiB");
        assert_eq!(iec(10_239 * 1024), "10MiB");
        assert_eq!(iec((1 << 20) - 1), "1.0MiB");
        assert_eq!(iec((1 << 30) - 1), "1.0GiB");
        assert_eq!(iec(u64::MAX), "16EiB");
        assert_eq!(bytes(9_771_050_598, Sizes::Decimal), "9.8GB");
        assert_eq!(bytes(999_999, Sizes::Decimal), "1.0MB");
        assert_eq!(bytes(9_771_050_598, Sizes::Raw), "9771050598");
    }

    #[test]
    fn rates_and_percents() {
        assert_eq!(rate(1_258_291.2, Sizes::Binary), "1.2MiB");
        assert_eq!(rate(1_258_291.2, Sizes::Raw), "1258291");
        assert_eq!(rate(f64::NAN, Sizes::Binary), "0B");
        assert_eq!(percent(1.12), "112.0");
        assert_eq!(percent(0.0004), "0.0");
        assert_eq!(percent(-0.0), "0.0");
    }

    #[test]
    fn durations_as_clocks_and_as_words() {
        let clock = |s| duration(Duration::from_secs(s), Sizes::Binary);
        assert_eq!(clock(44), "0:44");
        assert_eq!(clock(31 * 60 + 7), "31:07");
        assert_eq!(clock(5 * 3600 + 129), "5:02:09");
        assert_eq!(clock(12 * 86_400 + 4 * 3600 + 59), "12d4h");
        assert_eq!(duration(Duration::from_millis(1500), Sizes::Raw), "1.500");
        assert_eq!(duration(Duration::MAX, Sizes::Binary), "213503982334601d7h");
        let words = |s| duration_in_words(Duration::from_secs(s));
        assert_eq!(words(0), "0s");
        assert_eq!(words(1867), "31m 7s");
        assert_eq!(words(18_129), "5h 2m");
        assert_eq!(words(1_051_259), "12d 4h");
        assert_eq!(duration_in_words(Duration::from_millis(200)), "200 ms");
    }
}
