//! `oslens port`: who uses a port.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;

use oslens::Field;
use oslens::host::UserNames;
use oslens::net::{Connection, ConnectionQuery, Kind, Owners, TcpStates};
use oslens::process::{Fields, Pid, ProcessRow};

use crate::args::high::Settings;
use crate::args::low::PortArgs;
use crate::cell::{Cell, Missing, Value};
use crate::column::{Column, Fit, Shown, Table, Unit};
use crate::exit::{Exit, Failure};
use crate::listing::{self, Listing};
use crate::sockets::{self, Holders, Phase, User};
use crate::{output, unit};

/// One holder of one address.
#[derive(Debug)]
struct Row {
    protocol: &'static str,
    state: &'static str,
    local: OsString,
    /// `None`: nobody holds it any more.
    pid: Field<Option<Pid>>,
    process: Option<ProcessRow>,
    user: Option<User>,
    /// Addresses of those who are connected to it, each once.
    peers: Vec<OsString>,
    connections: u64,
}

impl Row {
    fn process<'r, T: 'r>(
        &'r self,
        field: impl FnOnce(&'r ProcessRow) -> &'r Field<T>,
        value: impl FnOnce(&'r T) -> Option<Value<'r>>,
    ) -> Cell<'r> {
        match (&self.process, &self.pid) {
            (Some(row), _) => match field(row) {
                Ok(known) => Cell::optional(value(known)),
                Err(why) => Cell::Missing((*why).into()),
            },
            (None, Err(why)) => Cell::Missing((*why).into()),
            (None, Ok(Some(_))) => Cell::Missing(Missing::Gone),
            (None, Ok(None)) => Cell::Missing(Missing::NotApplicable),
        }
    }
}

static TABLE: Table<Row> = Table {
    name: "port",
    version: 1,
    noun: "holders",
    columns: &[
        Column::new("proto", "PROTO", Unit::Text, "protocol", (), |row: &Row| {
            Value::text(row.protocol).into()
        })
        .keep(150)
        .width(5),
        Column::new(
            "local",
            "LOCAL",
            Unit::Text,
            "address that it holds",
            (),
            |row: &Row| Cell::text(&row.local),
        )
        .keep(110)
        .width(14)
        .fit(Fit::UpTo(47)),
        Column::new(
            "state",
            "STATE",
            Unit::Text,
            "whether it listens",
            (),
            |row: &Row| Value::text(row.state).into(),
        )
        .keep(120)
        .width(6),
        Column::new(
            "pid",
            "PID",
            Unit::Id,
            "process that holds it",
            (),
            |row: &Row| crate::convert::optional_field(&row.pid, |pid| Value::Id(pid.get().into())),
        )
        .keep(200)
        .width(5),
        Column::new(
            "user",
            "USER",
            Unit::Text,
            "who made the socket",
            (),
            |row: &Row| User::cell(row.user.as_ref()),
        )
        .keep(140)
        .fit(Fit::UpTo(12)),
        Column::new(
            "uid",
            "UID",
            Unit::Id,
            "who made it, as a number",
            (),
            |row: &Row| User::uid_cell(row.user.as_ref()),
        )
        .shown(Shown::InJson),
        Column::new(
            "unit",
            "UNIT",
            Unit::Text,
            "service, scope or control group of the process",
            (),
            |row: &Row| {
                row.process(
                    |process| &process.cgroup,
                    |groups| unit::of(groups).map(Value::text),
                )
            },
        )
        .keep(80)
        .width(10)
        .fit(Fit::Rest),
        Column::new(
            "since",
            "SINCE",
            Unit::Time,
            "start of the process",
            (),
            |row: &Row| {
                row.process(
                    |process| &process.create_time,
                    |time| Some(Value::Time(*time)),
                )
            },
        )
        .keep(90),
        Column::new(
            "connections",
            "CONN",
            Unit::Count,
            "connections at this address now",
            (),
            |row: &Row| Value::Count(row.connections).into(),
        )
        .keep(100)
        .width(4),
        Column::new(
            "peers",
            "PEERS",
            Unit::List,
            "who is connected to it",
            (),
            |row: &Row| match row.peers.is_empty() {
                true => Cell::Missing(Missing::NotApplicable),
                false => Value::List(row.peers.iter().map(Value::text).collect()).into(),
            },
        )
        .keep(70)
        .width(9)
        .fit(Fit::Rest),
        Column::new(
            "command",
            "COMMAND",
            Unit::Text,
            "the process's name",
            (),
            |row: &Row| row.process(|process| &process.name, |name| Some(Value::text(name))),
        )
        .keep(190)
        .width(8)
        .fit(Fit::Rest),
    ],
};

/// # Errors
///
/// When the kernel's tables cannot be read.
pub(super) fn run(arguments: &PortArgs, settings: &Settings) -> Result<Exit, Failure> {
    let mut is_held = true;
    let exit = listing::show(&TABLE, settings, |_| {
        let rows = rows(arguments.port, settings)?;
        is_held = !rows.is_empty();
        Ok(Listing::new(rows).search(true))
    })?;
    if !is_held && !settings.quiet {
        output::complain(&format!("oslens: nobody holds port {}", arguments.port));
    }
    Ok(exit)
}

fn rows(port: u16, settings: &Settings) -> Result<Vec<Row>, Failure> {
    // All states: also a socket that is only bound keeps others from the port.
    let query = ConnectionQuery::new(Kind::INET)
        .states(TcpStates::all())
        .owners(Owners::All);
    let mut connections = settings.host.connections(query)?;
    connections.retain(|connection| connection.local.is_some_and(|local| local.port() == port));
    let fields = Fields::NAME | Fields::CGROUP | Fields::CREATE_TIME | Fields::EFFECTIVE_UID;
    let holders = Holders::read(&connections, fields, settings)?;
    let mut users = UserNames::new(&settings.host);

    // Connections that were accepted belong to the listener: they show as
    // its peers, and only those without one have rows of their own.
    let (waiting, connected): (Vec<_>, Vec<_>) = connections
        .into_iter()
        .partition(|connection| sockets::phase(connection) == Phase::Waits);
    let mut peers: Vec<Vec<&Connection>> = vec![Vec::new(); waiting.len()];
    let mut alone = Vec::new();
    for connection in &connected {
        let listener = waiting
            .iter()
            .position(|waiting| accepts(waiting, connection));
        match listener.and_then(|at| peers.get_mut(at)) {
            Some(peers) => peers.push(connection),
            None => alone.push(connection),
        }
    }
    let mut rows = Vec::new();
    for (connection, peers) in waiting.iter().zip(&peers) {
        add(&mut rows, connection, peers, &holders, &mut users);
    }
    for connection in alone {
        add(&mut rows, connection, &[connection], &holders, &mut users);
    }
    Ok(rows)
}

/// Whether a connection came through this listener.
fn accepts(listener: &Connection, connection: &Connection) -> bool {
    let (Some(own), Some(other)) = (listener.local, connection.local) else {
        return false;
    };
    let is_mapped = matches!(other, SocketAddr::V6(v6) if v6.ip().to_ipv4_mapped().is_some());
    listener.protocol == connection.protocol
        && listener.state.is_some()
        && (own == other
            || own.ip().is_unspecified()
                && (listener.family == connection.family || is_mapped && own.is_ipv6()))
}

/// A row for each process that holds the socket.
fn add(
    rows: &mut Vec<Row>,
    connection: &Connection,
    connected: &[&Connection],
    holders: &Holders,
    users: &mut UserNames,
) {
    let mut peers: BTreeMap<String, ()> = BTreeMap::new();
    for remote in connected.iter().filter_map(|other| other.remote) {
        peers.insert(remote.ip().to_canonical().to_string(), ());
    }
    let row = |pid: Field<Option<Pid>>, users: &mut UserNames| {
        let process = pid.ok().flatten().and_then(|pid| holders.get(pid)).cloned();
        Row {
            protocol: sockets::protocol(connection),
            state: sockets::state(connection),
            local: connection
                .local
                .map(|local| sockets::address(&local).into())
                .unwrap_or_default(),
            user: holders.maker(connection, users),
            peers: peers.keys().map(OsString::from).collect(),
            connections: connected.len() as u64,
            pid,
            process,
        }
    };
    match sockets::pids(&connection.owners) {
        Ok(pids) if pids.is_empty() => rows.push(row(Ok(None), users)),
        Ok(pids) => rows.extend(pids.into_iter().map(|pid| row(Ok(Some(pid)), users))),
        Err(why) => rows.push(row(Err(why), users)),
    }
}
