//! Connections: of the machine, and of one process.

use std::{
    collections::{HashMap, HashSet},
    net::{IpAddr, SocketAddr},
};

use oslens::{
    Host,
    net::{
        Connection, ConnectionQuery, Family, Kind, Owners, ParseKindError, Protocol, SocketType,
        UnixName,
    },
};
use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    types::{PyList, PyString, PyTuple},
};

use crate::{
    arguments::Flag,
    host::ask,
    net::{AF_INET, AF_INET6, AF_UNIX},
    objects::{ADDR, Imported, Members, SCONN},
    platform::FAMILIES,
};

static TYPES: Members<4> = Members::new(
    "socket",
    "SocketKind",
    ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET", "SOCK_RAW"],
);

static STATES: Members<12> = Members::new(
    "oslens._enums",
    "ConnectionStatus",
    [
        "CONN_ESTABLISHED",
        "CONN_SYN_SENT",
        "CONN_SYN_RECV",
        "CONN_FIN_WAIT1",
        "CONN_FIN_WAIT2",
        "CONN_TIME_WAIT",
        "CONN_CLOSE",
        "CONN_CLOSE_WAIT",
        "CONN_LAST_ACK",
        "CONN_LISTEN",
        "CONN_CLOSING",
        "CONN_NONE",
    ],
);

/// An argument that names a kind of connections.
pub(crate) struct KindName(pub(crate) Kind);

impl<'py> FromPyObject<'_, 'py> for KindName {
    type Error = PyErr;

    fn extract(name: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        // A `ValueError` also for what is no string: psutil looks it up among
        // the valid ones.
        let name = match name.cast::<PyString>() {
            Ok(name) => name.to_string_lossy().into_owned(),
            Err(_) => name.repr()?.to_string_lossy().into_owned(),
        };
        let kind = name.parse();
        kind.map(Self)
            .map_err(|error: ParseKindError| PyValueError::new_err(format!("kind: {error}")))
    }
}

/// What rows of connections have in common: `family`, `type`, `laddr`,
/// `raddr` and `status`.
pub(crate) struct Parts<'py> {
    pub(crate) family: Bound<'py, PyAny>,
    pub(crate) socket_type: Bound<'py, PyAny>,
    pub(crate) local: Bound<'py, PyAny>,
    pub(crate) remote: Bound<'py, PyAny>,
    pub(crate) status: Bound<'py, PyAny>,
}

/// Makes Python objects of connections.
pub(crate) struct Maker<'py> {
    py: Python<'py>,
    nowhere: Bound<'py, PyAny>,
    no_name: Bound<'py, PyAny>,
    /// A few addresses are those of most sockets.
    addresses: HashMap<IpAddr, Bound<'py, PyString>>,
}

impl<'py> Maker<'py> {
    pub(crate) fn new(py: Python<'py>) -> Self {
        Self {
            py,
            nowhere: PyTuple::empty(py).into_any(),
            no_name: pyo3::intern!(py, "").clone().into_any(),
            addresses: HashMap::new(),
        }
    }

