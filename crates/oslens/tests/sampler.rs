//! Repeated reading of all processes.
#![cfg(target_os = "linux")]

use std::time::Duration;

use oslens::{
    Unavailable,
    process::{Fields, Pid, ProcessRow, Sampler, State},
};
use oslens_testkit::{ns::NsOptions, zoo};

const HOT: Fields = Fields::CPU_TOTAL.union(Fields::RSS);

/// Plans that keep `statm`, `stat`, both, and other files.
const PLANS: [Fields; 4] = [
    HOT,
    Fields::TABLE,
    Fields::TABLE
        .union(Fields::MEMORY_INFO)
        .union(Fields::CPU_TOTAL),
    HOT.union(Fields::NAME)
        .union(Fields::CMDLINE)
        .union(Fields::NUM_FDS)
        .union(Fields::CGROUP),
];

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn cpu_and_memory_of_a_process_show_from_sample_to_sample() {
    for fields in PLANS {
        for budget in [0, 1000] {
            let mut sampler = Sampler::new(fields).descriptor_budget(budget);
            let mut specimen = zoo::sleeper();
            let pid = Pid::new(specimen.pid());
            let before = sampler.sample().unwrap().get(pid).unwrap().rss.unwrap();
            specimen.hold_memory(16 << 20, 16 << 20);
            specimen.burn(Duration::from_millis(200));
            let sample = sampler.sample().unwrap();
            let row = sample.get(pid).unwrap();
            let grown = row.rss.unwrap() - before;
            assert!(
                (15 << 20..18 << 20).contains(&grown),
                "{fields:?} {budget}: {grown}"
            );
            let delta = sample.delta(row).unwrap();
            assert_eq!(row.id(), sample.previous(row).unwrap().id());
            let used = delta.cpu.unwrap() * delta.elapsed.as_secs_f64();
            // On a busy machine it got less than the 0.2 s that it wanted.
            assert!((0.01..0.5).contains(&used), "{fields:?} {budget}: {used}");
        }
    }
}

#[test]
fn descriptors_stay_within_the_budget() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let mut parent = zoo::sleeper();
    parent.fan(30);
    for fields in PLANS {
        for budget in [0, 1, 2, 7, 1000] {
            let before = open_descriptors();
            let mut sampler = Sampler::new(fields).descriptor_budget(budget);
            for _ in 0..3 {
                assert!(sampler.sample().unwrap().rows().len() > 30);
                let held = open_descriptors() - before;
                assert!(held <= budget, "{held} of {budget}");
                assert_eq!(held, sampler.descriptors());
            }
            if budget == 1000 {
                assert!(sampler.descriptors() > 30);
            }
            sampler = sampler.descriptor_budget(3);
            assert!(open_descriptors() - before <= 3);
            assert!(sampler.sample().unwrap().rows().len() > 30);
            drop(sampler);
            assert_eq!(open_descriptors(), before);
        }
    }
}

#[test]
fn the_default_budget_is_a_quarter_of_the_limit() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let mut parent = zoo::sleeper();
    parent.fan(30);
    let limit = rlimit();
    set_rlimit(64, limit.1);
    let mut sampler = Sampler::new(HOT);
    sampler.sample().unwrap();
    assert_eq!(sampler.descriptors(), 16);
    assert_eq!(rlimit().0, 64);
    set_rlimit(limit.0, limit.1);
}

#[test]
fn a_sampler_works_when_descriptors_run_out() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let mut parent = zoo::sleeper();
    parent.fan(30);
    let limit = rlimit();
    for fields in PLANS {
        let mut sampler = Sampler::new(fields).descriptor_budget(10_000);
        set_rlimit(open_descriptors() as u64 + 6, limit.1);
        for _ in 0..4 {
            let sample = sampler.sample().unwrap();
            assert!(sample.rows().len() > 30);
            assert!(
                sample.rows().iter().all(|row| row.rss.is_ok()),
                "{:?}",
                sample.rows()
            );
        }
        set_rlimit(limit.0, limit.1);
    }
}

fn rlimit() -> (u64, u64) {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    (limit.current.unwrap(), limit.maximum.unwrap())
}

fn set_rlimit(current: u64, maximum: u64) {
    let limit = rustix::process::Rlimit {
        current: Some(current),
        maximum: Some(maximum),
    };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).unwrap();
}

#[test]
fn a_reused_pid_is_a_new_process() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    for fields in PLANS {
        for budget in [0, 1000] {
            let mut sampler = Sampler::new(fields).descriptor_budget(budget);
            let mut first = zoo::Builder::new().pid(4321).arg0("first").spawn();
            first.burn(Duration::from_millis(100));
            sampler.sample().unwrap();
            let id = sampler.sample().unwrap().get(4321u32).unwrap().id();
            first.reap();
            std::thread::sleep(Duration::from_millis(30));
            let mut second = zoo::Builder::new().pid(4321).arg0("second").spawn();
            let sample = sampler.sample().unwrap();
            let row = sample.get(4321u32).unwrap();
            assert_ne!(row.id(), id);
            assert!(sample.previous(row).is_none());
            assert!(sample.delta(row).is_none());
            assert_eq!(sample.gone().map(ProcessRow::id).collect::<Vec<_>>(), [id]);
            if let Ok(cmdline) = &row.cmdline {
                assert_eq!(cmdline[0], "second");
            }
            second.reap();
            assert!(sampler.sample().unwrap().get(4321u32).is_none());
        }
    }
}

#[test]
fn a_zombie_is_not_shown_as_without_memory() {
    for fields in PLANS {
        for budget in [0, 1000] {
            let mut sampler = Sampler::new(fields).descriptor_budget(budget);
            let mut specimen = zoo::sleeper();
            let pid = specimen.pid();
            sampler.sample().unwrap();
            specimen.kill_unreaped();
            for _ in 0..3 {
                let sample = sampler.sample().unwrap();
                let row = sample.get(pid).unwrap();
                assert_eq!(row.rss, Err(Unavailable::Zombie), "{fields:?} {budget}");
                if fields.contains(Fields::STATE) {
                    assert_eq!(row.state, Ok(State::Zombie));
                }
            }
        }
    }
}

#[test]
fn a_program_started_later_is_noticed() {
    let fields = Fields::TABLE | Fields::CMDLINE | Fields::EXE;
    for budget in [0, 1000] {
        let mut sampler = Sampler::new(fields).descriptor_budget(budget);
        let mut specimen = zoo::sleeper();
        let pid = specimen.pid();
        for _ in 0..3 {
            sampler.sample().unwrap();
        }
        specimen.exec("/bin/sleep".as_ref(), &["sleep".as_ref(), "1000".as_ref()]);
        for _ in 0..3 {
            let sample = sampler.sample().unwrap();
            let row = sample.get(pid).unwrap();
            assert_eq!(row.name.as_deref().unwrap(), "sleep");
            assert_eq!(row.cmdline.as_deref().unwrap()[1], "1000");
            assert!(sample.previous(row).is_some(), "the same process");
        }
    }
}

#[test]
fn long_names_stay_recovered() {
    let name = "a-name-of-more-than-fifteen-bytes";
    let specimen = zoo::Builder::new().exe_name(name).arg0(name).spawn();
    for fields in PLANS.map(|fields| fields | Fields::NAME) {
        for budget in [0, 1000] {
            let mut sampler = Sampler::new(fields).descriptor_budget(budget);
            for _ in 0..4 {
                let sample = sampler.sample().unwrap();
                assert_eq!(
                    sample.get(specimen.pid()).unwrap().name.as_deref().unwrap(),
                    name
                );
            }
        }
    }
}
