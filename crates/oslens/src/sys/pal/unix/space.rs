//! How full a file system is.

use std::path::Path;

use rustix::io::Errno;

/// What a file system says of its space.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Space {
    /// Bytes of a block.
    pub(crate) block: u64,
    /// Blocks: all, free, and free for everybody.
    pub(crate) blocks: [u64; 3],
    /// Files: all that there can be, free, and free for everybody.
    pub(crate) files: [u64; 3],
    /// It cannot be written.
    pub(crate) read_only: bool,
    /// Bytes in use, where that is not all blocks less those that are free:
    /// volumes that share their space.
    pub(crate) used: Option<u64>,
}

/// What [`space`] calls.
#[cfg(not(target_os = "macos"))]
pub(crate) const CALL: &str = "statvfs";

/// What [`space`] calls.
#[cfg(target_os = "macos")]
pub(crate) const CALL: &str = "statfs";

/// Asks the file system that this path is on; 1 system call.
#[cfg(not(target_os = "macos"))]
pub(crate) fn space(path: &Path) -> Result<Space, Errno> {
    let stat = rustix::io::retry_on_intr(|| rustix::fs::statvfs(path))?;
    Ok(Space {
        // Blocks are counted in fragments; file systems that know none
        // leave the field empty.
        block: match stat.f_frsize {
            0 => stat.f_bsize,
            fragment => fragment,
        },
        blocks: [stat.f_blocks, stat.f_bfree, stat.f_bavail],
        files: [stat.f_files, stat.f_ffree, stat.f_favail],
        read_only: stat.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY),
        used: None,
    })
}

/// Asks the file system that this path is on; 1 system call, 2 for APFS.
///
/// Not `statvfs`, whose numbers of blocks have 32 bits there.
#[cfg(target_os = "macos")]
pub(crate) fn space(path: &Path) -> Result<Space, Errno> {
    use crate::parse::layout::macos::disk::MNT_RDONLY;

    let stat = rustix::io::retry_on_intr(|| rustix::fs::statfs(path))?;
    let name = |field: &[std::ffi::c_char]| -> Vec<u8> {
        let bytes = field.iter().map(|&byte| byte as u8);
        bytes.take_while(|&byte| byte != 0).collect()
    };
    // The volumes of one disk share what is free, and count it as theirs.
    let used = match name(&stat.f_fstypename).as_slice() {
        b"apfs" => volume_used(name(&stat.f_mntonname)),
        _ => None,
    };
    Ok(Space {
        block: stat.f_bsize.into(),
        blocks: [stat.f_blocks, stat.f_bfree, stat.f_bavail],
        files: [stat.f_files, stat.f_ffree, stat.f_ffree],
        read_only: stat.f_flags & MNT_RDONLY != 0,
        used,
    })
}

/// Bytes that the volume on this mount point uses. `None`: it does not say.
#[cfg(target_os = "macos")]
fn volume_used(mountpoint: Vec<u8>) -> Option<u64> {
    use crate::parse::layout::macos::disk::{
        ATTR_BIT_MAP_COUNT, ATTR_VOL_INFO, ATTR_VOL_SPACEUSED, Attrlist,
    };

    let mountpoint = std::ffi::CString::new(mountpoint).ok()?;
    let mut wanted = Attrlist {
        bitmapcount: ATTR_BIT_MAP_COUNT,
        reserved: 0,
        commonattr: 0,
        volattr: ATTR_VOL_INFO | ATTR_VOL_SPACEUSED,
        dirattr: 0,
        fileattr: 0,
        forkattr: 0,
    };
    // The length of it all, then the number, without a gap.
    let mut answer = [0_u8; 12];
    // SAFETY: `mountpoint` ends with a NUL; `wanted` is a `struct attrlist`
    // (its layout is held against the headers); `answer` is writable for the
    // length that is given. All three outlive the call, which keeps nothing.
    let code = unsafe {
        libc::getattrlist(
            mountpoint.as_ptr(),
            (&raw mut wanted).cast(),
            answer.as_mut_ptr().cast(),
            answer.len(),
            0,
        )
    };
    let (length, used) = answer.split_first_chunk::<4>()?;
    let is_whole = u32::from_ne_bytes(*length) as usize == answer.len();
    let used = i64::from_ne_bytes(used.try_into().ok()?);
    match (code, is_whole) {
        (0, true) => used.try_into().ok(),
        _ => None,
    }
}
