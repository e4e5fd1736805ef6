//! Services of this crate under a real service manager: that of Wine, or of
//! Windows. Their program is the example `service_probe`.
#![cfg(windows)]

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{self, Child, Command, Output, Stdio},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use oslens_service::{
    Accepted, Control, ErrorKind, Manager, ServiceSpec, StartType, State, Status, manager::Service,
};

const SOON: Duration = Duration::from_secs(20);

/// One service manager for all: the tests take turns.
static TURN: Mutex<()> = Mutex::new(());
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A copy of the program of services, and what it installed, until it is
/// dropped.
struct Probe {
    name: String,
    folder: PathBuf,
    manager: Manager,
    _turn: MutexGuard<'static, ()>,
}

fn example(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap();
    built.join("examples").join(name).with_extension("exe")
}

impl Probe {
    fn new(kind: &str) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{kind}_{}_{count}", process::id());
        let folder = env::temp_dir().join(&name);
        fs::create_dir_all(&folder).unwrap();
        let probe = Self {
            name,
            folder,
            manager: Manager::local().unwrap(),
            _turn: turn,
        };
        fs::copy(example("service_probe"), probe.program()).unwrap();
        probe
    }

    fn installed(kind: &str) -> Self {
        let probe = Self::new(kind);
        probe.done(&["install"]);
        probe
    }

    fn program(&self) -> PathBuf {
        self.folder.join(&self.name).with_extension("exe")
    }

    fn service(&self) -> Service {
        self.manager.service(&self.name)
    }

    /// Its command line: exit code, and all that it printed.
    fn run(&self, args: &[&str]) -> (i32, String) {
        told(Command::new(self.program()).args(args).output().unwrap())
    }

    fn done(&self, args: &[&str]) -> String {
        let (code, text) = self.run(args);
        assert_eq!(code, 0, "{args:?}: {text}");
        text
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join(&self.name).with_extension("log")).unwrap_or_default()
    }

    fn await_log(&self, text: &str) {
        let end = Instant::now() + SOON;
        while !self.log().contains(text) {
            assert!(Instant::now() < end, "no {text:?} in\n{}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn start(&self, args: &[&str]) -> Status {
        let args: Vec<_> = args.iter().map(Into::into).collect();
        self.service().start_and_wait(&args, SOON).unwrap()
    }

    fn stopped(&self) -> Status {
        self.service().wait_for(State::Stopped, SOON).unwrap()
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        for name in [self.name.clone(), format!("{}_two", self.name)] {
            let _ = self.manager.service(name).remove(SOON);
        }
        let end = Instant::now() + Duration::from_secs(5);
        // A process that just ended may still hold its program.
        while fs::remove_dir_all(&self.folder).is_err() && Instant::now() < end {
            thread::sleep(Duration::from_millis(50));
        }
    }
}

fn told(output: Output) -> (i32, String) {
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    (output.status.code().unwrap_or(-1), text)
}

/// What the system's own tool says of a service.
fn sc_query(name: &str) -> String {
    let output = Command::new("sc").args(["query", name]).output().unwrap();
    told(output).1
}

#[test]
fn the_whole_story_by_command_line_with_the_systems_tools_as_witness() {
    let probe = Probe::new("story");
    let name = &probe.name;
    let (code, text) = probe.run(&["status"]);
    assert_eq!(code, 4, "{text}");
    assert!(probe.done(&["install"]).contains("installed"));
    assert!(probe.folder.join(name).with_extension("extra").exists());
    let (code, text) = probe.run(&["status"]);
    assert_eq!(code, 3, "{text}");
    let updated = probe.done(&[
        "install",
        "--startup",
        "automatic",
        "--description",
        "Told.",
    ]);
    assert!(updated.contains("updated"), "{updated}");
    let config = probe.service().config().unwrap();
    assert_eq!(config.start_type, StartType::Automatic);
    let description = probe.service().description().unwrap();
    assert_eq!(description, Some("Told.".into()));

    let started = probe.done(&["start", "--wait", "one", "two words"]);
    assert!(started.contains("running"), "{started}");
    assert!(sc_query(name).contains("RUNNING"), "{}", sc_query(name));
    probe.await_log("arguments [\"one\", \"two words\"]");
    let again = probe.done(&["start"]);
    assert!(again.contains("runs already"), "{again}");
    let status = probe.done(&["status"]);
    assert!(status.contains("running, process "), "{status}");
    let restarted = probe.done(&["restart"]);
    assert!(restarted.contains("running"), "{restarted}");
    let stopped = probe.done(&["stop", "--wait"]);
    assert!(stopped.contains("stopped"), "{stopped}");
    assert!(sc_query(name).contains("STOPPED"), "{}", sc_query(name));
    let again = probe.done(&["stop"]);
    assert!(again.contains("does not run"), "{again}");

    // `net` starts and stops what is ours.
    for verb in ["start", "stop"] {
        let output = Command::new("net").args([verb, name]).output().unwrap();
        let (code, text) = told(output);
        assert_eq!(code, 0, "net {verb}: {text}");
    }
    probe.stopped();
    probe.done(&["start", "--wait"]);
    let removed = probe.done(&["remove", "--stop"]);
    assert!(removed.contains("removed"), "{removed}");
    assert!(!probe.folder.join(name).with_extension("extra").exists());
    assert!(!probe.manager.exists(name).unwrap());
    let (code, text) = probe.run(&["remove"]);
    assert_eq!(code, 4, "{text}");
}

#[test]
fn controls_reach_the_service_and_its_state_is_told_as_it_is() {
    let probe = Probe::installed("controls");
    let service = probe.service();
    let running = probe.start(&[]);
    assert_eq!(running.state, State::Running);
    assert!(running.pid.is_some());
    let shutdown = Accepted::STOP | Accepted::SHUTDOWN | Accepted::PRESHUTDOWN;
    let others = Accepted::PAUSE | Accepted::PARAM_CHANGE | Accepted::SESSION_CHANGE;
    assert_eq!(running.accepted, shutdown | others);
    service.pause().unwrap();
    let paused = service.wait_for(State::Paused, SOON).unwrap();
    assert_eq!(paused.checkpoint, 0);
    service.control(Control::INTERROGATE).unwrap();
    assert_eq!(service.status().unwrap().state, State::Paused);
    service.resume().unwrap();
    service.wait_for(State::Running, SOON).unwrap();
    service.control(Control::PARAM_CHANGE).unwrap();
    service.control(Control::custom(199).unwrap()).unwrap();
    probe.await_log("control Custom(199)");
    let log = probe.log();
    let at = |text: &str| log.find(text).unwrap_or_else(|| panic!("{text}: {log}"));
    assert!(at("control Pause") < at("control Continue"));
    assert!(at("control Continue") < at("control ParamChange"));
    // It takes less from now on.
    service.control(Control::custom(200).unwrap()).unwrap();
    let end = Instant::now() + SOON;
    while service.status().unwrap().accepted != Accepted::STOP {
        assert!(Instant::now() < end, "{:?}", service.status());
        thread::sleep(Duration::from_millis(10));
    }
    let refused = service.pause().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::CannotAccept);
    let stopped = service.stop_and_wait(SOON).unwrap();
    assert_eq!((stopped.exit_code, stopped.pid), (0, None));
    assert!(probe.log().contains("control Stop\n"));
}

