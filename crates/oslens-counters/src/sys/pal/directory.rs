//! Where the system is.

use std::path::PathBuf;

use oslens_win32::wide;
use windows_sys::Win32::System::SystemInformation::GetSystemDirectoryW;

use crate::Result;

/// Where the system's own programs are: those of the system's own kind, also
/// where this program is a 32-bit one on a 64-bit system.
pub(crate) fn system_directory() -> Result<PathBuf> {
    // It is on the system's volume, right below its directory.
    let mut units = [0; 1024];
    // SAFETY: so many units to write to.
    let length = unsafe { GetSystemDirectoryW(units.as_mut_ptr(), units.len() as u32) };
    match units.get(..length as usize) {
        Some(path) if !path.is_empty() => {
            let path = PathBuf::from(wide::text(path));
            // Only there, System32 is that of 32-bit programs and the other
            // has this name.
            let native = path.with_file_name("Sysnative");
            let is_other = cfg!(target_pointer_width = "32") && native.is_dir();
            Ok(if is_other { native } else { path })
        }
        _ => Err(oslens_win32::Error::last("GetSystemDirectoryW").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_has_its_programs_there() {
        let directory = system_directory().unwrap();
        assert!(directory.is_absolute(), "{}", directory.display());
        assert!(directory.join("lodctr.exe").is_file());
    }
}
