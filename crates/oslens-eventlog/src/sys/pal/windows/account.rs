//! Names of accounts.

use std::{ffi::OsStr, ptr::NonNull};

use oslens_win32::wide;
use windows_sys::Win32::{
    Foundation::LocalFree,
    Security::{Authorization::ConvertStringSidToSidW, LookupAccountSidW, PSID},
};

/// A security identifier that the system allocated.
struct Sid(NonNull<std::ffi::c_void>);

impl Drop for Sid {
    fn drop(&mut self) {
        // SAFETY: from the system's allocator, and freed once.
        unsafe { LocalFree(self.0.as_ptr()) };
    }
}

/// The name of this machine's or its domain's account with this identifier.
pub(crate) fn name(sid: &str) -> Option<String> {
    let text = wide::with_nul(OsStr::new(sid)).ok()?;
    let mut pointer: PSID = std::ptr::null_mut();
    // SAFETY: text that ends with NUL, and a pointer to be filled in.
    let done = unsafe { ConvertStringSidToSidW(text.as_ptr(), &mut pointer) };
    let sid = Sid(NonNull::new(pointer).filter(|_| done != 0)?);
    // Names have 256 units at most, domains too.
    let (mut name, mut domain) = ([0_u16; 512], [0_u16; 512]);
    let (mut name_length, mut domain_length) = (name.len() as u32, domain.len() as u32);
    let mut kind = 0;
    // SAFETY: null for this machine, a valid identifier, room for as many
    // units as the numbers say, numbers to be filled in.
    let done = unsafe {
        LookupAccountSidW(
            std::ptr::null(),
            sid.0.as_ptr(),
            name.as_mut_ptr(),
            &mut name_length,
            domain.as_mut_ptr(),
            &mut domain_length,
            &mut kind,
        )
    };
    if done == 0 {
        return None;
    }
    let name = wide::text_until_nul(&name).to_string_lossy().into_owned();
    let domain = wide::text_until_nul(&domain).to_string_lossy().into_owned();
    match (domain.is_empty(), name.is_empty()) {
        (true, true) => None,
        (true, false) => Some(name),
        (false, _) => Some(format!(r"{domain}\{name}")),
    }
}
