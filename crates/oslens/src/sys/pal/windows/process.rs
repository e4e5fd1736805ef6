//! Calls that take a handle of a process.

use std::{
    ffi::c_void,
    mem::MaybeUninit,
    os::windows::io::{AsRawHandle as _, BorrowedHandle},
};

use windows_sys::{
    Wdk::System::Threading::NtQueryInformationProcess,
    Win32::{
        Foundation::{
            ERROR_BUFFER_OVERFLOW, ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_PARAMETER,
            ERROR_SUCCESS, FILETIME, GetLastError, HANDLE, NTSTATUS, STATUS_INFO_LENGTH_MISMATCH,
            SetLastError, UNICODE_STRING,
        },
        System::{
            JobObjects::IsProcessInJob,
            ProcessStatus::{
                GetProcessMemoryInfo, PROCESS_MEMORY_COUNTERS, PROCESS_MEMORY_COUNTERS_EX,
            },
            Threading::{
                GetCurrentProcess, GetExitCodeProcess, GetPriorityClass, GetProcessAffinityMask,
                GetProcessHandleCount, GetProcessId, GetProcessIoCounters, GetProcessTimes,
                IO_COUNTERS, QueryFullProcessImageNameW, SetPriorityClass, SetProcessAffinityMask,
                TerminateProcess,
            },
        },
    },
};

use oslens_win32::optional;

use super::{
    buffer::{Attempt, Buffer},
    error, native,
};
use crate::{
    Error, Result,
    parse::windows::{Layout, bytes::u16_at, utf16::Utf16, working_set},
};

/// Classes of [`query`], [`query_table`] and [`set`].
pub(crate) mod class {
    pub(crate) const BASIC: i32 = 0;
    pub(crate) const SESSION: i32 = 24;
    pub(crate) const WOW64: i32 = 26;
    pub(crate) const IO_PRIORITY: i32 = 33;
    pub(crate) const HANDLES: i32 = 51;
    pub(crate) const COMMAND_LINE: i32 = 60;
    pub(crate) const PROTECTION: i32 = 61;
}

/// No answer about one process is larger.
const MOST: usize = 64 << 20;

/// Times of a process in steps of 100 ns: the first two since 1601.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) creation: u64,
    pub(crate) exit: u64,
    pub(crate) kernel: u64,
    pub(crate) user: u64,
}

pub(super) fn steps(time: FILETIME) -> u64 {
    u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime)
}

pub(crate) fn times(process: BorrowedHandle<'_>) -> Result<Times> {
    let [mut creation, mut exit, mut kernel, mut user] = [FILETIME::default(); 4];
    // SAFETY: four structures to be filled in, which outlive the call.
    let done = unsafe {
        GetProcessTimes(
            process.as_raw_handle(),
            &mut creation,
            &mut exit,
            &mut kernel,
            &mut user,
        )
    };
    if done == 0 {
        return Err(error::last("GetProcessTimes"));
    }
    Ok(Times {
        creation: steps(creation),
        exit: steps(exit),
        kernel: steps(kernel),
        user: steps(user),
    })
}

/// The PID of the process. 0 when the handle may not be asked.
pub(crate) fn pid(process: BorrowedHandle<'_>) -> u32 {
    // SAFETY: a number for a handle.
    unsafe { GetProcessId(process.as_raw_handle()) }
}

/// `STILL_ACTIVE`, or what a process that has ended was ended with.
pub(crate) fn exit_code(process: BorrowedHandle<'_>) -> Result<u32> {
    let mut code = 0;
    // SAFETY: a number to be filled in, which outlives the call.
    if unsafe { GetExitCodeProcess(process.as_raw_handle(), &mut code) } == 0 {
        return Err(error::last("GetExitCodeProcess"));
    }
    Ok(code)
}

pub(crate) fn terminate(process: BorrowedHandle<'_>, code: u32) -> Result<()> {
    // SAFETY: a handle and a number; what it does to that process is what the
    // caller asked for.
    if unsafe { TerminateProcess(process.as_raw_handle(), code) } == 0 {
        return Err(error::last("TerminateProcess"));
    }
    Ok(())
}

