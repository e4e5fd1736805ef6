//! The network on Linux: netlink, and the text of `/proc/net` and
//! `/sys/class/net` where netlink is not to be had.

mod counters;
mod interfaces;
mod owners;
mod sockets;
mod summary;
#[cfg(test)]
mod tests;

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use crate::{
    Error, ErrorKind, Host, Result,
    net::{Connection, ConnectionQuery, Kind, Owners},
    process::Pid,
    sys::pal::linux::{file, netlink::DumpError},
};

pub(crate) use counters::io_counters;
pub(crate) use interfaces::{addresses, interfaces};
pub(crate) use summary::socket_summary;

/// The directory with the tables of the network namespace: for the local host
/// the calling thread's, as with netlink.
///
/// `/proc/net` is a link to `self/net`: the namespace of the main thread, and
/// below another host's `/proc` that of this process, or nothing. There the
/// host's first process is meant, and only in a copy that does without it
/// (`hidepid` hides it too) the link.
fn net_dir(host: &Host) -> PathBuf {
    let preferred = if host.is_local() {
        // Missing before Linux 3.17.
        "thread-self/net"
    } else {
        "1/net"
    };
    let preferred = host.proc_path().join(preferred);
    static THREAD_SELF: OnceLock<bool> = OnceLock::new();
    let exists = if host.is_local() {
        // Asked first: whoever forks while it is set leaves a child that
        // waits for it for ever.
        THREAD_SELF.get().copied().unwrap_or_else(|| {
            let exists = preferred.is_dir();
            *THREAD_SELF.get_or_init(|| exists)
        })
    } else {
        preferred.is_dir()
    };
    if exists || (!host.is_local() && file::is_procfs(host.proc_path())) {
        preferred
    } else {
        host.proc_path().join("net")
    }
}

pub(crate) fn connections(host: &Host, query: &ConnectionQuery) -> Result<Vec<Connection>> {
    let mut all = Vec::new();
    sockets::list(
        host,
        &net_dir(host),
        host.is_local(),
        query,
        &|_| true,
        &mut all,
    )?;
    if query.owners != Owners::NotRequested {
        owners::fill(host, &mut all, query.owners)?;
    }
    Ok(all)
}

/// The sockets that this process holds, seen in its own network namespace,
/// each with the descriptors that it holds them by.
pub(crate) fn process_connections(host: &Host, pid: Pid, kind: Kind) -> Result<Vec<Connection>> {
    of_held(host, pid, kind, &owners::of_process(host, pid)?)
}

/// The same for sockets that are known by inode and descriptor.
pub(crate) fn held_connections(
    host: &Host,
    pid: Pid,
    kind: Kind,
    sockets: Vec<(u64, i32)>,
) -> Result<Vec<Connection>> {
    of_held(host, pid, kind, &owners::Held::by(pid, sockets))
}

fn of_held(host: &Host, pid: Pid, kind: Kind, held: &owners::Held) -> Result<Vec<Connection>> {
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let proc = host.proc_path();
    let namespace = |process: &Path| std::fs::read_link(proc.join(process).join("ns/net")).ok();
    let number = PathBuf::from(pid.to_string());
    // A netlink socket shows the namespace of the thread that opened it.
    let netlink = host.is_local()
        && namespace(Path::new("thread-self")).is_some_and(|own| namespace(&number) == Some(own));
    let mut all = Vec::new();
    sockets::list(
        host,
        &proc.join(&number).join("net"),
        netlink,
        &ConnectionQuery::new(kind),
        &|inode| held.contains(inode),
        &mut all,
    )
    .map_err(|error| match file::is_absent(&error) {
        // It held sockets a moment ago.
        true => error.with_pid(pid).with_kind(ErrorKind::NoSuchProcess),
        false => error.with_pid(pid),
    })?;
    held.distribute(&mut all, false);
    Ok(all)
}

/// An error of a process's directory: when something is missing there, the
/// process is.
#[cold]
fn process_error(
    action: &'static str,
    host: &Host,
    pid: Pid,
    name: &str,
    errno: rustix::io::Errno,
) -> Error {
    let path = host.proc_path().join(pid.to_string()).join(name);
    let error = Error::file(action, path, errno).with_pid(pid);
    if matches!(errno, rustix::io::Errno::NOENT | rustix::io::Errno::SRCH) {
        return error.with_kind(ErrorKind::NoSuchProcess);
    }
    error
}

impl From<DumpError> for Error {
    #[cold]
    fn from(error: DumpError) -> Self {
        match error {
            DumpError::Refused(call, errno) => Self::call(call, errno),
            DumpError::Malformed(malformed) => Self::malformed("netlink", malformed.0),
        }
    }
}
