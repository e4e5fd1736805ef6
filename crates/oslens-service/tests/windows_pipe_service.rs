//! The sample service: many clients at once, while it is being stopped.
#![cfg(windows)]

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use oslens_eventlog::Source;
use oslens_service::{Manager, State, manager::Service};
use oslens_win32::pipe::Client;

const NAME: &str = "oslens_pipe";
const SOON: Duration = Duration::from_secs(20);
const CLIENTS: usize = 20;

fn example(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap();
    built.join("examples").join(name).with_extension("exe")
}

/// Whatever happens, it does not stay.
struct Installed {
    service: Service,
    folder: PathBuf,
}

impl Installed {
    fn run(&self, program: &str, args: &[&str]) -> String {
        let mut command = Command::new(self.folder.join(program));
        let output = command.args(args).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(output.status.success(), "{program} {args:?}: {text}");
        text
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        let _ = self.service.remove(SOON);
        let _ = Source::remove(NAME);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn twenty_clients_are_served_at_once_while_it_is_stopped() {
    let folder = env::temp_dir().join(format!("{NAME}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for program in ["pipe_service", "pipe_client"] {
        let copy = folder.join(program).with_extension("exe");
        fs::copy(example(program), copy).unwrap();
    }
    let sample = Installed {
        service: Manager::local().unwrap().service(NAME),
        folder,
    };
    let service = &sample.service;
    sample.run("pipe_service", &["install"]);
    let source = Source::find(NAME).unwrap().expect("a source of events");
    assert!(source.message_files()[0].ends_with("pipe_service.exe"));
    sample.run("pipe_service", &["start", "--wait"]);
    assert_eq!(sample.run("pipe_client", &["one", "two"]), "one\ntwo\n");
    let many = ["--clients", "20", "--rounds", "50", "again and again"];
    let answers = sample.run("pipe_client", &many);
    assert_eq!(answers, "20 clients got 1000 answers\n");

    // All of them talk, and none stops by itself.
    let answered = AtomicU32::new(0);
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(|| {
                    let client = Client::connect(OsStr::new(NAME), SOON).unwrap();
                    let mut own = 0;
                    let ended = loop {
                        match client.ask(b"and again", 100) {
                            Ok(answer) => assert_eq!(answer, b"and again"),
                            Err(error) => break error,
                        }
                        own += 1;
                        answered.fetch_add(1, Ordering::Relaxed);
                    };
                    (own, ended)
                })
            })
            .collect();
        while answered.load(Ordering::Relaxed) < 2000 {
            thread::yield_now();
        }
        let before = Instant::now();
        let stopped = service.stop_and_wait(SOON).unwrap();
        assert!(before.elapsed() < Duration::from_secs(5));
        assert_eq!((stopped.state, stopped.exit_code), (State::Stopped, 0));
        for client in clients {
            let (own, ended) = client.join().unwrap();
            assert!(own > 0, "it was never served");
            // Broken, being closed, not connected, or (Wine) just going.
            assert!(
                matches!(ended.raw(), Some(109 | 230 | 232 | 233)),
                "{ended}"
            );
        }
    });
    let log = fs::read_to_string(sample.folder.join("pipe_service.log")).unwrap();
    assert_eq!(
        log.matches("has connected").count(),
        1 + 2 * CLIENTS,
        "{log}"
    );
    assert!(
        log.trim_end().ends_with(&format!("{NAME}: stopped")),
        "{log}"
    );
    assert!(!log.contains("warning"), "{log}");

    let removed = sample.run("pipe_service", &["remove", "--wait"]);
    assert!(removed.contains("removed"), "{removed}");
    assert_eq!(Source::find(NAME).unwrap(), None);
    assert!(!Manager::local().unwrap().exists(NAME).unwrap());
}
