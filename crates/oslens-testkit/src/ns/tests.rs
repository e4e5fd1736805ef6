use std::fs;

use super::NsOptions;
use crate::zoo::{self, NOBODY};

fn pids() -> Vec<u32> {
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok())
        .collect()
}

#[test]
fn a_private_machine_has_few_processes_and_pids_from_1() {
    crate::in_namespaces!(NsOptions::new().pid().net());
    let pids = pids();
    assert!(pids.contains(&1) && pids.len() <= 3, "{pids:?}");
    let dev = fs::read_to_string("/proc/net/dev").unwrap();
    assert!(dev.contains("lo:") && dev.lines().count() < 6, "{dev}");
}

#[test]
fn a_pid_can_be_given_twice_in_a_private_namespace() {
    crate::in_namespaces!(NsOptions::new().pid());
    let mut first = zoo::Builder::new().pid(4321).spawn();
    assert_eq!(first.pid(), 4321);
    first.reap();
    let second = zoo::Builder::new().pid(4321).spawn();
    assert_eq!(second.pid(), 4321);
}

#[test]
fn hidepid_hides_the_processes_of_root_from_others() {
    crate::in_namespaces!(NsOptions::new().hidepid(2).uid(NOBODY));
    assert!(!crate::is_root());
    let pids = pids();
    assert!(
        !pids.contains(&1) && pids.contains(&std::process::id()),
        "{pids:?}"
    );
    let specimen = zoo::sleeper();
    specimen.await_state('S');
}

#[test]
#[should_panic(expected = "private PID namespace")]
fn the_machines_own_pids_are_never_forced() {
    super::force_next_pid(4321);
}

#[test]
fn a_failure_inside_is_a_failure_outside() {
    if super::inside() {
        panic!("as it should");
    }
    let outcome = std::panic::catch_unwind(|| super::reexec_in(&NsOptions::new(), crate::here!()));
    match outcome {
        Ok(super::Reexec::Unavailable(reason)) => crate::skip!("{reason}"),
        Ok(other) => panic!("{other:?}"),
        Err(message) => {
            let message = message.downcast::<String>().unwrap();
            assert!(message.contains("as it should"), "{message}");
        }
    }
}