optional! {
    /// Since Windows XP, without a declaration in the system's headers.
    fn NtSuspendProcess in "ntdll.dll" (process: HANDLE) -> NTSTATUS;
    /// Since Windows XP, without a declaration in the system's headers.
    fn NtResumeProcess in "ntdll.dll" (process: HANDLE) -> NTSTATUS;
    /// Since Windows 2000.
    fn NtSetInformationProcess in "ntdll.dll" (
        process: HANDLE,
        class: i32,
        information: *const c_void,
        length: u32,
    ) -> NTSTATUS;
    /// Since Windows 11 and Server 2022.
    fn SetProcessDefaultCpuSetMasks in "kernel32.dll" (
        process: HANDLE,
        masks: *const GroupMask,
        count: u16,
    ) -> i32;
    /// Since Windows 11 and Server 2022.
    fn GetProcessDefaultCpuSetMasks in "kernel32.dll" (
        process: HANDLE,
        masks: *mut GroupMask,
        count: u16,
        needed: *mut u16,
    ) -> i32;
    /// Since Windows 7.
    fn GetProcessGroupAffinity in "kernel32.dll" (
        process: HANDLE,
        count: *mut u16,
        groups: *mut u16,
    ) -> i32;
    /// Not on servers without a desktop.
    fn GetGuiResources in "user32.dll" (process: HANDLE, which: u32) -> u32;
    /// Since Windows 8.
    fn IsImmersiveProcess in "user32.dll" (process: HANDLE) -> i32;
}

fn checked(call: &'static str, status: NTSTATUS) -> Result<()> {
    if status < 0 {
        return Err(error::status(call, status));
    }
    Ok(())
}

/// Suspends every thread once more.
pub(crate) fn suspend(process: BorrowedHandle<'_>) -> Result<()> {
    const CALL: &str = "NtSuspendProcess";
    let suspend = NtSuspendProcess::get().ok_or_else(|| Error::unsupported(CALL))?;
    // SAFETY: a handle in, a status out.
    checked(CALL, unsafe { suspend(process.as_raw_handle()) })
}

/// Takes back one suspension of every thread.
pub(crate) fn resume(process: BorrowedHandle<'_>) -> Result<()> {
    const CALL: &str = "NtResumeProcess";
    let resume = NtResumeProcess::get().ok_or_else(|| Error::unsupported(CALL))?;
    // SAFETY: a handle in, a status out.
    checked(CALL, unsafe { resume(process.as_raw_handle()) })
}

/// Structures that consist of numbers and pointers only: any bytes are one.
///
/// # Safety
///
/// All bit patterns, zeros too, are values of the type, and it has no
/// padding that matters.
pub(crate) unsafe trait Plain: Copy {}

// SAFETY: numbers.
unsafe impl Plain for u8 {}
// SAFETY: numbers.
unsafe impl Plain for u32 {}
// SAFETY: numbers.
unsafe impl Plain for usize {}
// SAFETY: numbers.
unsafe impl Plain for [usize; 6] {}

/// An answer of a fixed size about a process.
///
/// # Errors
///
/// [`Unsupported`](crate::ErrorKind::Unsupported) for a class that this
/// version does not have.
pub(crate) fn query<T: Plain>(process: BorrowedHandle<'_>, class: i32) -> Result<T> {
    const CALL: &str = "NtQueryInformationProcess";
    let mut answer = MaybeUninit::<T>::zeroed();
    // SAFETY: the structure gives so many bytes to write to, and outlives the
    // call, which has no use for a length.
    let status = unsafe {
        NtQueryInformationProcess(
            process.as_raw_handle(),
            class,
            answer.as_mut_ptr().cast(),
            size_of::<T>() as u32,
            std::ptr::null_mut(),
        )
    };
    checked(CALL, status)?;
    // SAFETY: zeros, or what was written over them: by its contract a `T`.
    Ok(unsafe { answer.assume_init() })
}

/// An answer of unknown length about a process.
///
/// # Errors
///
/// [`Unsupported`](crate::ErrorKind::Unsupported) for a class that this
/// version does not have.
pub(crate) fn query_table<'b>(
    process: BorrowedHandle<'_>,
    class: i32,
    buffer: &'b mut Buffer,
) -> Result<&'b [u8]> {
    const CALL: &str = "NtQueryInformationProcess";
    buffer.fill(CALL, MOST, |to, room| {
        let mut length = 0;
        // SAFETY: the buffer gives `room` bytes to write to; `length` outlives
        // the call.
        let status = unsafe {
            NtQueryInformationProcess(process.as_raw_handle(), class, to.cast(), room, &mut length)
        };
        native::outcome(CALL, status, length)
    })
}

