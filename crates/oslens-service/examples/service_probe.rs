//! A program with services that do, and fail, as they are told: for the tests
//! of this crate, and to see what the service manager makes of it.
//!
//! The services are named after the program's file, so that a copy of it is
//! another program with other services: `probe` here, and `probe_two` if the
//! name begins with `two`. The first argument of a start, and controls of
//! their own, say what they do; they tell it in their log file.

use std::{env, process, process::ExitCode, thread, time::Duration};

use oslens_service::{
    Accepted, Kind, ServiceSpec,
    host::{Context, Control, Extras, Failure, Program, Service, USUAL},
};

struct Probe;

impl Service for Probe {
    fn run(&mut self, context: &Context) -> Result<(), Failure> {
        let folder = env::current_dir()?;
        context.info(format!("arguments {:?}", context.args()));
        context.info(format!("folder {}", folder.display()));
        println!("written to standard output");
        let order = context.args().first().and_then(|order| order.to_str());
        match order {
            Some("fail") => return Err(Failure::specific(42, "as it was told")),
            Some("fail-with-2") => {
                std::fs::read("a file that is not there")?;
            }
            Some("panic") => panic!("as it was told"),
            Some("crash") => {
                context.running()?;
                process::abort()
            }
            Some("return") => return Ok(()),
            Some("slow") => {
                for _ in 0..4 {
                    thread::sleep(Duration::from_millis(200));
                    context.progress(Duration::from_secs(5))?;
                }
            }
            Some("stubborn") => context.accept(Accepted::empty())?,
            _ => {}
        }
        for control in context.controls() {
            context.info(format!("control {control:?}"));
            match control {
                Control::Pause => context.paused()?,
                Control::Continue => context.running()?,
                Control::Custom(200) => context.accept(Accepted::STOP)?,
                Control::Custom(201) => panic!("as control 201 says"),
                Control::Custom(202) => process::abort(),
                Control::Custom(203) => context.on_control(|_| panic!("in the handler")),
                Control::Custom(204) => return Err(Failure::specific(43, "control 204")),
                Control::Custom(205) => {
                    let thread = thread::spawn(|| panic!("in another thread"));
                    let _ = thread.join();
                }
                _ => {}
            }
        }
        if order == Some("slow") {
            for _ in 0..4 {
                thread::sleep(Duration::from_millis(200));
                context.progress(Duration::from_secs(5))?;
            }
        }
        Ok(())
    }

    fn accepts(&self) -> Accepted {
        let program = env::current_exe().unwrap_or_default();
        let name = program.file_stem().unwrap_or_default().to_string_lossy();
        assert!(!name.starts_with("early"), "before it begins");
        USUAL | Accepted::PAUSE | Accepted::PARAM_CHANGE | Accepted::SESSION_CHANGE
    }
}

/// What comes with the services: a file that is there while they are
/// installed.
struct Beside;

impl Extras for Beside {
    fn install(&self, service: &std::ffi::OsStr, program: &std::path::Path) -> Result<(), Failure> {
        let file = program.with_file_name(service).with_extension("extra");
        std::fs::write(file, "installed")?;
        if service.to_string_lossy().contains("no_extras") {
            return Err(Failure::message("no extras, as its name says"));
        }
        Ok(())
    }

    fn remove(&self, service: &std::ffi::OsStr) -> Result<(), Failure> {
        let file = env::current_exe()?
            .with_file_name(service)
            .with_extension("extra");
        Ok(std::fs::remove_file(file)?)
    }
}

fn main() -> ExitCode {
    if env::args().nth(1).as_deref() == Some("--hang") {
        // It never asks the service manager what to do.
        loop {
            thread::park();
        }
    }
    let program = env::current_exe().unwrap_or_default();
    let name = program.file_stem().unwrap_or_default().to_string_lossy();
    let spec = |name: String| ServiceSpec::this_program(name).description("Does as it is told.");
    let mut all = Program::new().extras(Beside);
    if name.starts_with("two") {
        let shared = |name| spec(name).kind(Kind::SHARED_PROCESS);
        all = all
            .service(shared(name.to_string()), Probe)
            .service(shared(format!("{name}_two")), Probe);
    } else {
        all = all.service(spec(name.into_owned()), Probe);
    }
    all.main()
}
