//! IOKit: disks, power sources and the power manager. The library is loaded
//! when it is first needed.

use std::{
    ffi::{CStr, CString, c_char, c_int, c_uint},
    io,
    sync::OnceLock,
};

use super::foundation::{Library, Raw, Value, functions};
use crate::sys::kernel::{BlockStorage, PowerSource};

/// `io_object_t`: a port.
type Port = c_uint;

functions! {
    /// Of IOKit.
    struct IoKit {
        fn IOServiceMatching(*const c_char) -> Raw;
        fn IOServiceGetMatchingServices(Port, Raw, *mut Port) -> c_int;
        fn IOIteratorNext(Port) -> Port;
        fn IOObjectRelease(Port) -> c_int;
        fn IOObjectConformsTo(Port, *const c_char) -> c_int;
        fn IORegistryEntryGetName(Port, *mut c_char) -> c_int;
        fn IORegistryEntryGetParentEntry(Port, *const c_char, *mut Port) -> c_int;
        fn IORegistryEntryCreateCFProperty(Port, Raw, Raw, c_uint) -> Raw;
        fn IOPSCopyPowerSourcesInfo() -> Raw;
        fn IOPSCopyPowerSourcesList(Raw) -> Raw;
        fn IOPSGetPowerSourceDescription(Raw, Raw) -> Raw;
    }
}

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
    fn all(class: &CStr) -> io::Result<Vec<Self>> {
        let iokit = iokit()?;
        let mut iterator = 0;
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
        if failed != 0 {
            return Err(io::Error::other(format!(
                "IOServiceGetMatchingServices: {failed:#x}"
            )));
        }
        let iterator = Self {
            port: iterator,
            iokit,
        };
        let mut found = Vec::new();
        loop {
            // SAFETY: the iterator is alive; what it returns is the caller's.
            let port = unsafe { (iokit.IOIteratorNext)(iterator.port) };
            if port == 0 {
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
        let mut port = 0;
        // SAFETY: the object is alive, the name of the plane ends at a NUL, and
        // the port is writable; what is written there is the caller's.
        let failed = unsafe {
            (self.iokit.IORegistryEntryGetParentEntry)(self.port, c"IOService".as_ptr(), &mut port)
        };
        (failed == 0 && port != 0).then_some(Self {
            port,
            iokit: self.iokit,
        })
    }

    fn is_a(&self, class: &CStr) -> bool {
        // SAFETY: the object is alive, and the name ends at a NUL.
        unsafe { (self.iokit.IOObjectConformsTo)(self.port, class.as_ptr()) != 0 }
    }

    fn name(&self) -> Option<CString> {
        /// `io_name_t`.
        const ROOM: usize = 128;
        let mut name = [0_u8; ROOM];
        // SAFETY: the object is alive, and the function writes at most as many
        // bytes as its type for names has, which the array has, too.
        let failed =
            unsafe { (self.iokit.IORegistryEntryGetName)(self.port, name.as_mut_ptr().cast()) };
        let name = CStr::from_bytes_until_nul(&name).ok()?;
        (failed == 0).then(|| name.to_owned())
    }
}

/// The whole disks, and what their drivers count.
pub(crate) fn block_storage() -> io::Result<Vec<BlockStorage>> {
    let disks = Object::all(c"IOMedia")?;
    Ok(disks.iter().filter_map(storage).collect())
}

/// `None`: a part of a disk, or one that has no driver of its own, such as a
/// container of volumes.
fn storage(media: &Object) -> Option<BlockStorage> {
    if !media.property("Whole")?.boolean()? {
        return None;
    }
    let name = media.property("BSD Name")?.text()?;
    let driver = media.parent()?;
    if !driver.is_a(c"IOBlockStorageDriver") {
        return None;
    }
    let statistics = driver.property("Statistics");
    let count = |key| {
        let number = statistics.as_ref()?.get(key)?.number()?;
        u64::try_from(number).ok()
    };
    Some(BlockStorage {
        reads: count("Operations (Read)"),
        writes: count("Operations (Write)"),
        read_bytes: count("Bytes (Read)"),
        write_bytes: count("Bytes (Write)"),
        read_time: count("Total Time (Read)"),
        write_time: count("Total Time (Write)"),
        size: media
            .property("Size")
            .and_then(|size| u64::try_from(size.number()?).ok()),
        removable: media
            .property("Removable")
            .and_then(|removable| removable.boolean()),
        model: driver
            .parent()
            .and_then(|device| device.property("Device Characteristics"))
            .and_then(|about| about.get("Product Name")?.text())
            .map(|model| model.trim().to_owned())
            .filter(|model| !model.is_empty()),
        name,
    })
}

/// Batteries and what else gives power.
pub(crate) fn power_sources() -> io::Result<Vec<PowerSource>> {
    let iokit = iokit()?;
    // SAFETY: the call takes nothing; what it copies is the caller's.
    let Some(all) = (unsafe { Value::created((iokit.IOPSCopyPowerSourcesInfo)()) }) else {
        return Ok(Vec::new());
    };
    // SAFETY: `all` is alive; what is copied is the caller's.
    let Some(list) = (unsafe { Value::created((iokit.IOPSCopyPowerSourcesList)(all.raw())) })
    else {
        return Ok(Vec::new());
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
        name: text("Name"),
        kind: text("Type"),
        is_present: boolean("Is Present"),
        capacity: number("Current Capacity"),
        max_capacity: number("Max Capacity"),
        state: text("Power Source State"),
        is_charging: boolean("Is Charging"),
        is_charged: boolean("Is Charged"),
        minutes_to_empty: number("Time to Empty"),
        minutes_to_full: number("Time to Full Charge"),
    }
}

/// The tables of the power manager of Apple's own processors.
pub(crate) fn voltage_states() -> io::Result<Vec<Vec<u8>>> {
    /// More than any of them has.
    const TABLES: u32 = 32;
    let devices = Object::all(c"AppleARMIODevice")?;
    let manager = devices
        .iter()
        .find(|device| device.name().is_some_and(|name| name.as_c_str() == c"pmgr"));
    let Some(manager) = manager else {
        return Ok(Vec::new());
    };
    let tables = (0..TABLES).filter_map(|number| {
        manager
            .property(&format!("voltage-states{number}-sram"))?
            .bytes()
    });
    Ok(tables.collect())
}
