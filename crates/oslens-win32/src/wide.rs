//! Text of Windows: 16-bit units that need not be well-formed UTF-16.
//!
//! [`OsString`] keeps them all, unpaired surrogates included.

use std::{
    ffi::{OsStr, OsString},
    os::windows::ffi::{OsStrExt, OsStringExt},
};

use crate::{Error, Result, bytes};

/// Text as the system takes it, with a NUL at its end.
///
/// # Errors
///
/// A NUL within, where the system would cut the text off.
pub fn with_nul(text: &OsStr) -> Result<Vec<u16>> {
    let mut units: Vec<u16> = text.encode_wide().collect();
    if units.contains(&0) {
        return Err(Error::Nul(text.to_string_lossy().into_owned()));
    }
    units.push(0);
    Ok(units)
}

/// Several texts as the system takes them: a NUL after each, and one more.
///
/// # Errors
///
/// A NUL within one of them, or an empty one, which would end the list.
pub fn list<T: AsRef<OsStr>>(texts: impl IntoIterator<Item = T>) -> Result<Vec<u16>> {
    let mut units = Vec::new();
    for text in texts {
        let text = with_nul(text.as_ref())?;
        if text.len() == 1 {
            return Err(Error::Malformed("a text of a list is empty".to_owned()));
        }
        units.extend(text);
    }
    if units.is_empty() {
        units.push(0);
    }
    units.push(0);
    Ok(units)
}

/// The texts of such a list, up to its end.
pub fn texts(units: &[u16]) -> impl Iterator<Item = OsString> + '_ {
    units
        .split(|&unit| unit == 0)
        .take_while(|text| !text.is_empty())
        .map(OsString::from_wide)
}

/// Text that the system wrote, all of it.
#[must_use]
pub fn text(units: &[u16]) -> OsString {
    OsString::from_wide(units)
}

/// Text that the system wrote into a longer buffer: all before the first NUL.
#[must_use]
pub fn text_until_nul(units: &[u16]) -> OsString {
    OsString::from_wide(bytes::until_nul(units))
}

/// Text from the bytes of a structure, all of it.
#[must_use]
pub fn text_of(bytes: &[u8]) -> OsString {
    let units: Vec<u16> = bytes::utf16(bytes).collect();
    OsString::from_wide(&units)
}

/// Text that a pointer of the system leads to, up to its NUL. `None` for a
/// null pointer.
///
/// # Safety
///
/// `pointer` is null or leads to units that end with a NUL.
#[must_use]
pub unsafe fn text_at(pointer: *const u16) -> Option<OsString> {
    if pointer.is_null() {
        return None;
    }
    let mut length = 0;
    // SAFETY: by contract there is a NUL at or behind each unit before it.
    while unsafe { *pointer.add(length) } != 0 {
        length += 1;
    }
    // SAFETY: so many units were just read.
    Some(text(unsafe { std::slice::from_raw_parts(pointer, length) }))
}

/// A path without `\\?\`, which not all that read paths of others understand;
/// as it is where it means something else without.
#[must_use]
pub fn without_prefix(path: &OsStr) -> &OsStr {
    /// No longer path is understood without it.
    const MAX_PATH: usize = 260;
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        // `\\?\UNC\server` is another kind.
        Some(plain) if plain.as_bytes().get(1..3) == Some(br":\") && plain.len() < MAX_PATH => {
            OsStr::new(plain)
        }
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpaired_surrogates_come_back() {
        let odd = [0x61, 0xd800, 0x62, 0xdc00];
        let text = text(&odd);
        assert_eq!(text.encode_wide().collect::<Vec<_>>(), odd);
        assert_eq!(with_nul(&text).unwrap(), [0x61, 0xd800, 0x62, 0xdc00, 0]);
        assert_eq!(text_of(&[0x61, 0, 0, 0xd8]), super::text(&odd[..2]));
    }

    #[test]
    fn lists_come_back() {
        let units = list(["ab", "c"]).unwrap();
        assert_eq!(units, [0x61, 0x62, 0, 0x63, 0, 0]);
        assert_eq!(texts(&units).collect::<Vec<_>>(), ["ab", "c"]);
        assert_eq!(list([""; 0]).unwrap(), [0, 0]);
        assert_eq!(texts(&[0, 0]).count(), 0);
        assert_eq!(texts(&[0x61]).collect::<Vec<_>>(), ["a"]);
        assert!(list(["a", ""]).is_err());
    }

    #[test]
    fn a_nul_ends_text_and_is_not_passed_on() {
        assert_eq!(text_until_nul(&[0x61, 0, 0x62]), "a");
        assert!(with_nul(OsStr::new("a\0b")).is_err());
        let units = [0x61, 0x62, 0];
        // SAFETY: it ends with a NUL.
        assert_eq!(unsafe { text_at(units.as_ptr()) }.unwrap(), "ab");
        // SAFETY: null is allowed.
        assert_eq!(unsafe { text_at(std::ptr::null()) }, None);
    }

    #[test]
    fn a_prefix_is_taken_off_where_that_changes_nothing() {
        let long = format!(r"\\?\C:\{}", "x".repeat(300));
        for (path, expected) in [
            (r"\\?\C:\a b\c.exe", r"C:\a b\c.exe"),
            (r"\\?\UNC\server\share", r"\\?\UNC\server\share"),
            (r"\\?\Volume{1}\a", r"\\?\Volume{1}\a"),
            (r"C:\a", r"C:\a"),
            (&long, &long),
        ] {
            assert_eq!(without_prefix(OsStr::new(path)), expected);
        }
    }
}
