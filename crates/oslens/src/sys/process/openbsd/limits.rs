//! Resource limits: the kernel tells and sets those of the caller alone.

use super::{
    super::{
        Target,
        bsd::{self, limits as common},
    },
    OpenBsd,
};
use crate::{
    Error, Result,
    parse::layout::openbsd::process::{
        RLIMIT_CORE, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_MEMLOCK, RLIMIT_NOFILE,
        RLIMIT_NPROC, RLIMIT_RSS, RLIMIT_STACK, Rlimit,
    },
    process::{Pid, Resource, ResourceLimit},
    sys::kernel::{Action, Kernel, Question},
};

const RESOURCES: [(Resource, i32); 9] = [
    (Resource::CpuTime, RLIMIT_CPU),
    (Resource::FileSize, RLIMIT_FSIZE),
    (Resource::Data, RLIMIT_DATA),
    (Resource::Stack, RLIMIT_STACK),
    (Resource::CoreSize, RLIMIT_CORE),
    (Resource::ResidentMemory, RLIMIT_RSS),
    (Resource::Processes, RLIMIT_NPROC),
    (Resource::OpenFiles, RLIMIT_NOFILE),
    (Resource::LockedMemory, RLIMIT_MEMLOCK),
];

/// Both limits of one resource.
pub(crate) fn limit(target: Target<'_>, resource: Resource) -> Result<ResourceLimit> {
    let number = common::find(target, &RESOURCES, resource)?;
    bsd::proved::<OpenBsd, _>(target, |kernel, _| {
        own(target)?;
        ask(kernel, number)
    })
}

/// The limits of all resources that the kernel has.
pub(crate) fn limits(target: Target<'_>) -> Result<Vec<(Resource, ResourceLimit)>> {
    bsd::proved::<OpenBsd, _>(target, |kernel, _| {
        own(target)?;
        RESOURCES
            .into_iter()
            .map(|(resource, number)| Ok((resource, ask(kernel, number)?)))
            .collect()
    })
}

/// Sets both limits.
pub(crate) fn set_limit(
    target: Target<'_>,
    resource: Resource,
    limit: ResourceLimit,
) -> Result<()> {
    let number = common::find(target, &RESOURCES, resource)?;
    common::check(target, limit)?;
    let kernel = target.host.kernel()?;
    let value =
        [limit.soft, limit.hard].map(|limit| common::bytes(common::number(limit), kernel.endian));
    bsd::check::<OpenBsd>(target)?;
    own(target)?;
    let action = Action::OwnLimit {
        resource: number,
        value: value.as_flattened(),
    };
    let done = kernel.act("setrlimit", action);
    done.map_err(|error| bsd::failed::<OpenBsd>(target, error))
}

fn own(target: Target<'_>) -> Result<()> {
    match target.id.pid == Pid::current() {
        true => Ok(()),
        false => Err(Error::unsupported("limits of other processes on OpenBSD")),
    }
    .map_err(|error| error.with_pid(target.id.pid))
}

fn ask(kernel: Kernel<'_>, resource: i32) -> Result<ResourceLimit> {
    let answer = kernel.ask("getrlimit", Question::OwnLimit(resource))?;
    let record = kernel.record(&answer);
    match (record.get(Rlimit::rlim_cur), record.get(Rlimit::rlim_max)) {
        (Some(soft), Some(hard)) => Ok(ResourceLimit {
            soft: common::limit(soft),
            hard: common::limit(hard),
        }),
        _ => Err(Error::malformed("getrlimit", "a struct rlimit")),
    }
}
