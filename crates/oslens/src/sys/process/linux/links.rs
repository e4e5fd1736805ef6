//! Where the links of a process lead: executable, working directory, root.

use std::ffi::CStr;

use rustix::{fs::AtFlags, io::Errno};

use super::{
    cells::{Nature, Subject},
    files::About,
    plan::Reads,
    procfs::Procfs,
    row,
};
use crate::{Unavailable, process::ProcessRow};

impl Procfs {
    /// Executable, working directory and root.
    pub(super) fn links(
        &mut self,
        reads: Reads,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> Result<(), Errno> {
        if reads.contains(Reads::EXE) {
            match subject.nature {
                Nature::Zombie => row.exe = Err(Unavailable::Zombie),
                Nature::Kernel => row.exe = Ok(None),
                Nature::Unknown | Nature::User | Nature::Gone => {
                    let mut target = [0; 4096];
                    match read_link(subject, c"exe", &mut target) {
                        Ok(target) => {
                            let is_local = self.host.is_local();
                            let path = without_remark(subject, c"exe", target, is_local);
                            row::put_optional_path(&mut row.exe, path);
                        }
                        Err(errno) => {
                            row.exe = match self.why_without_memory(errno, subject)? {
                                _ if subject.nature == Nature::Kernel => Ok(None),
                                // The process is there and its link is not:
                                // it has no executable.
                                Unavailable::Unsupported if errno == Errno::NOENT => Ok(None),
                                why => Err(why),
                            };
                        }
                    }
                }
            }
        }
        for (read, name, cell) in [
            (Reads::CWD, c"cwd", &mut row.cwd),
            (Reads::ROOT, c"root", &mut row.root),
        ] {
            if !reads.contains(read) {
                continue;
            }
            if subject.nature == Nature::Zombie {
                *cell = Err(Unavailable::Zombie);
                continue;
            }
            let mut target = [0; 4096];
            match read_link(subject, name, &mut target) {
                Ok(target) => {
                    let is_local = self.host.is_local();
                    row::put_path(cell, without_remark(subject, name, target, is_local));
                }
                Err(errno) => *cell = Err(self.why_without_memory(errno, subject)?),
            }
        }
        Ok(())
    }
}

fn read_link<'b>(
    subject: &mut Subject<'_, '_>,
    name: &'static CStr,
    target: &'b mut [u8; 4096],
) -> Result<&'b [u8], Errno> {
    let dir = subject.location.dir();
    let length = rustix::fs::readlinkat_raw(dir, subject.location.path(name), &mut target[..])?;
    subject.answered = true;
    Ok(target.get(..length).unwrap_or_default())
}

/// The path without the kernel's remark that it is no more, unless that is
/// how it ends; cut at a NUL.
fn without_remark<'b>(
    subject: &mut Subject<'_, '_>,
    name: &'static CStr,
    target: &'b [u8],
    is_local: bool,
) -> &'b [u8] {
    let end = memchr::memchr(0, target).unwrap_or(target.len());
    let target = target.get(..end).unwrap_or_default();
    let Some(path) = target.strip_suffix(b" (deleted)") else {
        return target;
    };
    if !is_local {
        // A file of that name on this machine says nothing about another's.
        return path;
    }
    let dir = subject.location.dir();
    let is_deleted = match About::of(dir, subject.location.path(name)) {
        Ok(about) if about.links > 0 => {
            // It has other names, or is really called so: then that is its
            // name, and not one of another file.
            let file = rustix::fs::statat(dir, subject.location.path(name), AtFlags::empty());
            let named = rustix::fs::lstat(target);
            !matches!((file, named), (Ok(file), Ok(named))
                if (file.st_dev, file.st_ino) == (named.st_dev, named.st_ino))
        }
        _ => true,
    };
    if is_deleted { path } else { target }
}
