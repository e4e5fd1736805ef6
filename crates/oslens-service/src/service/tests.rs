//! The policy above the calls of the manager, against one that is none.

use std::{ffi::OsStr, time::Duration};

use crate::{
    ErrorKind, State,
    manager::Service,
    sys::scm::{
        Access,
        fake::{Actor, Fake},
    },
};

const SECOND: Duration = Duration::from_secs(1);

fn service(fake: &Fake, name: &str) -> Service {
    fake.manager().service(name)
}

/// a <- b <- d, a <- c <- d: whoever is pointed at is needed.
fn diamond() -> Fake {
    Fake::new(&[
        ("a", Actor::running()),
        ("b", Actor::needing(&["a"])),
        ("c", Actor::needing(&["a"])),
        ("d", Actor::needing(&["b", "c"])),
        ("e", Actor::running()),
    ])
}

#[test]
fn dependents_stop_before_what_they_need() {
    let fake = diamond();
    let stopped = service(&fake, "a").stop_with_dependents(SECOND).unwrap();
    assert_eq!(stopped, ["d", "b", "c"]);
    assert_eq!(fake.done(), ["stop d", "stop b", "stop c", "stop a"]);
    assert_eq!(fake.state("e"), State::Running);
}

#[test]
fn a_chain_is_followed_to_its_end() {
    let fake = Fake::new(&[
        ("a", Actor::running()),
        ("b", Actor::needing(&["a"])),
        ("c", Actor::needing(&["b"])),
        ("z", Actor::needing(&["c", "a"])),
    ]);
    let stopped = service(&fake, "A".to_lowercase().as_str())
        .stop_with_dependents(SECOND)
        .unwrap();
    assert_eq!(stopped, ["z", "c", "b"]);
}

#[test]
fn a_circle_of_dependents_ends() {
    let fake = Fake::new(&[
        ("a", Actor::needing(&["c"])),
        ("b", Actor::needing(&["a"])),
        ("c", Actor::needing(&["b"])),
    ]);
    // No order can be right; it is tried until the time is up, and no longer.
    let error = service(&fake, "a")
        .stop_with_dependents(SECOND)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DependentsRunning);
    let now = fake.world().now;
    assert!(now >= 3 * SECOND && now < 4 * SECOND, "{now:?}");
}

#[test]
fn the_deadline_grows_with_the_number_of_dependents() {
    let slow = |needs: &[&'static str]| Actor {
        stop: Some(Duration::from_millis(900)),
        ..Actor::needing(needs)
    };
    let fake = Fake::new(&[
        ("a", slow(&[])),
        ("b", slow(&["a"])),
        ("c", slow(&["a"])),
        ("d", slow(&["a"])),
    ]);
    service(&fake, "a").stop_with_dependents(SECOND).unwrap();
    assert_eq!(fake.world().now, Duration::from_millis(3600));
}

#[test]
fn a_dependent_that_does_not_stop_is_named() {
    let fake = diamond();
    fake.world().services.get_mut(OsStr::new("b")).unwrap().stop = None;
    let error = service(&fake, "a")
        .stop_with_dependents(SECOND)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(error.subject(), Some(OsStr::new("b")));
    let text = error.to_string();
    assert!(
        text.contains("stopping") && text.contains("without progress"),
        "{text}"
    );
    // All of the time, and no more: a second for each of four.
    assert_eq!(fake.world().now, 4 * SECOND);
    assert_eq!(fake.done(), ["stop d", "stop b"]);
}

#[test]
fn what_stopped_meanwhile_is_stopped() {
    let fake = diamond();
    // 1062, and another one is deleted.
    fake.before("stop b", |world| {
        world.services.get_mut(OsStr::new("b")).unwrap().state = State::Stopped;
    });
    fake.before("open c", |world| {
        // It was opened once to ask for its dependents.
        world.hooks.insert(
            "open c".to_owned(),
            Box::new(|world| drop(world.services.remove(OsStr::new("c")))),
        );
    });
    let stopped = service(&fake, "a").stop_with_dependents(SECOND).unwrap();
    assert_eq!(stopped, ["d"]);
    assert_eq!(fake.done(), ["stop d", "stop a"]);
}

