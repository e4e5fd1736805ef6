//! Mach: what the host counts.

use std::{
    ffi::{c_int, c_uint},
    io,
};

use super::declared::{
    KERN_SUCCESS, Port, host_processor_info, host_statistics, host_statistics64, mach_host_self,
    mach_port_deallocate, mach_task_self_, task_info, vm_deallocate,
};
use crate::parse::layout::macos::system::{HOST_CPU_LOAD_INFO, KERN_NO_ACCESS};

/// A right to ask the host, which is given back.
struct Host(Port);

impl Host {
    fn this() -> Self {
        // SAFETY: the call takes nothing and returns a right of the caller's.
        Self(unsafe { mach_host_self() })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // SAFETY: the right was given to this value and to nobody else.
        let _ = unsafe { mach_port_deallocate(this_task(), self.0) };
    }
}

fn this_task() -> Port {
    // SAFETY: set before the program begins, and never again.
    unsafe { mach_task_self_ }
}

/// As many words as the kernel fills of those that there is room for.
pub(super) fn statistics(flavor: i32, words: usize, answer: &mut Vec<u8>) -> io::Result<()> {
    let mut info: Vec<c_int> = vec![0; words];
    let mut count = c_uint::try_from(words).map_err(|_| io::ErrorKind::InvalidInput)?;
    let host = Host::this();
    let returned = match flavor {
        // SAFETY: `info` has room for `count` words, more than which are not
        // written; how many were is in `count` then.
        HOST_CPU_LOAD_INFO => unsafe {
            host_statistics(host.0, flavor, info.as_mut_ptr(), &mut count)
        },
        // SAFETY: as above.
        _ => unsafe { host_statistics64(host.0, flavor, info.as_mut_ptr(), &mut count) },
    };
    check(returned)?;
    answer.clear();
    let filled = info.iter().take(count as usize);
    answer.extend(filled.flat_map(|word| word.to_ne_bytes()));
    Ok(())
}

/// What the kernel tells of the caller's task, as many words as it fills of
/// those that there is room for.
pub(super) fn own_task(flavor: i32, words: usize, answer: &mut Vec<u8>) -> io::Result<()> {
    let mut info: Vec<c_int> = vec![0; words];
    let mut count = c_uint::try_from(words).map_err(|_| io::ErrorKind::InvalidInput)?;
    let flavor = c_uint::try_from(flavor).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: `info` has room for `count` words, more than which are not
    // written; how many were is in `count` then. The right to the own task is
    // the program's as long as it runs.
    check(unsafe { task_info(this_task(), flavor, info.as_mut_ptr(), &mut count) })?;
    answer.clear();
    let filled = info.iter().take(count as usize);
    answer.extend(filled.flat_map(|word| word.to_ne_bytes()));
    Ok(())
}

/// What the kernel tells of each CPU.
pub(super) fn processors(flavor: i32, answer: &mut Vec<u8>) -> io::Result<()> {
    let mut processors = 0;
    let mut info = std::ptr::null_mut();
    let mut count = 0;
    let host = Host::this();
    // SAFETY: the three places are writable. On success `info` points to
    // `count` words in pages that are the caller's to give back.
    let returned =
        unsafe { host_processor_info(host.0, flavor, &mut processors, &mut info, &mut count) };
    check(returned)?;
    if info.is_null() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let count = count as usize;
    // SAFETY: see above; nobody else knows of these pages.
    let words = unsafe { std::slice::from_raw_parts(info, count) };
    answer.clear();
    answer.extend(words.iter().flat_map(|word| word.to_ne_bytes()));
    // SAFETY: the pages are given back once, and `words` is not used any more.
    let _ = unsafe { vm_deallocate(this_task(), info.addr(), count * size_of::<c_int>()) };
    Ok(())
}

/// `kern_return_t`, which has numbers of its own.
fn check(returned: c_int) -> io::Result<()> {
    match returned {
        KERN_SUCCESS => Ok(()),
        KERN_NO_ACCESS => Err(io::ErrorKind::PermissionDenied.into()),
        number => Err(io::Error::other(format!("Mach says {number}"))),
    }
}
