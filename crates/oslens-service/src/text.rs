//! Text of the system in the units that it uses.
//!
//! Windows gives 16-bit units, which [`OsString`] keeps there. Elsewhere this
//! serves the parsers in tests and fuzzing alone, and what is no text there is
//! replaced.

use std::ffi::{OsStr, OsString};

/// Text from 16-bit units.
pub(crate) fn from_units(units: &[u16]) -> OsString {
    #[cfg(windows)]
    {
        std::os::windows::ffi::OsStringExt::from_wide(units)
    }
    #[cfg(not(windows))]
    {
        String::from_utf16_lossy(units).into()
    }
}

/// The 16-bit units of a text.
pub(crate) fn units(text: &OsStr) -> Vec<u16> {
    #[cfg(windows)]
    {
        std::os::windows::ffi::OsStrExt::encode_wide(text).collect()
    }
    #[cfg(not(windows))]
    {
        text.to_string_lossy().encode_utf16().collect()
    }
}
