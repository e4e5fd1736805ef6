use std::time::Duration;

use super::*;
use crate::sys::kernel::fake::Fake;

const CLOCKINFO: &[u8] = include_bytes!("../../../parse/bsd/fixtures/freebsd_clockinfo.bin");
const LOADAVG: &[u8] = include_bytes!("../../../parse/bsd/fixtures/freebsd_loadavg.bin");
const VMTOTAL: &[u8] = include_bytes!("../../../parse/freebsd/fixtures/freebsd_vmtotal.bin");

fn longs(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().copied().flat_map(u64::to_le_bytes).collect()
}

/// A machine whose CPU 1 does not exist.
fn machine() -> Fake {
    Fake::new()
        .named("kern.cp_time", longs(&[127, 254, 381, 0, 1270]))
        .named(
            "kern.cp_times",
            longs(&[127, 0, 127, 0, 635, 0, 0, 0, 0, 0, 0, 254, 254, 0, 635]),
        )
        .answer(Question::Sysctl(&[CTL_KERN, KERN_CLOCKRATE]), CLOCKINFO)
}

#[test]
fn ticks_are_those_of_the_statistics_clock() {
    let (host, log) = machine().host();
    let times = super::times(&host).unwrap();
    assert_eq!(times.user, Duration::from_secs(1));
    assert_eq!(times.nice, Duration::from_secs(2));
    assert_eq!(times.system, Duration::from_secs(3));
    assert_eq!(times.idle, Duration::from_secs(10));
    assert_eq!(times.irq, Some(Duration::ZERO));
    assert_eq!((times.iowait, times.steal), (None, None));
    assert_eq!(log.lines().len(), 2);
}

#[test]
fn a_cpu_that_does_not_exist_is_missing() {
    let (host, log) = machine().host();
    let all = times_per_cpu(&host).unwrap();
    let numbers: Vec<_> = all.iter().map(|one| one.cpu).collect();
    assert_eq!(numbers, [0, 2]);
    assert_eq!(all[1].times.nice, Duration::from_secs(2));
    assert_eq!(log.lines().len(), 2);
    assert_eq!(super::online(&host).unwrap(), [0, 2]);
    assert_eq!(super::online(&host).unwrap().len(), 2);
}

#[test]
fn counters_have_four_or_eight_bytes() {
    let (host, log) = Fake::new()
        .named("vm.stats.sys.v_swtch", 5_000_000_000_u64.to_le_bytes())
        .named("vm.stats.sys.v_intr", 4_000_000_000_u32.to_le_bytes())
        .named("vm.stats.sys.v_syscall", 7_u64.to_le_bytes())
        .named("vm.stats.vm.v_forks", 1_u64.to_le_bytes())
        .named("vm.stats.vm.v_vforks", 2_u64.to_le_bytes())
        .named("vm.stats.vm.v_rforks", 3_u64.to_le_bytes())
        .named("vm.stats.vm.v_kthreads", 4_u32.to_le_bytes())
        .answer(Question::Sysctl(&[CTL_VM, VM_TOTAL]), VMTOTAL)
        .host();
    let stats = super::stats(&host).unwrap();
    assert_eq!(stats.ctx_switches, Some(5_000_000_000));
    assert_eq!(stats.interrupts, Some(4_000_000_000));
    assert_eq!((stats.soft_interrupts, stats.syscalls), (None, Some(7)));
    assert_eq!(stats.forks, Some(10));
    assert_eq!((stats.running, stats.blocked), (Some(3), Some(2)));
    assert_eq!(log.lines().len(), 9);
    // Not one of the parts of a sum for all of it.
    let (host, _) = Fake::new()
        .named("vm.stats.vm.v_forks", 1_u64.to_le_bytes())
        .host();
    assert_eq!(super::stats(&host).unwrap(), Stats::default());
}

#[test]
fn cores_are_unknown_before_the_kernel_says() {
    let cores = |fake: Fake| super::physical_count(&fake.host().0);
    let four = Fake::new().named("kern.smp.cores", 4_i32.to_le_bytes());
    assert_eq!(cores(four).unwrap(), Some(4));
    let none = Fake::new().named("kern.smp.cores", (-1_i32).to_le_bytes());
    assert_eq!(cores(none).unwrap(), None);
    assert_eq!(cores(Fake::new()).unwrap(), None);
}

#[test]
fn frequencies_are_those_of_the_driver_and_never_the_nominal_one() {
    let nominal = || machine().named("hw.clockrate", 2096_i32.to_le_bytes());
    let (host, log) = nominal()
        .named("dev.cpu.0.freq", 1800_i32.to_le_bytes())
        .named("dev.cpu.0.freq_levels", *b"2401/35000 800/8000\0")
        .host();
    let all = super::frequency_per_cpu(&host).unwrap();
    let [one] = all.try_into().unwrap();
    assert_eq!(one.cpu, 0);
    let expected = Frequency {
        current: Some(1_800_000_000),
        min: Some(800_000_000),
        max: Some(2_401_000_000),
    };
    assert_eq!(one.frequency, expected);
    // The list of CPUs, two for the one, one for the other.
    assert_eq!(log.lines().len(), 4);

    let (host, _) = nominal().host();
    assert_eq!(super::frequency_per_cpu(&host).unwrap(), []);
}

#[test]
fn the_load_is_scaled() {
    let (host, log) = Fake::new()
        .answer(Question::Sysctl(&[CTL_VM, VM_LOADAVG]), LOADAVG)
        .host();
    let load = super::load_average(&host).unwrap();
    assert!((load.one, load.five, load.fifteen) == (0.5, 1.25, 17.0));
    assert_eq!((load.running, load.total), (None, None));
    assert_eq!(log.lines().len(), 1);
}

#[test]
fn what_is_refused_or_wrong_is_an_error_and_no_zero() {
    let kind = |fake: Fake| super::times(&fake.host().0).unwrap_err().kind();
    assert_eq!(kind(Fake::new()), ErrorKind::Unsupported);
    let refused = Fake::new().fail(Question::Named("kern.cp_time"), libc::EPERM);
    assert_eq!(kind(refused), ErrorKind::AccessDenied);
    let short = machine().named("kern.cp_time", [0; 39]);
    // The answers are given in their order, and the last one stays.
    let (host, _) = short.host();
    super::times(&host).unwrap();
    let error = super::times(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}

#[test]
fn no_machine_is_without_a_cpu() {
    let (host, _) = Fake::new().named("kern.cp_times", [0; 80]).host();
    let error = super::online(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}
