//! One example for each type, computed by hand from its published formula.

use super::*;
use crate::Unit;

/// A sample: what was counted, and the time or base.
fn sample(kind: CounterType, first: i64, second: i64) -> RawValue {
    RawValue::new(kind, first, second).with_frequency(10_000_000)
}

fn value(kind: CounterType, before: (i64, i64), now: (i64, i64)) -> Result<f64, NoValue> {
    sample(kind, now.0, now.1)
        .calculate(Some(&sample(kind, before.0, before.1)), Format::default())
        .map(|reading| reading.as_f64().unwrap())
}

fn single(kind: CounterType, first: i64, second: i64) -> Result<Reading, NoValue> {
    sample(kind, first, second).calculate(None, Format::default())
}

#[track_caller]
fn close(value: Result<f64, NoValue>, expected: f64) {
    let value = value.unwrap();
    assert!((value - expected).abs() < 1e-9, "{value}, not {expected}");
}

#[test]
fn raw_counts_are_shown_as_they_are() {
    for kind in [
        CounterType::COUNTER_RAWCOUNT,
        CounterType::COUNTER_RAWCOUNT_HEX,
    ] {
        assert_eq!(single(kind, 213, 0), Ok(Reading::Integer(213)));
        // Not negative: 32 bits without a sign.
        assert_eq!(
            single(kind, 0xFFFF_FFFF, 0),
            Ok(Reading::Integer(4_294_967_295))
        );
        assert_eq!(single(kind, -1, 0), Ok(Reading::Integer(4_294_967_295)));
    }
    for kind in [
        CounterType::COUNTER_LARGE_RAWCOUNT,
        CounterType::COUNTER_LARGE_RAWCOUNT_HEX,
    ] {
        let exact = 9_007_199_254_740_993;
        assert_eq!(single(kind, exact, 0), Ok(Reading::Integer(exact)));
        assert_eq!(single(kind, -5, 0), Ok(Reading::Integer(-5)));
    }
}

#[test]
fn differences_are_what_came_in_between() {
    // 170 − 120.
    for kind in [CounterType::COUNTER_DELTA, CounterType::COUNTER_LARGE_DELTA] {
        assert_eq!(value(kind, (120, 0), (170, 0)), Ok(50.0));
        assert_eq!(value(kind, (170, 0), (170, 0)), Ok(0.0));
        assert_eq!(value(kind, (170, 0), (120, 0)), Err(NoValue::Reset));
    }
}

#[test]
fn rates_are_so_many_in_a_second() {
    for kind in [
        CounterType::COUNTER_COUNTER,
        CounterType::COUNTER_BULK_COUNT,
        CounterType::SAMPLE_COUNTER,
    ] {
        // 600 in 20 000 000 ticks of 10 MHz, 2 s.
        close(value(kind, (1_000, 5), (1_600, 20_000_005)), 300.0);
        close(value(kind, (1_000, 5), (1_000, 20_000_005)), 0.0);
        assert_eq!(
            value(kind, (1_000, 5), (1_600, 5)),
            Err(NoValue::NegativeDenominator)
        );
        assert_eq!(
            value(kind, (1_000, 5), (1_600, 4)),
            Err(NoValue::NegativeDenominator)
        );
    }
}

#[test]
fn queues_are_so_long_on_average() {
    for kind in [
        CounterType::COUNTER_QUEUELEN_TYPE,
        CounterType::COUNTER_LARGE_QUEUELEN_TYPE,
        CounterType::COUNTER_100NS_QUEUELEN_TYPE,
        CounterType::COUNTER_OBJ_TIME_QUEUELEN_TYPE,
    ] {
        // 25 000 ticks of waiting in 10 000 ticks: 2.5 at a time.
        close(value(kind, (0, 0), (25_000, 10_000)), 2.5);
    }
}

#[test]
fn timers_are_the_active_part_in_percent() {
    for kind in [
        CounterType::COUNTER_TIMER,
        CounterType::TIMER_100NSEC,
        CounterType::OBJ_TIME_TIMER,
        CounterType::PRECISION_SYSTEM_TIMER,
        CounterType::PRECISION_100NS_TIMER,
        CounterType::PRECISION_OBJECT_TIMER,
    ] {
        // 2 500 of 10 000 ticks.
        close(value(kind, (500, 1_000), (3_000, 11_000)), 25.0);
        // Two CPUs' worth.
        close(value(kind, (0, 0), (20_000, 10_000)), 200.0);
        let before = sample(kind, 0, 0);
        let capped =
            sample(kind, 20_000, 10_000).calculate(Some(&before), Format::default().capped());
        assert_eq!(capped, Ok(Reading::Real(100.0)));
    }
}

