use std::time::Duration;

use crate::{
    ErrorKind, Host,
    cpu::{Frequency, FrequencyOf},
    process::Pid,
    test_tree::TestTree,
};

/// CPU, current, min, max.
type Row = (u32, Option<u64>, Option<u64>, Option<u64>);

fn table(frequencies: &[FrequencyOf]) -> Vec<Row> {
    let row = |one: &FrequencyOf| {
        let Frequency { current, min, max } = one.frequency;
        (one.cpu, current, min, max)
    };
    frequencies.iter().map(row).collect()
}

#[test]
fn an_old_kernel_has_few_columns_and_an_offline_cpu_no_line() {
    let tree = TestTree::new().file(
        "proc/stat",
        "cpu  300 3 150 5000 50 2 1\ncpu0 100 1 50 2500 25 1 1\ncpu2 200 2 100 2500 25 1 0\nintr 77 1 2\nctxt 99\n",
    );
    // 2.6.11: no guest, no steal; a kernel of 250 ticks per second.
    let host = tree.builder().ticks_per_second(250).build();
    let times = host.cpu_times().unwrap();
    assert_eq!(times.user, Duration::from_millis(1200));
    assert_eq!(times.softirq, Some(Duration::from_millis(4)));
    assert_eq!((times.steal, times.guest), (None, None));
    let cpus = host.cpu_times_per_cpu().unwrap();
    assert_eq!(cpus.iter().map(|one| one.cpu).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(host.online_cpus().unwrap(), [0, 2]);
    assert_eq!(host.cpu_count().unwrap(), 2);
    let stats = host.cpu_stats().unwrap();
    assert_eq!((stats.ctx_switches, stats.interrupts), (Some(99), Some(77)));
    assert_eq!((stats.soft_interrupts, stats.syscalls), (None, None));
}

#[test]
fn a_machine_with_a_thousand_cpus_is_read_to_the_end() {
    let mut stat = String::from("cpu  1 2 3 4 5 6 7 8 9 10\n");
    for cpu in 0..1000 {
        stat += &format!("cpu{cpu} 1000000 2000000 3000000 4000000 5 6 7 8 9 {cpu}\n");
    }
    stat += "intr 123 ";
    stat += &"0 ".repeat(20_000);
    stat += "\nctxt 456\nsoftirq 789 1\n";
    let tree = TestTree::new().file("proc/stat", stat);
    let cpus = tree.host().cpu_times_per_cpu().unwrap();
    assert_eq!(cpus.len(), 1000);
    assert_eq!(
        cpus[999].times.guest_nice,
        Some(Duration::from_millis(9990))
    );
    let stats = tree.host().cpu_stats().unwrap();
    assert_eq!(
        (stats.ctx_switches, stats.soft_interrupts),
        (Some(456), Some(789))
    );
}

#[test]
fn siblings_and_cpuinfo_correct_each_other() {
    let cpuinfo = |ids: &[(u32, u32)]| {
        let mut text = String::new();
        for (cpu, (socket, core)) in ids.iter().enumerate() {
            text += &format!(
                "processor\t: {cpu}\nphysical id\t: {socket}\ncore id\t\t: {core}\ncpu cores\t: 9\n\n"
            );
        }
        text
    };
    let siblings = |lists: &[&str], name: &str| {
        let mut tree = TestTree::new().file(
            "sys/devices/system/cpu/online",
            format!("0-{}\n", lists.len() - 1),
        );
        for (cpu, list) in lists.iter().enumerate() {
            let path = format!("sys/devices/system/cpu/cpu{cpu}/topology/{name}");
            tree = tree.file(path, format!("{list}\n"));
        }
        tree
    };
    let count = |tree: TestTree| tree.host().physical_cpu_count().unwrap();
    let smt = ["0-1", "0-1", "2-3", "2-3"];
    // Two cores with two threads each, said by both, by one, by the old file.
    let both = siblings(&smt, "core_cpus_list");
    let both = both.file("proc/cpuinfo", cpuinfo(&[(0, 0), (0, 0), (0, 1), (0, 1)]));
    assert_eq!(count(both), Some(2));
    assert_eq!(count(siblings(&smt, "core_cpus_list")), Some(2));
    assert_eq!(count(siblings(&smt, "thread_siblings_list")), Some(2));
    // A hypervisor that shows one list for all CPUs.
    let one_list = siblings(&["0-3"; 4], "core_cpus_list")
        .file("proc/cpuinfo", cpuinfo(&[(0, 0), (0, 1), (0, 2), (0, 3)]));
    assert_eq!(count(one_list), Some(4));
    // One that gives all CPUs the same core.
    let one_core =
        siblings(&["0", "1"], "core_cpus_list").file("proc/cpuinfo", cpuinfo(&[(0, 0), (0, 0)]));
    assert_eq!(count(one_core), Some(2));
    // No sysfs and no core numbers: the sum over sockets, of what is online.
    let sum = TestTree::new()
        .file("proc/stat", "cpu  1 1 1 1\ncpu0 1 1 1 1\ncpu1 1 1 1 1\ncpu2 1 1 1 1\n")
        .file(
            "proc/cpuinfo",
            "processor : 0\nphysical id : 0\ncpu cores : 1\n\nprocessor : 1\nphysical id : 1\ncpu cores : 1\n",
        );
    assert_eq!(count(sum), Some(2));
    // Nothing says.
    let nothing = TestTree::new()
        .file("proc/stat", "cpu  1 1 1 1\ncpu0 1 1 1 1\n")
        .file("proc/cpuinfo", "processor : 0\nBogoMIPS : 50.00\n");
    assert_eq!(count(nothing), None);
}

#[test]
fn a_virtual_machine_has_a_frequency_without_limits() {
    let tree = TestTree::new().file(
        "proc/cpuinfo",
        "processor\t: 1\ncpu MHz\t\t: 2596.140\n\nprocessor\t: 0\ncpu MHz\t\t: 2000.000\n\n",
    );
    assert_eq!(
        table(&tree.host().cpu_frequency_per_cpu().unwrap()),
        [
            (0, Some(2_000_000_000), None, None),
            (1, Some(2_596_140_000), None, None)
        ]
    );
    assert_eq!(
        tree.host().cpu_frequency().unwrap().current,
        Some(2_298_070_000)
    );
}

#[test]
fn an_arm_machine_without_driver_has_no_frequency() {
    let tree = TestTree::new().file(
        "proc/cpuinfo",
        "processor\t: 0\nBogoMIPS\t: 50.00\nCPU part\t: 0xd0c\n",
    );
    assert_eq!(tree.host().cpu_frequency_per_cpu().unwrap(), []);
    assert_eq!(
        tree.host().cpu_frequency().unwrap_err().kind(),
        ErrorKind::Unsupported
    );
}

#[test]
fn a_policy_speaks_for_its_online_cpus() {
    let cpufreq = "sys/devices/system/cpu/cpufreq";
    let tree = TestTree::new()
        .file(format!("{cpufreq}/policy0/affected_cpus"), "0 2\n")
        .file(format!("{cpufreq}/policy0/scaling_cur_freq"), "1800000\n")
        .file(format!("{cpufreq}/policy0/scaling_min_freq"), "600000\n")
        .file(format!("{cpufreq}/policy0/scaling_max_freq"), "1800000\n")
        // Policy 10 comes behind 4: by number, not by name.
        .file(format!("{cpufreq}/policy10/cpuinfo_cur_freq"), "2000000\n")
        .file(
            format!("{cpufreq}/policy10/scaling_cur_freq"),
            "<unknown>\n",
        )
        // All its CPUs are offline.
        .file(format!("{cpufreq}/policy4/affected_cpus"), "\n")
        .file(format!("{cpufreq}/policy4/scaling_max_freq"), "9\n")
        .file(
            "proc/cpuinfo",
            "processor : 0\nprocessor : 2\nprocessor : 10\n",
        );
    assert_eq!(
        table(&tree.host().cpu_frequency_per_cpu().unwrap()),
        [
            (
                0,
                Some(1_800_000_000),
                Some(600_000_000),
                Some(1_800_000_000)
            ),
            (
                2,
                Some(1_800_000_000),
                Some(600_000_000),
                Some(1_800_000_000)
            ),
            (10, Some(2_000_000_000), None, None),
        ]
    );
}

#[test]
fn cpuinfo_goes_before_a_driver_that_may_take_milliseconds() {
    let tree = TestTree::new()
        .file("proc/cpuinfo", "processor : 0\ncpu MHz : 3000\n")
        .file(
            "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq",
            "1\n",
        )
        .file(
            "sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq",
            "4000000\n",
        )
        .file("sys/devices/system/cpu/cpu1/online", "0\n")
        .file(
            "sys/devices/system/cpu/cpu1/cpufreq/scaling_max_freq",
            "4000000\n",
        );
    assert_eq!(
        table(&tree.host().cpu_frequency_per_cpu().unwrap()),
        [(0, Some(3_000_000_000), None, Some(4_000_000_000))]
    );
}

#[test]
fn no_procfs_is_an_error_and_not_a_machine_without_frequencies() {
    let tree = TestTree::new().file("proc/stat", "cpu 1 1 1 1\ncpu0 1 1 1 1\n");
    assert_eq!(tree.host().cpu_frequency_per_cpu().unwrap(), []);
    assert_eq!(
        tree.host().cpu_limit(Pid::new(7)).unwrap_err().kind(),
        ErrorKind::NoSuchProcess
    );
    let tree = TestTree::new();
    let host = tree.host();
    let error = host.cpu_frequency_per_cpu().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.path().unwrap().ends_with("proc/cpuinfo"), "{error}");
    let error = host.cpu_limit(Pid::new(7)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn a_load_without_tasks_is_a_load() {
    let tree = TestTree::new().file("proc/loadavg", "0.50 1.00 2.00\n");
    let load = tree.host().load_average().unwrap();
    assert_eq!((load.one, load.fifteen, load.total), (0.5, 2.0, None));
}

#[test]
fn a_root_without_proc_is_an_error_that_names_the_file() {
    let tree = TestTree::new().file("proc/stat", "nonsense\n");
    let error = tree.host().cpu_times().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("proc/stat"), "{error}");
    let error = TestTree::new().host().load_average().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("proc/loadavg"), "{error}");
}