/// Sets a number of a process.
pub(crate) fn set(process: BorrowedHandle<'_>, class: i32, value: u32) -> Result<()> {
    const CALL: &str = "NtSetInformationProcess";
    let set = NtSetInformationProcess::get().ok_or_else(|| Error::unsupported(CALL))?;
    // SAFETY: a number of four bytes, which outlives the call.
    let status = unsafe {
        set(
            process.as_raw_handle(),
            class,
            (&raw const value).cast(),
            size_of::<u32>() as u32,
        )
    };
    checked(CALL, status)
}

/// One of the `*_PRIORITY_CLASS` numbers.
pub(crate) fn priority_class(process: BorrowedHandle<'_>) -> Result<u32> {
    // SAFETY: a handle in, a number out.
    match unsafe { GetPriorityClass(process.as_raw_handle()) } {
        0 => Err(error::last("GetPriorityClass")),
        class => Ok(class),
    }
}

pub(crate) fn set_priority_class(process: BorrowedHandle<'_>, class: u32) -> Result<()> {
    // SAFETY: a handle and a number in.
    if unsafe { SetPriorityClass(process.as_raw_handle(), class) } == 0 {
        return Err(error::last("SetPriorityClass"));
    }
    Ok(())
}

/// The CPUs of its group that the process may run on, and those that the
/// system has there. Both 0 for a process whose threads are in several groups.
pub(crate) fn affinity(process: BorrowedHandle<'_>) -> Result<(u64, u64)> {
    let (mut of_process, mut of_system) = (0, 0);
    // SAFETY: two numbers to be filled in, which outlive the call.
    let done =
        unsafe { GetProcessAffinityMask(process.as_raw_handle(), &mut of_process, &mut of_system) };
    if done == 0 {
        return Err(error::last("GetProcessAffinityMask"));
    }
    Ok((of_process as u64, of_system as u64))
}

/// Sets the CPUs of its group that the process may run on.
pub(crate) fn set_affinity(process: BorrowedHandle<'_>, mask: usize) -> Result<()> {
    // SAFETY: a handle and a number in.
    if unsafe { SetProcessAffinityMask(process.as_raw_handle(), mask) } == 0 {
        return Err(error::last("SetProcessAffinityMask"));
    }
    Ok(())
}

/// A `GROUP_AFFINITY`: CPUs of one group.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct GroupMask {
    pub(crate) mask: usize,
    pub(crate) group: u16,
    reserved: [u16; 3],
}

impl GroupMask {
    pub(crate) const fn new(group: u16, mask: usize) -> Self {
        Self {
            mask,
            group,
            reserved: [0; 3],
        }
    }
}

/// The groups that the threads of the process are in. `None`: the system has
/// no groups.
pub(crate) fn groups(process: BorrowedHandle<'_>) -> Result<Option<Vec<u16>>> {
    let Some(query) = GetProcessGroupAffinity::get() else {
        return Ok(None);
    };
    let mut groups = vec![0u16; 4];
    loop {
        let mut count = u16::try_from(groups.len()).unwrap_or(u16::MAX);
        // SAFETY: `count` numbers to be filled in, which outlive the call as
        // does the count itself.
        let done = unsafe { query(process.as_raw_handle(), &mut count, groups.as_mut_ptr()) };
        if done != 0 {
            groups.truncate(count.into());
            return Ok(Some(groups));
        }
        let failed = error::last("GetProcessGroupAffinity");
        if failed.raw_os_error() != Some(ERROR_INSUFFICIENT_BUFFER as i32)
            || usize::from(count) <= groups.len()
        {
            return Err(failed);
        }
        groups.resize(count.into(), 0);
    }
}

/// The CPUs of all groups that new threads of the process run on. Empty: none
/// were set. `None`: the system does not have this.
pub(crate) fn default_cpu_sets(process: BorrowedHandle<'_>) -> Result<Option<Vec<GroupMask>>> {
    let Some(query) = GetProcessDefaultCpuSetMasks::get() else {
        return Ok(None);
    };
    let mut masks = vec![GroupMask::default(); 4];
    loop {
        let room = u16::try_from(masks.len()).unwrap_or(u16::MAX);
        let mut needed = 0;
        // SAFETY: `room` structures to be filled in, which outlive the call as
        // does the count.
        let done = unsafe {
            query(
                process.as_raw_handle(),
                masks.as_mut_ptr(),
                room,
                &mut needed,
            )
        };
        if done != 0 {
            masks.truncate(needed.into());
            return Ok(Some(masks));
        }
        let failed = error::last("GetProcessDefaultCpuSetMasks");
        if failed.raw_os_error() != Some(ERROR_INSUFFICIENT_BUFFER as i32)
            || usize::from(needed) <= masks.len()
        {
            return Err(failed);
        }
        masks.resize(needed.into(), GroupMask::default());
    }
}

