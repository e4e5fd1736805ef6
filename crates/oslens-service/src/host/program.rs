//! The executable around services.

use std::{
    env,
    ffi::{OsStr, OsString},
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, Mutex, Once, PoisonError},
    time::Duration,
};

use super::{
    Exit, Extras, Failure, Level, Service, Signal,
    command::{self, Parsed},
    context::{Reporter, Shared},
    journal::Journal,
    output::{self, LogFile, tell},
    panics, run,
    state::{Machine, Phase, Report},
};
use crate::{Accepted, ErrorKind, Kind, Result, ServiceSpec, sys::host as sys};

/// The program of one service: what `main` of an executable calls.
///
/// It is [`Program`] with one service and nothing else; see there for the
/// command line and the exit codes.
///
/// ```no_run
/// use std::process::ExitCode;
/// use oslens_service::{ServiceSpec, host::Context};
///
/// fn main() -> ExitCode {
///     let spec = ServiceSpec::this_program("sleeper");
///     oslens_service::main(spec, |context: &Context| {
///         context.wait(None);
///         Ok(())
///     })
/// }
/// ```
#[must_use = "it is what `main` returns"]
pub fn main(spec: ServiceSpec, service: impl Service + 'static) -> ExitCode {
    Program::new().service(spec, service).main()
}

impl ServiceSpec {
    /// A service of this executable, for [`main`](crate::main) and
    /// [`Program`].
    #[must_use]
    pub fn this_program(name: impl Into<OsString>) -> Self {
        // `Program` knows where that is.
        Self::changes(name)
    }
}

/// An executable with one or several services: its command line, its place
/// under the service manager, and its debug mode.
///
/// ```no_run
/// use std::process::ExitCode;
/// use oslens_service::{ServiceSpec, host::{Context, Failure, Program}};
///
/// fn wait(context: &Context) -> Result<(), Failure> {
///     context.wait(None);
///     Ok(())
/// }
///
/// fn main() -> ExitCode {
///     Program::new()
///         .service(ServiceSpec::this_program("reader"), wait)
///         .service(ServiceSpec::this_program("writer").depends_on(["reader"]), wait)
///         .main()
/// }
/// ```
///
/// # Several services
///
/// Each has a process of its own unless its specification has the kind
/// [`Kind::SHARED_PROCESS`]; then those of the program that run are in one.
/// Commands are for all of them unless `--service NAME` chooses.
///
/// # The command line
///
/// `install`, `update`, `remove`, `start`, `stop`, `restart`, `status`,
/// `debug` and `help`; `help` tells the options. Without a command it runs as
/// a service, or, where no service manager has started it, in debug mode.
///
/// # Exit codes
///
/// 0: done; `status`: it runs. 1: it failed. 2: the command line is wrong. 3:
/// `status`: it does not run. 4: there is no such service. 5: access denied.
/// 6: a deadline passed, or the service did not answer. 7: the service ended
/// with an error.
#[must_use = "it does nothing until `main` is called"]
pub struct Program {
    pub(super) services: Vec<Hosted>,
    pub(super) extras: Arc<Vec<Box<dyn Extras>>>,
    folder: Folder,
    log: LogFile,
}

/// A service and what it is to be.
pub(super) struct Hosted {
    pub(super) spec: ServiceSpec,
    service: Mutex<Box<dyn Service>>,
}

#[derive(Debug)]
enum Folder {
    Program,
    Unchanged,
    At(PathBuf),
}

impl Default for Program {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&OsStr> = self.services.iter().map(Hosted::name).collect();
        f.debug_struct("Program")
            .field("services", &names)
            .finish_non_exhaustive()
    }
}

impl Hosted {
    pub(super) fn name(&self) -> &OsStr {
        &self.spec.name
    }

    fn shares(&self) -> bool {
        let kind = self.spec.kind.unwrap_or(Kind::OWN_PROCESS);
        kind.contains(Kind::SHARED_PROCESS)
    }

    /// A service's first state.
    fn machine(&self) -> Machine {
        let service = self.service.lock().unwrap_or_else(PoisonError::into_inner);
        Machine::new(service.accepts(), service.patience())
    }
}

