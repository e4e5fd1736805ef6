//! Sockets and who holds them, on OpenBSD.

use std::{collections::HashMap, ffi::OsString, net::SocketAddr};

use crate::{
    Error, ErrorKind, Host, Result,
    net::{
        Connection, ConnectionQuery, Family, Kind, Owner, Owners, Protocol, SocketSummary,
        SocketType, TcpStates,
    },
    parse::{
        bsd::socket::Descriptor,
        layout::{
            Type as _,
            openbsd::{
                process::{
                    DTYPE_SOCKET, KERN_FILE, KERN_FILE_BYFILE, KERN_FILE_BYPID, KERN_PROC,
                    KERN_PROC_PID, KinfoFile, KinfoProc,
                },
                system::CTL_KERN,
            },
        },
        openbsd::sockets,
    },
    process::Pid,
    sys::{
        kernel::{Kernel, Question, malformed},
        net::bsd_sockets,
    },
};

const FILES: &str = "sysctl kern.file";

/// A socket, and what holds it where the answer is about descriptors.
type Held = (Option<Descriptor>, Connection);

pub(crate) fn connections(host: &Host, query: &ConnectionQuery) -> Result<Vec<Connection>> {
    let kernel = host.kernel()?;
    let of = |operation, argument| {
        let mib = [CTL_KERN, KERN_FILE, operation, argument];
        files(&kernel, &mib, query.kind, query.states)
    };
    // With these numbers also those that no file refers to any more.
    let listed = of(KERN_FILE_BYFILE, DTYPE_SOCKET)?;
    let listed = listed.into_iter().map(|(_, socket)| socket);
    if query.owners == Owners::NotRequested {
        return Ok(listed.collect());
    }
    match of(KERN_FILE_BYPID, -1) {
        Err(error) if error.kind() == ErrorKind::AccessDenied => Ok(bsd_sockets::refused(listed)),
        held => Ok(owned(listed.collect(), held?)),
    }
}

/// How many sockets there are, counted in the list.
pub(crate) fn socket_summary(host: &Host) -> Result<SocketSummary> {
    let kernel = host.kernel()?;
    let kinds = Kind::INET | Kind::RAW;
    let mib = [CTL_KERN, KERN_FILE, KERN_FILE_BYFILE, DTYPE_SOCKET];
    let listed = files(&kernel, &mib, kinds, TcpStates::all())?;
    let listed: Vec<_> = listed.into_iter().map(|(_, socket)| socket).collect();
    Ok(bsd_sockets::summary(&listed, kinds))
}

/// The sockets of an answer, of these kinds.
fn files(kernel: &Kernel<'_>, mib: &[i32], kind: Kind, states: TcpStates) -> Result<Vec<Held>> {
    let stride = KinfoFile::SIZE;
    let answer = match kernel.ask(FILES, Question::Records { mib, stride }) {
        // It has none, or its records are shorter than those asked for.
        Err(error)
            if error.kind() == ErrorKind::NotFound
                || error.raw_os_error() == Some(libc::EINVAL) =>
        {
            return Err(Error::unsupported("lists of sockets on this OpenBSD"));
        }
        answer => answer?,
    };
    let sockets = sockets::sockets(&answer, stride, kernel.endian);
    let mut found = Vec::new();
    for socket in sockets.map_err(|error| malformed(FILES, error))? {
        let (descriptor, socket) = socket.map_err(|error| malformed(FILES, error))?;
        if bsd_sockets::is_wanted(&socket, kind, states) {
            found.push((descriptor, bsd_sockets::connection(&socket)));
        }
    }
    Ok(found)
}

/// What a socket is known by: its number, which only root is shown, or what
/// it looks like.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Number(u64),
    Shape(
        Family,
        SocketType,
        Protocol,
        Option<SocketAddr>,
        Option<SocketAddr>,
        Option<OsString>,
    ),
}

