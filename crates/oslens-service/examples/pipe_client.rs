//! A client of the sample service: sends its arguments, one message each, and
//! prints the answers.
//!
//! `pipe_client --clients 20 --rounds 100 hello` has so many clients at once
//! send it so often.

#[cfg(not(windows))]
fn main() -> std::process::ExitCode {
    eprintln!("named pipes are of Windows");
    std::process::ExitCode::FAILURE
}

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    match client::run(std::env::args().skip(1)) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(windows)]
mod client {
    use std::{error::Error, ffi::OsStr, thread, time::Duration};

    use oslens_win32::pipe::Client;

    const NAME: &str = "oslens_pipe";
    const LONGEST: usize = 64 << 10;
    const PATIENCE: Duration = Duration::from_secs(10);

    type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

    pub(crate) fn run(mut args: impl Iterator<Item = String>) -> Result<()> {
        let (mut clients, mut rounds, mut messages) = (1_u32, 1_u32, Vec::new());
        while let Some(arg) = args.next() {
            let mut number = || args.next().ok_or(format!("{arg} needs a number"));
            match &*arg {
                "--clients" => clients = number()?.parse()?,
                "--rounds" => rounds = number()?.parse()?,
                _ => messages.push(arg),
            }
        }
        if messages.is_empty() {
            return Err("what is to be sent? pipe_client MESSAGE…".into());
        }
        if (clients, rounds) == (1, 1) {
            let client = connect()?;
            for message in &messages {
                let answer = client.ask(message.as_bytes(), LONGEST)?;
                println!("{}", String::from_utf8_lossy(&answer));
            }
            return Ok(());
        }
        let all: Vec<_> = (0..clients)
            .map(|_| {
                let messages = messages.clone();
                thread::spawn(move || many(&messages, rounds))
            })
            .collect();
        let mut answers = 0;
        for client in all {
            answers += client.join().map_err(|_| "a client panicked")??;
        }
        println!("{clients} clients got {answers} answers");
        Ok(())
    }

    fn connect() -> Result<Client> {
        Client::connect(OsStr::new(NAME), PATIENCE)
            .map_err(|error| format!("{error} (does the service run?)").into())
    }

    /// How many answers were right.
    fn many(messages: &[String], rounds: u32) -> Result<u32> {
        let client = connect()?;
        let mut answers = 0;
        for _ in 0..rounds {
            for message in messages {
                if client.ask(message.as_bytes(), LONGEST)? != message.as_bytes() {
                    return Err(format!("{message:?} came back as something else").into());
                }
                answers += 1;
            }
        }
        Ok(answers)
    }
}
