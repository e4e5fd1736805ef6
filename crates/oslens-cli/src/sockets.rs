//! Sockets and the processes that hold them, for `sockets` and `port`.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;

use oslens::Field;
use oslens::host::UserNames;
use oslens::net::{Connection, Family, Owner, Protocol, SocketType, TcpState, UnixName, UnixState};
use oslens::process::{Fields, Pid, ProcessRow};

use crate::accounts::{self, Accounts};
use crate::args::high::Settings;
use crate::cell::{Cell, Value};
use crate::exit::Failure;

/// The processes that hold sockets, as far as they could be read.
#[derive(Debug, Default)]
pub(crate) struct Holders {
    rows: BTreeMap<Pid, ProcessRow>,
    accounts: Accounts,
}

/// Who made a socket: a number with or without a name, or, where users have
/// no numbers, the account of the process that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) uid: Option<u32>,
    pub(crate) name: Option<OsString>,
}

impl User {
    pub(crate) fn cell(user: Option<&Self>) -> Cell<'_> {
        let value = user.and_then(|user| match (&user.name, user.uid) {
            (Some(name), _) => Some(Value::text(name)),
            (None, uid) => uid.map(|uid| Value::Id(uid.into())),
        });
        Cell::optional(value)
    }

    pub(crate) fn uid_cell(user: Option<&Self>) -> Cell<'_> {
        Cell::optional(user.and_then(|user| Some(Value::Id(user.uid?.into()))))
    }

    /// Whether a word of a query means it.
    pub(crate) fn is(&self, word: &OsStr) -> bool {
        match (self.uid, &self.name) {
            (Some(uid), name) => {
                name.as_deref() == Some(word) || word.to_str() == Some(&uid.to_string())
            }
            (None, Some(account)) => accounts::is_named(account, word),
            (None, None) => false,
        }
    }
}

impl Holders {
    /// Reads these fields of every owner of the connections.
    ///
    /// # Errors
    ///
    /// When the process table cannot be read.
    pub(crate) fn read(
        connections: &[Connection],
        fields: Fields,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let mut wanted: Vec<Pid> = connections
            .iter()
            .flat_map(|connection| connection.owners.iter().flatten())
            .map(|owner| owner.pid)
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        // A few are cheaper to ask one by one than all are together.
        const FEW: usize = 64;
        let rows = if wanted.len() <= FEW {
            wanted
                .iter()
                .filter_map(|pid| settings.host.process(*pid).ok()?.read(fields).ok())
                .collect()
        } else {
            let mut rows = settings.host.processes(fields)?;
            rows.retain(|row| wanted.binary_search(&row.pid).is_ok());
            rows
        };
        let mut accounts = Accounts::default();
        for row in &rows {
            accounts.look_up(&settings.host, row);
        }
        Ok(Self {
            rows: rows.into_iter().map(|row| (row.pid, row)).collect(),
            accounts,
        })
    }

    pub(crate) fn get(&self, pid: Pid) -> Option<&ProcessRow> {
        self.rows.get(&pid)
    }

    /// Who made a socket. Names of users are looked up once each.
    pub(crate) fn maker(&self, connection: &Connection, names: &mut UserNames) -> Option<User> {
        if let Some(uid) = connection.uid {
            return Some(User {
                uid: Some(uid),
                name: names.user(uid).map(OsStr::to_owned),
            });
        }
        let holder = connection.owners.iter().flatten().next()?;
        let account = self.accounts.of(holder.pid).ok()??;
        Some(User {
            uid: None,
            name: Some(account.to_owned()),
        })
    }

    /// The name of a process; `None` when it has ended since.
    pub(crate) fn name(&self, pid: Pid) -> Option<&OsStr> {
        self.get(pid)?.name.as_deref().ok()
    }
}

/// Each process once, although it may hold a socket several times.
pub(crate) fn pids(owners: &Field<Vec<Owner>>) -> Field<Vec<Pid>> {
    let mut pids: Vec<Pid> = match owners {
        Ok(owners) => owners.iter().map(|owner| owner.pid).collect(),
        Err(why) => return Err(*why),
    };
    pids.sort_unstable();
    pids.dedup();
    Ok(pids)
}

