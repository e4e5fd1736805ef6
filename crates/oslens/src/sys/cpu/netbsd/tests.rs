use std::time::Duration;

use super::*;
use crate::{ErrorKind, sys::kernel::fake::Fake};

const CLOCKINFO: &[u8] = include_bytes!("../../../parse/bsd/fixtures/netbsd_clockinfo.bin");
const LOADAVG: &[u8] = include_bytes!("../../../parse/bsd/fixtures/netbsd_loadavg.bin");
const UVMEXP: &[u8] = include_bytes!("../../../parse/netbsd/fixtures/netbsd_uvmexp.bin");
const VMTOTAL: &[u8] = include_bytes!("../../../parse/netbsd/fixtures/netbsd_vmtotal.bin");

fn cp_time(size: usize) -> Question<'static> {
    Question::Room {
        mib: &[CTL_KERN, KERN_CP_TIME],
        size,
    }
}

fn ticks(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().copied().flat_map(u64::to_le_bytes).collect()
}

/// A machine with so many of its two CPUs online.
fn machine(online: u32) -> Fake {
    Fake::new()
        .answer(cp_time(ONE), ticks(&[100, 200, 300, 50, 1000]))
        .answer(
            cp_time(MANY),
            ticks(&[100, 0, 0, 50, 500, 0, 200, 300, 0, 500]),
        )
        .answer(Question::Sysctl(&[CTL_KERN, KERN_CLOCKRATE]), CLOCKINFO)
        .answer(Question::Sysctl(&[CTL_HW, HW_NCPU]), 2_u32.to_le_bytes())
        .answer(
            Question::Sysctl(&[CTL_HW, HW_NCPUONLINE]),
            online.to_le_bytes(),
        )
}

fn state(cpu: u8) -> Vec<u8> {
    let mut state = vec![0; Cpustate::SIZE];
    state[0] = cpu;
    state
}

#[test]
fn the_room_for_an_answer_says_whether_it_is_the_sum() {
    let (host, log) = machine(2).host();
    let times = super::times(&host).unwrap();
    assert_eq!(times.user, Duration::from_secs(1));
    assert_eq!(times.nice, Duration::from_secs(2));
    assert_eq!(times.system, Duration::from_secs(3));
    assert_eq!(times.irq, Some(Duration::from_millis(500)));
    assert_eq!(times.idle, Duration::from_secs(10));
    assert_eq!(log.lines().len(), 2);
    let all = times_per_cpu(&host).unwrap();
    let [first, second] = all.try_into().unwrap();
    assert_eq!((first.cpu, second.cpu), (0, 1));
    assert_eq!(second.times.nice, Duration::from_secs(2));
    assert_eq!(log.lines().len(), 2 + 4);
}

