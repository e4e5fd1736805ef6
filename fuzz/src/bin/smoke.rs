//! Runs the fuzz targets on a fixed number of inputs, with the stable compiler
//! and nothing else: `smoke [--runs N] [--seed N] [--list] [TARGET…]`, or
//! `smoke --reproduce FILE TARGET`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{env, fs, io, thread};

use oslens_fuzz::mutate::{Random, mutant};
use oslens_fuzz::{TARGETS, Target, find};

/// Longer than any input may take, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(10);

static STARTED: AtomicU64 = AtomicU64::new(0);
static CURRENT: Mutex<(&str, Vec<u8>)> = Mutex::new(("", Vec::new()));

struct Options {
    runs: u64,
    seed: u64,
    list: bool,
    reproduce: Option<PathBuf>,
    targets: Vec<(&'static str, Target)>,
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(reason) => {
            eprintln!("smoke: {reason}");
            return ExitCode::from(2);
        }
    };
    if options.list {
        TARGETS.iter().for_each(|(name, _)| println!("{name}"));
        return ExitCode::SUCCESS;
    }
    if let Some(path) = &options.reproduce {
        let input = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        options.targets.iter().for_each(|(_, run)| run(&input));
        println!("{}: no panic", path.display());
        return ExitCode::SUCCESS;
    }
    thread::spawn(watch);
    let mut findings = 0;
    for (name, run) in &options.targets {
        findings += u32::from(!hold(name, *run, &options));
    }
    println!(
        "{} fuzz targets, {} inputs each and their seeds, {findings} with findings",
        options.targets.len(),
        options.runs
    );
    ExitCode::from(u8::from(findings > 0))
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        runs: 10_000,
        seed: 0,
        list: false,
        reproduce: None,
        targets: Vec::new(),
    };
    let mut args = env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        let number = |text: String| text.parse().map_err(|_| format!("{text} is no number"));
        match arg.as_str() {
            "--runs" => options.runs = number(value()?)?,
            "--seed" => options.seed = number(value()?)?,
            "--list" => options.list = true,
            "--reproduce" => options.reproduce = Some(value()?.into()),
            flag if flag.starts_with('-') => return Err(format!("there is no flag {flag}")),
            name => {
                let (name, run) = TARGETS
                    .iter()
                    .find(|(target, _)| *target == name)
                    .ok_or(format!("there is no target {name}; --list shows them"))?;
                options.targets.push((name, *run));
            }
        }
    }
    if options.reproduce.is_some() && options.targets.len() != 1 {
        return Err("--reproduce needs one target".to_owned());
    }
    if options.targets.is_empty() {
        options.targets = TARGETS.to_vec();
    }
    Ok(options)
}

/// Whether the target held against its seeds and their mutants.
fn hold(name: &'static str, run: Target, options: &Options) -> bool {
    debug_assert!(find(name).is_some());
    let seeds = match seeds(name) {
        Ok(seeds) if !seeds.is_empty() => seeds,
        other => {
            eprintln!("{name}: no seeds in corpus/{name} ({:?})", other.err());
            return false;
        }
    };
    let mut random = Random::new(name, options.seed);
    let mutants = (0..options.runs).map(|_| mutant(&mut random, &seeds));
    for input in seeds.iter().cloned().chain([Vec::new()]).chain(mutants) {
        STARTED.fetch_add(1, Ordering::Relaxed);
        if let Ok(mut current) = CURRENT.lock() {
            *current = (name, input.clone());
        }
        if catch_unwind(AssertUnwindSafe(|| run(&input))).is_err() {
            let path = keep(name, &input);
            eprintln!(
                "{name}: panics; try: smoke --reproduce {} {name}",
                path.display()
            );
            return false;
        }
    }
    true
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// In the order of their names, on which the mutants depend.
fn seeds(name: &str) -> io::Result<Vec<Vec<u8>>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root().join("corpus").join(name))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    paths.sort();
    paths.iter().map(fs::read).collect()
}

fn keep(name: &str, input: &[u8]) -> PathBuf {
    let dir = root().join("artifacts").join(name);
    let hash = input.iter().fold(0_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let path = dir.join(format!("crash-{hash:016x}"));
    if let Err(error) = fs::create_dir_all(&dir).and_then(|()| fs::write(&path, input)) {
        eprintln!("{}: {error}", path.display());
    }
    path
}

/// Ends the run when one input takes for ever.
fn watch() {
    loop {
        let before = STARTED.load(Ordering::Relaxed);
        thread::sleep(PATIENCE);
        if before > 0 && STARTED.load(Ordering::Relaxed) == before {
            if let Ok(current) = CURRENT.lock() {
                let path = keep(current.0, &current.1);
                eprintln!("{}: hangs on {}", current.0, path.display());
            }
            std::process::exit(1);
        }
    }
}
