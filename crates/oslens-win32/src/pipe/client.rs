//! The client's side.

use std::{
    ffi::OsStr,
    fs::{File, OpenOptions},
    io,
    os::windows::{fs::OpenOptionsExt as _, io::AsRawHandle as _},
    time::{Duration, Instant},
};

use windows_sys::Win32::{
    Foundation::{ERROR_PIPE_BUSY, ERROR_SEM_TIMEOUT},
    Storage::FileSystem::SECURITY_IDENTIFICATION,
    System::Pipes::{
        PIPE_READMODE_MESSAGE, SetNamedPipeHandleState, TransactNamedPipe, WaitNamedPipeW,
    },
};

use super::CLIENT_ACCESS;
use crate::{Error, Result, wide};

/// A client of a named pipe for messages.
#[derive(Debug)]
pub struct Client(File);

impl Client {
    /// Connects to the pipe `\\.\pipe\NAME`, waiting at most so long for a
    /// server that is busy. The server learns who the client is, and cannot
    /// act in its name.
    ///
    /// # Errors
    ///
    /// `ERROR_FILE_NOT_FOUND` where there is no such pipe,
    /// `ERROR_ACCESS_DENIED`, `ERROR_PIPE_BUSY` when the time has passed.
    pub fn connect(name: &OsStr, within: Duration) -> Result<Self> {
        let path = super::path(name);
        let units = wide::with_nul(&path)?;
        let end = Instant::now().checked_add(within);
        let file = loop {
            let opened = OpenOptions::new()
                .access_mode(CLIENT_ACCESS)
                .security_qos_flags(SECURITY_IDENTIFICATION)
                .open(&path);
            let error = match opened {
                Ok(file) => break file,
                Err(error) => error,
            };
            let left = end.map_or(Duration::MAX, |end| {
                end.saturating_duration_since(Instant::now())
            });
            let busy = error.raw_os_error() == Some(ERROR_PIPE_BUSY as i32);
            if !busy || left.is_zero() {
                return Err(Error::Call("CreateFile", error));
            }
            // Zero would mean the server's default.
            let left = u32::try_from(left.as_millis()).unwrap_or(u32::MAX - 1);
            // SAFETY: a path that ends with NUL.
            if unsafe { WaitNamedPipeW(units.as_ptr(), left.max(1)) } == 0 {
                let error = io::Error::last_os_error();
                if error.raw_os_error() != Some(ERROR_SEM_TIMEOUT as i32) {
                    return Err(Error::Call("WaitNamedPipe", error));
                }
            }
        };
        let mode = PIPE_READMODE_MESSAGE;
        // SAFETY: an open pipe, and a number; the other two stay as they are.
        let set = unsafe {
            SetNamedPipeHandleState(
                file.as_raw_handle(),
                &mode,
                std::ptr::null(),
                std::ptr::null(),
            )
        };
        if set == 0 {
            return Err(Error::last("SetNamedPipeHandleState"));
        }
        Ok(Self(file))
    }

    /// The pipe, to send without waiting for an answer.
    #[cfg(test)]
    pub(super) fn file(&self) -> &File {
        &self.0
    }

    /// Sends a message and waits for the answer, of at most `longest` bytes,
    /// as long as the server takes.
    ///
    /// # Errors
    ///
    /// `ERROR_BROKEN_PIPE` when the server has gone, `ERROR_MORE_DATA` when
    /// the answer is longer.
    pub fn ask(&self, message: &[u8], longest: usize) -> Result<Vec<u8>> {
        let mut answer = vec![0; longest];
        let room = u32::try_from(answer.len()).unwrap_or(u32::MAX);
        let length = u32::try_from(message.len())
            .map_err(|_| Error::Malformed("the message is too long".to_owned()))?;
        let mut read = 0;
        // SAFETY: an open pipe; so many bytes to read and to write to; it is
        // not overlapped, so that all is done when the call returns.
        let done = unsafe {
            TransactNamedPipe(
                self.0.as_raw_handle(),
                message.as_ptr().cast(),
                length,
                answer.as_mut_ptr().cast(),
                room,
                &mut read,
                std::ptr::null_mut(),
            )
        };
        if done == 0 {
            return Err(Error::last("TransactNamedPipe"));
        }
        answer.truncate(read as usize);
        Ok(answer)
    }
}
