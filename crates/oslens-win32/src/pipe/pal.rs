//! The calls: a completion port, and operations whose memory is the system's
//! until they are complete.

use std::{
    io,
    os::windows::io::{AsRawHandle, OwnedHandle},
    ptr::NonNull,
    time::Duration,
};

use windows_sys::Win32::{
    Foundation::{
        ERROR_IO_PENDING, ERROR_MORE_DATA, ERROR_PIPE_CONNECTED, INVALID_HANDLE_VALUE, WAIT_TIMEOUT,
    },
    Security::SECURITY_ATTRIBUTES,
    Storage::FileSystem::{
        FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAG_OVERLAPPED, PIPE_ACCESS_DUPLEX, ReadFile,
        WriteFile,
    },
    System::{
        IO::{
            CancelIoEx, CreateIoCompletionPort, GetQueuedCompletionStatus, OVERLAPPED,
            PostQueuedCompletionStatus,
        },
        Pipes::{
            ConnectNamedPipe, CreateNamedPipeW, PIPE_READMODE_MESSAGE, PIPE_REJECT_REMOTE_CLIENTS,
            PIPE_TYPE_MESSAGE, PIPE_UNLIMITED_INSTANCES,
        },
        Threading::INFINITE,
    },
};

use crate::{Error, Result, handle, security::Descriptor};

/// A completion port.
#[derive(Debug)]
pub(super) struct Port(OwnedHandle);

/// What came out of it.
#[derive(Debug)]
pub(super) struct Completion {
    pub(super) key: usize,
    /// Nothing for what was posted.
    pub(super) result: Option<io::Result<usize>>,
}

impl Port {
    pub(super) fn new() -> Result<Self> {
        // SAFETY: no file and no port: a new one, ours or null.
        let port = unsafe {
            handle::owned(CreateIoCompletionPort(
                INVALID_HANDLE_VALUE,
                std::ptr::null_mut(),
                0,
                0,
            ))
        };
        port.map(Self)
            .map_err(|error| Error::Call("CreateIoCompletionPort", error))
    }

    /// From now on what is done with this pipe completes here, under this key.
    fn add(&self, pipe: &OwnedHandle, key: usize) -> Result<()> {
        // SAFETY: two open handles; the key is a number.
        let port =
            unsafe { CreateIoCompletionPort(pipe.as_raw_handle(), self.0.as_raw_handle(), key, 0) };
        if port.is_null() {
            return Err(Error::last("CreateIoCompletionPort"));
        }
        Ok(())
    }

    /// The next completion; `None` when the time has passed.
    pub(super) fn next(&self, within: Option<Duration>) -> Result<Option<Completion>> {
        let milliseconds = within.map_or(INFINITE, |within| {
            u32::try_from(within.as_millis()).unwrap_or(INFINITE - 1)
        });
        let (mut bytes, mut key, mut overlapped) = (0, 0, std::ptr::null_mut());
        // SAFETY: an open port, and three places to be filled in.
        let done = unsafe {
            GetQueuedCompletionStatus(
                self.0.as_raw_handle(),
                &mut bytes,
                &mut key,
                &mut overlapped,
                milliseconds,
            )
        };
        if done != 0 {
            let result = (!overlapped.is_null()).then_some(Ok(bytes as usize));
            return Ok(Some(Completion { key, result }));
        }
        let error = io::Error::last_os_error();
        if !overlapped.is_null() {
            // The operation failed, not the port.
            let result = Some(Err(error));
            return Ok(Some(Completion { key, result }));
        }
        if error.raw_os_error() == Some(WAIT_TIMEOUT as i32) {
            return Ok(None);
        }
        Err(Error::Call("GetQueuedCompletionStatus", error))
    }

    /// Has it return this key with nothing.
    pub(super) fn post(&self, key: usize) {
        // SAFETY: an open port; nothing is behind the null.
        unsafe { PostQueuedCompletionStatus(self.0.as_raw_handle(), 0, key, std::ptr::null()) };
    }
}

/// The memory of an operation, which has to stay where it is.
struct Operation {
    overlapped: OVERLAPPED,
    buffer: Vec<u8>,
}

/// One end of a pipe, and what is being done with it: one thing at a time.
#[derive(Debug)]
pub(super) struct Pipe {
    handle: OwnedHandle,
    /// The operation that the system has the memory of.
    pending: Option<NonNull<Operation>>,
}

// SAFETY: nobody else has the pointer but the system, which does not mind
// threads.
unsafe impl Send for Pipe {}

/// How an operation began.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Began {
    /// It will complete at the port.
    Pending,
    /// It is done, and nothing comes of it at the port.
    Done,
}