    pub(crate) fn parts(&mut self, of: &Connection) -> PyResult<Parts<'py>> {
        let py = self.py;
        let family = match of.family {
            Family::Inet4 => Some(AF_INET),
            Family::Inet6 => Some(AF_INET6),
            Family::Unix => Some(AF_UNIX),
            _ => None,
        };
        let family = match family {
            Some(family) => FAMILIES.get(py, family)?,
            None => None,
        };
        let socket_type = match of.socket_type {
            SocketType::Stream => TYPES.get(py, 0)?.cloned(),
            SocketType::Datagram => TYPES.get(py, 1)?.cloned(),
            SocketType::SeqPacket => TYPES.get(py, 2)?.cloned(),
            SocketType::Raw => TYPES.get(py, 3)?.cloned(),
            SocketType::Other(number) => Some(number.into_pyobject(py)?.into_any()),
            _ => None,
        };
        let (local, remote) = match &of.unix {
            Some(unix) => {
                let name = match &unix.name {
                    None => self.no_name.clone(),
                    Some(UnixName::Path(path)) => path.as_os_str().into_pyobject(py)?.into_any(),
                    Some(UnixName::Abstract(name)) => {
                        let mut shown = std::ffi::OsString::from("@");
                        shown.push(name);
                        shown.into_pyobject(py)?.into_any()
                    }
                };
                (name, self.no_name.clone())
            }
            None => (self.address(of.local)?, self.address(of.remote)?),
        };
        Ok(Parts {
            family: family.cloned().unwrap_or_else(|| self.nowhere.clone()),
            socket_type: socket_type.unwrap_or_else(|| self.nowhere.clone()),
            local,
            remote,
            status: self.status(of)?,
        })
    }

    fn address(&mut self, address: Option<SocketAddr>) -> PyResult<Bound<'py, PyAny>> {
        // Port 0: bound to none.
        let Some(address) = address.filter(|address| address.port() != 0) else {
            return Ok(self.nowhere.clone());
        };
        let py = self.py;
        let ip = self
            .addresses
            .entry(address.ip())
            .or_insert_with_key(|ip| PyString::new(py, &ip.to_string()));
        ADDR.of(py, (&*ip, address.port()))
    }

    fn status(&self, of: &Connection) -> PyResult<Bound<'py, PyAny>> {
        let none = STATES.names().len() - 1;
        let at = match of.state.filter(|_| of.protocol == Protocol::Tcp) {
            None => Some(none),
            Some(state) => {
                let name = state.as_str();
                STATES
                    .names()
                    .iter()
                    .position(|known| known.strip_prefix("CONN_") == Some(name))
            }
        };
        match at {
            Some(at) => Ok(STATES
                .get(self.py, at)?
                .cloned()
                .unwrap_or_else(|| self.no_name.clone())),
            // One that only this system has a constant for; what psutil has
            // none for keeps its name.
            None => {
                static STATUS: Imported = Imported::new("oslens._enums", "ConnectionStatus");
                let name = of.state.map_or("", |state| state.as_str());
                let known = STATUS.get(self.py)?.call1((name,));
                Ok(known.unwrap_or_else(|_| PyString::new(self.py, name).into_any()))
            }
        }
    }
}

/// What makes a connection without owner the same as another.
type Shown<'a> = (
    Family,
    SocketType,
    Option<SocketAddr>,
    Option<SocketAddr>,
    Option<&'a UnixName>,
);

/// Sockets of the machine, as a list of `sconn`.
///
/// `kind` is "inet" (Internet sockets, if it is not given), "inet4", "inet6",
/// "tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix" or "all"; others are a
/// `ValueError`. A socket that several processes or descriptors share has a
/// row for each. Those of processes that the caller may not inspect have
/// `None` for `pid` and -1 for `fd`.
///
/// With `owners=False` nobody looks for the processes, which is many times
/// faster: every socket has one row.
#[pyfunction]
#[pyo3(
    signature = (kind = KindName(Kind::INET), *, owners = Flag(true)),
    text_signature = "(kind='inet', *, owners=True)"
)]
pub(crate) fn net_connections(
    py: Python<'_>,
    kind: KindName,
    owners: Flag,
) -> PyResult<Bound<'_, PyList>> {
    let query = ConnectionQuery::new(kind.0).owners(match owners.0 {
        true => Owners::All,
        false => Owners::NotRequested,
    });
    let connections = ask(py, |host: &Host| host.connections(query))?;
    let mut make = Maker::new(py);
    let mut seen: HashSet<Shown<'_>> = HashSet::new();
    let mut rows = Vec::with_capacity(connections.len());
    for of in &connections {
        let holders = of.owners.as_deref().unwrap_or_default();
        if owners.0 && holders.is_empty() {
            // As psutil: of those that look the same only one.
            let name = of.unix.as_ref().and_then(|unix| unix.name.as_ref());
            if of.unix.is_some()
                && !seen.insert((of.family, of.socket_type, of.local, of.remote, name))
            {
                continue;
            }
        }
        let of = make.parts(of)?;
        let row = |fd: i32, pid: Option<u32>| {
            SCONN.of(
                py,
                (
                    fd,
                    &of.family,
                    &of.socket_type,
                    &of.local,
                    &of.remote,
                    &of.status,
                    pid,
                ),
            )
        };
        if holders.is_empty() {
            rows.push(row(-1, None)?);
        }
        for holder in holders {
            rows.push(row(holder.fd.unwrap_or(-1), Some(holder.pid.get()))?);
        }
    }
    PyList::new(py, rows)
}
