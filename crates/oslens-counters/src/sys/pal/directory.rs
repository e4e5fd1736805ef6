//! Where the system is.

use std::path::PathBuf;

use oslens_win32::wide;
use windows_sys::Win32::System::SystemInformation::GetSystemDirectoryW;

use crate::Result;

/// Where the system's own programs are.
pub(crate) fn system_directory() -> Result<PathBuf> {
    // It is on the system's volume, right below its directory.
    let mut units = [0; 1024];
    // SAFETY: so many units to write to.
    let length = unsafe { GetSystemDirectoryW(units.as_mut_ptr(), units.len() as u32) };
    match units.get(..length as usize) {
        Some(path) if !path.is_empty() => Ok(wide::text(path).into()),
        _ => Err(oslens_win32::Error::last("GetSystemDirectoryW").into()),
    }
}
