//! For tests: processes that nobody may open.

use std::os::windows::io::{AsRawHandle as _, BorrowedHandle};

use windows_sys::Win32::{
    Security::{
        ACL, ACL_REVISION, DACL_SECURITY_INFORMATION, InitializeAcl, InitializeSecurityDescriptor,
        SECURITY_DESCRIPTOR, SetKernelObjectSecurity, SetSecurityDescriptorDacl,
    },
    System::SystemServices::SECURITY_DESCRIPTOR_REVISION,
};

/// Takes every right to this object from everybody who has no handle yet.
pub(crate) fn deny_everybody(object: BorrowedHandle<'_>) -> bool {
    let mut list = ACL::default();
    let mut descriptor = SECURITY_DESCRIPTOR::default();
    let pointer = (&raw mut descriptor).cast();
    // SAFETY: structures of the sizes that are said, which outlive the calls
    // and do not move; an empty list has no entries behind it.
    unsafe {
        InitializeAcl(&mut list, size_of::<ACL>() as u32, ACL_REVISION) != 0
            && InitializeSecurityDescriptor(pointer, SECURITY_DESCRIPTOR_REVISION) != 0
            && SetSecurityDescriptorDacl(pointer, 1, &list, 0) != 0
            && SetKernelObjectSecurity(object.as_raw_handle(), DACL_SECURITY_INFORMATION, pointer)
                != 0
    }
}
