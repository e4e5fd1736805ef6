//! IOKit: disks, power sources and the power manager. The library is loaded
//! when it is first needed.

use std::{
    ffi::{CStr, CString},
    io,
    sync::OnceLock,
};

use super::{
    declare::Library,
    declared::{IO_NAME_SIZE, IoKit, KERN_SUCCESS, MACH_PORT_NULL, Port},
    foundation::Value,
};
use crate::sys::kernel::{
    BlockStorage, PowerSource,
    names::{self, unproved},
};

fn iokit() -> io::Result<&'static IoKit> {
    static IOKIT: OnceLock<Option<IoKit>> = OnceLock::new();
    const PATH: &CStr = c"/System/Library/Frameworks/IOKit.framework/IOKit";
    IOKIT
        .get_or_init(|| IoKit::find(&Library::load(PATH)?))
        .as_ref()
        .ok_or_else(|| io::ErrorKind::Unsupported.into())
}

/// An object of the registry, which is released when this is dropped.
struct Object {
    port: Port,
    iokit: &'static IoKit,
}

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: the port is this value's own, and is given back once.
        let _ = unsafe { (self.iokit.IOObjectRelease)(self.port) };
    }
}

impl Object {
    /// All services of a class.
    fn all(class: &str) -> io::Result<Vec<Self>> {
        let iokit = iokit()?;
        let class = CString::new(class)?;
        let mut iterator = MACH_PORT_NULL;
        // SAFETY: the name ends at a NUL. The dictionary that the first call
        // makes is used up by the second, also when it fails; a null one is
        // an error there. Port 0 is the usual one.
        let failed = unsafe {
            let matching = (iokit.IOServiceMatching)(class.as_ptr());
            if matching.is_null() {
                return Err(io::ErrorKind::OutOfMemory.into());
            }
            (iokit.IOServiceGetMatchingServices)(0, matching, &mut iterator)
        };
        if failed != KERN_SUCCESS {
            return Err(io::Error::other(format!(
                "IOServiceGetMatchingServices: {failed:#x}"
            )));
        }
        // There is none.
        if iterator == MACH_PORT_NULL {
            return Ok(Vec::new());
        }
        let iterator = Self {
            port: iterator,
            iokit,
        };
        let mut found = Vec::new();
        loop {
            // SAFETY: the iterator is alive; what it returns is the caller's.
            let port = unsafe { (iokit.IOIteratorNext)(iterator.port) };
            if port == MACH_PORT_NULL {
                return Ok(found);
            }
            found.push(Self { port, iokit });
        }
    }

    fn property(&self, key: &str) -> Option<Value> {
        let key = Value::text_of(key)?;
        // SAFETY: the object and the key are alive; a null allocator is the
        // usual one; what is created is the caller's.
        unsafe {
            Value::created((self.iokit.IORegistryEntryCreateCFProperty)(
                self.port,
                key.raw(),
                std::ptr::null(),
                0,
            ))
        }
    }

    /// What it hangs on in the registry.
    fn parent(&self) -> Option<Self> {
        let plane = CString::new(names::kIOServicePlane).ok()?;
        let mut port = MACH_PORT_NULL;
        // SAFETY: the object is alive, the name of the plane ends at a NUL, and
        // the port is writable; what is written there is the caller's.
        let failed = unsafe {
            (self.iokit.IORegistryEntryGetParentEntry)(self.port, plane.as_ptr(), &mut port)
        };
        (failed == KERN_SUCCESS && port != MACH_PORT_NULL).then_some(Self {
            port,
            iokit: self.iokit,
        })
    }

    fn is_a(&self, class: &str) -> bool {
        let Ok(class) = CString::new(class) else {
            return false;
        };
        // SAFETY: the object is alive, and the name ends at a NUL.
        unsafe { (self.iokit.IOObjectConformsTo)(self.port, class.as_ptr()) != 0 }
    }

    fn name(&self) -> Option<CString> {
        let mut name = [0_u8; IO_NAME_SIZE];
        // SAFETY: the object is alive, and the function writes at most as many
        // bytes as its type for names has, which the array has, too.
        let failed =
            unsafe { (self.iokit.IORegistryEntryGetName)(self.port, name.as_mut_ptr().cast()) };
        let name = CStr::from_bytes_until_nul(&name).ok()?;
        (failed == KERN_SUCCESS).then(|| name.to_owned())
    }
}

/// The whole disks, and what their drivers count.
pub(crate) fn block_storage() -> io::Result<Vec<BlockStorage>> {
    let disks = Object::all(unproved::kIOMediaClass)?;
    Ok(disks.iter().filter_map(storage).collect())
}

