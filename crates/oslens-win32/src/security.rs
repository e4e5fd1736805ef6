//! Security descriptors and their text form, SDDL.

use std::{ffi::OsStr, ffi::OsString, ptr::NonNull};

use windows_sys::Win32::{
    Foundation::LocalFree,
    Security::{
        Authorization::{
            ConvertSecurityDescriptorToStringSecurityDescriptorW,
            ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
        },
        OBJECT_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR,
    },
};

use crate::{Error, Result, wide};

/// Memory that the system allocated for us.
#[derive(Debug)]
struct Local(NonNull<std::ffi::c_void>);

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: from the system's allocator, and freed once.
        unsafe { LocalFree(self.0.as_ptr()) };
    }
}

/// A self-relative security descriptor, made from SDDL.
#[derive(Debug)]
pub struct Descriptor {
    memory: Local,
    length: u32,
}

// SAFETY: plain memory that nobody else knows of and that does not change.
unsafe impl Send for Descriptor {}
// SAFETY: as above.
unsafe impl Sync for Descriptor {}

impl Descriptor {
    /// From text as `D:(A;;GA;;;SY)(A;;GA;;;BA)`.
    ///
    /// # Errors
    ///
    /// `ERROR_INVALID_PARAMETER`, `ERROR_INVALID_SID` and the like for text
    /// that is no SDDL.
    pub fn from_sddl(sddl: &OsStr) -> Result<Self> {
        const CALL: &str = "ConvertStringSecurityDescriptorToSecurityDescriptorW";
        let text = wide::with_nul(sddl)?;
        let mut pointer = std::ptr::null_mut();
        let mut length = 0;
        // SAFETY: text that ends with NUL; a pointer and a number to be filled
        // in.
        let done = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &mut pointer,
                &mut length,
            )
        };
        match NonNull::new(pointer) {
            Some(memory) if done != 0 => Ok(Self {
                memory: Local(memory),
                length,
            }),
            _ => Err(Error::last(CALL)),
        }
    }

    /// As the system's functions take it; it lives as long as `self`.
    #[must_use]
    pub fn as_ptr(&self) -> PSECURITY_DESCRIPTOR {
        self.memory.0.as_ptr()
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the system said that it is so long; it is self-relative, so
        // one piece of memory, and ours as long as `self`.
        unsafe { std::slice::from_raw_parts(self.as_ptr().cast(), self.length as usize) }
    }
}

/// The text form of these parts of a security descriptor.
///
/// # Errors
///
/// The system's, for bytes that it does not take for a descriptor.
///
/// # Safety
///
/// `descriptor` leads to a whole, valid security descriptor.
pub unsafe fn to_sddl(
    descriptor: PSECURITY_DESCRIPTOR,
    parts: OBJECT_SECURITY_INFORMATION,
) -> Result<OsString> {
    const CALL: &str = "ConvertSecurityDescriptorToStringSecurityDescriptorW";
    let mut pointer = std::ptr::null_mut();
    // SAFETY: a valid descriptor by contract; a pointer to be filled in. Its
    // length is that up to the NUL.
    let done = unsafe {
        ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor,
            SDDL_REVISION_1,
            parts,
            &mut pointer,
            std::ptr::null_mut(),
        )
    };
    let Some(memory) = NonNull::new(pointer.cast()).filter(|_| done != 0) else {
        return Err(Error::last(CALL));
    };
    let memory = Local(memory);
    // SAFETY: text that ends with NUL, alive until `memory` is dropped.
    Ok(unsafe { wide::text_at(memory.0.as_ptr().cast()) }.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::Security::DACL_SECURITY_INFORMATION;

    use super::*;

    #[test]
    fn sddl_comes_back() {
        let text = "D:(A;;GA;;;SY)(A;;GR;;;BA)";
        let descriptor = Descriptor::from_sddl(OsStr::new(text)).unwrap();
        assert!(descriptor.bytes().len() >= 20);
        // SAFETY: just made by the system.
        let back = unsafe { to_sddl(descriptor.as_ptr(), DACL_SECURITY_INFORMATION) }.unwrap();
        assert_eq!(back, text);
    }

    #[test]
    fn what_is_no_sddl_is_an_error() {
        assert!(Descriptor::from_sddl(OsStr::new("nonsense")).is_err());
        assert!(Descriptor::from_sddl(OsStr::new("D:\0")).is_err());
    }
}