#[test]
fn what_starts_meanwhile_is_stopped_too() {
    let fake = diamond();
    fake.world().services.insert("f".into(), {
        let mut late = Actor::needing(&["a"]);
        late.state = State::Stopped;
        late
    });
    // 1051 for a: f has been started behind our back.
    fake.before("stop a", |world| {
        world.services.get_mut(OsStr::new("f")).unwrap().state = State::Running;
    });
    let stopped = service(&fake, "a").stop_with_dependents(SECOND).unwrap();
    assert_eq!(stopped, ["d", "b", "c", "f"]);
    assert_eq!(fake.state("a"), State::Stopped);
}

#[test]
fn a_service_that_is_starting_is_waited_for_and_stopped() {
    let fake = diamond();
    service(&fake, "a").stop_with_dependents(SECOND).unwrap();
    let a = service(&fake, "a");
    a.start(&[]).unwrap();
    assert_eq!(fake.state("a"), State::StartPending);
    fake.done();
    a.stop_with_dependents(SECOND).unwrap();
    assert_eq!(fake.done(), ["stop a"]);
    assert_eq!(fake.state("a"), State::Stopped);
    // One that never gets out of it is an error in time: 1061.
    fake.world()
        .services
        .get_mut(OsStr::new("a"))
        .unwrap()
        .start = None;
    a.start(&[]).unwrap();
    let before = fake.world().now;
    let error = a.stop_with_dependents(SECOND).unwrap_err();
    assert_eq!(error.code(), Some(1061));
    assert_eq!(fake.world().now - before, SECOND);
}

#[test]
fn a_service_that_does_not_answer_is_an_error() {
    let fake = diamond();
    fake.fail("stop d", &[1053]);
    let error = service(&fake, "a")
        .stop_with_dependents(SECOND)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoAnswer);
    assert_eq!(error.subject(), Some(OsStr::new("d")));
}

#[test]
fn a_machine_that_goes_away_is_an_error_everywhere() {
    for call in [
        "open a",
        "dependents a",
        "dependents c",
        "stop b",
        "watch d",
    ] {
        let fake = diamond();
        fake.fail(call, &[1722]);
        let error = service(&fake, "a")
            .stop_with_dependents(SECOND)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreachable, "{call}");
    }
}

#[test]
fn a_restart_brings_back_what_it_stopped_and_nothing_else() {
    let fake = diamond();
    fake.world().services.insert("f".into(), {
        let mut idle = Actor::needing(&["a"]);
        idle.state = State::Stopped;
        idle
    });
    let status = service(&fake, "a").restart(&[], SECOND).unwrap();
    assert_eq!(status.state, State::Running);
    assert_eq!(
        fake.done(),
        [
            "stop d", "stop b", "stop c", "stop a", "start a", "start c", "start b", "start d"
        ]
    );
    assert_eq!(fake.state("d"), State::Running);
    assert_eq!(fake.state("f"), State::Stopped);
}

#[test]
fn a_restart_that_fails_to_start_fails() {
    let fake = diamond();
    fake.world()
        .services
        .get_mut(OsStr::new("a"))
        .unwrap()
        .fails_with = Some(1067);
    let error = service(&fake, "a").restart(&[], 60 * SECOND).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Crashed);
    assert_eq!(error.subject(), Some(OsStr::new("a")));
    // At once, not when the time is up.
    assert!(fake.world().now < SECOND);
}

#[test]
fn a_dependent_that_fails_to_start_does_not_keep_the_others_down() {
    let fake = diamond();
    fake.world()
        .services
        .get_mut(OsStr::new("c"))
        .unwrap()
        .fails_with = Some(1066);
    let error = service(&fake, "a").restart(&[], SECOND).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert_eq!(error.service_code(), Some(42));
    assert_eq!(error.subject(), Some(OsStr::new("c")));
    assert_eq!(fake.state("a"), State::Running);
    assert_eq!(fake.state("b"), State::Running);
    // It needs c.
    assert_eq!(fake.state("d"), State::Stopped);
}