#[test]
fn output_and_folder_are_the_programs_and_not_the_systems() {
    let probe = Probe::installed("output");
    probe.start(&[]);
    probe.await_log("written to standard output\n");
    let folder = probe.folder.to_string_lossy().to_lowercase();
    // Written by several threads, in no order.
    let expected = [
        &*format!("folder {folder}"),
        "info    output",
        ": started\n",
    ];
    let end = Instant::now() + SOON;
    loop {
        let log = probe.log().to_lowercase();
        if expected.iter().all(|text| log.contains(text)) {
            break;
        }
        assert!(Instant::now() < end, "{expected:?}: {log}");
        thread::sleep(Duration::from_millis(10));
    }
    probe.service().stop_and_wait(SOON).unwrap();
    probe.await_log(": stopped\n");
}

#[test]
fn a_failure_keeps_its_number() {
    let probe = Probe::installed("failing");
    for (order, exit, specific) in [
        ("fail", 1066, Some(42)),
        ("fail-with-2", 2, None),
        ("panic", 1066, Some(0x2000_0001)),
        ("crash", 1067, None),
        ("return", 0, None),
    ] {
        // Whether the start fails or succeeds is a matter of time.
        let _ = probe.service().start(&[order.into()]);
        let stopped = probe
            .service()
            .wait_for(State::Stopped, SOON)
            .unwrap_or_else(|error| panic!("{order}: {error}\n{}", probe.log()));
        assert_eq!(stopped.exit_code, exit, "{order}: {stopped}");
        assert_eq!(stopped.service_code, specific, "{order}: {stopped}");
    }
    let log = probe.log();
    assert!(
        log.contains("stopped with its own error 42: as it was told"),
        "{log}"
    );
    assert!(log.contains("it panicked: as it was told ("), "{log}");
    assert!(log.contains("service_probe.rs:"), "{log}");
    let failed = probe.service().start_and_wait(&["fail".into()], SOON);
    assert_eq!(failed.unwrap_err().kind(), ErrorKind::Failed);
    let (code, text) = probe.run(&["start", "--wait", "fail"]);
    assert_eq!(code, 7, "{text}");
}

