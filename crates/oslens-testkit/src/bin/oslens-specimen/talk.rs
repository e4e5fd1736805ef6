//! The commands a specimen understands.

use std::any::Any;
use std::io::{self, BufRead, Write};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use oslens_testkit::sys::linux as sys;
use oslens_testkit::wire::{Reply, decode};

use crate::{files, kin, sockets};

/// What must stay open, mapped or running until the end.
pub(crate) type Held = Vec<Box<dyn Any>>;

/// The words of one command.
pub(crate) struct Words(std::vec::IntoIter<Vec<u8>>);

impl Words {
    pub(crate) fn bytes(&mut self) -> io::Result<Vec<u8>> {
        self.0
            .next()
            .ok_or_else(|| io::Error::other("a word is missing"))
    }

    pub(crate) fn text(&mut self) -> io::Result<String> {
        String::from_utf8(self.bytes()?).map_err(io::Error::other)
    }

    pub(crate) fn path(&mut self) -> io::Result<PathBuf> {
        Ok(std::ffi::OsString::from_vec(self.bytes()?).into())
    }

    pub(crate) fn number<T: std::str::FromStr>(&mut self) -> io::Result<T> {
        let text = self.text()?;
        text.parse()
            .map_err(|_| io::Error::other(format!("{text} is no number")))
    }
}

pub(crate) fn until_end_of_input() {
    say(&Reply::default()
        .with("stamp", oslens_testkit::zoo::STAMP)
        .with("pid", std::process::id())
        .line());
    let mut held = Held::new();
    // Not the buffered stdin of std: a forked child would inherit its buffer.
    let mut input = io::BufReader::new(io::stdin());
    let mut line = String::new();
    loop {
        line.clear();
        match input.read_line(&mut line) {
            Ok(0) | Err(_) => return kin::reap_all(),
            Ok(_) => {}
        }
        let mut words = line
            .trim_end_matches('\n')
            .split(' ')
            .map(decode)
            .collect::<Vec<_>>()
            .into_iter();
        let verb = words.next().unwrap_or_default();
        let verb = String::from_utf8_lossy(&verb).into_owned();
        match obey(&verb, &mut Words(words), &mut held) {
            Ok(reply) => say(&reply.line()),
            Err(error) => say(&format!(
                "err {}",
                oslens_testkit::wire::encode(format!("{verb}: {error}").as_bytes())
            )),
        }
        if verb == "leader-exits" {
            // Only after the answer: the main thread is gone afterwards.
            sys::exit_thread();
        }
    }
}

fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn obey(verb: &str, words: &mut Words, held: &mut Held) -> io::Result<Reply> {
    let done = Reply::default();
    if let Some(kind) = verb.strip_prefix("socket:") {
        return sockets::make(kind, words, held);
    }
    if let Some(kind) = verb.strip_prefix("file:") {
        return files::make(kind, words, held);
    }
    if let Some(kind) = verb.strip_prefix("kin:") {
        return kin::make(kind, words);
    }
    match verb {
        "name" => sys::set_name(&words.bytes()?).map(|()| done),
        "thread" => thread(&words.bytes()?),
        "leader-exits" => {
            thread(b"survivor")?;
            watch_input_in_a_thread()?;
            Ok(done)
        }
        "title" => sys::overwrite_arguments(&words.bytes()?).map(|()| done),
        "limit" => sys::set_limit(words.number()?, words.number()?, words.number()?).map(|()| done),
        "nice" => sys::set_nice(words.number()?).map(|()| done),
        "affinity" => {
            let cpus: Result<Vec<usize>, _> = words.text()?.split(',').map(str::parse).collect();
            sys::set_affinity(&cpus.map_err(io::Error::other)?).map(|()| done)
        }
        "ionice" => sys::set_io_priority(words.number()?, words.number()?).map(|()| done),
        "scheduler" => sys::set_scheduler(words.number()?, words.number()?).map(|()| done),
        "user" => sys::become_user(words.number()?, words.number()?).map(|()| done),
        "uids" => sys::set_uids(words.number()?, words.number()?, words.number()?).map(|()| done),
        "gids" => sys::set_gids(words.number()?, words.number()?, words.number()?).map(|()| done),
        "dumpable" => sys::set_dumpable(words.number::<u8>()? != 0).map(|()| done),
        "session" => sys::new_session().map(|()| done),
        "group" => sys::new_group().map(|()| done),
        "adopt-orphans" => sys::adopt_orphans().map(|()| done),
        "chdir" => std::env::set_current_dir(words.path()?).map(|()| done),
        "chroot" => std::os::unix::fs::chroot(words.path()?).map(|()| done),
        "unshare" => unshare(&words.text()?).map(|()| done),
        "memory" => {
            let kind = match words.text()?.as_str() {
                "shared" => sys::Memory::Shared,
                _ => sys::Memory::Private,
            };
            let address = sys::hold_memory(kind, words.number()?, words.number()?)?;
            Ok(done.with("address", address))
        }
        "burn" => {
            // Not by the clock on the wall: a busy machine gives less.
            let until = sys::cpu_time() + Duration::from_millis(words.number()?);
            while sys::cpu_time() < until {
                // Long enough that the time is spent here and not in the call.
                for round in 0..100_000_u64 {
                    std::hint::black_box(round);
                }
            }
            Ok(done)
        }
        "terminal" => {
            let (master, slave, path) = sys::take_terminal()?;
            held.push(Box::new((master, slave)));
            Ok(done.with("path", path))
        }
        "exec" => {
            let path = words.bytes()?;
            let args: Vec<Vec<u8>> = words.0.by_ref().collect();
            Err(sys::exec(&path, &args))
        }
        _ => Err(io::Error::other("no such command")),
    }
}

/// Starts a thread, which sleeps, and waits until it has its name.
fn thread(name: &[u8]) -> io::Result<Reply> {
    let (tell, told) = mpsc::channel();
    let name = name.to_vec();
    std::thread::Builder::new().spawn(move || {
        let _ = tell.send(sys::set_name(&name).map(|()| sys::thread_id()));
        loop {
            std::thread::park();
        }
    })?;
    let tid = told.recv().map_err(io::Error::other)??;
    Ok(Reply::default().with("tid", tid))
}

/// For a process whose main thread will be gone.
fn watch_input_in_a_thread() -> io::Result<()> {
    std::thread::Builder::new().spawn(|| {
        use std::os::fd::AsFd;
        while sys::poll(io::stdin().as_fd(), false, -1) != sys::Polled::HungUp {}
        sys::exit_now(0);
    })?;
    Ok(())
}

fn unshare(kinds: &str) -> io::Result<()> {
    let mut flags = 0;
    for kind in kinds.split(',') {
        flags |= match kind {
            "net" => libc::CLONE_NEWNET,
            "pid" => libc::CLONE_NEWPID,
            "mnt" => libc::CLONE_NEWNS,
            "uts" => libc::CLONE_NEWUTS,
            "ipc" => libc::CLONE_NEWIPC,
            "user" => libc::CLONE_NEWUSER,
            "cgroup" => libc::CLONE_NEWCGROUP,
            _ => return Err(io::Error::other(format!("no namespace {kind}"))),
        };
    }
    sys::unshare(flags)?;
    if flags & libc::CLONE_NEWNET != 0 {
        sys::loopback_up()?;
    }
    Ok(())
}
