//! Adds up what the steps of `cargo xtask test` found.

/// Tests that some command reported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
    /// Tests that passed because they could not be made, and why.
    skips: Vec<String>,
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
        self.skips.extend_from_slice(&other.skips);
    }

    /// Looks at one line of output.
    pub(crate) fn note(&mut self, line: &str) {
        let line = line.trim_end();
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
        }
    }
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
    failed: u64,
    skipped: u64,
}

impl Report {
    pub(crate) fn add(&mut self, step: &str, outcome: Outcome, seconds: u64) {
        let line = match outcome {
            Outcome::Passed(counts) => {
                self.total.add(&counts);
                let Counts { passed, .. } = counts;
                let tests = match passed {
                    0 => String::new(),
                    _ => format!(", {passed} passed"),
                };
                format!("ok       {step} ({seconds} s{tests})")
            }
            Outcome::Failed(counts, reason) => {
                self.total.add(&counts);
                // A step that failed for another reason than a test is one failure.
                self.failed += u64::from(counts.failed == 0);
                let tests = match counts.failed {
                    0 => String::new(),
                    failed => format!(", {failed} tests failed"),
                };
                format!("FAILED   {step} ({seconds} s{tests}): {reason}")
            }
            Outcome::Skipped(reason) => {
                self.skipped += 1;
                format!("skipped  {step}: {reason}")
            }
        };
        self.lines.push(line);
    }

    pub(crate) fn failed(&self) -> bool {
        self.failed + self.total.failed > 0
    }

    /// The summary, whose last line is `N passed, M failed, K skipped`.
    pub(crate) fn summary(&self) -> String {
        let mut text = self.lines.join("\n");
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
    fn a_step_that_fails_without_tests_is_a_failure() {
        let mut report = Report::default();
        let failed = Outcome::Failed(Counts::default(), "exit code 1".to_owned());
        report.add("format", failed, 0);
        assert!(report.failed() && report.summary().ends_with("0 passed, 1 failed, 0 skipped"));
    }
}
