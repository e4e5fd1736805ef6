//! `pdh.dll`, loaded when it is first needed.

#[cfg(test)]
mod tests;

use std::{
    ffi::{OsStr, OsString, c_void},
    path::Path,
    time::SystemTime,
};

use oslens_win32::{
    Error as Win32Error,
    buffer::{Attempt, Buffer},
    optional, time, wide, wine_version,
};
use windows_sys::Win32::{
    Foundation::{FILETIME, SYSTEMTIME},
    System::{
        Performance::{
            PDH_COUNTER_INFO_W, PDH_INSUFFICIENT_BUFFER, PDH_MORE_DATA, PDH_NOEXPANDINSTANCES,
            PDH_RAW_COUNTER, PDH_RAW_COUNTER_ITEM_W, PERF_DETAIL_WIZARD,
        },
        Time::{FileTimeToSystemTime, SystemTimeToFileTime, TzSpecificLocalTimeToSystemTime},
    },
};

use crate::{
    Error, Language, Names, Result,
    pdh::{Handle, Info, Pdh, Raw, Status},
    registry::PerformanceKey as _,
    sys::pal::performance_key::Key,
};

/// No list of the library is larger.
const MOST: usize = 64 << 20;

type HQuery = *mut c_void;
type HCounter = *mut c_void;

optional! {
    fn PdhOpenQueryW in "pdh.dll" (source: *const u16, data: usize, query: *mut HQuery) -> u32;
    fn PdhCloseQuery in "pdh.dll" (query: HQuery) -> u32;
    fn PdhAddCounterW in "pdh.dll"
        (query: HQuery, path: *const u16, data: usize, counter: *mut HCounter) -> u32;
    fn PdhAddEnglishCounterW in "pdh.dll"
        (query: HQuery, path: *const u16, data: usize, counter: *mut HCounter) -> u32;
    fn PdhRemoveCounter in "pdh.dll" (counter: HCounter) -> u32;
    fn PdhCollectQueryData in "pdh.dll" (query: HQuery) -> u32;
    fn PdhCollectQueryDataWithTime in "pdh.dll" (query: HQuery, time: *mut i64) -> u32;
    fn PdhGetRawCounterValue in "pdh.dll"
        (counter: HCounter, kind: *mut u32, value: *mut PDH_RAW_COUNTER) -> u32;
    fn PdhGetRawCounterArrayW in "pdh.dll"
        (counter: HCounter, size: *mut u32, count: *mut u32, items: *mut PDH_RAW_COUNTER_ITEM_W)
        -> u32;
    fn PdhGetCounterInfoW in "pdh.dll"
        (counter: HCounter, help: u8, size: *mut u32, info: *mut PDH_COUNTER_INFO_W) -> u32;
    fn PdhGetCounterTimeBase in "pdh.dll" (counter: HCounter, base: *mut i64) -> u32;
    fn PdhExpandWildCardPathW in "pdh.dll"
        (source: *const u16, path: *const u16, list: *mut u16, length: *mut u32, flags: u32) -> u32;
    fn PdhEnumObjectsW in "pdh.dll"
        (source: *const u16, machine: *const u16, list: *mut u16, length: *mut u32, detail: u32,
         refresh: i32) -> u32;
    fn PdhEnumObjectItemsW in "pdh.dll"
        (source: *const u16, machine: *const u16, object: *const u16, counters: *mut u16,
         counters_length: *mut u32, instances: *mut u16, instances_length: *mut u32, detail: u32,
         flags: u32) -> u32;
}

/// The status that the library itself has for a function that is not there.
const FUNCTION_NOT_FOUND: u32 = 0xC000_0BBE;

#[cold]
fn missing(function: &'static str) -> Error {
    Error::code_of(function, FUNCTION_NOT_FOUND)
}

fn check(call: &'static str, status: u32) -> Result<()> {
    match status {
        0 => Ok(()),
        status => Err(Error::code_of(call, status)),
    }
}

/// A query of the library.
#[derive(Debug)]
pub(crate) struct PdhQuery {
    query: HQuery,
    /// The log that it reads, as the library takes it.
    log: Option<Vec<u16>>,
}

// SAFETY: the library's handles are of the process, not of a thread, and it
// has locks of its own.
unsafe impl Send for PdhQuery {}

impl Drop for PdhQuery {
    fn drop(&mut self) {
        if let Some(close) = PdhCloseQuery::get() {
            // SAFETY: opened by us and closed once, with all its counters.
            unsafe { close(self.query) };
        }
    }
}

fn text(units: &str) -> Result<Vec<u16>> {
    Ok(wide::with_nul(OsStr::new(units))?)
}

