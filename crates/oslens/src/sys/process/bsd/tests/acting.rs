//! Signals and priorities.

use super::*;
use crate::{
    ErrorKind,
    sys::process::bsd::{send_signal, set_nice},
};

const START: u64 = 1_700_000_000_250_001;

fn id<S: Recorded>(record: &Sample<S>) -> ProcessId {
    started::<S>(record.target_pid(), START)
}

/// Nothing was done to anybody.
fn assert_untouched(log: &Log) {
    for line in log.lines() {
        let is_action = line.starts_with("Signal") || line.starts_with("Nice");
        assert!(!is_action, "{line}");
    }
}

#[test]
fn a_signal_is_sent_right_after_the_process_was_looked_at() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START);
        let (host, log) = alone(&record);
        send_signal::<S>(target(&host, id(&record)), 15).unwrap();
        let lines = log.lines();
        assert_eq!(lines.len(), S::ASKED + 1);
        let pid = record.number();
        let expected = format!("Signal {{ pid: {pid}, number: 15 }}");
        assert_eq!(lines.last(), Some(&expected));
    }
    everywhere!(check);
}

#[test]
fn a_reused_pid_gets_no_signal_and_no_priority() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START + 60_000_000);
        let (host, log) = alone(&record);
        let former = id(&record);
        for error in [
            send_signal::<S>(target(&host, former), 9).unwrap_err(),
            set_nice::<S>(target(&host, former), 5).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Reused);
            assert_eq!(error.pid(), Some(former.pid));
        }
        assert_untouched(&log);
    }
    everywhere!(check);
}

/// NetBSD tells nothing of what a process has used while it loads a program.
fn loading() -> Sample<NetBsd> {
    let record = Sample::<NetBsd>::process().started(START);
    let at = layout::netbsd::process::KinfoProc2::p_uvalid.offset();
    record.put(at, &[0; 8])
}

#[test]
fn who_loads_a_program_on_netbsd_is_asked_again_before_a_signal_is_sent() {
    let record = Sample::<NetBsd>::process().started(START);
    let (host, log) = Fake::new()
        .one(&loading())
        .one(&loading())
        .one(&record)
        .host();
    send_signal::<NetBsd>(target(&host, id(&record)), 15).unwrap();
    assert_eq!(log.lines().len(), 4);
    // It was another one all the time.
    let (host, log) = Fake::new()
        .one(&loading())
        .one(&record.clone().started(START + 1))
        .host();
    let error = send_signal::<NetBsd>(target(&host, id(&record)), 15).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Reused);
    assert_untouched(&log);
    // It never tells.
    let (host, log) = Fake::new().one(&loading()).host();
    let error = send_signal::<NetBsd>(target(&host, id(&record)), 15).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_untouched(&log);
}

#[test]
fn who_loads_a_program_on_netbsd_is_asked_again_for_the_list() {
    let record = Sample::<NetBsd>::process().started(START);
    let (host, log) = Fake::new().all(&[&loading()]).one(&record).host();
    let rows = crate::sys::process::bsd::list::<NetBsd>(&host, Fields::RSS).unwrap();
    assert_eq!(rows[0].id(), id(&record));
    assert!(rows[0].rss.is_ok());
    assert_eq!(log.lines().len(), 2);
    // Where many end at once, and take long, one of them is waited for.
    let ending = |number: i32| loading().put(NetBsd::PID, &number.to_le_bytes());
    let all = [ending(71), ending(72), ending(73)];
    let (host, log) = all
        .iter()
        .fold(Fake::new().all(&[&all[0], &all[1], &all[2]]), Answered::one)
        .host();
    let rows = crate::sys::process::bsd::list::<NetBsd>(&host, Fields::RSS).unwrap();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| !row.start.is_known()));
    assert_eq!(log.lines().len(), 1 + 10 + 1 + 1);
}

#[test]
fn who_is_gone_gets_nothing_either() {
    fn check<S: Recorded>() {
        let (host, log) = Fake::new().booted::<S>(BOOT).nobody::<S>(77).host();
        let gone = started::<S>(Pid::new(77), START);
        let error = send_signal::<S>(target(&host, gone), 9).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess);
        // A number that would mean a group, or everybody.
        for pid in [u32::MAX, u32::MAX - 5, 1 << 31] {
            let id = started::<S>(Pid::new(pid), START);
            let error = send_signal::<S>(target(&host, id), 9).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NoSuchProcess);
        }
        assert_untouched(&log);
    }
    everywhere!(check);
}

