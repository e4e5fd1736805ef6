use std::time::Duration;

use super::*;
use crate::{
    ErrorKind,
    parse::layout::{Type as _, openbsd::system::Cpustats},
    sys::kernel::fake::Fake,
};

const CLOCKINFO: &[u8] = include_bytes!("../../../parse/bsd/fixtures/openbsd_clockinfo.bin");
const LOADAVG: &[u8] = include_bytes!("../../../parse/bsd/fixtures/openbsd_loadavg.bin");
const CPUSTATS: &[u8] = include_bytes!("../../../parse/openbsd/fixtures/openbsd_cpustats.bin");
const UVMEXP: &[u8] = include_bytes!("../../../parse/openbsd/fixtures/openbsd_uvmexp.bin");
const VMTOTAL: &[u8] = include_bytes!("../../../parse/openbsd/fixtures/openbsd_vmtotal.bin");

/// A machine with three CPUs: the second is the first one's other thread, and
/// offline; the third has been taken away.
fn machine() -> Fake {
    let (online, offline) = CPUSTATS.split_at(Cpustats::SIZE);
    Fake::new()
        .answer(Question::Sysctl(&[CTL_HW, HW_NCPU]), 3_u32.to_le_bytes())
        .answer(Question::Sysctl(&[CTL_KERN, KERN_CPUSTATS, 0]), online)
        .answer(Question::Sysctl(&[CTL_KERN, KERN_CPUSTATS, 1]), offline)
        .answer(Question::Sysctl(&[CTL_KERN, KERN_CLOCKRATE]), CLOCKINFO)
}

#[test]
fn the_sum_is_of_all_cpus_and_spinning_is_the_kernels_time() {
    let (host, log) = machine().host();
    let times = super::times(&host).unwrap();
    let tick = Duration::from_secs(1) / 128;
    assert_eq!(times.user, tick * 10);
    assert_eq!(times.nice, tick * 20);
    assert_eq!(times.system, tick * 70);
    assert_eq!(times.irq, Some(tick * 50));
    let idle = Duration::from_secs(5_000_000_003 / 128) + tick * 3;
    assert_eq!(times.idle, idle);
    assert_eq!(log.lines().len(), 1 + 3 + 1);
}

#[test]
fn a_cpu_that_is_offline_is_missing() {
    let (host, _) = machine().host();
    assert_eq!(super::online(&host).unwrap(), [0]);
    let [one] = times_per_cpu(&host).unwrap().try_into().unwrap();
    assert_eq!(one.cpu, 0);
}

#[test]
fn a_kernel_that_does_not_tell_is_unsupported() {
    let (host, _) = Fake::new()
        .answer(Question::Sysctl(&[CTL_HW, HW_NCPU]), 1_u32.to_le_bytes())
        .fail(
            Question::Sysctl(&[CTL_KERN, KERN_CPUSTATS, 0]),
            libc::EOPNOTSUPP,
        )
        .host();
    let error = super::times(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let (host, _) = machine()
        .fail(Question::Sysctl(&[CTL_KERN, KERN_CPUSTATS, 2]), libc::EPERM)
        .host();
    let error = super::times(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[test]
fn events_are_those_of_uvm_and_zero_is_not_counted() {
    let uvmexp = Question::Sysctl(&[CTL_VM, VM_UVMEXP]);
    let (host, log) = Fake::new()
        .answer(uvmexp, UVMEXP)
        .answer(Question::Sysctl(&[CTL_VM, VM_METER]), VMTOTAL)
        .host();
    let stats = super::stats(&host).unwrap();
    assert_eq!((stats.ctx_switches, stats.forks), (Some(13), Some(17)));
    assert_eq!(stats.running, Some(3));
    // Whatever is there: zero, for years.
    assert_eq!(stats.blocked, None);
    assert_eq!(log.lines().len(), 2);
    // A promise forbids to look at all processes.
    let (host, _) = Fake::new()
        .answer(uvmexp, UVMEXP)
        .fail(Question::Sysctl(&[CTL_VM, VM_METER]), libc::ENOSYS)
        .host();
    let stats = super::stats(&host).unwrap();
    assert_eq!((stats.ctx_switches, stats.running), (Some(13), None));
    let mut silent = UVMEXP.to_vec();
    silent[crate::parse::layout::openbsd::system::Uvmexp::intrs.offset()..][..4].fill(0);
    let (host, _) = Fake::new().answer(uvmexp, silent).host();
    assert_eq!(super::stats(&host).unwrap().interrupts, None);
}

#[test]
fn the_speed_is_that_of_all_cpus() {
    let speed = Question::Sysctl(&[CTL_HW, HW_CPUSPEED]);
    let (host, _) = machine().answer(speed, 2400_i32.to_le_bytes()).host();
    let [one] = super::frequency_per_cpu(&host).unwrap().try_into().unwrap();
    assert_eq!(one.frequency.current, Some(2_400_000_000));
    assert_eq!((one.cpu, one.frequency.max), (0, None));
    let (host, log) = machine().fail(speed, libc::EOPNOTSUPP).host();
    assert_eq!(super::frequency_per_cpu(&host).unwrap(), []);
    assert_eq!(log.lines().len(), 1);
}

#[test]
fn the_load_is_scaled() {
    let (host, _) = Fake::new()
        .answer(Question::Sysctl(&[CTL_VM, VM_LOADAVG]), LOADAVG)
        .host();
    assert!(super::load_average(&host).unwrap().five == 1.25);
    assert_eq!(super::allowed(&host, Pid::new(1)).unwrap(), None);
    assert_eq!(runnable().unwrap_err().kind(), ErrorKind::Unsupported);
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
    let (_, offline) = CPUSTATS.split_at(Cpustats::SIZE);
    let (host, _) = Fake::new()
        .answer(Question::Sysctl(&[CTL_HW, HW_NCPU]), 1_u32.to_le_bytes())
        .answer(Question::Sysctl(&[CTL_KERN, KERN_CPUSTATS, 0]), offline)
        .host();
    let error = super::online(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}
