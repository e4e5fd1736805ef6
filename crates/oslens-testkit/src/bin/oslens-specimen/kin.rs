//! Children, grandchildren and orphans. All of them end with the specimen's
//! input, whoever their parent is by then.

use std::fs::File;
use std::io::{self, BufRead, Write};
use std::os::fd::AsFd;
use std::time::Duration;

use oslens_testkit::sys::linux as sys;
use oslens_testkit::wire::Reply;

use crate::talk::Words;

pub(crate) fn make(kind: &str, words: &mut Words) -> io::Result<Reply> {
    match kind {
        "fan" => {
            let pids: io::Result<Vec<u32>> = (0..words.number()?)
                .map(|_| sys::fork(wait_for_the_end))
                .collect();
            Ok(listed(&pids?))
        }
        "chain" => chain(words.number()?),
        "zombie" => {
            let pid = sys::fork(|| 0)?;
            sys::wait_exited_unreaped(pid)?;
            Ok(Reply::default().with("pid", pid))
        }
        "orphan" => orphan(),
        "traced" => {
            let pid = sys::fork(|| {
                let _ = sys::die_with_parent();
                let _ = sys::stop_traced();
                wait_for_the_end()
            })?;
            sys::wait_stopped(pid)?;
            Ok(Reply::default().with("pid", pid))
        }
        "uninterruptible" => uninterruptible(),
        "churn" => churn(words.number()?),
        _ => Err(io::Error::other("no such kind of kin")),
    }
}

fn listed(pids: &[u32]) -> Reply {
    let list: Vec<String> = pids.iter().map(u32::to_string).collect();
    Reply::default().with("pids", list.join(","))
}

fn wait_for_the_end() -> i32 {
    while sys::poll(io::stdin().as_fd(), false, -1) != sys::Polled::HungUp {}
    reap_all();
    0
}

/// Gives all children, which end with the same input, the time to do so: the
/// PID 1 of some containers reaps no orphans.
pub(crate) fn reap_all() {
    for _ in 0..200 {
        match sys::reap(None, false) {
            Ok(Some(_)) => {}
            Ok(None) => std::thread::sleep(Duration::from_millis(1)),
            Err(_) => return,
        }
    }
}

/// Lets so many descendants tell the specimen their PIDs. Not until the end of
/// file: children inherit their parents' copies of the writing end.
fn told_by(count: usize, tell: impl FnOnce(File) -> io::Result<()>) -> io::Result<Vec<u32>> {
    let (reader, writer) = sys::pipe()?;
    tell(writer)?;
    io::BufReader::new(reader)
        .lines()
        .take(count)
        .map(|line| line?.parse().map_err(io::Error::other))
        .collect()
}

fn introduce(to: &File) {
    say_line(to, std::process::id().to_string());
}

fn say_line(mut to: &File, mut line: String) {
    line.push('\n');
    // One write, so that lines of several processes do not mix.
    let _ = to.write_all(line.as_bytes());
}

/// Each the child of the one before.
fn chain(length: usize) -> io::Result<Reply> {
    fn link(left: usize, tell: &File) -> i32 {
        introduce(tell);
        if left > 1 {
            if let Err(error) = sys::fork(|| link(left - 1, tell)) {
                say_line(tell, error.to_string());
            }
        }
        wait_for_the_end()
    }
    // They speak in order: each one before it forks.
    let pids = told_by(length, |tell| sys::fork(|| link(length, &tell)).map(drop))?;
    Ok(listed(&pids))
}

/// Adopted by PID 1 or the nearest subreaper, in a session of its own.
fn orphan() -> io::Result<Reply> {
    let mut between = 0;
    let pids = told_by(1, |tell| {
        between = sys::fork(move || {
            let child = sys::fork(move || {
                let _ = sys::new_session();
                introduce(&tell);
                drop(tell);
                wait_for_the_end()
            });
            i32::from(child.is_err())
        })?;
        // After this the parent is gone, and not only about to go.
        sys::reap(Some(between), true).map(drop)
    })?;
    Ok(Reply::default().with("pid", pids.first().copied().unwrap_or(0)))
}

/// A process which waits for its vfork child is in state D.
fn uninterruptible() -> io::Result<Reply> {
    let (reader, writer) = sys::pipe()?;
    let pid = sys::fork(move || {
        let _ = sys::fork_and_block(move || {
            // The parent is blocked, or about to be, when this code runs.
            introduce(&writer);
            wait_for_the_end()
        });
        0
    })?;
    // The blocked process keeps its end of the pipe: there will be no end of file.
    let mut line = String::new();
    io::BufReader::new(reader).read_line(&mut line)?;
    Ok(Reply::default()
        .with("pid", pid)
        .with("child", line.trim_end()))
}

/// Processes are born and die, about `rate` a second, until the end of input.
fn churn(rate: u32) -> io::Result<Reply> {
    // Its orphans come back to it, and not to a PID 1 that may not reap them.
    sys::adopt_orphans()?;
    let mut born = 0_u64;
    let started = std::time::Instant::now();
    let mut ready = false;
    loop {
        let due = started.elapsed().as_millis() as u64 * u64::from(rate) / 1000;
        // After a pause of the whole machine do not make up for all of it.
        for number in born..due.min(born + 64) {
            mayfly(number)?;
        }
        born = due.min(born + 64).max(born);
        while sys::reap(None, false).is_ok_and(|one| one.is_some()) {}
        if !ready && born > 0 {
            ready = true;
            let mut out = io::stdout().lock();
            out.write_all(b"ok\n")?;
            out.flush()?;
        }
        if sys::poll(io::stdin().as_fd(), true, 1) != sys::Polled::Nothing {
            break;
        }
    }
    Ok(Reply::default().with("born", born))
}

/// Lives for up to some milliseconds in one of several ways.
fn mayfly(number: u64) -> io::Result<()> {
    sys::fork(move || {
        let nap = |ms| sys::poll(io::stdin().as_fd(), false, ms);
        match number % 8 {
            // Gone at once: mostly seen as a zombie.
            0 | 1 => {}
            2 => {
                let _ = sys::set_name(b"may (fly) 7");
                nap(3);
            }
            // Leaves an orphan behind.
            3 => {
                let _ = sys::fork(move || {
                    sys::poll(io::stdin().as_fd(), false, 2);
                    0
                });
            }
            4 if number % 64 == 4 => {
                // A change of name and memory in the middle of a life.
                drop(sys::exec(b"/bin/true", &[b"mayfly".to_vec()]));
            }
            _ => {
                nap((number % 7) as i32);
            }
        }
        0
    })
    .map(drop)
}
