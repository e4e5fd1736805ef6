//! A service made with the `windows-service` crate, and what installs it.

use std::{
    ffi::OsString,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    time::Duration,
};

use oslens_service::{Manager, ServiceSpec, manager::Service};
use windows_service::{
    define_windows_service,
    service::{
        ServiceControl, ServiceControlAccept, ServiceExitCode, ServiceState, ServiceStatus,
        ServiceType,
    },
    service_control_handler::{self, ServiceControlHandlerResult, ServiceStatusHandle},
    service_dispatcher,
};

/// More than anything here takes.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// There is one manager: one test at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

pub(crate) fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A name that no other test has, in this run or an earlier one.
pub(crate) fn unique(what: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("oslens-{what}-{}-{count}", std::process::id())
}

/// What installs this program as a service.
pub(crate) fn spec(name: &str) -> ServiceSpec {
    ServiceSpec::new(name, std::env::current_exe().unwrap()).args([
        "--exact",
        "specimen::the_service",
        "--nocapture",
    ])
}

/// A service that is stopped and deleted at the end.
pub(crate) struct Installed {
    pub(crate) manager: Manager,
    pub(crate) service: Service,
    pub(crate) name: String,
}

impl Installed {
    pub(crate) fn new(what: &str, change: impl FnOnce(ServiceSpec) -> ServiceSpec) -> Self {
        let manager = Manager::local().unwrap();
        let name = unique(what);
        let service = manager.install(&change(spec(&name))).unwrap();
        Self {
            manager,
            service,
            name,
        }
    }

    /// The lines that the service has written.
    pub(crate) fn log(&self) -> Vec<String> {
        let text = fs::read_to_string(log_path(&self.name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Waits for a line.
    pub(crate) fn await_line(&self, wanted: &str) {
        for _ in 0..600 {
            if self.log().iter().any(|line| line == wanted) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{wanted:?} is not in {:?}", self.log());
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        _ = self.service.remove(Duration::from_secs(5));
        _ = fs::remove_file(log_path(&self.name));
    }
}

fn log_path(name: &str) -> PathBuf {
    Path::new(r"C:\").join(format!("{name}.log"))
}

define_windows_service!(service_main, run);

/// The service itself; as a test it does nothing.
#[test]
fn the_service() {
    // 1063: not started by the manager.
    _ = service_dispatcher::start("", service_main);
}

struct Specimen {
    handle: ServiceStatusHandle,
    accepted: ServiceControlAccept,
}

impl Specimen {
    fn report(&self, state: ServiceState, checkpoint: u32, exit_code: ServiceExitCode) {
        let pending = checkpoint > 0;
        let status = ServiceStatus {
            service_type: ServiceType::OWN_PROCESS,
            current_state: state,
            controls_accepted: if matches!(state, ServiceState::Running | ServiceState::Paused) {
                self.accepted
            } else {
                ServiceControlAccept::empty()
            },
            exit_code,
            checkpoint,
            wait_hint: Duration::from_millis(if pending { 1500 } else { 0 }),
            process_id: None,
        };
        self.handle.set_service_status(status).unwrap();
    }
}

/// `arguments`: its name, and how it is to behave.
fn run(arguments: Vec<OsString>) {
    let name = arguments[0].to_str().unwrap().to_owned();
    let log = move |line: &str| {
        let mut file = fs::File::options()
            .append(true)
            .create(true)
            .open(log_path(&name))
            .unwrap();
        writeln!(file, "{line}").unwrap();
    };
    log(&format!("arguments {:?}", &arguments[1..]));
    let (events, received) = mpsc::channel();
    let handler = move |control| match control {
        ServiceControl::Interrogate => ServiceControlHandlerResult::NoError,
        control => {
            events.send(control).unwrap();
            ServiceControlHandlerResult::NoError
        }
    };
    let mode = arguments.get(1).and_then(|mode| mode.to_str());
    let specimen = Specimen {
        handle: service_control_handler::register(&arguments[0], handler).unwrap(),
        accepted: match mode {
            Some("only-stop") => ServiceControlAccept::STOP,
            _ => {
                ServiceControlAccept::STOP
                    | ServiceControlAccept::PAUSE_CONTINUE
                    | ServiceControlAccept::PARAM_CHANGE
            }
        },
    };
    let fine = ServiceExitCode::Win32(0);
    match mode {
        Some("fail") => {
            specimen.report(ServiceState::StartPending, 1, fine);
            std::thread::sleep(Duration::from_millis(50));
            let own = ServiceExitCode::ServiceSpecific(42);
            return specimen.report(ServiceState::Stopped, 0, own);
        }
        Some("fail-with-5") => {
            specimen.report(ServiceState::StartPending, 1, fine);
            std::thread::sleep(Duration::from_millis(50));
            let denied = ServiceExitCode::Win32(5);
            return specimen.report(ServiceState::Stopped, 0, denied);
        }
        Some("crash") => {
            specimen.report(ServiceState::StartPending, 1, fine);
            std::thread::sleep(Duration::from_millis(50));
            std::process::exit(7);
        }
        Some("hang") => {
            specimen.report(ServiceState::StartPending, 1, fine);
            std::thread::sleep(Duration::from_secs(3));
        }
        Some("slow") => {
            for checkpoint in 1..=5 {
                specimen.report(ServiceState::StartPending, checkpoint, fine);
                std::thread::sleep(Duration::from_millis(60));
            }
        }
        _ => {}
    }
    specimen.report(ServiceState::Running, 0, fine);
    for control in received {
        log(&format!("{control:?}"));
        match control {
            ServiceControl::Pause => specimen.report(ServiceState::Paused, 0, fine),
            ServiceControl::Continue => specimen.report(ServiceState::Running, 0, fine),
            ServiceControl::Stop => break,
            _ => {}
        }
    }
    specimen.report(ServiceState::StopPending, 1, fine);
    std::thread::sleep(Duration::from_millis(30));
    specimen.report(ServiceState::Stopped, 0, fine);
}
