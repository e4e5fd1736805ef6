//! Drives, volumes, and what devices answer.

use std::{
    fs::{File, OpenOptions},
    io,
    os::windows::{fs::OpenOptionsExt as _, io::AsRawHandle as _},
};

use windows_sys::Win32::{
    Foundation::{
        ERROR_INSUFFICIENT_BUFFER, ERROR_MORE_DATA, ERROR_NO_MORE_FILES, HANDLE,
        INVALID_HANDLE_VALUE,
    },
    Storage::FileSystem::{
        FILE_SHARE_READ, FILE_SHARE_WRITE, FindFirstVolumeW, FindNextVolumeW, FindVolumeClose,
        GetDiskFreeSpaceExW, GetDriveTypeW, GetLogicalDrives, GetVolumeInformationW,
        GetVolumePathNameW, GetVolumePathNamesForVolumeNameW, QueryDosDeviceW,
    },
    System::{
        Diagnostics::Debug::{SEM_FAILCRITICALERRORS, SetThreadErrorMode, THREAD_ERROR_MODE},
        IO::DeviceIoControl,
    },
};

/// Whether text ends with a NUL. Every function here insists on it: the system
/// would read on behind the end.
fn is_terminated(text: &[u16]) -> bool {
    text.last() == Some(&0)
}

/// As long as it lives, this thread gets an error where the system would ask
/// the user to insert a disk.
pub(crate) struct QuietErrors(Option<THREAD_ERROR_MODE>);

impl QuietErrors {
    pub(crate) fn begin() -> Self {
        let mut before = 0;
        // SAFETY: a number, and a place for one that outlives the call.
        let done = unsafe { SetThreadErrorMode(SEM_FAILCRITICALERRORS, &mut before) };
        Self((done != 0).then_some(before))
    }
}

impl Drop for QuietErrors {
    fn drop(&mut self) {
        if let Some(before) = self.0 {
            // SAFETY: a number; the old one is not wanted.
            unsafe { SetThreadErrorMode(before, std::ptr::null_mut()) };
        }
    }
}

/// The drive letters in use: bit 0 is A.
pub(crate) fn drive_letters() -> io::Result<u32> {
    // SAFETY: it takes nothing and returns a number.
    match unsafe { GetLogicalDrives() } {
        0 => Err(io::Error::last_os_error()),
        letters => Ok(letters),
    }
}

/// The `DRIVE_*` of a drive or volume, named with a backslash at its end.
pub(crate) fn drive_type(root: &[u16]) -> u32 {
    assert!(is_terminated(root));
    // SAFETY: text with a NUL at its end.
    unsafe { GetDriveTypeW(root.as_ptr()) }
}

/// What a volume says of itself.
pub(crate) struct VolumeInformation {
    /// `FILE_READ_ONLY_VOLUME` and the like.
    pub(crate) flags: u32,
    /// `NTFS`, …; with a NUL behind it.
    pub(crate) file_system: [u16; 261],
}

/// Asks a volume, named with a backslash at its end. This blocks as long as
/// the device does.
pub(crate) fn volume_information(root: &[u16]) -> io::Result<VolumeInformation> {
    assert!(is_terminated(root));
    let mut information = VolumeInformation {
        flags: 0,
        file_system: [0; 261],
    };
    // SAFETY: text with a NUL at its end, places that outlive the call, and
    // as many units as are said. Null means not wanted.
    let done = unsafe {
        GetVolumeInformationW(
            root.as_ptr(),
            std::ptr::null_mut(),
            0,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            &mut information.flags,
            information.file_system.as_mut_ptr(),
            information.file_system.len() as u32,
        )
    };
    match done {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(information),
    }
}

/// Calls `fill` with more and more room until its answer fits: the number of
/// units, or 0 with an error.
fn growing(mut fill: impl FnMut(&mut [u16]) -> u32) -> io::Result<Vec<u16>> {
    /// 2 MiB; a list of all devices takes some 20 KiB.
    const MOST: usize = 1 << 20;
    let mut units = vec![0; 512];
    loop {
        match fill(&mut units) {
            0 => {
                let error = io::Error::last_os_error();
                let code = error.raw_os_error().unwrap_or(0) as u32;
                let is_short = matches!(code, ERROR_INSUFFICIENT_BUFFER | ERROR_MORE_DATA);
                if !is_short || units.len() >= MOST {
                    return Err(error);
                }
                let room = units.len() * 4;
                units.clear();
                units.resize(room, 0);
            }
            length => {
                units.truncate(length as usize);
                return Ok(units);
            }
        }
    }
}

