//! `oslens sockets`, also `oslens ss`: sockets and who holds them.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;

use oslens::Field;
use oslens::host::UserNames;
use oslens::net::{Connection, ConnectionQuery, Kind, Owners, TcpStates};
use oslens::process::{Fields, Pid};

use crate::args::high::Settings;
use crate::args::low::SocketsArgs;
use crate::args::query::Term;
use crate::cell::{Cell, Missing, Value};
use crate::column::{Choice, Column, Fit, Shown, Table, Unit};
use crate::exit::{Exit, Failure};
use crate::listing::{self, Listing};
use crate::platform;
use crate::sockets::{self, Holders, Phase, User};

#[derive(Debug)]
struct Row {
    connection: Connection,
    local: Option<OsString>,
    remote: Option<OsString>,
    user: Option<User>,
    pids: Field<Vec<Pid>>,
    /// `1201/nginx +3`: the first holder, and how many more there are.
    process: Field<Option<OsString>>,
    names: Vec<OsString>,
}

fn text(text: &Option<OsString>) -> Cell<'_> {
    Cell::optional(text.as_ref().map(Value::text))
}

fn part<'r>(address: Option<SocketAddr>, of: fn(SocketAddr) -> Value<'r>) -> Cell<'r> {
    Cell::optional(address.map(of))
}

fn ip<'r>(address: SocketAddr) -> Value<'r> {
    Value::Text(Cow::Owned(address.ip().to_string().into()))
}

fn port<'r>(address: SocketAddr) -> Value<'r> {
    Value::Id(address.port().into())
}

/// Needs, `true`: the holders, for which every descriptor of every process
/// is looked at.
static TABLE: Table<Row, bool> = Table {
    name: "sockets",
    version: 1,
    noun: "sockets",
    columns: &[
        Column::new(
            "proto",
            "PROTO",
            Unit::Text,
            "protocol",
            false,
            |row: &Row| Value::text(sockets::protocol(&row.connection)).into(),
        )
        .keep(140)
        .width(5),
        Column::new(
            "state",
            "STATE",
            Unit::Text,
            "state of the connection",
            false,
            |row: &Row| Value::text(sockets::state(&row.connection)).into(),
        )
        .keep(130)
        .width(6),
        Column::new(
            "recv_queue",
            "RECVQ",
            Unit::Count,
            "bytes not read yet; of a listener, connections not accepted yet",
            false,
            |row: &Row| {
                crate::convert::offered(row.connection.recv_queue, |count| {
                    Value::Count(count.into())
                })
            },
        )
        .keep(60)
        .width(5)
        .aliases(&["recvq"]),
        Column::new(
            "send_queue",
            "SENDQ",
            Unit::Count,
            "bytes not acknowledged yet; of a listener, how many may wait",
            false,
            |row: &Row| {
                crate::convert::offered(row.connection.send_queue, |count| {
                    Value::Count(count.into())
                })
            },
        )
        .keep(59)
        .width(5)
        .aliases(&["sendq"]),
        Column::new(
            "local",
            "LOCAL",
            Unit::Text,
            "its own address",
            false,
            |row: &Row| text(&row.local),
        )
        .keep(200)
        .width(14)
        .fit(Fit::UpTo(47)),
        Column::new(
            "local_address",
            "LADDR",
            Unit::Text,
            "its own IP address",
            false,
            |row: &Row| part(row.connection.local, ip),
        )
        .shown(Shown::InJson),
        Column::new(
            "local_port",
            "LPORT",
            Unit::Id,
            "its own port",
            false,
            |row: &Row| part(row.connection.local, port),
        )
        .shown(Shown::InJson),
        Column::new(
            "remote",
            "REMOTE",
            Unit::Text,
            "address of the peer",
            false,
            |row: &Row| text(&row.remote),
        )
        .keep(120)
        .width(14)
        .fit(Fit::UpTo(47))
        .aliases(&["peer"]),
        Column::new(
            "remote_address",
            "RADDR",
            Unit::Text,
            "the peer's IP address",
            false,
            |row: &Row| part(row.connection.remote, ip),
        )
        .shown(Shown::InJson),
        Column::new(
            "remote_port",
            "RPORT",
            Unit::Id,
            "the peer's port",
            false,
            |row: &Row| part(row.connection.remote, port),
        )
        .shown(Shown::InJson),
        Column::new(
            "user",
            "USER",
            Unit::Text,
            "who made it",
            false,
            |row: &Row| User::cell(row.user.as_ref()),
        )
        .keep(80)
        .fit(Fit::UpTo(12)),
        Column::new(
            "uid",
            "UID",
            Unit::Id,
            "who made it, as a number",
            false,
            |row: &Row| User::uid_cell(row.user.as_ref()),
        )
        .shown(Shown::InJson),
        Column::new(
            "inode",
            "INODE",
            Unit::Id,
            "number of the socket",
            false,
            |row: &Row| match row.connection.inode {
                0 => Cell::Missing(Missing::NotApplicable),
                inode => Value::Id(inode).into(),
            },
        )
        .shown(Shown::InJson),
        Column::new(
            "pids",
            "PIDS",
            Unit::List,
            "processes that hold it",
            true,
            |row: &Row| {
                crate::convert::field(&row.pids, |pids| {
                    Value::List(pids.iter().map(|pid| Value::Id(pid.get().into())).collect())
                })
            },
        )
        .shown(Shown::InJson)
        .aliases(&["pid"]),
        Column::new(
            "commands",
            "COMMANDS",
            Unit::List,
            "their names",
            true,
            |row: &Row| {
                crate::convert::field(&row.pids, |_| {
                    Value::List(row.names.iter().map(Value::text).collect())
                })
            },
        )
        .shown(Shown::InJson),
        Column::new(
            "process",
            "PID/COMMAND",
            Unit::Text,
            "a process that holds it, and how many more do",
            true,
            |row: &Row| crate::convert::optional_field(&row.process, Value::text),
        )
        .keep(150)
        .width(8)
        .fit(Fit::Rest)
        .aliases(&["command", "owner"]),
    ],
};

