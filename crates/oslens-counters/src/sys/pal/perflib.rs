//! PerfLib V2: providers, and instances whose counters it reads by reference.
//!
//! The functions are looked up: Nano Server and Wine lack some of their kind.

use std::{
    ffi::{OsStr, c_void},
    mem::ManuallyDrop,
    ptr::NonNull,
    sync::{Arc, Mutex, PoisonError},
};

use oslens_win32::wide;
use windows_sys::{
    Win32::{
        Foundation::HANDLE,
        System::Performance::{
            PERF_COUNTER_INFO, PERF_COUNTERSET_INFO, PERF_COUNTERSET_INSTANCE,
            PERF_PROVIDER_CONTEXT,
        },
    },
    core::GUID,
};

use crate::{Error, ErrorKind, Result, definition::Guid, publish::Cells};

oslens_win32::optional! {
    fn PerfStartProviderEx in "advapi32.dll" (
        provider: *const GUID,
        context: *const PERF_PROVIDER_CONTEXT,
        handle: *mut HANDLE,
    ) -> u32;
    fn PerfStopProvider in "advapi32.dll" (provider: HANDLE) -> u32;
    fn PerfSetCounterSetInfo in "advapi32.dll" (
        provider: HANDLE,
        template: *mut PERF_COUNTERSET_INFO,
        size: u32,
    ) -> u32;
    fn PerfCreateInstance in "advapi32.dll" (
        provider: HANDLE,
        set: *const GUID,
        name: *const u16,
        id: u32,
    ) -> *mut PERF_COUNTERSET_INSTANCE;
    fn PerfDeleteInstance in "advapi32.dll" (
        provider: HANDLE,
        instance: *const PERF_COUNTERSET_INSTANCE,
    ) -> u32;
    fn PerfSetCounterRefValue in "advapi32.dll" (
        provider: HANDLE,
        instance: *mut PERF_COUNTERSET_INSTANCE,
        counter: u32,
        address: *const c_void,
    ) -> u32;
}

fn missing(function: &'static str) -> impl FnOnce() -> Error {
    move || {
        Error::message(
            ErrorKind::Unsupported,
            format!("{function}: not in this version of Windows"),
        )
    }
}

fn check(call: &'static str, code: u32) -> Result<()> {
    match code {
        0 => Ok(()),
        // ERROR_NOT_FOUND: no such counter or set in the template.
        1168 => Err(Error::message(
            ErrorKind::NotFound,
            format!("{call}: the system knows no such counter set or counter (1168)"),
        )),
        code => Err(Error::code_of(call, code)),
    }
}

fn guid(of: Guid) -> GUID {
    GUID::from_u128(of.to_u128())
}

/// A provider that was started; stopped when it is dropped.
#[derive(Debug)]
pub(crate) struct Provider {
    handle: HANDLE,
    /// Held while instances come and go: that the system's functions may run
    /// at once is not documented, and those of Wine 10 may not.
    instances: Mutex<()>,
}

// SAFETY: the handle is no thread's own; what changes the provider's lists is
// called with the mutex held.
unsafe impl Send for Provider {}
// SAFETY: as above.
unsafe impl Sync for Provider {}

impl Provider {
    pub(crate) fn start(provider: Guid) -> Result<Self> {
        let start = PerfStartProviderEx::get().ok_or_else(missing("PerfStartProviderEx"))?;
        // Without this one it would have to run until the program ends.
        PerfStopProvider::get().ok_or_else(missing("PerfStopProvider"))?;
        let context = PERF_PROVIDER_CONTEXT {
            ContextSize: size_of::<PERF_PROVIDER_CONTEXT>() as u32,
            Reserved: 0,
            ControlCallback: None,
            MemAllocRoutine: None,
            MemFreeRoutine: None,
            pMemContext: std::ptr::null_mut(),
        };
        let mut handle = std::ptr::null_mut();
        // SAFETY: a GUID, a context of its size with no functions to be
        // called, and a handle to be filled in.
        let code = unsafe { start(&guid(provider), &context, &mut handle) };
        check("PerfStartProviderEx", code)?;
        Ok(Self {
            handle,
            instances: Mutex::new(()),
        })
    }

    /// Adds a counter set. The system keeps a copy of the template.
    pub(crate) fn add_set(&self, template: &mut [u64]) -> Result<()> {
        const CALL: &str = "PerfSetCounterSetInfo";
        let add = PerfSetCounterSetInfo::get().ok_or_else(missing(CALL))?;
        // The number of counters is behind two GUIDs, in the lower half.
        let counters = template.get(4).map_or(0, |unit| *unit as u32);
        let needed = (counters as usize)
            .saturating_mul(size_of::<PERF_COUNTER_INFO>())
            .saturating_add(size_of::<PERF_COUNTERSET_INFO>());
        let size = u32::try_from(size_of_val(template)).unwrap_or(u32::MAX);
        if size_of_val(template) < needed {
            return check(CALL, 87);
        }
        let _held = self
            .instances
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // SAFETY: a provider that was started, and memory of that size,
        // aligned to 8 bytes, that is ours to write to, with as many counters
        // as it says.
        let code = unsafe { add(self.handle, template.as_mut_ptr().cast(), size) };
        check(CALL, code)
    }

