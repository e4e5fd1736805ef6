//! Adds up what the steps of `cargo xtask test` found.

use std::collections::{BTreeMap, BTreeSet};

/// Tests that some command reported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
    /// The names of the tests that were started.
    started: BTreeSet<String>,
    /// Tests that passed because they could not be made, and why.
    skips: Vec<String>,
    failures: Box<Failures>,
}

/// What was printed of failures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Failures {
    /// At most [`KEPT`].
    lines: Vec<String>,
    /// The section that the output is in.
    section: Option<Section>,
}

impl Failures {
    /// Keeps the line if it tells of a failure.
    fn note(&mut self, line: &str) {
        match self.section {
            Some(section) if section.ends_with(line) => self.section = None,
            Some(_) => {}
            None => self.section = Section::begun(line),
        }
        let told = self.section.is_some() || line.starts_with("FAILED ");
        if told && !line.is_empty() && self.lines.len() < KEPT {
            self.lines.push(line.to_owned());
        }
    }
}

/// The lines that are repeated of a step's failures.
const KEPT: usize = 60;

/// Parts of an output that tell what failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    /// Of the test harness: up to its result.
    Harness,
    /// Of pytest: up to its last line.
    Pytest,
    /// Of a compiler: up to an empty line.
    Compiler,
}

impl Section {
    /// The section that begins with this line.
    fn begun(line: &str) -> Option<Self> {
        let heading = line.trim_matches(['=', ' ']);
        if line == "failures:" {
            Some(Self::Harness)
        } else if line.starts_with("==") && matches!(heading, "FAILURES" | "ERRORS") {
            Some(Self::Pytest)
        } else if line.starts_with("error: ") || line.starts_with("error[") {
            Some(Self::Compiler)
        } else {
            None
        }
    }

    fn ends_with(self, line: &str) -> bool {
        match self {
            Self::Harness => line.starts_with("test result: "),
            Self::Pytest => line.starts_with("==") && line.contains("short test summary"),
            Self::Compiler => line.is_empty(),
        }
    }
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
        self.started.extend(other.started.iter().cloned());
        self.skips.extend_from_slice(&other.skips);
        let lines = &mut self.failures.lines;
        lines.extend_from_slice(&other.failures.lines);
        lines.truncate(KEPT);
    }

    /// The tests that were really made.
    fn made(&self) -> BTreeSet<String> {
        let mut made = self.started.clone();
        for skip in &self.skips {
            made.remove(test_of(skip));
        }
        made
    }

    /// `3 passed, 0 failed, 1 skipped`.
    pub(crate) fn sentence(&self) -> String {
        let skips = self.skips.len() as u64;
        format!(
            "{} passed, {} failed, {} skipped",
            // The harness knows no skips: to it they passed.
            self.passed.saturating_sub(skips),
            self.failed,
            self.ignored + skips
        )
    }

    /// No test failed.
    pub(crate) fn has_no_failure(&self) -> bool {
        self.failed == 0
    }

    /// Looks at one line of output.
    pub(crate) fn note(&mut self, line: &str) {
        let line = line.trim_end();
        self.failures.note(line);
        if self.note_pytest(line) {
            return;
        }
        if let Some(result) = line.strip_prefix("test result: ") {
            // "ok. 3 passed; 0 failed; 1 ignored; 0 measured; …"
            for part in result.split(['.', ';']) {
                let mut words = part.split_whitespace();
                let number = words.next().and_then(|word| word.parse::<u64>().ok());
                match (number, words.next()) {
                    (Some(number), Some("passed")) => self.passed += number,
                    (Some(number), Some("failed")) => self.failed += number,
                    (Some(number), Some("ignored")) => self.ignored += number,
                    _ => {}
                }
            }
        } else if let Some((_, skip)) = line.split_once("skipped: ") {
            // The harness may have left the start of a line of its own before it.
            self.skips.push(skip.to_owned());
        } else if let Some((test, _)) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.split_once(" ... "))
        {
            self.started.insert(test.to_owned());
        }
    }

    /// The last line of pytest: "1 failed, 38 passed, 2 skipped in 3.21s".
    fn note_pytest(&mut self, line: &str) -> bool {
        let Some((counts, seconds)) = line.trim_matches([' ', '=']).rsplit_once(" in ") else {
            return false;
        };
        let seconds = seconds.split(' ').next().unwrap_or_default();
        let seconds = seconds.strip_suffix('s').map(str::parse::<f64>);
        if !matches!(seconds, Some(Ok(_))) {
            return false;
        }
        let mut found = Self::default();
        for count in counts.split(", ") {
            let Some((Ok(number), what)) = count
                .split_once(' ')
                .map(|(number, what)| (number.parse::<u64>(), what))
            else {
                return false;
            };
            match what {
                "passed" | "xfailed" => found.passed += number,
                "failed" | "error" | "errors" | "xpassed" => found.failed += number,
                "skipped" => found.ignored += number,
                _ => {}
            }
        }
        self.add(&found);
        true
    }
}

