//! `docs/PLATFORM.md` names every public function and nothing else, and says
//! "implemented" of the systems that are.

use std::collections::{BTreeMap, BTreeSet};

const PAGE: &str = include_str!("../../../docs/PLATFORM.md");

macro_rules! sources {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../src/", $path)))),*]
    };
}

/// The files with public functions. Included, not read: the tests also run
/// from copies elsewhere.
const PUBLIC: &[(&str, &str)] = sources![
    "cgroup.rs",
    "counters.rs",
    "cpu/limit.rs",
    "cpu/load.rs",
    "cpu/mod.rs",
    "cpu/times.rs",
    "disk/deadline.rs",
    "disk/device.rs",
    "disk/io.rs",
    "disk/mod.rs",
    "disk/partition.rs",
    "disk/usage.rs",
    "error.rs",
    "host/mod.rs",
    "host/names.rs",
    "host/system.rs",
    "lib.rs",
    "memory/container.rs",
    "memory/mod.rs",
    "net.rs",
    "net/connections.rs",
    "net/connections/kind.rs",
    "net/connections/tcp.rs",
    "net/counters.rs",
    "net/interfaces.rs",
    "net/summary.rs",
    "os/linux.rs",
    "os/mod.rs",
    "os/windows.rs",
    "pressure.rs",
    "process/delta.rs",
    "process/details.rs",
    "process/fields.rs",
    "process/files.rs",
    "process/id.rs",
    "process/limits.rs",
    "process/list.rs",
    "process/maps.rs",
    "process/mod.rs",
    "process/relations.rs",
    "process/row.rs",
    "process/sampler.rs",
    "process/serial.rs",
    "process/settings.rs",
    "process/signal.rs",
    "process/threads.rs",
    "process/tree.rs",
    "process/wait.rs",
    "sensors.rs",
];

/// The ladders of `cfg` that choose an implementation.
const LADDERS: &[(&str, &str)] = sources![
    "sys/cgroup/mod.rs",
    "sys/cpu/mod.rs",
    "sys/disk/mod.rs",
    "sys/host/mod.rs",
    "sys/memory/mod.rs",
    "sys/net/mod.rs",
    "sys/pressure/mod.rs",
    "sys/process/mod.rs",
    "sys/sensors/mod.rs",
];

/// The word at the start of this text.
fn word(text: &str) -> &str {
    let end = text.find(|character: char| !character.is_alphanumeric() && character != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The type that an `impl` is for.
fn implemented(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("impl")?;
    // Behind the parameters of the `impl`, which may themselves have some.
    let rest = match rest.strip_prefix('<') {
        Some(parameters) => {
            let mut depth = 1;
            let end = parameters.find(|character| {
                depth += match character {
                    '<' => 1,
                    '>' => -1,
                    _ => 0,
                };
                depth == 0
            })?;
            &parameters[end + 1..]
        }
        None => rest,
    };
    let rest = rest.strip_prefix(' ')?;
    Some(word(
        rest.split_once(" for ").map_or(rest, |(_, after)| after),
    ))
}

/// Every public function of a file, named as users name it.
fn functions(path: &str, source: &str) -> Vec<String> {
    let module = match path.split(['/', '.']).next().unwrap() {
        "os" if path.ends_with("windows.rs") => "os::windows",
        "os" => "os::linux",
        "lib" | "error" => "",
        module => module,
    };
    let mut all = Vec::new();
    let (mut of, mut getters, mut in_trait) = (String::new(), false, false);
    for line in source.lines() {
        if line.starts_with("#[cfg(test)]") {
            break;
        }
        if let Some(name) = implemented(line) {
            of = name.to_owned();
        } else if let Some(name) = line.strip_prefix("pub trait ") {
            (of, in_trait) = (word(name).to_owned(), true);
        } else if line.starts_with("getters! {") {
            (of, getters) = ("Process".to_owned(), true);
        } else if line.starts_with('}') {
            (getters, in_trait) = (false, false);
        }
        let text = line.trim_start();
        let public = text
            .strip_prefix("pub fn ")
            .or_else(|| text.strip_prefix("pub const fn "));
        let name = match public {
            Some(rest) => word(rest),
            None if in_trait => match line.strip_prefix("    fn ") {
                Some(rest) => word(rest),
                None => continue,
            },
            // `name: Type = FIELD, "what";`
            None if getters && !text.starts_with("//") && text.ends_with("\";") => word(text),
            None => continue,
        };
        // A parameter of a macro, whose values are among the getters.
        if name.is_empty() {
            continue;
        }
        let is_free = public.is_some() && line.starts_with("pub");
        all.push(if is_free {
            format!("{module}::{name}")
        } else if matches!(of.as_str(), "Host" | "HostBuilder" | "Error") {
            format!("{of}::{name}")
        } else {
            format!("{module}::{of}::{name}")
        });
    }
    all
}

/// The names in the tables, and how often each is there.
fn documented() -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    let mut everywhere = false;
    for line in PAGE.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            everywhere = title == "Everywhere";
        }
        let Some(row) = line.strip_prefix("| ") else {
            continue;
        };
        // The functions are the first column, and of the last table the second.
        let cell = row.split(" | ").nth(usize::from(everywhere)).unwrap_or("");
        for name in cell.split('`').skip(1).step_by(2) {
            *all.entry(name.to_owned()).or_default() += 1;
        }
    }
    all
}

