use std::time::Duration;

use super::*;
use crate::{ErrorKind, sys::kernel::fake::Fake};

const LOAD: &[u8] = include_bytes!("../../../parse/macos/fixtures/macos_cpu_load.bin");
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
    let (host, _) = Fake::new()
        .named("hw.logicalcpu", 8_i32.to_le_bytes())
        .named("hw.physicalcpu", 4_i32.to_le_bytes())
        .host();
    assert_eq!(super::online(&host).unwrap().len(), 8);
    assert_eq!(super::physical_count(&host).unwrap(), Some(4));
    let (host, _) = Fake::new()
        .named("hw.logicalcpu", 0_i32.to_le_bytes())
        .host();
    let error = super::online(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert_eq!(super::physical_count(&host).unwrap(), None);
}

#[test]
fn intel_says_its_frequency_also_above_4_gigahertz() {
    let (host, _) = Fake::new()
        .named("hw.logicalcpu", 2_i32.to_le_bytes())
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
    let mut fake = Fake::new().named("hw.logicalcpu", 8_i32.to_le_bytes());
    fake.voltage_states = vec![
        table(&[600_000_000, 2_064_000_000]),
        table(&[396_000_000, 1_278_000_000]),
        table(&[972_000_000, 3_204_000_000]),
    ];
    let (host, _) = fake.host();
    let frequency = super::frequency_per_cpu(&host).unwrap()[7].frequency;
    let expected = Frequency {
        current: None,
        min: Some(600_000_000),
        max: Some(3_204_000_000),
    };
    assert_eq!(frequency, expected);
    // A virtual machine.
    let (host, _) = Fake::new()
        .named("hw.logicalcpu", 8_i32.to_le_bytes())
        .host();
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