/// A machine as these functions want it, with the backslashes of its path.
fn machine_name(machine: Option<&str>) -> Result<Option<Vec<u16>>> {
    machine
        .map(|machine| text(&format!(r"\\{machine}")))
        .transpose()
}

fn lossy(text: OsString) -> String {
    text.to_string_lossy().into_owned()
}

/// What a list of the library needs: `PDH_MORE_DATA` with the length in
/// units, which is not to be relied on unless the room was 0.
fn attempt(call: &'static str, status: u32, units: u32) -> Attempt<Error> {
    match status {
        0 => Attempt::Filled(units as usize * 2),
        PDH_MORE_DATA | PDH_INSUFFICIENT_BUFFER => Attempt::TooSmall(units as usize * 2),
        status => Attempt::Failed(Error::code_of(call, status)),
    }
}

/// Where to write to: the library wants null for no room.
fn target<T>(to: *mut u8, room: u32) -> *mut T {
    if room == 0 {
        std::ptr::null_mut()
    } else {
        to.cast()
    }
}

/// A text that ends with NUL, or null.
fn pointer(text: Option<&Vec<u16>>) -> *const u16 {
    text.map_or(std::ptr::null(), Vec::as_ptr)
}

/// The texts of a list that the library wrote.
fn list(bytes: &[u8]) -> Vec<String> {
    let units: Vec<u16> = oslens_win32::bytes::utf16(bytes).collect();
    wide::texts(&units).map(lossy).collect()
}

impl PdhQuery {
    /// Whether the system has the library.
    pub(crate) fn exists() -> bool {
        PdhOpenQueryW::get().is_some()
    }

    /// A query of what is now, or of a log.
    pub(crate) fn open(log: Option<&Path>) -> Result<Self> {
        let log = log
            .map(|path| wide::with_nul(path.as_os_str()))
            .transpose()?;
        const CALL: &str = "PdhOpenQueryW";
        let Some(open) = PdhOpenQueryW::get() else {
            return Err(missing(CALL));
        };
        let source = pointer(log.as_ref());
        let mut query = std::ptr::null_mut();
        // SAFETY: the source is null, or a name that ends with NUL and
        // outlives the call; a handle to be filled in.
        check(CALL, unsafe { open(source, 0, &mut query) })?;
        Ok(Self { query, log })
    }

    fn source(&self) -> *const u16 {
        pointer(self.log.as_ref())
    }

    /// Like `Pdh::raw_array`, with errors.
    fn array(&self, counter: Handle) -> Result<Vec<(String, Raw)>> {
        const CALL: &str = "PdhGetRawCounterArrayW";
        let Some(get) = PdhGetRawCounterArrayW::get() else {
            return Err(missing(CALL));
        };
        let mut buffer = Buffer::new(0);
        let mut count = 0;
        buffer.fill(CALL, MOST, |to, room| {
            let mut size = room;
            // SAFETY: a counter of this query; `size` bytes to write to,
            // aligned for the items; two numbers to be filled in.
            let status = unsafe {
                get(
                    counter.0 as HCounter,
                    &mut size,
                    &mut count,
                    target(to, room),
                )
            };
            match status {
                0 => Attempt::Filled(size as usize),
                PDH_MORE_DATA | PDH_INSUFFICIENT_BUFFER => Attempt::TooSmall(size as usize),
                status => Attempt::Failed(Error::code_of(CALL, status)),
            }
        })?;
        let filled = buffer.bytes().len() / size_of::<PDH_RAW_COUNTER_ITEM_W>();
        let count = (count as usize).min(filled);
        let items = buffer.bytes().as_ptr().cast::<PDH_RAW_COUNTER_ITEM_W>();
        let mut found = Vec::with_capacity(count);
        for at in 0..count {
            // SAFETY: so many items are in what was filled, which is aligned
            // for them and initialised; all their parts are numbers and
            // pointers.
            let item = unsafe { items.add(at).read() };
            // SAFETY: the name is in the same buffer, and ends with NUL.
            let name = unsafe { wide::text_at(item.szName) };
            found.push((name.map(lossy).unwrap_or_default(), raw_of(&item.RawValue)));
        }
        Ok(found)
    }
}

fn raw_of(raw: &PDH_RAW_COUNTER) -> Raw {
    Raw {
        status: raw.CStatus,
        first: raw.FirstValue,
        second: raw.SecondValue,
        multi_count: raw.MultiCount,
    }
}

