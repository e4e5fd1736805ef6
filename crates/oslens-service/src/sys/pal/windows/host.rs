//! The calls of a program that the service manager starts.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString, c_void},
    fs::File,
    os::windows::io::IntoRawHandle,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use oslens_win32::wide;
use windows_sys::{
    Win32::{
        Foundation::GetLastError,
        System::{
            Console::{
                CTRL_BREAK_EVENT, CTRL_C_EVENT, STD_ERROR_HANDLE, STD_OUTPUT_HANDLE,
                SetConsoleCtrlHandler, SetStdHandle,
            },
            Services::{
                RegisterServiceCtrlHandlerExW, SERVICE_STATUS, SERVICE_TABLE_ENTRYW,
                SERVICE_WIN32_OWN_PROCESS, SERVICE_WIN32_SHARE_PROCESS, SetServiceStatus,
                StartServiceCtrlDispatcherW,
            },
        },
    },
    core::{BOOL, PWSTR},
};

use crate::{
    Error, ErrorKind, Result,
    host::{
        context::Answer,
        control::{
            DEVICE_HEAD, POWER_SETTING_CHANGE, POWER_SETTING_HEAD, SESSION_BYTES, TIME_BYTES, code,
        },
    },
};

type Main = Box<dyn Fn(OsString, Vec<OsString>) + Send + Sync>;

/// The system's function takes nothing that would lead to it, and can be
/// called once in a process.
static MAIN: OnceLock<Main> = OnceLock::new();

/// Hands this thread to the service manager until all services have stopped.
pub(crate) fn dispatch(names: &[OsString], main: Main) -> Result<()> {
    const CALL: &str = "StartServiceCtrlDispatcher";
    let mut names = names
        .iter()
        .map(|name| wide::with_nul(name))
        .collect::<Result<Vec<_>, _>>()?;
    if MAIN.set(main).is_err() {
        return Err(Error::message(
            ErrorKind::AlreadyRunning,
            "a process connects to the service manager once",
        ));
    }
    let mut table: Vec<SERVICE_TABLE_ENTRYW> = names
        .iter_mut()
        .map(|name| SERVICE_TABLE_ENTRYW {
            lpServiceName: name.as_mut_ptr(),
            lpServiceProc: Some(service_main),
        })
        .collect();
    table.push(SERVICE_TABLE_ENTRYW::default());
    // SAFETY: a table that ends with nulls, whose names end with NUL; both
    // outlive the call, which returns when no service runs any more.
    if unsafe { StartServiceCtrlDispatcherW(table.as_ptr()) } == 0 {
        // SAFETY: it has no arguments.
        return Err(Error::code_of(CALL, unsafe { GetLastError() }));
    }
    Ok(())
}

/// What the system calls for each start, in a thread of its own. Its first
/// argument is the service's name as it is installed: of a process of its own
/// the one in the table does not matter.
///
/// # Safety
///
/// `arguments` leads to so many texts that end with NUL.
unsafe extern "system" fn service_main(count: u32, arguments: *mut PWSTR) {
    let mut arguments = (0..count as usize).filter_map(|at| {
        // SAFETY: by contract there are so many texts, and each ends with NUL.
        unsafe { wide::text_at(*arguments.add(at)) }
    });
    let name = arguments.next().unwrap_or_default();
    let arguments = arguments.collect();
    if let Some(main) = MAIN.get() {
        // No panic may leave a function of the system.
        let _ = catch_unwind(AssertUnwindSafe(|| main(name, arguments)));
    }
}

/// What a handler does with a control, an event and its data: a number for
/// the service manager.
type Handle = Arc<dyn Fn(u32, u32, &[u8]) -> u32 + Send + Sync>;

/// The handlers of the services that run. The system keeps a number, not a
/// pointer: a control may still be on its way when its service has stopped.
static HANDLERS: Mutex<BTreeMap<usize, Option<Handle>>> = Mutex::new(BTreeMap::new());

fn handlers() -> MutexGuard<'static, BTreeMap<usize, Option<Handle>>> {
    HANDLERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place for a handler, with a number that there never was: what is still on
/// its way to a service that has stopped must not reach another one.
fn reserve() -> usize {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    let id = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    handlers().insert(id, None);
    id
}

/// A service's handler; it is told nothing more once this is dropped.
#[derive(Debug)]
pub(crate) struct Handler {
    id: usize,
    /// It is not to be closed.
    status: usize,
}

/// What [`SetServiceStatus`] is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Status {
    pub(crate) shared_process: bool,
    pub(crate) state: u32,
    pub(crate) accepts: u32,
    pub(crate) exit: u32,
    pub(crate) specific: u32,
    pub(crate) checkpoint: u32,
    pub(crate) wait_hint: u32,
}

impl Handler {
    pub(crate) fn register(name: &OsStr) -> Result<Self> {
        let name = wide::with_nul(name)?;
        let id = reserve();
        // SAFETY: a name that ends with NUL, and a function that is there as
        // long as the program; the context is a number that it looks up.
        let status = unsafe {
            RegisterServiceCtrlHandlerExW(name.as_ptr(), Some(handler), id as *mut c_void)
        };
        if status.is_null() {
            // SAFETY: it has no arguments.
            let error = unsafe { GetLastError() };
            handlers().remove(&id);
            return Err(Error::code_of("RegisterServiceCtrlHandlerEx", error));
        }
        let status = status as usize;
        Ok(Self { id, status })
    }

    pub(crate) fn id(&self) -> usize {
        self.id
    }

