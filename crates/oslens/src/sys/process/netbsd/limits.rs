//! Resource limits: `proc.PID.rlimit`, of any process.

use super::{
    super::{
        Target,
        bsd::{self, limits as common},
    },
    NetBsd,
};
use crate::{
    Error, Result,
    parse::layout::{
        Number as _,
        netbsd::{
            details::{PROC_PID_LIMIT, PROC_PID_LIMIT_TYPE_HARD, PROC_PID_LIMIT_TYPE_SOFT},
            process::{
                CTL_PROC, RLIMIT_AS, RLIMIT_CORE, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE,
                RLIMIT_MEMLOCK, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_NTHR, RLIMIT_RSS,
                RLIMIT_SBSIZE, RLIMIT_STACK,
            },
        },
    },
    process::{Resource, ResourceLimit},
    sys::kernel::{Action, Kernel, Question},
};

const WHAT: &str = "sysctl proc.rlimit";

const RESOURCES: [(Resource, i32); 12] = [
    (Resource::CpuTime, RLIMIT_CPU),
    (Resource::FileSize, RLIMIT_FSIZE),
    (Resource::Data, RLIMIT_DATA),
    (Resource::Stack, RLIMIT_STACK),
    (Resource::CoreSize, RLIMIT_CORE),
    (Resource::ResidentMemory, RLIMIT_RSS),
    (Resource::Processes, RLIMIT_NPROC),
    (Resource::OpenFiles, RLIMIT_NOFILE),
    (Resource::LockedMemory, RLIMIT_MEMLOCK),
    (Resource::AddressSpace, RLIMIT_AS),
    (Resource::SocketBuffers, RLIMIT_SBSIZE),
    (Resource::Threads, RLIMIT_NTHR),
];

/// Both limits of one resource.
pub(crate) fn limit(target: Target<'_>, resource: Resource) -> Result<ResourceLimit> {
    let number = common::find(target, &RESOURCES, resource)?;
    bsd::of_living::<NetBsd, _>(target, None, |kernel, pid| both(kernel, pid, number))
}

/// The limits of all resources that the kernel has.
pub(crate) fn limits(target: Target<'_>) -> Result<Vec<(Resource, ResourceLimit)>> {
    bsd::of_living::<NetBsd, _>(target, None, |kernel, pid| {
        RESOURCES
            .into_iter()
            .map(|(resource, number)| Ok((resource, both(kernel, pid, number)?)))
            .collect()
    })
}

fn both(kernel: Kernel<'_>, pid: i32, resource: i32) -> Result<ResourceLimit> {
    Ok(ResourceLimit {
        soft: common::limit(ask(kernel, pid, resource, PROC_PID_LIMIT_TYPE_SOFT)?),
        hard: common::limit(ask(kernel, pid, resource, PROC_PID_LIMIT_TYPE_HARD)?),
    })
}

fn ask(kernel: Kernel<'_>, pid: i32, resource: i32, which: i32) -> Result<u64> {
    let mut answer = Vec::new();
    let mib = mib(pid, resource, which);
    kernel.ask_patiently(WHAT, Question::Sysctl(&mib), &mut answer)?;
    u64::read(&answer, kernel.endian).ok_or_else(|| Error::malformed(WHAT, "a number"))
}

/// Resources are counted from 1 here.
fn mib(pid: i32, resource: i32, which: i32) -> [i32; 5] {
    [
        CTL_PROC,
        pid,
        PROC_PID_LIMIT,
        resource.saturating_add(1),
        which,
    ]
}

/// Sets both limits, the one after the other, in an order in which the soft
/// one is never above the hard one.
pub(crate) fn set_limit(
    target: Target<'_>,
    resource: Resource,
    limit: ResourceLimit,
) -> Result<()> {
    let number = common::find(target, &RESOURCES, resource)?;
    common::check(target, limit)?;
    let kernel = target.host.kernel()?;
    let pid = bsd::check::<NetBsd>(target)?;
    let present = ask(kernel, pid, number, PROC_PID_LIMIT_TYPE_HARD)
        .map_err(|error| bsd::failed::<NetBsd>(target, error))?;
    let mut steps = [
        (PROC_PID_LIMIT_TYPE_SOFT, common::number(limit.soft)),
        (PROC_PID_LIMIT_TYPE_HARD, common::number(limit.hard)),
    ];
    if common::number(limit.hard) >= present {
        steps.reverse();
    }
    for (which, value) in steps {
        let pid = bsd::check::<NetBsd>(target)?;
        let action = Action::Sysctl {
            mib: &mib(pid, number, which),
            value: &common::bytes(value, kernel.endian),
        };
        let check = || bsd::check::<NetBsd>(target).map(drop);
        let done = kernel.act_patiently(WHAT, action, check);
        bsd::changed::<NetBsd>(target, done)?;
    }
    Ok(())
}
