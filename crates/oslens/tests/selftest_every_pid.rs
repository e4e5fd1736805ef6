//! Every getter on every process of this machine, whoever's it is, while
//! processes are born and die: an answer, or one of the reasons for none.
//! `cargo xtask selftest` runs this on systems that nobody has tried yet.

#![cfg(unix)]

mod surface;

use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    time::{Duration, Instant},
};

use oslens::{
    ErrorKind, Unavailable,
    process::{self, Fields, Pid, Process, Sampler},
};
use oslens_testkit::{report, skip_allowed};
use surface::{PROCESS_CALLS, READ_ALL};

/// Bounds the time of each test.
const TIME: Duration = Duration::from_secs(5);

/// Programs that are started and end all the time, until the guard is gone.
struct Births<'a>(&'a AtomicBool);

impl Drop for Births<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs this while others are born and die, and says how many did.
fn among_births(run: impl FnOnce()) -> u32 {
    let (enough, born) = (&AtomicBool::new(false), &AtomicU32::new(0));
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while !enough.load(Ordering::Relaxed) {
                let mut program = Command::new("true");
                program.stdin(Stdio::null()).stdout(Stdio::null());
                if program.status().is_ok_and(|status| status.success()) {
                    born.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let _births = Births(enough);
        run();
    });
    born.load(Ordering::Relaxed)
}

/// How often a getter was answered in each way.
#[derive(Default)]
struct Answers(BTreeMap<&'static str, BTreeMap<String, u32>>);

impl Answers {
    fn note(&mut self, name: &'static str, kind: &str) {
        let answers = self.0.entry(name).or_default();
        *answers.entry(kind.to_owned()).or_default() += 1;
    }

    /// Adds all to the report.
    fn report(&self, section: &str) {
        for (name, answers) in &self.0 {
            let answers = answers
                .iter()
                .map(|(kind, count)| format!("{kind} {count}"));
            report(section, name, answers.collect::<Vec<_>>().join(", "));
        }
    }
}

/// Calls every getter once for this PID.
fn ask_everything(pid: Pid, answers: &mut Answers) {
    let opened = match Process::open(pid) {
        Ok(process) => process,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "open: {error}");
            return;
        }
    };
    let is_child = opened.ppid().is_ok_and(|parent| parent == Pid::current());
    for (name, call) in PROCESS_CALLS {
        let asked = answers.0.get(name).map_or(0, |it| it.values().sum());
        if READ_ALL.contains(name) && asked >= 5 {
            continue;
        }
        // It would be collected, and is waited for by who started it.
        if *name == "wait" && is_child {
            continue;
        }
        match call(&opened) {
            Ok(()) => answers.note(name, "ok"),
            Err(error) => {
                let kind = error.kind();
                let is_honest = matches!(
                    kind,
                    ErrorKind::NoSuchProcess
                        | ErrorKind::Reused
                        | ErrorKind::Zombie
                        | ErrorKind::AccessDenied
                        | ErrorKind::Unsupported
                );
                assert!(is_honest, "{name}: {error:?}");
                assert_eq!(error.pid(), Some(pid), "{name}: {error:?}");
                answers.note(name, &format!("{kind:?}"));
            }
        }
    }
}

/// Whether there are processes to be asked.
fn has_processes() -> bool {
    match process::pids() {
        Ok(pids) => {
            assert!(!pids.is_empty());
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            false
        }
    }
}

#[test]
fn every_getter_of_every_process_answers_or_says_why_not() {
    if !has_processes() {
        skip_allowed!("nothing asks the kernel of this system for its processes");
    }
    let mut answers = Answers::default();
    let mut asked = 0;
    let born = among_births(|| {
        let deadline = Instant::now() + TIME;
        let pids = process::pids().unwrap();
        // From both ends, so that neither the old nor the newborn are left
        // out on a slow machine.
        let both_ends = pids.iter().rev().zip(&pids).flat_map(|(a, b)| [a, b]);
        for &pid in both_ends.take(pids.len()) {
            ask_everything(pid, &mut answers);
            asked += 1;
            if Instant::now() > deadline {
                break;
            }
        }
        // Some that are still young.
        while Instant::now() < deadline {
            for &pid in process::pids().unwrap().iter().rev().take(3) {
                ask_everything(pid, &mut answers);
                asked += 1;
            }
        }
    });
    assert!(
        born > 5 && asked > 5,
        "{born} were born, {asked} were asked"
    );
    for (name, _) in PROCESS_CALLS {
        assert!(answers.0.contains_key(name), "{name} was never asked");
    }
    answers.report("every process");
}

#[test]
fn lists_and_samples_are_whole_while_processes_come_and_go() {
    if !has_processes() {
        skip_allowed!("nothing asks the kernel of this system for its processes");
    }
    let me = Pid::current();
    let born = among_births(|| {
        let deadline = Instant::now() + TIME;
        let mut sampler = Sampler::new(Fields::all());
        let mut rounds = 0;
        while rounds < 2 || Instant::now() < deadline && rounds < 15 {
            let begin = Instant::now();
            let rows = process::list(Fields::all()).unwrap();
            let taken = begin.elapsed().as_micros();
            if rounds == 0 {
                let text = format!("{} rows in {taken} us", rows.len());
                report("every process", "list of all fields", text);
            }
            assert!(rows.windows(2).all(|pair| pair[0].pid < pair[1].pid));
            assert!(rows.iter().any(|row| row.pid == me));
            let sample = sampler.sample().unwrap();
            assert!(sample.get(me).is_some());
            for row in rows.iter().chain(sample.rows()) {
                let text = format!("{row:?}");
                assert!(!text.contains("Malformed"), "{}", row.pid);
                assert!(!text.contains("Err(NotRequested)"), "{}", row.pid);
                if let Err(why) = &row.name {
                    assert_eq!(*why, Unavailable::Gone, "{}", row.pid);
                }
            }
            for row in sample.rows() {
                if let Some(Ok(used)) = sample.delta(row).map(|delta| delta.cpu) {
                    assert!(used >= 0.0, "{}: {used}", row.pid);
                }
            }
            rounds += 1;
        }
    });
    assert!(born > 5, "{born} were born");
}

#[test]
fn the_processes_of_a_list_are_those_that_can_be_opened() {
    if !has_processes() {
        skip_allowed!("nothing asks the kernel of this system for its processes");
    }
    let rows = process::list(Fields::TABLE).unwrap();
    let mut opened = 0;
    for row in &rows {
        match Process::open(row.pid) {
            Ok(process) => {
                // Neither now nor by and by is it another one's identity.
                let is_it = process.id() == row.id();
                let is_gone = || !Process::from_id(row.id()).is_running().unwrap_or(true);
                assert!(is_it || is_gone(), "{}", row.pid);
                opened += 1;
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
            }
        }
    }
    // Most live longer than this.
    assert!(opened * 2 > rows.len(), "{opened} of {}", rows.len());
}