fn key(connection: &Connection) -> Key {
    match connection.inode {
        0 => {
            let (family, socket_type, protocol, local, remote, path) =
                bsd_sockets::shape(connection);
            let path = path.map(OsString::from);
            Key::Shape(family, socket_type, protocol, local, remote, path)
        }
        number => Key::Number(number),
    }
}

/// Gives each socket those that hold it.
///
/// Where several look the same (listeners that share a port, UNIX sockets
/// without a name) and have no numbers, each gets one holder; when there are
/// more holders than sockets, a socket is shared, and is listed with each.
fn owned(listed: Vec<Connection>, held: Vec<Held>) -> Vec<Connection> {
    let mut holders: HashMap<Key, Vec<Held>> = HashMap::new();
    for held in held {
        holders.entry(key(&held.1)).or_default().push(held);
    }
    let mut counts: HashMap<Key, usize> = HashMap::new();
    for connection in &listed {
        *counts.entry(key(connection)).or_default() += 1;
    }
    let owner = |held: &Held| {
        let descriptor = held.0?;
        bsd_sockets::owner(descriptor.pid, descriptor.fd)
    };
    let mut all = Vec::with_capacity(listed.len());
    for mut connection in listed {
        let key = key(&connection);
        let is_alone = counts.get(&key) == Some(&1);
        let found = match holders.get_mut(&key) {
            Some(found) if is_alone => std::mem::take(found),
            Some(found) => found.pop().into_iter().collect(),
            None => Vec::new(),
        };
        connection.uid = connection
            .uid
            .or(found.first().and_then(|(_, held)| held.uid));
        let mut owners: Vec<Owner> = found.iter().filter_map(owner).collect();
        owners.sort_unstable();
        connection.owners = Ok(owners);
        all.push(connection);
    }
    // More holders than sockets, and those that were opened meanwhile.
    let mut rest: Vec<Held> = holders.into_values().flatten().collect();
    rest.sort_unstable_by_key(owner);
    let mut places: HashMap<u64, usize> = HashMap::new();
    for held in rest {
        let owners: Vec<Owner> = owner(&held).into_iter().collect();
        let (_, connection) = held;
        let number = connection.inode;
        let known = places.get(&number).and_then(|&at| all.get_mut(at));
        match known.map(|known| &mut known.owners) {
            Some(Ok(known)) if number != 0 => known.extend(owners),
            _ => {
                places.insert(number, all.len());
                all.push(Connection {
                    owners: Ok(owners),
                    ..connection
                });
            }
        }
    }
    all
}

/// The sockets that this process holds.
pub(crate) fn process_connections(host: &Host, pid: Pid, kind: Kind) -> Result<Vec<Connection>> {
    let kernel = host.kernel()?;
    let Ok(number) = i32::try_from(pid.get()) else {
        return Err(Error::no_such_process(pid));
    };
    let mib = [CTL_KERN, KERN_FILE, KERN_FILE_BYPID, number];
    let held = match files(&kernel, &mib, kind, TcpStates::all()) {
        // Threads of the kernel, zombies and what is ending have none.
        Err(error) if error.kind() == ErrorKind::NoSuchProcess => {
            return match exists(&kernel, number)? {
                true => Ok(Vec::new()),
                false => Err(Error::no_such_process(pid)),
            };
        }
        held => held.map_err(|error| error.with_pid(pid))?,
    };
    let held = held
        .into_iter()
        .filter_map(|(descriptor, socket)| Some((descriptor?.fd, socket)));
    Ok(bsd_sockets::held(pid, held.collect(), Vec::new()))
}

/// Whether there is such a process.
fn exists(kernel: &Kernel<'_>, pid: i32) -> Result<bool> {
    let question = Question::Records {
        mib: &[CTL_KERN, KERN_PROC, KERN_PROC_PID, pid],
        stride: KinfoProc::SIZE,
    };
    match kernel.ask("sysctl kern.proc", question) {
        Ok(answer) => Ok(!answer.is_empty()),
        Err(error) if error.kind() == ErrorKind::NoSuchProcess => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