#[test]
fn inverse_timers_are_what_is_left() {
    for kind in [
        CounterType::COUNTER_TIMER_INV,
        CounterType::TIMER_100NSEC_INV,
    ] {
        // Idle for 7 500 of 10 000 ticks.
        close(value(kind, (0, 0), (7_500, 10_000)), 25.0);
        close(value(kind, (0, 0), (0, 10_000)), 100.0);
        // Idle for longer than there was time.
        assert_eq!(
            value(kind, (0, 0), (10_001, 10_000)),
            Err(NoValue::NegativeValue)
        );
    }
}

#[test]
fn multi_timers_are_the_mean_of_their_items() {
    let of = |kind, active: i64, items: u32| {
        let before = sample(kind, 0, 0).with_multi_count(items);
        let now = sample(kind, active, 10_000).with_multi_count(items);
        now.calculate(Some(&before), Format::default())
            .map(|reading| reading.as_f64().unwrap())
    };
    for kind in [
        CounterType::COUNTER_MULTI_TIMER,
        CounterType::MULTI_TIMER_100NSEC,
    ] {
        // 4 items, 10 000 of 40 000 ticks between them.
        close(of(kind, 10_000, 4), 25.0);
        assert_eq!(of(kind, 10_000, 0), Err(NoValue::NothingCounted));
    }
    for kind in [
        CounterType::COUNTER_MULTI_TIMER_INV,
        CounterType::MULTI_TIMER_100NSEC_INV,
    ] {
        // 4 items, idle for 30 000 of 40 000 ticks between them.
        close(of(kind, 30_000, 4), 25.0);
        assert_eq!(of(kind, 40_001, 4), Err(NoValue::NegativeValue));
    }
}

#[test]
fn fractions_are_parts_of_their_base() {
    for kind in [CounterType::RAW_FRACTION, CounterType::LARGE_RAW_FRACTION] {
        // 150 of 600.
        assert_eq!(single(kind, 150, 600), Ok(Reading::Real(25.0)));
        assert_eq!(single(kind, 0, 600), Ok(Reading::Real(0.0)));
        assert_eq!(single(kind, 150, 0), Err(NoValue::NothingCounted));
    }
    assert_eq!(
        single(CounterType::LARGE_RAW_FRACTION, 1, -4),
        Err(NoValue::NegativeDenominator)
    );
    assert_eq!(
        single(CounterType::LARGE_RAW_FRACTION, -1, 4),
        Err(NoValue::NegativeValue)
    );
    // 30 hits among 40 looks.
    let hits = CounterType::SAMPLE_FRACTION;
    close(value(hits, (100, 200), (130, 240)), 75.0);
    assert_eq!(
        value(hits, (100, 200), (100, 200)),
        Err(NoValue::NothingCounted)
    );
}

#[test]
fn averages_are_of_what_happened_in_between() {
    // 5 000 000 ticks of 10 MHz for 20 operations: 25 ms each.
    let timer = CounterType::AVERAGE_TIMER;
    close(value(timer, (1_000_000, 10), (6_000_000, 30)), 0.025);
    // 8 192 bytes in 4 operations.
    let bulk = CounterType::AVERAGE_BULK;
    close(value(bulk, (10_000, 7), (18_192, 11)), 2_048.0);
    for kind in [timer, bulk] {
        assert_eq!(value(kind, (5, 7), (5, 7)), Err(NoValue::NothingCounted));
        assert_eq!(
            value(kind, (5, 7), (9, 6)),
            Err(NoValue::NegativeDenominator)
        );
    }
    // The 64 bits of ticks that some providers give.
    close(value(timer, (1 << 33, 0), ((1 << 33) + 70_000_000, 7)), 1.0);
}

#[test]
fn elapsed_time_is_since_the_start() {
    // Started at 1 000 000, now 31 000 000 ticks of 10 MHz: 3 s.
    let kind = CounterType::ELAPSED_TIME;
    assert_eq!(single(kind, 1_000_000, 31_000_000), Ok(Reading::Real(3.0)));
    // By a clock that began with the system.
    assert_eq!(single(kind, 0, 31_000_000), Ok(Reading::Real(3.1)));
    // No start, by one that began in 1601: the total of processes.
    let now = 134_000_000_000_000_000;
    assert_eq!(single(kind, 0, now), Err(NoValue::NoData));
    assert_eq!(
        single(kind, 31_000_001, 31_000_000),
        Err(NoValue::NegativeValue)
    );
    let no_clock = RawValue::new(kind, 1, 2).calculate(None, Format::default());
    assert_eq!(no_clock, Err(NoValue::NegativeTimebase));
}

