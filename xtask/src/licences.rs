//! What the dependencies' licences are, and whether `deny.toml` allows them.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use crate::report::{Counts, Outcome};
use crate::run;

/// Checks the licences of all dependencies of the workspace.
pub(crate) fn check() -> Outcome {
    if run::works("cargo", &["deny", "--version"]) {
        let status = Command::new(run::cargo())
            .args(["deny", "check", "licenses"])
            .current_dir(crate::root())
            .status();
        return match status {
            Ok(status) if status.success() => Outcome::Passed(Counts::default()),
            other => Outcome::Failed(Counts::default(), format!("cargo deny: {other:?}")),
        };
    }
    match refused() {
        Ok(refused) if refused.is_empty() => Outcome::Passed(Counts::default()),
        Ok(refused) => Outcome::Failed(Counts::default(), refused.join("; ")),
        Err(reason) => Outcome::Failed(Counts::default(), reason),
    }
}

fn refused() -> Result<Vec<String>, String> {
    let path = crate::root().join("deny.toml");
    let rules =
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let allowed = allowed(&rules);
    let output = Command::new(run::cargo())
        .args([
            "metadata",
            "--format-version",
            "1",
            "--all-features",
            "--locked",
        ])
        .current_dir(crate::root())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = metadata["packages"].as_array().ok_or("no packages")?;
    Ok(packages
        .iter()
        .filter_map(|package| {
            let licence = package["license"].as_str().unwrap_or("none named");
            let name = package["name"].as_str().unwrap_or("?");
            (!permits(licence, &allowed)).then(|| format!("{name}: {licence}"))
        })
        .collect())
}

/// The quoted names of `allow = […]`.
fn allowed(rules: &str) -> BTreeSet<&str> {
    let list = rules.split_once("allow = [").map_or("", |(_, rest)| rest);
    let list = list.split_once(']').map_or("", |(list, _)| list);
    list.split('"').skip(1).step_by(2).collect()
}

/// Whether a licence expression can be satisfied with the allowed ones.
/// Parentheses group alternatives, as in `(MIT OR Apache-2.0) AND Unicode-3.0`.
fn permits(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let text = expression.replace('(', " ( ").replace(')', " ) ");
    // Before SPDX the alternatives were divided by a slash.
    let text = text.replace('/', " OR ").replace(" WITH ", "\u{1}");
    let mut words = text.split_whitespace().peekable();
    either(&mut words, allowed) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words<'_>, allowed: &BTreeSet<&str>) -> bool {
    let mut any = all(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        any |= all(words, allowed);
    }
    any
}

fn all(words: &mut Words<'_>, allowed: &BTreeSet<&str>) -> bool {
    let mut every = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        every &= one(words, allowed);
    }
    every
}

fn one(words: &mut Words<'_>, allowed: &BTreeSet<&str>) -> bool {
    match words.next() {
        Some("(") => either(words, allowed) && words.next() == Some(")"),
        Some(name) => allowed.contains(name.replace('\u{1}', " WITH ").as_str()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{allowed, permits};

    #[test]
    fn alternatives_and_sums_of_licences_are_understood() {
        let rules = "[licenses]\nallow = [\n \"MIT\",\n \"Unicode-3.0\",\n \"Apache-2.0 WITH LLVM-exception\",\n]\n";
        let allowed = allowed(rules);
        assert_eq!(allowed.len(), 3);
        for good in [
            "MIT",
            "GPL-3.0 OR MIT",
            "GPL-2.0/MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
        ] {
            assert!(permits(good, &allowed), "{good}");
        }
        for bad in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "none named",
            "",
            "(MIT",
            "MIT MIT",
        ] {
            assert!(!permits(bad, &allowed), "{bad}");
        }
    }
}
