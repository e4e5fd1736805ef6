use super::*;
use crate::host::USUAL;

const PATIENCE: Duration = Duration::from_secs(7);
const HINT: Duration = Duration::from_secs(3);

fn machine() -> Machine {
    let accept = USUAL | Accepted::PAUSE;
    Machine::new(accept, PATIENCE)
}

/// Phase, checkpoint, wait hint, whether anything is accepted.
fn seen(report: Option<Report>) -> (Phase, u32, Duration, bool) {
    let report = report.expect("a report");
    let accepts = !report.accepts.is_empty();
    (report.phase, report.checkpoint, report.wait_hint, accepts)
}

const NO_TIME: Duration = Duration::ZERO;

#[test]
fn the_checkpoint_rises_only_while_something_is_pending() {
    let mut machine = machine();
    let first = machine.current();
    assert_eq!(seen(Some(first)), (Phase::StartPending, 1, PATIENCE, false));
    assert_eq!(
        seen(machine.progress(HINT)),
        (Phase::StartPending, 2, HINT, false)
    );
    assert_eq!(
        seen(machine.progress(HINT)),
        (Phase::StartPending, 3, HINT, false)
    );
    assert_eq!(seen(machine.running()), (Phase::Running, 0, NO_TIME, true));
    assert_eq!(machine.progress(HINT), None);
    assert_eq!(machine.running(), None);
    assert_eq!(machine.current().checkpoint, 0);
    assert_eq!(
        seen(machine.stopping(HINT)),
        (Phase::StopPending, 1, HINT, false)
    );
    assert_eq!(
        seen(machine.progress(HINT)),
        (Phase::StopPending, 2, HINT, false)
    );
    machine.checkpoint = u32::MAX;
    assert_eq!(machine.progress(HINT).unwrap().checkpoint, 1);
    let last = machine.stopped(Exit::Success);
    assert_eq!(seen(last), (Phase::Stopped, 0, NO_TIME, false));
}

#[test]
fn nothing_leads_back_from_stopping() {
    let mut machine = machine();
    machine.running();
    let verdict = machine.control(&Control::Stop);
    let Verdict::Deliver(Some(report)) = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(report.phase, Phase::StopPending);
    assert_eq!(report.wait_hint, PATIENCE);
    // Another thread was about to say these.
    assert_eq!(machine.running(), None);
    assert_eq!(machine.paused(), None);
    assert_eq!(machine.control(&Control::Stop), Verdict::Done);
    assert_eq!(machine.control(&Control::Shutdown), Verdict::Done);
    assert_eq!(machine.control(&Control::Pause), Verdict::NotNow);
    assert_eq!(
        machine.control(&Control::Custom(200)),
        Verdict::Deliver(None)
    );
    machine.stopped(Exit::Specific(42)).unwrap();
    // It is said once, and nothing after it.
    assert_eq!(machine.stopped(Exit::Success), None);
    assert_eq!(machine.stopping(HINT), None);
    assert_eq!(machine.progress(HINT), None);
    assert_eq!(machine.accept(Accepted::all()), None);
    assert_eq!(machine.control(&Control::Custom(200)), Verdict::NotNow);
    assert_eq!(machine.current().exit, Exit::Specific(42));
}

#[test]
fn pausing_and_continuing_take_their_time() {
    let mut machine = machine();
    assert_eq!(machine.control(&Control::Pause), Verdict::NotNow);
    machine.running();
    let Verdict::Deliver(report) = machine.control(&Control::Pause) else {
        panic!()
    };
    assert_eq!(seen(report), (Phase::PausePending, 1, PATIENCE, true));
    // It can be stopped meanwhile, but not be continued.
    assert_eq!(report.unwrap().accepts, USUAL);
    assert_eq!(machine.control(&Control::Pause), Verdict::Done);
    assert_eq!(machine.control(&Control::Continue), Verdict::NotNow);
    assert_eq!(seen(machine.paused()), (Phase::Paused, 0, NO_TIME, true));
    assert_eq!(machine.control(&Control::Pause), Verdict::Done);
    let Verdict::Deliver(report) = machine.control(&Control::Continue) else {
        panic!()
    };
    assert_eq!(seen(report), (Phase::ContinuePending, 1, PATIENCE, true));
    assert_eq!(machine.control(&Control::Pause), Verdict::NotNow);
    assert_eq!(seen(machine.running()), (Phase::Running, 0, NO_TIME, true));
    assert_eq!(machine.control(&Control::Continue), Verdict::Done);
}

#[test]
fn interrogation_repeats_what_is_so() {
    let mut machine = machine();
    machine.running();
    machine.control(&Control::Pause);
    let paused = machine.paused().unwrap();
    assert_eq!(machine.current(), paused);
    let stopping = machine.stopping(HINT).unwrap();
    // Asking does not move the checkpoint.
    assert_eq!(machine.current(), stopping);
    assert_eq!(machine.current(), stopping);
}

#[test]
fn a_service_is_told_only_what_it_takes() {
    let mut machine = Machine::new(Accepted::STOP, PATIENCE);
    machine.running();
    assert_eq!(machine.control(&Control::Pause), Verdict::Refuse);
    assert_eq!(machine.control(&Control::Shutdown), Verdict::Refuse);
    assert_eq!(machine.control(&Control::ParamChange), Verdict::Refuse);
    assert_eq!(
        machine.control(&Control::Custom(128)),
        Verdict::Deliver(None)
    );
    let report = machine
        .accept(Accepted::STOP | Accepted::PARAM_CHANGE)
        .unwrap();
    assert_eq!(report.accepts, Accepted::STOP | Accepted::PARAM_CHANGE);
    assert_eq!(report.phase, Phase::Running);
    // The same again is no news.
    assert_eq!(machine.accept(machine.accepted()), None);
    assert_eq!(
        machine.control(&Control::ParamChange),
        Verdict::Deliver(None)
    );
}

#[test]
fn what_is_accepted_waits_until_it_runs() {
    let mut machine = machine();
    assert_eq!(machine.accept(Accepted::STOP), None);
    assert_eq!(machine.running().unwrap().accepts, Accepted::STOP);
}