/// Sets the CPUs of all groups that the threads of the process run on; none
/// lifts it.
pub(crate) fn set_default_cpu_sets(process: BorrowedHandle<'_>, masks: &[GroupMask]) -> Result<()> {
    const CALL: &str = "SetProcessDefaultCpuSetMasks";
    let set = SetProcessDefaultCpuSetMasks::get().ok_or_else(|| Error::unsupported(CALL))?;
    let count = u16::try_from(masks.len()).map_err(|_| Error::invalid_input("too many groups"))?;
    let pointer = if masks.is_empty() {
        std::ptr::null()
    } else {
        masks.as_ptr()
    };
    // SAFETY: so many structures, which outlive the call; null with none.
    if unsafe { set(process.as_raw_handle(), pointer, count) } == 0 {
        return Err(error::last(CALL));
    }
    Ok(())
}

pub(crate) fn handle_count(process: BorrowedHandle<'_>) -> Result<u32> {
    let mut count = 0;
    // SAFETY: a number to be filled in, which outlives the call.
    if unsafe { GetProcessHandleCount(process.as_raw_handle(), &mut count) } == 0 {
        return Err(error::last("GetProcessHandleCount"));
    }
    Ok(count)
}

/// Counters of input and output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Io {
    pub(crate) read_count: u64,
    pub(crate) write_count: u64,
    pub(crate) other_count: u64,
    pub(crate) read_bytes: u64,
    pub(crate) write_bytes: u64,
    pub(crate) other_bytes: u64,
}

pub(crate) fn io_counters(process: BorrowedHandle<'_>) -> Result<Io> {
    let mut counters = IO_COUNTERS::default();
    // SAFETY: a structure to be filled in, which outlives the call.
    if unsafe { GetProcessIoCounters(process.as_raw_handle(), &mut counters) } == 0 {
        return Err(error::last("GetProcessIoCounters"));
    }
    Ok(Io {
        read_count: counters.ReadOperationCount,
        write_count: counters.WriteOperationCount,
        other_count: counters.OtherOperationCount,
        read_bytes: counters.ReadTransferCount,
        write_bytes: counters.WriteTransferCount,
        other_bytes: counters.OtherTransferCount,
    })
}

/// Memory of a process, bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) working_set: u64,
    pub(crate) peak_working_set: u64,
    pub(crate) paged_pool: u64,
    pub(crate) peak_paged_pool: u64,
    pub(crate) nonpaged_pool: u64,
    pub(crate) peak_nonpaged_pool: u64,
    pub(crate) commit: u64,
    pub(crate) peak_commit: u64,
}

pub(crate) fn memory(process: BorrowedHandle<'_>) -> Result<Memory> {
    let size = size_of::<PROCESS_MEMORY_COUNTERS_EX>() as u32;
    let mut counters = PROCESS_MEMORY_COUNTERS_EX {
        cb: size,
        ..PROCESS_MEMORY_COUNTERS_EX::default()
    };
    // SAFETY: a structure of the size that is said, which outlives the call;
    // the longer form starts as the shorter one.
    let done = unsafe {
        GetProcessMemoryInfo(
            process.as_raw_handle(),
            (&raw mut counters).cast::<PROCESS_MEMORY_COUNTERS>(),
            size,
        )
    };
    if done == 0 {
        return Err(error::last("GetProcessMemoryInfo"));
    }
    Ok(Memory {
        working_set: counters.WorkingSetSize as u64,
        peak_working_set: counters.PeakWorkingSetSize as u64,
        paged_pool: counters.QuotaPagedPoolUsage as u64,
        peak_paged_pool: counters.QuotaPeakPagedPoolUsage as u64,
        nonpaged_pool: counters.QuotaNonPagedPoolUsage as u64,
        peak_nonpaged_pool: counters.QuotaPeakNonPagedPoolUsage as u64,
        commit: counters.PagefileUsage as u64,
        peak_commit: counters.PeakPagefileUsage as u64,
    })
}

/// Longest path of the system, in 16-bit units.
const LONGEST_PATH: usize = 0x8000;

