//! Processes as the command shows them: rows of the library with their rates,
//! the names that go with their numbers, and who was asked for.

pub(crate) mod columns;
mod groups;
mod query;

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use oslens::host::UserNames;
use oslens::net::{ConnectionQuery, Kind, Owners};
use oslens::process::{Fields, Pid, ProcessDelta, ProcessRow};
use oslens::{Field, Host};

use query::Known;
pub(crate) use query::Query;

use crate::accounts::Accounts;
use crate::cell::Missing;

/// What must be read before a column has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Needs {
    pub(crate) fields: Fields,
    /// What is read twice, with a pause between: a rate needs two readings.
    pub(crate) rates: Fields,
    /// Sockets and their owners.
    pub(crate) ports: bool,
}

impl Needs {
    pub(crate) const NONE: Self = Self::of(Fields::empty());

    pub(crate) const fn of(fields: Fields) -> Self {
        Self {
            fields,
            rates: Fields::empty(),
            ports: false,
        }
    }

    /// The start tells whether both readings are of the same process.
    pub(crate) const fn rate(fields: Fields) -> Self {
        Self {
            fields: fields.union(Fields::START),
            rates: fields.union(Fields::START),
            ports: false,
        }
    }

    pub(crate) const fn ports() -> Self {
        Self {
            // Whether the descriptors can be counted tells whether the
            // sockets among them can be found.
            fields: Fields::NUM_FDS,
            rates: Fields::empty(),
            ports: true,
        }
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            fields: self.fields.union(other.fields),
            rates: self.rates.union(other.rates),
            ports: self.ports || other.ports,
        }
    }

    /// What all of these need together.
    pub(crate) fn all(needs: impl Iterator<Item = Self>) -> Self {
        needs.fold(Self::NONE, Self::and)
    }
}

/// One process, with what does not come from its own row.
#[derive(Debug)]
pub(crate) struct ProcessLine {
    pub(crate) row: ProcessRow,
    rates: Rates,
    /// Its place in a tree that is being drawn.
    pub(crate) branch: Branch,
    /// Local ports of its sockets that wait for somebody.
    ports: Vec<u16>,
    shared: Rc<Shared>,
}

/// What one process used per second while it was watched.
#[derive(Clone, Copy, Debug)]
struct Rates {
    cpu: Result<f64, Missing>,
    read: Result<f64, Missing>,
    write: Result<f64, Missing>,
}

impl Rates {
    fn of(delta: Option<ProcessDelta>) -> Self {
        let rate = |of: fn(&ProcessDelta) -> Field<f64>| match &delta {
            Some(delta) => of(delta).map_err(Missing::from),
            // It is new, or nothing was measured.
            None => Err(Missing::FirstSample),
        };
        Self {
            cpu: rate(|delta| delta.cpu),
            read: rate(|delta| delta.read_bytes_per_second),
            write: rate(|delta| delta.write_bytes_per_second),
        }
    }
}

/// A process's place in a tree.
#[derive(Clone, Debug, Default)]
pub(crate) struct Branch {
    pub(crate) depth: Option<u32>,
    /// The lines that lead to it, as they are drawn before its name.
    pub(crate) drawn: String,
}

/// What the lines of one listing have in common.
#[derive(Debug)]
struct Shared {
    now: SystemTime,
    users: HashMap<u32, OsString>,
    groups: HashMap<u32, OsString>,
    accounts: Accounts,
}

/// All processes of one moment, and what they used in the time before it.
pub(crate) struct Snapshot {
    host: Host,
    /// Ascending by PID.
    rows: Vec<ProcessRow>,
    /// Of each row.
    rates: Vec<Rates>,
    /// How long rates were measured, if any were.
    pub(crate) window: Option<Duration>,
    sockets: Option<Sockets>,
}

impl Snapshot {
    /// Reads all processes: twice, with a pause, where rates are needed.
    ///
    /// The first time only the counters are read, and they are let go before
    /// the lines are made: with thousands of processes a second set of rows
    /// with all their text would be most of what this command occupies.
    ///
    /// # Errors
    ///
    /// When there is no process table, or no table of sockets where one is
    /// needed.
    pub(crate) fn read(host: &Host, needs: Needs, interval: Duration) -> oslens::Result<Self> {
        let mut before = Vec::new();
        let mut window = None;
        if !needs.rates.is_empty() {
            before = host.processes(needs.rates)?;
            std::thread::sleep(interval);
            window = Some(interval);
        }
        let rows = host.processes(needs.fields)?;
        let rates = rows
            .iter()
            .map(|row| {
                let before = before
                    .binary_search_by_key(&row.pid, |before| before.pid)
                    .ok()
                    .and_then(|index| before.get(index));
                Rates::of(before.and_then(|before| row.since(before)))
            })
            .collect();
        let sockets = needs.ports.then(|| Sockets::read(host)).transpose()?;
        Ok(Self {
            host: host.clone(),
            rows,
            rates,
            window,
            sockets,
        })
    }

