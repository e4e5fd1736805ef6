//! No parser is forgotten, and no target starts from nothing.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The modules below a library's `src/parse` that parse something.
fn parsers(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            parsers(&path, found);
        } else if name.ends_with(".rs") && name != "mod.rs" && name != "tests.rs" {
            // It has an entry point for others.
            let source = fs::read_to_string(&path).unwrap();
            if source.contains("&[u8]") && source.contains("pub fn ") {
                found.push(path);
            }
        }
    }
}

#[test]
fn every_parser_has_a_target() {
    let mut found = Vec::new();
    for library in [
        "oslens",
        "oslens-service",
        "oslens-eventlog",
        "oslens-counters",
    ] {
        parsers(
            &root().join("../crates").join(library).join("src/parse"),
            &mut found,
        );
    }
    let targets = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let forgotten: Vec<&PathBuf> = found
        .iter()
        .filter(|path| {
            let module = path.file_stem().unwrap().to_str().unwrap();
            ![":", " ", "("]
                .iter()
                .any(|before| targets.contains(&format!("{before}{module}::")))
        })
        .collect();
    assert!(
        forgotten.is_empty(),
        "parsers without a fuzz target: {forgotten:#?}"
    );
}

#[test]
fn every_target_has_seeds_and_all_seeds_a_target() {
    for (name, _) in oslens_fuzz::TARGETS {
        let dir = root().join("corpus").join(name);
        let seeds = fs::read_dir(&dir).map_or(0, Iterator::count);
        assert!(seeds > 0, "no seeds in {}", dir.display());
    }
    for entry in fs::read_dir(root().join("corpus")).into_iter().flatten() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            name.starts_with('.') || oslens_fuzz::find(&name).is_some(),
            "corpus/{name} belongs to no target"
        );
    }
}

#[test]
fn targets_are_sorted_and_named_once() {
    let names: Vec<&str> = oslens_fuzz::TARGETS.iter().map(|(name, _)| *name).collect();
    assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
}
