//! Sockets and who holds them, on FreeBSD.

use crate::{
    Error, ErrorKind, Host, Result,
    error::Unavailable,
    net::{Connection, ConnectionQuery, Kind, Owner, Owners, TcpStates},
    parse::{
        bsd::socket::Descriptor,
        freebsd::{
            socket_files,
            sockets::{Which, table},
        },
        layout::freebsd::{
            process::{KERN_FILE, KERN_PROC, KERN_PROC_FILEDESC, KERN_PROC_PID},
            system::CTL_KERN,
        },
    },
    process::Pid,
    sys::{
        kernel::{Kernel, malformed},
        net::bsd_sockets::{self, Index, Listed},
    },
};

/// Where the sockets of these kinds are listed.
const TABLES: [(Kind, &str, Which); 6] = [
    (Kind::TCP, "sysctl net.inet.tcp.pcblist", Which::Tcp),
    (Kind::UDP, "sysctl net.inet.udp.pcblist", Which::Udp),
    (Kind::RAW, "sysctl net.inet.raw.pcblist", Which::Raw),
    (Kind::UNIX, "sysctl net.local.stream.pcblist", Which::Unix),
    (Kind::UNIX, "sysctl net.local.dgram.pcblist", Which::Unix),
    (
        Kind::UNIX,
        "sysctl net.local.seqpacket.pcblist",
        Which::Unix,
    ),
];

/// So often a table is asked for that changes while it is written. On a busy
/// machine it always does: then sockets that were closed meanwhile stay in it.
const TRIES: usize = 3;

pub(crate) fn connections(host: &Host, query: &ConnectionQuery) -> Result<Vec<Connection>> {
    let kernel = host.kernel()?;
    let listed = list(&kernel, query.kind, query.states)?;
    if query.owners == Owners::NotRequested {
        return Ok(listed.into_iter().map(|(_, socket)| socket).collect());
    }
    const FILES: &str = "sysctl kern.file";
    let answer = match kernel.sysctl(FILES, &[CTL_KERN, KERN_FILE]) {
        Err(error) if error.kind() == ErrorKind::AccessDenied => {
            let listed = listed.into_iter().map(|(_, socket)| socket);
            return Ok(bsd_sockets::refused(listed));
        }
        answer => answer?,
    };
    let files: Vec<Descriptor> = socket_files::descriptors(&answer, kernel.endian)
        .collect::<Result<_, _>>()
        .map_err(|error| malformed(FILES, error))?;
    if files.iter().all(|file| file.socket.is_some()) {
        return Ok(bsd_sockets::distribute(listed, &files));
    }
    // Where the sockets are is hidden. Processes show more of their own.
    let mut listed: Vec<_> = listed.into_iter().map(|(_, socket)| socket).collect();
    owners_by_process(&kernel, &files, &mut listed)?;
    Ok(listed)
}

/// The sockets of these kinds, without owners.
fn list(kernel: &Kernel<'_>, kind: Kind, states: TcpStates) -> Result<Vec<Listed>> {
    let mut listed = Vec::new();
    let mut is_known = kind.is_empty();
    for (of, what, which) in TABLES {
        if !kind.intersects(of) {
            continue;
        }
        for attempt in 1..=TRIES {
            let answer = match kernel.named(what) {
                // A kernel without this protocol.
                Err(error) if error.kind() == ErrorKind::Unsupported => break,
                answer => answer?,
            };
            is_known = true;
            if answer.is_empty() {
                break;
            }
            let table = table(&answer, which, kernel.endian).map_err(|e| malformed(what, e))?;
            if !table.is_consistent() && attempt < TRIES {
                continue;
            }
            for socket in table.sockets() {
                let socket = socket.map_err(|error| malformed(what, error))?;
                if bsd_sockets::is_wanted(&socket, kind, states) {
                    listed.push((socket.address, bsd_sockets::connection(&socket)));
                }
            }
            break;
        }
    }
    match is_known {
        true => Ok(listed),
        false => Err(Error::unsupported("these network connections on FreeBSD")),
    }
}

/// Asks each process that has sockets which these are. Those that nobody is
/// found for belong to one that does not tell.
fn owners_by_process(
    kernel: &Kernel<'_>,
    files: &[Descriptor],
    listed: &mut [Connection],
) -> Result<()> {
    let mut pids: Vec<i32> = files.iter().map(|file| file.pid).collect();
    pids.sort_unstable();
    pids.dedup();
    let mut owners: Vec<Vec<Owner>> = vec![Vec::new(); listed.len()];
    let index = Index::new(listed);
    for pid in pids {
        let found = match of_process(kernel, pid) {
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::AccessDenied | ErrorKind::NoSuchProcess | ErrorKind::NotFound
                ) =>
            {
                continue;
            }
            found => found?,
        };
        for (fd, connection) in found {
            let place = index.find(&connection).and_then(|at| owners.get_mut(at));
            if let (Some(place), Some(owner)) = (place, bsd_sockets::owner(pid, fd)) {
                place.push(owner);
            }
        }
    }
    for (connection, owners) in listed.iter_mut().zip(owners) {
        connection.owners = match owners.is_empty() {
            true => Err(Unavailable::Denied),
            false => Ok(owners),
        };
    }
    Ok(())
}

/// The sockets of a process, as far as its descriptors tell.
fn of_process(kernel: &Kernel<'_>, pid: i32) -> Result<Vec<(i32, Connection)>> {
    const FILES: &str = "sysctl kern.proc.filedesc";
    let answer = kernel.sysctl(FILES, &[CTL_KERN, KERN_PROC, KERN_PROC_FILEDESC, pid])?;
    socket_files::sockets(&answer, kernel.endian)
        .map(|found| found.map(|(fd, socket)| (fd, bsd_sockets::connection(&socket))))
        .collect::<Result<_, _>>()
        .map_err(|error| malformed(FILES, error))
}

/// The sockets that this process holds: what its descriptors tell, and more
/// from the tables.
pub(crate) fn process_connections(host: &Host, pid: Pid, kind: Kind) -> Result<Vec<Connection>> {
    let kernel = host.kernel()?;
    let Ok(number) = i32::try_from(pid.get()) else {
        return Err(Error::no_such_process(pid));
    };
    let mut files = match of_process(&kernel, number) {
        // A zombie has none any more, and neither has one that is ending.
        Err(error) if matches!(error.kind(), ErrorKind::NoSuchProcess | ErrorKind::NotFound) => {
            return match exists(&kernel, number)? {
                true => Ok(Vec::new()),
                false => Err(Error::no_such_process(pid)),
            };
        }
        files => files.map_err(|error| error.with_pid(pid))?,
    };
    files.retain(|(_, socket)| kind.contains(bsd_sockets::kind(socket)));
    let kinds = files.iter().fold(Kind::empty(), |kinds, (_, socket)| {
        kinds | bsd_sockets::kind(socket)
    });
    let tables: Vec<Connection> = list(&kernel, kinds, TcpStates::all())?
        .into_iter()
        .map(|(_, socket)| socket)
        .collect();
    Ok(bsd_sockets::held(pid, files, tables))
}

/// Whether there is such a process.
fn exists(kernel: &Kernel<'_>, pid: i32) -> Result<bool> {
    let mib = [CTL_KERN, KERN_PROC, KERN_PROC_PID, pid];
    match kernel.sysctl("sysctl kern.proc.pid", &mib) {
        Ok(answer) => Ok(!answer.is_empty()),
        Err(error) if error.kind() == ErrorKind::NoSuchProcess => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