/// A time of a log: steps since 1601 by the clock on the wall.
fn of_local_clock(local: i64) -> Option<SystemTime> {
    let split = FILETIME {
        // The two halves.
        dwLowDateTime: (local & 0xFFFF_FFFF) as u32,
        dwHighDateTime: (local >> 32) as u32,
    };
    // SAFETY: plain numbers.
    let (mut wall, mut utc, mut file) = unsafe {
        (
            std::mem::zeroed::<SYSTEMTIME>(),
            std::mem::zeroed::<SYSTEMTIME>(),
            std::mem::zeroed::<FILETIME>(),
        )
    };
    // SAFETY: structures that live as long as the calls; null for the zone of
    // the system.
    let done = unsafe {
        FileTimeToSystemTime(&split, &mut wall) != 0
            && TzSpecificLocalTimeToSystemTime(std::ptr::null(), &wall, &mut utc) != 0
            && SystemTimeToFileTime(&utc, &mut file) != 0
    };
    let steps = u64::from(file.dwHighDateTime) << 32 | u64::from(file.dwLowDateTime);
    if done { time::system_time(steps) } else { None }
}

impl Pdh for PdhQuery {
    fn add(&mut self, path: &str, english: bool) -> Result<Handle> {
        let path = text(path)?;
        let mut counter = std::ptr::null_mut();
        let (call, add) = if english {
            ("PdhAddEnglishCounterW", PdhAddEnglishCounterW::get())
        } else {
            ("PdhAddCounterW", PdhAddCounterW::get())
        };
        let add = add.ok_or_else(|| missing(call))?;
        // SAFETY: an open query, a path that ends with NUL and outlives the
        // call, a handle to be filled in.
        let status = unsafe { add(self.query, path.as_ptr(), 0, &mut counter) };
        check(call, status)?;
        Ok(Handle(counter as usize))
    }

    fn remove(&mut self, counter: Handle) {
        if let Some(remove) = PdhRemoveCounter::get() {
            // SAFETY: a counter of this query, which its owner gives up.
            unsafe { remove(counter.0 as HCounter) };
        }
    }

    fn info(&mut self, counter: Handle, help: bool) -> Result<Info> {
        const CALL: &str = "PdhGetCounterInfoW";
        let Some(get) = PdhGetCounterInfoW::get() else {
            return Err(missing(CALL));
        };
        let mut buffer = Buffer::new(1024);
        buffer.fill(CALL, MOST, |to, room| {
            let mut size = room;
            // SAFETY: a counter of this query; `size` bytes to write to,
            // aligned for the structure.
            let status =
                unsafe { get(counter.0 as HCounter, u8::from(help), &mut size, to.cast()) };
            match status {
                0 => Attempt::Filled(size as usize),
                PDH_MORE_DATA | PDH_INSUFFICIENT_BUFFER => Attempt::TooSmall(size as usize),
                status => Attempt::Failed(Error::code_of(CALL, status)),
            }
        })?;
        if buffer.bytes().len() < size_of::<PDH_COUNTER_INFO_W>() {
            return Err(
                Win32Error::Malformed(format!("{CALL} wrote less than its structure")).into(),
            );
        }
        // SAFETY: what was filled is large enough for the structure, aligned
        // for it and initialised; all its parts are numbers and pointers.
        let info = unsafe { buffer.bytes().as_ptr().cast::<PDH_COUNTER_INFO_W>().read() };
        // SAFETY: texts in the same buffer that end with NUL, or null.
        let (path, explanation) = unsafe {
            (
                wide::text_at(info.szFullPath),
                wide::text_at(info.szExplainText),
            )
        };
        let mut time_base = 0;
        if let Some(get) = PdhGetCounterTimeBase::get() {
            // SAFETY: a counter of this query, and a number to be filled in.
            if unsafe { get(counter.0 as HCounter, &mut time_base) } != 0 {
                time_base = 0;
            }
        }
        Ok(Info {
            kind: info.dwType,
            default_scale: info.lDefaultScale,
            path: path.map(lossy).unwrap_or_default(),
            help: explanation
                .filter(|text| help && !text.is_empty())
                .map(lossy),
            time_base,
        })
    }

    fn collect(&mut self) -> Result<Option<SystemTime>, Status> {
        if self.is_log() {
            if let Some(collect) = PdhCollectQueryDataWithTime::get() {
                let mut time = 0;
                // SAFETY: an open query, and a number to be filled in.
                return match unsafe { collect(self.query, &mut time) } {
                    0 => Ok(of_local_clock(time)),
                    status => Err(status),
                };
            }
        }
        let collect = PdhCollectQueryData::get().ok_or(FUNCTION_NOT_FOUND)?;
        // SAFETY: an open query.
        match unsafe { collect(self.query) } {
            0 => Ok(None),
            status => Err(status),
        }
    }

