//! Keys and values of the registry.
//!
//! On a 64-bit system the keys are those of 64-bit programs, whatever this
//! program is: a 32-bit one has keys of its own, which describe another
//! edition of Windows.

use std::{
    ffi::{OsStr, OsString},
    io,
    os::windows::ffi::OsStrExt as _,
};

use windows_sys::Win32::{
    Foundation::{ERROR_FILE_NOT_FOUND, ERROR_MORE_DATA, ERROR_NO_MORE_ITEMS, ERROR_SUCCESS},
    System::Registry::{
        HKEY, HKEY_LOCAL_MACHINE, KEY_QUERY_VALUE, KEY_READ, KEY_WOW64_64KEY, KEY_WRITE,
        REG_BINARY, REG_DWORD, REG_EXPAND_SZ, REG_MULTI_SZ, REG_OPTION_NON_VOLATILE, REG_QWORD,
        REG_SZ, RegCloseKey, RegCreateKeyExW, RegDeleteTreeW, RegDeleteValueW, RegEnumKeyExW,
        RegEnumValueW, RegOpenKeyExW, RegQueryValueExW, RegSetValueExW,
    },
};

use crate::{
    Error, Result,
    buffer::{Attempt, Buffer},
    bytes, wide,
};

/// No value that is read here is larger.
const MOST: usize = 16 << 20;
/// The longest name of a value, in units, and its NUL.
const LONGEST_NAME: usize = 16_384;

/// A key that is open.
#[derive(Debug)]
pub struct Key(HKEY);

// SAFETY: the system's functions take a key's handle in any thread.
unsafe impl Send for Key {}
// SAFETY: as above, also at once.
unsafe impl Sync for Key {}

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: opened by us, and closed once.
        unsafe { RegCloseKey(self.0) };
    }
}

/// What a value holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// `REG_SZ`.
    Text(OsString),
    /// `REG_EXPAND_SZ`: text with names of variables, `%SystemRoot%`, as it
    /// stands there.
    Expandable(OsString),
    /// `REG_MULTI_SZ`.
    Texts(Vec<OsString>),
    /// `REG_DWORD`.
    Number(u32),
    /// `REG_QWORD`.
    Long(u64),
    /// `REG_BINARY`.
    Bytes(Vec<u8>),
    /// Any other kind, or a number that is not as long as it should be: the
    /// kind and the bytes.
    Other(u32, Vec<u8>),
}

impl Value {
    fn read(kind: u32, bytes: &[u8]) -> Self {
        let units = || -> Vec<u16> { bytes::utf16(bytes).collect() };
        match kind {
            REG_SZ => Self::Text(wide::text_until_nul(&units())),
            REG_EXPAND_SZ => Self::Expandable(wide::text_until_nul(&units())),
            REG_MULTI_SZ => Self::Texts(wide::texts(&units()).collect()),
            REG_BINARY => Self::Bytes(bytes.to_vec()),
            REG_DWORD if bytes.len() == 4 => {
                bytes::u32_at(bytes, 0).map_or_else(|| Self::Other(kind, Vec::new()), Self::Number)
            }
            REG_QWORD if bytes.len() == 8 => {
                bytes::u64_at(bytes, 0).map_or_else(|| Self::Other(kind, Vec::new()), Self::Long)
            }
            _ => Self::Other(kind, bytes.to_vec()),
        }
    }

    /// The kind and the bytes.
    fn write(&self) -> Result<(u32, Vec<u8>)> {
        let bytes = |units: Vec<u16>| units.into_iter().flat_map(u16::to_le_bytes).collect();
        Ok(match self {
            Self::Text(text) => (REG_SZ, bytes(wide::with_nul(text)?)),
            Self::Expandable(text) => (REG_EXPAND_SZ, bytes(wide::with_nul(text)?)),
            Self::Texts(texts) => (REG_MULTI_SZ, bytes(wide::list(texts)?)),
            Self::Number(number) => (REG_DWORD, number.to_le_bytes().to_vec()),
            Self::Long(number) => (REG_QWORD, number.to_le_bytes().to_vec()),
            Self::Bytes(bytes) => (REG_BINARY, bytes.clone()),
            Self::Other(kind, bytes) => (*kind, bytes.clone()),
        })
    }

    /// The text of a `REG_SZ` or `REG_EXPAND_SZ`.
    #[must_use]
    pub fn as_text(&self) -> Option<&OsStr> {
        match self {
            Self::Text(text) | Self::Expandable(text) => Some(text),
            _ => None,
        }
    }

