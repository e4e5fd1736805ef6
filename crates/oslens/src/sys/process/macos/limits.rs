//! Resource limits. The kernel tells nobody those of another process.

use super::MacOs;
use crate::{
    Error, Result,
    parse::layout::macos::process::{
        RLIMIT_AS, RLIMIT_CORE, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_MEMLOCK,
        RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_STACK, Rlimit,
    },
    process::{Pid, Resource, ResourceLimit},
    sys::{
        kernel::{Action, Kernel, Question},
        process::{
            Target,
            bsd::{self, limits},
        },
    },
};

/// What macOS limits. `RLIMIT_RSS` is another name of `RLIMIT_AS` there.
const RESOURCES: [(Resource, i32); 9] = [
    (Resource::CpuTime, RLIMIT_CPU),
    (Resource::FileSize, RLIMIT_FSIZE),
    (Resource::Data, RLIMIT_DATA),
    (Resource::Stack, RLIMIT_STACK),
    (Resource::CoreSize, RLIMIT_CORE),
    (Resource::Processes, RLIMIT_NPROC),
    (Resource::OpenFiles, RLIMIT_NOFILE),
    (Resource::LockedMemory, RLIMIT_MEMLOCK),
    (Resource::AddressSpace, RLIMIT_AS),
];

/// Fails unless the caller itself is meant, which does not end meanwhile.
fn of_caller(target: Target<'_>) -> Result<Kernel<'_>> {
    let pid = target.id.pid;
    let now = bsd::identity::<MacOs>(target.host, pid)?;
    if target.id.differs_from(&now) {
        return Err(Error::reused(pid));
    }
    if pid != Pid::current() {
        let what = "limits of other processes on macOS";
        return Err(Error::unsupported(what).with_pid(pid));
    }
    target.host.kernel()
}

pub(crate) fn limit(target: Target<'_>, resource: Resource) -> Result<ResourceLimit> {
    let kernel = of_caller(target)?;
    let number = limits::find(target, &RESOURCES, resource)?;
    read(kernel, number).map_err(|error| error.with_pid(target.id.pid))
}

pub(crate) fn limits(target: Target<'_>) -> Result<Vec<(Resource, ResourceLimit)>> {
    let kernel = of_caller(target)?;
    RESOURCES
        .into_iter()
        .map(|(resource, number)| Ok((resource, read(kernel, number)?)))
        .collect::<Result<_>>()
        .map_err(|error| error.with_pid(target.id.pid))
}

fn read(kernel: Kernel<'_>, number: i32) -> Result<ResourceLimit> {
    let answer = kernel.ask("getrlimit", Question::OwnLimit(number))?;
    let limit = kernel.record(&answer);
    match (limit.get(Rlimit::rlim_cur), limit.get(Rlimit::rlim_max)) {
        (Some(soft), Some(hard)) => Ok(ResourceLimit {
            soft: limits::limit(soft),
            hard: limits::limit(hard),
        }),
        _ => Err(Error::malformed("getrlimit", "a whole rlimit")),
    }
}

pub(crate) fn set_limit(
    target: Target<'_>,
    resource: Resource,
    limit: ResourceLimit,
) -> Result<()> {
    let kernel = of_caller(target)?;
    let resource = limits::find(target, &RESOURCES, resource)?;
    limits::check(target, limit)?;
    let value =
        [limit.soft, limit.hard].map(|bound| limits::bytes(limits::number(bound), kernel.endian));
    let action = Action::OwnLimit {
        resource,
        value: value.as_flattened(),
    };
    kernel
        .act("setrlimit", action)
        .map_err(|error| error.with_pid(target.id.pid))
}