    fn raw(&mut self, counter: Handle) -> Result<Raw, Status> {
        let get = PdhGetRawCounterValue::get().ok_or(FUNCTION_NOT_FOUND)?;
        let mut raw = PDH_RAW_COUNTER::default();
        // SAFETY: a counter of this query, and a structure to be filled in;
        // null for the type, which may be null.
        match unsafe { get(counter.0 as HCounter, std::ptr::null_mut(), &mut raw) } {
            0 => Ok(raw_of(&raw)),
            status => Err(status),
        }
    }

    fn raw_array(&mut self, counter: Handle) -> Result<Vec<(String, Raw)>, Status> {
        self.array(counter)
            .map_err(|error| error.code().unwrap_or(FUNCTION_NOT_FOUND))
    }

    fn expand_counters(&mut self, path: &str) -> Result<Vec<String>> {
        const CALL: &str = "PdhExpandWildCardPathW";
        let Some(expand) = PdhExpandWildCardPathW::get() else {
            return Err(missing(CALL));
        };
        let path = text(path)?;
        let mut buffer = Buffer::new(0);
        let bytes = buffer.fill(CALL, MOST, |to, room| {
            let mut length = room / 2;
            // SAFETY: null or a name, and a path, which end with NUL;
            // `length` units to write to.
            let status = unsafe {
                expand(
                    self.source(),
                    path.as_ptr(),
                    target(to, room),
                    &mut length,
                    PDH_NOEXPANDINSTANCES,
                )
            };
            attempt(CALL, status, length)
        })?;
        Ok(list(bytes))
    }

    fn has_wildcards(&self) -> bool {
        // Wine has the functions, but they end the program.
        wine_version().is_none()
            && PdhGetRawCounterArrayW::get().is_some()
            && PdhExpandWildCardPathW::get().is_some()
    }

    fn is_log(&self) -> bool {
        self.log.is_some()
    }

    fn objects(&mut self, machine: Option<&str>) -> Result<Vec<String>> {
        const CALL: &str = "PdhEnumObjectsW";
        if wine_version().is_some() {
            // It has the function, but it ends the program.
            return Err(missing(CALL));
        }
        let Some(list_objects) = PdhEnumObjectsW::get() else {
            return Err(missing(CALL));
        };
        let machine = machine_name(machine)?;
        let machine = pointer(machine.as_ref());
        let mut buffer = Buffer::new(0);
        let mut refresh = 1;
        let bytes = buffer.fill(CALL, MOST, |to, room| {
            let mut length = room / 2;
            // SAFETY: names that are null or end with NUL and outlive the
            // call; `length` units to write to.
            let status = unsafe {
                list_objects(
                    self.source(),
                    machine,
                    target(to, room),
                    &mut length,
                    PERF_DETAIL_WIZARD,
                    refresh,
                )
            };
            // Once is enough, and a second time it could have grown.
            refresh = 0;
            attempt(CALL, status, length)
        })?;
        Ok(list(bytes))
    }

    fn items(&mut self, machine: Option<&str>, object: &str) -> Result<(Vec<String>, Vec<String>)> {
        const CALL: &str = "PdhEnumObjectItemsW";
        let Some(list_items) = PdhEnumObjectItemsW::get() else {
            return Err(missing(CALL));
        };
        let machine = machine_name(machine)?;
        let machine = pointer(machine.as_ref());
        let object = text(object)?;
        let mut instances: Vec<u16> = Vec::new();
        let mut buffer = Buffer::new(0);
        let bytes = buffer.fill(CALL, MOST, |to, room| {
            let mut length = room / 2;
            let mut instances_length = u32::try_from(instances.len()).unwrap_or(u32::MAX);
            let to_instances = if instances.is_empty() {
                std::ptr::null_mut()
            } else {
                instances.as_mut_ptr()
            };
            // SAFETY: names that are null or end with NUL and outlive the
            // call; as many units to write to as each length says.
            let status = unsafe {
                list_items(
                    self.source(),
                    machine,
                    object.as_ptr(),
                    target(to, room),
                    &mut length,
                    to_instances,
                    &mut instances_length,
                    PERF_DETAIL_WIZARD,
                    0,
                )
            };
            if matches!(status, PDH_MORE_DATA | PDH_INSUFFICIENT_BUFFER) {
                // More may come in between.
                let wanted = instances_length as usize + instances_length as usize / 4 + 64;
                let wanted = wanted.max(instances.len() * 3 / 2).min(MOST / 2);
                instances = vec![0; wanted];
            }
            attempt(CALL, status, length)
        })?;
        let counters = list(bytes);
        let instances = wide::texts(&instances).map(lossy).collect();
        Ok((counters, instances))
    }

    fn names(&mut self, language: Language) -> Result<Names> {
        Ok(Names::parse(&Key::open().names(language)?))
    }
}
