use super::*;
use crate::parse::layout::Type as _;
use crate::parse::layout::macos::process::{RusageInfoV0, RusageInfoV2, RusageInfoV4};

const TASK: &[u8] = include_bytes!("../fixtures/macos_task.bin");
const USAGE: &[u8] = include_bytes!("../fixtures/macos_usage.bin");
const THREADS: &[u8] = include_bytes!("../fixtures/macos_threads.bin");
const MEMORY: &[u8] = include_bytes!("../fixtures/macos_task_memory.bin");
const RECORD: &[u8] = include_bytes!("../../kinfo/fixtures/macos_kinfo_proc.bin");
const LITTLE: Endian = Endian::Little;

#[test]
fn a_task_is_read_as_the_headers_write_it() {
    let found = task(&TASK[..96], LITTLE).unwrap();
    let expected = Task {
        virtual_size: 418 << 30,
        resident: 123 << 20,
        user: 296_296_272,
        system: 36_000_000,
        faults: 5000,
        pageins: 70,
        copies_on_write: 800,
        messages_sent: 11,
        messages_received: 12,
        mach_calls: 13,
        unix_calls: 14,
        switches: 1500,
        threads: 9,
        running: 1,
        priority: 31,
    };
    assert_eq!(found, expected);
}

#[test]
fn counters_of_older_kernels_go_on_where_a_signed_number_ends() {
    let found = task(&TASK[96..192], LITTLE).unwrap();
    assert_eq!((found.faults, found.pageins), (u32::MAX, u32::MAX - 1));
    assert_eq!(found.switches, 1 << 31);
    assert_eq!(found.user, u64::MAX);
    assert!(
        task(&TASK[192..], LITTLE).is_err(),
        "less threads than none"
    );
}

#[test]
fn ticks_are_a_time_by_the_clock_of_the_machine_whatever_their_number() {
    let mac = |ticks| mach_time(ticks, 24_000_000);
    assert_eq!(mac(296_296_272), Some(Duration::from_micros(12_345_678)));
    assert_eq!(mac(1), Some(Duration::from_nanos(41)));
    assert_eq!(
        mach_time(1_500_000_001, 1_000_000_000),
        Some(Duration::from_nanos(1_500_000_001))
    );
    assert_eq!(mach_time(u64::MAX, 1), Some(Duration::from_secs(u64::MAX)));
    assert_eq!(mach_time(u64::MAX, u64::MAX), Some(Duration::from_secs(1)));
    assert!(mac(u64::MAX).unwrap() > Duration::from_secs(700_000_000_000));
    assert_eq!(mach_time(5, 0), None);
}

#[test]
fn usage_is_known_as_far_as_the_version_goes() {
    let newest = usage(USAGE, LITTLE).unwrap();
    let expected = Usage {
        user: 296_296_272,
        system: 36_000_000,
        idle_wakeups: 21,
        interrupt_wakeups: 22,
        pageins: 23,
        wired: 24 << 14,
        resident: 123 << 20,
        footprint: 99 << 20,
        children_user: Some(24_000_000),
        children_system: Some(12_000_000),
        disk_read: Some(31 << 12),
        disk_written: Some(32 << 12),
        logical_writes: Some(34 << 12),
        footprint_peak: Some(150 << 20),
        instructions: Some(35),
        cycles: Some(36),
        runnable: Some(48_000_000),
        fast_user: Some(24_000),
        fast_system: Some(48_000),
        energy: Some(43),
    };
    assert_eq!(newest, expected);
    let four = Usage {
        fast_user: None,
        fast_system: None,
        energy: None,
        ..expected
    };
    assert_eq!(usage(&USAGE[..RusageInfoV4::SIZE], LITTLE), Ok(four));
    let two = Usage {
        logical_writes: None,
        footprint_peak: None,
        instructions: None,
        cycles: None,
        runnable: None,
        ..four
    };
    assert_eq!(usage(&USAGE[..RusageInfoV2::SIZE], LITTLE), Ok(two));
    let none = Usage {
        children_user: None,
        children_system: None,
        disk_read: None,
        disk_written: None,
        ..two
    };
    assert_eq!(usage(&USAGE[..RusageInfoV0::SIZE], LITTLE), Ok(none));
    assert!(usage(&USAGE[..RusageInfoV0::SIZE - 1], LITTLE).is_err());
}

#[test]
fn the_kinds_of_memory_are_read_as_far_as_a_kernel_fills_them_in() {
    let found = task_memory(MEMORY, LITTLE).unwrap();
    let expected = TaskMemory {
        resident_peak: 200 << 20,
        internal: 80 << 20,
        external: 43 << 20,
        compressed: 5 << 20,
    };
    assert_eq!(found, expected);
    // The first version that there was ends behind `compressed_lifetime`.
    assert_eq!(task_memory(&MEMORY[..144], LITTLE), Ok(expected));
    for length in 0..128 {
        assert!(task_memory(&MEMORY[..length], LITTLE).is_err(), "{length}");
    }
}

#[test]
fn a_thread_is_read_as_the_headers_write_it() {
    let [one, two, three] = [0, 112, 224].map(|at| thread(&THREADS[at..at + 112], LITTLE).unwrap());
    assert_eq!(one.user, Duration::from_nanos(1_500_000_001));
    assert_eq!(one.system, Duration::from_millis(250));
    assert_eq!((one.state, one.flags), (1, 0));
    assert_eq!(one.name, b"com.example.worker");
    assert_eq!((two.state, two.name.len()), (4, 64));
    assert_eq!((three.state, three.flags, three.name), (3, 2, &b""[..]));
}

#[test]
fn handles_are_addresses_of_64_bits_and_half_a_one_is_none() {
    let list = [0x1_6f5b_7000_u64, 0, u64::MAX]
        .map(u64::to_le_bytes)
        .concat();
    assert_eq!(
        threads(&list, LITTLE).collect::<Vec<_>>(),
        [0x1_6f5b_7000, 0, u64::MAX]
    );
    assert_eq!(threads(&list[..23], LITTLE).count(), 2);
    assert_eq!(threads(&[], LITTLE).count(), 0);
}

#[test]
fn a_record_says_whether_its_process_is_translated() {
    let record = &RECORD[648..1296];
    assert_eq!(is_translated(record, LITTLE), Ok(false));
    let mut translated = record.to_vec();
    let flags = KinfoProc::kp_proc.then(ExternProc::p_flag).offset();
    translated[flags + 2] |= 2;
    assert_eq!(is_translated(&translated, LITTLE), Ok(true));
}

#[test]
fn what_is_cut_is_an_error_and_what_follows_is_nobodys() {
    for length in 0..96 {
        assert!(task(&TASK[..length], LITTLE).is_err(), "{length}");
    }
    for length in 0..112 {
        assert!(thread(&THREADS[..length], LITTLE).is_err(), "{length}");
    }
    for length in 0..648 {
        _ = is_translated(&RECORD[..length], LITTLE);
    }
    assert!(is_translated(&[], LITTLE).is_err());
    assert_eq!(task(TASK, LITTLE), task(&TASK[..96], LITTLE));
    let longer = [USAGE, &[0xff; 64]].concat();
    assert_eq!(usage(&longer, LITTLE), usage(USAGE, LITTLE));
}
