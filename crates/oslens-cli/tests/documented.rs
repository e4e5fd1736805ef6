//! `docs/CLI.md` is what the command says.
#![cfg(target_os = "linux")]

mod command;

use command::{json, run, stderr, stdout};

const PAGE: &str = include_str!("../../../docs/CLI.md");

#[test]
fn every_block_of_the_page_is_what_the_command_prints() {
    let mut blocks = 0;
    for block in PAGE.split("```console\n$ oslens ").skip(1) {
        let block = block.split("```").next().unwrap();
        let (line, expected) = block.split_once('\n').unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        let output = run(&words);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", stderr(&output));
        assert_eq!(stdout(&output), expected, "oslens {line}");
        blocks += 1;
    }
    assert!(blocks >= 9, "{blocks}");
}

#[test]
fn every_schema_is_on_the_page_with_its_version_and_keys() {
    let own = std::process::id().to_string();
    for words in [
        &[][..],
        &["ps"],
        &["tree"],
        &["show", &own],
        &["sockets", "-a"],
        &["mem"],
        &["mem", "--procs"],
        &["df"],
        &["net"],
    ] {
        let document = json(words);
        let schema = document["schema"].as_str().unwrap();
        let line = PAGE
            .lines()
            .find(|line| line.starts_with(&format!("| `{schema}`")))
            .unwrap_or_else(|| panic!("{schema} is not on the page"));
        for key in document.as_object().unwrap().keys() {
            let everywhere = ["schema", "time", "window"].contains(&key.as_str());
            assert!(
                everywhere || line.contains(&format!("`{key}`")),
                "{schema}: {key}"
            );
        }
        let parts = document["processes"].as_array().into_iter().flatten();
        for key in parts.flat_map(|process| process.as_object().unwrap().keys()) {
            assert!(line.contains(&format!("`{key}`")), "{schema}: {key}");
        }
    }
}
