//! The entries of a directory, with a large buffer and no allocation of
//! their own.

use std::os::fd::AsFd;

use rustix::{
    fs::{FileType, RawDir},
    io::Errno,
};

/// Room for the entries of one system call: 32 KiB, about a thousand
/// processes; a larger buffer was not faster.
const BUFFER: usize = 32 << 10;

/// Calls `each` with the name and type of every entry of an open directory,
/// from where the descriptor stands: the first one when it was just opened.
/// `buffer` is scratch memory that can be used again.
pub(crate) fn for_each(
    dir: impl AsFd,
    buffer: &mut Vec<u8>,
    mut each: impl FnMut(&[u8], FileType),
) -> Result<(), Errno> {
    buffer.clear();
    buffer.reserve(BUFFER);
    let mut entries = RawDir::new(dir.as_fd(), buffer.spare_capacity_mut());
    while let Some(entry) = entries.next() {
        match entry {
            Ok(entry) => each(entry.file_name().to_bytes(), entry.file_type()),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}
