//! CPU times, events, counts, frequencies, load and pressure.

use oslens::{ErrorKind, pressure::Resource};

use crate::{close, machine, ticks};

#[test]
fn cpu_times_of_a_virtual_machine_are_those_that_psutil_reads() {
    let times = machine("debian12-x86_64").cpu_times().unwrap();
    assert_eq!(times.user, ticks(41_045));
    assert_eq!(times.nice, ticks(2));
    assert_eq!(times.system, ticks(26_129));
    assert_eq!(times.idle, ticks(478_903));
    assert_eq!(times.iowait, Some(ticks(866)));
    assert_eq!(times.irq, Some(ticks(0)));
    assert_eq!(times.softirq, Some(ticks(105)));
    assert_eq!(times.steal, Some(ticks(65)));
    assert_eq!(times.guest, Some(ticks(0)));
    assert_eq!(times.guest_nice, Some(ticks(0)));
}

#[test]
fn guests_are_not_counted_twice_in_the_total() {
    let times = machine("server-x86_64-numa").cpu_times().unwrap();
    assert_eq!(times.guest, Some(ticks(240)));
    assert_eq!(times.guest_nice, Some(ticks(2)));
    // user + nice + system + idle + iowait + irq + softirq.
    assert_eq!(
        times.total(),
        ticks(120_000 + 1060 + 7605 + 13_500_105 + 1605 + 105 + 300)
    );
}

#[test]
fn a_cpu_that_is_offline_is_missing_and_the_others_keep_their_numbers() {
    let machine = machine("server-x86_64-numa");
    let cpus = machine.cpu_times_per_cpu().unwrap();
    let numbers: Vec<u32> = cpus.iter().map(|one| one.cpu).collect();
    assert_eq!(numbers, (0..15).collect::<Vec<_>>());
    assert_eq!(cpus[14].times.user, ticks(15_000));
    assert_eq!(cpus[14].times.iowait, Some(ticks(114)));
    assert_eq!(machine.online_cpus().unwrap(), numbers);
    assert_eq!(machine.cpu_count().unwrap(), 15);
    // Its sibling still runs on the eighth core.
    assert_eq!(machine.physical_cpu_count().unwrap(), Some(8));
}

#[test]
fn columns_that_old_kernels_lack_are_unknown_not_zero() {
    let old = machine("rhel6-2.6.32");
    let times = old.cpu_times().unwrap();
    assert_eq!(times.user, ticks(30_000));
    assert_eq!(times.steal, Some(ticks(24)));
    assert_eq!(times.guest, Some(ticks(27)));
    assert_eq!(times.guest_nice, None);
    let second = old.cpu_times_per_cpu().unwrap()[1];
    assert_eq!(second.times.guest, Some(ticks(18)));
    assert_eq!(second.times.guest_nice, None);

    let older = machine("linux-2.4");
    let times = older.cpu_times().unwrap();
    assert_eq!((times.user, times.idle), (ticks(1000), ticks(40_000)));
    assert_eq!((times.iowait, times.irq, times.steal), (None, None, None));
    assert_eq!(times.total(), ticks(41_320));
    let stats = older.cpu_stats().unwrap();
    assert_eq!(stats.ctx_switches, Some(115_315));
    assert_eq!(stats.interrupts, Some(1_462_898));
    assert_eq!(stats.forks, Some(86_031));
    assert_eq!(stats.soft_interrupts, None);
    assert_eq!((stats.running, stats.blocked), (None, None));
}

#[test]
fn events_since_boot_are_the_first_number_of_their_line() {
    let stats = machine("server-x86_64-numa").cpu_stats().unwrap();
    assert_eq!(stats.ctx_switches, Some(123_456_789_012));
    assert_eq!(stats.interrupts, Some(987_654_321));
    assert_eq!(stats.soft_interrupts, Some(400_000_000));
    assert_eq!(stats.forks, Some(5_000_000));
    assert_eq!((stats.running, stats.blocked), (Some(3), Some(1)));
    assert_eq!(stats.syscalls, None);
}

#[test]
fn cpus_and_cores_are_counted_on_every_machine() {
    for (name, cpus, cores) in [
        ("debian12-x86_64", 2, Some(2)),
        ("server-x86_64-numa", 15, Some(8)),
        ("laptop-x86_64", 4, Some(2)),
        ("raspberrypi-arm64", 4, Some(4)),
        ("ppc64le-64k", 8, Some(2)),
        // No topology in sysfs: from cpuinfo.
        ("s390x", 2, Some(2)),
        // `thread_siblings_list`.
        ("rhel6-2.6.32", 2, Some(2)),
        // No sysfs at all.
        ("linux-2.4", 1, None),
        ("lxc-distorted", 2, Some(2)),
        ("container-cgroup2", 8, None),
        ("systemd-cgroup-v1-hybrid", 4, None),
        ("hidepid", 1, None),
    ] {
        let host = machine(name);
        assert_eq!(host.cpu_count().unwrap(), cpus, "{name}");
        assert_eq!(host.physical_cpu_count().unwrap(), cores, "{name}");
    }
}