    /// The number of a `REG_DWORD`.
    #[must_use]
    pub fn as_number(&self) -> Option<u32> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

fn check(call: &'static str, code: u32) -> Result<()> {
    match code {
        ERROR_SUCCESS => Ok(()),
        code => Err(Error::code(call, code)),
    }
}

impl Key {
    /// Opens a key below `HKEY_LOCAL_MACHINE` to read it.
    ///
    /// # Errors
    ///
    /// `ERROR_FILE_NOT_FOUND` where there is none, `ERROR_ACCESS_DENIED`.
    pub fn open(path: &str) -> Result<Self> {
        Self::open_for(path, KEY_READ)
    }

    /// Opens a key below `HKEY_LOCAL_MACHINE` with these rights.
    ///
    /// # Errors
    ///
    /// `ERROR_FILE_NOT_FOUND` where there is none, `ERROR_ACCESS_DENIED`.
    pub fn open_for(path: &str, access: u32) -> Result<Self> {
        let path = wide::with_nul(OsStr::new(path))?;
        let mut key = std::ptr::null_mut();
        // SAFETY: a key that is always open, a name that ends with NUL, and a
        // handle to be filled in.
        let code = unsafe {
            RegOpenKeyExW(
                HKEY_LOCAL_MACHINE,
                path.as_ptr(),
                0,
                access | KEY_WOW64_64KEY,
                &mut key,
            )
        };
        check("RegOpenKeyExW", code).map(|()| Self(key))
    }

    /// Opens a key below `HKEY_LOCAL_MACHINE` to read and write it; it and
    /// those on the way to it are made where they are missing.
    ///
    /// # Errors
    ///
    /// `ERROR_ACCESS_DENIED`.
    pub fn create(path: &str) -> Result<Self> {
        let path = wide::with_nul(OsStr::new(path))?;
        let mut key = std::ptr::null_mut();
        // SAFETY: a key that is always open, a name that ends with NUL, and a
        // handle to be filled in; null for what is not wanted.
        let code = unsafe {
            RegCreateKeyExW(
                HKEY_LOCAL_MACHINE,
                path.as_ptr(),
                0,
                std::ptr::null(),
                REG_OPTION_NON_VOLATILE,
                KEY_READ | KEY_WRITE | KEY_WOW64_64KEY,
                std::ptr::null(),
                &mut key,
                std::ptr::null_mut(),
            )
        };
        check("RegCreateKeyExW", code).map(|()| Self(key))
    }

    /// Deletes a key below `HKEY_LOCAL_MACHINE` and all below it; whether
    /// there was one.
    ///
    /// # Errors
    ///
    /// `ERROR_ACCESS_DENIED`.
    pub fn delete_tree(path: &str) -> Result<bool> {
        let (parent, name) = path
            .rsplit_once('\\')
            .ok_or_else(|| Error::Malformed(format!("{path} has no parent that is kept")))?;
        let parent = match Self::open_for(parent, KEY_READ | KEY_WRITE) {
            Err(error) if error.raw() == Some(ERROR_FILE_NOT_FOUND) => return Ok(false),
            parent => parent?,
        };
        let name = wide::with_nul(OsStr::new(name))?;
        // An empty name would mean the parent's contents.
        if name.len() == 1 {
            return Err(Error::Malformed(format!("{path} names no key")));
        }
        // SAFETY: an open key, and a name that ends with NUL.
        match unsafe { RegDeleteTreeW(parent.0, name.as_ptr()) } {
            ERROR_FILE_NOT_FOUND => Ok(false),
            code => check("RegDeleteTreeW", code).map(|()| true),
        }
    }