    /// Makes an instance whose counters are these numbers, for as long as what
    /// is returned lives.
    pub(crate) fn register(
        self: &Arc<Self>,
        set: Guid,
        name: &str,
        id: u32,
        cells: Arc<Cells>,
    ) -> Result<Registration> {
        const CALL: &str = "PerfCreateInstance";
        let create = PerfCreateInstance::get().ok_or_else(missing(CALL))?;
        let refer = PerfSetCounterRefValue::get().ok_or_else(missing("PerfSetCounterRefValue"))?;
        PerfDeleteInstance::get().ok_or_else(missing("PerfDeleteInstance"))?;
        let name = wide::with_nul(OsStr::new(name))?;
        let held = self
            .instances
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // SAFETY: a provider that was started, a GUID, a name that ends with
        // NUL; an instance that is ours to delete or null out.
        let block = unsafe { create(self.handle, &guid(set), name.as_ptr(), id) };
        let Some(block) = NonNull::new(block) else {
            let error = std::io::Error::last_os_error();
            return Err(check(CALL, error.raw_os_error().unwrap_or_default() as u32)
                .err()
                .unwrap_or_else(|| Error::message(ErrorKind::Os, format!("{CALL} failed"))));
        };
        drop(held);
        // From here on it is deleted when this function fails.
        let registration = Registration {
            provider: Arc::clone(self),
            block,
            cells: ManuallyDrop::new(cells),
        };
        for cell in registration.cells.iter() {
            // SAFETY: a provider that was started, an instance of it that was
            // not deleted. The number has 8 bytes, as many as the system reads
            // at most; it stays where it is as long as `cells` lives, which is
            // until the instance is deleted, and is changed by atomic
            // instructions alone.
            let code = unsafe {
                refer(
                    self.handle,
                    block.as_ptr(),
                    cell.id,
                    cell.value.as_ptr().cast(),
                )
            };
            check("PerfSetCounterRefValue", code)?;
        }
        Ok(registration)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Some(stop) = PerfStopProvider::get() {
            // SAFETY: a provider that was started and is stopped once; each
            // instance holds it, so none is left.
            unsafe { stop(self.handle) };
        }
    }
}

/// An instance that the system has; deleted when it is dropped.
#[derive(Debug)]
pub(crate) struct Registration {
    provider: Arc<Provider>,
    block: NonNull<PERF_COUNTERSET_INSTANCE>,
    /// What the system reads.
    cells: ManuallyDrop<Arc<Cells>>,
}

// SAFETY: the block is no thread's own, and only the system's functions and
// `drop` get it.
unsafe impl Send for Registration {}
// SAFETY: as above; nothing is changed through a shared reference.
unsafe impl Sync for Registration {}

impl Drop for Registration {
    fn drop(&mut self) {
        let deleted = PerfDeleteInstance::get().is_some_and(|delete| {
            let _held = self
                .provider
                .instances
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            // SAFETY: a provider that was started, an instance of it that is
            // deleted once.
            unsafe { delete(self.provider.handle, self.block.as_ptr()) == 0 }
        });
        // An instance that the system still has, has it read the numbers: then
        // they stay until the program ends.
        if deleted {
            // SAFETY: dropped once, and not used afterwards.
            unsafe { ManuallyDrop::drop(&mut self.cells) };
        }
    }
}

#[cfg(test)]
impl Registration {
    /// The bytes of the instance, header and all.
    pub(crate) fn block(&self) -> Vec<u8> {
        // SAFETY: an instance that was not deleted, which begins with how
        // many bytes it has.
        unsafe {
            let length = self.block.as_ref().dwSize as usize;
            std::slice::from_raw_parts(self.block.as_ptr().cast::<u8>(), length).to_vec()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        CounterType,
        definition::{CounterSetSpec, CounterSpec},
        publish::template,
    };

    const PROVIDER: Guid = Guid::from_u128(0x77aa_0001);
    const SET: Guid = Guid::from_u128(0x77aa_0002);

    fn set(id: u32) -> CounterSetSpec {
        CounterSetSpec::new(SET, "Set", "x").counter(CounterSpec::new(
            id,
            "A",
            "x",
            CounterType::COUNTER_RAWCOUNT,
        ))
    }

    #[test]
    fn what_the_system_refuses_keeps_its_number() {
        let provider = Arc::new(Provider::start(PROVIDER).unwrap());
        provider.add_set(&mut template(PROVIDER, &set(1))).unwrap();
        let again = provider.add_set(&mut template(PROVIDER, &set(1)));
        assert_eq!(again.unwrap_err().kind(), ErrorKind::Exists);
        let none = provider.add_set(&mut template(PROVIDER, &CounterSetSpec::new(SET, "S", "x")));
        assert_eq!(none.unwrap_err().code(), Some(87));
        assert_eq!(provider.add_set(&mut [0; 4]).unwrap_err().code(), Some(87));
        // More counters than there are.
        let mut short = template(PROVIDER, &set(1));
        short[4] += 1;
        let error = provider.add_set(&mut short).unwrap_err();
        assert_eq!(error.code(), Some(87));

        let register = |set_guid, id, counter| {
            let cells = Arc::new(Cells::new(&set(counter)));
            provider.register(set_guid, "one", id, cells)
        };
        let one = register(SET, 1, 1).unwrap();
        let error = register(SET, 1, 1).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Exists, Some(183)));
        // An unknown counter: the instance that was made for it is gone again.
        let error = register(SET, 2, 9).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        let two = register(SET, 2, 1).unwrap();
        let error = register(PROVIDER, 3, 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        drop(one);
        let one = register(SET, 1, 1).unwrap();
        // The provider stays until the last instance is gone.
        drop(provider);
        assert_eq!(one.block().len(), two.block().len());
    }
}
