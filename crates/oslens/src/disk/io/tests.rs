use super::*;

fn counters(base: u64) -> IoCounters {
    let time = Some(Duration::from_millis(base));
    IoCounters {
        read_count: base,
        write_count: base + 1,
        read_bytes: base * 512,
        write_bytes: base * 1024,
        read_time: time,
        write_time: time,
        read_merged_count: Some(base),
        write_merged_count: Some(base),
        busy_time: time,
        weighted_time: time,
        in_flight: Some(3),
        discards: Some(DiscardCounters {
            count: base,
            merged_count: Some(base),
            bytes: base,
            time: Duration::from_millis(base),
        }),
        flushes: None,
    }
}

fn device(name: &str, counters: IoCounters) -> DeviceIo {
    DeviceIo {
        name: name.into(),
        number: Some(DeviceNumber::new(8, 0)),
        counters,
    }
}

fn snapshot(taken_at: Instant, devices: Vec<DeviceIo>) -> IoSnapshot {
    IoSnapshot { taken_at, devices }
}

fn kind(name: &str, kind: DeviceKind) -> Device {
    Device {
        name: name.into(),
        number: None,
        kind,
        parent: None,
        lower: Vec::new(),
        size: None,
        removable: None,
        rotational: None,
        read_only: None,
        model: None,
    }
}

#[test]
fn rates_come_from_two_snapshots() {
    let start = Instant::now();
    let before = snapshot(
        start,
        vec![device("sda", counters(1000)), device("gone", counters(1))],
    );
    let now = snapshot(
        start + Duration::from_secs(2),
        vec![device("sda", counters(2000)), device("new", counters(1))],
    );
    let delta = now.since(&before);
    assert_eq!(delta.elapsed, Duration::from_secs(2));
    let [disk] = &delta.devices[..] else {
        panic!("{delta:?}")
    };
    assert_eq!(disk.name, "sda");
    assert_eq!(disk.counters.read_count, 1000);
    assert_eq!(disk.per_second(disk.counters.read_bytes), 256_000.0);
    assert_eq!(disk.busy_fraction(), Some(0.5));
    assert_eq!(disk.counters.in_flight, Some(3));
    assert_eq!(disk.counters.flushes, None);
}

#[test]
fn no_time_makes_no_infinite_rate() {
    let start = Instant::now();
    let same = snapshot(start, vec![device("sda", counters(5))]);
    let delta = same.since(&same);
    assert_eq!(delta.devices[0].per_second(100), 0.0);
    assert_eq!(delta.devices[0].busy_fraction(), None);
}

#[test]
fn a_time_that_wrapped_after_49_days_goes_on() {
    let start = Instant::now();
    let mut early = counters(5);
    early.busy_time = Some(Duration::from_millis((1 << 32) - 100));
    let mut late = counters(6);
    late.busy_time = Some(Duration::from_millis(400));
    let delta = snapshot(start + Duration::from_secs(1), vec![device("sda", late)])
        .since(&snapshot(start, vec![device("sda", early)]));
    assert_eq!(
        delta.devices[0].counters.busy_time,
        Some(Duration::from_millis(500))
    );
}

#[test]
fn a_time_that_went_back_a_little_is_no_time_and_not_49_days() {
    let start = Instant::now();
    let mut early = counters(5);
    early.weighted_time = Some(Duration::from_millis(100_000));
    let mut late = counters(6);
    late.weighted_time = Some(Duration::from_millis(99_990));
    let delta = snapshot(start + Duration::from_secs(1), vec![device("sda", late)])
        .since(&snapshot(start, vec![device("sda", early)]));
    assert_eq!(
        delta.devices[0].counters.weighted_time,
        Some(Duration::ZERO)
    );
}

#[test]
fn a_disk_that_was_replaced_is_left_out() {
    let start = Instant::now();
    let before = snapshot(start, vec![device("sda", counters(1000))]);
    let now = snapshot(
        start + Duration::from_secs(1),
        vec![device("sda", counters(10))],
    );
    assert_eq!(now.since(&before).devices, []);
    let mut other = now.clone();
    other.devices[0].number = Some(DeviceNumber::new(8, 16));
    other.devices[0].counters = counters(5000);
    assert_eq!(other.since(&before).devices, []);
}

#[test]
fn the_total_counts_nothing_twice() {
    let snapshot = snapshot(
        Instant::now(),
        ["sda", "sda1", "dm-0", "loop0", "zram0", "sdb", "nvme0c0n1"]
            .map(|name| device(name, counters(100)))
            .to_vec(),
    );
    let devices = [
        kind("sda", DeviceKind::Disk),
        kind("sda1", DeviceKind::Partition),
        kind("dm-0", DeviceKind::Stacked),
        kind("loop0", DeviceKind::Stacked),
        kind("zram0", DeviceKind::Memory),
        kind("sdb", DeviceKind::Disk),
        kind("nvme0c0n1", DeviceKind::Path),
    ];
    let total = snapshot.total(&devices).unwrap();
    assert_eq!(total.read_count, 200);
    assert_eq!(total.busy_time, Some(Duration::from_millis(200)));
    assert_eq!(total.flushes, None);
    assert_eq!(snapshot.total(&[]), None);
}

#[test]
fn adjusting_continues_each_counter_and_leaves_the_unknown_unknown() {
    let mut nowrap = IoNoWrap::new();
    let start = Instant::now();
    let first = snapshot(start, vec![device("sda", counters(1000))]);
    let mut same = first.clone();
    nowrap.adjust(&mut same);
    assert_eq!(same, first);
    let mut wrapped = snapshot(start, vec![device("sda", counters(10))]);
    nowrap.adjust(&mut wrapped);
    let now = wrapped.devices[0].counters;
    assert_eq!(now.read_count, 1010);
    assert_eq!(now.write_count, 1001 + 11);
    assert_eq!(now.write_bytes, 1010 * 1024);
    assert_eq!(now.weighted_time, Some(Duration::from_millis(1010)));
    assert_eq!(now.discards.unwrap().time, Duration::from_millis(1010));
    assert_eq!(now.in_flight, Some(3));
    assert_eq!(now.flushes, None);
}
