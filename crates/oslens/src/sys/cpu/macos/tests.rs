use std::time::Duration;

use super::*;
use crate::{ErrorKind, sys::kernel::fake::Fake};

const LOAD: &[u8] = include_bytes!("../../../parse/macos/fixtures/macos_cpu_load.bin");
const PROCESSORS: &[u8] = include_bytes!("../../../parse/macos/fixtures/macos_processors.bin");
const LOADAVG: &[u8] = include_bytes!("../../../parse/bsd/fixtures/macos_loadavg.bin");

fn table(hertz: &[u32]) -> Vec<u8> {
    let pairs = hertz.iter().flat_map(|hertz| [*hertz, 781]);
    pairs.flat_map(u32::to_le_bytes).collect()
}

#[test]
fn a_tick_is_a_hundredth_of_a_second() {
    let (host, log) = Fake::new().answer(Question::ProcessorLoad, LOAD).host();
    let times = super::times(&host).unwrap();
    assert_eq!(times.user, Duration::from_millis(210));
    assert_eq!(times.nice, Duration::from_millis(410));
    // The sum does not begin again where a counter of 32 bits would.
    assert_eq!(times.idle, Duration::from_millis(40_000_000_310));
    assert_eq!(times.irq, None);
    let [first, second] = times_per_cpu(&host).unwrap().try_into().unwrap();
    assert_eq!((first.cpu, second.cpu), (0, 1));
    assert_eq!(second.times.system, Duration::from_millis(210));
    assert_eq!(log.lines().len(), 2);
}

#[test]
fn counts_are_those_of_the_hardware() {
    let (host, log) = Fake::new()
        .answer(Question::Processors, PROCESSORS)
        .named("hw.physicalcpu", 2_i32.to_le_bytes())
        .host();
    assert_eq!(super::online(&host).unwrap(), [0, 2]);
    assert_eq!(super::physical_count(&host).unwrap(), Some(2));
    assert_eq!(log.lines().len(), 2);
    // There is none without a CPU that runs, which asks.
    for answer in [&[][..], &PROCESSORS[..19], &PROCESSORS[20..40]] {
        let (host, _) = Fake::new().answer(Question::Processors, answer).host();
        let error = super::online(&host).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert_eq!(super::physical_count(&host).unwrap(), None);
    }
}

#[test]
fn intel_says_its_frequency_also_above_4_gigahertz() {
    let (host, _) = Fake::new()
        .answer(Question::Processors, PROCESSORS)
        .named("hw.cpufrequency", 4_500_000_000_u64.to_le_bytes())
        .named("hw.cpufrequency_min", 0_u64.to_le_bytes())
        .named("hw.cpufrequency_max", 5_000_000_000_u64.to_le_bytes())
        .host();
    let all = super::frequency_per_cpu(&host).unwrap();
    assert_eq!(all.len(), 2);
    let expected = Frequency {
        current: Some(4_500_000_000),
        min: None,
        max: Some(5_000_000_000),
    };
    assert_eq!(all[1].frequency, expected);
}

#[test]
fn apple_silicon_says_what_its_clusters_can() {
    let mut fake = Fake::new().answer(Question::Processors, PROCESSORS);
    fake.voltage_states = vec![
        table(&[600_000_000, 2_064_000_000]),
        table(&[396_000_000, 1_278_000_000]),
        table(&[972_000_000, 3_204_000_000]),
    ];
    let (host, _) = fake.host();
    let frequency = super::frequency_per_cpu(&host).unwrap()[1].frequency;
    let expected = Frequency {
        current: None,
        min: Some(600_000_000),
        max: Some(3_204_000_000),
    };
    assert_eq!(frequency, expected);
    // A virtual machine.
    let (host, _) = Fake::new().answer(Question::Processors, PROCESSORS).host();
    assert_eq!(super::frequency_per_cpu(&host).unwrap(), []);
}

#[test]
fn events_are_unknown_and_never_made_up() {
    let (host, log) = Fake::new()
        .answer(Question::Sysctl(&[CTL_VM, VM_LOADAVG]), LOADAVG)
        .host();
    assert_eq!(super::stats(&host).unwrap(), Stats::default());
    assert_eq!(log.lines(), [""; 0]);
    assert!(super::load_average(&host).unwrap().one == 0.5);
    assert_eq!(super::allowed(&host, Pid::new(1)).unwrap(), None);
    assert_eq!(runnable().unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn kinds_of_cores_are_told_with_their_caches() {
    let numbers = |level: u32, all: &[(&str, i32)]| -> Vec<(String, Vec<u8>)> {
        all.iter()
            .map(|(name, number)| {
                let name = format!("hw.perflevel{level}.{name}");
                (name, number.to_le_bytes().to_vec())
            })
            .collect()
    };
    let mut fake = Fake::new()
        .named("hw.nperflevels", 2_i32.to_le_bytes())
        .named("hw.perflevel0.name", *b"Performance\0")
        .fail(Question::Named("hw.perflevel0.l3cachesize"), libc::EINVAL)
        .fail(Question::Named("hw.perflevel0.cpusperl3"), libc::EINVAL);
    let fast = [
        ("physicalcpu_max", 8),
        ("logicalcpu_max", 8),
        ("l1icachesize", 192 << 10),
        ("l1dcachesize", 128 << 10),
        ("l2cachesize", 12 << 20),
        ("cpusperl2", 4),
    ];
    let slow = [
        ("physicalcpu_max", 2),
        ("logicalcpu_max", 2),
        ("cpusperl2", 0),
    ];
    for (name, bytes) in numbers(0, &fast).into_iter().chain(numbers(1, &slow)) {
        fake = fake.named(&name, bytes);
    }
    let (host, log) = fake.host();
    let [fast, slow] = performance_levels(&host).unwrap().try_into().unwrap();
    assert_eq!(fast.name.as_deref(), Some("Performance"));
    assert_eq!((fast.physical_cpus, fast.logical_cpus), (Some(8), Some(8)));
    assert_eq!(fast.level1_instruction_cache, Some(192 << 10));
    assert_eq!(fast.level1_data_cache, Some(128 << 10));
    assert_eq!(fast.level2_cache, Some(12 << 20));
    assert_eq!(fast.cpus_per_level2_cache, Some(4));
    assert_eq!(
        (fast.level3_cache, fast.cpus_per_level3_cache),
        (None, None)
    );
    // What is not told of it is not zero.
    assert_eq!((slow.name.as_ref(), slow.physical_cpus), (None, Some(2)));
    assert_eq!(
        (slow.level2_cache, slow.cpus_per_level2_cache),
        (None, None)
    );
    assert_eq!(log.lines().len(), 1 + 2 * 9);
}

#[test]
fn a_kernel_that_knows_no_kinds_of_cores_has_none() {
    let (host, _) = Fake::new().host();
    let error = performance_levels(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    for count in [0, -1, i32::MAX] {
        let (host, _) = Fake::new()
            .named("hw.nperflevels", count.to_le_bytes())
            .host();
        let error = performance_levels(&host).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }
}
