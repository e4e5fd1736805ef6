use oslens_counters::{
    CounterType, Result,
    definition::{CounterSetSpec, CounterSpec, Definition, Guid, ProviderSpec},
};

pub fn counters() -> Result<Definition> {
    ProviderSpec::new(Guid::from_u128(0x0a110000_0000_4000_8000_000000000001), "Everything")
        .symbol("Everything")
        .resource_base(100)
        .set(
            CounterSetSpec::new(
                Guid::from_u128(0x0a110000_0000_4000_8000_000000000002),
                "All Types",
                "Says \"what\" it \\ is: ö, 😀.",
            )
            .symbol("AllTypes")
            .instances(oslens_counters::definition::Instances::MultipleAggregate)
            .counter(
                CounterSpec::new(0, "PERF_COUNTER_RAWCOUNT", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_RAWCOUNT)
                .symbol("AllTypes_PERF_COUNTER_RAWCOUNT"),
            )
            .counter(
                CounterSpec::new(1, "PERF_COUNTER_LARGE_RAWCOUNT", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_LARGE_RAWCOUNT)
                .symbol("AllTypes_PERF_COUNTER_LARGE_RAWCOUNT"),
            )
            .counter(
                CounterSpec::new(2, "PERF_COUNTER_RAWCOUNT_HEX", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_RAWCOUNT_HEX)
                .symbol("AllTypes_PERF_COUNTER_RAWCOUNT_HEX"),
            )
            .counter(
                CounterSpec::new(3, "PERF_COUNTER_LARGE_RAWCOUNT_HEX", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_LARGE_RAWCOUNT_HEX)
                .symbol("AllTypes_PERF_COUNTER_LARGE_RAWCOUNT_HEX"),
            )
            .counter(
                CounterSpec::new(4, "PERF_COUNTER_DELTA", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_DELTA)
                .symbol("AllTypes_PERF_COUNTER_DELTA"),
            )
            .counter(
                CounterSpec::new(5, "PERF_COUNTER_LARGE_DELTA", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_LARGE_DELTA)
                .symbol("AllTypes_PERF_COUNTER_LARGE_DELTA"),
            )
            .counter(
                CounterSpec::new(6, "PERF_COUNTER_COUNTER", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_COUNTER)
                .symbol("AllTypes_PERF_COUNTER_COUNTER"),
            )
            .counter(
                CounterSpec::new(7, "PERF_COUNTER_BULK_COUNT", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_BULK_COUNT)
                .symbol("AllTypes_PERF_COUNTER_BULK_COUNT"),
            )
            .counter(
                CounterSpec::new(8, "PERF_SAMPLE_COUNTER", "Says \"what\" it \\ is: ö, 😀.", CounterType::SAMPLE_COUNTER)
                .symbol("AllTypes_PERF_SAMPLE_COUNTER"),
            )
            .counter(
                CounterSpec::new(9, "PERF_COUNTER_QUEUELEN_TYPE", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_QUEUELEN_TYPE)
                .symbol("AllTypes_PERF_COUNTER_QUEUELEN_TYPE"),
            )
            .counter(
                CounterSpec::new(10, "PERF_COUNTER_LARGE_QUEUELEN_TYPE", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_LARGE_QUEUELEN_TYPE)
                .symbol("AllTypes_PERF_COUNTER_LARGE_QUEUELEN_TYPE"),
            )
            .counter(
                CounterSpec::new(11, "PERF_COUNTER_100NS_QUEUELEN_TYPE", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_100NS_QUEUELEN_TYPE)
                .symbol("AllTypes_PERF_COUNTER_100NS_QUEUELEN_TYPE"),
            )
            .counter(
                CounterSpec::new(12, "PERF_COUNTER_OBJ_TIME_QUEUELEN_TYPE", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_OBJ_TIME_QUEUELEN_TYPE)
                .symbol("AllTypes_PERF_COUNTER_OBJ_TIME_QUEUELEN_TYPE")
                .time(1, 1),
            )
            .counter(
                CounterSpec::new(13, "PERF_COUNTER_TIMER", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_TIMER)
                .symbol("AllTypes_PERF_COUNTER_TIMER"),
            )
            .counter(
                CounterSpec::new(14, "PERF_COUNTER_TIMER_INV", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_TIMER_INV)
                .symbol("AllTypes_PERF_COUNTER_TIMER_INV"),
            )
            .counter(
                CounterSpec::new(15, "PERF_100NSEC_TIMER", "Says \"what\" it \\ is: ö, 😀.", CounterType::TIMER_100NSEC)
                .symbol("AllTypes_PERF_100NSEC_TIMER"),
            )
            .counter(
                CounterSpec::new(16, "PERF_100NSEC_TIMER_INV", "Says \"what\" it \\ is: ö, 😀.", CounterType::TIMER_100NSEC_INV)
                .symbol("AllTypes_PERF_100NSEC_TIMER_INV"),
            )
            .counter(
                CounterSpec::new(17, "PERF_OBJ_TIME_TIMER", "Says \"what\" it \\ is: ö, 😀.", CounterType::OBJ_TIME_TIMER)
                .symbol("AllTypes_PERF_OBJ_TIME_TIMER")
                .time(1, 1),
            )
            .counter(
                CounterSpec::new(18, "PERF_COUNTER_MULTI_TIMER", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_MULTI_TIMER)
                .symbol("AllTypes_PERF_COUNTER_MULTI_TIMER")
                .multiplier(0),
            )
            .counter(
                CounterSpec::new(19, "PERF_COUNTER_MULTI_TIMER_INV", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_MULTI_TIMER_INV)
                .symbol("AllTypes_PERF_COUNTER_MULTI_TIMER_INV")
                .base(37)
                .multiplier(0),
            )
            .counter(
                CounterSpec::new(20, "PERF_100NSEC_MULTI_TIMER", "Says \"what\" it \\ is: ö, 😀.", CounterType::MULTI_TIMER_100NSEC)
                .symbol("AllTypes_PERF_100NSEC_MULTI_TIMER")
                .multiplier(0),
            )
            .counter(
                CounterSpec::new(21, "PERF_100NSEC_MULTI_TIMER_INV", "Says \"what\" it \\ is: ö, 😀.", CounterType::MULTI_TIMER_100NSEC_INV)
                .symbol("AllTypes_PERF_100NSEC_MULTI_TIMER_INV")
                .multiplier(0),
            )
            .counter(
                CounterSpec::new(22, "PERF_PRECISION_SYSTEM_TIMER", "Says \"what\" it \\ is: ö, 😀.", CounterType::PRECISION_SYSTEM_TIMER)
                .symbol("AllTypes_PERF_PRECISION_SYSTEM_TIMER"),
            )
            .counter(
                CounterSpec::new(23, "PERF_PRECISION_100NS_TIMER", "Says \"what\" it \\ is: ö, 😀.", CounterType::PRECISION_100NS_TIMER)
                .symbol("AllTypes_PERF_PRECISION_100NS_TIMER")
                .base(36),
            )
            .counter(
                CounterSpec::new(24, "PERF_PRECISION_OBJECT_TIMER", "Says \"what\" it \\ is: ö, 😀.", CounterType::PRECISION_OBJECT_TIMER)
                .symbol("AllTypes_PERF_PRECISION_OBJECT_TIMER")
                .time(1, 1),
            )
            .counter(
                CounterSpec::new(25, "PERF_RAW_FRACTION", "Says \"what\" it \\ is: ö, 😀.", CounterType::RAW_FRACTION)
                .symbol("AllTypes_PERF_RAW_FRACTION")
                .base(35),
            )
            .counter(
                CounterSpec::new(26, "PERF_LARGE_RAW_FRACTION", "Says \"what\" it \\ is: ö, 😀.", CounterType::LARGE_RAW_FRACTION)
                .symbol("AllTypes_PERF_LARGE_RAW_FRACTION")
                .base(36),
            )
            .counter(
                CounterSpec::new(27, "PERF_SAMPLE_FRACTION", "Says \"what\" it \\ is: ö, 😀.", CounterType::SAMPLE_FRACTION)
                .symbol("AllTypes_PERF_SAMPLE_FRACTION")
                .base(33),
            )
            .counter(
                CounterSpec::new(28, "PERF_AVERAGE_TIMER", "Says \"what\" it \\ is: ö, 😀.", CounterType::AVERAGE_TIMER)
                .symbol("AllTypes_PERF_AVERAGE_TIMER")
                .base(34),
            )
            .counter(
                CounterSpec::new(29, "PERF_AVERAGE_BULK", "Says \"what\" it \\ is: ö, 😀.", CounterType::AVERAGE_BULK)
                .symbol("AllTypes_PERF_AVERAGE_BULK")
                .base(34),
            )
            .counter(
                CounterSpec::new(30, "PERF_ELAPSED_TIME", "Says \"what\" it \\ is: ö, 😀.", CounterType::ELAPSED_TIME)
                .symbol("AllTypes_PERF_ELAPSED_TIME")
                .time(1, 1),
            )
            .counter(
                CounterSpec::new(33, "PERF_SAMPLE_BASE", "Says \"what\" it \\ is: ö, 😀.", CounterType::SAMPLE_BASE)
                .symbol("AllTypes_PERF_SAMPLE_BASE"),
            )
            .counter(
                CounterSpec::new(34, "PERF_AVERAGE_BASE", "Says \"what\" it \\ is: ö, 😀.", CounterType::AVERAGE_BASE)
                .symbol("AllTypes_PERF_AVERAGE_BASE"),
            )
            .counter(
                CounterSpec::new(35, "PERF_RAW_BASE", "Says \"what\" it \\ is: ö, 😀.", CounterType::RAW_BASE)
                .symbol("AllTypes_PERF_RAW_BASE"),
            )
            .counter(
                CounterSpec::new(36, "PERF_LARGE_RAW_BASE", "Says \"what\" it \\ is: ö, 😀.", CounterType::LARGE_RAW_BASE)
                .symbol("AllTypes_PERF_LARGE_RAW_BASE"),
            )
            .counter(
                CounterSpec::new(37, "PERF_COUNTER_MULTI_BASE", "Says \"what\" it \\ is: ö, 😀.", CounterType::COUNTER_MULTI_BASE)
                .symbol("AllTypes_PERF_COUNTER_MULTI_BASE"),
            ),
        )
        .set(
            CounterSetSpec::new(
                Guid::from_u128(0x0a110000_0000_4000_8000_000000000003),
                "Settings",
                "Every setting.",
            )
            .symbol("Settings")
            .instances(oslens_counters::definition::Instances::GlobalAggregateHistory)
            .counter(
                CounterSpec::new(1, "A", "What it counts.", CounterType::COUNTER_RAWCOUNT)
                .symbol("Settings_A")
                .detail(oslens_counters::Detail::Advanced)
                .scale(-3)
                .hexadecimal(),
            )
            .counter(
                CounterSpec::new(2, "B", "What it counts.", CounterType::COUNTER_RAWCOUNT)
                .symbol("Settings_B")
                .aggregate(oslens_counters::definition::Aggregate::Maximum)
                .no_grouping()
                .real(),
            )
            .counter(
                CounterSpec::new(3, "C", "What it counts.", CounterType::COUNTER_RAWCOUNT)
                .symbol("third")
                .hidden(),
            ),
        )
        .check()
}