#[test]
fn cpus_that_are_offline_are_missing() {
    let ask = |structure| Question::Exchange {
        path: "/dev/cpuctl",
        request: IOC_CPU_GETSTATE,
        structure,
    };
    let (first, second) = (state(0), state(1));
    let mut online = second.clone();
    online[Cpustate::cs_online.offset()] = 1;
    let fake = machine(1)
        .answer(ask(&first), first.clone())
        .answer(ask(&second), online);
    let (host, _) = fake.host();
    assert_eq!(super::online(&host).unwrap(), [1]);
    let [one] = times_per_cpu(&host).unwrap().try_into().unwrap();
    assert_eq!((one.cpu, one.times.idle), (1, Duration::from_secs(5)));

    // One that is gone is offline, but never are all.
    let fake = machine(1).fail(ask(&first), libc::ESRCH);
    let mut last = second.clone();
    last[Cpustate::cs_online.offset()] = 1;
    let (host, _) = fake.answer(ask(&second), last).host();
    assert_eq!(super::online(&host).unwrap(), [1]);
    let fake = machine(1).answer(ask(&first), first.clone());
    let (host, _) = fake.answer(ask(&second), second.clone()).host();
    let error = super::online(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    let (host, _) = machine(1).fail(ask(&first), libc::EACCES).host();
    let error = super::online(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    let (host, log) = machine(2).host();
    assert_eq!(super::online(&host).unwrap(), [0, 1]);
    assert_eq!(log.lines().len(), 2);
}

#[test]
fn events_are_those_of_uvm() {
    let fake = Fake::new().answer(Question::Sysctl(&[CTL_VM, VM_UVMEXP2]), UVMEXP);
    let (host, _) = fake.host();
    let stats = super::stats(&host).unwrap();
    assert_eq!((stats.ctx_switches, stats.interrupts), (Some(13), Some(14)));
    assert_eq!(
        (stats.soft_interrupts, stats.syscalls),
        (Some(15), Some(16))
    );
    assert_eq!((stats.forks, stats.running), (Some(17), None));
    let (host, log) = Fake::new()
        .answer(Question::Sysctl(&[CTL_VM, VM_UVMEXP2]), UVMEXP)
        .answer(Question::Sysctl(&[CTL_VM, VM_METER]), VMTOTAL)
        .host();
    let stats = super::stats(&host).unwrap();
    assert_eq!((stats.running, stats.blocked), (Some(3), Some(2)));
    assert_eq!(log.lines().len(), 2);
    assert!(super::stats(&Fake::new().host().0).is_err());
}

#[test]
fn frequencies_are_those_of_a_driver() {
    let (host, _) = machine(2)
        .named("machdep.powernow.frequency.current", 1600_i32.to_le_bytes())
        .named("machdep.powernow.frequency.available", *b"2400 1600 800\0")
        .host();
    let all = super::frequency_per_cpu(&host).unwrap();
    let expected = Frequency {
        current: Some(1_600_000_000),
        min: Some(800_000_000),
        max: Some(2_400_000_000),
    };
    let numbers: Vec<_> = all.iter().map(|one| (one.cpu, one.frequency)).collect();
    assert_eq!(numbers, [(0, expected), (1, expected)]);

    // How fast a clock counts is not how fast a CPU runs.
    let (host, _) = machine(2)
        .named("machdep.tsc_freq", 2_096_000_123_u64.to_le_bytes())
        .host();
    assert_eq!(super::frequency_per_cpu(&host).unwrap(), []);
}

#[test]
fn levels_of_performance_are_no_frequencies() {
    let arm = || {
        machine(2)
            .named("machdep.cpufreq.cpu0.current", 1500_i32.to_le_bytes())
            .named("machdep.cpufreq.cpu0.available", *b"1500 600\0")
    };
    let [one] = super::frequency_per_cpu(&arm().host().0)
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!((one.cpu, one.frequency.min), (0, Some(600_000_000)));
    let (host, _) = arm().named("hw.acpi.root", 0_i32.to_le_bytes()).host();
    assert_eq!(super::frequency_per_cpu(&host).unwrap(), []);
}

#[test]
fn the_load_is_told_without_a_count_of_threads() {
    let (host, log) = Fake::new()
        .answer(Question::Sysctl(&[CTL_VM, VM_LOADAVG]), LOADAVG)
        .host();
    assert_eq!(runnable().unwrap_err().kind(), ErrorKind::Unsupported);
    assert!(super::load_average(&host).unwrap().fifteen == 17.0);
    assert_eq!(log.lines().len(), 1);
}

#[test]
fn one_cpu_alone_has_one_core_and_of_several_nothing_is_known() {
    let cores = |online: i32| {
        let question = Question::Sysctl(&[CTL_HW, HW_NCPUONLINE]);
        let (host, log) = Fake::new().answer(question, online.to_le_bytes()).host();
        let found = super::physical_count(&host).unwrap();
        assert_eq!(log.lines().len(), 1);
        found
    };
    assert_eq!((cores(1), cores(4), cores(0)), (Some(1), None, None));
    assert!(super::physical_count(&Fake::new().host().0).is_err());
}

#[test]
fn no_machine_is_without_a_cpu() {
    let zero = 0_i32.to_le_bytes();
    let (host, _) = Fake::new()
        .answer(Question::Sysctl(&[CTL_HW, HW_NCPU]), zero)
        .answer(Question::Sysctl(&[CTL_HW, HW_NCPUONLINE]), zero)
        .host();
    let error = super::online(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}
