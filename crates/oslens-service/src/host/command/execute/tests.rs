use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use super::*;
use crate::{
    host::{
        Context, Extras,
        command::{Parsed, parse},
    },
    sys::scm::fake::{Actor, Fake},
};

/// What was set up and removed, in order.
#[derive(Clone, Default)]
struct Noted {
    name: &'static str,
    done: Arc<Mutex<Vec<String>>>,
    fails: bool,
}

impl Noted {
    fn note(&self, what: &str, service: &OsStr) -> Result<(), Failure> {
        let line = format!("{what} {} of {}", self.name, service.to_string_lossy());
        self.done.lock().unwrap().push(line);
        if self.fails {
            return Err(Failure::message(format!("{} fails", self.name)));
        }
        Ok(())
    }
}

impl Extras for Noted {
    fn install(&self, service: &OsStr, program: &Path) -> Result<(), Failure> {
        assert!(program.is_absolute());
        self.note("install", service)
    }

    fn remove(&self, service: &OsStr) -> Result<(), Failure> {
        self.note("remove", service)
    }
}

struct World {
    fake: Fake,
    program: Program,
    done: Arc<Mutex<Vec<String>>>,
}

/// A program with the services a and b, whose second extras fail or not.
fn world(services: &[(&'static str, Actor)], fails: bool) -> World {
    let done = Arc::default();
    let extras = |name, fails| Noted {
        name,
        done: Arc::clone(&done),
        fails,
    };
    let service = |_: &Context| Ok(());
    let program = Program::new()
        .service(ServiceSpec::this_program("a"), service)
        .service(ServiceSpec::this_program("b"), service)
        .extras(extras("first", false))
        .extras(extras("second", fails));
    World {
        fake: Fake::new(services),
        program,
        done,
    }
}

impl World {
    /// The exit code and what was said.
    fn run(&self, line: &str) -> (u8, String) {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let Ok(Parsed::Request(request)) = parse(&words) else {
            panic!("{line}")
        };
        let mut out = Vec::new();
        let mut outcome = Outcome {
            out: &mut out,
            code: 0,
        };
        carry_out(&self.fake.manager(), &self.program, &request, &mut outcome);
        let code = outcome.code;
        (code, String::from_utf8(out).unwrap())
    }

    fn noted(&self) -> Vec<String> {
        std::mem::take(&mut self.done.lock().unwrap())
    }
}

#[test]
fn install_of_what_is_there_is_an_update() {
    let world = world(&[("b", Actor::running())], false);
    let (code, said) = world.run("install --startup automatic");
    assert_eq!((code, said.as_str()), (0, "a: installed\nb: updated\n"));
    let manager = world.fake.manager();
    let config = manager.service("a").config().unwrap();
    assert_eq!(config.start_type, crate::StartType::Automatic);
    let noted = [
        "install first of a",
        "install second of a",
        "install first of b",
        "install second of b",
    ];
    assert_eq!(world.noted(), noted);
    let (code, said) = world.run("update --service B");
    assert_eq!((code, said.as_str()), (0, "b: updated\n"));
}

#[test]
fn update_of_what_is_not_there_fails() {
    let world = world(&[("b", Actor::running())], false);
    let (code, said) = world.run("update");
    assert_eq!((code, said.as_str()), (NO_SUCH_SERVICE, "b: updated\n"));
}

#[test]
fn an_installation_whose_extras_fail_leaves_nothing() {
    let world = world(&[("b", Actor::running())], true);
    let (code, said) = world.run("install");
    assert_eq!((code, said.as_str()), (1, "a: not installed\n"));
    let noted = [
        "install first of a",
        "install second of a",
        "remove second of a",
        "remove first of a",
        // That was there before, and stays.
        "install first of b",
        "install second of b",
    ];
    assert_eq!(world.noted(), noted);
    assert!(!world.fake.manager().exists("a").unwrap());
    assert!(world.fake.manager().exists("b").unwrap());
}

#[test]
fn removing_stops_when_asked_and_takes_the_extras_away() {
    let services = [
        ("a", Actor::running()),
        ("b", Actor::default()),
        ("c", Actor::needing(&["a"])),
    ];
    let world = world(&services, false);
    let (code, said) = world.run("remove --service a --stop --with-dependents");
    assert_eq!((code, said.as_str()), (0, "a: removed, and before it c\n"));
    assert_eq!(world.noted(), ["remove second of a", "remove first of a"]);
    let (code, said) = world.run("remove --service b");
    assert_eq!((code, said.as_str()), (0, "b: removed\n"));
    world.noted();
    // What comes with it goes even where it is gone itself.
    let (code, _) = world.run("remove --service b");
    assert_eq!(code, NO_SUCH_SERVICE);
    assert_eq!(world.noted(), ["remove second of b", "remove first of b"]);
}

#[test]
fn one_that_runs_is_removed_when_it_stops_and_that_is_said() {
    let world = world(&[("a", Actor::running())], false);
    let (code, said) = world.run("remove --service a");
    assert_eq!(code, 0);
    assert!(said.starts_with("a: removed as soon as it stops"), "{said}");
}

#[test]
fn what_is_so_already_is_no_failure() {
    let services = [("a", Actor::running()), ("b", Actor::default())];
    let world = world(&services, false);
    let (code, said) = world.run("start --wait");
    assert_eq!(code, 0);
    assert!(said.starts_with("a: runs already\nb: running"), "{said}");
    // Backwards: what was started last stops first.
    let (code, said) = world.run("stop --wait");
    assert_eq!(code, 0);
    assert_eq!(said, "b: stopped\na: stopped\n");
    let (code, said) = world.run("stop");
    assert_eq!(
        (code, said.as_str()),
        (0, "b: does not run\na: does not run\n")
    );
}

#[test]
fn exit_codes_say_what_went_wrong() {
    let fails = Actor {
        fails_with: Some(1066),
        ..Actor::default()
    };
    let hangs = Actor {
        start: None,
        ..Actor::default()
    };
    let world = world(&[("a", fails), ("b", hangs)], false);
    assert_eq!(world.run("start --wait --service a").0, FAILED_ITSELF);
    assert_eq!(world.run("start --wait=5 --service b").0, TIMED_OUT);
    assert_eq!(world.run("status --service a").0, NOT_RUNNING);
    world.fake.fail("start a", &[5]);
    assert_eq!(world.run("start --service a").0, ACCESS_DENIED);
    world.fake.fail("start a", &[1058]);
    assert_eq!(world.run("start --service a").0, 1);
    // The first failure's, and the others are tried.
    let (code, said) = world.run("status");
    assert_eq!(code, NOT_RUNNING);
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn a_restart_waits_as_long_as_it_is_told_to() {
    let slow = Actor {
        stop: Some(Duration::from_secs(50)),
        ..Actor::running()
    };
    let world = world(&[("a", slow), ("b", Actor::running())], false);
    assert_eq!(world.run("restart --service a").0, TIMED_OUT);
    assert_eq!(world.run("restart --service a --wait=2m").0, 0);
    let (code, said) = world.run("restart --service b");
    assert_eq!((code, said.as_str()), (0, "b: running\n"));
}
