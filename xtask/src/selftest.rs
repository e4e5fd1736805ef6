//! The tests that need nothing of one system, on the machine itself, and one
//! report to show to others.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use crate::report::Counts;
use crate::test;

pub(crate) const HELP: &str = "
cargo xtask selftest

For the first who has a machine that oslens was never run on: FreeBSD, NetBSD,
OpenBSD, macOS or any other Unix. Runs the library's own tests, what every
function promises, every function on every process, and comparisons with the
tools of the system (ps, vmstat, sysctl, netstat, ifconfig, df, mount, fstat or
lsof, swapinfo or swapctl, uname, uptime, who), and prints one report; it is
kept in target/selftest.txt. Nothing is installed, no test needs root; run it
as root, too, for what only root may see.

The report has numbers, names of functions and errors; no command lines, no
environments, no addresses. Names of this user and this host are taken out of
it. Have a look at it, and add it to an issue.
";

/// The variable that tells tests where the report is.
const FILE: &str = "OSLENS_SELFTEST";

/// Runs the tests and prints the report.
pub(crate) fn run(args: &[String]) -> Result<ExitCode, String> {
    if let Some(arg) = args.first() {
        return Err(format!("there is no {arg}; see cargo xtask help selftest"));
    }
    if cfg!(not(unix)) {
        return Err("this is for Unix; see cargo test".to_owned());
    }
    let folder = test::target_dir();
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let lines = folder.join("selftest-lines.txt");
    let _ = fs::remove_file(&lines);
    let library = watch(&["--lib"], &[], &lines)?;
    let programs = [
        "--test",
        "selftest_contracts",
        "--test",
        "selftest_every_pid",
        "--test",
        "selftest_vendor_tools",
    ];
    // In order, and none disturbs another one's numbers.
    let contracts = watch(&programs, &["--test-threads=1"], &lines)?;
    let text = fs::read_to_string(&lines).unwrap_or_default();
    let _ = fs::remove_file(&lines);
    let report = scrubbed(&report(&head(), &[library, contracts], &text), &secrets());
    let place = folder.join("selftest.txt");
    fs::write(&place, &report).map_err(|error| format!("{}: {error}", place.display()))?;
    println!("\n{report}");
    eprintln!("This report is in {}.", place.display());
    Ok(ExitCode::from(u8::from(report.contains("\nFAILED"))))
}

/// What a run of tests said.
#[derive(Default)]
struct Run {
    what: &'static str,
    ended_well: bool,
    counts: Counts,
    output: String,
}

/// Runs tests of the library in the open.
fn watch(programs: &[&'static str], args: &[&str], lines: &Path) -> Result<Run, String> {
    let mut command = test::cargo(&["test", "-p", "oslens", "--all-features", "--no-fail-fast"]);
    command
        .args(programs)
        .arg("--")
        .args(args)
        .env(FILE, lines)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("cargo: {error}"))?;
    let errors = child.stderr.take();
    let errors = thread::spawn(move || errors.map(pass_on).unwrap_or_default());
    let output = child.stdout.take().map(pass_on).unwrap_or_default();
    let errors = errors.join().unwrap_or_default();
    let status = child.wait().map_err(|error| format!("cargo: {error}"))?;
    let mut counts = Counts::default();
    for line in output.lines().chain(errors.lines()) {
        counts.note(line);
    }
    Ok(Run {
        what: match programs.len() {
            1 => "the library's own tests",
            _ => "contracts, every process, vendor tools",
        },
        ended_well: status.success(),
        counts,
        output,
    })
}

/// Shows it as it comes, not in the way of the report.
fn pass_on(from: impl Read) -> String {
    let mut from = BufReader::new(from);
    let (mut line, mut all) = (Vec::new(), String::new());
    while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line);
        eprint!("{text}");
        all.push_str(&text);
        line.clear();
    }
    all
}

