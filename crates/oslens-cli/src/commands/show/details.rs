//! What there is to say about one process.

use std::borrow::Cow;
use std::ffi::OsString;

use oslens::net::{Connection, Kind};
use oslens::process::{
    Descriptor, DescriptorKind, Fields, Pid, ProcessRow, Resource, ResourceLimit, Thread, Tree,
};

use crate::args::high::Settings;
use crate::cell::{Cell, Missing, Value};
use crate::convert::missing;
use crate::json::Node;
use crate::platform::{self, Fact};
use crate::processes::columns::{self, PS};
use crate::processes::{Needs, ProcessLine};
use crate::sockets;

/// Columns of the registry, by the part of the page that they are in.
const IDENTITY: &[&str] = &[
    "pid",
    "name",
    "command",
    "args",
    "exe",
    "cwd",
    "root",
    "ppid",
    "status",
    "start",
    "age",
    "user",
    "euid",
    "ruser",
    "uid",
    "suid",
    "group",
    "egid",
    "gid",
    "groups",
    "sid",
    "pgid",
    "tty",
    "unit",
    "container",
    "cgroup",
];
const CPU: &[&str] = &[
    "cpu",
    "time",
    "user_time",
    "system_time",
    "nice",
    "cpu_number",
    "affinity",
    "voluntary_switches",
    "involuntary_switches",
];
const MEMORY: &[&str] = &[
    "rss",
    "peak_rss",
    "rss_anon",
    "rss_file",
    "rss_shmem",
    "shared",
    "code",
    "data",
    "vms",
    "peak_vms",
    "locked",
    "hugetlb",
    "uss",
    "pss",
    "swap",
    "minor_faults",
    "major_faults",
    "oom_score",
];
const IO: &[&str] = &[
    "read_rate",
    "write_rate",
    "read_bytes",
    "write_bytes",
    "read_calls",
    "write_calls",
    "io_priority",
    "fds",
];

type Facts<'a> = Vec<(&'static str, Cell<'a>)>;

