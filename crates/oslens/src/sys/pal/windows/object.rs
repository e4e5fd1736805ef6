//! Objects behind handles, those of other processes too.

use std::os::windows::io::{AsRawHandle as _, BorrowedHandle, OwnedHandle};

use windows_sys::{
    Wdk::{
        Foundation::NtQueryObject,
        Storage::FileSystem::{
            FILE_INFORMATION_CLASS, FileModeInformation, FilePositionInformation,
            NtQueryInformationFile,
        },
    },
    Win32::{
        Foundation::{DUPLICATE_SAME_ACCESS, DuplicateHandle, HANDLE},
        Storage::FileSystem::{
            FILE_TYPE_CHAR, FILE_TYPE_DISK, FILE_TYPE_PIPE, FileStandardInfo,
            GetFileInformationByHandleEx, GetFileType,
        },
        System::{IO::IO_STATUS_BLOCK, Threading::GetCurrentProcess},
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

/// A `FILE_STANDARD_INFO`, with bytes for what is a `BOOLEAN` there: file
/// systems of others fill it in, and not every number is a `bool`.
#[derive(Debug, Default)]
#[repr(C)]
struct StandardInformation {
    allocation: i64,
    end: i64,
    links: u32,
    is_deleted: u8,
    is_directory: u8,
}

/// Size and such of a file on a disk. **May block** as the disk does.
pub(crate) fn file_facts(file: BorrowedHandle<'_>) -> Result<FileFacts> {
    let mut facts = StandardInformation::default();
    // SAFETY: a structure of the size that is said, which outlives the call;
    // it consists of numbers.
    let done = unsafe {
        GetFileInformationByHandleEx(
            file.as_raw_handle(),
            FileStandardInfo,
            (&raw mut facts).cast(),
            size_of::<StandardInformation>() as u32,
        )
    };
    if done == 0 {
        return Err(error::last("GetFileInformationByHandleEx"));
    }
    Ok(FileFacts {
        size: u64::try_from(facts.end).unwrap_or(0),
        is_directory: facts.is_directory != 0,
        is_deleted: facts.is_deleted != 0,
    })
}

/// Offset of the next read or write. `None`: it was opened for overlapped
/// use, which has none.
///
/// Not by `SetFilePointerEx`, which asks for the offset and then sets it: what
/// the file's own process read or wrote between the two would be undone.
/// **Blocks** as long as another thread uses the file.
pub(crate) fn file_position(file: BorrowedHandle<'_>) -> Option<u64> {
    /// `FILE_SYNCHRONOUS_IO_ALERT` and `FILE_SYNCHRONOUS_IO_NONALERT`.
    const SYNCHRONOUS: u32 = 0x30;
    let mode: [u8; 4] = file_information(file, FileModeInformation)?;
    if u32::from_ne_bytes(mode) & SYNCHRONOUS == 0 {
        return None;
    }
    let position = file_information(file, FilePositionInformation)?;
    u64::try_from(i64::from_ne_bytes(position)).ok()
}

/// A number that the kernel has about a file object.
fn file_information<const N: usize>(
    file: BorrowedHandle<'_>,
    class: FILE_INFORMATION_CLASS,
) -> Option<[u8; N]> {
    /// Aligned as the kernel wants its numbers.
    #[repr(C, align(8))]
    struct Aligned<const N: usize>([u8; N]);

    let mut answer = Aligned([0; N]);
    let mut outcome = IO_STATUS_BLOCK::default();
    // SAFETY: the answer's own size is said; it and the status outlive the
    // call, which returns when all is done, for any kind of file object.
    let status = unsafe {
        NtQueryInformationFile(
            file.as_raw_handle(),
            &mut outcome,
            (&raw mut answer.0).cast(),
            N as u32,
            class,
        )
    };
    (status >= 0).then_some(answer.0)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Seek as _, Write as _},
        os::windows::{fs::OpenOptionsExt as _, io::AsHandle as _},
    };

    use windows_sys::Win32::Storage::FileSystem::{FILE_FLAG_OVERLAPPED, FILE_STANDARD_INFO};

    use super::*;

    #[test]
    fn facts_of_a_file_have_the_form_of_the_system() {
        assert_eq!(
            size_of::<StandardInformation>(),
            size_of::<FILE_STANDARD_INFO>()
        );
    }

    #[test]
    fn to_look_at_a_position_never_moves_it() {
        const STEPS: u64 = 20_000;
        let path = std::env::temp_dir().join(format!("oslens-position-{}", std::process::id()));
        let mut file = std::fs::File::create(&path).unwrap();
        let seen = file.try_clone().unwrap();
        let is_over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                    let position = file_position(seen.as_handle()).unwrap();
                    assert!(position <= STEPS, "{position}");
                }
            });
            for _ in 0..STEPS {
                file.write_all(b"x").unwrap();
            }
            is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        assert_eq!(file_position(file.as_handle()), Some(STEPS));
        assert_eq!(file.stream_position().unwrap(), STEPS);
        assert_eq!(file.metadata().unwrap().len(), STEPS);

        let overlapped = std::fs::OpenOptions::new()
            .read(true)
            .custom_flags(FILE_FLAG_OVERLAPPED)
            .open(&path)
            .unwrap();
        assert_eq!(file_position(overlapped.as_handle()), None);
        drop((file, seen, overlapped));
        std::fs::remove_file(&path).unwrap();
    }
}