impl Pipe {
    /// A pipe that completes at `port` under `key`. The first one with its
    /// name fails with `ERROR_ACCESS_DENIED` where there is one already.
    pub(super) fn new(
        path: &[u16],
        first: bool,
        buffer: u32,
        security: &Descriptor,
        port: &Port,
        key: usize,
    ) -> Result<Self> {
        let attributes = SECURITY_ATTRIBUTES {
            nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
            lpSecurityDescriptor: security.as_ptr(),
            bInheritHandle: 0,
        };
        let first = if first {
            FILE_FLAG_FIRST_PIPE_INSTANCE
        } else {
            0
        };
        debug_assert_eq!(path.last(), Some(&0));
        // SAFETY: a path that ends with NUL, and a descriptor that outlives
        // the call; a handle that is ours or invalid out.
        let handle = unsafe {
            handle::owned(CreateNamedPipeW(
                path.as_ptr(),
                PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | first,
                PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_REJECT_REMOTE_CLIENTS,
                PIPE_UNLIMITED_INSTANCES,
                buffer,
                buffer,
                0,
                &attributes,
            ))
        };
        let handle = handle.map_err(|error| Error::Call("CreateNamedPipe", error))?;
        port.add(&handle, key)?;
        Ok(Self {
            handle,
            pending: None,
        })
    }

    pub(super) fn is_busy(&self) -> bool {
        self.pending.is_some()
    }

    /// Begins an operation with this buffer. `start` gets the place of the
    /// structure and the buffer, both of which stay until it is complete.
    fn begin(
        &mut self,
        call: &'static str,
        buffer: Vec<u8>,
        start: impl FnOnce(*mut OVERLAPPED, *mut u8, u32) -> i32,
    ) -> Result<Began> {
        assert!(!self.is_busy(), "one operation at a time");
        let mut operation = Box::new(Operation {
            overlapped: OVERLAPPED::default(),
            buffer,
        });
        let length = u32::try_from(operation.buffer.len()).unwrap_or(u32::MAX);
        let buffer = operation.buffer.as_mut_ptr();
        let operation = NonNull::from(Box::leak(operation));
        // SAFETY: allocated above, and not given back yet.
        let overlapped = unsafe { &raw mut (*operation.as_ptr()).overlapped };
        if start(overlapped, buffer, length) != 0 {
            // Done, and the port is told all the same.
            self.pending = Some(operation);
            return Ok(Began::Pending);
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error().map(|code| code as u32) {
            Some(ERROR_IO_PENDING) => {
                self.pending = Some(operation);
                Ok(Began::Pending)
            }
            code => {
                // SAFETY: from the box above; the call has failed, so that the
                // system writes to it no more. (Of a message that is too long
                // the port may be told all the same; no one looks at the
                // memory for that.)
                drop(unsafe { Box::from_raw(operation.as_ptr()) });
                if code == Some(ERROR_PIPE_CONNECTED) {
                    return Ok(Began::Done);
                }
                Err(Error::Call(call, error))
            }
        }
    }

    /// Waits for a client. [`Began::Done`]: one was faster.
    pub(super) fn connect(&mut self) -> Result<Began> {
        let handle = self.handle.as_raw_handle();
        self.begin("ConnectNamedPipe", Vec::new(), |overlapped, _, _| {
            // SAFETY: an open pipe; the structure stays until it is complete.
            unsafe { ConnectNamedPipe(handle, overlapped) }
        })
    }

    /// Reads a message of at most the buffer's length.
    pub(super) fn read(&mut self, buffer: Vec<u8>) -> Result<Began> {
        let handle = self.handle.as_raw_handle();
        self.begin("ReadFile", buffer, |overlapped, buffer, length| {
            // SAFETY: an open pipe; so many bytes and the structure stay until
            // it is complete. How many were read is said then.
            unsafe { ReadFile(handle, buffer, length, std::ptr::null_mut(), overlapped) }
        })
    }

    /// Writes a message.
    pub(super) fn write(&mut self, message: Vec<u8>) -> Result<Began> {
        let handle = self.handle.as_raw_handle();
        self.begin("WriteFile", message, |overlapped, buffer, length| {
            // SAFETY: an open pipe; so many bytes and the structure stay until
            // it is complete. How many were written is said then.
            unsafe { WriteFile(handle, buffer, length, std::ptr::null_mut(), overlapped) }
        })
    }

    /// Has what is pending complete at once, as a rule with
    /// `ERROR_OPERATION_ABORTED`.
    pub(super) fn cancel(&self) {
        if let Some(operation) = self.pending {
            // SAFETY: the operation is pending, so its memory is there.
            let overlapped = unsafe { &raw const (*operation.as_ptr()).overlapped };
            // SAFETY: an open pipe, and a structure in its place. That nothing
            // is found any more is no matter: then it is complete.
            unsafe { CancelIoEx(self.handle.as_raw_handle(), overlapped) };
        }
    }

    /// Takes the buffer back, once the port has said that the operation of
    /// this pipe is complete.
    ///
    /// # Safety
    ///
    /// The port has said so.
    pub(super) unsafe fn complete(&mut self) -> Option<Vec<u8>> {
        let operation = self.pending.take()?;
        // SAFETY: from a box, taken once, and by contract the system has no
        // more to do with it.
        Some(unsafe { Box::from_raw(operation.as_ptr()) }.buffer)
    }
}

/// A message that did not fit into its buffer.
pub(super) fn is_too_long(error: &io::Error) -> bool {
    error.raw_os_error() == Some(ERROR_MORE_DATA as i32)
}