#[test]
fn a_restart_that_cannot_stop_puts_back_what_it_stopped() {
    let fake = diamond();
    fake.fail("stop a", &[1053]);
    let error = service(&fake, "a").restart(&[], SECOND).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoAnswer);
    for name in ["a", "b", "c", "d"] {
        assert_eq!(fake.state(name), State::Running, "{name}");
    }
}

#[test]
fn a_restart_takes_what_somebody_else_started() {
    let fake = diamond();
    // 1056: failure actions or a trigger were faster.
    fake.before("start a", |world| {
        let a = world.services.get_mut(OsStr::new("a")).unwrap();
        a.state = State::Running;
    });
    service(&fake, "a").restart(&[], SECOND).unwrap();
    assert_eq!(fake.state("d"), State::Running);
}

#[test]
fn waiting_wakes_when_the_manager_calls() {
    let fake = Fake::new(&[("a", Actor::default())]);
    service(&fake, "a").start_and_wait(&[], SECOND).unwrap();
    let world = fake.world();
    assert_eq!(world.now, Duration::from_millis(200));
    assert!(world.looks <= 3, "{}", world.looks);
}

#[test]
fn a_manager_that_does_not_call_is_asked_again_and_again() {
    for (hint, start, late) in [
        (Duration::ZERO, 200, 100),
        (10 * SECOND, 200, 1000),
        (600 * SECOND, 60_000, 1000),
    ] {
        let fake = Fake::new(&[(
            "a",
            Actor {
                start: Some(Duration::from_millis(start)),
                wait_hint: hint,
                ..Actor::default()
            },
        )]);
        fake.world().silent = true;
        service(&fake, "a")
            .start_and_wait(&[], 100 * SECOND)
            .unwrap();
        let world = fake.world();
        let late = Duration::from_millis(start + late);
        assert!(world.now <= late, "{:?} with hint {hint:?}", world.now);
        // Not as fast as it answers either.
        let most = 20 + 2 * start / 100;
        assert!(u64::from(world.looks) < most, "{} looks", world.looks);
    }
}

#[test]
fn a_manager_that_calls_for_nothing_is_not_asked_without_end() {
    let fake = Fake::new(&[("a", Actor::default())]);
    fake.world().restless = true;
    service(&fake, "a").start_and_wait(&[], SECOND).unwrap();
    assert!(fake.world().looks < 50, "{}", fake.world().looks);
}

#[test]
fn a_failed_start_is_noticed_at_once_also_without_calls() {
    for silent in [false, true] {
        let fake = Fake::new(&[(
            "a",
            Actor {
                fails_with: Some(5),
                ..Actor::default()
            },
        )]);
        fake.world().silent = silent;
        let error = service(&fake, "a")
            .start_and_wait(&[], 3600 * SECOND)
            .unwrap_err();
        // Its own "access denied" is not ours.
        assert_eq!((error.kind(), error.code()), (ErrorKind::Failed, Some(5)));
        assert!(fake.world().now < SECOND);
    }
}

#[test]
fn a_service_that_hangs_is_told_with_how_far_it_got() {
    for silent in [false, true] {
        let fake = Fake::new(&[(
            "a",
            Actor {
                start: None,
                wait_hint: SECOND,
                ..Actor::default()
            },
        )]);
        fake.world().silent = silent;
        let error = service(&fake, "a")
            .start_and_wait(&[], 30 * SECOND)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(
            error.to_string(),
            "a: not running in time: starting, checkpoint 1, next one within 1s, \
             without progress for 30.0s"
        );
        assert_eq!(fake.world().now, 30 * SECOND);
    }
}

