//! Sockets and who holds them, on macOS: TCP and UDP have tables; each process
//! is asked for its descriptors, and about each of them that is a socket.

use std::collections::HashMap;

use crate::{
    Error, ErrorKind, Host, Result,
    error::Unavailable,
    net::{
        Connection, ConnectionQuery, Kind, Owner, Owners, Protocol, SocketSummary, TcpState,
        TcpStates,
    },
    parse::{
        kinfo,
        layout::{
            Type as _,
            macos::{
                process::{
                    KERN_PROC, KERN_PROC_ALL, KinfoProc, PROC_PIDFDSOCKETINFO, PROC_PIDLISTFDS,
                    SocketFdinfo,
                },
                system::CTL_KERN,
            },
        },
        macos::{pcblist, sockets},
    },
    process::Pid,
    sys::{
        kernel::{Kernel, Question, malformed},
        net::bsd_sockets,
    },
};

/// Tables of all sockets of a protocol, which everybody may read.
const TABLES: [(Kind, Protocol, &str); 2] = [
    (Kind::TCP, Protocol::Tcp, "net.inet.tcp.pcblist_n"),
    (Kind::UDP, Protocol::Udp, "net.inet.udp.pcblist_n"),
];

/// Tables of all UNIX sockets, which everybody may read. What is in them has no
/// number that the holders tell too.
const UNIX_TABLES: [&str; 2] = ["net.local.stream.pcblist_n", "net.local.dgram.pcblist_n"];

/// A number that only one socket of a protocol has had.
type Generation = (Protocol, u64);

/// A socket that a process holds: by which descriptor, and its number.
type Held = (i32, Option<Generation>, Connection);

pub(crate) fn connections(host: &Host, query: &ConnectionQuery) -> Result<Vec<Connection>> {
    let kernel = host.kernel()?;
    let (mut all, mut listed) = list(&kernel, query.kind, query.states);
    let wants_owners = query.owners != Owners::NotRequested;
    if !wants_owners && query.kind.intersects(Kind::UNIX) {
        if let Some(found) = list_unix(&kernel) {
            all.extend(found);
            listed |= Kind::UNIX;
        }
    }
    // The others are known by those who hold them alone.
    let kind = match wants_owners {
        true => query.kind,
        false => query.kind.difference(listed),
    };
    if !kind.is_empty() {
        let denied = hold(&kernel, kind, query.states, &mut all)?;
        if wants_owners {
            all.iter_mut().for_each(|entry| entry.guess(&denied));
        }
    }
    let finished = all.into_iter().map(|entry| Connection {
        owners: match wants_owners {
            true => entry.connection.owners,
            false => Err(Unavailable::NotRequested),
        },
        ..entry.connection
    });
    Ok(finished.collect())
}

/// How many sockets there are, as far as they are in tables; what is not is
/// `None`.
pub(super) fn counted(kernel: &Kernel<'_>) -> SocketSummary {
    let (all, listed) = list(kernel, Kind::INET, TcpStates::all());
    let all: Vec<_> = all.into_iter().map(|entry| entry.connection).collect();
    bsd_sockets::summary(&all, listed)
}

/// A socket, while its owners are looked for.
struct Entry {
    connection: Connection,
    generation: Option<Generation>,
    /// Who used it last.
    last: Option<i32>,
}

impl Entry {
    fn add(&mut self, owner: Option<Owner>) {
        if let (Ok(owners), Some(owner)) = (&mut self.connection.owners, owner) {
            owners.push(owner);
        }
    }

    /// Nobody was found: these processes did not show their descriptors.
    fn guess(&mut self, denied: &[i32]) {
        let is_unowned = matches!(&self.connection.owners, Ok(owners) if owners.is_empty());
        let is_left = self.connection.state == Some(TcpState::TimeWait);
        if !is_unowned || is_left || denied.is_empty() {
            return;
        }
        let last = self.last.filter(|pid| denied.binary_search(pid).is_ok());
        self.connection.owners = match last.and_then(|pid| u32::try_from(pid).ok()) {
            Some(pid) => Ok(vec![Owner::process(Pid::new(pid))]),
            None => Err(Unavailable::Denied),
        };
    }
}

/// The sockets that are in tables, and the kinds of them. A table that is
/// refused, missing or of another form is none: the processes are asked then.
fn list(kernel: &Kernel<'_>, kind: Kind, states: TcpStates) -> (Vec<Entry>, Kind) {
    let mut all = Vec::new();
    let mut listed = Kind::empty();
    for (of, protocol, name) in TABLES {
        if !kind.intersects(of) {
            continue;
        }
        let Ok(Some(answer)) = kernel.optional(name) else {
            continue;
        };
        let Ok(found) = pcblist::sockets(&answer, protocol, kernel.endian) else {
            continue;
        };
        listed |= of;
        for found in found {
            if bsd_sockets::is_wanted(&found.socket, kind, states) {
                // No descriptor leads to the flows of a process's own stack.
                let owner = found.flow_of.and_then(|pid| u32::try_from(pid).ok());
                let owner = owner.map(|pid| Owner::process(Pid::new(pid)));
                all.push(Entry {
                    connection: Connection {
                        owners: Ok(owner.into_iter().collect()),
                        ..bsd_sockets::connection(&found.socket)
                    },
                    generation: found.generation.map(|number| (protocol, number)),
                    last: found.last_pid,
                });
            }
        }
    }
    (all, listed)
}

