//! What the contestants look at: sleeping processes in a chain with fans, and
//! processes that hold TCP sockets. Made by plain forks of the calling process,
//! which must still have one thread; all of them die with their parents.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::isolate;
use crate::jobs::Load;

/// How deep the chain goes; every link of it has its share of the leaves.
const CHAIN: usize = 40;
const SOCKET_PROCESSES: usize = 100;
/// Established sockets of one process, both ends counted; with its two
/// listeners it holds 100 sockets.
const CONNECTED: usize = 98;

/// Makes the load and returns when all of it stands.
pub fn make(load: Load) -> io::Result<()> {
    let (sleepers, holders) = match load {
        Load::Machine => return Ok(()),
        Load::Processes(n) => (n, 0),
        Load::Sockets => (1000, SOCKET_PROCESSES),
    };
    let (mut reader, writer) = io::pipe()?;
    let ready = Ready(writer);
    if sleepers > 0 {
        chain(&ready, CHAIN.min(sleepers), sleepers)?;
    }
    for i in 0..holders {
        fork(|| {
            let held = sockets(i % 2 == 0);
            ready.say(held.is_ok());
        })?;
    }
    drop(ready);
    // The children keep the writing end open, so the end of the pipe never
    // comes: exactly one byte for each of them does.
    let mut bytes = vec![0; sleepers + holders];
    reader.read_exact(&mut bytes)?;
    if bytes.contains(&b'!') {
        return Err(io::Error::other(
            "a process of the load could not be made: out of processes, memory or ports?",
        ));
    }
    Ok(())
}

struct Ready(io::PipeWriter);

impl Ready {
    fn say(&self, well: bool) {
        let _ = (&self.0).write_all(if well { b"." } else { b"!" });
    }
}

/// Forks a link of the chain, which forks its leaves and the rest of the chain.
/// `processes` counts the link, its leaves and all that hangs below.
fn chain(ready: &Ready, links: usize, processes: usize) -> io::Result<()> {
    fork(|| {
        let here = if links == 1 {
            processes
        } else {
            processes / links
        };
        for _ in 1..here {
            if fork(|| ready.say(true)).is_err() {
                ready.say(false);
            }
        }
        if links > 1 && chain(ready, links - 1, processes - here).is_err() {
            // The reader waits for as many bytes as there should be processes.
            for _ in here..processes {
                ready.say(false);
            }
        }
        ready.say(true);
    })
}

/// Runs `child` in a new process, which then sleeps until this one dies.
fn fork(child: impl FnOnce()) -> io::Result<()> {
    // SAFETY: this process has one thread, so the child's copy of the heap and
    // of every lock is whole and it may go on as if it were the parent.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            if isolate::die_with_parent().is_err() {
                std::process::abort();
            }
            child();
            sleep()
        }
        _ => Ok(()),
    }
}

fn sleep() -> ! {
    loop {
        // SAFETY: pause takes nothing and returns after a signal's handler.
        unsafe { libc::pause() };
    }
}

/// Two listeners and connections to them, kept open for good.
fn sockets(v6_first: bool) -> io::Result<()> {
    let addresses = if v6_first {
        ["[::1]:0", "127.0.0.1:0"]
    } else {
        ["127.0.0.1:0", "127.0.0.1:0"]
    };
    let listeners = addresses
        .iter()
        // A kernel without IPv6 gets the older family alone.
        .map(|address| TcpListener::bind(address).or_else(|_| TcpListener::bind("127.0.0.1:0")))
        .collect::<io::Result<Vec<_>>>()?;
    for i in 0..CONNECTED / 2 {
        let listener = &listeners[i % listeners.len()];
        let near = TcpStream::connect(listener.local_addr()?)?;
        let (far, _) = listener.accept()?;
        std::mem::forget((near, far));
    }
    std::mem::forget(listeners);
    Ok(())
}