#[test]
fn this_machine_agrees_with_the_c_library() {
    let host = Host::local();
    // std asks sched_getaffinity, which cannot exceed it.
    let available = std::thread::available_parallelism().unwrap().get();
    let online = host.cpu_count().unwrap() as usize;
    assert!(available <= online, "{available} > {online}");
    let cpus = host.cpu_times_per_cpu().unwrap();
    assert_eq!(cpus.len(), online);
    // The total is the sum, up to what passes between the two calls.
    let sum: Duration = cpus.iter().map(|one| one.times.total()).sum();
    let total = host.cpu_times().unwrap().total();
    let apart = total.abs_diff(sum);
    assert!(apart < Duration::from_secs(5), "{total:?} and {sum:?}");
    let elapsed = rustix::time::clock_gettime(rustix::time::ClockId::Boottime).tv_sec;
    assert!(cpus[0].times.idle.as_secs() <= elapsed as u64 + 1);
    // The kernel's own fixed-point numbers, by another system call.
    let (ours, theirs) = (host.load_average().unwrap(), rustix::system::sysinfo());
    let fifteen = theirs.loads[2] as f64 / 65536.0;
    assert!(
        (ours.fifteen - fifteen).abs() < 0.1,
        "{} and {fifteen}",
        ours.fifteen
    );
    assert!(ours.total.unwrap() >= 1);
    let cores = host.physical_cpu_count().unwrap();
    assert!(cores.is_none_or(|cores| cores as usize <= online));
    let before = host.cpu_stats().unwrap();
    let after = host.cpu_stats().unwrap();
    assert!(after.ctx_switches >= before.ctx_switches);
}