    /// The value with this name; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The system's, as `ERROR_ACCESS_DENIED`.
    pub fn value(&self, name: &str) -> Result<Option<Value>> {
        const CALL: &str = "RegQueryValueExW";
        let name = wide::with_nul(OsStr::new(name))?;
        let mut kind = 0;
        let mut buffer = Buffer::new(256);
        let found = buffer.fill(CALL, MOST, |to, room| {
            let mut length = room;
            // SAFETY: an open key, a name that ends with NUL, `length` bytes
            // to write to, two numbers to be filled in.
            let code = unsafe {
                RegQueryValueExW(
                    self.0,
                    name.as_ptr(),
                    std::ptr::null(),
                    &mut kind,
                    to,
                    &mut length,
                )
            };
            match code {
                ERROR_SUCCESS => Attempt::Filled(length as usize),
                ERROR_MORE_DATA => Attempt::TooSmall(length as usize),
                code => Attempt::Failed(Error::code(CALL, code)),
            }
        });
        match found {
            Ok(bytes) => Ok(Some(Value::read(kind, bytes))),
            Err(error) if error.raw() == Some(ERROR_FILE_NOT_FOUND) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a value.
    ///
    /// # Errors
    ///
    /// The system's, as `ERROR_ACCESS_DENIED`; text with a NUL.
    pub fn set(&self, name: &str, value: &Value) -> Result<()> {
        let name = wide::with_nul(OsStr::new(name))?;
        let (kind, bytes) = value.write()?;
        let length = u32::try_from(bytes.len())
            .map_err(|_| Error::Malformed("a value of 4 GiB or more".to_owned()))?;
        // SAFETY: an open key, a name that ends with NUL, so many bytes.
        let code =
            unsafe { RegSetValueExW(self.0, name.as_ptr(), 0, kind, bytes.as_ptr(), length) };
        check("RegSetValueExW", code)
    }

    /// Deletes a value; whether there was one.
    ///
    /// # Errors
    ///
    /// The system's, as `ERROR_ACCESS_DENIED`.
    pub fn delete_value(&self, name: &str) -> Result<bool> {
        let name = wide::with_nul(OsStr::new(name))?;
        // SAFETY: an open key, and a name that ends with NUL.
        match unsafe { RegDeleteValueW(self.0, name.as_ptr()) } {
            ERROR_FILE_NOT_FOUND => Ok(false),
            code => check("RegDeleteValueW", code).map(|()| true),
        }
    }

    /// The names of the keys right below.
    ///
    /// # Errors
    ///
    /// The system's, as `ERROR_ACCESS_DENIED`.
    pub fn keys(&self) -> Result<Vec<OsString>> {
        names("RegEnumKeyExW", |index, name, length| {
            // SAFETY: an open key, `length` units to write to, null for what
            // is not wanted.
            unsafe {
                RegEnumKeyExW(
                    self.0,
                    index,
                    name,
                    length,
                    std::ptr::null(),
                    std::ptr::null_mut(),
                    std::ptr::null_mut(),
                    std::ptr::null_mut(),
                )
            }
        })
    }

    /// The names of the values.
    ///
    /// # Errors
    ///
    /// The system's, as `ERROR_ACCESS_DENIED`.
    pub fn values(&self) -> Result<Vec<OsString>> {
        names("RegEnumValueW", |index, name, length| {
            // SAFETY: an open key, `length` units to write to, null for what
            // is not wanted.
            unsafe {
                RegEnumValueW(
                    self.0,
                    index,
                    name,
                    length,
                    std::ptr::null(),
                    std::ptr::null_mut(),
                    std::ptr::null_mut(),
                    std::ptr::null_mut(),
                )
            }
        })
    }
}

/// Names, one after the other; `name` gets a pointer to as many units as the
/// number says, and writes there how many it wrote.
fn names(
    call: &'static str,
    mut name: impl FnMut(u32, *mut u16, &mut u32) -> u32,
) -> Result<Vec<OsString>> {
    let mut found = Vec::new();
    let mut units = vec![0; LONGEST_NAME];
    for index in 0.. {
        let mut length = LONGEST_NAME as u32;
        match name(index, units.as_mut_ptr(), &mut length) {
            ERROR_SUCCESS => {
                let units = units.get(..length as usize).unwrap_or(&units);
                found.push(wide::text(units));
            }
            ERROR_NO_MORE_ITEMS => break,
            code => return Err(Error::code(call, code)),
        }
    }
    Ok(found)
}

/// Text with each `%NAME%` replaced by the variable of this process with that
/// name; names of none stay.
#[must_use]
pub fn expand(text: &OsStr) -> OsString {
    const PERCENT: u16 = b'%' as u16;
    let units: Vec<u16> = text.encode_wide().collect();
    let mut expanded: Vec<u16> = Vec::with_capacity(units.len());
    let mut rest = units.as_slice();
    while let Some(start) = rest.iter().position(|&unit| unit == PERCENT) {
        let (before, after) = rest.split_at(start);
        expanded.extend(before);
        let name_and_rest = after.get(1..).unwrap_or_default();
        let end = name_and_rest.iter().position(|&unit| unit == PERCENT);
        let value = end
            .and_then(|end| name_and_rest.get(..end))
            .filter(|name| !name.is_empty())
            .and_then(|name| std::env::var_os(wide::text(name)));
        match (value, end) {
            (Some(value), Some(end)) => {
                expanded.extend(value.encode_wide());
                rest = name_and_rest.get(end + 1..).unwrap_or_default();
            }
            _ => {
                expanded.push(PERCENT);
                rest = name_and_rest;
            }
        }
    }
    expanded.extend(rest);
    wide::text(&expanded)
}

/// A text below `HKEY_LOCAL_MACHINE`.
///
/// # Errors
///
/// `ERROR_FILE_NOT_FOUND` where there is no such key or value.
pub fn text(key: &str, value: &str) -> Result<OsString> {
    match get(key, value)? {
        Value::Text(text) | Value::Expandable(text) => Ok(text),
        _ => Err(Error::Malformed(format!(r"{key}\{value} is no text"))),
    }
}

/// A number below `HKEY_LOCAL_MACHINE`.
///
/// # Errors
///
/// `ERROR_FILE_NOT_FOUND` where there is no such key or value.
pub fn number(key: &str, value: &str) -> Result<u32> {
    get(key, value)?
        .as_number()
        .ok_or_else(|| Error::Malformed(format!(r"{key}\{value} is no number of 32 bits")))
}

fn get(key: &str, value: &str) -> Result<Value> {
    let found = Key::open_for(key, KEY_QUERY_VALUE)?.value(value)?;
    found.ok_or_else(|| {
        let missing = io::Error::from_raw_os_error(ERROR_FILE_NOT_FOUND as i32);
        Error::Call("RegQueryValueExW", missing)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";

    #[test]
    fn values_are_read_and_what_is_missing_is_not_found() {
        assert!(!text(KEY, "ProductName").unwrap().is_empty());
        let error = text(KEY, "OslensHasNoSuchValue").unwrap_err();
        assert_eq!(error.raw(), Some(ERROR_FILE_NOT_FOUND), "{error}");
        assert!(number(KEY, "ProductName").is_err());
        assert!(Key::open(r"SOFTWARE\OslensHasNoSuchKey").is_err());
    }

    #[test]
    fn what_was_written_comes_back_until_it_is_deleted() {
        let path = format!(r"SOFTWARE\oslens-test-{}\below", std::process::id());
        let outer = path.rsplit_once('\\').unwrap().0.to_owned();
        let key = Key::create(&path).unwrap();
        let values = [
            ("text", Value::Text("a b".into())),
            ("expandable", Value::Expandable("%A%".into())),
            ("texts", Value::Texts(vec!["a".into(), "b".into()])),
            ("none", Value::Texts(Vec::new())),
            ("number", Value::Number(7)),
            ("long", Value::Long(u64::MAX)),
            ("bytes", Value::Bytes(vec![1; 1000])),
        ];
        for (name, value) in &values {
            key.set(name, value).unwrap();
        }
        let mut names = key.values().unwrap();
        names.sort();
        let mut expected: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        expected.sort_unstable();
        assert_eq!(names, expected);
        let again = Key::open(&path).unwrap();
        for (name, value) in &values {
            assert_eq!(again.value(name).unwrap().as_ref(), Some(value));
        }
        assert!(key.delete_value("text").unwrap());
        assert!(!key.delete_value("text").unwrap());
        assert_eq!(key.value("text").unwrap(), None);
        assert_eq!(Key::open(&outer).unwrap().keys().unwrap(), ["below"]);
        assert!(Key::delete_tree(&outer).unwrap());
        assert!(!Key::delete_tree(&outer).unwrap());
        assert!(Key::delete_tree("SOFTWARE").is_err());
    }

    #[test]
    fn variables_are_put_in_and_what_names_none_stays() {
        let root = std::env::var_os("SystemRoot").unwrap();
        let mut expected = root.clone();
        expected.push(r"\a");
        assert_eq!(expand(OsStr::new(r"%SystemRoot%\a")), expected);
        for text in ["100%", "%%", "%oslens has none%x", ""] {
            assert_eq!(expand(OsStr::new(text)), text);
        }
        let mut expected = OsString::from("50% ");
        expected.push(&root);
        assert_eq!(expand(OsStr::new("50% %SystemRoot%")), expected);
    }
}