/// What a program says in one line, if it is there.
fn said(program: &str, args: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    let output = command.args(args).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

/// The machine, the program, and who runs it.
fn head() -> String {
    let or_unknown = |said: Option<String>| said.unwrap_or_else(|| "unknown".to_owned());
    let root = crate::root().to_string_lossy().into_owned();
    let commit = said("git", &["-C", &root, "describe", "--always", "--dirty"]);
    let caller = match said("id", &["-u"]).as_deref() {
        Some("0") => "root",
        Some(_) => "an ordinary user",
        None => "unknown",
    };
    format!(
        "oslens {}, commit {}\nsystem: {}\nprocessor: {}\ncompiler: {}\ncaller: {caller}\n",
        env!("CARGO_PKG_VERSION"),
        or_unknown(commit),
        or_unknown(said("uname", &["-srm"])),
        or_unknown(said("uname", &["-p"])),
        or_unknown(said("rustc", &["--version"])),
    )
}

/// All of it. A line that begins with FAILED is of a test.
fn report(head: &str, runs: &[Run], lines: &str) -> String {
    let mut text = format!("=== oslens selftest\n{head}");
    for run in runs {
        text.push_str(&format!("{}: {}\n", run.what, run.counts.sentence()));
        if !run.ended_well && run.counts.has_no_failure() {
            text.push_str("FAILED to build, or ended before its time\n");
        }
    }
    for failure in runs.iter().flat_map(|run| failures(&run.output)) {
        text.push_str(&format!("FAILED {failure}\n"));
    }
    let mut sections: Vec<&str> = Vec::new();
    let mut answers = BTreeMap::<&str, Vec<String>>::new();
    for line in lines.lines() {
        let mut columns = line.splitn(3, '\t');
        let (Some(section), Some(name)) = (columns.next(), columns.next()) else {
            continue;
        };
        if !sections.contains(&section) {
            sections.push(section);
        }
        let answer = columns.next().unwrap_or_default();
        let row = format!("{name:<28} {answer}\n");
        answers.entry(section).or_default().push(row);
    }
    for section in sections {
        text.push_str(&format!("\n--- {section}\n"));
        text.push_str(&answers[section].concat());
    }
    text.push_str("=== end\n");
    text
}

/// The tests that failed, each with what it said, in one line.
fn failures(output: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut is_inside = false;
    for line in output.lines() {
        let name = line
            .strip_prefix("---- ")
            .and_then(|rest| rest.strip_suffix(" stdout ----"));
        if let Some(name) = name {
            all.push(format!("{name}:"));
            is_inside = true;
        } else if line == "failures:" || line.starts_with("test result:") {
            is_inside = false;
        } else if let (true, Some(last)) = (is_inside, all.last_mut()) {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with("note: ") {
                last.push(' ');
                last.push_str(line);
            }
        }
    }
    all
}

/// Words that are nobody's business, and what stands for them.
fn secrets() -> Vec<(String, &'static str)> {
    let mut secrets = vec![(crate::root().to_string_lossy().into_owned(), "<checkout>")];
    let home = std::env::var("HOME").ok();
    secrets.extend(home.map(|home| (home, "<home>")));
    if let Some(host) = said("uname", &["-n"]) {
        let short = host.split('.').next().unwrap_or_default().to_owned();
        secrets.push((host, "<host>"));
        secrets.push((short, "<host>"));
    }
    let user = said("id", &["-un"]).filter(|user| user != "root");
    secrets.extend(user.map(|user| (user, "<user>")));
    // Not a letter or a root directory.
    secrets.retain(|(word, _)| word.len() > 2);
    secrets
}

/// Without these words, where they are whole words.
fn scrubbed(text: &str, secrets: &[(String, &'static str)]) -> String {
    let mut text = text.to_owned();
    for (word, stands_for) in secrets {
        let mut clean = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find(word.as_str()) {
            let (before, after) = (&rest[..at], &rest[at + word.len()..]);
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            clean.push_str(before);
            let is_whole = !before.ends_with(is_part) && !after.starts_with(is_part);
            clean.push_str(if is_whole { stands_for } else { word });
            rest = after;
        }
        clean.push_str(rest);
        text = clean;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Run, failures, report, scrubbed};
    use crate::report::Counts;

    const OUTPUT: &str = "\
running 2 tests
test values_agree ... FAILED
test others ... ok

failures:

---- values_agree stdout ----

thread 'values_agree' (7) panicked at crates/oslens/tests/x.rs:5:1:
assertion failed: `5` of /home/me/x on box.example.org
note: run with `RUST_BACKTRACE=1`

failures:
    values_agree

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out
";

    #[test]
    fn a_report_has_the_failures_with_their_words() {
        assert_eq!(failures(OUTPUT).len(), 1);
        let mut counts = Counts::default();
        OUTPUT.lines().for_each(|line| counts.note(line));
        let run = Run {
            what: "tests",
            ended_well: false,
            counts,
            output: OUTPUT.to_owned(),
        };
        let lines = "host\tcpu_times\tok\nvendor tools\tswap\tsame\nhost\tpids\tok\n";
        let text = report("system: X\n", &[run], lines);
        assert!(
            text.contains("tests: 1 passed, 1 failed, 0 skipped\n"),
            "{text}"
        );
        assert!(text.contains("\nFAILED values_agree: thread"), "{text}");
        let host = text.find("--- host\ncpu_times").unwrap();
        assert!(text.find("--- vendor tools").unwrap() > host, "{text}");
        assert!(text[host..].find("pids").unwrap() < text[host..].find("vendor").unwrap());
    }

    #[test]
    fn what_could_not_be_built_is_a_failure() {
        let run = Run {
            what: "tests",
            ..Run::default()
        };
        assert!(report("", &[run], "").contains("\nFAILED to build"));
    }

    #[test]
    fn a_report_names_neither_user_nor_host() {
        let secrets = [
            ("/home/me".to_owned(), "<home>"),
            ("box.example.org".to_owned(), "<host>"),
            ("me".to_owned(), "<user>"),
        ];
        let text = scrubbed(OUTPUT, &secrets);
        assert!(text.contains("of <home>/x on <host>"), "{text}");
        assert!(text.contains("measured"), "not parts of words: {text}");
    }
}