/// `tcp`, `udp6`, `u_str`: the names of ss, with the 6 of netstat.
pub(crate) fn protocol(connection: &Connection) -> &'static str {
    match (
        connection.protocol,
        connection.family,
        connection.socket_type,
    ) {
        (Protocol::Tcp, Family::Inet6, _) => "tcp6",
        (Protocol::Tcp, _, _) => "tcp",
        (Protocol::Udp, Family::Inet6, _) => "udp6",
        (Protocol::Udp, _, _) => "udp",
        (Protocol::Raw(_), Family::Inet6, _) => "raw6",
        (Protocol::Raw(_), _, _) => "raw",
        (_, _, SocketType::Datagram) => "u_dgr",
        (_, _, SocketType::SeqPacket) => "u_seq",
        (_, Family::Unix, _) => "u_str",
        _ => "other",
    }
}

/// What a socket is up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It waits for connections, or for datagrams from anybody.
    Waits,
    /// It has a peer.
    Connected,
    /// What is left of a connection, or what is not one yet.
    Passing,
}

pub(crate) fn phase(connection: &Connection) -> Phase {
    match (connection.state, &connection.unix) {
        (Some(TcpState::Listen | TcpState::Close), _) => Phase::Waits,
        (
            Some(
                TcpState::TimeWait
                | TcpState::SynRecv
                | TcpState::NewSynRecv
                | TcpState::BoundInactive
                | TcpState::DeleteTcb,
            ),
            _,
        ) => Phase::Passing,
        (Some(_), _) => Phase::Connected,
        (None, Some(unix)) => match unix.state {
            UnixState::Listening | UnixState::Unconnected => Phase::Waits,
            _ => Phase::Connected,
        },
        (None, None) if connection.remote.is_some() => Phase::Connected,
        (None, None) => Phase::Waits,
    }
}

/// The state as ss names it.
pub(crate) fn state(connection: &Connection) -> &'static str {
    match (connection.state, &connection.unix) {
        (Some(TcpState::Established), _) => "ESTAB",
        (Some(TcpState::Close), _) => "UNCONN",
        (Some(TcpState::SynSent), _) => "SYN-SENT",
        (Some(TcpState::SynRecv | TcpState::NewSynRecv), _) => "SYN-RECV",
        (Some(TcpState::FinWait1), _) => "FIN-WAIT-1",
        (Some(TcpState::FinWait2), _) => "FIN-WAIT-2",
        (Some(TcpState::TimeWait), _) => "TIME-WAIT",
        (Some(TcpState::CloseWait), _) => "CLOSE-WAIT",
        (Some(TcpState::LastAck), _) => "LAST-ACK",
        (Some(TcpState::Listen), _) => "LISTEN",
        (Some(TcpState::Closing), _) => "CLOSING",
        (Some(TcpState::BoundInactive), _) => "BOUND-INACTIVE",
        (Some(TcpState::DeleteTcb), _) => "DELETE-TCB",
        (Some(other), _) => other.as_str(),
        (None, Some(unix)) => match unix.state {
            UnixState::Listening => "LISTEN",
            UnixState::Unconnected => "UNCONN",
            UnixState::Connecting => "SYN-SENT",
            UnixState::Disconnecting => "CLOSING",
            _ => "ESTAB",
        },
        (None, None) if connection.remote.is_some() => "ESTAB",
        (None, None) => "UNCONN",
    }
}

/// An address as it is written everywhere, `*` standing for any port.
pub(crate) fn address(address: &SocketAddr) -> String {
    match (address, address.port()) {
        (SocketAddr::V4(v4), 0) => format!("{}:*", v4.ip()),
        (SocketAddr::V6(v6), 0) => format!("[{}]:*", v6.ip()),
        _ => address.to_string(),
    }
}

/// The name of a UNIX socket: a path, or `@name` for one without a file.
pub(crate) fn unix_name(connection: &Connection) -> Option<OsString> {
    match connection.unix.as_ref()?.name.as_ref()? {
        UnixName::Path(path) => Some(path.clone().into_os_string()),
        UnixName::Abstract(name) => {
            let mut text = OsString::from("@");
            text.push(name);
            Some(text)
        }
    }
}
