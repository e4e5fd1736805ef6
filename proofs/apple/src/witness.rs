//! What others declare.

/// Made by programs of Apple's headers (objc2-*), or compared with them by a
/// program (libc).
pub(crate) mod generated {
    pub(crate) mod foundation {
        use core_foundation_sys::base::{CFRelease as release, CFRetain as retain, CFTypeRef};
        use objc2_core_foundation::{
            CFArray, CFBoolean, CFData, CFDictionary, CFNumber, CFString, CFTypeID, ConcreteType,
        };
        pub(crate) use objc2_core_foundation::{
            CFArrayGetCount, CFArrayGetValueAtIndex, CFBooleanGetValue, CFDataGetBytePtr,
            CFDataGetLength, CFDictionaryGetValue, CFGetTypeID, CFNumberGetValue,
            CFStringCreateWithCString, CFStringGetCString, CFStringGetLength,
            CFStringGetMaximumSizeForEncoding,
        };

        /// Methods of a type there.
        macro_rules! types {
            ($($name:ident: $type:ty,)*) => {$(
                pub(crate) extern "C-unwind" fn $name() -> CFTypeID {
                    <$type>::type_id()
                }
            )*};
        }

        types! {
            CFArrayGetTypeID: CFArray,
            CFBooleanGetTypeID: CFBoolean,
            CFDataGetTypeID: CFData,
            CFDictionaryGetTypeID: CFDictionary,
            CFNumberGetTypeID: CFNumber,
            CFStringGetTypeID: CFString,
        }

        // What it does with these it hides: the other witness speaks alone.
        pub(crate) unsafe extern "C-unwind" fn CFRelease(value: CFTypeRef) {
            // SAFETY: this is never called.
            unsafe { release(value) }
        }

        pub(crate) unsafe extern "C-unwind" fn CFRetain(value: CFTypeRef) -> CFTypeRef {
            // SAFETY: this is never called.
            unsafe { retain(value) }
        }
    }

    pub(crate) mod iokit {
        pub(crate) use objc2_io_kit::{
            IOIteratorNext, IOObjectRelease, IOPSCopyPowerSourcesInfo, IOPSCopyPowerSourcesList,
            IOPSGetPowerSourceDescription, IORegistryEntryCreateCFProperty, IORegistryEntryGetName,
            IORegistryEntryGetParentEntry, IOServiceGetMatchingServices, IOServiceMatching,
        };

        use core::ffi::c_char;

        /// What it returns is a `bool` there.
        pub(crate) unsafe extern "C-unwind" fn IOObjectConformsTo(
            object: objc2_io_kit::io_object_t,
            class: *mut [c_char; 128],
        ) -> libc::boolean_t {
            // SAFETY: this is never called.
            unsafe { objc2_io_kit::IOObjectConformsTo(object, class) }.into()
        }
    }

    pub(crate) mod system {
        pub(crate) use libc::{
            host_processor_info, host_statistics, host_statistics64, mach_host_self,
            mach_task_self_, task_info, vm_deallocate,
        };
        // libc has it not.
        pub(crate) use mach2::mach_port::mach_port_deallocate;
    }
}

/// Written by hand after Apple's headers, by others.
pub(crate) mod translated {
    pub(crate) mod foundation {
        use core::ffi::c_void;
        pub(crate) use core_foundation_sys::array::{
            CFArrayGetCount, CFArrayGetTypeID, CFArrayGetValueAtIndex,
        };
        pub(crate) use core_foundation_sys::base::{CFGetTypeID, CFRelease, CFRetain};
        pub(crate) use core_foundation_sys::data::{
            CFDataGetBytePtr, CFDataGetLength, CFDataGetTypeID,
        };
        pub(crate) use core_foundation_sys::dictionary::{
            CFDictionaryGetTypeID, CFDictionaryGetValue,
        };
        pub(crate) use core_foundation_sys::number::{
            CFBooleanGetTypeID, CFBooleanGetValue, CFNumberGetTypeID,
        };
        pub(crate) use core_foundation_sys::string::{
            CFStringCreateWithCString, CFStringGetCString, CFStringGetLength,
            CFStringGetMaximumSizeForEncoding, CFStringGetTypeID,
        };
        use objc2_core_foundation::{CFNumber, CFNumberGetValue as get, CFNumberType};

        /// It takes the number of a type for 32 bits, where the headers have a
        /// CFIndex: the other witness speaks alone.
        pub(crate) unsafe extern "C" fn CFNumberGetValue(
            number: &CFNumber,
            kind: CFNumberType,
            place: *mut c_void,
        ) -> bool {
            // SAFETY: this is never called.
            unsafe { get(number, kind, place) }
        }
    }

    pub(crate) mod iokit {
        pub(crate) use io_kit_sys::ps::power_sources::{
            IOPSCopyPowerSourcesInfo, IOPSCopyPowerSourcesList, IOPSGetPowerSourceDescription,
        };
        pub(crate) use io_kit_sys::{
            IOIteratorNext, IOObjectConformsTo, IOObjectRelease, IORegistryEntryCreateCFProperty,
            IORegistryEntryGetName, IORegistryEntryGetParentEntry, IOServiceGetMatchingServices,
            IOServiceMatching,
        };
    }

    pub(crate) mod system {
        pub(crate) use libc::{
            host_processor_info, host_statistics, host_statistics64, vm_deallocate,
        };
        pub(crate) use mach2::mach_init::mach_host_self;
        pub(crate) use mach2::mach_port::mach_port_deallocate;
        pub(crate) use mach2::task::task_info;
    }
}

/// Integers.
pub(crate) mod constants {
    use core::ffi::{c_char, c_int};
    use objc2_core_foundation::{CFNumberType, CFStringBuiltInEncodings};

    pub(crate) use libc::KERN_SUCCESS;
    pub(crate) use mach2::port::MACH_PORT_NULL;
    pub(crate) const kCFNumberSInt64Type: isize = CFNumberType::SInt64Type.0;
    pub(crate) const kCFStringEncodingUTF8: u32 = CFStringBuiltInEncodings::EncodingUTF8.0;
    pub(crate) const IO_NAME_SIZE: usize = room(objc2_io_kit::IORegistryEntryGetName);

    const fn room<const N: usize>(
        _: unsafe extern "C-unwind" fn(u32, *mut [c_char; N]) -> c_int,
    ) -> usize {
        N
    }
}

/// Names of IOKit.
pub(crate) mod names {
    pub(crate) use objc2_io_kit::{
        kIOBSDMajorKey, kIOBSDMinorKey, kIOBSDNameKey, kIOPSACPowerValue, kIOPSBatteryPowerValue,
        kIOPSCurrentCapacityKey, kIOPSInternalBatteryType, kIOPSIsChargedKey, kIOPSIsChargingKey,
        kIOPSIsPresentKey, kIOPSMaxCapacityKey, kIOPSNameKey, kIOPSPowerSourceStateKey,
        kIOPSTimeToEmptyKey, kIOPSTimeToFullChargeKey, kIOPSTypeKey, kIOPSUPSType, kIOServicePlane,
    };
}
