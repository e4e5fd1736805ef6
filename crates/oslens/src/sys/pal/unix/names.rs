//! Names of users and groups, from the system's name service.

use std::{
    ffi::{CStr, OsStr, OsString, c_char, c_int},
    mem::MaybeUninit,
    os::unix::ffi::OsStrExt as _,
    ptr,
};

/// No entry is larger: a group of 50,000 members fits.
const LIMIT: usize = 1 << 20;

/// The name of the user with this number.
pub(crate) fn user(uid: u32) -> Option<OsString> {
    with_buffer(|buffer| {
        let mut entry = MaybeUninit::<libc::passwd>::uninit();
        let mut found = ptr::null_mut();
        // SAFETY: `entry` and `found` are valid for writes, `buffer` is
        // writable for the length given, and all three outlive the call. The
        // function is the re-entrant one: it keeps nothing.
        let code = unsafe {
            libc::getpwuid_r(
                uid,
                entry.as_mut_ptr(),
                buffer.as_mut_ptr(),
                buffer.len(),
                &mut found,
            )
        };
        if code != 0 || found.is_null() {
            return Err(code);
        }
        // SAFETY: the call succeeded and `found` is not null, so that it
        // points to `entry`, which was filled in. `pw_name` is null or points
        // to a string with a NUL inside `buffer`, which is still borrowed.
        Ok(unsafe { name((*found).pw_name) })
    })
}

/// The name of the group with this number.
pub(crate) fn group(gid: u32) -> Option<OsString> {
    with_buffer(|buffer| {
        let mut entry = MaybeUninit::<libc::group>::uninit();
        let mut found = ptr::null_mut();
        // SAFETY: `entry` and `found` are valid for writes, `buffer` is
        // writable for the length given, and all three outlive the call. The
        // function is the re-entrant one: it keeps nothing.
        let code = unsafe {
            libc::getgrgid_r(
                gid,
                entry.as_mut_ptr(),
                buffer.as_mut_ptr(),
                buffer.len(),
                &mut found,
            )
        };
        if code != 0 || found.is_null() {
            return Err(code);
        }
        // SAFETY: the call succeeded and `found` is not null, so that it
        // points to `entry`, which was filled in. `gr_name` is null or points
        // to a string with a NUL inside `buffer`, which is still borrowed.
        Ok(unsafe { name((*found).gr_name) })
    })
}

/// Calls `lookup` with buffers of growing size while it says `ERANGE`.
fn with_buffer(
    mut lookup: impl FnMut(&mut [c_char]) -> Result<Option<OsString>, c_int>,
) -> Option<OsString> {
    let mut buffer: Vec<c_char> = vec![0; 1024];
    loop {
        match lookup(&mut buffer) {
            Ok(name) => return name,
            Err(libc::EINTR) => {}
            Err(libc::ERANGE) if buffer.len() < LIMIT => {
                buffer.resize(buffer.len().saturating_mul(4), 0);
            }
            // Systems disagree about what a missing entry is: 0, ENOENT,
            // ESRCH, EBADF, EPERM.
            Err(_) => return None,
        }
    }
}

/// # Safety
///
/// `pointer` is null or points to a string with a NUL.
unsafe fn name(pointer: *const c_char) -> Option<OsString> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: the caller promises it.
    let bytes = unsafe { CStr::from_ptr(pointer) }.to_bytes();
    (!bytes.is_empty()).then(|| OsStr::from_bytes(bytes).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_superuser_has_a_name_and_a_number_without_an_entry_has_none() {
        assert_eq!(user(0), Some(OsString::from("root")));
        assert!(group(0).is_some());
        assert_eq!(user(u32::MAX - 7), None);
        assert_eq!(group(u32::MAX - 7), None);
    }

    #[test]
    fn the_buffer_grows_as_far_as_the_limit() {
        let mut sizes = Vec::new();
        let name = with_buffer(|buffer| {
            sizes.push(buffer.len());
            if buffer.len() < 50_000 {
                Err(libc::ERANGE)
            } else {
                Ok(Some("x".into()))
            }
        });
        assert_eq!(name, Some(OsString::from("x")));
        assert_eq!(sizes, [1024, 4096, 16384, 65536]);
        assert_eq!(with_buffer(|_| Err(libc::ERANGE)), None);
    }
}
