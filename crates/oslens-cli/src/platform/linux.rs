//! What only Linux tells of a process, and what a look at it needs.

use std::borrow::Cow;

use oslens::Host;
use oslens::os::linux::{Namespaces, ProcessExt as _, Seccomp, Security};
use oslens::process::Process;

use super::Fact;
pub(crate) use super::unix::{ACCOUNT, account, is_utf8_locale, obeys_escapes, reader, real_path};
use crate::cell::{Cell, Value};
use crate::convert::missing;
use crate::exit::Failure;
use crate::text::{self, Charset};

/// Whether there is a procfs at all. Without this question each part of an
/// answer would be missing for a reason of its own.
///
/// # Errors
///
/// [`Failure::CannotRun`] when there is none.
pub(crate) fn can_look(host: &Host) -> Result<(), Failure> {
    let proc = host.proc_path();
    // Any of these: containers hide some of them.
    let there = ["stat", "self", "meminfo", "mounts", "1"];
    if there.iter().any(|name| proc.join(name).exists()) {
        return Ok(());
    }
    let proc = text::neutralise(proc.as_os_str(), Charset::Unicode);
    Err(Failure::CannotRun(format!(
        "nothing to look at: no procfs is mounted at {proc}"
    )))
}

pub(crate) fn isolation(process: &Process) -> Vec<Fact> {
    let security = missing(process.security());
    let of = |cell: fn(&Security) -> Cell<'static>| match &security {
        Ok(security) => cell(security),
        Err(why) => Cell::Missing(*why),
    };
    let offered = |value: Option<Value<'static>>| crate::convert::offered(value, |value| value);
    let capabilities = missing(process.capabilities());
    let adjustment = missing(process.oom_score_adjustment());
    let channel = missing(process.wait_channel());
    vec![
        (
            "effective_capabilities",
            match capabilities {
                Ok(sets) => Value::Text(Cow::Owned(format!("{:#x}", sets.effective).into())).into(),
                Err(why) => Cell::Missing(why),
            },
        ),
        (
            "no_new_privs",
            match &security {
                Ok(security) => offered(security.no_new_privs.map(Value::Flag)),
                Err(why) => Cell::Missing(*why),
            },
        ),
        (
            "seccomp",
            of(|security| {
                let mode = security.seccomp.map(|mode| match mode {
                    Seccomp::Off => "off",
                    Seccomp::Strict => "strict",
                    Seccomp::Filter => "filter",
                    _ => "unknown",
                });
                crate::convert::offered(mode, Value::text)
            }),
        ),
        (
            "tracer",
            of(|security| Cell::optional(security.tracer.map(|pid| Value::Id(pid.get().into())))),
        ),
        (
            "oom_score_adjustment",
            match adjustment {
                Ok(number) => Value::Signed(number.into()).into(),
                Err(why) => Cell::Missing(why),
            },
        ),
        (
            "wait_channel",
            match channel {
                Ok(name) => Cell::optional(name.map(|name| Value::Text(Cow::Owned(name.into())))),
                Err(why) => Cell::Missing(why),
            },
        ),
    ]
}

pub(crate) fn namespaces(process: &Process) -> Vec<Fact> {
    let all = missing(process.namespaces());
    let inode = |of: fn(&Namespaces) -> Option<u64>| match &all {
        Ok(all) => crate::convert::offered(of(all), Value::Id),
        Err(why) => Cell::Missing(*why),
    };
    vec![
        ("cgroup", inode(|all| all.cgroup)),
        ("ipc", inode(|all| all.ipc)),
        ("mount", inode(|all| all.mount)),
        ("network", inode(|all| all.network)),
        ("pid", inode(|all| all.pid)),
        ("time", inode(|all| all.time)),
        ("user", inode(|all| all.user)),
        ("uts", inode(|all| all.uts)),
    ]
}