/// What is behind a DOS device name, or with `None` a list of all names. Asks
/// the kernel's table alone, no device.
pub(crate) fn dos_device(name: Option<&[u16]>) -> io::Result<Vec<u16>> {
    assert!(name.is_none_or(is_terminated));
    let name = name.map_or(std::ptr::null(), <[u16]>::as_ptr);
    growing(|units| {
        // SAFETY: text with a NUL at its end or null, and as many units as
        // are said.
        unsafe { QueryDosDeviceW(name, units.as_mut_ptr(), units.len() as u32) }
    })
}

/// The names of all volumes, each `\\?\Volume{…}\` with a NUL behind it.
pub(crate) fn volumes() -> io::Result<Vec<Vec<u16>>> {
    /// An open search.
    struct Search(HANDLE);
    impl Drop for Search {
        fn drop(&mut self) {
            // SAFETY: made by `FindFirstVolumeW`, and closed nowhere else.
            unsafe { FindVolumeClose(self.0) };
        }
    }
    // A name has 50 units.
    let mut name = [0; 64];
    // SAFETY: as many units as are said.
    let search = unsafe { FindFirstVolumeW(name.as_mut_ptr(), name.len() as u32) };
    if search == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    let search = Search(search);
    let mut volumes = Vec::new();
    loop {
        let end = name.iter().position(|unit| *unit == 0).unwrap_or(0);
        volumes.push(name.iter().copied().take(end + 1).collect());
        // SAFETY: an open search, and as many units as are said.
        if unsafe { FindNextVolumeW(search.0, name.as_mut_ptr(), name.len() as u32) } == 0 {
            let error = io::Error::last_os_error();
            return match error.raw_os_error() {
                Some(code) if code as u32 == ERROR_NO_MORE_FILES => Ok(volumes),
                _ => Err(error),
            };
        }
    }
}

/// Where a volume is mounted: a list of drives and directories. Asks the
/// mount manager alone, no device.
pub(crate) fn volume_paths(volume: &[u16]) -> io::Result<Vec<u16>> {
    assert!(is_terminated(volume));
    growing(|units| {
        let mut length = 0;
        // SAFETY: text with a NUL at its end, as many units as are said, and
        // a place for a number.
        let done = unsafe {
            GetVolumePathNamesForVolumeNameW(
                volume.as_ptr(),
                units.as_mut_ptr(),
                units.len() as u32,
                &mut length,
            )
        };
        if done == 0 { 0 } else { length.max(1) }
    })
}

/// The directory that the volume of a path is mounted on, with a NUL.
pub(crate) fn volume_path(path: &[u16]) -> io::Result<Vec<u16>> {
    assert!(is_terminated(path));
    // A relative path can be on a volume with a longer name than its own.
    let mut root = vec![0; path.len().max(512) + 16];
    // SAFETY: text with a NUL at its end, and as many units as are said.
    let done = unsafe { GetVolumePathNameW(path.as_ptr(), root.as_mut_ptr(), root.len() as u32) };
    match done {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(root),
    }
}

/// Space in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Space {
    pub(crate) total: u64,
    pub(crate) free: u64,
    /// What the caller may use of it.
    pub(crate) available: u64,
}

/// The space of the volume that a directory is on. This blocks as long as the
/// device or server does.
pub(crate) fn space(directory: &[u16]) -> io::Result<Space> {
    assert!(is_terminated(directory));
    let mut space = Space {
        total: 0,
        free: 0,
        available: 0,
    };
    // SAFETY: text with a NUL at its end, and places for numbers that outlive
    // the call.
    let done = unsafe {
        GetDiskFreeSpaceExW(
            directory.as_ptr(),
            &mut space.available,
            &mut space.total,
            &mut space.free,
        )
    };
    match done {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(space),
    }
}

/// Opens a device to ask it about itself, for which no right is needed.
pub(crate) fn open_device(name: &str) -> io::Result<File> {
    OpenOptions::new()
        .access_mode(0)
        .share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE)
        .open(name)
}

/// Sends a control code; the number of bytes of the answer.
pub(crate) fn control(
    device: &File,
    code: u32,
    question: &[u8],
    answer: &mut [u8],
) -> io::Result<usize> {
    let mut length = 0;
    // SAFETY: an open handle that the file keeps; as many bytes as are said
    // to be read and to be written; the handle was not opened for overlapped
    // calls, so it returns when all is done.
    let done = unsafe {
        DeviceIoControl(
            device.as_raw_handle(),
            code,
            question.as_ptr().cast(),
            u32::try_from(question.len()).unwrap_or(u32::MAX),
            answer.as_mut_ptr().cast(),
            u32::try_from(answer.len()).unwrap_or(u32::MAX),
            &mut length,
            std::ptr::null_mut(),
        )
    };
    match done {
        0 => Err(io::Error::last_os_error()),
        _ => Ok((length as usize).min(answer.len())),
    }
}
