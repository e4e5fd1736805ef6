//! Where the files of one process are looked up.

use std::{
    ffi::CStr,
    os::{fd::BorrowedFd, unix::ffi::OsStrExt as _},
    path::Path,
};

use crate::process::Pid;

/// Longest path that is built without an allocation.
const ROOM: usize = 128;

/// Longest name below the directory of a process, with its NUL.
const NAME: usize = 16;

/// A directory, and the path from there to a process's directory: `123/`
/// below an open `/proc`, or nothing below an open `/proc/123`.
pub(super) struct Location<'fd> {
    dir: BorrowedFd<'fd>,
    path: [u8; ROOM],
    prefix: usize,
}

impl<'fd> Location<'fd> {
    /// Below an open `/proc`.
    pub(super) fn below_proc(proc: BorrowedFd<'fd>, pid: Pid) -> Self {
        let mut location = Self::in_directory(proc);
        location.push_pid(pid);
        location
    }

    /// In an open `/proc/PID`, which stays the directory of that process
    /// even when its PID is given to another one.
    pub(super) fn in_directory(dir: BorrowedFd<'fd>) -> Self {
        Self {
            dir,
            path: [0; ROOM],
            prefix: 0,
        }
    }

    /// From anywhere, by the full path; `None` when that is too long.
    pub(super) fn absolute(proc: &Path, pid: Pid) -> Option<Self> {
        let mut location = Self::in_directory(rustix::fs::CWD);
        let proc = proc.as_os_str().as_bytes();
        // A slash, ten digits, another slash and the name follow.
        location
            .path
            .get_mut(..proc.len())
            .filter(|_| proc.len() + 12 + NAME <= ROOM)?
            .copy_from_slice(proc);
        location.prefix = proc.len();
        location.push(b'/');
        location.push_pid(pid);
        Some(location)
    }

    /// What the name below the process's directory is relative to.
    pub(super) fn dir(&self) -> BorrowedFd<'fd> {
        self.dir
    }

    /// The path of a file of the process, relative to [`Location::dir`].
    pub(super) fn path<'a>(&'a mut self, name: &'static CStr) -> &'a CStr {
        let name_bytes = name.to_bytes_with_nul();
        let end = self.prefix + name_bytes.len();
        let Some(place) = self.path.get_mut(self.prefix..end) else {
            return name;
        };
        place.copy_from_slice(name_bytes);
        self.path
            .get(..end)
            .and_then(|path| CStr::from_bytes_with_nul(path).ok())
            .unwrap_or(name)
    }

    fn push_pid(&mut self, pid: Pid) {
        let mut digits = [0; 10];
        let mut left = pid.get();
        let mut first = digits.len();
        loop {
            first -= 1;
            // One of ten digits.
            digits[first] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        for &digit in &digits[first..] {
            self.push(digit);
        }
        self.push(b'/');
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.path.get_mut(self.prefix) {
            *place = byte;
            self.prefix += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_built_in_place() {
        let mut below = Location::below_proc(rustix::fs::CWD, Pid::new(4_194_304));
        assert_eq!(below.path(c"smaps_rollup"), c"4194304/smaps_rollup");
        assert_eq!(below.path(c"io"), c"4194304/io");
        let mut inside = Location::in_directory(rustix::fs::CWD);
        assert_eq!(inside.path(c"stat"), c"stat");
        let mut absolute = Location::absolute(Path::new("/host/proc"), Pid::new(u32::MAX)).unwrap();
        assert_eq!(absolute.path(c"stat"), c"/host/proc/4294967295/stat");
        let mut zero = Location::below_proc(rustix::fs::CWD, Pid::new(0));
        assert_eq!(zero.path(c"stat"), c"0/stat");
    }

    #[test]
    fn a_long_root_is_left_to_a_directory_descriptor() {
        let longest = "/".to_owned() + &"r".repeat(ROOM - NAME - 13);
        let mut location = Location::absolute(Path::new(&longest), Pid::new(u32::MAX)).unwrap();
        assert!(
            location
                .path(c"smaps_rollup")
                .to_bytes()
                .ends_with(b"/4294967295/smaps_rollup")
        );
        assert!(Location::absolute(Path::new(&(longest + "r")), Pid::new(1)).is_none());
    }
}
