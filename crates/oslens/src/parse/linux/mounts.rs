//! `/proc/PID/mountinfo` and `/proc/PID/mounts`: see proc_pid_mountinfo(5).

use std::borrow::Cow;

use crate::parse::{Malformed, text};

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount<'a> {
    /// What only `mountinfo` tells.
    pub info: Option<MountInfo<'a>>,
    /// The device or whatever else was mounted; `none` for nothing.
    pub source: Cow<'a, [u8]>,
    /// Where it is mounted.
    pub mountpoint: Cow<'a, [u8]>,
    /// Type of the file system, with the subtype (`fuse.sshfs`).
    pub fstype: Cow<'a, [u8]>,
    /// Options: of the mount in `mountinfo`, of mount and file system
    /// together in `mounts`.
    pub options: Cow<'a, [u8]>,
}

/// What `mountinfo` tells besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountInfo<'a> {
    /// Identity of the mount.
    pub id: u64,
    /// Identity of the mount that it is mounted on.
    pub parent: u64,
    /// Device number of the files; of no block device where the file system
    /// has several or none.
    pub major: u32,
    /// Minor part.
    pub minor: u32,
    /// The directory of the file system that is mounted: `/`, unless it is a
    /// bind mount or a subvolume.
    pub root: Cow<'a, [u8]>,
    /// Options of the file system, not of this mount alone.
    pub super_options: Cow<'a, [u8]>,
}

/// The lines of `mountinfo`.
#[inline]
pub fn mountinfo(bytes: &[u8]) -> impl Iterator<Item = Result<Mount<'_>, Malformed>> {
    text::lines(bytes)
        .filter(|line| !line.is_empty())
        .map(mountinfo_line)
}

fn mountinfo_line(line: &[u8]) -> Result<Mount<'_>, Malformed> {
    const EXPECTED: Malformed = Malformed(
        "mount, parent, major:minor, root, mount point, options, …, -, type, source, options",
    );
    // Fields are separated by exactly one blank and may be empty (a source
    // of ""): blanks must not be merged.
    let mut fields = line.split(|&byte| byte == b' ');
    let mut next = || fields.next().ok_or(EXPECTED);
    let id = text::decimal(next()?).ok_or(EXPECTED)?;
    let parent = text::decimal(next()?).ok_or(EXPECTED)?;
    let device = next()?;
    let colon = memchr::memchr(b':', device).ok_or(EXPECTED)?;
    let number = |bytes: Option<&[u8]>| {
        bytes
            .and_then(text::decimal)
            .and_then(|number| u32::try_from(number).ok())
            .ok_or(EXPECTED)
    };
    let major = number(device.get(..colon))?;
    let minor = number(device.get(colon + 1..))?;
    let root = unescape(next()?);
    let mountpoint = unescape(next()?);
    let options = unescape(next()?);
    // Optional fields (`shared:1`, `master:2`, …) end at a lone dash.
    while next()? != b"-" {}
    let fstype = unescape(next()?);
    let source = unescape(next()?);
    let super_options = unescape(next()?);
    Ok(Mount {
        info: Some(MountInfo {
            id,
            parent,
            major,
            minor,
            root,
            super_options,
        }),
        source,
        mountpoint,
        fstype,
        options,
    })
}

/// The lines of `mounts`.
#[inline]
pub fn mounts(bytes: &[u8]) -> impl Iterator<Item = Result<Mount<'_>, Malformed>> {
    text::lines(bytes)
        .filter(|line| !line.is_empty())
        .map(mounts_line)
}

fn mounts_line(line: &[u8]) -> Result<Mount<'_>, Malformed> {
    const EXPECTED: Malformed = Malformed("source, mount point, type and options of a mount");
    let mut fields = line.split(|&byte| byte == b' ');
    let mut next = || fields.next().ok_or(EXPECTED);
    Ok(Mount {
        info: None,
        source: unescape(next()?),
        mountpoint: unescape(next()?),
        fstype: unescape(next()?),
        options: unescape(next()?),
    })
}

/// The bytes that `\040` and its like stand for. The kernel escapes blanks,
/// tabs, newlines, backslashes and `#`.
#[must_use]
pub fn unescape(field: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', field).is_none() {
        return Cow::Borrowed(field);
    }
    Cow::Owned(text::octal_unescaped(field))
}

