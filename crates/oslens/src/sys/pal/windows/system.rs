//! Facts about the whole system.

use std::sync::OnceLock;

use windows_sys::Win32::System::SystemInformation::{GetNativeSystemInfo, SYSTEM_INFO};

/// Bytes of a page.
pub(crate) fn page_size() -> u64 {
    u64::from(native_system_info().page_size).max(1)
}

/// What the system says of the hardware; it does not change.
pub(crate) fn native_system_info() -> &'static SystemInfo {
    static INFO: OnceLock<SystemInfo> = OnceLock::new();
    INFO.get_or_init(|| {
        let mut info = SYSTEM_INFO::default();
        // SAFETY: a structure to be filled in, which outlives the call.
        unsafe { GetNativeSystemInfo(&mut info) };
        // SAFETY: the union is of the same four bytes, all of them written.
        let architecture = unsafe { info.Anonymous.Anonymous.wProcessorArchitecture };
        SystemInfo {
            page_size: info.dwPageSize,
            architecture,
        }
    })
}

/// Parts of the `SYSTEM_INFO`; that has pointers, which cannot be shared.
pub(crate) struct SystemInfo {
    pub(crate) page_size: u32,
    /// A `PROCESSOR_ARCHITECTURE`, that of the machine.
    pub(crate) architecture: u16,
}
