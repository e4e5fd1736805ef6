//! Programs and libraries, loaded for their resources alone.

use std::{ffi::c_void, path::Path};

use oslens_win32::{Error as Win32, wide};
use windows_sys::Win32::{
    Foundation::{FreeLibrary, HMODULE},
    Globalization::{GetSystemDefaultUILanguage, GetThreadUILanguage, GetUserDefaultUILanguage},
    System::LibraryLoader::{
        FindResourceExW, LOAD_LIBRARY_AS_DATAFILE, LOAD_LIBRARY_AS_IMAGE_RESOURCE, LoadLibraryExW,
        LoadResource, LockResource, SizeofResource,
    },
    System::Memory::{
        MEM_COMMIT, MEMORY_BASIC_INFORMATION, PAGE_GUARD, PAGE_NOACCESS, VirtualQuery,
    },
};

use crate::Result;

/// `RT_MESSAGETABLE`, as a number in place of a name.
const MESSAGE_TABLE: *const u16 = std::ptr::without_provenance(11);
/// The only name under which the system looks for messages.
const NAME: *const u16 = std::ptr::without_provenance(1);

/// A module without code.
struct Module(HMODULE);

impl Drop for Module {
    fn drop(&mut self) {
        // SAFETY: loaded by us, and freed once.
        unsafe { FreeLibrary(self.0) };
    }
}

impl Module {
    fn load(path: &Path) -> Result<Self> {
        let path = wide::with_nul(path.as_os_str())?;
        let flags = LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_IMAGE_RESOURCE;
        // SAFETY: a name that ends with NUL. As data, nothing of it is run.
        let module = unsafe { LoadLibraryExW(path.as_ptr(), std::ptr::null_mut(), flags) };
        if module.is_null() {
            return Err(Win32::last("LoadLibraryExW").into());
        }
        Ok(Self(module))
    }

    /// A copy of the message table that the system finds for a language: with
    /// 0, in whichever language there is one. Files with translations are the
    /// system's matter.
    fn message_table(&self, language: u16) -> Option<Vec<u8>> {
        // SAFETY: a module that is loaded, and numbers in place of names.
        let found = unsafe { FindResourceExW(self.0, MESSAGE_TABLE, NAME, language) };
        if found.is_null() {
            return None;
        }
        // SAFETY: a resource of this module; the memory that it is in is the
        // module's, also where it is that of its translation, and stays until
        // the module is freed.
        let (address, length) = unsafe {
            let loaded = LoadResource(self.0, found);
            (LockResource(loaded), SizeofResource(self.0, found))
        };
        if address.is_null() {
            return None;
        }
        let length = readable(address).min(length as usize);
        // SAFETY: so many bytes at least can be read there, as long as the
        // module, which `self` keeps. An image is not written to while it is
        // mapped.
        Some(unsafe { std::slice::from_raw_parts(address.cast::<u8>(), length) }.to_vec())
    }
}

/// How many bytes can be read from this address on. What a damaged file says
/// of its resources, their length or where they are, may be wrong.
fn readable(address: *const c_void) -> usize {
    /// What a page may be besides: one that is guarded can be read once, with
    /// an exception.
    const GUARDED: u32 = PAGE_GUARD | PAGE_NOACCESS;
    // SAFETY: plain numbers and pointers, for which zeros are values.
    let mut region: MEMORY_BASIC_INFORMATION = unsafe { std::mem::zeroed() };
    let length = size_of::<MEMORY_BASIC_INFORMATION>();
    // SAFETY: any address may be asked for; `length` bytes to be filled in.
    let filled = unsafe { VirtualQuery(address, &mut region, length) };
    if filled != length || region.State != MEM_COMMIT || region.Protect & GUARDED != 0 {
        return 0;
    }
    let within = (address as usize).saturating_sub(region.BaseAddress as usize);
    region.RegionSize.saturating_sub(within)
}

/// The message tables of a file, each once, in the order of these languages.
pub(crate) fn message_tables(path: &Path, languages: &[u16]) -> Result<Vec<(u16, Vec<u8>)>> {
    let module = Module::load(path)?;
    let mut tables: Vec<(u16, Vec<u8>)> = Vec::new();
    // At last in any language.
    for &language in languages.iter().chain(&[0]) {
        if let Some(table) = module.message_table(language) {
            if !tables.iter().any(|(_, known)| *known == table) {
                tables.push((language, table));
            }
        }
    }
    Ok(tables)
}

/// The languages of the thread, the user and the system.
pub(crate) fn user_languages() -> [u16; 3] {
    // SAFETY: these take nothing and return numbers.
    unsafe {
        [
            GetThreadUILanguage(),
            GetUserDefaultUILanguage(),
            GetSystemDefaultUILanguage(),
        ]
    }
}
