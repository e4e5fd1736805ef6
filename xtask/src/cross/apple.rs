//! What is declared of Apple's libraries is what others declare: see
//! `proofs/apple`.

use std::collections::BTreeSet;
use std::process::Stdio;

use super::{toolchain, zig};
use crate::report::{Counts, Outcome};

const TARGETS: [&str; 2] = ["x86_64-apple-darwin", "aarch64-apple-darwin"];
const MANIFEST: &str = "proofs/apple/Cargo.toml";
/// What is compared, all of it.
const DECLARED: [&str; 3] = [
    "crates/oslens/src/sys/pal/macos/declared.rs",
    "crates/oslens/src/sys/kernel/names.rs",
    "crates/oslens/src/parse/layout/macos/if_mib.rs",
];

/// Everything holds, and nothing would if it were something else.
pub(super) fn proof() -> Outcome {
    proved().unwrap_or_else(|outcome| outcome)
}

fn proved() -> Result<Outcome, Outcome> {
    let failed = |reason| Outcome::Failed(Counts::default(), reason);
    let mut declared = BTreeSet::new();
    for name in DECLARED {
        let path = crate::root().join(name);
        let text = std::fs::read_to_string(&path);
        let text = text.map_err(|error| failed(format!("{}: {error}", path.display())))?;
        declared.extend(declarations(&text).map(str::to_owned));
    }
    let witnesses = crate::test::cargo(&["fetch", "--locked", "--manifest-path", MANIFEST])
        .status()
        .is_ok_and(|status| status.success());
    if !witnesses {
        let reason = "the witnesses could not be had from the registry";
        return Err(super::lacking(reason.to_owned()));
    }
    for target in TARGETS {
        let (holds, said) = check(target, &[])?;
        if !holds {
            return Err(failed(format!("{target} disagrees:\n{said}")));
        }
    }
    let (holds, said) = check(TARGETS[0], &["--features", "wrong"])?;
    let refused: BTreeSet<String> = refusals(&said).map(str::to_owned).collect();
    if holds || refused != declared {
        let differ: Vec<_> = declared.symmetric_difference(&refused).collect();
        let reason = format!("changed, and not refused, or not known: {differ:?}");
        return Err(failed(reason));
    }
    println!("{} declarations agree with their witnesses", declared.len());
    Ok(Outcome::Passed(Counts::default()))
}

/// Whether it compiles, and what the compiler says.
fn check(target: &str, more: &[&str]) -> Result<(bool, String), Outcome> {
    let failed = |reason| Outcome::Failed(Counts::default(), reason);
    let folder = zig::folder().join("proofs");
    let folder = folder.to_string_lossy();
    let args = [
        "check",
        "--locked",
        "--manifest-path",
        MANIFEST,
        "--target-dir",
        &folder,
    ];
    let mut command = toolchain::find(target)?.cargo(target, &[&args, more].concat())?;
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| failed(format!("cargo: {error}")))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok((output.status.success(), said))
}

/// The names of what a file declares: functions, places, constants, texts,
/// structures and their fields, each on a line of its own.
fn declarations(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let line = line.trim();
        if let Some(structure) = line.strip_prefix("struct ") {
            return structure
                .strip_suffix("\" {")?
                .split_once("= \"")
                .map(|(_, c)| c);
        }
        let begin = line
            .split_once(['(', ':', '='])
            .map_or("", |(begin, _)| begin);
        let begin = begin.trim();
        let linked = begin.strip_prefix("fn ").or(begin.strip_prefix("static "));
        match linked {
            Some(name) => line.ends_with(';').then_some(name),
            None => {
                let is_name = begin.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                (is_name && !begin.is_empty() && line.ends_with(',')).then_some(begin)
            }
        }
    })
}

/// What the compiler says is not so: assertions, by what they are about.
fn refusals(said: &str) -> impl Iterator<Item = &str> {
    // The second is that of older compilers.
    const PANICKED: [&str; 2] = [
        "evaluation panicked: ",
        "the evaluated program panicked at '",
    ];
    said.lines().filter_map(|line| {
        let mut after = PANICKED.iter().filter_map(|words| line.split_once(words));
        let (_, name) = after.next()?;
        Some(name.split(['\'', '\n']).next().unwrap_or(name).trim())
    })
}

#[cfg(test)]
mod tests {
    use super::{declarations, refusals};

    #[test]
    fn declarations_are_found_on_their_lines() {
        let text = "use std::ffi::{a, b};\n\
            // A word: and, more,\n\
            constants! {\n    A: c_int = 1,\n    /// Of: it,\n    B: u8 = 2,\n}\n\
            functions! {\n    struct Table = library {\n        fn f(Raw) -> Raw;\n        fn g();\n    }\n}\n\
            linked! {\n    static s: Port;\n}\n\
            texts! {\n    kName = \"BSD Name\",\n}\n\
            layout! {\n    struct S = \"struct s\" {\n        field: [u8; 4],\n    }\n    const i32 {\n        C = 1,\n    }\n}\n\
            const D: &str = \"d\";\n";
        let found: Vec<&str> = declarations(text).collect();
        assert_eq!(
            found,
            ["A", "B", "f", "g", "s", "kName", "struct s", "field", "C"]
        );
    }

    #[test]
    fn refusals_of_both_kinds_of_compilers_are_understood() {
        let said = "error[E0080]: evaluation panicked: task_info\n   |\n\
            = note: the evaluated program panicked at 'struct s', src/lib.rs:1:2\nerror: 2\n";
        let found: Vec<&str> = refusals(said).collect();
        assert_eq!(found, ["task_info", "struct s"]);
    }
}
