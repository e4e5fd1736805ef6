//! Calls of Windows that the standard library leaves out.

use std::ffi::CStr;
use std::io;
use std::time::Duration;

use windows_sys::Win32::Foundation::FILETIME;
use windows_sys::Win32::System::Console::{
    AllocConsole, CTRL_C_EVENT, FreeConsole, GenerateConsoleCtrlEvent, GetStdHandle,
    STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, SetConsoleCtrlHandler, SetStdHandle,
};
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleA, GetProcAddress};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, GetCurrentThread, GetCurrentThreadId, GetProcessTimes, SetThreadDescription,
};

/// CPU time of this process: in its programs, and in the kernel.
///
/// # Errors
///
/// When the system does not say.
pub fn cpu_times() -> io::Result<(Duration, Duration)> {
    let zero = FILETIME {
        dwLowDateTime: 0,
        dwHighDateTime: 0,
    };
    let [mut created, mut exited, mut kernel, mut user] = [zero; 4];
    // SAFETY: a handle that always means this process, and four structures
    // that outlive the call.
    let done = unsafe {
        GetProcessTimes(
            GetCurrentProcess(),
            &mut created,
            &mut exited,
            &mut kernel,
            &mut user,
        )
    };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    let duration = |time: FILETIME| {
        let steps = u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
        Duration::from_nanos(steps * 100)
    };
    Ok((duration(user), duration(kernel)))
}

/// Gives this process a console that it shares with the programs that it
/// starts from now on. What it writes goes where it went before.
///
/// # Errors
///
/// The system's.
pub fn own_console() -> io::Result<()> {
    let standard = [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE];
    // SAFETY: numbers that mean handles.
    let before = standard.map(|which| unsafe { GetStdHandle(which) });
    // SAFETY: it takes nothing; that there was none is no matter.
    unsafe { FreeConsole() };
    // SAFETY: it takes nothing.
    let done = unsafe { AllocConsole() };
    let error = io::Error::last_os_error();
    for (which, handle) in standard.into_iter().zip(before) {
        // SAFETY: what it was before; files and pipes are open still.
        unsafe { SetStdHandle(which, handle) };
    }
    if done == 0 { Err(error) } else { Ok(()) }
}

/// Presses Ctrl-C in this process's console: all its programs are told but
/// this one, which takes no notice from now on.
///
/// # Errors
///
/// The system's, as where there is no console.
pub fn press_ctrl_c() -> io::Result<()> {
    unsafe extern "system" fn no_notice(_event: u32) -> i32 {
        1
    }
    // SAFETY: a function that is there as long as the program.
    unsafe { SetConsoleCtrlHandler(Some(no_notice), 1) };
    // SAFETY: two numbers: the event, and all that share the console.
    match unsafe { GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// The number of the calling thread.
pub fn thread_id() -> u32 {
    // SAFETY: it takes nothing and returns a number.
    unsafe { GetCurrentThreadId() }
}

/// Names the calling thread.
pub fn name_thread(name: &str) {
    let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
    // SAFETY: a handle that always means this thread, and text that ends with
    // NUL and outlives the call.
    unsafe { SetThreadDescription(GetCurrentThread(), name.as_ptr()) };
}

/// The version of the Wine that runs this program, if one does.
pub fn wine_version() -> Option<String> {
    // SAFETY: a name that ends with NUL, of a library that every program has.
    let ntdll = unsafe { GetModuleHandleA(c"ntdll.dll".as_ptr().cast()) };
    if ntdll.is_null() {
        return None;
    }
    // SAFETY: a loaded library, and a name that ends with NUL.
    let function = unsafe { GetProcAddress(ntdll, c"wine_get_version".as_ptr().cast()) }?;
    // SAFETY: Wine's own headers declare it so.
    let function = unsafe {
        std::mem::transmute::<
            unsafe extern "system" fn() -> isize,
            unsafe extern "C" fn() -> *const std::ffi::c_char,
        >(function)
    };
    // SAFETY: it returns a constant text that ends with NUL.
    let version = unsafe { CStr::from_ptr(function()) };
    Some(version.to_string_lossy().into_owned())
}
