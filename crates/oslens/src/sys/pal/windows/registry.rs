//! Values of the registry.

use std::ffi::{OsStr, OsString};

use windows_sys::Win32::{
    Foundation::{ERROR_MORE_DATA, ERROR_SUCCESS},
    System::Registry::{
        HKEY_LOCAL_MACHINE, REG_ROUTINE_FLAGS, RRF_RT_REG_DWORD, RRF_RT_REG_SZ,
        RRF_SUBKEY_WOW6464KEY, RegGetValueW,
    },
};

use super::{
    buffer::{Attempt, Buffer},
    error, wide,
};
use crate::{Result, parse::windows::bytes};

/// A text below `HKEY_LOCAL_MACHINE`.
pub(crate) fn text(key: &str, value: &str) -> Result<OsString> {
    let mut buffer = Buffer::new(128);
    let bytes = get(key, value, RRF_RT_REG_SZ, &mut buffer)?;
    let units: Vec<u16> = bytes::utf16(bytes).collect();
    Ok(wide::text_until_nul(&units))
}

/// A number below `HKEY_LOCAL_MACHINE`.
pub(crate) fn number(key: &str, value: &str) -> Result<u32> {
    let mut buffer = Buffer::new(16);
    let bytes = get(key, value, RRF_RT_REG_DWORD, &mut buffer)?;
    bytes::u32_at(bytes, 0)
        .ok_or_else(|| crate::Error::malformed(format!(r"{key}\{value}"), "a number of 32 bits"))
}

/// On a 64-bit system a 32-bit program has keys of its own, which name another
/// edition of Windows.
const VIEW: REG_ROUTINE_FLAGS = if cfg!(target_pointer_width = "32") {
    RRF_SUBKEY_WOW6464KEY
} else {
    0
};

fn get<'b>(
    key: &str,
    value: &str,
    kind: REG_ROUTINE_FLAGS,
    buffer: &'b mut Buffer,
) -> Result<&'b [u8]> {
    const CALL: &str = "RegGetValueW";
    let key = wide::with_nul(OsStr::new(key))?;
    let value = wide::with_nul(OsStr::new(value))?;
    buffer.fill(CALL, 1 << 20, |to, room| {
        let mut length = room;
        // SAFETY: names that end with NUL, a buffer of `length` bytes, and a
        // key that is always open; all of it outlives the call.
        let code = unsafe {
            RegGetValueW(
                HKEY_LOCAL_MACHINE,
                key.as_ptr(),
                value.as_ptr(),
                kind | VIEW,
                std::ptr::null_mut(),
                to.cast(),
                &mut length,
            )
        };
        match code {
            ERROR_SUCCESS => Attempt::Filled(length as usize),
            ERROR_MORE_DATA => Attempt::TooSmall(length as usize),
            code => Attempt::Failed(error::code(CALL, code)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    const KEY: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";

    #[test]
    fn values_are_read_and_what_is_missing_is_not_found() {
        assert!(!text(KEY, "ProductName").unwrap().is_empty());
        let error = text(KEY, "OslensHasNoSuchValue").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        assert!(number(KEY, "ProductName").is_err());
    }
}
