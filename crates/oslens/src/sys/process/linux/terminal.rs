//! Names of terminals.

use std::{
    os::{fd::AsFd as _, unix::ffi::OsStrExt as _},
    path::{Path, PathBuf},
};

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
            self.list(Path::new("/dev"), b"tty");
            self.list(Path::new("/dev/pts"), b"");
            return self
                .known
                .iter()
                .find(|(known, _)| *known == device)
                .and_then(|(_, path)| path.clone());
        }
        None
    }

    /// Remembers the devices of a directory whose names start like this. A
    /// directory that cannot be read has none.
    fn list(&mut self, directory: &Path, start: &[u8]) {
        let Ok(fd) = file::open_dir(directory) else {
            return;
        };
        let mut buffer = Vec::new();
        let mut names = Vec::new();
        let _ = getdents::for_each(fd.as_fd(), &mut buffer, |name, _| {
            if name.starts_with(start) && !name.starts_with(b".") {
                names.push(directory.join(std::ffi::OsStr::from_bytes(name)));
            }
        });
        for path in names {
            if let Ok(stat) = rustix::fs::stat(&path) {
                let is_character = rustix::fs::FileType::from_raw_mode(stat.st_mode)
                    == rustix::fs::FileType::CharacterDevice;
                if is_character {
                    self.known.push((stat.st_rdev, Some(path)));
                }
            }
        }
    }
}

fn is_device(path: &Path, device: u64) -> bool {
    rustix::fs::stat(path).is_ok_and(|stat| {
        stat.st_rdev == device
            && rustix::fs::FileType::from_raw_mode(stat.st_mode)
                == rustix::fs::FileType::CharacterDevice
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
        if let Ok(null) = rustix::fs::stat("/dev/tty") {
            // 5:0, found by listing: no rule names it.
            let number = i64::from(5u32 << 8);
            assert_eq!(null.st_rdev, rustix::fs::makedev(5, 0));
            assert_eq!(Terminals::default().path(number), Ok(Path::new("/dev/tty")));
        }
    }
}