/// A part of the page.
pub(super) enum Part<'a> {
    Facts(Facts<'a>),
    List(Result<Vec<Facts<'a>>, Missing>),
}

/// One process, read once.
pub(super) struct Details {
    line: ProcessLine,
    has_environment: bool,
    parents: Vec<Relative>,
    children: Vec<Relative>,
    threads: Result<Vec<Thread>, Missing>,
    descriptors: Result<Vec<Descriptor>, Missing>,
    connections: Result<Vec<Connection>, Missing>,
    limits: Result<Vec<(Resource, ResourceLimit)>, Missing>,
    isolation: Vec<Fact>,
    namespaces: Vec<Fact>,
}

/// A process that this one comes from, or that comes from it.
struct Relative {
    pid: Pid,
    name: Option<OsString>,
    state: Cell<'static>,
}

impl Details {
    /// `None` for the number of a thread.
    ///
    /// # Errors
    ///
    /// When there is no such process, or not any more.
    pub(super) fn read(
        pid: Pid,
        environment: bool,
        settings: &Settings,
    ) -> oslens::Result<Option<Self>> {
        let host = &settings.host;
        let process = host.process(pid)?;
        // The kernel answers for the number of a thread, too.
        if !host.pid_exists(pid)? {
            return Ok(None);
        }
        let needs = Needs::all(
            PS.columns
                .iter()
                .filter(|column| parts().any(|keys| keys.contains(&column.key)))
                .map(|column| column.needs),
        );
        let mut fields = needs.fields;
        fields.set(Fields::ENVIRON, environment);
        let before = process.read(needs.rates)?;
        std::thread::sleep(settings.interval);
        let row = process.read(fields)?;

        let all = host.processes(Fields::NAME | Fields::PPID | Fields::STATE)?;
        let tree = Tree::from_rows(&all);
        let is_the_same = |id| !row.id().differs_from(&id);
        let (parents, children) = if tree.get(pid).is_some_and(is_the_same) {
            let relatives = |ids: &mut dyn Iterator<Item = _>| {
                ids.map(|id: oslens::process::ProcessId| Relative::of(id.pid, &all))
                    .collect()
            };
            (
                relatives(&mut tree.ancestors(pid)),
                relatives(&mut tree.children(pid)),
            )
        } else {
            (Vec::new(), Vec::new())
        };
        Ok(Some(Self {
            has_environment: environment,
            parents,
            children,
            threads: missing(process.threads()),
            descriptors: missing(process.descriptors()),
            connections: missing(process.connections(Kind::all())),
            limits: missing(process.limits()),
            isolation: platform::isolation(&process),
            namespaces: platform::namespaces(&process),
            line: ProcessLine::of(host, row, &before),
        }))
    }

    pub(super) fn pid(&self) -> Pid {
        self.line.row.pid
    }

    pub(super) fn name(&self) -> Cell<'_> {
        fact(&self.line, "name").1
    }

    /// The parts of the page in their order.
    pub(super) fn parts(&self) -> Vec<(&'static str, Part<'_>)> {
        let facts = |keys: &[&'static str]| {
            Part::Facts(keys.iter().map(|key| fact(&self.line, key)).collect())
        };
        let mut parts = vec![
            ("identity", facts(IDENTITY)),
            ("parents", relatives(&self.parents)),
            ("cpu", facts(CPU)),
            ("memory", facts(MEMORY)),
            ("io", facts(IO)),
            ("isolation", Part::Facts(self.isolation.clone())),
            ("namespaces", Part::Facts(self.namespaces.clone())),
            ("limits", list(&self.limits, limit)),
            ("files", list(&self.descriptors, descriptor)),
            ("sockets", list(&self.connections, connection)),
            ("threads", list(&self.threads, thread)),
            ("children", relatives(&self.children)),
        ];
        if self.has_environment {
            let variables = self.line.row.environ.as_ref().map_err(|why| (*why).into());
            let variable = |(name, value): &'_ (OsString, OsString)| {
                vec![
                    ("name", Value::Text(Cow::Owned(name.clone())).into()),
                    ("value", Value::Text(Cow::Owned(value.clone())).into()),
                ]
            };
            let variables = variables.map(|all| all.iter().map(variable).collect());
            parts.push(("environment", Part::List(variables)));
        }
        parts
    }

    /// The process in JSON: an object with its parts.
    pub(super) fn node(&self) -> Node<'_> {
        Node::Object(
            self.parts()
                .into_iter()
                .map(|(key, part)| match part {
                    Part::Facts(facts) => (key, object(facts)),
                    Part::List(Ok(items)) => {
                        (key, Node::Array(items.into_iter().map(object).collect()))
                    }
                    Part::List(Err(why)) => (key, Node::Cell(Cell::Missing(why))),
                })
                .collect(),
        )
    }

    /// What could not be read.
    pub(super) fn missing(&self) -> Vec<(&'static str, Missing)> {
        let mut missing = Vec::new();
        for (key, part) in self.parts() {
            match part {
                // Their names alone would say little.
                Part::Facts(facts) if key == "namespaces" => {
                    missing.extend(facts.iter().find_map(|(_, cell)| match cell {
                        Cell::Missing(why) => Some((key, *why)),
                        Cell::Known(_) => None,
                    }));
                }
                Part::Facts(facts) => {
                    missing.extend(facts.iter().filter_map(|(key, cell)| match cell {
                        Cell::Missing(why) => Some((*key, *why)),
                        Cell::Known(_) => None,
                    }));
                }
                Part::List(Err(why)) => missing.push((key, why)),
                Part::List(Ok(_)) => {}
            }
        }
        missing
    }
}

fn parts() -> impl Iterator<Item = &'static [&'static str]> {
    [IDENTITY, CPU, MEMORY, IO].into_iter()
}

/// A column's cell of this process.
fn fact<'l>(line: &'l ProcessLine, key: &'static str) -> (&'static str, Cell<'l>) {
    let column = PS.columns.iter().find(|column| column.key == key);
    let cell = column.map(|column| column.cell(line));
    (key, cell.unwrap_or(Cell::Missing(Missing::Unsupported)))
}

fn object(facts: Facts<'_>) -> Node<'_> {
    let nodes = facts.into_iter();
    Node::Object(nodes.map(|(key, cell)| (key, Node::Cell(cell))).collect())
}

fn relatives(all: &[Relative]) -> Part<'_> {
    Part::List(Ok(all.iter().map(Relative::facts).collect()))
}

fn list<'a, T>(of: &'a Result<Vec<T>, Missing>, facts: fn(&'a T) -> Facts<'a>) -> Part<'a> {
    Part::List(match of {
        Ok(items) => Ok(items.iter().map(facts).collect()),
        Err(why) => Err(*why),
    })
}

