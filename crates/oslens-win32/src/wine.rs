//! Whether this Windows is Wine.

use std::{ffi::CStr, sync::OnceLock};

crate::optional! {
    /// Only Wine has it.
    fn wine_get_version in "ntdll.dll" () -> *const std::ffi::c_char;
}

/// The version of Wine, `None` on a real Windows.
///
/// Wine exports functions that end the program when they are called, so that
/// to look a function up is not enough there.
#[must_use]
pub fn wine_version() -> Option<&'static str> {
    static VERSION: OnceLock<Option<&'static str>> = OnceLock::new();
    *VERSION.get_or_init(|| {
        let version = wine_get_version::get()?;
        // SAFETY: it takes nothing and returns constant text that ends with
        // NUL.
        unsafe { CStr::from_ptr(version()) }.to_str().ok()
    })
}