impl Program {
    /// One without services so far.
    pub fn new() -> Self {
        Self {
            services: Vec::new(),
            extras: Arc::default(),
            folder: Folder::Program,
            log: LogFile::Beside,
        }
    }

    /// Adds a service. Where the specification names no program, it is this
    /// one.
    pub fn service(mut self, spec: ServiceSpec, service: impl Service + 'static) -> Self {
        self.services.push(Hosted {
            spec,
            service: Mutex::new(Box::new(service)),
        });
        self
    }

    /// Adds what comes with all of its services.
    pub fn extras(mut self, extras: impl Extras + 'static) -> Self {
        // Nobody else has it yet.
        if let Some(all) = Arc::get_mut(&mut self.extras) {
            all.push(Box::new(extras));
        }
        self
    }

    /// Services run in this folder, and not in that of the program.
    pub fn working_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Folder::At(folder.into());
        self
    }

    /// Services run in the folder that the system gives them: its own.
    pub fn keep_working_folder(mut self) -> Self {
        self.folder = Folder::Unchanged;
        self
    }

    /// Standard output and error of services go to this file.
    pub fn log_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.log = LogFile::At(path.into());
        self
    }

    /// Standard output and error of services are lost, as the system has it.
    pub fn no_log_file(mut self) -> Self {
        self.log = LogFile::None;
        self
    }

    /// Does what the command line says; the value is for `main` to return.
    #[must_use = "it is what `main` returns"]
    pub fn main(self) -> ExitCode {
        self.run(env::args_os().skip(1))
    }

    /// Does what these arguments say, without the program's own name.
    #[must_use = "it is what `main` returns"]
    pub fn run(self, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
        if self.services.is_empty() {
            tell("error: this program has no services\n");
            return code(1);
        }
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        match command::parse(&arguments) {
            Ok(Parsed::Request(request)) => code(command::execute(self, *request)),
            Ok(Parsed::Help) => {
                use std::io::Write as _;
                let _ = std::io::stdout().write_all(command::help(&self).as_bytes());
                code(0)
            }
            // A configured command line may have arguments of its own.
            Ok(Parsed::NoCommand) => code(self.serve(&arguments)),
            Err(message) => code(wrong(&message)),
        }
    }

    /// Runs as the service manager says; without one, in debug mode.
    fn serve(self, arguments: &[OsString]) -> u8 {
        let program = Arc::new(self);
        let names: Vec<OsString> = program
            .services
            .iter()
            .map(|hosted| hosted.name().to_owned())
            .collect();
        let started = Arc::clone(&program);
        let main = move |name: OsString, args| started.serve_one(name, args);
        let Err(error) = sys::dispatch(&names, Box::new(main)) else {
            return 0;
        };
        let by_hand = matches!(
            error.kind(),
            ErrorKind::NotStartedByManager | ErrorKind::Unsupported
        );
        if !by_hand {
            tell(&format!("error: {error}\n"));
            return 1;
        }
        if let Some(first) = arguments.first() {
            let first = first.to_string_lossy();
            return wrong(&format!("{first} is no command"));
        }
        tell(
            "Not started by the service manager, so in debug mode: Ctrl-C stops.\n\
             `start` starts an installed service, `help` tells more.\n",
        );
        program.debug(&names, &[])
    }

    /// One start of one service, in a thread of its own.
    fn serve_one(&self, name: OsString, args: Vec<OsString>) {
        let hosted = self.find(&name);
        let name = match hosted {
            // The system has always said it so far.
            Some(hosted) if name.is_empty() => hosted.name().to_owned(),
            _ => name,
        };
        let shares = hosted.is_some_and(Hosted::shares);
        // First of all: without it nobody can be told that it stopped.
        let registration = sys::register(&name, shares);
        self.enter();
        let journal = self.journal(name.clone(), false);
        let registration = match registration {
            Ok(registration) => registration,
            Err(error) => return journal.write(Level::Error, &error.to_string()),
        };
        let Some(hosted) = hosted else {
            let failure = Failure::message("this program has no such service");
            // ERROR_SERVICE_NOT_IN_EXE
            return give_up(&registration, &journal, Exit::System(1083), &failure);
        };
        let id = registration.id();
        // Both may fail, and the second panic, as the service's own code; that
        // it stopped is told all the same.
        let prepared = Shared::prepare(journal.clone()).map_err(Failure::from);
        let prepared = prepared.and_then(|prepared| {
            match catch_unwind(AssertUnwindSafe(|| hosted.machine())) {
                Ok(machine) => Ok((prepared, machine)),
                Err(payload) => Err(Failure::panicked(&run::panic_text(&*payload))),
            }
        });
        let (prepared, machine) = match prepared {
            Ok(prepared) => prepared,
            Err(failure) => {
                return give_up(&registration, &journal, failure.exit(), &failure);
            }
        };
        let shared = Arc::new(prepared.with(machine, Box::new(registration)));
        sys::Registration::connect(id, Arc::downgrade(&shared));
        run::run(&hosted.service, &shared, name, args, false);
    }

    /// The service of this name, or the one that there is: it may be installed
    /// under another name.
    fn find(&self, name: &OsStr) -> Option<&Hosted> {
        match &*self.services {
            [only] => Some(only),
            all => {
                let exactly = all.iter().find(|hosted| same(hosted.name(), name));
                exactly.or_else(|| all.iter().find(|hosted| is_instance(name, hosted.name())))
            }
        }
    }

    pub(super) fn journal(&self, name: OsString, debug: bool) -> Journal {
        Journal::new(name, Arc::clone(&self.extras), debug)
    }

    /// Makes this the process of a service: its output and its folder.
    fn enter(&self) {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let journal = self.journal(self.services[0].name().to_owned(), false);
            panics::watch(journal.clone());
            let program = env::current_exe().unwrap_or_default();
            let places = self.log.places(&program, sys::private_folder());
            let opened = output::open(&places).map_err(Failure::from);
            let failed = match opened {
                Ok(Some(file)) => sys::redirect(file).err().map(Failure::from),
                Ok(None) => None,
                Err(error) => Some(error),
            };
            if let Some(error) = failed {
                journal.write(Level::Warning, &format!("no log file: {error}"));
            }
            self.go_to_folder(&journal);
        });
    }

    fn go_to_folder(&self, journal: &Journal) {
        let program = env::current_exe().unwrap_or_default();
        let folder = match (&self.folder, program.parent()) {
            (Folder::Unchanged, _) | (Folder::Program, None) => return,
            (Folder::Program, Some(folder)) => folder,
            (Folder::At(folder), _) => folder,
        };
        if let Err(error) = env::set_current_dir(folder) {
            let folder = folder.display();
            journal.write(Level::Warning, &format!("folder {folder}: {error}"));
        }
    }

    /// Runs these services here and now, until somebody ends them.
    pub(super) fn debug(self: &Arc<Self>, names: &[OsString], args: &[OsString]) -> u8 {
        match self.try_debug(names, args) {
            Ok(true) => 0,
            Ok(false) => command::FAILED_ITSELF,
            Err(error) => {
                tell(&format!("error: {error}\n"));
                1
            }
        }
    }

    fn try_debug(self: &Arc<Self>, names: &[OsString], args: &[OsString]) -> Result<bool> {
        let chosen: Vec<&Hosted> = self
            .services
            .iter()
            .filter(|hosted| names.iter().any(|name| same(hosted.name(), name)))
            .collect();
        let journal = |hosted: &Hosted| self.journal(hosted.name().to_owned(), true);
        let mut running = Vec::with_capacity(chosen.len());
        for hosted in &chosen {
            let reporter = Terminal(hosted.name().to_string_lossy().into_owned());
            let prepared = Shared::prepare(journal(hosted))?;
            running.push(Arc::new(
                prepared.with(hosted.machine(), Box::new(reporter)),
            ));
        }
        if let Some(first) = chosen.first() {
            panics::watch(journal(first));
            self.go_to_folder(&journal(first));
        }
        let asked = running.clone();
        let finished = Arc::new(Signal::new()?);
        let end = Arc::clone(&finished);
        let before = Mutex::new(false);
        // Before any thread of a service: they inherit what it blocks.
        sys::on_interrupt(Box::new(move |ends| {
            let mut before = before.lock().unwrap_or_else(PoisonError::into_inner);
            if std::mem::replace(&mut *before, true) && !ends {
                // Somebody has lost their patience.
                return false;
            }
            tell("stopping; Ctrl-C once more ends it at once\n");
            for shared in &asked {
                shared.ask_to_stop();
            }
            if ends {
                // The system ends the process when this returns, or soon.
                end.wait(Some(Duration::from_secs(30)));
            }
            true
        }))?;
        let well = std::thread::scope(|scope| {
            let threads: Vec<_> = chosen
                .iter()
                .zip(&running)
                .map(|(hosted, shared)| {
                    let args = args.to_vec();
                    let name = hosted.name().to_owned();
                    scope.spawn(move || run::run(&hosted.service, shared, name, args, true))
                })
                .collect();
            let exits: Vec<_> = threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or(super::failure::PANICKED))
                .collect();
            exits.iter().all(|&exit| exit == Exit::Success)
        });
        finished.set();
        Ok(well)
    }
}

