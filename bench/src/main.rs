//! oslens beside its peers and beside a floor program, in interleaved rounds.
//!
//! The program starts itself again in other roles: `@enter` makes the
//! namespaces, `@inside` is the first process in them and measures, `@serve`
//! is a Rust library as a contestant.

mod allocations;
mod contestant;
mod inside;
mod isolate;
mod jobs;
mod load;
mod oslens_jobs;
mod peers;
mod plan;
mod prepare;
mod record;
mod report;
mod serve;
mod stats;
mod syscalls;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use jobs::{JOBS, Job, Load, PEAK};
use plan::Plan;
use record::Record;
use report::Figures;

/// The floor program, compiled by the build script.
const FLOOR: &str = env!("OSLENS_BENCH_FLOOR");

const USAGE: &str = "\
oslens beside its peers and beside a floor program, in interleaved rounds

usage: oslens-bench [--quick] [--only JOB]... [--against NAME,NAME,...]
                    [--rounds N] [--markdown FILE] [--no-calls] [--no-install]
       oslens-bench --list

  --quick          few rounds, 1,000 processes only
  --only JOB       this line of the table only; may be repeated
  --against LIST   these contestants only: floor, oslens, sysinfo, procfs,
                   psutil, ps, ss, lsof, smem
  --rounds N       rounds of every job (15, with --quick 5)
  --markdown FILE  write the tables there too
  --no-calls       do not count system calls (strace takes its time)
  --no-install     do not install missing tools, even as root
  --list           the jobs' names

Processes and sockets are made in private namespaces: this needs root, or a
kernel that lets users make user namespaces.
";

#[derive(Debug)]
struct Options {
    quick: bool,
    only: Vec<&'static Job>,
    against: Option<Vec<String>>,
    rounds: Option<usize>,
    markdown: Option<PathBuf>,
    calls: bool,
    install: bool,
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        quick: false,
        only: Vec::new(),
        against: None,
        rounds: None,
        markdown: None,
        calls: true,
        install: true,
    };
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--quick" => options.quick = true,
            "--only" => {
                let name = value()?;
                let job = jobs::find(&name)
                    .ok_or(format!("no job is called {name}: --list shows them"))?;
                options.only.push(job);
            }
            "--against" => {
                options.against = Some(value()?.split(',').map(str::to_owned).collect());
            }
            "--rounds" => {
                let text = value()?;
                let rounds = text.parse().ok().filter(|&n| n > 0);
                options.rounds = Some(rounds.ok_or(format!("not a number of rounds: {text}"))?);
            }
            "--markdown" => options.markdown = Some(value()?.into()),
            "--no-calls" => options.calls = false,
            "--no-install" => options.install = false,
            _ => return Err(format!("unknown argument: {arg}")),
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["--help" | "-h", ..] => {
            print!("{USAGE}");
            Ok(())
        }
        ["--list", ..] => {
            JOBS.iter()
                .for_each(|job| println!("{:<16} {}", job.name, job.title));
            Ok(())
        }
        ["@serve", library] => serve(library),
        ["@enter", ..] => enter(&args[1..]),
        ["@inside", ..] => Plan::from_args(&args[1..])
            .ok_or("no plan".to_owned())
            .and_then(|plan| inside::measure(&plan)),
        _ => match options(args.into_iter()) {
            Ok(options) => drive(&options),
            Err(error) => {
                eprintln!("oslens-bench: {error}\n\n{USAGE}");
                return ExitCode::from(2);
            }
        },
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("oslens-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(library: &str) -> Result<(), String> {
    let mut contestant: Box<dyn serve::Contestant> = match library {
        "oslens" => Box::new(oslens_jobs::Oslens::default()),
        "procfs" => Box::new(peers::Procfs),
        "sysinfo" => Box::new(peers::Sysinfo::default()),
        _ => return Err(format!("no library is called {library}")),
    };
    serve::serve(&mut *contestant).map_err(|e| e.to_string())
}

fn myself() -> Result<PathBuf, String> {
    std::env::current_exe().map_err(|e| format!("where this program is: {e}"))
}

