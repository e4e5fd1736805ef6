//! Whether this process is still the one that noted something, or a child
//! that was forked from it: without a system call, and however it was forked.

use std::{
    ptr,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Set in the numbers that are PIDs, see [`life`].
const IS_PID: u32 = 1 << 31;

/// A number that is the same as long as this process is, and another one in
/// each child that is forked, also by those who do not tell the C library.
///
/// The kernel wipes a page of memory when it copies the process (since
/// Linux 4.14). Without that it is the PID, for a system call.
pub(crate) fn life() -> u32 {
    static PAGE: OnceLock<Option<&'static AtomicU32>> = OnceLock::new();
    let page = match PAGE.get() {
        Some(&page) => page,
        None => {
            // Not set while it is made: the child of a fork at that moment
            // would wait for ever. Threads that are as quick leave a page.
            let new = wiped_page();
            *PAGE.get_or_init(|| new)
        }
    };
    match page {
        Some(page) => match page.load(Ordering::Relaxed) {
            0 => begin(page),
            life => life,
        },
        None => std::process::id() | IS_PID,
    }
}

/// The caller's PID, asked for once in a [`life`].
pub(crate) fn own_pid() -> u32 {
    static LIFE: AtomicU32 = AtomicU32::new(0);
    static PID: AtomicU32 = AtomicU32::new(0);
    let life = life();
    if life & IS_PID != 0 {
        return life & !IS_PID;
    }
    if LIFE.load(Ordering::Acquire) == life {
        return PID.load(Ordering::Relaxed);
    }
    // All threads find the same.
    let pid = std::process::id();
    PID.store(pid, Ordering::Relaxed);
    LIFE.store(life, Ordering::Release);
    pid
}

#[cold]
fn begin(page: &AtomicU32) -> u32 {
    /// How many there were, of this process and of those that it was forked
    /// from: a child counts on from what its parent had.
    static LIVES: AtomicU32 = AtomicU32::new(0);
    let new = (LIVES.fetch_add(1, Ordering::Relaxed) + 1) & !IS_PID;
    match page.compare_exchange(0, new, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => new,
        Err(known) => known,
    }
}

/// A page of zeros that is one of zeros again after a fork.
fn wiped_page() -> Option<&'static AtomicU32> {
    let size = rustix::param::page_size();
    // SAFETY: a new private mapping at an address that the kernel chooses: no
    // memory that is in use changes.
    let page = unsafe {
        libc::mmap(
            ptr::null_mut(),
            size,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if page == libc::MAP_FAILED {
        return None;
    }
    // Emulators that take advice which does not exist (qemu did) take this
    // one without following it, too.
    // SAFETY: advice about exactly the mapping made above, of which nobody
    // else knows.
    let is_wiped = unsafe {
        libc::madvise(page, size, -1) != 0 && libc::madvise(page, size, libc::MADV_WIPEONFORK) == 0
    };
    if !is_wiped {
        // SAFETY: the mapping made above, to which there is no reference.
        unsafe { libc::munmap(page, size) };
        return None;
    }
    // SAFETY: the mapping is aligned to a page, holds zeros, stays for ever,
    // and is used through this atomic alone. The kernel's wiping concerns
    // the child's copy, before any thread of it runs.
    Some(unsafe { AtomicU32::from_ptr(page.cast()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forked_child_has_another_life() {
        let here = (life(), own_pid());
        assert_eq!(here, (life(), std::process::id()));
        // SAFETY: the child calls nothing that is not allowed after a fork of
        // a program with threads: loads, stores and `getpid`, and `_exit`.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let is_other = life() != here.0 && life() == life() && own_pid() != here.1;
            // SAFETY: ends the child.
            unsafe { libc::_exit(i32::from(!is_other)) };
        }
        let mut status = -1;
        // SAFETY: waits for the child made above.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!(status, 0);
        assert_eq!(here, (life(), own_pid()));
    }
}
