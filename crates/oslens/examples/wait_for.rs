//! Waits until one of several processes has ended, and says which and how.
//!
//! ```console
//! $ sleep 5 & cargo run --example wait_for -- $!
//! ```
//!
//! They need not be children. A PID that is given to another process while we
//! wait is no longer waited for: the handle is the process.

use std::{error::Error, process::ExitCode, time::Duration};

use oslens::process::{self, Process, Waited};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let pids: Vec<u32> = std::env::args()
        .skip(1)
        .map(|word| word.parse())
        .collect::<Result<_, _>>()?;
    if pids.is_empty() {
        eprintln!("usage: wait_for PID...");
        return Ok(ExitCode::from(2));
    }
    let processes: Vec<Process> = pids
        .into_iter()
        .map(Process::open)
        .collect::<Result<_, _>>()?;
    match process::wait_any(&processes, Some(Duration::from_secs(60))) {
        Ok(outcomes) => {
            for (process, outcome) in processes.iter().zip(outcomes) {
                match outcome {
                    Waited::Ended(Some(status)) => println!("{} ended: {status}", process.pid()),
                    Waited::Ended(None) => println!("{} ended", process.pid()),
                    Waited::Running => println!("{} still runs", process.pid()),
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if error.kind() == oslens::ErrorKind::TimedOut => {
            println!("none has ended within a minute");
            Ok(ExitCode::FAILURE)
        }
        Err(error) => Err(error.into()),
    }
}
