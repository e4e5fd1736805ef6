//! Functions that not every supported system has.
//!
//! Linked by name they would keep the whole program from starting where one
//! is missing; here they are looked up once, when first needed.

use std::{
    ffi::CStr,
    sync::atomic::{AtomicUsize, Ordering},
};

use windows_sys::Win32::System::LibraryLoader::{
    GetProcAddress, LOAD_LIBRARY_SEARCH_SYSTEM32, LoadLibraryExA,
};

/// The address of a function, once it was looked for.
#[derive(Debug)]
pub struct Address(AtomicUsize);

const UNKNOWN: usize = 0;
const MISSING: usize = 1;

impl Address {
    /// One that was not looked for yet.
    #[must_use]
    pub const fn unknown() -> Self {
        Self(AtomicUsize::new(UNKNOWN))
    }

    /// The address, or `None` where the system does not have the function.
    #[must_use]
    pub fn get(&self, library: &CStr, name: &CStr) -> Option<usize> {
        // Relaxed: the address is the whole message, and two threads that look
        // it up at once find the same.
        let known = match self.0.load(Ordering::Relaxed) {
            UNKNOWN => {
                let found = look_up(library, name).unwrap_or(MISSING);
                self.0.store(found, Ordering::Relaxed);
                found
            }
            known => known,
        };
        (known != MISSING).then_some(known)
    }
}

/// The library stays loaded: its functions are used until the program ends.
fn look_up(library: &CStr, name: &CStr) -> Option<usize> {
    // SAFETY: a name that ends with NUL. Only the system's own directory is
    // searched, whose libraries may be loaded by anybody at any time.
    let module = unsafe {
        LoadLibraryExA(
            library.as_ptr().cast(),
            std::ptr::null_mut(),
            LOAD_LIBRARY_SEARCH_SYSTEM32,
        )
    };
    if module.is_null() {
        return None;
    }
    // SAFETY: a loaded library, and a name that ends with NUL.
    let function = unsafe { GetProcAddress(module, name.as_ptr().cast()) }?;
    Some(function as usize)
}

/// Declares functions of Windows that are looked up when first needed: `Name::get()` is
/// the function, or `None`. The declaration must be the system's; whoever
/// calls it keeps the function's contract.
#[macro_export]
macro_rules! optional {
    ($(
        $(#[$doc:meta])*
        fn $name:ident in $library:literal (
            $($argument:ident: $type:ty),* $(,)?
        ) $(-> $result:ty)?;
    )*) => {$(
        $(#[$doc])*
        #[allow(non_camel_case_types)]
        pub(crate) struct $name;

        impl $name {
            pub(crate) fn get()
            -> Option<unsafe extern "system" fn($($argument: $type),*) $(-> $result)?> {
                const LIBRARY: &std::ffi::CStr =
                    match std::ffi::CStr::from_bytes_with_nul(concat!($library, "\0").as_bytes()) {
                        Ok(name) => name,
                        Err(_) => panic!("a NUL in the name of a library"),
                    };
                const NAME: &std::ffi::CStr = match std::ffi::CStr::from_bytes_with_nul(
                    concat!(stringify!($name), "\0").as_bytes(),
                ) {
                    Ok(name) => name,
                    Err(_) => panic!("a NUL in the name of a function"),
                };
                static ADDRESS: $crate::optional::Address =
                    $crate::optional::Address::unknown();
                let address = ADDRESS.get(LIBRARY, NAME)?;
                // SAFETY: the address of the function with this name in a
                // library that stays loaded. The declaration is that of the
                // system's headers, and calling it is unsafe anew.
                Some(unsafe {
                    std::mem::transmute::<
                        usize,
                        unsafe extern "system" fn($($argument: $type),*) $(-> $result)?,
                    >(address)
                })
            }
        }
    )*};
}

#[cfg(test)]
mod tests {
    crate::optional! {
        fn GetTickCount64 in "kernel32.dll" () -> u64;
        fn OslensHasNoSuchFunction in "kernel32.dll" (number: u32);
        fn GetTickCount in "oslens-has-no-such-library.dll" () -> u32;
    }

    #[test]
    fn what_a_system_lacks_is_none() {
        for _ in 0..2 {
            assert!(OslensHasNoSuchFunction::get().is_none());
            assert!(GetTickCount::get().is_none());
            let ticks = GetTickCount64::get().unwrap();
            // SAFETY: it takes nothing and returns a number.
            assert!(unsafe { ticks() } > 0);
        }
    }
}