/// Options of a mount and of its file system in one list, as findmnt(8)
/// shows them: read-only if either is, then the others of both, each once.
#[must_use]
pub fn merge_options(mount: &[u8], file_system: &[u8]) -> Vec<u8> {
    let parts = |list| <[u8]>::split(list, |&byte: &u8| byte == b',');
    let read_only = parts(mount)
        .chain(parts(file_system))
        .any(|option| option == b"ro");
    let mut merged = Vec::with_capacity(mount.len() + file_system.len());
    merged.extend_from_slice(if read_only { b"ro" } else { b"rw" });
    let is_access = |option: &[u8]| matches!(option, b"" | b"ro" | b"rw");
    for option in parts(mount) {
        if !is_access(option) {
            merged.push(b',');
            merged.extend_from_slice(option);
        }
    }
    for option in parts(file_system) {
        if !is_access(option) && !parts(mount).any(|other| other == option) {
            merged.push(b',');
            merged.extend_from_slice(option);
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mountinfo_has_optional_fields_before_the_dash() {
        for optional in ["", "master:1 ", "shared:7 master:1 propagate_from:2 "] {
            let line = format!(
                "36 35 98:0 /mnt1 /mnt2 rw,noatime {optional}- ext3 /dev/root rw,errors=continue\n"
            );
            let mount = mountinfo(line.as_bytes()).next().unwrap().unwrap();
            let info = mount.info.unwrap();
            assert_eq!(
                (info.id, info.parent, info.major, info.minor),
                (36, 35, 98, 0)
            );
            assert_eq!(&*info.root, b"/mnt1");
            assert_eq!(&*mount.mountpoint, b"/mnt2");
            assert_eq!(&*mount.options, b"rw,noatime");
            assert_eq!(&*mount.fstype, b"ext3");
            assert_eq!(&*mount.source, b"/dev/root");
            assert_eq!(&*info.super_options, b"rw,errors=continue");
        }
    }

    #[test]
    fn an_empty_source_does_not_shift_the_fields() {
        let mount = mountinfo(b"1 0 0:5 / /t rw - tmpfs  rw,size=4k").next();
        let mount = mount.unwrap().unwrap();
        assert_eq!(&*mount.source, b"");
        assert_eq!(&*mount.info.unwrap().super_options, b"rw,size=4k");
        let mount = mounts(b" /t tmpfs rw 0 0").next().unwrap().unwrap();
        assert_eq!((&*mount.source, &*mount.fstype), (&b""[..], &b"tmpfs"[..]));
    }

    #[test]
    fn escapes_stand_for_any_byte() {
        assert_eq!(
            &*unescape(b"a\\040b\\011c\\012d\\134e\\043"),
            b"a b\tc\nd\\e#"
        );
        assert_eq!(&*unescape(b"\xff\\377"), b"\xff\xff");
        // Not escapes: too short, no octal digit, more than a byte.
        for literal in [&b"\\"[..], b"\\04", b"a\\", b"\\08x", b"\\777"] {
            assert_eq!(&*unescape(literal), literal);
        }
        // What an escape gives is not read again.
        assert_eq!(&*unescape(b"\\134040"), b"\\040");
    }

    #[test]
    fn options_of_both_are_merged_once() {
        assert_eq!(
            merge_options(b"rw,relatime", b"rw,relatime,size=4k"),
            b"rw,relatime,size=4k"
        );
        assert_eq!(merge_options(b"ro,nosuid", b"rw,x"), b"ro,nosuid,x");
        assert_eq!(merge_options(b"rw", b"ro"), b"ro");
        assert_eq!(merge_options(b"", b""), b"rw");
    }

    #[test]
    fn truncated_lines_are_refused() {
        let line = b"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw";
        assert!(mountinfo(line).next().unwrap().is_ok());
        for end in 1..line.len() - 3 {
            assert!(mountinfo(&line[..end]).next().unwrap().is_err(), "{end}");
        }
        for line in [
            "x 1 0:1 / / rw - a b c",
            "1 1 0 / / rw - a b c",
            "1 1 0:x / / rw - a b c",
        ] {
            assert!(mountinfo(line.as_bytes()).next().unwrap().is_err());
        }
        assert!(mounts(b"/dev/sda /").next().unwrap().is_err());
        assert_eq!(mountinfo(b"").count(), 0);
    }
}
