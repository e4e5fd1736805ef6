//! Sockets and who holds them, on NetBSD.

use std::collections::HashMap;

use crate::{
    Error, ErrorKind, Host, Result,
    net::{Connection, ConnectionQuery, Kind, Owners, SocketSummary, TcpStates},
    parse::{
        bsd::socket::Descriptor,
        layout::{
            Type as _,
            netbsd::{
                network::{KinfoPcb, PCB_ALL},
                process::{
                    KERN_FILE_BYPID, KERN_FILE2, KERN_PROC_PID, KERN_PROC2, KinfoFile, KinfoProc2,
                },
                system::CTL_KERN,
            },
        },
        netbsd::sockets,
    },
    process::Pid,
    sys::{
        kernel::{Kernel, Question, malformed},
        net::bsd_sockets::{self, Listed},
        process::netbsd::ask_files,
    },
};

/// Where the sockets of these kinds are listed.
const TABLES: [(Kind, &str); 9] = [
    (Kind::TCP4, "sysctl net.inet.tcp.pcblist"),
    (Kind::TCP6, "sysctl net.inet6.tcp6.pcblist"),
    (Kind::UDP4, "sysctl net.inet.udp.pcblist"),
    (Kind::UDP6, "sysctl net.inet6.udp6.pcblist"),
    (Kind::UNIX, "sysctl net.local.stream.pcblist"),
    (Kind::UNIX, "sysctl net.local.dgram.pcblist"),
    (Kind::UNIX, "sysctl net.local.seqpacket.pcblist"),
    (Kind::RAW4, "sysctl net.inet.raw.pcblist"),
    (Kind::RAW6, "sysctl net.inet6.raw6.pcblist"),
];

/// The files of all processes, or of one.
const FILES: &str = "sysctl kern.file2";

pub(crate) fn connections(host: &Host, query: &ConnectionQuery) -> Result<Vec<Connection>> {
    let kernel = host.kernel()?;
    let (listed, known) = list(&kernel, query.kind, query.states)?;
    if known.is_empty() && !query.kind.is_empty() {
        return Err(Error::unsupported("these network connections on NetBSD"));
    }
    if query.owners == Owners::NotRequested {
        return Ok(listed.into_iter().map(|(_, socket)| socket).collect());
    }
    // By file, the kernel names one process of those that share it.
    match files(&kernel) {
        Err(error) if error.kind() == ErrorKind::AccessDenied => {
            let listed = listed.into_iter().map(|(_, socket)| socket);
            Ok(bsd_sockets::refused(listed))
        }
        files => Ok(bsd_sockets::distribute(listed, &files?)),
    }
}

/// How many sockets there are, counted in the tables.
pub(crate) fn socket_summary(host: &Host) -> Result<SocketSummary> {
    let kinds = Kind::INET | Kind::RAW;
    let (listed, known) = list(&host.kernel()?, kinds, TcpStates::all())?;
    if known.is_empty() {
        return Err(Error::unsupported("counts of sockets on NetBSD"));
    }
    let listed: Vec<_> = listed.into_iter().map(|(_, socket)| socket).collect();
    Ok(bsd_sockets::summary(&listed, known))
}

/// The sockets of these kinds, without owners, and the kinds that the kernel
/// has.
fn list(kernel: &Kernel<'_>, kind: Kind, states: TcpStates) -> Result<(Vec<Listed>, Kind)> {
    let mut listed: Vec<Listed> = Vec::new();
    let mut places = HashMap::new();
    let mut known = Kind::empty();
    let mut answer = Vec::new();
    for (of, what) in TABLES {
        if !kind.intersects(of) {
            continue;
        }
        let table = Question::NamedRecords {
            name: what.strip_prefix("sysctl ").unwrap_or(what),
            numbers: &[PCB_ALL, 0],
            stride: KinfoPcb::SIZE,
        };
        match kernel.ask_into(what, table, &mut answer) {
            // A kernel without this protocol.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            asked => asked?,
        }
        known |= of;
        let sockets = sockets::sockets(&answer, KinfoPcb::SIZE, kernel.endian);
        for socket in sockets.map_err(|error| malformed(what, error))? {
            let socket = socket.map_err(|error| malformed(what, error))?;
            places.extend(socket.pcb.zip(socket.address));
            if bsd_sockets::is_wanted(&socket, kind, states) {
                listed.push((socket.address, bsd_sockets::connection(&socket)));
            }
        }
    }
    // Descriptors name the socket, and UNIX sockets what the protocol knows of
    // their peer.
    for (address, connection) in &mut listed {
        connection.inode = address.unwrap_or(0);
        if let Some(unix) = &mut connection.unix {
            unix.peer_inode = unix.peer_inode.and_then(|pcb| places.get(&pcb).copied());
        }
    }
    Ok((listed, known))
}

/// The descriptors of all processes that are sockets.
fn files(kernel: &Kernel<'_>) -> Result<Vec<Descriptor>> {
    let question = Question::Records {
        mib: &[CTL_KERN, KERN_FILE2, KERN_FILE_BYPID, -1],
        stride: KinfoFile::SIZE,
    };
    parsed(kernel, &kernel.ask(FILES, question)?)
}

/// Those of one process.
fn files_of(kernel: Kernel<'_>, pid: i32) -> Result<Vec<Descriptor>> {
    let mut answer = Vec::new();
    ask_files(kernel, pid, &mut answer)?;
    parsed(&kernel, &answer)
}

fn parsed(kernel: &Kernel<'_>, answer: &[u8]) -> Result<Vec<Descriptor>> {
    sockets::descriptors(answer, KinfoFile::SIZE, kernel.endian)
        .and_then(Iterator::collect)
        .map_err(|error| malformed(FILES, error))
}

/// The sockets that this process holds.
pub(crate) fn process_connections(host: &Host, pid: Pid, kind: Kind) -> Result<Vec<Connection>> {
    let kernel = host.kernel()?;
    let Ok(number) = i32::try_from(pid.get()) else {
        return Err(Error::no_such_process(pid));
    };
    let mut held = files_of(kernel, number).map_err(|error| error.with_pid(pid))?;
    // 0 stands for all of them.
    held.retain(|file| file.pid == number);
    if held.is_empty() {
        return match exists(&kernel, number)? {
            true => Ok(Vec::new()),
            false => Err(Error::no_such_process(pid)),
        };
    }
    // Which they are is hidden.
    if held.iter().any(|file| file.socket.is_none()) {
        let refused = std::io::Error::from_raw_os_error(libc::EPERM);
        return Err(Error::call(FILES, refused).with_pid(pid));
    }
    let mut addresses: Vec<u64> = held.iter().filter_map(|file| file.socket).collect();
    addresses.sort_unstable();
    let (mut listed, _) = list(&kernel, kind, TcpStates::all())?;
    listed.retain(|(address, _)| address.is_some_and(|at| addresses.binary_search(&at).is_ok()));
    Ok(bsd_sockets::distribute(listed, &held))
}

/// Whether there is such a process.
fn exists(kernel: &Kernel<'_>, pid: i32) -> Result<bool> {
    let question = Question::Records {
        mib: &[CTL_KERN, KERN_PROC2, KERN_PROC_PID, pid],
        stride: KinfoProc2::SIZE,
    };
    match kernel.ask("sysctl kern.proc2", question) {
        Ok(answer) => Ok(!answer.is_empty()),
        Err(error) if error.kind() == ErrorKind::NoSuchProcess => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
