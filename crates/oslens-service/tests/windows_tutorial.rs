//! docs/SERVICES.md, word for word.
#![cfg(windows)]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use oslens_service::Manager;

const PROMPT: &str = r"C:\pipe> ";
const FOLDER: &str = r"C:\pipe";

/// What is typed, and what is answered.
fn steps(page: &str) -> Vec<(String, String)> {
    let mut steps: Vec<(String, String)> = Vec::new();
    let mut answers = false;
    for line in page.lines() {
        if let Some(typed) = line.strip_prefix(PROMPT) {
            steps.push((typed.to_owned(), String::new()));
            answers = true;
        } else if line.starts_with("```") {
            answers = false;
        } else if let (true, Some((_, answer))) = (answers, steps.last_mut()) {
            answer.push_str(line);
            answer.push('\n');
        }
    }
    steps
}

/// Whether text is what is wanted, where `…` is anything.
fn is(text: &str, wanted: &str) -> bool {
    let mut parts = wanted.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.trim_end()) || rest.ends_with(last)
}

struct Sample;

impl Drop for Sample {
    fn drop(&mut self) {
        if let Ok(manager) = Manager::local() {
            let _ = manager
                .service("oslens_pipe")
                .remove(Duration::from_secs(20));
        }
        let _ = oslens_eventlog::Source::remove("oslens_pipe");
        let _ = fs::remove_dir_all(FOLDER);
    }
}

#[test]
fn the_tutorial_says_what_happens() {
    if oslens_testkit::wine::version().is_none() || Path::new(FOLDER).exists() {
        oslens_testkit::skip_allowed!("only in a Wine of its own: it installs in {FOLDER}");
    }
    let sample = Sample;
    fs::create_dir_all(FOLDER).unwrap();
    let test = env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap();
    for program in ["pipe_service.exe", "pipe_client.exe"] {
        let copy: PathBuf = Path::new(FOLDER).join(program);
        fs::copy(built.join("examples").join(program), copy).unwrap();
    }
    let page = include_str!("../../../docs/SERVICES.md");
    let steps = steps(page);
    assert!(steps.len() > 10, "{steps:?}");
    for (typed, answer) in steps {
        let mut words = typed.splitn(2, ' ');
        let program = words.next().unwrap_or_default();
        let mut command = Command::new(Path::new(FOLDER).join(program));
        // No shell: quotes are all that there is.
        let mut quoted = false;
        let parts = words.next().unwrap_or_default().split(|c| {
            quoted ^= c == '"';
            c == ' ' && !quoted
        });
        command.args(parts.map(|part| part.trim_matches('"')));
        let (said, failed) = if program == "type" {
            // That of Wine opens no file that somebody writes to.
            let file = Path::new(FOLDER).join(typed.trim_start_matches("type "));
            (fs::read(file).unwrap(), Vec::new())
        } else {
            let output = command.current_dir(FOLDER).output().unwrap();
            (output.stdout, output.stderr)
        };
        let said = String::from_utf8_lossy(&said).replace('\r', "");
        let failed = String::from_utf8_lossy(&failed).replace('\r', "");
        let told = if answer.starts_with("error:") {
            &failed
        } else {
            &said
        };
        assert!(
            is(told, &answer),
            "{typed}\nwanted:\n{answer}\nsaid:\n{said}{failed}"
        );
    }
    drop(sample);
}

#[test]
fn an_ellipsis_is_anything() {
    assert!(is("a 1 b\n", "a … b\n"));
    assert!(is("a 1 b\nmore\n", "a …"));
    assert!(is("a 1 b 2 c\n", "a … b … c\n"));
    assert!(!is("a 1 b\n", "a … c\n"));
    assert!(!is("a\nb\n", "a\n"));
}
