//! The report of `cargo xtask selftest`, to which tests add lines.

use std::fmt::Display;
use std::io::Write;

/// Names the file of the report while one is made.
const FILE: &str = "OSLENS_SELFTEST";

/// Adds a line to the report of `cargo xtask selftest`; does nothing when none
/// is made.
///
/// Such a report is shown to others: a line has numbers, names of functions
/// and kinds of errors, and never a command line, an environment, an address
/// or the name of a user or host.
///
/// # Panics
///
/// When the file cannot be written: a report with holes would mislead.
///
/// ```no_run
/// oslens_testkit::report("contracts", "cpu_times", "ok");
/// ```
pub fn report(section: &str, name: &str, answer: impl Display) {
    let Some(file) = std::env::var_os(FILE) else {
        return;
    };
    let written = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(&file)
        // In one piece, as tests run side by side.
        .and_then(|mut file| file.write_all(line(section, name, &answer.to_string()).as_bytes()));
    written.unwrap_or_else(|error| panic!("{FILE}={}: {error}", file.to_string_lossy()));
}

/// Three columns with a tab in between.
fn line(section: &str, name: &str, answer: &str) -> String {
    let flat = |text: &str| text.replace(|c: char| c.is_control(), " ");
    format!("{}\t{}\t{}\n", flat(section), flat(name), flat(answer))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_has_three_columns_whatever_is_in_them() {
        let line = super::line("section", "a\tname", "two\nlines");
        assert_eq!(line, "section\ta name\ttwo lines\n");
    }
}
