use std::{
    convert::Infallible,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use super::*;

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(30);

impl Workers<u32> {
    fn run(
        &self,
        path: &Path,
        limit: Duration,
        call: impl FnOnce(&Path) -> u32 + Send + 'static,
    ) -> Outcome<u32> {
        let go_on = || ControlFlow::<Infallible>::Continue(());
        match self.run_while(path, limit, call, go_on) {
            ControlFlow::Continue(outcome) => outcome,
            ControlFlow::Break(never) => match never {},
        }
    }
}

fn workers() -> &'static Workers<u32> {
    Box::leak(Box::new(Workers::new()))
}

/// A file system that does not answer until it is told to.
fn hung() -> (mpsc::Sender<()>, impl FnOnce(&Path) -> u32 + Send + 'static) {
    let (wake, sleep) = mpsc::channel::<()>();
    (wake, move |_: &Path| {
        let _ = sleep.recv();
        7
    })
}

fn is_idle(workers: &Workers<u32>) -> bool {
    lock(&workers.running.get().workers).is_empty()
}

fn done(outcome: Outcome<u32>) -> u32 {
    match outcome {
        Outcome::Done(answer) => answer,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_in_time_is_given() {
    let workers = workers();
    assert_eq!(done(workers.run(Path::new("/a"), LONG, |_| 1)), 1);
    // Nothing is remembered.
    assert_eq!(done(workers.run(Path::new("/a"), LONG, |_| 2)), 2);
    assert!(is_idle(workers));
}

#[test]
fn a_hung_mount_times_out_and_holds_one_thread_however_often_it_is_asked() {
    let workers = workers();
    let path = Path::new("/dead");
    let started: &'static AtomicUsize = Box::leak(Box::new(AtomicUsize::new(0)));
    let (wake, call) = hung();
    let counted = move |path: &Path| {
        started.fetch_add(1, Ordering::SeqCst);
        call(path)
    };
    assert!(matches!(workers.run(path, SHORT, counted), Outcome::Late));
    for _ in 0..50 {
        let began = Instant::now();
        let outcome = workers.run(path, LONG, move |_| {
            started.fetch_add(1, Ordering::SeqCst);
            0
        });
        assert!(matches!(outcome, Outcome::StillLate));
        assert!(began.elapsed() < LONG / 2, "it waited for a dead mount");
    }
    assert_eq!(started.load(Ordering::SeqCst), 1);
    // Another path is not held up.
    assert_eq!(done(workers.run(Path::new("/alive"), LONG, |_| 3)), 3);
    // When the file system answers at last, the path can be asked again.
    wake.send(()).unwrap();
    while !is_idle(workers) {
        thread::yield_now();
    }
    assert_eq!(done(workers.run(path, LONG, |_| 4)), 4);
}

#[test]
fn calls_at_the_same_time_share_one_thread() {
    let workers = workers();
    let path = Path::new("/slow");
    let (wake, call) = hung();
    let first = thread::spawn(move || done(workers.run(path, LONG, call)));
    while is_idle(workers) {
        thread::yield_now();
    }
    let second = thread::spawn(move || done(workers.run(path, LONG, |_| 0)));
    // The second waits too: a mount is not dead because it is asked twice.
    thread::sleep(SHORT);
    assert!(!second.is_finished());
    wake.send(()).unwrap();
    assert_eq!(first.join().unwrap(), 7);
    assert_eq!(second.join().unwrap(), 7);
}

#[test]
fn a_thread_that_panics_is_an_error_and_frees_the_path() {
    let workers = workers();
    let path = Path::new("/panic");
    let outcome = workers.run(path, LONG, |_| panic!("on purpose"));
    assert!(matches!(outcome, Outcome::NoThread(_)));
    assert_eq!(done(workers.run(path, LONG, |_| 5)), 5);
}

#[test]
fn who_gives_up_leaves_the_path_to_others() {
    let workers = workers();
    let path = Path::new("/slow");
    let (wake, call) = hung();
    let mut asked = 0;
    let outcome = workers.run_while(path, LONG, call, || {
        asked += 1;
        match asked {
            3 => ControlFlow::Break("enough"),
            _ => ControlFlow::Continue(()),
        }
    });
    assert!(matches!(outcome, ControlFlow::Break("enough")));
    // Nobody has waited in vain: the next one waits for the same answer.
    let next = thread::spawn(move || done(workers.run(path, LONG, |_| 0)));
    thread::sleep(SHORT);
    wake.send(()).unwrap();
    assert_eq!(next.join().unwrap(), 7);
}