#[test]
fn a_pid_without_a_known_start_is_not_acted_on() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START);
        let (host, log) = alone(&record);
        let anybody = ProcessId::from(record.target_pid());
        for error in [
            send_signal::<S>(target(&host, anybody), 9).unwrap_err(),
            set_nice::<S>(target(&host, anybody), 5).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
        }
        assert_untouched(&log);
    }
    everywhere!(check);
}

#[test]
fn the_kernel_itself_stands_for_no_group() {
    fn check<S: Recorded>() {
        let kernel = Sample::<S>::at(0).started(START);
        let (host, log) = alone(&kernel);
        for error in [
            send_signal::<S>(target(&host, id(&kernel)), 9).unwrap_err(),
            set_nice::<S>(target(&host, id(&kernel)), 5).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::AccessDenied);
        }
        assert_untouched(&log);
    }
    everywhere!(check);
}

#[test]
fn a_signal_to_a_zombie_succeeds_and_is_not_sent() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START).ended();
        let (host, log) = alone(&record);
        send_signal::<S>(target(&host, id(&record)), 9).unwrap();
        // Also where it has lost its start.
        let (host, other) = alone(&Sample::<S>::zombie());
        let zombie = ProcessId::from(Sample::<S>::zombie().target_pid());
        send_signal::<S>(target(&host, zombie), 9).unwrap();
        assert_untouched(&log);
        assert_untouched(&other);
    }
    everywhere!(check);
}

#[test]
fn a_clock_that_is_set_between_a_listing_and_a_signal_makes_nobody_another() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START);
        let hour = 3_600_000_000;
        let (later, boot) = match S::STARTS_MOVE {
            true => (record.clone().started(START + hour), BOOT + hour),
            false => (record.clone(), BOOT),
        };
        let (host, log) = Fake::new().booted::<S>(boot).one(&later).host();
        send_signal::<S>(target(&host, id(&record)), 1).unwrap();
        assert_eq!(count(&log, "Signal"), 1);
    }
    everywhere!(check);
}

#[test]
fn numbers_that_are_no_signals_of_the_system_are_refused_without_a_question() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START);
        let (host, log) = alone(&record);
        for number in [0, -9, S::SIGNALS.end() + 1, i32::MAX] {
            let error = send_signal::<S>(target(&host, id(&record)), number).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
        }
        for nice in [-21, 21, i32::MIN] {
            let error = set_nice::<S>(target(&host, id(&record)), nice).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
        }
        assert_eq!(log.lines().len(), 0);
        send_signal::<S>(target(&host, id(&record)), *S::SIGNALS.end()).unwrap();
    }
    everywhere!(check);
}

#[test]
fn a_refused_signal_names_the_process() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START).named("guarded");
        let mut fake = Fake::new();
        fake.refusal = Some(libc::EPERM);
        let (host, _) = fake.booted::<S>(BOOT).one(&record).host();
        for (error, call) in [
            (send_signal::<S>(target(&host, id(&record)), 9), "kill"),
            (set_nice::<S>(target(&host, id(&record)), -5), "setpriority"),
        ] {
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AccessDenied);
            let text = error.to_string();
            let start = format!("process {} (guarded): {call}: ", record.number());
            assert!(text.starts_with(&start), "{text}");
        }
    }
    everywhere!(check);
}

#[test]
fn who_ends_before_the_signal_arrives_is_gone_or_has_a_successor() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START);
        let successor = record.clone().started(START + 1_000_000);
        let ended = |then: &dyn Fn(Fake) -> Fake| {
            let mut fake = Fake::new();
            fake.refusal = Some(libc::ESRCH);
            let (host, _) = then(fake.booted::<S>(BOOT).one(&record)).host();
            send_signal::<S>(target(&host, id(&record)), 9)
                .unwrap_err()
                .kind()
        };
        let nobody = ended(&|fake| fake.nobody::<S>(record.number()));
        assert_eq!(nobody, ErrorKind::NoSuchProcess);
        assert_eq!(ended(&|fake| fake.one(&successor)), ErrorKind::Reused);
    }
    everywhere!(check);
}

#[test]
fn a_priority_is_set_between_two_looks() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START);
        let (host, log) = alone(&record);
        set_nice::<S>(target(&host, id(&record)), 20).unwrap();
        assert_eq!(log.lines().len(), 2 * S::ASKED + 1);
        let expected = format!("Nice {{ pid: {}, value: 20 }}", record.number());
        assert_eq!(count(&log, &expected), 1);
        // Who got it instead is told.
        let successor = record.clone().started(START + 1_000_000);
        let fake = Fake::new().booted::<S>(BOOT).one(&record).one(&successor);
        let (host, _) = fake.host();
        let error = set_nice::<S>(target(&host, id(&record)), 20).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Reused);
    }
    everywhere!(check);
}
