//! Every developer task of the project: `cargo xtask help`.

mod bench;
mod cross;
mod fixture;
mod fuzz;
mod licences;
mod packages;
mod python_package;
mod report;
mod run;
mod selftest;
mod test;
mod wine;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// One task: its name, one line about it, how it is called, what runs it.
struct Task {
    name: &'static str,
    about: &'static str,
    help: &'static str,
    run: fn(&[String]) -> Result<ExitCode, String>,
}

const TASKS: &[Task] = &[
    Task {
        name: "test",
        about: "run everything that CI runs",
        help: test::HELP,
        run: test::run,
    },
    Task {
        name: "wine",
        about: "run the Windows tests under Wine",
        help: wine::HELP,
        run: wine::run,
    },
    Task {
        name: "cross",
        about: "build and test for other systems and machines",
        help: cross::HELP,
        run: cross::run,
    },
    Task {
        name: "selftest",
        about: "try the library on this machine, for a report",
        help: selftest::HELP,
        run: selftest::run,
    },
    Task {
        name: "fuzz",
        about: "run the fuzz targets",
        help: fuzz::HELP,
        run: fuzz::run,
    },
    Task {
        name: "fixture",
        about: "capture this machine's /proc and /sys, scrubbed",
        help: fixture::HELP,
        run: fixture::run,
    },
    Task {
        name: "bench",
        about: "compare with other tools and libraries",
        help: bench::HELP,
        run: bench::run,
    },
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::from(2)
        }
    }
}

fn dispatch(args: &[String]) -> Result<ExitCode, String> {
    let (name, rest) = match args.split_first() {
        None => ("help", args),
        Some((name, rest)) => (name.as_str(), rest),
    };
    let asks_help = |arg: &String| arg == "--help" || arg == "-h";
    if matches!(name, "help" | "--help" | "-h") {
        return match rest.first() {
            None => Ok(show(&overview())),
            Some(name) => Ok(show(find(name)?.help)),
        };
    }
    let task = find(name)?;
    // After "--" the arguments are another program's.
    if rest.iter().take_while(|arg| *arg != "--").any(asks_help) {
        return Ok(show(task.help));
    }
    (task.run)(rest)
}

fn overview() -> String {
    let mut text = "cargo xtask TASK [ARGUMENTS]\n\n".to_owned();
    for task in TASKS {
        text.push_str(&format!("  {:<9} {}\n", task.name, task.about));
    }
    text + "  help TASK say how a task is called"
}

/// Not println!: the reader may close the pipe after the first lines.
fn show(text: &str) -> ExitCode {
    let written = writeln!(std::io::stdout(), "{}", text.trim());
    ExitCode::from(u8::from(written.is_err()))
}

fn find(name: &str) -> Result<&'static Task, String> {
    TASKS.iter().find(|task| task.name == name).ok_or_else(|| {
        let names = nearest(name, TASKS.iter().map(|task| task.name));
        format!(
            "there is no task {name}; did you mean {}?",
            names.join(" or ")
        )
    })
}

/// Those of the names that are nearest to a mistyped one; all when none is near.
fn nearest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let distances: Vec<(usize, &str)> = names
        .map(|name| (distance(typed.as_bytes(), name.as_bytes()), name))
        .collect();
    let least = distances.iter().map(|(distance, _)| *distance).min();
    let near = |distance: usize| Some(distance) == least && distance <= 2;
    let found: Vec<&str> = distances
        .iter()
        .filter(|(distance, name)| near(*distance) || name.starts_with(typed))
        .map(|(_, name)| *name)
        .collect();
    if found.is_empty() {
        distances.into_iter().map(|(_, name)| name).collect()
    } else {
        found
    }
}

/// How many letters must change to make one word of the other.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let change = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

/// The root of the checkout.
fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().map(PathBuf::from).unwrap_or(own)
}

/// The environment variable asks for it.
fn wanted(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|value| value == "1" || value == "true")
}

#[cfg(test)]
mod tests {
    use super::{dispatch, nearest};

    #[test]
    fn an_unknown_task_names_its_nearest_neighbours() {
        let names = ["test", "fuzz", "fixture", "bench"];
        assert_eq!(nearest("tset", names.into_iter()), ["test"]);
        assert_eq!(nearest("fix", names.into_iter()), ["fixture"]);
        assert_eq!(nearest("completely-else", names.into_iter()), names);
        let refusal = dispatch(&["benhc".to_owned()]).unwrap_err();
        assert!(refusal.contains("bench"), "{refusal}");
    }
}