#[test]
fn a_running_service_that_fails_is_told_as_stopped() {
    let probe = Probe::installed("later");
    for (control, exit, specific) in [
        (201, 1066, Some(0x2000_0001)),
        (202, 1067, None),
        (204, 1066, Some(43)),
    ] {
        probe.start(&[]);
        probe
            .service()
            .control(Control::custom(control).unwrap())
            .unwrap();
        let stopped = probe.stopped();
        assert_eq!(stopped.exit_code, exit, "{control}: {stopped}");
        assert_eq!(stopped.service_code, specific, "{control}: {stopped}");
    }
    // A handler of its own that panics at the next control, and a thread.
    probe.start(&[]);
    let custom = |number| probe.service().control(Control::custom(number).unwrap());
    custom(205).unwrap();
    probe.await_log("in another thread\n");
    custom(203).unwrap();
    probe.await_log("control Custom(203)");
    let _ = custom(199);
    let stopped = probe.stopped();
    assert_eq!(stopped.service_code, Some(0x2000_0001), "{stopped}");
    assert!(probe.log().contains("in the handler"), "{}", probe.log());
}

#[test]
fn what_panics_before_it_begins_is_told_as_stopped() {
    let probe = Probe::installed("early");
    let _ = probe.service().start(&[]);
    let stopped = probe.stopped();
    assert_eq!(stopped.service_code, Some(0x2000_0001), "{stopped}");
    assert!(
        probe.log().contains("it panicked: before it begins"),
        "{}",
        probe.log()
    );
}

#[test]
fn slow_starts_and_stops_show_their_progress() {
    let probe = Probe::installed("slow");
    let service = probe.service();
    service.start(&["slow".into()]).unwrap();
    let mut steps = Vec::new();
    let end = Instant::now() + SOON;
    loop {
        let status = service.status().unwrap();
        if status.state == State::Running {
            break;
        }
        assert_eq!(status.state, State::StartPending);
        assert_eq!(status.accepted, Accepted::empty());
        steps.push(status.checkpoint);
        assert!(Instant::now() < end);
        thread::sleep(Duration::from_millis(20));
    }
    assert!(steps.is_sorted() && steps.last() > Some(&1), "{steps:?}");
    service.stop().unwrap();
    let status = service.status().unwrap();
    assert_eq!(status.state, State::StopPending);
    assert_eq!(status.accepted, Accepted::empty());
    assert_eq!(probe.stopped().exit_code, 0);
}