/// Says that a service has stopped that never ran.
fn give_up(reporter: &dyn Reporter, journal: &Journal, exit: Exit, failure: &Failure) {
    journal.stopped(exit, Some(failure));
    let report = Report {
        phase: Phase::Stopped,
        accepts: Accepted::empty(),
        exit,
        checkpoint: 0,
        wait_hint: Duration::ZERO,
    };
    if let Err(error) = reporter.report(&report) {
        journal.write(Level::Error, &error.to_string());
    }
}

/// The terminal in place of a service manager.
struct Terminal(String);

impl Reporter for Terminal {
    fn report(&self, report: &Report) -> Result<()> {
        let Self(name) = self;
        let state = match report.phase {
            // The log says these.
            Phase::Running | Phase::Stopped => return Ok(()),
            Phase::StartPending => "starting",
            Phase::StopPending => "stopping",
            Phase::ContinuePending => "continuing",
            Phase::PausePending => "pausing",
            Phase::Paused => "paused",
        };
        match report.checkpoint {
            0 | 1 => tell(&format!("state   {name}: {state}\n")),
            step => tell(&format!(
                "state   {name}: {state}, step {step}, the next one within {:?}\n",
                report.wait_hint
            )),
        }
        Ok(())
    }
}

/// Whether this is the name of a user's instance of a service, such as
/// `mail_2f61a`.
fn is_instance(name: &OsStr, service: &OsStr) -> bool {
    let (name, service) = (name.to_string_lossy(), service.to_string_lossy());
    let Some((before, number)) = name.rsplit_once('_') else {
        return false;
    };
    let hexadecimal = number.bytes().all(|digit| digit.is_ascii_hexdigit());
    !number.is_empty() && hexadecimal && same(before.as_ref(), service.as_ref().as_ref())
}

