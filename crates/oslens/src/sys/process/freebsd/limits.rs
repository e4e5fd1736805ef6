//! Resource limits: `kern.proc.rlimit`, of any process.

use super::{
    super::{
        Target,
        bsd::{self, limits as common},
    },
    FreeBsd,
};
use crate::{
    Error, ErrorKind, Result,
    parse::layout::freebsd::{
        details::RLIMIT_PIPEBUF,
        process::{
            KERN_PROC, KERN_PROC_RLIMIT, RLIMIT_CORE, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE,
            RLIMIT_KQUEUES, RLIMIT_MEMLOCK, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_NPTS, RLIMIT_RSS,
            RLIMIT_SBSIZE, RLIMIT_STACK, RLIMIT_SWAP, RLIMIT_UMTXP, RLIMIT_VMEM, Rlimit,
        },
        system::CTL_KERN,
    },
    process::{Resource, ResourceLimit},
    sys::kernel::{Action, Kernel},
};

const WHAT: &str = "sysctl kern.proc.rlimit";

const RESOURCES: [(Resource, i32); 16] = [
    (Resource::CpuTime, RLIMIT_CPU),
    (Resource::FileSize, RLIMIT_FSIZE),
    (Resource::Data, RLIMIT_DATA),
    (Resource::Stack, RLIMIT_STACK),
    (Resource::CoreSize, RLIMIT_CORE),
    (Resource::ResidentMemory, RLIMIT_RSS),
    (Resource::Processes, RLIMIT_NPROC),
    (Resource::OpenFiles, RLIMIT_NOFILE),
    (Resource::LockedMemory, RLIMIT_MEMLOCK),
    (Resource::AddressSpace, RLIMIT_VMEM),
    (Resource::SocketBuffers, RLIMIT_SBSIZE),
    (Resource::PseudoTerminals, RLIMIT_NPTS),
    (Resource::Swap, RLIMIT_SWAP),
    (Resource::Kqueues, RLIMIT_KQUEUES),
    (Resource::SharedLocks, RLIMIT_UMTXP),
    (Resource::PipeBuffers, RLIMIT_PIPEBUF),
];

/// Both limits of one resource.
pub(crate) fn limit(target: Target<'_>, resource: Resource) -> Result<ResourceLimit> {
    let number = common::find(target, &RESOURCES, resource)?;
    bsd::of_living::<FreeBsd, _>(target, None, |kernel, pid| {
        ask(kernel, pid, number).map_err(|error| match error.raw_os_error() {
            // An older kernel.
            Some(libc::EINVAL) => Error::unsupported(resource.as_str()),
            _ => error,
        })
    })
}

/// The limits of all resources that the kernel has.
pub(crate) fn limits(target: Target<'_>) -> Result<Vec<(Resource, ResourceLimit)>> {
    bsd::of_living::<FreeBsd, _>(target, None, |kernel, pid| {
        let mut all = Vec::with_capacity(RESOURCES.len());
        for (resource, number) in RESOURCES {
            match ask(kernel, pid, number) {
                Ok(limit) => all.push((resource, limit)),
                Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    })
}

fn ask(kernel: Kernel<'_>, pid: i32, resource: i32) -> Result<ResourceLimit> {
    let answer = kernel.sysctl(WHAT, &mib(pid, resource))?;
    let record = kernel.record(&answer);
    let number = |field| {
        let number: i64 = record.get(field)?;
        u64::try_from(number).ok()
    };
    match (number(Rlimit::rlim_cur), number(Rlimit::rlim_max)) {
        (Some(soft), Some(hard)) => Ok(ResourceLimit {
            soft: common::limit(soft),
            hard: common::limit(hard),
        }),
        _ => Err(Error::malformed(WHAT, "a struct rlimit")),
    }
}

fn mib(pid: i32, resource: i32) -> [i32; 5] {
    [CTL_KERN, KERN_PROC, KERN_PROC_RLIMIT, pid, resource]
}

/// Sets both limits.
pub(crate) fn set_limit(
    target: Target<'_>,
    resource: Resource,
    limit: ResourceLimit,
) -> Result<()> {
    let number = common::find(target, &RESOURCES, resource)?;
    // The kernel would lower the soft limit silently.
    common::check(target, limit)?;
    let kernel = target.host.kernel()?;
    let value =
        [limit.soft, limit.hard].map(|limit| common::bytes(common::number(limit), kernel.endian));
    let pid = bsd::check::<FreeBsd>(target)?;
    let action = Action::Sysctl {
        mib: &mib(pid, number),
        value: value.as_flattened(),
    };
    let done = kernel
        .act(WHAT, action)
        .map_err(|error| match error.raw_os_error() {
            Some(libc::EINVAL) => error.with_kind(ErrorKind::Unsupported),
            _ => error,
        });
    bsd::changed::<FreeBsd>(target, done)
}
