//! Objects behind handles, those of other processes too.

use std::os::windows::io::{AsRawHandle as _, BorrowedHandle, OwnedHandle};

use windows_sys::{
    Wdk::Foundation::NtQueryObject,
    Win32::{
        Foundation::{DUPLICATE_SAME_ACCESS, DuplicateHandle, HANDLE},
        Storage::FileSystem::{
            FILE_CURRENT, FILE_STANDARD_INFO, FILE_TYPE_CHAR, FILE_TYPE_DISK, FILE_TYPE_PIPE,
            FileStandardInfo, GetFileInformationByHandleEx, GetFileType, SetFilePointerEx,
        },
        System::Threading::GetCurrentProcess,
    },
};

use super::{
    buffer::{Attempt, Buffer},
    error, handle, native, process,
};
use crate::{Error, Result};

/// A handle of ours for what a handle of another process stands for. The
/// process needs the right `PROCESS_DUP_HANDLE`.
pub(crate) fn duplicate(process: BorrowedHandle<'_>, value: u64) -> Result<OwnedHandle> {
    const CALL: &str = "DuplicateHandle";
    let mut duplicate: HANDLE = std::ptr::null_mut();
    // SAFETY: a handle to be filled in, which outlives the call. The value is
    // the other process's: the kernel looks it up there.
    let done = unsafe {
        DuplicateHandle(
            process.as_raw_handle(),
            value as usize as HANDLE,
            GetCurrentProcess(),
            &mut duplicate,
            0,
            0,
            DUPLICATE_SAME_ACCESS,
        )
    };
    if done == 0 {
        return Err(error::last(CALL));
    }
    // SAFETY: the call made it for us.
    unsafe { handle::owned(duplicate) }.map_err(|error| Error::call(CALL, error))
}

const NAME: i32 = 1;
const TYPE: i32 = 2;

/// The object's name in the kernel's words; empty if it has none. **Blocks**
/// for some files while another thread reads from them.
pub(crate) fn name(object: BorrowedHandle<'_>) -> Result<Vec<u16>> {
    query_text(object, NAME)
}

/// The name of the object's type: `File`, `Event`, `Key`, …
pub(crate) fn type_name(object: BorrowedHandle<'_>) -> Result<Vec<u16>> {
    query_text(object, TYPE)
}

/// An answer that starts with a counted text.
fn query_text(object: BorrowedHandle<'_>, class: i32) -> Result<Vec<u16>> {
    const CALL: &str = "NtQueryObject";
    let mut buffer = Buffer::new(1024);
    let bytes = buffer.fill(CALL, 1 << 17, |to, room| {
        let mut length = 0;
        // SAFETY: the buffer gives `room` bytes to write to; `length` outlives
        // the call.
        let status =
            unsafe { NtQueryObject(object.as_raw_handle(), class, to.cast(), room, &mut length) };
        match native::outcome(CALL, status, length) {
            // Some of its versions say with a type how long its name is, and
            // not how long the structure.
            Attempt::Filled(_) => Attempt::Filled(room as usize),
            other => other,
        }
    })?;
    process::text_in(bytes).ok_or_else(|| Error::malformed(CALL, "a UNICODE_STRING"))
}

/// What a file object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Disk,
    Character,
    Pipe,
    Other,
}

/// What a file object is. **Blocks** for some pipes while another thread
/// reads from them.
pub(crate) fn file_kind(file: BorrowedHandle<'_>) -> FileKind {
    // SAFETY: a handle in, a number out.
    match unsafe { GetFileType(file.as_raw_handle()) } {
        FILE_TYPE_DISK => FileKind::Disk,
        FILE_TYPE_CHAR => FileKind::Character,
        FILE_TYPE_PIPE => FileKind::Pipe,
        _ => FileKind::Other,
    }
}

/// A file on a disk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileFacts {
    pub(crate) size: u64,
    pub(crate) is_directory: bool,
    pub(crate) is_deleted: bool,
}

/// Size and such of a file on a disk. **May block** as the disk does.
pub(crate) fn file_facts(file: BorrowedHandle<'_>) -> Result<FileFacts> {
    let mut facts = FILE_STANDARD_INFO::default();
    // SAFETY: a structure of the size that is said, which outlives the call.
    let done = unsafe {
        GetFileInformationByHandleEx(
            file.as_raw_handle(),
            FileStandardInfo,
            (&raw mut facts).cast(),
            size_of::<FILE_STANDARD_INFO>() as u32,
        )
    };
    if done == 0 {
        return Err(error::last("GetFileInformationByHandleEx"));
    }
    Ok(FileFacts {
        size: u64::try_from(facts.EndOfFile).unwrap_or(0),
        is_directory: facts.Directory,
        is_deleted: facts.DeletePending,
    })
}

/// Offset of the next read or write. `None`: it was opened for overlapped
/// use, which has none.
pub(crate) fn file_position(file: BorrowedHandle<'_>) -> Option<u64> {
    let mut position = 0;
    // SAFETY: a number to be filled in, which outlives the call; to move by
    // nothing changes nothing.
    let done = unsafe { SetFilePointerEx(file.as_raw_handle(), 0, &mut position, FILE_CURRENT) };
    (done != 0).then(|| u64::try_from(position).unwrap_or(0))
}