/// The test in `a::b: the reason`.
fn test_of(skip: &str) -> &str {
    skip.split_once(": ").map_or(skip, |(test, _)| test)
}

/// How a step ended.
pub(crate) enum Outcome {
    Passed(Counts),
    /// Tests that failed are in the counts; the text says what else did.
    Failed(Counts, String),
    Skipped(String),
}

/// All steps so far.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<String>,
    total: Counts,
    /// Tests that were made, and the first step that did.
    made: BTreeMap<String, String>,
    /// Tests that mean nothing in the step that skipped them: they need root
    /// in a step without, or what the step switches off.
    elsewhere: Vec<String>,
    failed: u64,
    skipped: u64,
}

impl Report {
    pub(crate) fn add(&mut self, step: &str, outcome: Outcome, seconds: u64) {
        let line = match outcome {
            Outcome::Passed(counts) => {
                let skipped = counts.skips.len() as u64;
                let passed = counts.passed.saturating_sub(skipped);
                self.note(step, counts);
                let tests = match passed {
                    0 => String::new(),
                    _ => format!(", {passed} passed"),
                };
                format!("ok       {step} ({seconds} s{tests})")
            }
            Outcome::Failed(counts, reason) => {
                // A step that failed for another reason than a test is one failure.
                self.failed += u64::from(counts.failed == 0);
                let tests = match counts.failed {
                    0 => String::new(),
                    failed => format!(", {failed} tests failed"),
                };
                let mut text = format!("FAILED   {step} ({seconds} s{tests}): {reason}");
                for line in &counts.failures.lines {
                    text.push_str("\n         | ");
                    text.push_str(line);
                }
                self.note(step, counts);
                text
            }
            Outcome::Skipped(reason) => {
                self.skipped += 1;
                format!("skipped  {step}: {reason}")
            }
        };
        self.lines.push(line);
    }

    fn note(&mut self, step: &str, mut counts: Counts) {
        for test in counts.made() {
            self.made.entry(test).or_insert_with(|| step.to_owned());
        }
        counts.skips.retain(|skip| {
            let Some(earlier) = self.made.get(test_of(skip)) else {
                return true;
            };
            let remark = format!("ran in step {earlier}, not in {step}: {skip}");
            self.elsewhere.push(remark);
            // The harness knows no skips: to it they passed.
            counts.passed = counts.passed.saturating_sub(1);
            false
        });
        self.total.add(&counts);
    }

    pub(crate) fn failed(&self) -> bool {
        self.failed + self.total.failed > 0
    }

    /// The summary, whose last line is `N passed, M failed, K skipped`. What
    /// failed comes late in it, with what was said of it: the rest scrolls by.
    pub(crate) fn summary(&self) -> String {
        let mut text = String::new();
        for remark in &self.elsewhere {
            text.push_str(&format!("         {remark}\n"));
        }
        text.push_str(&self.lines.join("\n"));
        text.push('\n');
        let mut skips = self.total.skips.clone();
        skips.sort();
        skips.dedup();
        for skip in skips {
            text.push_str(&format!("         skipped test {skip}\n"));
        }
        let skipped_tests = self.total.skips.len() as u64;
        text.push_str(&format!(
            "{} passed, {} failed, {} skipped",
            // The harness knows no skips: to it they passed.
            self.total.passed.saturating_sub(skipped_tests),
            self.total.failed + self.failed,
            self.total.ignored + skipped_tests + self.skipped
        ));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Outcome, Report};