/// The program's path, as programs name it.
pub(crate) fn image_name(process: BorrowedHandle<'_>) -> Result<Vec<u16>> {
    let mut path = vec![0u16; 512];
    loop {
        let mut length = path.len() as u32;
        // SAFETY: `length` units to write to, which outlive the call.
        let done = unsafe {
            QueryFullProcessImageNameW(process.as_raw_handle(), 0, path.as_mut_ptr(), &mut length)
        };
        if done != 0 {
            path.truncate(length as usize);
            return Ok(path);
        }
        let failed = error::last("QueryFullProcessImageNameW");
        let is_too_small = matches!(
            failed.raw_os_error().map(|code| code as u32),
            Some(ERROR_INSUFFICIENT_BUFFER | ERROR_BUFFER_OVERFLOW)
        );
        if !is_too_small || path.len() >= LONGEST_PATH {
            return Err(failed);
        }
        path.resize(LONGEST_PATH, 0);
    }
}

/// The program's path in the kernel's words, of whoever has the PID now: it
/// takes no handle, and so no rights.
pub(crate) fn image_name_of_pid(pid: u32) -> Result<Vec<u16>> {
    use windows_sys::Wdk::System::SystemInformation::NtQuerySystemInformation;
    const CALL: &str = "NtQuerySystemInformation";
    const PROCESS_ID: i32 = 88;

    #[repr(C)]
    struct ProcessIdInformation {
        pid: usize,
        name: UNICODE_STRING,
    }

    let mut path = vec![0u16; 260];
    loop {
        let room = u16::try_from(path.len() * 2).unwrap_or(0xfffe);
        let mut information = ProcessIdInformation {
            pid: pid as usize,
            name: UNICODE_STRING {
                Length: 0,
                MaximumLength: room,
                Buffer: path.as_mut_ptr(),
            },
        };
        // SAFETY: the structure and the `room` bytes that its text leads to
        // outlive the call.
        let status = unsafe {
            NtQuerySystemInformation(
                PROCESS_ID,
                (&raw mut information).cast(),
                size_of::<ProcessIdInformation>() as u32,
                std::ptr::null_mut(),
            )
        };
        if status == STATUS_INFO_LENGTH_MISMATCH && room < 0xfffe {
            // The length that it wants comes back as the maximum.
            path.resize(0x7fff, 0);
            continue;
        }
        checked(CALL, status)?;
        path.truncate(usize::from(information.name.Length) / 2);
        return Ok(path);
    }
}

/// Whether the process is in a job. Wine wants `PROCESS_QUERY_INFORMATION`.
pub(crate) fn is_in_job(process: BorrowedHandle<'_>) -> Result<bool> {
    let mut result = 0;
    // SAFETY: a number to be filled in, which outlives the call. No job: any.
    let done =
        unsafe { IsProcessInJob(process.as_raw_handle(), std::ptr::null_mut(), &mut result) };
    if done == 0 {
        return Err(error::last("IsProcessInJob"));
    }
    Ok(result != 0)
}

/// Objects of the graphics interface: `which` is 0 for GDI, 1 for USER, 2 and
/// 4 for the most of them.
pub(crate) fn gui_resources(process: BorrowedHandle<'_>, which: u32) -> Result<u32> {
    const CALL: &str = "GetGuiResources";
    let query = GetGuiResources::get().ok_or_else(|| Error::unsupported(CALL))?;
    // SAFETY: a number in.
    unsafe { SetLastError(ERROR_SUCCESS) };
    // SAFETY: a handle and a number in, a number out.
    match unsafe { query(process.as_raw_handle(), which) } {
        // None, or an error, which only this tells.
        0 => {
            // SAFETY: it takes nothing and returns a number.
            match unsafe { GetLastError() } {
                ERROR_SUCCESS => Ok(0),
                code => Err(error::code(CALL, code)),
            }
        }
        count => Ok(count),
    }
}

/// Whether it is an application of the store.
pub(crate) fn is_immersive(process: BorrowedHandle<'_>) -> Result<bool> {
    const CALL: &str = "IsImmersiveProcess";
    let query = IsImmersiveProcess::get().ok_or_else(|| Error::unsupported(CALL))?;
    // SAFETY: a handle in, a number out.
    Ok(unsafe { query(process.as_raw_handle()) } != 0)
}

