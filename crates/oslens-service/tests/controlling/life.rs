//! From install to remove.

use std::time::{Duration, Instant};

use oslens_service::{Accepted, Control, ErrorKind, Kind, StartType, State};

use crate::specimen::{Installed, LONG, alone};

#[test]
fn a_service_of_another_library_lives_its_whole_life() {
    let _alone = alone();
    let installed = Installed::new("life", |spec| spec);
    let (service, manager) = (&installed.service, &installed.manager);
    assert!(manager.exists(&installed.name).unwrap());
    let status = service.status().unwrap();
    assert_eq!((status.state, status.pid), (State::Stopped, None));
    assert_eq!(status.kind, Kind::OWN_PROCESS);
    assert_eq!(status.exit_code, 1077, "{status}");
    assert!(!status.has_failed());

    let args = ["plain".into(), "with blank".into(), r#"a "quote""#.into()];
    let status = service.start_and_wait(&args, LONG).unwrap();
    assert_eq!(status.state, State::Running);
    assert!(status.accepted.contains(Accepted::STOP | Accepted::PAUSE));
    assert!(!status.accepted.contains(Accepted::SHUTDOWN));
    assert_ne!(status.pid.unwrap(), std::process::id());
    installed.await_line(r#"arguments ["plain", "with blank", "a \"quote\""]"#);
    let error = service.start(&[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyRunning);
    assert_eq!(error.code(), Some(1056));
    assert_eq!(error.subject().unwrap(), installed.name.as_str());

    service.pause().unwrap();
    service.wait_for(State::Paused, LONG).unwrap();
    service.resume().unwrap();
    service.wait_for(State::Running, LONG).unwrap();
    service.control(Control::PARAM_CHANGE).unwrap();
    service.control(Control::custom(200).unwrap()).unwrap();
    service.control(Control::INTERROGATE).unwrap();
    for line in ["Pause", "Continue", "ParamChange"] {
        installed.await_line(line);
    }
    let custom = || {
        let log = installed.log();
        log.iter().any(|line| line.contains("200"))
    };
    while !custom() {
        std::thread::sleep(Duration::from_millis(10));
    }

    let stopped = service.stop_and_wait(LONG).unwrap();
    assert_eq!((stopped.state, stopped.exit_code), (State::Stopped, 0));
    assert_eq!(service.stop().unwrap_err().kind(), ErrorKind::NotRunning);
    assert_eq!(service.stop().unwrap_err().code(), Some(1062));

    service.remove(LONG).unwrap();
    assert!(!manager.exists(&installed.name).unwrap());
    let error = service.status().unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::NotFound, Some(1060))
    );
}

#[test]
fn a_start_is_waited_for_through_its_checkpoints() {
    let _alone = alone();
    let installed = Installed::new("slow", |spec| spec);
    let before = Instant::now();
    installed.service.start(&["slow".into()]).unwrap();
    let status = installed.service.wait_for(State::Running, LONG).unwrap();
    assert_eq!(status.checkpoint, 0);
    let elapsed = before.elapsed();
    assert!(elapsed > Duration::from_millis(200), "{elapsed:?}");
    // Nobody slept a whole wait hint.
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
}

#[test]
fn a_service_that_fails_to_start_is_noticed_at_once() {
    let _alone = alone();
    let installed = Installed::new("fail", |spec| spec);
    let service = &installed.service;
    let before = Instant::now();
    let error = service.start_and_wait(&["fail".into()], LONG).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
    assert_eq!(error.code(), Some(1066));
    assert_eq!(error.service_code(), Some(42));
    let status = service.status().unwrap();
    assert!(status.has_failed());
    assert_eq!(status.service_code, Some(42));
    assert_eq!(status.to_string(), "stopped, with its own error 42");

    let error = service
        .start_and_wait(&["fail-with-5".into()], LONG)
        .unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Failed, Some(5)));

    let error = service.start_and_wait(&["crash".into()], LONG).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Crashed, "{error}");
    assert_eq!(error.code(), Some(1067));
    assert!(before.elapsed() < LONG / 2);
}

#[test]
fn a_service_that_hangs_is_given_up_in_time() {
    let _alone = alone();
    let installed = Installed::new("hang", |spec| spec);
    let service = &installed.service;
    let before = Instant::now();
    let error = service
        .start_and_wait(&["hang".into()], Duration::from_millis(500))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    let text = error.to_string();
    assert!(
        text.contains("starting") && text.contains("checkpoint 1"),
        "{text}"
    );
    let elapsed = before.elapsed();
    assert!(elapsed < Duration::from_millis(2500), "{elapsed:?}");
    // It cannot take a control while it starts: it is waited for.
    service.stop_with_dependents(LONG).unwrap();
    assert_eq!(service.status().unwrap().state, State::Stopped);
}

#[test]
fn somebody_else_may_start_what_is_waited_for() {
    let _alone = alone();
    let installed = Installed::new("other", |spec| spec);
    let service = &installed.service;
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| service.wait_for(State::Running, LONG));
        std::thread::sleep(Duration::from_millis(300));
        assert!(!waiting.is_finished());
        service.start(&[]).unwrap();
        assert_eq!(waiting.join().unwrap().unwrap().state, State::Running);
        let waiting = scope.spawn(|| service.wait_for(State::Stopped, LONG));
        std::thread::sleep(Duration::from_millis(100));
        service.stop().unwrap();
        assert_eq!(waiting.join().unwrap().unwrap().state, State::Stopped);
    });
    let error = service
        .wait_for(State::Running, Duration::from_millis(200))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
}

#[test]
fn a_restart_gives_another_process() {
    let _alone = alone();
    let installed = Installed::new("restart", |spec| spec);
    let service = &installed.service;
    // It starts one that does not run.
    let first = service.restart(&[], LONG).unwrap();
    let second = service.restart(&["again".into()], LONG).unwrap();
    assert_ne!(first.pid.unwrap(), second.pid.unwrap());
    installed.await_line(r#"arguments ["again"]"#);
    let error = service.restart(&["fail".into()], LONG).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
}

#[test]
fn a_service_that_runs_is_removed() {
    let _alone = alone();
    let installed = Installed::new("remove", |spec| spec.start_type(StartType::Manual));
    let service = &installed.service;
    service.start_and_wait(&[], LONG).unwrap();
    service.delete().unwrap();
    let error = service.delete().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MarkedForDeletion, "{error}");
    let error = service
        .wait_until_gone(Duration::from_millis(50))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    service.remove(LONG).unwrap();
    assert!(!installed.manager.exists(&installed.name).unwrap());
}
