//! Waiting for the end of processes.

use std::{
    os::unix::process::ExitStatusExt as _,
    process::ExitStatus,
    time::{Duration, Instant},
};

use super::*;
use crate::{process::Waited, sys::process::bsd::wait};

const START: u64 = 1_700_000_000_250_001;
/// `exit(3)`.
const STATUS: i32 = 3 << 8;

fn id<S: Recorded>(record: &Sample<S>) -> ProcessId {
    started::<S>(record.target_pid(), START)
}

/// A child of the caller, which is this program.
fn child<S: Recorded>() -> Sample<S> {
    Sample::<S>::process()
        .started(START)
        .parent(std::process::id())
}

fn now() -> Option<Instant> {
    Some(Instant::now())
}

#[test]
fn a_child_that_has_ended_is_collected() {
    fn check<S: Recorded>() {
        let record = child::<S>().ended();
        let mut fake = Fake::new();
        fake.ended = vec![(record.number(), Some(STATUS))];
        let (host, log) = fake.booted::<S>(BOOT).one(&record).host();
        let waited = wait::<S>(&[target(&host, id(&record))], None, true).unwrap();
        let status = ExitStatus::from_raw(STATUS);
        assert_eq!(waited, [Waited::Ended(Some(status))]);
        assert_eq!(status.code(), Some(3));
        assert_eq!(count(&log, "await_end"), 0, "{:?}", log.lines());
        assert_eq!(log.lines().len(), S::ASKED + 1);
    }
    everywhere!(check);
}

#[test]
fn a_child_is_waited_for_and_collected_once_it_is_a_zombie() {
    fn check<S: Recorded>() {
        let running = child::<S>();
        let zombie = running.clone().ended();
        let mut fake = Fake::new();
        fake.ended = vec![(running.number(), Some(STATUS))];
        let (host, log) = fake.booted::<S>(BOOT).one(&running).one(&zombie).host();
        let waited = wait::<S>(&[target(&host, id(&running))], None, true).unwrap();
        let status = ExitStatus::from_raw(STATUS);
        assert_eq!(waited, [Waited::Ended(Some(status))]);
        assert_eq!(count(&log, "await_end"), 1);
        assert_eq!(count(&log, "collect"), 1);
    }
    everywhere!(check);
}

#[test]
fn others_are_not_collected() {
    fn check<S: Recorded>() {
        let running = Sample::<S>::process().started(START);
        let zombie = running.clone().ended();
        let mut fake = Fake::new();
        fake.ended = vec![(running.number(), Some(STATUS))];
        let (host, log) = fake.booted::<S>(BOOT).one(&running).one(&zombie).host();
        let waited = wait::<S>(&[target(&host, id(&running))], None, true).unwrap();
        assert_eq!(waited, [Waited::Ended(None)]);
        assert_eq!(count(&log, "collect"), 0);
    }
    everywhere!(check);
}

#[test]
fn a_child_whose_status_somebody_else_took_has_ended_all_the_same() {
    fn check<S: Recorded>() {
        let zombie = child::<S>().ended();
        let (host, log) = alone(&zombie);
        let waited = wait::<S>(&[target(&host, id(&zombie))], None, true).unwrap();
        assert_eq!(waited, [Waited::Ended(None)]);
        assert_eq!(count(&log, "collect"), 1);
    }
    everywhere!(check);
}

#[test]
fn a_reused_pid_means_that_it_has_ended_and_the_successor_is_left_alone() {
    fn check<S: Recorded>() {
        // A zombie child of ours, and not the one that is meant.
        let successor = child::<S>().started(START + 1_000_000).ended();
        let mut fake = Fake::new();
        fake.ended = vec![(successor.number(), Some(STATUS))];
        let (host, log) = fake.booted::<S>(BOOT).one(&successor).host();
        let waited = wait::<S>(&[target(&host, id(&successor))], None, true).unwrap();
        assert_eq!(waited, [Waited::Ended(None)]);
        assert_eq!(log.lines().len(), S::ASKED);
    }
    everywhere!(check);
}

#[test]
fn who_ended_and_was_succeeded_between_look_and_wait_is_found_by_the_next_look() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START);
        let successor = record.clone().started(START + 1_000_000);
        // The kernel waits for the successor, and nothing happens.
        let (host, log) = Fake::new()
            .booted::<S>(BOOT)
            .one(&record)
            .one(&successor)
            .host();
        let waited = wait::<S>(&[target(&host, id(&record))], None, true).unwrap();
        assert_eq!(waited, [Waited::Ended(None)]);
        assert_eq!(count(&log, "await_end"), 1);
    }
    everywhere!(check);
}

#[test]
fn only_who_ends_is_looked_at_again() {
    fn check<S: Recorded>() {
        let running = child::<S>();
        let zombie = running.clone().ended();
        let other = running.clone().pid(55);
        let mut fake = Fake::new();
        fake.ended = vec![(running.number(), Some(STATUS))];
        let (host, log) = fake
            .booted::<S>(BOOT)
            .one(&running)
            .one(&zombie)
            .one(&other)
            .host();
        let both = [target(&host, id(&other)), target(&host, id(&running))];
        let waited = wait::<S>(&both, None, false).unwrap();
        let ended = Waited::Ended(Some(ExitStatus::from_raw(STATUS)));
        assert_eq!(waited, [Waited::Running, ended]);
        // Three looks, the wait and the child.
        assert_eq!(log.lines().len(), 3 * S::ASKED + 2, "{:?}", log.lines());
    }
    everywhere!(check);
}

#[test]
fn a_deadline_in_the_past_looks_once() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START);
        let (host, log) = alone(&record);
        let waited = wait::<S>(&[target(&host, id(&record))], now(), true).unwrap();
        assert_eq!(waited, [Waited::Running]);
        assert_eq!(log.lines().len(), S::ASKED);
        let soon = Instant::now() + Duration::from_millis(20);
        let waited = wait::<S>(&[target(&host, id(&record))], Some(soon), true).unwrap();
        assert_eq!(waited, [Waited::Running]);
        assert!(Instant::now() >= soon);
    }
    everywhere!(check);
}

#[test]
fn one_of_several_is_enough_or_all_are_waited_for() {
    fn check<S: Recorded>() {
        let gone = started::<S>(Pid::new(77), START);
        let record = Sample::<S>::process().started(START);
        let (host, _) = Fake::new()
            .booted::<S>(BOOT)
            .one(&record)
            .nobody::<S>(77)
            .host();
        let both = [target(&host, id(&record)), target(&host, gone)];
        let expected = [Waited::Running, Waited::Ended(None)];
        assert_eq!(wait::<S>(&both, None, false).unwrap(), expected);
        assert_eq!(wait::<S>(&both, now(), true).unwrap(), expected);
        assert_eq!(wait::<S>(&[], None, true).unwrap(), []);
    }
    everywhere!(check);
}