#[test]
fn every_public_function_is_on_the_page_once_and_every_name_there_exists() {
    let documented = documented();
    let existing: BTreeSet<String> = PUBLIC
        .iter()
        .flat_map(|(path, source)| functions(path, source))
        .collect();
    assert!(existing.len() > 200, "the sources were not understood");
    let names: BTreeSet<String> = documented.keys().cloned().collect();
    let missing: Vec<_> = existing.difference(&names).collect();
    assert!(missing.is_empty(), "not in docs/PLATFORM.md: {missing:#?}");
    let invented: Vec<_> = names.difference(&existing).collect();
    assert!(
        invented.is_empty(),
        "in docs/PLATFORM.md, but not in the code: {invented:#?}"
    );
    let twice: Vec<_> = documented.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "twice in docs/PLATFORM.md: {twice:?}");
}

#[test]
fn no_file_of_the_public_modules_is_left_out() {
    let known: BTreeSet<&str> = PUBLIC.iter().map(|(path, _)| *path).collect();
    for (path, source) in PUBLIC {
        // `mod x;` of a/mod.rs and lib.rs is beside it, of a.rs below a/.
        let folder = match path.strip_suffix("mod.rs").or(path.strip_suffix("lib.rs")) {
            Some(folder) => folder.to_owned(),
            None => format!("{}/", path.strip_suffix(".rs").unwrap()),
        };
        for line in source.lines() {
            let declared = line
                .strip_prefix("mod ")
                .or_else(|| line.strip_prefix("pub mod "))
                .and_then(|rest| rest.strip_suffix(';'));
            let Some(name) = declared else {
                continue;
            };
            if matches!(name, "parse" | "sys" | "tests" | "test_tree") {
                continue;
            }
            let candidates = [
                format!("{folder}{name}.rs"),
                format!("{folder}{name}/mod.rs"),
            ];
            assert!(
                candidates.iter().any(|path| known.contains(path.as_str())),
                "{path} has a module {name} that this test does not look into"
            );
        }
    }
}

#[test]
fn a_system_is_called_implemented_when_it_is() {
    let line = PAGE
        .lines()
        .find_map(|line| line.strip_prefix("Implemented on: "))
        .expect("the page says what is implemented");
    let claimed: BTreeSet<&str> = line.trim_end_matches('.').split(", ").collect();
    for system in ["linux", "freebsd", "netbsd", "openbsd", "macos"] {
        let choice = format!("#[cfg(target_os = \"{system}\")]");
        let is_everywhere = LADDERS
            .iter()
            .all(|(_, source)| source.lines().any(|line| line == choice));
        assert_eq!(
            is_everywhere,
            claimed.contains(system),
            "{system} and docs/PLATFORM.md"
        );
        if is_everywhere {
            continue;
        }
        let line = PAGE
            .lines()
            .find_map(|line| line.strip_prefix("On FreeBSD, NetBSD, OpenBSD and macOS: "))
            .expect("the page says what is implemented on the BSDs and macOS");
        let claimed: BTreeSet<&str> = line.trim_end_matches('.').split(", ").collect();
        let chosen: BTreeSet<&str> = LADDERS
            .iter()
            .filter(|(_, source)| source.lines().any(|line| line == choice))
            .filter_map(|(path, _)| path.split('/').nth(1))
            .collect();
        assert_eq!(chosen, claimed, "docs/PLATFORM.md and {system}");
    }
    let line = PAGE
        .lines()
        .find_map(|line| line.strip_prefix("On Windows: "))
        .expect("the page says what is implemented on Windows");
    let claimed: BTreeSet<&str> = line.trim_end_matches('.').split(", ").collect();
    let chosen: BTreeSet<&str> = LADDERS
        .iter()
        .filter(|(_, source)| source.lines().any(|line| line == "#[cfg(windows)]"))
        .filter_map(|(path, _)| path.split('/').nth(1))
        .collect();
    assert_eq!(chosen, claimed, "docs/PLATFORM.md and the ladders");
}