/// Pages in physical memory, for `parse::windows::working_set`.
pub(crate) fn working_set<'b>(
    process: BorrowedHandle<'_>,
    buffer: &'b mut Buffer,
) -> Result<&'b [u8]> {
    use windows_sys::Wdk::Storage::FileSystem::NtQueryVirtualMemory;
    const CALL: &str = "NtQueryVirtualMemory";
    const WORKING_SET: i32 = 1;
    /// Pages of a terabyte.
    const MOST: usize = 2 << 30;

    // The answer's length is not said: only how many pages there are.
    let mut pages = 0;
    buffer.fill(CALL, MOST, |to, room| {
        // SAFETY: the buffer gives `room` bytes to write to.
        let status = unsafe {
            NtQueryVirtualMemory(
                process.as_raw_handle(),
                std::ptr::null(),
                WORKING_SET,
                to.cast(),
                room as usize,
                std::ptr::null_mut(),
            )
        };
        if status >= 0 {
            return Attempt::Filled(room as usize);
        }
        if !native::is_too_small(status) {
            return Attempt::Failed(error::status(CALL, status));
        }
        // SAFETY: at least a pointer's size of it is there, initialised.
        let start = unsafe { std::slice::from_raw_parts(to, (room as usize).min(8)) };
        pages = working_set::count(start, Layout::NATIVE).unwrap_or(0);
        let wanted = usize::try_from(pages)
            .unwrap_or(0)
            .saturating_add(1)
            .saturating_mul(size_of::<usize>());
        Attempt::TooSmall(wanted)
    })
}

/// Whether an error says that there is no such process: what `OpenProcess`
/// calls an invalid parameter.
pub(crate) fn is_no_process(error: &std::io::Error) -> bool {
    error.raw_os_error() == Some(ERROR_INVALID_PARAMETER as i32)
}

/// A `UNICODE_STRING` at the start of these bytes, whose text is in them too.
pub(crate) fn text_in(bytes: &[u8]) -> Option<Vec<u16>> {
    let length = usize::from(u16_at(bytes, 0)?);
    let address = Layout::NATIVE.word(bytes, Layout::NATIVE.pointer())?;
    if length == 0 || address == 0 {
        return Some(Vec::new());
    }
    let base = bytes.as_ptr() as usize as u64;
    let start = usize::try_from(address.checked_sub(base)?).ok()?;
    let text = bytes.get(start..start.checked_add(length)?)?;
    Some(Utf16::new(text).to_vec())
}

/// The calling process.
pub(crate) fn current() -> BorrowedHandle<'static> {
    // SAFETY: a constant that always means the calling process and is not to
    // be closed.
    unsafe { BorrowedHandle::borrow_raw(GetCurrentProcess()) }
}

#[cfg(test)]
mod tests {
    use std::os::windows::io::AsHandle as _;

    use windows_sys::Win32::System::JobObjects::{AssignProcessToJobObject, CreateJobObjectW};

    use super::*;
    use crate::sys::pal::windows::handle;

    #[test]
    fn a_process_is_in_the_job_that_it_was_put_in() {
        let mut child = std::process::Command::new("cmd")
            .args(["/c", "pause"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let before = is_in_job(child.as_handle()).unwrap();
        // SAFETY: no security descriptor and no name; a handle that is ours or
        // null out.
        let job =
            unsafe { handle::owned(CreateJobObjectW(std::ptr::null(), std::ptr::null())) }.unwrap();
        // SAFETY: two open handles in, a number out.
        let done = unsafe { AssignProcessToJobObject(job.as_raw_handle(), child.as_raw_handle()) };
        assert_ne!(done, 0, "{}", error::last("AssignProcessToJobObject"));
        let after = is_in_job(child.as_handle()).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(after, "before: {before}");
    }

    #[test]
    fn a_counted_text_that_leads_elsewhere_is_nothing() {
        let pointer = Layout::NATIVE.pointer();
        let mut bytes = vec![0; 64];
        assert_eq!(text_in(&bytes), Some(Vec::new()));
        bytes[0] = 4;
        for address in [1, u64::MAX, bytes.as_ptr() as usize as u64 + 62] {
            bytes[pointer..2 * pointer].copy_from_slice(&address.to_le_bytes()[..pointer]);
            assert_eq!(text_in(&bytes), None, "{address:x}");
        }
        let inside = bytes.as_ptr() as usize as u64 + 40;
        bytes[pointer..2 * pointer].copy_from_slice(&inside.to_le_bytes()[..pointer]);
        bytes[40..44].copy_from_slice(&[0x61, 0, 0x62, 0]);
        assert_eq!(text_in(&bytes), Some(vec![0x61, 0x62]));
        assert_eq!(text_in(&bytes[..42]), None);
    }
}
