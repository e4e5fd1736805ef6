//! Namespaces, filters, auditing and out-of-memory weight of a process.

use std::os::unix::ffi::OsStrExt as _;

use super::dir::Dir;
use crate::{
    ErrorKind, Result,
    os::linux::{Namespaces, Seccomp, Security},
    parse,
    process::Pid,
    sys::process::Target,
};

pub(crate) fn namespaces(target: Target<'_>) -> Result<Namespaces> {
    let dir = Dir::open(target)?;
    let inode = |name| match dir.read_link(name) {
        Ok(link) => match parse::linux::fdinfo::inode(link.as_bytes()) {
            Some((_, inode)) => Ok(Some(inode)),
            None => Err(dir.malformed(name, parse::Malformed("kind:[inode]"))),
        },
        // A kind that this kernel does not have.
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(None),
        Err(error) => Err(error),
    };
    Ok(Namespaces {
        cgroup: inode("ns/cgroup")?,
        ipc: inode("ns/ipc")?,
        mount: inode("ns/mnt")?,
        network: inode("ns/net")?,
        pid: inode("ns/pid")?,
        // Links that lead nowhere until the first child is made are absent
        // to readlink.
        pid_for_children: inode("ns/pid_for_children")?,
        time: inode("ns/time")?,
        time_for_children: inode("ns/time_for_children")?,
        user: inode("ns/user")?,
        uts: inode("ns/uts")?,
    })
}

pub(crate) fn security(target: Target<'_>) -> Result<Security> {
    let dir = Dir::open(target)?;
    let content = dir.record("status")?;
    let malformed = |malformed| dir.malformed("status", malformed);
    let read = parse::linux::security::security(&content).map_err(malformed)?;
    Ok(Security {
        tracer: read.tracer.filter(|&pid| pid != 0).map(Pid::new),
        no_new_privs: read.no_new_privs.map(|set| set != 0),
        seccomp: read.seccomp.map(|mode| match mode {
            0 => Seccomp::Off,
            1 => Seccomp::Strict,
            2 => Seccomp::Filter,
            other => Seccomp::Other(other),
        }),
        seccomp_filters: read.seccomp_filters,
        namespace_pids: read
            .namespace_pids()
            .map(|pid| pid.map(Pid::new))
            .collect::<Result<_, _>>()
            .map_err(malformed)?,
    })
}

pub(crate) fn login_uid(target: Target<'_>) -> Result<Option<u32>> {
    audit(target, "loginuid")
}

pub(crate) fn audit_session(target: Target<'_>) -> Result<Option<u32>> {
    audit(target, "sessionid")
}

/// A file of the audit system that holds one number, the largest for none.
fn audit(target: Target<'_>, name: &str) -> Result<Option<u32>> {
    let dir = Dir::open(target)?;
    let content = dir.record(name)?;
    let id = parse::text::decimal(content.trim_ascii())
        .and_then(|id| u32::try_from(id).ok())
        .ok_or_else(|| dir.malformed(name, parse::Malformed("a number")))?;
    Ok((id != u32::MAX).then_some(id))
}

pub(crate) fn oom_score_adjustment(target: Target<'_>) -> Result<i16> {
    let dir = Dir::open(target)?;
    let content = dir.record("oom_score_adj")?;
    parse::text::signed_decimal(content.trim_ascii())
        .and_then(|adjustment| i16::try_from(adjustment).ok())
        .ok_or_else(|| dir.malformed("oom_score_adj", parse::Malformed("a number")))
}

pub(crate) fn wait_channel(target: Target<'_>) -> Result<Option<String>> {
    let dir = Dir::open(target)?;
    let content = dir.record("wchan")?;
    let name = content.trim_ascii();
    Ok((!name.is_empty() && name != b"0").then(|| String::from_utf8_lossy(name).into_owned()))
}