#[test]
fn two_services_are_in_one_program() {
    let probe = Probe::installed("two");
    let both = [probe.name.clone(), format!("{}_two", probe.name)];
    let started = probe.done(&["start", "--wait"]);
    assert_eq!(started.matches("running").count(), 2, "{started}");
    for name in &both {
        let status = probe.manager.service(name).status().unwrap();
        assert_eq!(status.state, State::Running, "{name}");
    }
    probe.done(&["stop", "--wait", "--service", &both[1]]);
    let state = |name: &str| probe.manager.service(name).status().unwrap().state;
    assert_eq!(state(&both[0]), State::Running);
    assert_eq!(state(&both[1]), State::Stopped);
    // In a process that goes on, it is started again.
    probe.done(&["start", "--wait", "--service", &both[1]]);
    let (code, text) = probe.run(&["status", "--service", "three"]);
    assert_eq!(code, 2, "{text}");
    let removed = probe.done(&["remove", "--stop"]);
    assert_eq!(removed.matches(": removed").count(), 2, "{removed}");
}

#[test]
fn a_service_whose_extras_fail_is_not_installed() {
    let probe = Probe::new("no_extras");
    let (code, text) = probe.run(&["install"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("no extras, as its name says"), "{text}");
    assert!(!probe.manager.exists(&probe.name).unwrap());
    assert!(
        !probe
            .folder
            .join(&probe.name)
            .with_extension("extra")
            .exists()
    );
}

#[test]
fn what_never_asks_the_manager_does_not_answer() {
    let probe = Probe::new("hanging");
    let spec = ServiceSpec::new(&probe.name, probe.program()).arg("--hang");
    let service = probe.manager.install(&spec).unwrap();
    let before = Instant::now();
    let error = service
        .start_and_wait(&[], Duration::from_secs(60))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoAnswer, "{error}");
    assert_eq!(error.code(), Some(1053));
    assert!(before.elapsed() > Duration::from_secs(5));
}

#[test]
fn a_wrong_command_line_is_told_and_nothing_done() {
    let probe = Probe::new("wrong");
    let (code, text) = probe.run(&["install", "--startup", "sometimes"]);
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("--startup: \"sometimes\" is none of"),
        "{text}"
    );
    let (code, text) = probe.run(&["reinstall"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("reinstall is no command"), "{text}");
    assert!(!probe.manager.exists(&probe.name).unwrap());
    let help = probe.done(&["help"]);
    assert!(
        help.contains("--password-stdin") && help.contains(&probe.name),
        "{help}"
    );
}

#[test]
fn a_password_comes_from_standard_input_alone() {
    use std::io::Write as _;
    let probe = Probe::new("password");
    let account = r".\oslens";
    let mut command = Command::new(probe.program());
    command.args(["install", "--username", account, "--password-stdin"]);
    let piped = || Stdio::piped();
    command.stdin(piped()).stdout(piped()).stderr(piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"a secret\r\n").unwrap();
    drop(stdin);
    let (code, text) = told(child.wait_with_output().unwrap());
    assert!(!text.contains("a secret"), "{text}");
    if oslens_testkit::wine::version().is_none() {
        // There is no such user.
        assert_eq!(code, 1, "{text}");
        return;
    }
    assert_eq!(code, 0, "{text}");
    let config = probe.service().config().unwrap();
    assert_eq!(config.account, Some(account.into()));
    let (code, text) = probe.run(&["update", "--username", account, "--password-stdin"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("there is no password"), "{text}");
}

/// A program in debug mode, which does not outlive the test.
struct Debugged(Child);

impl Debugged {
    fn start(probe: &Probe, args: &[&str]) -> Self {
        let mut command = Command::new(probe.program());
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        Self(command.stderr(Stdio::piped()).spawn().unwrap())
    }

    /// All that it says, to its end or to a line that ends so.
    fn read(&mut self, last: &str) -> Vec<String> {
        let (send, receive) = std::sync::mpsc::channel();
        let lines = BufReader::new(self.0.stderr.take().unwrap()).lines();
        thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .try_for_each(|line| send.send(line))
        });
        let mut seen = Vec::new();
        let end = Instant::now() + SOON;
        while let Ok(line) = receive.recv_timeout(end.saturating_duration_since(Instant::now())) {
            let started = line.ends_with(": started");
            let ended = line.ends_with(last);
            seen.push(line);
            if ended {
                return seen;
            }
            if started {
                oslens_testkit::wine::press_ctrl_c().unwrap();
            }
        }
        assert!(Instant::now() < end, "it goes on: {seen:?}");
        seen
    }
}