/// # Errors
///
/// When the kernel's tables cannot be read.
pub(super) fn run(arguments: &SocketsArgs, settings: &Settings) -> Result<Exit, Failure> {
    let mut settings = settings.clone();
    settings.limit = arguments.limit.or(settings.limit);
    listing::show(&TABLE, &settings, |choice: &Choice<Row, bool>| {
        let by_process = !arguments.query.is_empty();
        let owners = by_process || choice.needs().any(|owners| owners);
        let mut rows = rows(arguments, owners, &settings)?;
        rows.retain(|row| arguments.query.iter().all(|term| matches(row, term)));
        Ok(Listing::new(rows).search(by_process))
    })
}

fn kinds(arguments: &SocketsArgs) -> Kind {
    let any = arguments.tcp || arguments.udp || arguments.unix;
    let mut kinds = Kind::empty();
    kinds.set(Kind::TCP, arguments.tcp || !any);
    kinds.set(Kind::UDP, arguments.udp || !any);
    kinds.set(Kind::UNIX, arguments.unix);
    if arguments.ipv4 {
        kinds &= Kind::INET4;
    } else if arguments.ipv6 {
        kinds &= Kind::INET6;
    }
    kinds
}

fn states(arguments: &SocketsArgs) -> TcpStates {
    let waiting = TcpStates::LISTEN | TcpStates::CLOSE;
    let passing = TcpStates::TIME_WAIT
        | TcpStates::SYN_RECV
        | TcpStates::NEW_SYN_RECV
        | TcpStates::BOUND_INACTIVE
        | TcpStates::DELETE_TCB;
    if arguments.all {
        TcpStates::all()
    } else if arguments.listening {
        waiting
    } else {
        TcpStates::all() - waiting - passing
    }
}

fn is_wanted(connection: &Connection, arguments: &SocketsArgs) -> bool {
    arguments.all
        || match sockets::phase(connection) {
            Phase::Waits => arguments.listening,
            Phase::Connected => !arguments.listening,
            Phase::Passing => false,
        }
}

fn rows(arguments: &SocketsArgs, owners: bool, settings: &Settings) -> Result<Vec<Row>, Failure> {
    let query = ConnectionQuery::new(kinds(arguments))
        .states(states(arguments))
        .owners(if owners {
            Owners::All
        } else {
            Owners::NotRequested
        });
    let mut connections = settings.host.connections(query)?;
    connections.retain(|connection| is_wanted(connection, arguments));
    let fields = Fields::NAME | platform::ACCOUNT;
    let holders = Holders::read(&connections, fields, settings)?;
    let mut users = UserNames::new(&settings.host);
    Ok(connections
        .into_iter()
        .map(|connection| row(connection, &holders, &mut users))
        .collect())
}

fn row(connection: Connection, holders: &Holders, users: &mut UserNames) -> Row {
    let address = |address: &SocketAddr| OsString::from(sockets::address(address));
    let pids = sockets::pids(&connection.owners);
    let process = match &pids {
        Ok(pids) => Ok(pids.first().map(|first| {
            let mut text = OsString::from(first.to_string());
            if let Some(name) = holders.name(*first) {
                text.push("/");
                text.push(name);
            }
            if pids.len() > 1 {
                text.push(format!(" +{}", pids.len() - 1));
            }
            text
        })),
        Err(why) => Err(*why),
    };
    let names = pids.iter().flatten();
    Row {
        local: connection
            .local
            .as_ref()
            .map(address)
            .or_else(|| sockets::unix_name(&connection)),
        remote: connection.remote.as_ref().map(address).or_else(|| {
            // What a UNIX socket is connected to has a number only.
            let peer = connection.unix.as_ref()?.peer_inode?;
            Some(format!("socket:[{peer}]").into())
        }),
        user: holders.maker(&connection, users),
        names: names
            .map(|pid| holders.name(*pid).unwrap_or_default().to_owned())
            .collect(),
        pids,
        process,
        connection,
    }
}

/// Whether a socket is what a word of the query asks for.
fn matches(row: &Row, term: &Term) -> bool {
    let ends = [row.connection.local, row.connection.remote];
    let has_port = |port: u16| ends.iter().flatten().any(|end| end.port() == port);
    match term {
        Term::Port(port) => has_port(*port),
        Term::Pid(pid, digits) => {
            let is_holder = row.pids.iter().flatten().any(|own| own.get() == *pid);
            is_holder || u16::try_from(*pid).is_ok_and(has_port) || has_text(row, digits)
        }
        Term::User(user) => row.user.as_ref().is_some_and(|own| own.is(user)),
        Term::Text(text) => has_text(row, text),
    }
}

fn has_text(row: &Row, wanted: &OsStr) -> bool {
    let wanted = wanted.as_encoded_bytes().to_ascii_lowercase();
    let is_in = |text: &OsStr| {
        let text = text.as_encoded_bytes().to_ascii_lowercase();
        text.windows(wanted.len().max(1)).any(|part| part == wanted)
    };
    let user = row.user.as_ref().and_then(|user| user.name.as_ref());
    [&row.local, &row.remote]
        .into_iter()
        .flatten()
        .chain(user)
        .chain(&row.names)
        .any(|text| is_in(text))
        || [
            sockets::protocol(&row.connection),
            sockets::state(&row.connection),
        ]
        .iter()
        .any(|text| text.as_bytes().eq_ignore_ascii_case(&wanted))
}