/// Names of services do not tell case apart.
pub(super) fn same(one: &OsStr, other: &OsStr) -> bool {
    one == other || one.to_string_lossy().to_lowercase() == other.to_string_lossy().to_lowercase()
}

fn wrong(message: &str) -> u8 {
    tell(&format!(
        "error: {message}\n`help` tells the commands and options.\n"
    ));
    command::WRONG_USAGE
}

fn code(number: u8) -> ExitCode {
    ExitCode::from(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(names: &[&str]) -> Program {
        names.iter().fold(Program::new(), |program, &name| {
            let service = |_: &super::super::Context| Ok(());
            program.service(ServiceSpec::this_program(name), service)
        })
    }

    #[test]
    fn a_start_finds_its_service() {
        let two = program(&["mail", "mail_two"]);
        let find = |name: &str| {
            two.find(name.as_ref())
                .map(|hosted| hosted.name().to_owned())
        };
        assert_eq!(find("Mail"), Some("mail".into()));
        assert_eq!(find("MAIL_two"), Some("mail_two".into()));
        // Users' instances.
        assert_eq!(find("mail_2f61a"), Some("mail".into()));
        assert_eq!(find("mail_two_2f61a"), Some("mail_two".into()));
        assert_eq!(find("mail_three"), None);
        assert_eq!(find("mail_"), None);
        // It may be installed under any name.
        let one = program(&["mail"]);
        assert!(one.find("another".as_ref()).is_some());
    }
}
