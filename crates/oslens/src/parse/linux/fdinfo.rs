//! `/proc/PID/fdinfo/N`: position and flags of one open descriptor, since
//! Linux 2.6.22.

use crate::parse::{Malformed, text};

/// What every kind of descriptor has in `fdinfo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FdInfo {
    /// Offset of the next read or write.
    pub pos: u64,
    /// `O_*` flags of the open file, and `O_CLOEXEC` of the descriptor.
    pub flags: u32,
    /// Mount that the file is on (since Linux 3.15).
    pub mnt_id: Option<u64>,
    /// Inode (since Linux 5.14).
    pub ino: Option<u64>,
}

/// Reads the first lines; what follows depends on the kind of descriptor.
///
/// # Errors
///
/// When position or flags are missing or no numbers.
pub fn fdinfo(content: &[u8]) -> Result<FdInfo, Malformed> {
    let mut pos = None;
    let mut flags = None;
    let mut mnt_id = None;
    let mut ino = None;
    for (key, value) in text::lines(content).filter_map(text::key_value) {
        match key {
            // The upper half of the addresses of `/proc/PID/mem` and the
            // like is shown as negative.
            b"pos" => pos = text::signed_decimal(value).map(|pos| pos as u64),
            b"flags" => flags = text::octal(value).and_then(|flags| u32::try_from(flags).ok()),
            b"mnt_id" => mnt_id = text::decimal(value),
            b"ino" => {
                ino = text::decimal(value);
                // What comes now is the kind's own and may use any key.
                break;
            }
            _ => {}
        }
    }
    Ok(FdInfo {
        pos: pos.ok_or(Malformed("pos:"))?,
        flags: flags.ok_or(Malformed("flags:"))?,
        mnt_id,
        ino,
    })
}

/// What the link `/proc/PID/fd/N` points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// Something with a path: a file, a directory, a device, a named pipe or
    /// socket. The kernel adds ` (deleted)` to a path that is no more.
    Path(&'a [u8]),
    /// `memfd_create` memory, by its name.
    Memfd(&'a [u8]),
    /// A socket, by its inode.
    Socket(u64),
    /// An unnamed pipe, by its inode.
    Pipe(u64),
    /// A namespace or pidfd: the kind, and the inode.
    Namespace(&'a [u8], u64),
    /// Something without an inode of its own: `eventfd`, `inotify`, …
    Anonymous(&'a [u8]),
    /// Anything else, as the kernel wrote it.
    Other(&'a [u8]),
}

/// Reads a link target.
#[must_use]
pub fn target(link: &[u8]) -> Target<'_> {
    if let Some(name) = link.strip_prefix(b"/memfd:") {
        return Target::Memfd(name.strip_suffix(b" (deleted)").unwrap_or(name));
    }
    if link.starts_with(b"/") {
        return Target::Path(link);
    }
    if let Some(name) = link.strip_prefix(b"anon_inode:") {
        let name = name.strip_prefix(b"[").unwrap_or(name);
        return Target::Anonymous(name.strip_suffix(b"]").unwrap_or(name));
    }
    match inode(link) {
        Some((b"socket", inode)) => Target::Socket(inode),
        Some((b"pipe", inode)) => Target::Pipe(inode),
        Some((kind, inode)) => Target::Namespace(kind, inode),
        None => Target::Other(link),
    }
}

/// `kind:[inode]`, the form of sockets, pipes and namespaces.
#[must_use]
pub fn inode(link: &[u8]) -> Option<(&[u8], u64)> {
    let colon = memchr::memchr(b':', link)?;
    let inode = link
        .get(colon + 1..)?
        .strip_prefix(b"[")?
        .strip_suffix(b"]")?;
    Some((link.get(..colon)?, text::decimal(inode)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_and_flags_are_read_from_any_kernel() {
        let old = fdinfo(b"pos:\t1024\nflags:\t0100002\n").unwrap();
        assert_eq!((old.pos, old.flags), (1024, 0o100_002));
        assert_eq!((old.mnt_id, old.ino), (None, None));
        let new =
            fdinfo(b"pos:\t0\nflags:\t02000000\nmnt_id:\t15\nino:\t4242\ninotify wd:1\npos: 9\n")
                .unwrap();
        assert_eq!(new.pos, 0);
        assert_eq!((new.mnt_id, new.ino), (Some(15), Some(4242)));
    }

    #[test]
    fn a_cut_file_is_malformed() {
        let whole = b"pos:\t1024\nflags:\t0100002\n";
        for end in 0..whole.len() - 2 {
            if let Ok(info) = fdinfo(&whole[..end]) {
                assert_eq!(info.pos, 1024, "at {end}");
            }
        }
        let high = fdinfo(b"pos:\t-10485760\nflags:\t0\n").unwrap();
        assert_eq!(high.pos, 0xffff_ffff_ff60_0000);
        assert!(fdinfo(b"").is_err());
        assert!(fdinfo(b"pos:\t1\n").is_err());
        assert!(fdinfo(b"pos:\tx\nflags:\t9\n").is_err());
    }

    #[test]
    fn every_kind_of_link_is_told_apart() {
        assert_eq!(target(b"socket:[1234]"), Target::Socket(1234));
        assert_eq!(target(b"pipe:[7]"), Target::Pipe(7));
        assert_eq!(
            target(b"net:[4026531840]"),
            Target::Namespace(b"net", 4_026_531_840)
        );
        assert_eq!(
            target(b"anon_inode:[eventpoll]"),
            Target::Anonymous(b"eventpoll")
        );
        assert_eq!(target(b"anon_inode:inotify"), Target::Anonymous(b"inotify"));
        assert_eq!(target(b"/memfd:a b (deleted)"), Target::Memfd(b"a b"));
        assert_eq!(
            target(b"/tmp/x (deleted)"),
            Target::Path(b"/tmp/x (deleted)")
        );
        assert_eq!(target(b"socket:[12"), Target::Other(b"socket:[12"));
        assert_eq!(target(b""), Target::Other(b""));
        assert_eq!(inode(b":[1]"), Some((&b""[..], 1)));
        assert_eq!(inode(b"mnt:[x]"), None);
    }
}