#[test]
fn a_made_up_list_of_cpus_does_not_take_the_last_one_away() {
    // LXC: two CPUs, numbered from 0, of a cpuset of the host's.
    let tree = TestTree::new()
        .file("sys/devices/system/cpu/online", "0-1\n")
        .file("proc/5/status", "Cpus_allowed_list:\t4-7\n")
        .file("proc/5/cgroup", "")
        .file("proc/1/mountinfo", "");
    let limit = tree.host().cpu_limit(5).unwrap();
    assert_eq!((limit.online, limit.allowed), (2, None));
    assert_eq!(limit.parallelism(), 2);
}

#[test]
fn a_driver_that_fails_does_not_hide_the_other_cpus() {
    let cpufreq = "sys/devices/system/cpu/cpufreq";
    let tree = TestTree::new()
        .file(format!("{cpufreq}/policy0/scaling_cur_freq"), "1800000\n")
        .file(format!("{cpufreq}/policy1/affected_cpus"), "1\n");
    let host = tree.host();
    let broken = host
        .sys_path()
        .join("devices/system/cpu/cpufreq/policy1/scaling_cur_freq");
    // Nothing is mapped at address 0: EIO.
    std::os::unix::fs::symlink("/proc/self/mem", broken).unwrap();
    let all = host.cpu_frequency_per_cpu().unwrap();
    assert_eq!(
        table(&all),
        [(0, Some(1_800_000_000), None, None), (1, None, None, None)]
    );
}