impl Drop for Debugged {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn started_by_hand_it_is_in_debug_mode_and_says_so() {
    let probe = Probe::new("byhand");
    let seen = Debugged::start(&probe, &[]).read(": started");
    assert!(
        seen[0].starts_with("Not started by the service manager"),
        "{seen:?}"
    );
    assert!(
        seen.iter().any(|line| line.contains("arguments []")),
        "{seen:?}"
    );
}

#[test]
fn ctrl_c_stops_debug_mode_as_the_manager_would() {
    let probe = Probe::new("ctrlc");
    if let Err(error) = oslens_testkit::wine::own_console() {
        oslens_testkit::skip_allowed!("no console can be made: {error}");
    }
    for (args, code) in [(&["debug", "one"][..], 0), (&["debug", "slow"], 0)] {
        let mut debugged = Debugged::start(&probe, args);
        let seen = debugged.read("no line ends so");
        let status = debugged.0.wait().unwrap();
        assert_eq!(status.code(), Some(code), "{seen:?}");
        let has = |text: &str| seen.iter().any(|line| line.contains(text));
        assert!(has(&format!("arguments [{:?}]", args[1])), "{seen:?}");
        assert!(has("stopping; Ctrl-C once more"), "{seen:?}");
        assert!(has("control Stop"), "{seen:?}");
        assert!(has(": stopped"), "{seen:?}");
        assert_eq!(has("step 5"), args[1] == "slow", "{seen:?}");
    }
    // A service that fails says so by the exit code.
    let (code, text) = probe.run(&["debug", "fail"]);
    assert_eq!(code, 7, "{text}");
    assert!(text.contains("as it was told"), "{text}");
}

/// It is installed, and Wine is booted; then it runs.
#[test]
fn an_automatic_service_starts_when_the_system_does() {
    const NAME: &str = "oslens_autostart";
    let folder = env::temp_dir().join(NAME);
    let program = folder.join("autostart.exe");
    let service = Manager::local().unwrap().service(NAME);
    if !oslens_testkit::wine::booted() {
        if let Err(reason) = oslens_testkit::wine::boot_again(oslens_testkit::here!()) {
            oslens_testkit::skip_allowed!("{reason}");
        }
        fs::create_dir_all(&folder).unwrap();
        fs::copy(example("service_probe"), &program).unwrap();
        let spec = ServiceSpec::new(NAME, &program).start_type(StartType::Automatic);
        Manager::local().unwrap().install(&spec).unwrap();
        assert_eq!(service.status().unwrap().state, State::Stopped);
        return;
    }
    let status = service.wait_for(State::Running, SOON).unwrap();
    assert_eq!(status.exit_code, 0);
    service.remove(SOON).unwrap();
    let log = fs::read_to_string(program.with_extension("log")).unwrap();
    assert!(log.contains("oslens_autostart: started"), "{log}");
}

#[test]
fn another_library_controls_a_service_of_ours() {
    use windows_service::{
        service::{ServiceAccess, ServiceState, UserEventCode},
        service_manager::{ServiceManager, ServiceManagerAccess},
    };
    let probe = Probe::installed("other");
    let manager =
        ServiceManager::local_computer(None::<&str>, ServiceManagerAccess::CONNECT).unwrap();
    let service = manager
        .open_service(&probe.name, ServiceAccess::ALL_ACCESS)
        .unwrap();
    let state = |wanted| {
        let end = Instant::now() + SOON;
        while service.query_status().unwrap().current_state != wanted {
            assert!(Instant::now() < end, "{:?}", service.query_status());
            thread::sleep(Duration::from_millis(10));
        }
    };
    service.start(&["told", "by another"]).unwrap();
    state(ServiceState::Running);
    probe.await_log("arguments [\"told\", \"by another\"]");
    service.pause().unwrap();
    state(ServiceState::Paused);
    service.resume().unwrap();
    state(ServiceState::Running);
    service
        .notify(UserEventCode::from_raw(150).unwrap())
        .unwrap();
    probe.await_log("control Custom(150)");
    service.stop().unwrap();
    state(ServiceState::Stopped);
}
