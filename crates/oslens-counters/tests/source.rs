//! What is written as source code compiles, and is the same definition.

// Written by `to_rust`, and compiled with this test.
#[allow(unreachable_pub)]
mod everything {
    include!("data/everything.rs");
}

use oslens_counters::{
    CounterType, Detail,
    definition::{
        Aggregate, CounterSetSpec, CounterSpec, Definition, Guid, Instances, ProviderSpec,
    },
};

/// A counter of every type, and every setting.
fn definition() -> Definition {
    let text = "Says \"what\" it \\ is: ö, 😀.";
    let mut all = CounterSetSpec::new(
        Guid::from_u128(0x0a11_0000_0000_4000_8000_0000_0000_0002),
        "All Types",
        text,
    )
    .instances(Instances::MultipleAggregate);
    let number = |kind: CounterType| CounterType::ALL.iter().position(|&is| is == kind);
    for (at, &kind) in CounterType::ALL.iter().enumerate() {
        let name = kind.to_string();
        if ["TEXT", "NODATA", "HISTOGRAM_TYPE"]
            .iter()
            .any(|no| name.ends_with(no))
        {
            continue;
        }
        let mut counter = CounterSpec::new(at as u32, name, text, kind);
        let find = |kind| number(kind).unwrap() as u32;
        counter.base = match kind {
            CounterType::AVERAGE_TIMER | CounterType::AVERAGE_BULK => {
                Some(find(CounterType::AVERAGE_BASE))
            }
            CounterType::RAW_FRACTION => Some(find(CounterType::RAW_BASE)),
            CounterType::SAMPLE_FRACTION => Some(find(CounterType::SAMPLE_BASE)),
            CounterType::LARGE_RAW_FRACTION | CounterType::PRECISION_100NS_TIMER => {
                Some(find(CounterType::LARGE_RAW_BASE))
            }
            CounterType::COUNTER_MULTI_TIMER_INV => Some(find(CounterType::COUNTER_MULTI_BASE)),
            _ => None,
        };
        if kind.is_multi() && !kind.is_base() {
            counter = counter.multiplier(find(CounterType::COUNTER_RAWCOUNT));
        }
        if matches!(
            kind,
            CounterType::COUNTER_OBJ_TIME_QUEUELEN_TYPE
                | CounterType::ELAPSED_TIME
                | CounterType::OBJ_TIME_TIMER
                | CounterType::PRECISION_OBJECT_TIMER
        ) {
            let large = find(CounterType::COUNTER_LARGE_RAWCOUNT);
            counter = counter.time(large, large);
        }
        all = all.counter(counter);
    }
    let plain = |id, name: &str| {
        CounterSpec::new(id, name, "What it counts.", CounterType::COUNTER_RAWCOUNT)
    };
    let settings = CounterSetSpec::new(
        Guid::from_u128(0x0a11_0000_0000_4000_8000_0000_0000_0003),
        "Settings",
        "Every setting.",
    )
    .instances(Instances::GlobalAggregateHistory)
    .counter(
        plain(1, "A")
            .scale(-3)
            .detail(Detail::Advanced)
            .hexadecimal(),
    )
    .counter(
        plain(2, "B")
            .aggregate(Aggregate::Maximum)
            .real()
            .no_grouping(),
    )
    .counter(plain(3, "C").hidden().symbol("third"));
    ProviderSpec::new(
        Guid::from_u128(0x0a11_0000_0000_4000_8000_0000_0000_0001),
        "Everything",
    )
    .resource_base(100)
    .set(all)
    .set(settings)
    .check()
    .unwrap()
}

#[test]
fn source_code_makes_the_definition_that_it_was_written_for() {
    let definition = definition();
    let written = definition.to_rust();
    if std::env::var_os("OSLENS_WRITE_EXPECTED").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/everything.rs");
        std::fs::write(path, &written).unwrap();
    }
    let kept = include_str!("data/everything.rs").replace("\r\n", "\n");
    assert_eq!(written, kept, "write it anew with OSLENS_WRITE_EXPECTED=1");
    assert_eq!(everything::counters().unwrap(), definition);
}