/// Makes the namespaces and runs `@inside` as the first process in them.
fn enter(plan: &[String]) -> Result<(), String> {
    let myself = myself()?;
    isolate::unshare().map_err(|e| {
        format!("private namespaces are needed and cannot be had here (try as root): {e}")
    })?;
    let mut command = Command::new(myself);
    command.arg("@inside").args(plan);
    let status = isolate::tie(&mut command)
        .status()
        .map_err(|e| format!("starting in the namespaces: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the process in the namespaces ended with {status}"))
    }
}

fn drive(options: &Options) -> Result<(), String> {
    let selected: Vec<&'static Job> = JOBS
        .iter()
        .filter(|job| {
            options.only.is_empty() || options.only.iter().any(|only| only.name == job.name)
        })
        .collect();
    let wanted = |name: &str| {
        options
            .against
            .as_ref()
            .is_none_or(|list| list.iter().any(|wanted| wanted == name))
    };
    isolate::raise_descriptor_limit();

    let mut without = prepare::missing_tools(&selected, options.install);
    let count_calls = options.calls && syscalls::available();
    if options.calls && !count_calls {
        eprintln!("strace is missing: system calls are not counted");
    }
    for tool in ["ps", "ss", "lsof", "smem"] {
        if !wanted(tool) {
            without.push(tool.to_owned());
        }
    }
    let servers = servers(&wanted)?;
    let oslens = if wanted("oslens") && selected.iter().any(|job| job.name == PEAK) {
        Some(prepare::oslens()?.display().to_string())
    } else {
        None
    };

    let busy = load_average();
    if busy > 0.5 {
        eprintln!("the machine is busy (load average {busy}): expect a wide spread");
    }
    let mut figures = Figures::default();
    for load in Load::ALL {
        let jobs: Vec<&'static Job> = selected
            .iter()
            .copied()
            .filter(|job| job.loads.contains(&load))
            .filter(|job| !options.quick || load != Load::Processes(5000) || job.name == PEAK)
            .collect();
        if jobs.is_empty() {
            continue;
        }
        let plan = Plan {
            load,
            jobs,
            rounds: options.rounds.unwrap_or(if options.quick { 5 } else { 15 }),
            seconds_each: if options.quick { 3 } else { 10 },
            count_calls,
            servers: servers.clone(),
            without: without.clone(),
            oslens: oslens.clone(),
        };
        under(&plan, &mut figures)?;
    }

    print!("{}", report::text(&figures));
    if let Some(file) = &options.markdown {
        std::fs::write(file, report::markdown(&figures))
            .map_err(|e| format!("{}: {e}", file.display()))?;
    }
    Ok(())
}

/// Of the last minute.
fn load_average() -> f64 {
    std::fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}

/// The long-lived contestants: name and command.
fn servers(wanted: &impl Fn(&str) -> bool) -> Result<Vec<(String, Vec<String>)>, String> {
    let myself = myself()?.display().to_string();
    let mut servers = Vec::new();
    if wanted("floor") {
        servers.push(("floor".to_owned(), vec![FLOOR.to_owned()]));
    }
    for library in ["oslens", "sysinfo", "procfs"] {
        if wanted(library) {
            let argv = vec![myself.clone(), "@serve".to_owned(), library.to_owned()];
            servers.push((library.to_owned(), argv));
        }
    }
    if wanted("psutil") {
        match prepare::psutil() {
            Ok(argv) => servers.push(("psutil".to_owned(), argv)),
            Err(error) => eprintln!("without psutil: {error}"),
        }
    }
    Ok(servers)
}

/// Runs a plan under its load and collects what it reports.
fn under(plan: &Plan, figures: &mut Figures) -> Result<(), String> {
    let role = match plan.load {
        Load::Machine => "@inside",
        Load::Processes(_) | Load::Sockets => "@enter",
    };
    let mut command = Command::new(myself()?);
    command
        .arg(role)
        .args(plan.to_args())
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = isolate::tie(&mut command)
        .spawn()
        .map_err(|e| format!("starting the load {}: {e}", plan.load.name()))?;
    let output = child.stdout.take().ok_or("a child without a pipe")?;
    for line in BufReader::new(output).lines() {
        let line = line.map_err(|e| e.to_string())?;
        match Record::parse(&line) {
            Some(record) => figures.add(plan.load, record),
            None => eprintln!("a line that makes no sense: {line}"),
        }
    }
    let status = child.wait().map_err(|e| e.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("under the load {}: {status}", plan.load.name()))
    }
}
