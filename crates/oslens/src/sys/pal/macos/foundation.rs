//! Values of CoreFoundation: numbers, texts, lists and dictionaries that IOKit
//! answers with. The library is loaded when it is first needed.

use std::{
    ffi::{CStr, CString, c_long, c_ulong, c_void},
    io,
    ptr::NonNull,
    sync::OnceLock,
};

use super::{
    declare::Library,
    declared::{Foundation, Raw, kCFNumberSInt64Type, kCFStringEncodingUTF8},
};

/// The functions of CoreFoundation.
pub(super) fn foundation() -> io::Result<&'static Foundation> {
    static FOUNDATION: OnceLock<Option<Foundation>> = OnceLock::new();
    const PATH: &CStr = c"/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation";
    FOUNDATION
        .get_or_init(|| Foundation::find(&Library::load(PATH)?))
        .as_ref()
        .ok_or_else(|| io::ErrorKind::Unsupported.into())
}

/// A value that is owned: it is released when this is dropped.
pub(super) struct Value {
    raw: NonNull<c_void>,
    foundation: &'static Foundation,
}

impl Drop for Value {
    fn drop(&mut self) {
        // SAFETY: the value is alive, because this owns one of its references,
        // which is given up once.
        unsafe { (self.foundation.CFRelease)(self.raw.as_ptr()) };
    }
}

impl Value {
    /// Takes what a function whose name has `Create` or `Copy` in it has
    /// returned. `None`: nothing.
    ///
    /// # Safety
    ///
    /// The value is null, or a reference to it belongs to the caller, who
    /// hands it over.
    pub(super) unsafe fn created(raw: Raw) -> Option<Self> {
        Some(Self {
            raw: NonNull::new(raw.cast_mut())?,
            foundation: foundation().ok()?,
        })
    }

    /// Keeps what a function whose name has `Get` in it has returned.
    ///
    /// # Safety
    ///
    /// The value is null, or alive now.
    pub(super) unsafe fn got(raw: Raw) -> Option<Self> {
        let foundation = foundation().ok()?;
        let raw = NonNull::new(raw.cast_mut())?;
        // SAFETY: the caller says that it is alive. From here on one of its
        // references is owned.
        unsafe { (foundation.CFRetain)(raw.as_ptr()) };
        Some(Self { raw, foundation })
    }

    pub(super) fn raw(&self) -> Raw {
        self.raw.as_ptr()
    }

    /// Text as a value: the name of a key.
    pub(super) fn text_of(text: &str) -> Option<Self> {
        let foundation = foundation().ok()?;
        let text = CString::new(text).ok()?;
        // SAFETY: the text ends at a NUL and is UTF-8; a null allocator is the
        // usual one. What is created is the caller's.
        unsafe {
            Self::created((foundation.CFStringCreateWithCString)(
                std::ptr::null(),
                text.as_ptr(),
                kCFStringEncodingUTF8,
            ))
        }
    }

    fn is(&self, id: unsafe extern "C" fn() -> c_ulong) -> bool {
        // SAFETY: the value is alive; the other function takes nothing.
        unsafe { (self.foundation.CFGetTypeID)(self.raw()) == id() }
    }

    /// The value of a dictionary that has this key.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        if !self.is(self.foundation.CFDictionaryGetTypeID) {
            return None;
        }
        let key = Self::text_of(key)?;
        // SAFETY: this is a dictionary, which is alive, and so are its key and
        // what it has for it.
        unsafe {
            Self::got((self.foundation.CFDictionaryGetValue)(
                self.raw(),
                key.raw(),
            ))
        }
    }

    /// The values of a list.
    pub(super) fn items(&self) -> Vec<Self> {
        if !self.is(self.foundation.CFArrayGetTypeID) {
            return Vec::new();
        }
        // SAFETY: this is a list, which is alive.
        let count = unsafe { (self.foundation.CFArrayGetCount)(self.raw()) };
        (0..count)
            // SAFETY: the list has so many values, which it keeps alive.
            .filter_map(|index| unsafe {
                Self::got((self.foundation.CFArrayGetValueAtIndex)(self.raw(), index))
            })
            .collect()
    }

    pub(super) fn number(&self) -> Option<i64> {
        if !self.is(self.foundation.CFNumberGetTypeID) {
            return None;
        }
        let mut number = 0_i64;
        // SAFETY: this is a number, which is alive, and there is room for 64
        // bits of it, which is what is asked for.
        let is_exact = unsafe {
            (self.foundation.CFNumberGetValue)(
                self.raw(),
                kCFNumberSInt64Type,
                std::ptr::from_mut(&mut number).cast(),
            )
        };
        (is_exact != 0).then_some(number)
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        if !self.is(self.foundation.CFBooleanGetTypeID) {
            return None;
        }
        // SAFETY: this is a boolean, which is alive.
        Some(unsafe { (self.foundation.CFBooleanGetValue)(self.raw()) } != 0)
    }

    pub(super) fn text(&self) -> Option<String> {
        if !self.is(self.foundation.CFStringGetTypeID) {
            return None;
        }
        // SAFETY: this is a text, which is alive; the other function takes
        // numbers alone.
        let most = unsafe {
            let length = (self.foundation.CFStringGetLength)(self.raw());
            (self.foundation.CFStringGetMaximumSizeForEncoding)(length, kCFStringEncodingUTF8)
        };
        let mut bytes = vec![0_u8; usize::try_from(most).ok()?.checked_add(1)?];
        let room = c_long::try_from(bytes.len()).ok()?;
        // SAFETY: this is a text, which is alive, and `bytes` has so much room
        // for it and the NUL behind it.
        let is_whole = unsafe {
            (self.foundation.CFStringGetCString)(
                self.raw(),
                bytes.as_mut_ptr().cast(),
                room,
                kCFStringEncodingUTF8,
            )
        };
        if is_whole == 0 {
            return None;
        }
        let text = CStr::from_bytes_until_nul(&bytes).ok()?;
        Some(text.to_string_lossy().into_owned())
    }

    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        if !self.is(self.foundation.CFDataGetTypeID) {
            return None;
        }
        // SAFETY: this is data, which is alive.
        let (bytes, length) = unsafe {
            (
                (self.foundation.CFDataGetBytePtr)(self.raw()),
                (self.foundation.CFDataGetLength)(self.raw()),
            )
        };
        let length = usize::try_from(length).ok()?;
        if bytes.is_null() || length == 0 {
            return Some(Vec::new());
        }
        // SAFETY: the data has so many bytes there, and stays as it is while
        // it is alive: nobody else can change what IOKit has created for us.
        Some(unsafe { std::slice::from_raw_parts(bytes, length) }.to_vec())
    }
}
