//! The protocol that every long-lived contestant speaks, so that no start of a
//! process is ever measured. One command a line on stdin, one reply a line:
//!
//! ```text
//! jobs             -> jobs NAME NAME ...
//! run NAME N       -> ok ROWS SUM NS NS ...        one NS for each of N runs
//! allocations NAME -> allocations COUNT BYTES      of one warm run
//! exit
//! ```
//!
//! or `err TEXT`. ROWS is compared between contestants; SUM depends on all that
//! was read, so that no compiler can leave the reading out.

use std::io::{self, BufRead, Write};
use std::time::Instant;

use crate::allocations;

/// What one run found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer {
    pub rows: u64,
    pub sum: u64,
}

/// A library under test.
pub trait Contestant {
    /// The jobs it can do.
    fn jobs(&self) -> &'static [&'static str];
    /// Does one of them once.
    fn run(&mut self, job: &str) -> Result<Answer, String>;
}

/// Serves commands until stdin ends.
pub fn serve(contestant: &mut dyn Contestant) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let reply = match words[..] {
            ["exit"] => break,
            ["jobs"] => Ok(format!("jobs {}", contestant.jobs().join(" "))),
            ["run", job, n] => n
                .parse()
                .map_err(|_| format!("not a number: {n}"))
                .and_then(|n| timed(contestant, job, n)),
            ["allocations", job] => counted(contestant, job),
            _ => Err(format!("unknown command: {line}")),
        };
        writeln!(out, "{}", reply.unwrap_or_else(|e| format!("err {e}")))?;
        out.flush()?;
    }
    Ok(())
}

fn timed(contestant: &mut dyn Contestant, job: &str, n: usize) -> Result<String, String> {
    let mut last = Answer::default();
    let mut took = Vec::with_capacity(n);
    for _ in 0..n {
        let begin = Instant::now();
        last = contestant.run(job)?;
        took.push(begin.elapsed().as_nanos());
    }
    let mut reply = format!("ok {} {}", last.rows, last.sum);
    for ns in took {
        reply.push_str(&format!(" {ns}"));
    }
    Ok(reply)
}

fn counted(contestant: &mut dyn Contestant, job: &str) -> Result<String, String> {
    contestant.run(job)?;
    let (result, count, bytes) = allocations::count(|| contestant.run(job));
    result.map(|_| format!("allocations {count} {bytes}"))
}
