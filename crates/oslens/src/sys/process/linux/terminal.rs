//! Names of terminals.

use std::{
    os::{fd::AsFd as _, unix::ffi::OsStrExt as _},
    path::{Path, PathBuf},
};

use rustix::fs::FileType;

use crate::{
    Field, Unavailable,
    sys::pal::linux::{file, getdents},
};

/// The device files of terminals, looked up when the first process has one,
/// for one pass over the processes.
#[derive(Debug, Default)]
pub(super) struct Terminals {
    known: Vec<(u64, Option<PathBuf>)>,
    is_listed: bool,
}

impl Terminals {
    /// The device file of the terminal with this number of `stat`'s. Only
    /// for numbers other than 0, and for the local host: another root has
    /// no devices of its own.
    pub(super) fn path(&mut self, tty_nr: i64) -> Field<&Path> {
        let device = device(tty_nr);
        if !self.known.iter().any(|(known, _)| *known == device) {
            let path = self.look_up(device);
            self.known.push((device, path));
        }
        self.known
            .iter()
            .find(|(known, _)| *known == device)
            .and_then(|(_, path)| path.as_deref())
            .ok_or(Unavailable::Unsupported)
    }

    fn look_up(&mut self, device: u64) -> Option<PathBuf> {
        let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
        // Where it is unless somebody named it otherwise.
        let usual = match major {
            136..=143 => format!("/dev/pts/{}", (major - 136) * 256 + minor),
            4 if minor < 64 => format!("/dev/tty{minor}"),
            4 => format!("/dev/ttyS{}", minor - 64),
            _ => String::new(),
        };
        if !usual.is_empty() && is_device(Path::new(&usual), device) {
            return Some(usual.into());
        }
        if !self.is_listed {
            self.is_listed = true;
            self.list(Path::new("/dev"));
            self.list(Path::new("/dev/pts"));
            return self
                .known
                .iter()
                .find(|(known, _)| *known == device)
                .and_then(|(_, path)| path.clone());
        }
        None
    }

    /// Remembers the devices of a directory. Their names say nothing: besides
    /// `tty…` there are `hvc0`, `console` and `sclp_line0`. A directory that
    /// cannot be read has none.
    fn list(&mut self, directory: &Path) {
        let Ok(fd) = file::open_dir(directory) else {
            return;
        };
        let mut buffer = Vec::new();
        let mut names = Vec::new();
        let _ = getdents::for_each(fd.as_fd(), &mut buffer, |name, kind| {
            if matches!(kind, FileType::CharacterDevice | FileType::Unknown) {
                names.push(directory.join(std::ffi::OsStr::from_bytes(name)));
            }
        });
        for path in names {
            if let Ok(stat) = rustix::fs::lstat(&path) {
                if FileType::from_raw_mode(stat.st_mode) == FileType::CharacterDevice {
                    self.known.push((stat.st_rdev, Some(path)));
                }
            }
        }
    }
}

fn is_device(path: &Path, device: u64) -> bool {
    rustix::fs::stat(path).is_ok_and(|stat| {
        stat.st_rdev == device && FileType::from_raw_mode(stat.st_mode) == FileType::CharacterDevice
    })
}

/// `stat` shows the kernel's 32-bit device number, the major number between
/// the halves of the minor one.
fn device(tty_nr: i64) -> u64 {
    // Shown as a signed 32-bit number: the low half is meant.
    let number = tty_nr as u32;
    let major = (number >> 8) & 0xfff;
    let minor = (number & 0xff) | ((number >> 12) & 0xfff00);
    rustix::fs::makedev(major, minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_device_number_is_taken_apart() {
        assert_eq!(device(34816), rustix::fs::makedev(136, 0));
        assert_eq!(device(1025), rustix::fs::makedev(4, 1));
        assert_eq!(device(0x10_8801), rustix::fs::makedev(136, 257));
        assert_eq!(device(-1), rustix::fs::makedev(0xfff, 0xf_ffff));
    }

    #[test]
    fn a_terminal_without_a_device_file_is_not_invented() {
        let mut terminals = Terminals::default();
        assert_eq!(terminals.path(0xfe0ff), Err(Unavailable::Unsupported));
        if let Ok(null) = rustix::fs::stat("/dev/null") {
            // Not called tty, as the consoles of virtual machines are not.
            let number = i64::from(0x103);
            assert_eq!(null.st_rdev, rustix::fs::makedev(1, 3));
            assert_eq!(
                Terminals::default().path(number),
                Ok(Path::new("/dev/null"))
            );
        }
        if let Ok(null) = rustix::fs::stat("/dev/tty") {
            // 5:0, found by listing: no rule names it.
            let number = i64::from(5u32 << 8);
            assert_eq!(null.st_rdev, rustix::fs::makedev(5, 0));
            assert_eq!(Terminals::default().path(number), Ok(Path::new("/dev/tty")));
        }
    }
}
