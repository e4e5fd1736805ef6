//! Resource limits, as far as the systems have them alike.

use crate::{
    Error, Result,
    parse::layout::{Endian, freebsd, macos, netbsd, openbsd},
    process::{Resource, ResourceLimit},
    sys::process::Target,
};

/// No limit. Above it there is nothing.
const INFINITY: u64 = freebsd::details::RLIM_INFINITY;

const _: () = assert!(
    INFINITY == netbsd::details::RLIM_INFINITY
        && INFINITY == openbsd::details::RLIM_INFINITY
        && INFINITY == macos::details::RLIM_INFINITY
);

/// A limit of the kernel's. `None`: there is none.
pub(in crate::sys::process) fn limit(number: u64) -> Option<u64> {
    (number < INFINITY).then_some(number)
}

/// A limit for the kernel.
pub(in crate::sys::process) fn number(limit: Option<u64>) -> u64 {
    limit.unwrap_or(INFINITY)
}

/// A number as it lies in the kernel's memory.
pub(in crate::sys::process) fn bytes(number: u64, endian: Endian) -> [u8; 8] {
    match endian {
        Endian::Little => number.to_le_bytes(),
        Endian::Big => number.to_be_bytes(),
    }
}

/// Fails for what no kernel can set, or would set to something else without a
/// word.
pub(in crate::sys::process) fn check(target: Target<'_>, limit: ResourceLimit) -> Result<()> {
    let ResourceLimit { soft, hard } = limit;
    if number(soft) > number(hard) {
        let shown = |limit: Option<u64>| {
            limit.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string())
        };
        return Err(Error::invalid_input(format!(
            "the soft limit {} is above the hard limit {}",
            shown(soft),
            shown(hard)
        ))
        .with_pid(target.id.pid));
    }
    match soft
        .into_iter()
        .chain(hard)
        .find(|&limit| limit >= INFINITY)
    {
        Some(limit) => Err(Error::invalid_input(format!(
            "a limit of {limit} is more than the kernel can have"
        ))
        .with_pid(target.id.pid)),
        None => Ok(()),
    }
}

/// The kernel's number of a resource.
pub(in crate::sys::process) fn find(
    target: Target<'_>,
    resources: &[(Resource, i32)],
    resource: Resource,
) -> Result<i32> {
    resources
        .iter()
        .find(|(known, _)| *known == resource)
        .map(|(_, number)| *number)
        .ok_or_else(|| Error::unsupported(resource.as_str()).with_pid(target.id.pid))
}