/// `None`: a part of a disk, or one that has no driver of its own, such as a
/// container of volumes.
fn storage(media: &Object) -> Option<BlockStorage> {
    if !media.property(unproved::kIOMediaWholeKey)?.boolean()? {
        return None;
    }
    let name = media.property(names::kIOBSDNameKey)?.text()?;
    let driver = media.parent()?;
    if !driver.is_a(unproved::kIOBlockStorageDriverClass) {
        return None;
    }
    let statistics = driver.property(unproved::kIOBlockStorageDriverStatisticsKey);
    let count = |key| {
        let number = statistics.as_ref()?.get(key)?.number()?;
        u64::try_from(number).ok()
    };
    let device = driver.parent();
    let about = device
        .as_ref()
        .and_then(|device| device.property(unproved::kIOPropertyDeviceCharacteristicsKey));
    let told = |key| about.as_ref()?.get(key)?.text();
    let part = |key| u32::try_from(media.property(key)?.number()?).ok();
    Some(BlockStorage {
        reads: count(unproved::kIOBlockStorageDriverStatisticsReadsKey),
        writes: count(unproved::kIOBlockStorageDriverStatisticsWritesKey),
        read_bytes: count(unproved::kIOBlockStorageDriverStatisticsBytesReadKey),
        write_bytes: count(unproved::kIOBlockStorageDriverStatisticsBytesWrittenKey),
        read_time: count(unproved::kIOBlockStorageDriverStatisticsTotalReadTimeKey),
        write_time: count(unproved::kIOBlockStorageDriverStatisticsTotalWriteTimeKey),
        size: media
            .property(unproved::kIOMediaSizeKey)
            .and_then(|size| u64::try_from(size.number()?).ok()),
        removable: media
            .property(unproved::kIOMediaRemovableKey)
            .and_then(|removable| removable.boolean()),
        model: told(unproved::kIOPropertyProductNameKey),
        number: part(names::kIOBSDMajorKey).zip(part(names::kIOBSDMinorKey)),
        writable: media
            .property(unproved::kIOMediaWritableKey)
            .and_then(|writable| writable.boolean()),
        medium: told(unproved::kIOPropertyMediumTypeKey),
        name,
    })
}

/// Batteries and what else gives power.
pub(crate) fn power_sources() -> io::Result<Vec<PowerSource>> {
    let iokit = iokit()?;
    // SAFETY: the call takes nothing; what it copies is the caller's.
    let Some(all) = (unsafe { Value::created((iokit.IOPSCopyPowerSourcesInfo)()) }) else {
        return Err(io::Error::other("nothing is told of power sources"));
    };
    // SAFETY: `all` is alive; what is copied is the caller's.
    let Some(list) = (unsafe { Value::created((iokit.IOPSCopyPowerSourcesList)(all.raw())) })
    else {
        return Err(io::Error::other("power sources are not listed"));
    };
    let sources = list.items();
    let described = sources.iter().filter_map(|source| {
        // SAFETY: both are alive, and keep the dictionary alive.
        unsafe {
            Value::got((iokit.IOPSGetPowerSourceDescription)(
                all.raw(),
                source.raw(),
            ))
        }
    });
    Ok(described.map(|about| power_source(&about)).collect())
}

fn power_source(about: &Value) -> PowerSource {
    let text = |key| about.get(key)?.text();
    let number = |key| about.get(key)?.number();
    let boolean = |key| about.get(key)?.boolean();
    PowerSource {
        name: text(names::kIOPSNameKey),
        kind: text(names::kIOPSTypeKey),
        is_present: boolean(names::kIOPSIsPresentKey),
        capacity: number(names::kIOPSCurrentCapacityKey),
        max_capacity: number(names::kIOPSMaxCapacityKey),
        state: text(names::kIOPSPowerSourceStateKey),
        is_charging: boolean(names::kIOPSIsChargingKey),
        is_charged: boolean(names::kIOPSIsChargedKey),
        minutes_to_empty: number(names::kIOPSTimeToEmptyKey),
        minutes_to_full: number(names::kIOPSTimeToFullChargeKey),
    }
}

/// The tables of the power manager of Apple's own processors.
pub(crate) fn voltage_states() -> io::Result<Vec<Vec<u8>>> {
    /// More than any of them has.
    const TABLES: u32 = 32;
    let devices = Object::all(unproved::POWER_MANAGER_CLASS)?;
    let is_manager = |name: CString| name.to_bytes() == unproved::POWER_MANAGER.as_bytes();
    let manager = devices
        .iter()
        .find(|device| device.name().is_some_and(is_manager));
    let Some(manager) = manager else {
        return Ok(Vec::new());
    };
    let tables = (0..TABLES)
        .filter_map(|number| manager.property(&unproved::voltage_states(number))?.bytes());
    Ok(tables.collect())
}
