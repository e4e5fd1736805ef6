//! What to measure, as the driver decided it, and its way through the command
//! line of the process that does it inside the namespaces.

use crate::jobs::{JOBS, Job, Load};

#[derive(Clone, Debug)]
pub struct Plan {
    pub load: Load,
    pub jobs: Vec<&'static Job>,
    pub rounds: usize,
    /// After this long a contestant sits out the rest of a job's rounds.
    pub seconds_each: u64,
    pub count_calls: bool,
    /// The contestants that are servers: name and command.
    pub servers: Vec<(String, Vec<String>)>,
    /// Whole commands to leave out, because they are not there.
    pub without: Vec<String>,
    /// The product's command.
    pub oslens: Option<String>,
}

impl Plan {
    pub fn to_args(&self) -> Vec<String> {
        let jobs: Vec<&str> = self.jobs.iter().map(|job| job.name).collect();
        let mut args = vec![
            self.load.name().to_owned(),
            jobs.join(","),
            self.rounds.to_string(),
            self.seconds_each.to_string(),
            self.count_calls.to_string(),
            self.without.join(","),
            self.oslens.clone().unwrap_or_default(),
        ];
        for (name, argv) in &self.servers {
            args.push(name.clone());
            args.push(argv.len().to_string());
            args.extend(argv.iter().cloned());
        }
        args
    }

    pub fn from_args(args: &[String]) -> Option<Plan> {
        let [
            load,
            jobs,
            rounds,
            seconds,
            calls,
            without,
            oslens,
            rest @ ..,
        ] = args
        else {
            return None;
        };
        let mut servers = Vec::new();
        let mut rest = rest;
        while let [name, len, more @ ..] = rest {
            let (argv, after) = more.split_at_checked(len.parse().ok()?)?;
            servers.push((name.clone(), argv.to_vec()));
            rest = after;
        }
        let words = |list: &str| -> Vec<String> {
            list.split(',')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let jobs = words(jobs);
        Some(Plan {
            load: Load::from_name(load)?,
            jobs: JOBS
                .iter()
                .filter(|job| jobs.iter().any(|name| name == job.name))
                .collect(),
            rounds: rounds.parse().ok()?,
            seconds_each: seconds.parse().ok()?,
            count_calls: calls.parse().ok()?,
            servers,
            without: words(without),
            oslens: Some(oslens.clone()).filter(|path| !path.is_empty()),
        })
    }
}