/// All UNIX sockets. `None`: a table is refused, missing or of another form.
fn list_unix(kernel: &Kernel<'_>) -> Option<Vec<Entry>> {
    let mut all = Vec::new();
    for name in UNIX_TABLES {
        let answer = kernel.optional(name).ok()??;
        let found = pcblist::sockets(&answer, Protocol::Unix, kernel.endian).ok()?;
        all.extend(found.into_iter().map(|found| Entry {
            connection: bsd_sockets::connection(&found.socket),
            generation: None,
            last: None,
        }));
    }
    Some(all)
}

/// Adds who holds the sockets, and those that were in no table. The processes
/// that did not tell.
fn hold(
    kernel: &Kernel<'_>,
    kind: Kind,
    states: TcpStates,
    all: &mut Vec<Entry>,
) -> Result<Vec<i32>> {
    let mut places: HashMap<Generation, usize> = all
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| Some((entry.generation?, at)))
        .collect();
    let mut numbers: HashMap<u64, usize> = HashMap::new();
    let mut denied = Vec::new();
    // The kernel itself has none.
    for pid in pids(kernel)?.into_iter().filter(|&pid| pid > 0) {
        let found = match of_process(kernel, pid, kind, states) {
            // Those of others are shown to root alone.
            Err(error) => match error.kind() {
                ErrorKind::NoSuchProcess => continue,
                ErrorKind::Malformed => return Err(error),
                _ => {
                    denied.push(pid);
                    continue;
                }
            },
            Ok(found) => found,
        };
        for (fd, generation, connection) in found {
            let owner = bsd_sockets::owner(pid, fd);
            let number = Some(connection.inode).filter(|&number| number != 0);
            let known = generation
                .and_then(|generation| places.get(&generation))
                .or_else(|| numbers.get(&number?));
            if let Some(entry) = known.and_then(|&at| all.get_mut(at)) {
                entry.add(owner);
                continue;
            }
            places.extend(generation.map(|generation| (generation, all.len())));
            numbers.extend(number.map(|number| (number, all.len())));
            all.push(Entry {
                connection: Connection {
                    owners: Ok(owner.into_iter().collect()),
                    ..connection
                },
                generation,
                last: None,
            });
        }
    }
    denied.sort_unstable();
    Ok(denied)
}

/// All processes.
fn pids(kernel: &Kernel<'_>) -> Result<Vec<i32>> {
    const PROCESSES: &str = "sysctl kern.proc.all";
    let answer = kernel.sysctl(PROCESSES, &[CTL_KERN, KERN_PROC, KERN_PROC_ALL])?;
    kinfo::macos::processes(&answer, KinfoProc::SIZE, kernel.endian)
        .and_then(|processes| {
            processes
                .map(|process| process.map(|process| process.pid))
                .collect()
        })
        .map_err(|error| malformed(PROCESSES, error))
}

/// The sockets that a process holds, each with the descriptor.
fn of_process(kernel: &Kernel<'_>, pid: i32, kind: Kind, states: TcpStates) -> Result<Vec<Held>> {
    const SOCKET: &str = "proc_pidfdinfo";
    let descriptors = kernel.ask(
        "proc_pidinfo",
        Question::PidInfo {
            pid,
            flavor: PROC_PIDLISTFDS,
            argument: 0,
            size: 0,
        },
    )?;
    let mut found = Vec::new();
    let mut answer = Vec::new();
    for descriptor in sockets::descriptors(&descriptors, kernel.endian) {
        let question = Question::DescriptorInfo {
            pid,
            descriptor,
            flavor: PROC_PIDFDSOCKETINFO,
            size: SocketFdinfo::SIZE,
        };
        match kernel.ask_into(SOCKET, question, &mut answer) {
            // Closed meanwhile, or something else has its number now.
            Err(error) if error.raw_os_error().is_some_and(is_race) => continue,
            asked => asked?,
        }
        if answer.is_empty() {
            continue;
        }
        let socket = sockets::socket(&answer, kernel.endian);
        let socket = socket.map_err(|error| malformed(SOCKET, error))?;
        let Some((socket, generation)) = socket else {
            continue;
        };
        if bsd_sockets::is_wanted(&socket, kind, states) {
            let generation = generation.map(|number| (socket.protocol, number));
            found.push((descriptor, generation, bsd_sockets::connection(&socket)));
        }
    }
    Ok(found)
}

fn is_race(code: i32) -> bool {
    [
        libc::EBADF,
        // No socket: the answer of newer kernels first.
        libc::ENOTSOCK,
        libc::ENOTSUP,
        libc::EOPNOTSUPP,
        libc::ENOENT,
        // It is just being torn down.
        libc::EINVAL,
        libc::ENOTCONN,
    ]
    .contains(&code)
}

/// The sockets that this process holds.
pub(crate) fn process_connections(host: &Host, pid: Pid, kind: Kind) -> Result<Vec<Connection>> {
    let kernel = host.kernel()?;
    let Ok(number) = i32::try_from(pid.get()) else {
        return Err(Error::no_such_process(pid));
    };
    let held =
        of_process(&kernel, number, kind, TcpStates::all()).map_err(|error| error.with_pid(pid))?;
    let held = held.into_iter().map(|(fd, _, connection)| (fd, connection));
    Ok(bsd_sockets::held(pid, held.collect(), Vec::new()))
}

#[cfg(test)]
mod tests;
