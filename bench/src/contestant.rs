//! A contestant seen from the driver: a long-lived process that is spoken to
//! over pipes, or a command that is started anew for every run.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use crate::isolate;

/// What a run of a job gave.
pub struct Runs {
    /// `None` where only the command's output would tell.
    pub rows: Option<u64>,
    pub nanoseconds: Vec<u64>,
}

pub enum Contestant {
    Server(Server),
    Tool(&'static [&'static str]),
}

impl Contestant {
    pub fn run(&mut self, job: &str, times: usize) -> Result<Runs, String> {
        match self {
            Contestant::Server(server) => server.run(job, times),
            Contestant::Tool(argv) => {
                let nanoseconds = (0..times)
                    .map(|_| run_tool(argv))
                    .collect::<Result<_, _>>()?;
                Ok(Runs {
                    rows: None,
                    nanoseconds,
                })
            }
        }
    }
}

fn run_tool(argv: &[&str]) -> Result<u64, String> {
    let begin = Instant::now();
    let status = quiet(argv)
        .status()
        .map_err(|e| format!("{}: {e}", argv[0]))?;
    let took = begin.elapsed().as_nanos() as u64;
    if !status.success() {
        return Err(format!("{}: {status}", argv.join(" ")));
    }
    Ok(took)
}

/// A command without input whose output nobody reads.
pub fn quiet<S: AsRef<std::ffi::OsStr>>(argv: &[S]) -> Command {
    let mut command = Command::new(&argv[0]);
    command
        .args(&argv[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    isolate::tie(&mut command);
    command
}

pub struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    jobs: Vec<String>,
}

impl Server {
    pub fn start(argv: &[String]) -> Result<Server, String> {
        let failed = |e: std::io::Error| format!("{}: {e}", argv.join(" "));
        let mut command = Command::new(&argv[0]);
        command
            .args(&argv[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = isolate::tie(&mut command).spawn().map_err(failed)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("a child without pipes".to_owned());
        };
        let mut server = Server {
            child,
            input,
            output: BufReader::new(output),
            jobs: Vec::new(),
        };
        let reply = server.ask("jobs")?;
        server.jobs = reply
            .split_whitespace()
            .skip(1)
            .map(str::to_owned)
            .collect();
        Ok(server)
    }

    pub fn can(&self, job: &str) -> bool {
        self.jobs.iter().any(|known| known == job)
    }

    pub fn ask(&mut self, command: &str) -> Result<String, String> {
        writeln!(self.input, "{command}").map_err(|e| e.to_string())?;
        let mut reply = String::new();
        self.output
            .read_line(&mut reply)
            .map_err(|e| e.to_string())?;
        match reply.trim_end() {
            "" => Err("it ended without a reply".to_owned()),
            reply => match reply.strip_prefix("err ") {
                Some(text) => Err(text.to_owned()),
                None => Ok(reply.to_owned()),
            },
        }
    }

    fn run(&mut self, job: &str, times: usize) -> Result<Runs, String> {
        let reply = self.ask(&format!("run {job} {times}"))?;
        let odd = || format!("a reply that makes no sense: {reply:.60}");
        let mut words = reply.split_whitespace().skip(1);
        let rows = words.next().and_then(|w| w.parse().ok()).ok_or_else(odd)?;
        let nanoseconds = words
            .skip(1)
            .map(|w| w.parse().map_err(|_| odd()))
            .collect::<Result<Vec<u64>, _>>()?;
        if nanoseconds.len() != times {
            return Err(odd());
        }
        Ok(Runs {
            rows: Some(rows),
            nanoseconds,
        })
    }

    /// How many allocations one warm run asks for, and of how many bytes.
    pub fn allocations(&mut self, job: &str) -> Result<(u64, u64), String> {
        let reply = self.ask(&format!("allocations {job}"))?;
        let mut words = reply.split_whitespace().skip(1).map(str::parse);
        match (words.next(), words.next()) {
            (Some(Ok(count)), Some(Ok(bytes))) => Ok((count, bytes)),
            _ => Err(format!("a reply that makes no sense: {reply:.60}")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = writeln!(self.input, "exit");
        let _ = self.child.wait();
    }
}