    #[test]
    fn skipped_tests_are_not_counted_as_passed() {
        let mut counts = Counts::default();
        counts.note(
            "test result: FAILED. 7 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out\n",
        );
        counts.note("test a::b ... skipped: a::b: no root\n");
        let mut report = Report::default();
        report.add(
            "tests",
            Outcome::Failed(counts, "exit code 101".to_owned()),
            3,
        );
        report.add("more", Outcome::Skipped("no reason".to_owned()), 0);
        assert!(report.failed());
        assert_eq!(
            report.summary().lines().last(),
            Some("6 passed, 1 failed, 4 skipped")
        );
    }

    #[test]
    fn a_skip_of_a_test_that_was_made_before_is_none() {
        let mut root = Counts::default();
        root.note("test a::b ... ok");
        root.note("test c ... ok");
        root.note("skipped: c: no such hardware");
        root.note("test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured");
        let mut user = Counts::default();
        for line in ["test a::b ... ok", "test c ... ok", "test d ... ok"] {
            user.note(line);
        }
        for line in ["a::b: no root", "c: no root", "d: no root"] {
            user.note(&format!("skipped: {line}"));
        }
        user.note("test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured");
        let mut report = Report::default();
        report.add("test", Outcome::Passed(root), 0);
        report.add("user", Outcome::Passed(user), 0);
        let summary = report.summary();
        assert!(
            summary.contains("ran in step test, not in user: a::b: no root\n"),
            "{summary}"
        );
        assert_eq!(
            summary.lines().last(),
            Some("1 passed, 0 failed, 3 skipped")
        );
    }

    #[test]
    fn tests_of_pytest_are_counted() {
        let mut counts = Counts::default();
        counts.note("2 failed, 38 passed, 1 skipped, 4 warnings, 1 error in 3.21s\n");
        counts.note("===== 5 passed in 61.00s (0:01:01) =====\n");
        counts.note("collected 7 items in 2 files\n");
        assert_eq!(
            (counts.passed, counts.failed, counts.ignored),
            (43, 3, 1),
            "{counts:?}"
        );
    }

    #[test]
    fn the_summary_repeats_what_was_said_of_failures() {
        let mut counts = Counts::default();
        for line in [
            "test a ... ok",
            "",
            "failures:",
            "",
            "---- b stdout ----",
            "thread 'b' panicked at b.rs:1:2:",
            "failures:",
            "    b",
            "",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored",
            "quiet",
            "=== FAILURES ===",
            "E  assert 1 == 2",
            "=== short test summary info ===",
            "FAILED tests/test_x.py::test_y - assert 1 == 2",
            "1 failed, 2 passed in 1.00s",
            "error[E0001]: no such thing",
            "  --> x.rs",
            "",
            "loud",
        ] {
            counts.note(line);
        }
        let mut report = Report::default();
        report.add(
            "tests",
            Outcome::Failed(counts, "exit code 101".to_owned()),
            3,
        );
        let summary = report.summary();
        for told in [
            "| ---- b stdout ----",
            "| thread 'b' panicked at b.rs:1:2:",
            "| E  assert 1 == 2",
            "| FAILED tests/test_x.py::test_y - assert 1 == 2",
            "| error[E0001]: no such thing",
            "|   --> x.rs",
        ] {
            assert!(summary.contains(told), "{told}: {summary}");
        }
        for noise in ["quiet", "loud", "test a"] {
            assert!(!summary.contains(noise), "{noise}: {summary}");
        }
    }

    #[test]
    fn a_step_that_fails_without_tests_is_a_failure() {
        let mut report = Report::default();
        let failed = Outcome::Failed(Counts::default(), "exit code 1".to_owned());
        report.add("format", failed, 0);
        assert!(report.failed() && report.summary().ends_with("0 passed, 1 failed, 0 skipped"));
    }
}