impl Relative {
    fn of(pid: Pid, rows: &[ProcessRow]) -> Self {
        let row = rows
            .binary_search_by_key(&pid, |row| row.pid)
            .ok()
            .and_then(|index| rows.get(index));
        Self {
            pid,
            name: row.and_then(|row| row.name.clone().ok()),
            state: row.map_or(Cell::Missing(Missing::Gone), |row| match row.state {
                Ok(state) => columns::letter(state).into(),
                Err(why) => Cell::Missing(why.into()),
            }),
        }
    }

    fn facts(&self) -> Facts<'_> {
        let name = self.name.as_deref().map(Value::text);
        vec![
            ("pid", Value::Id(self.pid.get().into()).into()),
            ("state", self.state.clone()),
            (
                "name",
                name.map_or(Cell::Missing(Missing::Gone), Cell::Known),
            ),
        ]
    }
}

fn thread(thread: &Thread) -> Facts<'_> {
    let time = thread
        .user
        .saturating_add(thread.system.unwrap_or_default());
    vec![
        ("tid", Value::Id(thread.id).into()),
        ("state", columns::letter(thread.state).into()),
        ("time", Value::Duration(time).into()),
        ("nice", Value::Signed(thread.nice.into()).into()),
        ("name", Cell::text(&thread.name)),
    ]
}

fn limit((resource, limit): &(Resource, ResourceLimit)) -> Facts<'_> {
    // No limit at all is not a number; in JSON it is null.
    let bound = |bound: Option<u64>| Cell::optional(bound.map(Value::Count));
    vec![
        ("resource", Cell::text(resource.as_str())),
        ("soft", bound(limit.soft)),
        ("hard", bound(limit.hard)),
    ]
}

fn descriptor(descriptor: &Descriptor) -> Facts<'_> {
    use DescriptorKind as D;
    let number = |inode: &u64| Value::Text(Cow::Owned(format!("[{inode}]").into()));
    let (kind, name, size, deleted) = match &descriptor.kind {
        D::File {
            path,
            deleted,
            size,
        } => ("file", Value::text(path), *size, *deleted),
        D::Directory { path, deleted } => ("directory", Value::text(path), None, *deleted),
        D::CharacterDevice { path } | D::BlockDevice { path } => {
            ("device", Value::text(path), None, false)
        }
        D::Fifo { path, deleted } => ("fifo", Value::text(path), None, *deleted),
        D::Socket { inode } => ("socket", number(inode), None, false),
        D::Pipe { inode } => ("pipe", number(inode), None, false),
        D::Memory { name } => ("memory", Value::text(name), None, false),
        D::Anonymous { name } => ("anonymous", Value::text(name), None, false),
        D::Other { link } => ("other", Value::text(link), None, false),
        _ => ("other", Value::text("?"), None, false),
    };
    vec![
        ("fd", Value::Id(descriptor.fd.into()).into()),
        ("mode", Cell::text(descriptor.mode.as_str())),
        ("kind", Cell::text(kind)),
        ("size", Cell::optional(size.map(Value::Bytes))),
        ("deleted", Value::Flag(deleted).into()),
        ("name", name.into()),
    ]
}

fn connection(connection: &Connection) -> Facts<'_> {
    let owned = |text: OsString| Value::Text(Cow::Owned(text));
    let address = |end: &Option<std::net::SocketAddr>| {
        end.as_ref().map(|end| owned(sockets::address(end).into()))
    };
    let local = address(&connection.local).or_else(|| sockets::unix_name(connection).map(owned));
    let owners = connection.owners.iter().flatten();
    let fds: Vec<_> = owners
        .filter_map(|owner| Some(Value::Signed(owner.fd?.into())))
        .collect();
    vec![
        ("proto", Cell::text(sockets::protocol(connection))),
        ("state", Cell::text(sockets::state(connection))),
        // Not every system tells them.
        (
            "fds",
            Cell::optional((!fds.is_empty()).then_some(Value::List(fds))),
        ),
        ("local", Cell::optional(local)),
        ("remote", Cell::optional(address(&connection.remote))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_is_a_column_of_the_registry() {
        for key in parts().flatten() {
            let column = PS.columns.iter().find(|column| column.key == *key);
            assert!(column.is_some_and(|column| !column.needs.ports), "{key}");
        }
    }
}
