//! How [`declared`](super::declared) is turned into what can be called.

use std::{ffi::CStr, ffi::c_void, ptr::NonNull};

/// A library that is loaded for as long as the program runs.
pub(super) struct Library(NonNull<c_void>);

// SAFETY: the handle is only used to look up symbols, which any thread may.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

impl Library {
    pub(super) fn load(path: &CStr) -> Option<Self> {
        // SAFETY: the path ends at a NUL. The library is one of the system's,
        // and what it does when it is loaded is safe in any thread.
        let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_LAZY | libc::RTLD_LOCAL) };
        NonNull::new(handle).map(Self)
    }

    /// The address of a symbol.
    pub(super) fn symbol(&self, name: &CStr) -> Option<NonNull<c_void>> {
        // SAFETY: the handle is that of a library that is never unloaded, and
        // the name ends at a NUL.
        NonNull::new(unsafe { libc::dlsym(self.0.as_ptr(), name.as_ptr()) })
    }
}

/// Declares functions of a library, to be looked up together.
macro_rules! functions {
    (
        $(#[$attribute:meta])*
        struct $table:ident = $library:ident {
            $(fn $name:ident($($argument:ty),*) $(-> $result:ty)?;)*
        }
    ) => {
        $(#[$attribute])*
        pub(crate) struct $table {
            $(pub(crate) $name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
        }

        impl $table {
            /// `None`: one of them is not there.
            pub(super) fn find(library: &$crate::sys::pal::macos::declare::Library) -> Option<Self> {
                Some(Self {
                    $($name: {
                        let name = concat!(stringify!($name), "\0");
                        let name = std::ffi::CStr::from_bytes_with_nul(name.as_bytes()).ok()?;
                        let symbol = library.symbol(name)?;
                        // SAFETY: the library's headers declare the function
                        // with this type, and the library is never unloaded.
                        unsafe {
                            std::mem::transmute::<
                                *mut std::ffi::c_void,
                                unsafe extern "C" fn($($argument),*) $(-> $result)?,
                            >(symbol.as_ptr())
                        }
                    },)*
                })
            }
        }
    };
}
pub(super) use functions;

/// Declares what the system's own library has.
macro_rules! linked {
    (
        $(static $place:ident: $type:ty;)*
        $(fn $name:ident($($argument:ty),*) $(-> $result:ty)?;)*
    ) => {
        unsafe extern "C" {
            $(pub(crate) static $place: $type;)*
            $(pub(crate) fn $name($(_: $argument),*) $(-> $result)?;)*
        }
    };
}
pub(super) use linked;

/// Declares constants.
macro_rules! constants {
    ($($(#[$attribute:meta])* $name:ident: $type:ty = $value:literal,)*) => {$(
        $(#[$attribute])*
        pub(crate) const $name: $type = $value;
    )*};
}
pub(super) use constants;