    pub(crate) fn status_handle(&self) -> usize {
        self.status
    }

    pub(crate) fn set_status(&self, status: Status) -> Result<()> {
        let status_of_system = SERVICE_STATUS {
            dwServiceType: if status.shared_process {
                SERVICE_WIN32_SHARE_PROCESS
            } else {
                SERVICE_WIN32_OWN_PROCESS
            },
            dwCurrentState: status.state,
            dwControlsAccepted: status.accepts,
            dwWin32ExitCode: status.exit,
            dwServiceSpecificExitCode: status.specific,
            dwCheckPoint: status.checkpoint,
            dwWaitHint: status.wait_hint,
        };
        // SAFETY: the handle of a registration, which is never closed, and a
        // structure that is only read.
        if unsafe { SetServiceStatus(self.status as *mut c_void, &status_of_system) } == 0 {
            // SAFETY: it has no arguments.
            return Err(Error::code_of("SetServiceStatus", unsafe {
                GetLastError()
            }));
        }
        Ok(())
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        handlers().remove(&self.id);
    }
}

/// From now on controls for this registration go there.
pub(crate) fn connect(id: usize, handle: Handle) {
    if let Some(handler) = handlers().get_mut(&id) {
        *handler = Some(handle);
    }
}

/// What the system calls for each control, in the thread of the dispatcher.
///
/// # Safety
///
/// `data` is what the system documents for this control and event, or null.
unsafe extern "system" fn handler(
    control: u32,
    event: u32,
    data: *mut c_void,
    context: *mut c_void,
) -> u32 {
    let found = handlers().get(&(context as usize)).cloned();
    let handle = match found {
        None => return Answer::NotActive.number(),
        // It is just being started, and its state is known.
        Some(None) if control == code::INTERROGATE => return 0,
        Some(None) => return Answer::NotNow.number(),
        Some(Some(handle)) => handle,
    };
    // SAFETY: passed on as it came.
    let data = unsafe { data_of(control, event, data) };
    let answer = catch_unwind(AssertUnwindSafe(|| handle(control, event, &data)));
    answer.unwrap_or(Answer::NotImplemented.number())
}

/// The bytes that come with a control.
///
/// # Safety
///
/// `data` is what the system documents for this control and event, or null.
unsafe fn data_of(control: u32, event: u32, data: *const c_void) -> Vec<u8> {
    let data = data.cast::<u8>();
    if data.is_null() {
        return Vec::new();
    }
    let length = match control {
        code::SESSION_CHANGE => SESSION_BYTES,
        code::TIME_CHANGE => TIME_BYTES,
        code::POWER_EVENT if event == POWER_SETTING_CHANGE => {
            let at = POWER_SETTING_HEAD - 4;
            // SAFETY: a POWERBROADCAST_SETTING: a GUID and this length, which
            // is that of the value behind it.
            let value = unsafe { data.add(at).cast::<u32>().read_unaligned() };
            POWER_SETTING_HEAD + value as usize
        }
        code::DEVICE_EVENT => {
            // SAFETY: a DEV_BROADCAST_HDR, which begins with the length of
            // the whole structure.
            let length = unsafe { data.cast::<u32>().read_unaligned() } as usize;
            length.max(DEVICE_HEAD)
        }
        _ => return Vec::new(),
    };
    // SAFETY: a structure of this control, so long by its definition or by
    // what it says itself.
    unsafe { std::slice::from_raw_parts(data, length) }.to_vec()
}

type Asked = Box<dyn Fn(bool) -> bool + Send + Sync>;

/// The console's handler takes nothing that would lead to it.
static ASKED: OnceLock<Asked> = OnceLock::new();

/// Calls this, in a thread of the system's, when the console wants the program
/// to end; `true` where it ends in any case when the call returns (the console
/// is closed, the user logs off). Its answer is whether the program goes on.
pub(crate) fn on_console_event(asked: Asked) -> Result<()> {
    const CALL: &str = "SetConsoleCtrlHandler";
    if ASKED.set(asked).is_err() {
        return Err(Error::message(
            ErrorKind::AlreadyRunning,
            "debug mode is entered once in a process",
        ));
    }
    // A program that was started as a group of its own ignores Ctrl-C.
    // SAFETY: null and false: that is taken back.
    unsafe { SetConsoleCtrlHandler(None, 0) };
    // SAFETY: a function that is there as long as the program.
    if unsafe { SetConsoleCtrlHandler(Some(console_event), 1) } == 0 {
        // SAFETY: it has no arguments.
        return Err(Error::code_of(CALL, unsafe { GetLastError() }));
    }
    Ok(())
}

unsafe extern "system" fn console_event(event: u32) -> BOOL {
    let ends = !matches!(event, CTRL_C_EVENT | CTRL_BREAK_EVENT);
    let goes_on = ASKED
        .get()
        .is_some_and(|asked| catch_unwind(AssertUnwindSafe(|| asked(ends))).unwrap_or(false));
    BOOL::from(goes_on)
}

/// What is written to standard output and error goes to this file from now on.
pub(crate) fn redirect(file: File) -> Result<()> {
    // Open until the program ends: anybody may write at any time.
    let handle = file.into_raw_handle();
    for standard in [STD_OUTPUT_HANDLE, STD_ERROR_HANDLE] {
        // SAFETY: a handle that is open and stays so.
        if unsafe { SetStdHandle(standard, handle) } == 0 {
            // SAFETY: it has no arguments.
            return Err(Error::code_of("SetStdHandle", unsafe { GetLastError() }));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