#[test]
fn a_stopped_service_is_waited_for_and_one_that_stops_is_not() {
    let fake = Fake::new(&[("a", Actor::default()), ("b", Actor::running())]);
    let error = service(&fake, "a")
        .wait_for(State::Running, SECOND)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(fake.world().now, SECOND);
    let b = service(&fake, "b");
    b.stop().unwrap();
    let error = b.wait_for(State::Paused, 60 * SECOND).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotRunning);
    assert!(fake.world().now < 2 * SECOND);
}

#[test]
fn an_endless_wait_ends_when_it_should() {
    let fake = Fake::new(&[("a", Actor::default())]);
    service(&fake, "a")
        .start_and_wait(&[], Duration::MAX)
        .unwrap();
    service(&fake, "a")
        .stop_with_dependents(Duration::MAX)
        .unwrap();
}

#[test]
fn a_service_is_removed_whatever_it_does() {
    let fake = Fake::new(&[("a", Actor::running()), ("b", Actor::default())]);
    service(&fake, "a").remove(SECOND).unwrap();
    assert_eq!(fake.done()[..2], ["stop a", "delete a"]);
    let b = service(&fake, "b");
    b.delete().unwrap();
    let error = service(&fake, "b").remove(SECOND).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn what_was_marked_before_is_removed_all_the_same() {
    let fake = Fake::new(&[("a", Actor::running())]);
    let a = service(&fake, "a");
    a.delete().unwrap();
    assert_eq!(a.delete().unwrap_err().kind(), ErrorKind::MarkedForDeletion);
    assert_eq!(
        a.wait_until_gone(SECOND).unwrap_err().kind(),
        ErrorKind::TimedOut
    );
    assert_eq!(a.start(&[]).unwrap_err().kind(), ErrorKind::AlreadyRunning);
    a.remove(SECOND).unwrap();
    assert!(!fake.manager().exists("a").unwrap());
}

#[test]
fn a_service_with_dependents_is_not_removed() {
    let fake = diamond();
    let error = service(&fake, "a").remove(SECOND).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DependentsRunning);
    assert_eq!(fake.state("a"), State::Running);
}

#[test]
fn a_service_is_opened_for_no_more_than_is_needed() {
    let fake = diamond();
    let e = service(&fake, "e");
    let opened = |action: &dyn Fn()| -> Vec<Access> {
        fake.world().opened.clear();
        action();
        let world = fake.world();
        world.opened.iter().map(|(_, access)| *access).collect()
    };
    assert_eq!(opened(&|| drop(e.status())), [Access::QueryStatus]);
    assert_eq!(opened(&|| drop(e.config())), [Access::QueryConfig]);
    assert_eq!(opened(&|| drop(e.description())), [Access::QueryConfig]);
    assert_eq!(opened(&|| drop(e.dependents())), [Access::Dependents]);
    assert_eq!(opened(&|| drop(e.start(&[]))), [Access::Start]);
    assert_eq!(opened(&|| drop(e.pause())), [Access::Pause]);
    assert_eq!(opened(&|| drop(e.resume())), [Access::Pause]);
    assert_eq!(opened(&|| drop(e.stop())), [Access::Stop]);
    assert_eq!(opened(&|| drop(e.security())), [Access::ReadSecurity]);
    assert_eq!(opened(&|| drop(e.set_security("D:"))), [Access::WriteDacl]);
    assert_eq!(opened(&|| drop(e.disable())), [Access::ChangeConfig]);
    assert_eq!(opened(&|| drop(e.delete())), [Access::Delete]);
    assert_eq!(opened(&|| drop(e.display_name())), []);
}

#[test]
fn a_listing_of_dependents_that_does_not_fit_is_asked_for_again() {
    let fake = Fake::new(&[("a", Actor::running())]);
    for index in 0..200 {
        let name = format!("dependent-{index:03}");
        let mut actor = Actor::needing(&["a"]);
        actor.stop = Some(Duration::from_millis(1));
        fake.world().services.insert(name.into(), actor);
    }
    let a = service(&fake, "a");
    assert_eq!(a.dependents().unwrap().len(), 200);
    assert_eq!(a.stop_with_dependents(SECOND).unwrap().len(), 200);
}