#[test]
fn frequencies_come_from_cpuinfo_and_limits_from_the_policies() {
    let host = machine("server-x86_64-numa");
    let cpus = host.cpu_frequency_per_cpu().unwrap();
    assert_eq!(cpus.len(), 15, "the policy of CPU 15 has no CPU online");
    for (number, one) in cpus.iter().enumerate() {
        assert_eq!(one.cpu as usize, number);
        // Not 1111 MHz, as `scaling_cur_freq` has it.
        let expected = 2_600_500_000 + number as u64 * 1_000_000;
        assert_eq!(one.frequency.current, Some(expected));
        assert_eq!(one.frequency.min, Some(800_000_000));
        assert_eq!(one.frequency.max, Some(3_500_000_000));
    }
    let mean = host.cpu_frequency().unwrap();
    assert_eq!(mean.current, Some(2_607_500_000));
    assert_eq!(mean.max, Some(3_500_000_000));
}

#[test]
fn one_policy_speaks_for_all_its_cpus() {
    let cpus = machine("raspberrypi-arm64")
        .cpu_frequency_per_cpu()
        .unwrap();
    assert_eq!(cpus.len(), 4);
    for one in cpus {
        assert_eq!(one.frequency.current, Some(1_200_000_000));
        assert_eq!(one.frequency.min, Some(600_000_000));
        assert_eq!(one.frequency.max, Some(1_500_000_000));
    }
}

#[test]
fn frequencies_are_found_per_cpu_and_in_the_words_of_other_architectures() {
    let of = |name: &str| -> Vec<(u32, u64, Option<u64>)> {
        let cpus = machine(name).cpu_frequency_per_cpu().unwrap();
        cpus.iter()
            .map(|one| (one.cpu, one.frequency.current.unwrap(), one.frequency.max))
            .collect()
    };
    let laptop = of("laptop-x86_64");
    assert_eq!(laptop[3], (3, 1_100_123_000, Some(4_200_000_000)));
    let power: Vec<_> = (0..8)
        .map(|cpu| (cpu, 3_800_000_000 + u64::from(cpu) * 1_000_000, None))
        .collect();
    assert_eq!(of("ppc64le-64k"), power);
    assert_eq!(
        of("s390x"),
        [(0, 5_208_000_000, None), (1, 5_207_000_000, None)]
    );
    assert_eq!(
        of("rhel6-2.6.32"),
        [(0, 2_400_000_000, None), (1, 2_400_010_000, None)]
    );
    let container = machine("container-cgroup2");
    assert_eq!(container.cpu_frequency_per_cpu().unwrap(), []);
    assert_eq!(
        container.cpu_frequency().unwrap_err().kind(),
        ErrorKind::Unsupported
    );
}

#[test]
fn the_load_has_three_averages_and_the_tasks() {
    let load = machine("server-x86_64-numa").load_average().unwrap();
    close(load.one, 3.25);
    close(load.five, 2.5);
    close(load.fifteen, 1.75);
    assert_eq!((load.running, load.total), (Some(3), Some(1204)));
}

#[test]
fn pressure_is_a_fraction_and_what_a_kernel_does_not_count_is_unknown() {
    let host = machine("server-x86_64-numa");
    let io = host.pressure(Resource::Io).unwrap();
    let some = io.some.unwrap();
    close(some.avg10, 0.1234);
    close(some.avg300, 0.01);
    assert_eq!(some.total, std::time::Duration::from_secs(99));
    close(io.full.unwrap().avg60, 0.04);
    let irq = host.pressure(Resource::Irq).unwrap();
    assert_eq!(irq.some, None);
    close(irq.full.unwrap().avg10, 0.0001);

    let debian = machine("debian12-x86_64");
    let cpu = debian.pressure(Resource::Cpu).unwrap();
    close(cpu.some.unwrap().avg10, 0.2498);
    let missing = debian.pressure(Resource::Irq).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Unsupported);
    let old = machine("rhel6-2.6.32").pressure(Resource::Memory);
    assert_eq!(old.unwrap_err().kind(), ErrorKind::Unsupported);
}