#[test]
fn text_is_text_and_bases_are_nothing() {
    let mut text = RawValue::new(CounterType::COUNTER_TEXT, 0, 0);
    assert_eq!(
        text.calculate(None, Format::default()),
        Err(NoValue::NoData)
    );
    text.text = Some("ready".to_owned());
    assert_eq!(
        text.calculate(None, Format::default().scaled(3)),
        Ok(Reading::Text("ready".to_owned()))
    );
    for kind in CounterType::ALL {
        if kind.unit() == Unit::None {
            let now = sample(*kind, 2, 2);
            let before = sample(*kind, 1, 1);
            assert_eq!(
                now.calculate(Some(&before), Format::default()),
                Err(NoValue::NotANumber),
                "{kind}"
            );
        }
    }
    assert_eq!(
        single(CounterType(0x1234_5678), 1, 1),
        Err(NoValue::NotANumber)
    );
}

#[test]
fn a_count_that_runs_over_goes_on() {
    // 32 bits: from 4 294 967 290 to 10 are 16, in 1 s.
    let narrow = CounterType::COUNTER_COUNTER;
    close(value(narrow, (0xFFFF_FFFA, 0), (10, 10_000_000)), 16.0);
    // 64 bits.
    let wide = CounterType::COUNTER_BULK_COUNT;
    close(value(wide, (-6, 0), (10, 10_000_000)), 16.0);
    // The base of 32 bits too.
    let hits = CounterType::SAMPLE_FRACTION;
    close(value(hits, (0xFFFF_FFFF, 0xFFFF_FFFE), (1, 2)), 50.0);
}

#[test]
fn a_count_that_began_anew_is_no_overflow() {
    for (kind, before) in [
        (CounterType::COUNTER_COUNTER, 1_000_000),
        (CounterType::COUNTER_BULK_COUNT, 1_000_000_000_000),
        (CounterType::COUNTER_TIMER, 1_000_000_000_000),
    ] {
        assert_eq!(
            value(kind, (before, 0), (10, 10_000_000)),
            Err(NoValue::Reset),
            "{kind}"
        );
    }
    // Another counter now has the place.
    let before = sample(CounterType::COUNTER_TIMER, 1, 1);
    let now = sample(CounterType::COUNTER_BULK_COUNT, 2, 2);
    assert_eq!(
        now.calculate(Some(&before), Format::default()),
        Err(NoValue::Reset)
    );
}

#[test]
fn two_samples_are_asked_for_by_those_that_need_them() {
    for kind in CounterType::ALL {
        let alone = sample(*kind, 5, 10).calculate(None, Format::default());
        assert_eq!(
            alone == Err(NoValue::FirstSample),
            kind.needs_two_samples(),
            "{kind}"
        );
    }
}

#[test]
fn scales_are_powers_of_ten() {
    let count = RawValue::new(CounterType::COUNTER_RAWCOUNT, 1_500, 0);
    let scaled = |scale| count.calculate(None, Format::default().scaled(scale));
    assert_eq!(scaled(0), Ok(Reading::Integer(1_500)));
    assert_eq!(scaled(2), Ok(Reading::Real(150_000.0)));
    assert_eq!(scaled(7), scaled(99));
    assert_eq!(scaled(-7), scaled(i32::MIN));
    // A rate is not capped: it is no percentage.
    let before = sample(CounterType::COUNTER_COUNTER, 0, 0);
    let now = sample(CounterType::COUNTER_COUNTER, 5_000, 10_000_000);
    assert_eq!(
        now.calculate(Some(&before), Format::default().capped()),
        Ok(Reading::Real(5_000.0))
    );
}

#[test]
fn no_numbers_make_it_panic_or_infinite() {
    let odd = [i64::MIN, -1, 0, 1, 0xFFFF_FFFF, 0x1_0000_0000, i64::MAX];
    for kind in CounterType::ALL {
        for a in odd {
            for b in odd {
                for c in odd {
                    let before = RawValue::new(*kind, a, b).with_frequency(c);
                    let now = RawValue::new(*kind, b, c)
                        .with_frequency(a)
                        .with_multi_count(u32::MAX);
                    let value = now.calculate(Some(&before), Format::default());
                    if let Ok(reading) = value {
                        assert!(reading.as_f64().is_some_and(f64::is_finite));
                    }
                }
            }
        }
    }
}
