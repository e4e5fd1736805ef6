//! Scheduling properties that are asked for and set by PID, with CPU masks
//! of any length.

use rustix::io::Errno;

/// `ioprio_get` of a process: class in the upper bits, see `ioprio.h`.
pub(crate) fn io_priority(pid: u32) -> Result<u32, Errno> {
    const WHO_PROCESS: libc::c_int = 1;
    let pid = libc::pid_t::try_from(pid).map_err(|_| Errno::SRCH)?;
    // SAFETY: the call takes integers and writes to no memory.
    let result = unsafe { libc::syscall(libc::SYS_ioprio_get, WHO_PROCESS, pid) };
    u32::try_from(result).map_err(|_| last_errno())
}

/// Most CPUs that a mask is grown for (Linux itself stops at 8192).
const MOST_CPUS: usize = 1 << 20;

/// Appends the CPUs that the main thread may run on, ascending.
///
/// The kernel refuses (`EINVAL`) a mask that is smaller than its own, which
/// may be larger than libc's `cpu_set_t` of 1024 CPUs: so it is grown.
/// `mask` is scratch memory that can be used again.
pub(crate) fn affinity(
    pid: u32,
    mask: &mut Vec<libc::c_ulong>,
    cpus: &mut Vec<u32>,
) -> Result<(), Errno> {
    let pid = libc::pid_t::try_from(pid).map_err(|_| Errno::SRCH)?;
    if mask.is_empty() {
        mask.resize(1024 / libc::c_ulong::BITS as usize, 0);
    }
    let filled = loop {
        // SAFETY: the kernel writes at most as many bytes as the mask has,
        // and any bit pattern is a valid word.
        let result = unsafe {
            libc::syscall(
                libc::SYS_sched_getaffinity,
                pid,
                size_of_val(mask.as_slice()),
                mask.as_mut_ptr(),
            )
        };
        match usize::try_from(result) {
            Ok(bytes) => break bytes,
            Err(_) => match last_errno() {
                Errno::INVAL if mask.len() * 8 < MOST_CPUS => mask.resize(mask.len() * 2, 0),
                errno => return Err(errno),
            },
        }
    };
    let word_bits = libc::c_ulong::BITS;
    for (index, &word) in mask
        .iter()
        .enumerate()
        .take(filled / size_of::<libc::c_ulong>())
    {
        let first = u32::try_from(index)
            .unwrap_or(u32::MAX)
            .saturating_mul(word_bits);
        let mut left = word;
        while left != 0 {
            cpus.push(first.saturating_add(left.trailing_zeros()));
            left &= left - 1;
        }
    }
    Ok(())
}

/// `sched_setaffinity` with a mask as long as the caller makes it.
pub(crate) fn set_affinity(pid: rustix::process::Pid, mask: &[libc::c_ulong]) -> Result<(), Errno> {
    // The raw call: libc's wrapper takes a `cpu_set_t` of 1,024 CPUs by type.
    // SAFETY: the kernel reads exactly `size_of_val(mask)` bytes from `mask`,
    // which is borrowed for the whole call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_sched_setaffinity,
            pid.as_raw_nonzero().get(),
            size_of_val(mask),
            mask.as_ptr(),
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(last_errno())
    }
}

/// `ioprio_set` for one process.
pub(crate) fn set_io_priority(pid: rustix::process::Pid, priority: i32) -> Result<(), Errno> {
    const IOPRIO_WHO_PROCESS: i32 = 1;
    // SAFETY: three integers; the call touches no memory of this process.
    let result = unsafe {
        libc::syscall(
            libc::SYS_ioprio_set,
            IOPRIO_WHO_PROCESS,
            pid.as_raw_nonzero().get(),
            priority,
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(last_errno())
    }
}

fn last_errno() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_that_is_too_small_is_grown() {
        let (mut small, mut usual) = (vec![0; 1], Vec::new());
        let (mut first, mut second) = (Vec::new(), Vec::new());
        affinity(std::process::id(), &mut small, &mut first).unwrap();
        affinity(std::process::id(), &mut usual, &mut second).unwrap();
        assert!(!first.is_empty());
        assert_eq!(first, second);
        assert!(first.is_sorted());
    }
}
