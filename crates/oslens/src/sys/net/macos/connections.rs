//! Sockets and who holds them, on macOS: each process is asked for its
//! descriptors, and about each of them that is a socket.

use std::collections::HashMap;

use crate::{
    Error, ErrorKind, Host, Result,
    net::{Connection, ConnectionQuery, Kind, Owners, TcpStates},
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
        macos::sockets,
    },
    process::Pid,
    sys::{
        kernel::{Kernel, Question, malformed},
        net::bsd_sockets,
    },
};

pub(crate) fn connections(host: &Host, query: &ConnectionQuery) -> Result<Vec<Connection>> {
    let kernel = host.kernel()?;
    let mut all: Vec<Connection> = Vec::new();
    let mut places: HashMap<u64, usize> = HashMap::new();
    if query.kind.is_empty() {
        return Ok(all);
    }
    for pid in pids(&kernel)? {
        let found = match of_process(&kernel, pid, query.kind, query.states) {
            // Those of others are shown to root alone.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::AccessDenied | ErrorKind::NoSuchProcess
                ) =>
            {
                continue;
            }
            found => found?,
        };
        for (fd, mut connection) in found {
            if query.owners != Owners::NotRequested {
                connection.owners = Ok(bsd_sockets::owner(pid, fd).into_iter().collect());
            }
            let number = connection.inode;
            let known = places.get(&number).and_then(|&at| all.get_mut(at));
            match known {
                Some(known) if number != 0 => {
                    if let (Ok(known), Ok(more)) = (&mut known.owners, connection.owners) {
                        known.extend(more);
                    }
                }
                _ => {
                    places.insert(number, all.len());
                    all.push(connection);
                }
            }
        }
    }
    Ok(all)
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
fn of_process(
    kernel: &Kernel<'_>,
    pid: i32,
    kind: Kind,
    states: TcpStates,
) -> Result<Vec<(i32, Connection)>> {
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
        if let Some(socket) = socket.filter(|socket| bsd_sockets::is_wanted(socket, kind, states)) {
            found.push((descriptor, bsd_sockets::connection(&socket)));
        }
    }
    Ok(found)
}

fn is_race(code: i32) -> bool {
    [libc::EBADF, libc::ENOTSUP, libc::EOPNOTSUPP, libc::ENOENT].contains(&code)
}

/// The sockets that this process holds.
pub(crate) fn process_connections(host: &Host, pid: Pid, kind: Kind) -> Result<Vec<Connection>> {
    let kernel = host.kernel()?;
    let Ok(number) = i32::try_from(pid.get()) else {
        return Err(Error::no_such_process(pid));
    };
    let held =
        of_process(&kernel, number, kind, TcpStates::all()).map_err(|error| error.with_pid(pid))?;
    Ok(bsd_sockets::held(pid, held, Vec::new()))
}

#[cfg(test)]
mod tests;
