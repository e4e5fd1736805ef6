//! Everything of CoreFoundation, IOKit and Mach that is called or known here.
//!
//! What this file has is proved by `proofs/apple`, which reads it too and
//! compares each line with crates that were made of Apple's own headers
//! (`cargo xtask cross`): the number of arguments, and the size, the sign and
//! what it points to of each and of the result; and the values of constants.

// The names of the headers.
#![allow(non_snake_case, non_upper_case_globals)]

use std::ffi::{c_char, c_int, c_long, c_uchar, c_uint, c_ulong, c_void};

use super::declare::{constants, functions, linked};

/// What all values of CoreFoundation are behind.
pub(crate) type Raw = *const c_void;

/// `mach_port_t`, and `io_object_t`, which is one.
pub(crate) type Port = c_uint;

/// `boolean_t`.
#[cfg(target_arch = "x86_64")]
pub(crate) type Truth = c_uint;
/// `boolean_t`.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) type Truth = c_int;

constants! {
    kCFStringEncodingUTF8: c_uint = 0x0800_0100,
    kCFNumberSInt64Type: c_long = 4,
    KERN_SUCCESS: c_int = 0,
    MACH_PORT_NULL: Port = 0,
    /// Characters of an `io_name_t`.
    IO_NAME_SIZE: usize = 128,
}

functions! {
    /// Of CoreFoundation.
    struct Foundation = foundation {
        fn CFRelease(Raw);
        fn CFRetain(Raw) -> Raw;
        fn CFGetTypeID(Raw) -> c_ulong;
        fn CFArrayGetTypeID() -> c_ulong;
        fn CFArrayGetCount(Raw) -> c_long;
        fn CFArrayGetValueAtIndex(Raw, c_long) -> Raw;
        fn CFBooleanGetTypeID() -> c_ulong;
        fn CFBooleanGetValue(Raw) -> c_uchar;
        fn CFDataGetTypeID() -> c_ulong;
        fn CFDataGetBytePtr(Raw) -> *const u8;
        fn CFDataGetLength(Raw) -> c_long;
        fn CFDictionaryGetTypeID() -> c_ulong;
        fn CFDictionaryGetValue(Raw, Raw) -> Raw;
        fn CFNumberGetTypeID() -> c_ulong;
        fn CFNumberGetValue(Raw, c_long, *mut c_void) -> c_uchar;
        fn CFStringGetTypeID() -> c_ulong;
        fn CFStringCreateWithCString(Raw, *const c_char, c_uint) -> Raw;
        fn CFStringGetCString(Raw, *mut c_char, c_long, c_uint) -> c_uchar;
        fn CFStringGetLength(Raw) -> c_long;
        fn CFStringGetMaximumSizeForEncoding(c_long, c_uint) -> c_long;
    }
}

functions! {
    /// Of IOKit.
    struct IoKit = iokit {
        fn IOServiceMatching(*const c_char) -> Raw;
        fn IOServiceGetMatchingServices(Port, Raw, *mut Port) -> c_int;
        fn IOIteratorNext(Port) -> Port;
        fn IOObjectRelease(Port) -> c_int;
        fn IOObjectConformsTo(Port, *const c_char) -> Truth;
        fn IORegistryEntryGetName(Port, *mut c_char) -> c_int;
        fn IORegistryEntryGetParentEntry(Port, *const c_char, *mut Port) -> c_int;
        fn IORegistryEntryCreateCFProperty(Port, Raw, Raw, c_uint) -> Raw;
        fn IOPSCopyPowerSourcesInfo() -> Raw;
        fn IOPSCopyPowerSourcesList(Raw) -> Raw;
        fn IOPSGetPowerSourceDescription(Raw, Raw) -> Raw;
    }
}

linked! {
    static mach_task_self_: Port;
    fn mach_host_self() -> Port;
    fn mach_port_deallocate(Port, Port) -> c_int;
    fn host_statistics(Port, c_int, *mut c_int, *mut c_uint) -> c_int;
    fn host_statistics64(Port, c_int, *mut c_int, *mut c_uint) -> c_int;
    fn host_processor_info(Port, c_int, *mut c_uint, *mut *mut c_int, *mut c_uint) -> c_int;
    fn task_info(Port, c_uint, *mut c_int, *mut c_uint) -> c_int;
    fn vm_deallocate(Port, usize, usize) -> c_int;
}
