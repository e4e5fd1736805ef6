//! Who is logged in.

use std::io;

/// The file has the records as they are in memory.
#[cfg(target_os = "openbsd")]
pub(super) fn logins(answer: &mut Vec<u8>) -> io::Result<()> {
    use std::io::Read as _;
    /// Records of 10,000 terminals.
    const LIMIT: u64 = 3_040_000;
    answer.clear();
    std::fs::File::open("/var/run/utmp")?
        .take(LIMIT)
        .read_to_end(answer)
        .map(drop)
}

/// The records of the C library, which knows where and how they are kept.
#[cfg(not(target_os = "openbsd"))]
pub(super) fn logins(answer: &mut Vec<u8>) -> io::Result<()> {
    use std::sync::{Mutex, PoisonError};

    #[cfg(target_os = "freebsd")]
    use crate::parse::layout::freebsd::system::Utmpx;
    #[cfg(target_os = "macos")]
    use crate::parse::layout::macos::system::Utmpx;
    #[cfg(target_os = "netbsd")]
    use crate::parse::layout::netbsd::system::Utmpx;

    /// The C library has one place in the list for the whole program.
    static PLACE: Mutex<()> = Mutex::new(());

    let _place = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
    answer.clear();
    // SAFETY: no other thread of this crate is between these calls, and they
    // take nothing.
    unsafe { setutxent() };
    for _ in 0..100_000 {
        // SAFETY: as above. The entry stays as it is until the next call.
        let entry = unsafe { getutxent() };
        if entry.is_null() {
            break;
        }
        // SAFETY: the entry is a structure of as many bytes as the table of
        // layouts has proved for the headers of this function.
        let bytes = unsafe { std::slice::from_raw_parts(entry.cast::<u8>(), size_of::<Utmpx>()) };
        answer.extend_from_slice(bytes);
    }
    // SAFETY: as above.
    unsafe { endutxent() };
    Ok(())
}

#[cfg(not(target_os = "openbsd"))]
unsafe extern "C" {
    fn setutxent();
    /// NetBSD has had another structure before.
    #[cfg_attr(target_os = "netbsd", link_name = "__getutxent50")]
    fn getutxent() -> *const libc::c_void;
    fn endutxent();
}
