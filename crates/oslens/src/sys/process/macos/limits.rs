//! Resource limits. The kernel tells nobody those of another process.

use crate::{
    Error, Result,
    parse::layout::{
        Endian,
        macos::{
            details::RLIM_INFINITY,
            process::{
                RLIMIT_AS, RLIMIT_CORE, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_MEMLOCK,
                RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_STACK, Rlimit,
            },
        },
    },
    process::{Pid, Resource, ResourceLimit},
    sys::{
        kernel::{Action, Kernel, Question},
        process::{Target, bsd},
    },
};

/// `RLIMIT_*`. `None`: macOS has no such limit. `RLIMIT_RSS` is another name
/// of `RLIMIT_AS` there.
fn number(resource: Resource) -> Option<i32> {
    Some(match resource {
        Resource::CpuTime => RLIMIT_CPU,
        Resource::FileSize => RLIMIT_FSIZE,
        Resource::Data => RLIMIT_DATA,
        Resource::Stack => RLIMIT_STACK,
        Resource::CoreSize => RLIMIT_CORE,
        Resource::Processes => RLIMIT_NPROC,
        Resource::OpenFiles => RLIMIT_NOFILE,
        Resource::LockedMemory => RLIMIT_MEMLOCK,
        Resource::AddressSpace => RLIMIT_AS,
        _ => return None,
    })
}

/// Fails unless the caller itself is meant, which has not ended.
fn of_caller(target: Target<'_>) -> Result<Kernel<'_>> {
    let pid = target.id.pid;
    let now = bsd::identity::<super::MacOs>(target.host, pid)?;
    if target.id.differs_from(&now) {
        return Err(Error::reused(pid));
    }
    if pid != Pid::current() {
        let what = "resource limits of another process on macOS";
        return Err(Error::unsupported(what).with_pid(pid));
    }
    target.host.kernel()
}

fn known(target: Target<'_>, resource: Resource) -> Result<i32> {
    let what = || Error::unsupported(resource.as_str()).with_pid(target.id.pid);
    number(resource).ok_or_else(what)
}

pub(crate) fn limit(target: Target<'_>, resource: Resource) -> Result<ResourceLimit> {
    let kernel = of_caller(target)?;
    read(kernel, known(target, resource)?).map_err(|error| error.with_pid(target.id.pid))
}

pub(crate) fn limits(target: Target<'_>) -> Result<Vec<(Resource, ResourceLimit)>> {
    let kernel = of_caller(target)?;
    Resource::ALL
        .into_iter()
        .filter_map(|resource| Some((resource, number(resource)?)))
        .map(|(resource, number)| Ok((resource, read(kernel, number)?)))
        .collect::<Result<_>>()
        .map_err(|error| error.with_pid(target.id.pid))
}

fn read(kernel: Kernel<'_>, number: i32) -> Result<ResourceLimit> {
    let answer = kernel.ask("getrlimit", Question::OwnLimit(number))?;
    let limit = kernel.record(&answer);
    // All from this number on is as good as unlimited.
    let finite = |limit: u64| Some(limit).filter(|limit| *limit < RLIM_INFINITY);
    match (limit.get(Rlimit::rlim_cur), limit.get(Rlimit::rlim_max)) {
        (Some(soft), Some(hard)) => Ok(ResourceLimit {
            soft: finite(soft),
            hard: finite(hard),
        }),
        _ => Err(Error::malformed("getrlimit", "a whole rlimit")),
    }
}

pub(crate) fn set_limit(
    target: Target<'_>,
    resource: Resource,
    limit: ResourceLimit,
) -> Result<()> {
    let pid = target.id.pid;
    let kernel = of_caller(target)?;
    let resource = known(target, resource)?;
    let raw = |limit: Option<u64>| match limit {
        Some(limit) if limit >= RLIM_INFINITY => Err(Error::invalid_input(format!(
            "{limit} is not below {RLIM_INFINITY}, from where on macOS has no limit"
        ))
        .with_pid(pid)),
        limit => Ok(limit.unwrap_or(RLIM_INFINITY)),
    };
    let (soft, hard) = (raw(limit.soft)?, raw(limit.hard)?);
    if soft > hard {
        let message = "the soft limit is above the hard one";
        return Err(Error::invalid_input(message).with_pid(pid));
    }
    let word = |number: u64| match kernel.endian {
        Endian::Little => number.to_le_bytes(),
        Endian::Big => number.to_be_bytes(),
    };
    let value = [word(soft), word(hard)].concat();
    let action = Action::OwnLimit {
        resource,
        value: &value,
    };
    kernel
        .act("setrlimit", action)
        .map_err(|error| error.with_pid(pid))
}
