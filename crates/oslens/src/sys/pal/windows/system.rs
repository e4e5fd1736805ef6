//! Facts about the whole system.

use std::{ffi::OsString, sync::OnceLock, time::Duration};

use windows_sys::Win32::{
    Foundation::{ERROR_INSUFFICIENT_BUFFER, ERROR_MORE_DATA, GetLastError, HANDLE},
    System::{
        ProcessStatus::{K32GetPerformanceInfo, PERFORMANCE_INFORMATION},
        SystemInformation::{
            ComputerNamePhysicalDnsHostname, GetComputerNameExW, GetLogicalProcessorInformationEx,
            GetNativeSystemInfo, GetTickCount64, LOGICAL_PROCESSOR_RELATIONSHIP, OSVERSIONINFOW,
            SYSTEM_INFO,
        },
        Threading::{GetCurrentProcess, GetCurrentThreadId},
    },
};

use oslens_win32::optional;

use super::{
    buffer::{Attempt, Buffer},
    error, wide,
};
use crate::{Error, Host, Result};

/// Bytes of a page.
pub(crate) fn page_size() -> u64 {
    u64::from(native_system_info().page_size).max(1)
}

/// What the system says of the hardware; it does not change.
pub(crate) fn native_system_info() -> &'static SystemInfo {
    static INFO: OnceLock<SystemInfo> = OnceLock::new();
    INFO.get_or_init(|| {
        let mut info = SYSTEM_INFO::default();
        // SAFETY: a structure to be filled in, which outlives the call.
        unsafe { GetNativeSystemInfo(&mut info) };
        // SAFETY: the union is of the same four bytes, all of them written.
        let architecture = unsafe { info.Anonymous.Anonymous.wProcessorArchitecture };
        SystemInfo {
            page_size: info.dwPageSize,
            architecture,
        }
    })
}

optional! {
    /// Wine alone has it.
    fn wine_get_version in "ntdll.dll" () -> *const std::ffi::c_char;
}

/// Whether this is Wine, which writes zeros for what it does not count.
pub(crate) fn is_wine() -> bool {
    wine_get_version::get().is_some()
}

optional! {
    /// Since Windows 10 1511.
    fn IsWow64Process2 in "kernel32.dll" (
        process: HANDLE,
        machine: *mut u16,
        native: *mut u16,
    ) -> i32;
}

/// The `IMAGE_FILE_MACHINE_*` of the machine itself: what
/// `GetNativeSystemInfo` says is that of the emulator, where one runs this
/// program.
pub(crate) fn native_machine() -> Option<u16> {
    let query = IsWow64Process2::get()?;
    let (mut machine, mut native) = (0, 0);
    // SAFETY: the constant that means this process, and two numbers to be
    // filled in, which outlive the call.
    let done = unsafe { query(GetCurrentProcess(), &mut machine, &mut native) };
    (done != 0 && native != 0).then_some(native)
}

/// Parts of the `SYSTEM_INFO`; that has pointers, which cannot be shared.
pub(crate) struct SystemInfo {
    pub(crate) page_size: u32,
    /// A `PROCESSOR_ARCHITECTURE`, that of the machine.
    pub(crate) architecture: u16,
}

/// Fails for a host that is not this machine: there are no files of another
/// one that could be read.
pub(crate) fn this_machine(host: &Host) -> Result<()> {
    if host.is_local() {
        return Ok(());
    }
    Err(Error::unsupported(
        "another host than this machine on Windows",
    ))
}

/// Time since boot, that of sleep included, in steps of 10 to 16 ms.
pub(crate) fn since_boot() -> Duration {
    // SAFETY: it takes nothing and returns a number.
    Duration::from_millis(unsafe { GetTickCount64() })
}

/// The number of the calling thread.
pub(crate) fn thread_id() -> u32 {
    // SAFETY: it takes nothing and returns a number.
    unsafe { GetCurrentThreadId() }
}

/// Records of `SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX`.
pub(crate) fn processors(
    relationship: LOGICAL_PROCESSOR_RELATIONSHIP,
    buffer: &mut Buffer,
) -> Result<&[u8]> {
    const CALL: &str = "GetLogicalProcessorInformationEx";
    buffer.fill(CALL, 16 << 20, |to, room| {
        let mut length = room;
        // SAFETY: `length` bytes to write to, which outlive the call.
        if unsafe { GetLogicalProcessorInformationEx(relationship, to.cast(), &mut length) } != 0 {
            return Attempt::Filled(length as usize);
        }
        // SAFETY: it takes nothing and returns a number.
        match unsafe { GetLastError() } {
            ERROR_INSUFFICIENT_BUFFER => Attempt::TooSmall(length as usize),
            code => Attempt::Failed(error::code(CALL, code)),
        }
    })
}

/// Memory of the machine, in pages.
pub(crate) fn performance() -> Result<PERFORMANCE_INFORMATION> {
    let mut information = PERFORMANCE_INFORMATION::default();
    let length = size_of::<PERFORMANCE_INFORMATION>() as u32;
    // SAFETY: a structure of that length to be filled in, which outlives the
    // call.
    if unsafe { K32GetPerformanceInfo(&mut information, length) } == 0 {
        return Err(error::last("GetPerformanceInfo"));
    }
    Ok(information)
}

/// The name of the machine.
pub(crate) fn computer_name() -> Result<OsString> {
    const CALL: &str = "GetComputerNameExW";
    let mut buffer = Buffer::new(128);
    let bytes = buffer.fill(CALL, 1 << 16, |to, room| {
        let mut units = room / 2;
        // SAFETY: so many units to write to, which outlive the call; the
        // buffer is aligned for them.
        let done =
            unsafe { GetComputerNameExW(ComputerNamePhysicalDnsHostname, to.cast(), &mut units) };
        if done != 0 {
            return Attempt::Filled(units as usize * 2);
        }
        // SAFETY: it takes nothing and returns a number.
        match unsafe { GetLastError() } {
            ERROR_MORE_DATA => Attempt::TooSmall(units as usize * 2),
            code => Attempt::Failed(error::code(CALL, code)),
        }
    })?;
    Ok(wide::text_of(bytes))
}

/// Version of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
    pub(crate) build: u32,
}

optional! {
    fn RtlGetVersion in "ntdll.dll" (version: *mut OSVERSIONINFOW) -> i32;
}

/// The version, without the tale that older programs are told.
pub(crate) fn version() -> Result<Version> {
    const CALL: &str = "RtlGetVersion";
    let get = RtlGetVersion::get().ok_or_else(|| Error::unsupported(CALL))?;
    let mut version = OSVERSIONINFOW {
        dwOSVersionInfoSize: size_of::<OSVERSIONINFOW>() as u32,
        ..OSVERSIONINFOW::default()
    };
    // SAFETY: a structure to be filled in that says its length, which
    // outlives the call.
    let status = unsafe { get(&mut version) };
    if status < 0 {
        return Err(error::status(CALL, status));
    }
    Ok(Version {
        major: version.dwMajorVersion,
        minor: version.dwMinorVersion,
        build: version.dwBuildNumber,
    })
}
