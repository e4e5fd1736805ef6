//! A service that serves many clients at once over a named pipe, echoes what
//! they send, writes to the event log and publishes counters.
//!
//! `docs/SERVICES.md` goes through it, from install to remove.

#[cfg(windows)]
mod counting;
#[cfg(windows)]
mod event_log;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    use oslens_service::{ServiceSpec, host::Program};

    let spec = ServiceSpec::this_program(service::NAME)
        .display_name("oslens pipe sample")
        .description("Echoes what clients send to a named pipe.");
    Program::new()
        .service(spec, service::Echo)
        .extras(event_log::EventLog::default())
        .extras(counting::Installed)
        .main()
}

#[cfg(not(windows))]
fn main() -> std::process::ExitCode {
    eprintln!("named pipes are of Windows");
    std::process::ExitCode::FAILURE
}

#[cfg(windows)]
mod service {
    use std::{
        ffi::{OsStr, OsString},
        thread,
    };

    use oslens_service::host::{Context, Failure, Service};
    use oslens_win32::{
        pipe::{CLIENT_ACCESS, Event, Server},
        security::Descriptor,
    };

    use crate::counting::Counting;

    pub(crate) const NAME: &str = "oslens_pipe";
    /// The longest message.
    const LONGEST: usize = 64 << 10;
    /// One user alone cannot take all memory of the system.
    const MOST_CLIENTS: usize = 500;

    /// Who may do what with the pipe: the system, administrators and the
    /// account of the service everything; whoever has logged on here may read
    /// and write, but not make pipes of this name; nobody from the network,
    /// whom the pipe itself rejects, too.
    fn access() -> OsString {
        format!(
            "D:P(D;;FA;;;NU)(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;S-1-3-4)(A;;{CLIENT_ACCESS:#x};;;AU)"
        )
        .into()
    }

    pub(crate) struct Echo;

    impl Service for Echo {
        fn run(&mut self, context: &Context) -> Result<(), Failure> {
            let security = Descriptor::from_sddl(&access())?;
            // It fails where another program has a pipe of this name: clients
            // would talk to that.
            let mut server = Server::new(OsStr::new(NAME), security, LONGEST)?;
            let counting = Counting::start()?;
            if let Err(why) = counting.publication() {
                context.warning(format!("counters are not published: {why}"));
            }
            // The stop wakes the server wherever it waits.
            let (waker, stop) = (server.waker(), context.clone());
            thread::spawn(move || {
                stop.wait(None);
                waker.wake();
            });
            context.running()?;
            loop {
                match server.wait()? {
                    Event::Connected(client) if server.clients() > MOST_CLIENTS => {
                        context.warning("too many clients: one was sent away");
                        counting.connected();
                        server.close(client);
                    }
                    Event::Connected(client) => {
                        counting.connected();
                        context.info(format!("{client:?} has connected"));
                    }
                    Event::Message(client, message) => {
                        counting.received(message.len());
                        server.send(client, message);
                    }
                    Event::Sent(_, bytes) => counting.sent(bytes),
                    Event::Closed(client, None) => {
                        counting.closed();
                        context.info(format!("{client:?} has gone"));
                    }
                    Event::Closed(client, Some(why)) => {
                        counting.closed();
                        context.warning(format!("{client:?} was let go: {why}"));
                    }
                    // The server is dropped here: what is pending is
                    // cancelled, and the clients see that the pipe has ended.
                    Event::Woken => return Ok(()),
                }
            }
        }
    }
}