    pub(crate) fn rows(&self) -> &[ProcessRow] {
        &self.rows
    }

    /// The PIDs of those that a query asks for, ascending.
    pub(crate) fn matching(&self, query: Query<'_>) -> BTreeSet<Pid> {
        let mut known = Known {
            host: &self.host,
            names: UserNames::new(&self.host),
            accounts: Accounts::default(),
            sockets: self.sockets.as_ref(),
            own_pid: self.host.is_local().then(Pid::current),
        };
        self.rows
            .iter()
            .filter(|row| query.matches(row, &mut known))
            .map(|row| row.pid)
            .collect()
    }

    /// Sockets that a query asks for, and whose owners are hidden.
    pub(crate) fn hidden_owners(&self, query: Query<'_>) -> usize {
        self.sockets
            .as_ref()
            .map_or(0, |sockets| query.ports().map(|p| sockets.hidden(p)).sum())
    }

    /// The lines of the processes with these PIDs.
    pub(crate) fn into_lines(mut self, wanted: &BTreeSet<Pid>) -> Vec<ProcessLine> {
        if wanted.len() < self.rows.len() {
            let mut keep = self.rows.iter().map(|row| wanted.contains(&row.pid));
            self.rates.retain(|_| keep.next().unwrap_or(false));
            self.rows.retain(|row| wanted.contains(&row.pid));
        }
        let shared = Rc::new(Shared::of(&self.host, &self.rows));
        let mut waiting = self.sockets.map(|sockets| sockets.waiting);
        self.rows
            .into_iter()
            .zip(self.rates)
            .map(|(row, rates)| {
                let ports = waiting
                    .as_mut()
                    .and_then(|waiting| waiting.remove(&row.pid));
                ProcessLine {
                    ports: ports.unwrap_or_default().into_iter().collect(),
                    row,
                    rates,
                    branch: Branch::default(),
                    shared: Rc::clone(&shared),
                }
            })
            .collect()
    }
}

impl ProcessLine {
    /// The line of one process, and what it used since an earlier reading.
    pub(crate) fn of(host: &Host, row: ProcessRow, before: &ProcessRow) -> Self {
        Self {
            rates: Rates::of(row.since(before)),
            branch: Branch::default(),
            ports: Vec::new(),
            shared: Rc::new(Shared::of(host, std::slice::from_ref(&row))),
            row,
        }
    }
}

impl Shared {
    /// Looks up each user and group of the rows once.
    fn of(host: &Host, rows: &[ProcessRow]) -> Self {
        let mut names = UserNames::new(host);
        let mut shared = Self {
            now: SystemTime::now(),
            users: HashMap::new(),
            groups: HashMap::new(),
            accounts: Accounts::default(),
        };
        for row in rows {
            shared.accounts.look_up(host, row);
            let real = row.uids.as_ref().map(|uids| uids.real).ok();
            for uid in row.effective_uid.ok().into_iter().chain(real) {
                if let Some(name) = names.user(uid) {
                    shared.users.entry(uid).or_insert_with(|| name.to_owned());
                }
            }
            if let Ok(gids) = &row.gids {
                if let Some(name) = names.group(gids.effective) {
                    shared
                        .groups
                        .entry(gids.effective)
                        .or_insert_with(|| name.to_owned());
                }
            }
        }
        shared
    }
}

/// Who has which port, in the network namespace of this command.
struct Sockets {
    /// Ports at which a process listens, or where it receives datagrams from
    /// anybody.
    waiting: HashMap<Pid, BTreeSet<u16>>,
    /// All local ports, with whoever holds a socket there.
    holders: HashMap<u16, BTreeSet<Pid>>,
    /// How many sockets hide their owners.
    hidden: HashMap<u16, usize>,
}

impl Sockets {
    fn read(host: &Host) -> oslens::Result<Self> {
        let mut sockets = Self {
            waiting: HashMap::new(),
            holders: HashMap::new(),
            hidden: HashMap::new(),
        };
        let query = ConnectionQuery::new(Kind::INET).owners(Owners::All);
        for connection in host.connections(query)? {
            let Some(port) = connection.local.map(|local| local.port()) else {
                continue;
            };
            match &connection.owners {
                Ok(owners) => {
                    for owner in owners {
                        sockets.holders.entry(port).or_default().insert(owner.pid);
                        if connection.remote.is_none() && port != 0 {
                            sockets.waiting.entry(owner.pid).or_default().insert(port);
                        }
                    }
                }
                Err(_) => *sockets.hidden.entry(port).or_default() += 1,
            }
        }
        Ok(sockets)
    }

    fn holds(&self, pid: Pid, port: u16) -> bool {
        self.holders
            .get(&port)
            .is_some_and(|pids| pids.contains(&pid))
    }

    fn hidden(&self, port: u16) -> usize {
        self.hidden.get(&port).copied().unwrap_or(0)
    }
}
