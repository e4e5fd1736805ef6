use std::{
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::*;
use crate::host::{Extras, Failure, Record, Service, Topic, USUAL, failure::PANICKED, run};

/// What was reported, in order.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<Report>>>);

impl Reporter for Told {
    fn report(&self, report: &Report) -> Result<()> {
        self.0.lock().unwrap().push(*report);
        Ok(())
    }
}

impl Told {
    fn phases(&self) -> Vec<Phase> {
        self.0.lock().unwrap().iter().map(|one| one.phase).collect()
    }

    fn last(&self) -> Report {
        *self.0.lock().unwrap().last().expect("a report")
    }

    fn await_phase(&self, phase: Phase) {
        let end = Instant::now() + Duration::from_secs(10);
        while self.0.lock().unwrap().last().map(|one| one.phase) != Some(phase) {
            assert!(Instant::now() < end, "{:?}", self.phases());
            thread::yield_now();
        }
    }
}

/// What was written down.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<(Topic, String)>>>);

impl Extras for Written {
    fn record(&self, record: &Record<'_>) {
        let line = (record.topic, record.text.to_owned());
        self.0.lock().unwrap().push(line);
    }
}

fn shared(accept: Accepted) -> (Arc<Shared>, Told, Written) {
    let (told, written) = (Told::default(), Written::default());
    let extras: Vec<Box<dyn Extras>> = vec![Box::new(written.clone())];
    let journal = Journal::new("test".into(), Arc::new(extras), false);
    let machine = Machine::new(accept, Duration::from_secs(10));
    let shared = Shared::prepare(journal).unwrap();
    let shared = shared.with(machine, Box::new(told.clone()));
    (Arc::new(shared), told, written)
}

/// Runs it to its end beside `during`.
fn run_with(
    accept: Accepted,
    service: impl Service + 'static,
    during: impl FnOnce(&Shared, &Told),
) -> (Exit, Told, Written) {
    let (shared, told, written) = shared(accept);
    let service: Mutex<Box<dyn Service>> = Mutex::new(Box::new(service));
    let exit = thread::scope(|scope| {
        let run = scope.spawn(|| {
            let args = vec!["one".into(), "two".into()];
            run::run(&service, &shared, "test".into(), args, false)
        });
        during(&shared, &told);
        run.join().unwrap()
    });
    assert_eq!(Arc::strong_count(&shared), 1, "something keeps it");
    (exit, told, written)
}

use Phase::{ContinuePending, PausePending, Paused, Running, StartPending, StopPending, Stopped};

#[test]
fn a_service_that_waits_has_started_and_stops_when_asked() {
    let service = |context: &Context| {
        assert_eq!(context.name(), "test");
        assert_eq!(context.args(), ["one", "two"]);
        assert!(!context.is_debug() && !context.is_stopping());
        assert!(context.wait(None));
        assert!(context.is_stopping() && context.stop().is_set());
        Ok(())
    };
    let (exit, told, written) = run_with(USUAL, service, |shared, told| {
        told.await_phase(Running);
        assert_eq!(told.last().accepts, USUAL);
        assert_eq!(shared.handle(code::INTERROGATE, 0, &[]), Answer::Done);
        assert_eq!(shared.handle(code::STOP, 0, &[]), Answer::Done);
    });
    assert_eq!(exit, Exit::Success);
    let wanted = [StartPending, Running, Running, StopPending, Stopped];
    assert_eq!(told.phases(), wanted);
    let written = written.0.lock().unwrap();
    assert_eq!(written[0].0, Topic::Started);
    assert_eq!(written[1].0, Topic::Stopped(Exit::Success));
}

#[test]
fn stopped_is_reported_whatever_happens() {
    let (exit, told, _) = run_with(USUAL, |_: &Context| Ok(()), |_, _| {});
    assert_eq!(exit, Exit::Success);
    assert_eq!(told.phases(), [StartPending, Stopped]);

    let failing = |context: &Context| {
        context.running()?;
        Err(Failure::specific(42, "no licence"))
    };
    let (exit, told, written) = run_with(USUAL, failing, |_, _| {});
    assert_eq!(exit, Exit::Specific(42));
    assert_eq!(told.last().exit, exit);
    assert_eq!(told.phases(), [StartPending, Running, Stopped]);
    let text = written.0.lock().unwrap().last().unwrap().1.clone();
    assert_eq!(text, "stopped with its own error 42: no licence");

    let panicking = |context: &Context| -> std::result::Result<(), Failure> {
        context.running()?;
        panic!("on purpose")
    };
    let (exit, told, written) = run_with(USUAL, panicking, |_, _| {});
    assert_eq!(exit, PANICKED);
    assert_eq!(told.last().exit, PANICKED);
    assert_eq!(told.last().phase, Stopped);
    let (topic, text) = written.0.lock().unwrap().last().unwrap().clone();
    assert_eq!(topic, Topic::Stopped(PANICKED));
    assert!(text.contains("on purpose"), "{text}");
}

#[test]
fn a_service_runs_again_after_a_panic() {
    let mut runs = 0;
    let mut service: Box<dyn Service> = Box::new(move |_: &Context| {
        runs += 1;
        assert!(runs > 1, "the first one fails");
        Ok(())
    });
    // As in a process that is shared with others.
    for wanted in [PANICKED, Exit::Success] {
        let (shared, told, _) = shared(USUAL);
        let mutex = Mutex::new(service);
        let exit = run::run(&mutex, &shared, "test".into(), Vec::new(), false);
        assert_eq!((exit, told.last().phase), (wanted, Stopped));
        service = mutex.into_inner().unwrap_or_else(PoisonError::into_inner);
    }
}

#[test]
fn pausing_and_controls_of_its_own_come_in_order() {
    let accept = USUAL | Accepted::PAUSE | Accepted::SESSION_CHANGE;
    let service = |context: &Context| {
        let mut seen = Vec::new();
        for control in context.controls() {
            match &control {
                Control::Pause => context.paused()?,
                Control::Continue => context.running()?,
                Control::Custom(200) => context.accept(Accepted::STOP)?,
                _ => {}
            }
            seen.push(control);
        }
        assert_eq!(seen.len(), 5, "{seen:?}");
        assert!(matches!(seen[1], Control::SessionChange(change) if change.session == 7));
        assert_eq!(seen[4], Control::Stop);
        assert_eq!(context.next_control(None), None);
        assert!(context.pending().is_set());
        Ok(())
    };
    let (exit, told, _) = run_with(accept, service, |shared, told| {
        told.await_phase(Running);
        assert_eq!(shared.handle(code::PAUSE, 0, &[]), Answer::Done);
        told.await_phase(Paused);
        let session = [8, 0, 0, 0, 7, 0, 0, 0];
        assert_eq!(
            shared.handle(code::SESSION_CHANGE, 5, &session),
            Answer::Done
        );
        shared.handle(code::INTERROGATE, 0, &[]);
        assert_eq!(told.last().phase, Paused);
        assert_eq!(shared.handle(code::CONTINUE, 0, &[]), Answer::Done);
        told.await_phase(Running);
        assert_eq!(
            shared.handle(code::POWER_EVENT, 4, &[]),
            Answer::NotImplemented
        );
        assert_eq!(shared.handle(77, 0, &[]), Answer::NotImplemented);
        assert_eq!(shared.handle(200, 0, &[]), Answer::Done);
        while told.last().accepts != Accepted::STOP {
            thread::yield_now();
        }
        assert_eq!(shared.handle(code::PAUSE, 0, &[]), Answer::NotImplemented);
        assert_eq!(shared.handle(code::STOP, 0, &[]), Answer::Done);
    });
    assert_eq!(exit, Exit::Success);
    let wanted = [
        StartPending,
        Running,
        PausePending,
        Paused,
        Paused,
        ContinuePending,
        Running,
        Running,
        StopPending,
        Stopped,
    ];
    assert_eq!(told.phases(), wanted);
    assert_eq!(Answer::NotImplemented.number(), 120);
}

#[test]
fn after_the_end_nothing_is_accepted_and_nobody_waits_for_ever() {
    let (shared, _, _) = shared(USUAL | Accepted::PAUSE);
    let context = Context::new(Arc::clone(&shared), "test".into(), Vec::new(), false);
    context.running().unwrap();
    let waiting = thread::spawn({
        let context = context.clone();
        move || (context.wait(None), context.next_control(None))
    });
    shared.stopped(Exit::Success).unwrap();
    assert_eq!(waiting.join().unwrap(), (true, None));
    for control in [code::PAUSE, code::INTERROGATE, 200] {
        assert_eq!(shared.handle(control, 0, &[]), Answer::NotActive);
    }
    context.running().unwrap();
    context.stopping(Duration::ZERO).unwrap();
    assert_eq!(locked(&shared.machine).phase(), Stopped);
}

#[test]
fn the_service_may_answer_but_not_refuse_to_stop() {
    let asked = Arc::new(AtomicUsize::new(0));
    let (shared, told, _) = shared(USUAL);
    let context = Context::new(Arc::clone(&shared), "test".into(), Vec::new(), false);
    context.running().unwrap();
    let count = Arc::clone(&asked);
    context.on_control(move |control| {
        count.fetch_add(1, Ordering::SeqCst);
        match control {
            Control::Device(_) => Err(170),
            _ => Ok(()),
        }
    });
    let busy = shared.handle(code::DEVICE_EVENT, 0x8001, &[0; 12]);
    assert_eq!(busy, Answer::Denied(170));
    assert_eq!(shared.handle(200, 0, &[]), Answer::Done);
    assert_eq!(context.next_control(None), Some(Control::Custom(200)));
    assert!(!context.pending().is_set());
    context.on_control(|_| panic!("on purpose"));
    assert_eq!(shared.handle(201, 0, &[]), Answer::Done);
    // It does not end well, whatever its own thread says.
    assert!(context.is_stopping());
    assert_eq!(told.last().phase, StopPending);
    assert_eq!(shared.exit(Exit::Success), PANICKED);
    assert_eq!(shared.handle(code::STOP, 0, &[]), Answer::Done);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[test]
fn a_service_whose_answer_panics_is_let_go_when_that_is_known() {
    /// Whether it was let go when it was reported to be stopping.
    #[derive(Clone, Default)]
    struct Early(Arc<OnceLock<Weak<Shared>>>, Arc<Mutex<Option<bool>>>);
    impl Reporter for Early {
        fn report(&self, report: &Report) -> Result<()> {
            if report.phase == StopPending {
                let shared = self.0.get().and_then(Weak::upgrade).unwrap();
                *self.1.lock().unwrap() = Some(shared.stop.is_set());
            }
            Ok(())
        }
    }
    let early = Early::default();
    let journal = Journal::new("test".into(), Arc::default(), false);
    let machine = Machine::new(USUAL, Duration::from_secs(10));
    let prepared = Shared::prepare(journal).unwrap();
    let shared = Arc::new(prepared.with(machine, Box::new(early.clone())));
    early.0.set(Arc::downgrade(&shared)).unwrap();
    let context = Context::new(Arc::clone(&shared), "test".into(), Vec::new(), false);
    context.running().unwrap();
    context.on_control(|_| panic!("on purpose"));
    shared.handle(200, 0, &[]);
    assert_eq!(*early.1.lock().unwrap(), Some(false));
    assert!(context.is_stopping());
}

#[test]
fn an_answer_can_put_another_in_its_place() {
    let (shared, _, _) = shared(USUAL);
    let context = Context::new(Arc::clone(&shared), "test".into(), Vec::new(), false);
    context.running().unwrap();
    let again = context.clone();
    context.on_control(move |_| {
        again.on_control(|_| Err(2));
        Err(1)
    });
    assert_eq!(shared.handle(200, 0, &[]), Answer::Denied(1));
    assert_eq!(shared.handle(200, 0, &[]), Answer::Denied(2));
    assert_eq!(shared.handle(200, 0, &[]), Answer::Denied(2));
}

#[test]
fn an_answer_that_panics_when_it_is_dropped_does_not_hide_the_end() {
    struct Fuse;
    impl Drop for Fuse {
        fn drop(&mut self) {
            assert!(thread::panicking(), "on purpose");
        }
    }
    let (shared, told, _) = shared(USUAL);
    let context = Context::new(Arc::clone(&shared), "test".into(), Vec::new(), false);
    context.running().unwrap();
    let fuse = Fuse;
    context.on_control(move |_| {
        let _ = &fuse;
        Ok(())
    });
    let stopped = catch_unwind(AssertUnwindSafe(|| shared.stopped(Exit::Success)));
    assert!(stopped.is_err());
    assert_eq!(told.last().phase, Stopped);
}

#[test]
fn what_nobody_reads_does_not_pile_up_and_keeps_the_stop() {
    let (shared, _, _) = shared(USUAL);
    let context = Context::new(Arc::clone(&shared), "test".into(), Vec::new(), false);
    context.running().unwrap();
    for _ in 0..QUEUE + 10 {
        shared.handle(200, 0, &[]);
    }
    shared.handle(code::STOP, 0, &[]);
    let read: Vec<_> = context.controls().collect();
    assert_eq!(read.len(), QUEUE);
    assert_eq!(read.last(), Some(&Control::Stop));
}

#[test]
fn a_wait_ends_when_its_time_has_passed() {
    let (shared, _, _) = shared(USUAL);
    let context = Context::new(shared, "test".into(), Vec::new(), true);
    let within = Duration::from_millis(20);
    let before = Instant::now();
    assert!(!context.wait(Some(within)));
    assert_eq!(context.next_control(Some(within)), None);
    assert!(before.elapsed() >= within * 2);
    assert!(context.is_debug());
}

#[test]
fn who_takes_no_stop_is_ended_by_a_terminal_all_the_same() {
    for accept in [USUAL, Accepted::SHUTDOWN, Accepted::empty()] {
        let (shared, _, _) = shared(accept);
        let context = Context::new(Arc::clone(&shared), "test".into(), Vec::new(), true);
        shared.ask_to_stop();
        assert!(context.wait(None), "{accept:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_is_readable_while_it_is_set() {
    use std::{io::Read as _, os::fd::AsFd as _, os::unix::net::UnixStream};
    let signal = Signal::new().unwrap();
    let mut stream = UnixStream::from(signal.as_fd().try_clone_to_owned().unwrap());
    assert!(stream.read(&mut [0]).is_err());
    signal.set();
    signal.set();
    assert!(signal.is_set());
    signal.reset();
    assert!(!signal.is_set());
    assert!(stream.read(&mut [0]).is_err());
    signal.set();
    assert_eq!(stream.read(&mut [0]).unwrap(), 1);
}
