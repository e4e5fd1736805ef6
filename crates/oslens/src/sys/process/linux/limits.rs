//! Resource limits: numbers, the kernel's words, and reading them.

use super::{actions, dir::Dir, handle};
use crate::{
    Error, ErrorKind, Result, parse,
    process::{Resource, ResourceLimit},
    sys::process::Target,
};

/// `RLIMIT_*`. The numbers differ between architectures, so libc's are
/// taken.
///
/// # Errors
///
/// `Unsupported` for what Linux does not have.
#[allow(clippy::unnecessary_cast)] // u32 in glibc, c_int in musl
pub(super) fn number(resource: Resource) -> Result<u32> {
    let number = match resource {
        Resource::CpuTime => libc::RLIMIT_CPU,
        Resource::FileSize => libc::RLIMIT_FSIZE,
        Resource::Data => libc::RLIMIT_DATA,
        Resource::Stack => libc::RLIMIT_STACK,
        Resource::CoreSize => libc::RLIMIT_CORE,
        Resource::ResidentMemory => libc::RLIMIT_RSS,
        Resource::Processes => libc::RLIMIT_NPROC,
        Resource::OpenFiles => libc::RLIMIT_NOFILE,
        Resource::LockedMemory => libc::RLIMIT_MEMLOCK,
        Resource::AddressSpace => libc::RLIMIT_AS,
        Resource::FileLocks => libc::RLIMIT_LOCKS,
        Resource::PendingSignals => libc::RLIMIT_SIGPENDING,
        Resource::MessageQueues => libc::RLIMIT_MSGQUEUE,
        Resource::Nice => libc::RLIMIT_NICE,
        Resource::RealTimePriority => libc::RLIMIT_RTPRIO,
        Resource::RealTimeTimeout => libc::RLIMIT_RTTIME,
        Resource::SocketBuffers
        | Resource::Threads
        | Resource::Swap
        | Resource::PseudoTerminals
        | Resource::Kqueues
        | Resource::SharedLocks
        | Resource::PipeBuffers => return Err(Error::unsupported(resource.as_str())),
    };
    Ok(number as u32)
}

/// The words for it in `/proc/PID/limits`; none for what Linux does not have.
fn words(resource: Resource) -> &'static [u8] {
    match resource {
        Resource::CpuTime => b"Max cpu time",
        Resource::FileSize => b"Max file size",
        Resource::Data => b"Max data size",
        Resource::Stack => b"Max stack size",
        Resource::CoreSize => b"Max core file size",
        Resource::ResidentMemory => b"Max resident set",
        Resource::Processes => b"Max processes",
        Resource::OpenFiles => b"Max open files",
        Resource::LockedMemory => b"Max locked memory",
        Resource::AddressSpace => b"Max address space",
        Resource::FileLocks => b"Max file locks",
        Resource::PendingSignals => b"Max pending signals",
        Resource::MessageQueues => b"Max msgqueue size",
        Resource::Nice => b"Max nice priority",
        Resource::RealTimePriority => b"Max realtime priority",
        Resource::RealTimeTimeout => b"Max realtime timeout",
        Resource::SocketBuffers
        | Resource::Threads
        | Resource::Swap
        | Resource::PseudoTerminals
        | Resource::Kqueues
        | Resource::SharedLocks
        | Resource::PipeBuffers => b"",
    }
}

/// A limit for a message.
pub(super) fn shown(limit: Option<u64>) -> String {
    limit.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string())
}

/// Both limits of one resource.
pub(crate) fn limit(target: Target<'_>, resource: Resource) -> Result<ResourceLimit> {
    // Without a handle the file costs less than the proof of whose limits the
    // system call tells; where any process with the PID will do, none is
    // needed.
    let is_cheap = target.handle.is_some() || target.proof.is_some() || !target.id.start.is_known();
    if is_cheap && handle::sees_our_processes(target.host) {
        match actions::limit(target, resource) {
            // Other users' limits are refused by the system call, but anyone
            // may read them in the file.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::AccessDenied | ErrorKind::Unsupported
                ) => {}
            result => return result,
        }
    }
    limits(target)?
        .into_iter()
        .find(|(found, _)| *found == resource)
        .map(|(_, limit)| limit)
        .ok_or_else(|| Error::unsupported(resource.as_str()).with_pid(target.id.pid))
}

/// The limits of every resource that this version knows, in the kernel's
/// order.
pub(crate) fn limits(target: Target<'_>) -> Result<Vec<(Resource, ResourceLimit)>> {
    let dir = Dir::open(target)?;
    let content = dir.record("limits")?;
    if content.is_empty() {
        // The kernel writes nothing when the process has just been torn down.
        dir.zombie_if_ended()?;
        return Err(Error::no_such_process(dir.pid()));
    }
    let mut all = Vec::with_capacity(16);
    for limit in parse::linux::limits::limits(&content) {
        let limit = limit.map_err(|malformed| dir.malformed("limits", malformed))?;
        if let Some(&resource) = Resource::ALL
            .iter()
            .find(|&&resource| words(resource) == limit.name && !limit.name.is_empty())
        {
            let (soft, hard) = (limit.soft, limit.hard);
            all.push((resource, ResourceLimit { soft, hard }));
        }
    }
    Ok(all)
}
