//! The measuring itself, inside the namespaces.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::contestant::{Contestant, Server};
use crate::jobs::{Job, Load, PEAK};
use crate::plan::Plan;
use crate::record::Record;
use crate::{isolate, load, stats, syscalls};

/// How long one turn of a contestant should take: long enough for the clock,
/// short enough that the machine's mood is the same for all of a round.
const TURN: Duration = Duration::from_millis(25);
const MOST_RUNS_OF_A_TURN: u128 = 400;
const FEWEST_ROUNDS: usize = 3;

pub fn measure(plan: &Plan) -> Result<(), String> {
    if plan.load != Load::Machine {
        isolate::settle().map_err(|e| format!("settling in the namespaces: {e}"))?;
        load::make(plan.load).map_err(|e| format!("making the load: {e}"))?;
    }
    for job in &plan.jobs {
        if job.name == PEAK {
            peaks(plan, job);
            continue;
        }
        time(plan, job);
        if plan.count_calls {
            count_calls(plan, job);
        }
    }
    Ok(())
}

fn failed(job: &Job, who: &str, reason: String) -> Record {
    Record::Failed {
        job: job.name.to_owned(),
        who: who.to_owned(),
        reason,
    }
}

struct Entry {
    who: String,
    contestant: Contestant,
    runs: usize,
    rows: Option<u64>,
    rounds: Vec<f64>,
    spent: Duration,
}

fn time(plan: &Plan, job: &Job) {
    eprintln!("{}: {} ...", plan.load.name(), job.title);
    let mut entries = enter(plan, job);
    for round in 0..plan.rounds {
        let count = entries.len();
        // Nobody always follows the same one.
        let first = round % count.max(1);
        let mut out = Vec::new();
        for turn in 0..count {
            let at = (first + turn) % count;
            let entry = &mut entries[at];
            let over = entry.spent > Duration::from_secs(plan.seconds_each);
            if over && entry.rounds.len() >= FEWEST_ROUNDS {
                continue;
            }
            let begin = Instant::now();
            match entry.contestant.run(job.name, entry.runs) {
                Ok(runs) => {
                    entry.rows = runs.rows;
                    entry.rounds.push(stats::median(&runs.nanoseconds) as f64);
                }
                Err(reason) => {
                    println!("{}", failed(job, &entry.who, reason));
                    out.push(at);
                }
            }
            entry.spent += begin.elapsed();
        }
        out.sort_unstable();
        for at in out.into_iter().rev() {
            entries.remove(at);
        }
    }
    for entry in &mut entries {
        println!(
            "{}",
            Record::Time {
                job: job.name.to_owned(),
                who: entry.who.clone(),
                rows: entry.rows,
                rounds: std::mem::take(&mut entry.rounds),
            }
        );
        if let Contestant::Server(server) = &mut entry.contestant
            && let Ok((count, _)) = server.allocations(job.name)
        {
            println!(
                "{}",
                Record::Allocations {
                    job: job.name.to_owned(),
                    who: entry.who.clone(),
                    count,
                }
            );
        }
    }
}

/// Starts all that can do the job, and runs it once or more to warm up.
fn enter(plan: &Plan, job: &Job) -> Vec<Entry> {
    let mut started = Vec::new();
    for (who, argv) in &plan.servers {
        match Server::start(argv) {
            Ok(server) if server.can(job.name) => {
                started.push((who.clone(), Contestant::Server(server)));
            }
            Ok(_) => {}
            Err(reason) => println!("{}", failed(job, who, reason)),
        }
    }
    for tool in job.commands {
        if !plan.without.iter().any(|name| name == tool.name) {
            started.push((tool.name.to_owned(), Contestant::Tool(tool.argv)));
        }
    }
    let mut entries = Vec::new();
    for (who, mut contestant) in started {
        match warm_up(&mut contestant, job) {
            Ok(runs) => entries.push(Entry {
                who,
                contestant,
                runs,
                rows: None,
                rounds: Vec::new(),
                spent: Duration::ZERO,
            }),
            Err(reason) => println!("{}", failed(job, &who, reason)),
        }
    }
    entries
}

/// Runs the job until it is warm; how many runs fill a turn.
fn warm_up(contestant: &mut Contestant, job: &Job) -> Result<usize, String> {
    contestant.run(job.name, 1)?;
    let warm = stats::median(&contestant.run(job.name, 2)?.nanoseconds);
    let runs = TURN.as_nanos() / u128::from(warm.max(1));
    Ok(runs.clamp(1, MOST_RUNS_OF_A_TURN) as usize)
}

fn count_calls(plan: &Plan, job: &Job) {
    let servers = plan
        .servers
        .iter()
        .filter(|(_, argv)| Server::start(argv).is_ok_and(|server| server.can(job.name)))
        .map(|(who, argv)| (who.as_str(), syscalls::of_a_run(argv, job.name)));
    let tools = job
        .commands
        .iter()
        .filter(|tool| !plan.without.iter().any(|name| name == tool.name))
        .map(|tool| (tool.name, syscalls::of_a_command(tool.argv)));
    for (who, calls) in servers.chain(tools) {
        let record = match calls {
            Ok(calls) => Record::Calls {
                job: job.name.to_owned(),
                who: who.to_owned(),
                calls,
            },
            Err(reason) => failed(job, who, reason),
        };
        println!("{record}");
    }
}

/// Greatest resident size of whole commands, each run from the floor program.
fn peaks(plan: &Plan, job: &Job) {
    eprintln!("{}: {} ...", plan.load.name(), job.title);
    let oslens = plan
        .oslens
        .as_deref()
        .map(|path| ("oslens", vec![path, "ps"]));
    let tools = job
        .commands
        .iter()
        .filter(|tool| !plan.without.iter().any(|name| name == tool.name))
        .map(|tool| (tool.name, tool.argv.to_vec()));
    for (who, argv) in oslens.into_iter().chain(tools) {
        let mut command = Command::new(crate::FLOOR);
        command.arg("--peak").args(&argv);
        let kib = isolate::tie(&mut command)
            .output()
            .ok()
            .filter(|output| output.status.success())
            .and_then(|output| String::from_utf8(output.stdout).ok())
            .and_then(|text| text.trim().parse::<u64>().ok());
        let record = match kib {
            Some(kib) => Record::Peak {
                job: job.name.to_owned(),
                who: who.to_owned(),
                bytes: kib << 10,
            },
            None => failed(job, who, format!("`{}` failed", argv.join(" "))),
        };
        println!("{record}");
    }
}
