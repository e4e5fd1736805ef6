//! What is mounted where: records of `struct statfs`, on NetBSD of
//! `struct statvfs`.
//!
//! How long a record is follows from the function of the C library that was
//! asked, which fills in what its program was compiled for.

use crate::parse::{
    Malformed,
    kinfo::records,
    layout::{Endian, Record, Type, freebsd, macos, netbsd, openbsd},
};

/// A mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mount<'a> {
    /// The device, or what else was mounted.
    pub device: &'a [u8],
    /// The directory that it is mounted on.
    pub mountpoint: &'a [u8],
    /// Type of the file system.
    pub fstype: &'a [u8],
    /// What it is marked with.
    pub flags: Flags,
}

/// What a mount is marked with, which has another meaning on each system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags {
    /// The bits.
    bits: u64,
    /// What they mean.
    words: Words,
}

/// The words for marks. They are those that `mount -o` takes, as far as it
/// does.
type Words = &'static [(u64, &'static str)];

/// The first word that means the opposite of `ro`.
const READ_ONLY: u64 = 1;

impl Flags {
    /// The words, separated by commas: `ro` or `rw` and what else there is.
    #[must_use]
    pub fn options(self) -> String {
        let mut options = String::from(match self.bits & READ_ONLY {
            0 => "rw",
            _ => "ro",
        });
        for (flag, word) in self.words {
            if self.bits & flag != 0 {
                options.push(',');
                options.push_str(word);
            }
        }
        options
    }
}

impl Mount<'_> {
    /// Whether the file system is stored on a device: a disk, a stick, an
    /// optical disc, an image.
    ///
    /// No system keeps a list of the types that are. But what is on a device
    /// names it by its path, and the rest does not: `tmpfs`, `server:/export`,
    /// `//server/share`, `mfs:512`, `map auto_home`, the other directory.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        // The device of these is a directory.
        let is_view = matches!(
            self.fstype,
            b"nullfs" | b"null" | b"unionfs" | b"union" | b"overlay" | b"umap" | b"bindfs"
        );
        // What a program serves through these may come from anywhere.
        let is_served = [&b"/dev/fuse"[..], b"/dev/puffs", b"/dev/putter"]
            .iter()
            .any(|door| self.device.starts_with(door));
        // ZFS names the pool. The root of NetBSD has this device until
        // `mount -u` has given its name.
        let is_named = self.fstype == b"zfs" || self.device == b"root_device";
        is_named || (self.device.starts_with(b"/dev/") && !is_view && !is_served)
    }
}

/// The mounts of an answer.
pub type Mounts<'a> = Box<dyn Iterator<Item = Result<Mount<'a>, Malformed>> + 'a>;

/// The mounts of FreeBSD: `getfsstat`. Ends after a record that is not whole.
#[must_use]
pub fn freebsd(data: &[u8], endian: Endian) -> Mounts<'_> {
    use freebsd::system::Statfs;
    mounts(data, Statfs::SIZE, endian, |record| {
        Some(Mount {
            device: record.text(Statfs::f_mntfromname)?,
            mountpoint: record.text(Statfs::f_mntonname)?,
            fstype: record.text(Statfs::f_fstypename)?,
            flags: Flags {
                bits: record.get(Statfs::f_flags)?,
                words: FREEBSD,
            },
        })
    })
}

/// The mounts of NetBSD: `getvfsstat` of NetBSD 10. Ends after a record that
/// is not whole.
#[must_use]
pub fn netbsd(data: &[u8], endian: Endian) -> Mounts<'_> {
    use netbsd::system::Statvfs;
    mounts(data, Statvfs::SIZE, endian, |record| {
        Some(Mount {
            device: record.text(Statvfs::f_mntfromname)?,
            mountpoint: record.text(Statvfs::f_mntonname)?,
            fstype: record.text(Statvfs::f_fstypename)?,
            flags: Flags {
                bits: record.get(Statvfs::f_flag)?,
                words: NETBSD,
            },
        })
    })
}

/// The mounts of OpenBSD: `getfsstat`. Ends after a record that is not whole.
#[must_use]
pub fn openbsd(data: &[u8], endian: Endian) -> Mounts<'_> {
    use openbsd::system::Statfs;
    mounts(data, Statfs::SIZE, endian, |record| {
        Some(Mount {
            device: record.text(Statfs::f_mntfromname)?,
            mountpoint: record.text(Statfs::f_mntonname)?,
            fstype: record.text(Statfs::f_fstypename)?,
            flags: Flags {
                bits: record.get(Statfs::f_flags)?.into(),
                words: OPENBSD,
            },
        })
    })
}

/// The mounts of macOS: `getfsstat`. Ends after a record that is not whole.
#[must_use]
pub fn macos(data: &[u8], endian: Endian) -> Mounts<'_> {
    use macos::system::Statfs;
    mounts(data, Statfs::SIZE, endian, |record| {
        Some(Mount {
            device: record.text(Statfs::f_mntfromname)?,
            mountpoint: record.text(Statfs::f_mntonname)?,
            fstype: record.text(Statfs::f_fstypename)?,
            flags: Flags {
                bits: record.get(Statfs::f_flags)?.into(),
                words: MACOS,
            },
        })
    })
}

fn mounts<'a>(
    data: &'a [u8],
    stride: usize,
    endian: Endian,
    read: fn(Record<'a>) -> Option<Mount<'a>>,
) -> Mounts<'a> {
    let found = records(data, stride, endian).into_iter().flatten();
    Box::new(found.map(move |record| read(record?).ok_or(Malformed("a whole mount"))))
}

const FREEBSD: Words = {
    use freebsd::disk::*;
    assert!(MNT_RDONLY == READ_ONLY);
    &[
        (MNT_SYNCHRONOUS, "sync"),
        (MNT_NOEXEC, "noexec"),
        (MNT_NOSUID, "nosuid"),
        (MNT_UNION, "union"),
        (MNT_ASYNC, "async"),
        (MNT_NOATIME, "noatime"),
        (MNT_NOCLUSTERR, "noclusterr"),
        (MNT_NOCLUSTERW, "noclusterw"),
        (MNT_NOSYMFOLLOW, "nosymfollow"),
        (MNT_SUIDDIR, "suiddir"),
        (MNT_SOFTDEP, "softdep"),
        (MNT_SUJ, "suj"),
        (MNT_GJOURNAL, "gjournal"),
        (MNT_MULTILABEL, "multilabel"),
        (MNT_ACLS, "acls"),
        (MNT_NFS4ACLS, "nfsv4acls"),
        (MNT_UNTRUSTED, "untrusted"),
        (MNT_VERIFIED, "verified"),
        (MNT_AUTOMOUNTED, "automounted"),
        (MNT_USER, "user"),
        (MNT_EXPORTED, "exported"),
        (MNT_LOCAL, "local"),
        (MNT_QUOTA, "quota"),
        (MNT_ROOTFS, "rootfs"),
        (MNT_IGNORE, "ignore"),
    ]
};

const NETBSD: Words = {
    use netbsd::disk::*;
    assert!(MNT_RDONLY == READ_ONLY);
    &[
        (MNT_SYNCHRONOUS, "sync"),
        (MNT_NOEXEC, "noexec"),
        (MNT_NOSUID, "nosuid"),
        (MNT_NODEV, "nodev"),
        (MNT_UNION, "union"),
        (MNT_ASYNC, "async"),
        (MNT_NOCOREDUMP, "nocoredump"),
        (MNT_NOATIME, "noatime"),
        (MNT_RELATIME, "relatime"),
        (MNT_SYMPERM, "symperm"),
        (MNT_NODEVMTIME, "nodevmtime"),
        (MNT_SOFTDEP, "softdep"),
        (MNT_LOG, "log"),
        (MNT_EXTATTR, "extattr"),
        (MNT_DISCARD, "discard"),
        (MNT_POSIX1EACLS, "posix1eacls"),
        (MNT_NFS4ACLS, "nfsv4acls"),
        (MNT_AUTOMOUNTED, "automounted"),
        (MNT_EXPORTED, "exported"),
        (MNT_LOCAL, "local"),
        (MNT_QUOTA, "quota"),
        (MNT_ROOTFS, "rootfs"),
        (MNT_IGNORE, "ignore"),
    ]
};

const OPENBSD: Words = {
    use openbsd::disk::*;
    assert!(MNT_RDONLY as u64 == READ_ONLY);
    &[
        (MNT_SYNCHRONOUS as u64, "sync"),
        (MNT_NOEXEC as u64, "noexec"),
        (MNT_NOSUID as u64, "nosuid"),
        (MNT_NODEV as u64, "nodev"),
        (MNT_NOPERM as u64, "noperm"),
        (MNT_ASYNC as u64, "async"),
        (MNT_WXALLOWED as u64, "wxallowed"),
        (MNT_NOATIME as u64, "noatime"),
        (MNT_SOFTDEP as u64, "softdep"),
        (MNT_EXPORTED as u64, "exported"),
        (MNT_LOCAL as u64, "local"),
        (MNT_QUOTA as u64, "quota"),
        (MNT_ROOTFS as u64, "rootfs"),
    ]
};

const MACOS: Words = {
    use macos::disk::*;
    assert!(MNT_RDONLY as u64 == READ_ONLY);
    &[
        (MNT_SYNCHRONOUS as u64, "sync"),
        (MNT_NOEXEC as u64, "noexec"),
        (MNT_NOSUID as u64, "nosuid"),
        (MNT_NODEV as u64, "nodev"),
        (MNT_UNION as u64, "union"),
        (MNT_ASYNC as u64, "async"),
        (MNT_CPROTECT as u64, "protect"),
        (MNT_EXPORTED as u64, "exported"),
        (MNT_REMOVABLE as u64, "removable"),
        (MNT_QUARANTINE as u64, "quarantine"),
        (MNT_LOCAL as u64, "local"),
        (MNT_QUOTA as u64, "quota"),
        (MNT_ROOTFS as u64, "rootfs"),
        (MNT_DOVOLFS as u64, "dovolfs"),
        (MNT_DONTBROWSE as u64, "dontbrowse"),
        (MNT_IGNORE_OWNERSHIP as u64, "ignore-ownership"),
        (MNT_AUTOMOUNTED as u64, "automounted"),
        (MNT_JOURNALED as u64, "journaled"),
        (MNT_NOUSERXATTR as u64, "nouserxattr"),
        (MNT_DEFWRITE as u64, "defwrite"),
        (MNT_MULTILABEL as u64, "multilabel"),
        (MNT_NOFOLLOW as u64, "nofollow"),
        (MNT_NOATIME as u64, "noatime"),
        (MNT_STRICTATIME as u64, "strictatime"),
        (MNT_SNAPSHOT as u64, "snapshot"),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    const FREEBSD: &[u8] = include_bytes!("fixtures/freebsd_mounts.bin");
    const NETBSD: &[u8] = include_bytes!("fixtures/netbsd_mounts.bin");
    const OPENBSD: &[u8] = include_bytes!("fixtures/openbsd_mounts.bin");
    const MACOS: &[u8] = include_bytes!("fixtures/macos_mounts.bin");

    type Parser = fn(&[u8], Endian) -> Mounts<'_>;
    const SYSTEMS: [(&str, &[u8], usize, Parser); 4] = [
        ("freebsd", FREEBSD, 2344, freebsd),
        ("netbsd", NETBSD, 3296, netbsd),
        ("openbsd", OPENBSD, 568, openbsd),
        ("macos", MACOS, 2168, macos),
    ];

    fn all(parser: Parser, data: &[u8]) -> Vec<(String, String, String, String, bool)> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        parser(data, Endian::Little)
            .map(|mount| {
                let mount = mount.unwrap();
                (
                    text(mount.device),
                    text(mount.mountpoint),
                    text(mount.fstype),
                    mount.flags.options(),
                    mount.is_stored(),
                )
            })
            .collect()
    }

    fn row(
        device: &str,
        mountpoint: &str,
        fstype: &str,
        options: &str,
        stored: bool,
    ) -> (String, String, String, String, bool) {
        let [device, mountpoint, fstype, options] =
            [device, mountpoint, fstype, options].map(ToOwned::to_owned);
        (device, mountpoint, fstype, options, stored)
    }

    #[test]
    fn mounts_of_freebsd_are_read_as_its_headers_write_them() {
        let expected = [
            row(
                "zroot/ROOT/default",
                "/",
                "zfs",
                "rw,noatime,nfsv4acls,local,rootfs",
                true,
            ),
            row("devfs", "/dev", "devfs", "rw,multilabel,local", false),
            row(
                "/dev/gpt/data",
                "/data",
                "ufs",
                "ro,nosuid,softdep,suj,local",
                true,
            ),
            row("/data/x", "/jail/x", "nullfs", "rw,local", false),
            row("/dev/fuse", "/mnt/a b", "fusefs.sshfs", "rw,user", false),
            row("server:/export", "/net", "nfs", "rw,automounted", false),
        ];
        assert_eq!(all(freebsd, FREEBSD), expected);
    }

    #[test]
    fn mounts_of_netbsd_are_read_as_its_headers_write_them() {
        let expected = [
            row("root_device", "/", "ffs", "rw,log,local,rootfs", true),
            row(
                "/dev/dk1",
                "/home",
                "ffs",
                "ro,nodev,relatime,softdep,local",
                true,
            ),
            row("tmpfs", "/tmp", "tmpfs", "rw,local", false),
            row("/usr/pkg", "/mnt", "null", "rw,nodevmtime,local", false),
        ];
        assert_eq!(all(netbsd, NETBSD), expected);
    }

    #[test]
    fn mounts_of_openbsd_are_read_as_its_headers_write_them() {
        let expected = [
            row("/dev/sd0a", "/", "ffs", "rw,local,rootfs", true),
            row(
                "/dev/sd0k",
                "/usr/local",
                "ffs",
                "rw,nodev,wxallowed,noatime,local",
                true,
            ),
            row("mfs:512", "/tmp", "mfs", "rw,nosuid,async,local", false),
        ];
        assert_eq!(all(openbsd, OPENBSD), expected);
    }

    #[test]
    fn mounts_of_macos_are_read_as_its_headers_write_them() {
        let root = "ro,local,rootfs,dovolfs,journaled,multilabel,snapshot";
        let expected = [
            row("/dev/disk3s1s1", "/", "apfs", root, true),
            row("devfs", "/dev", "devfs", "rw,local,dontbrowse", false),
            row(
                "/dev/disk3s5",
                "/System/Volumes/Data",
                "apfs",
                "rw,protect,local,journaled",
                true,
            ),
            row(
                "map auto_home",
                "/System/Volumes/Data/home",
                "autofs",
                "rw,automounted",
                false,
            ),
            row(
                "//guest@nas/share",
                "/Volumes/share",
                "smbfs",
                "rw,nodev",
                false,
            ),
        ];
        assert_eq!(all(macos, MACOS), expected);
    }

    #[test]
    fn an_answer_that_is_cut_off_gives_the_whole_mounts_and_an_error() {
        for (name, data, stride, parser) in SYSTEMS {
            assert_eq!(data.len() % stride, 0, "{name}");
            for end in (0..data.len()).step_by(13) {
                let (whole, cut): (Vec<_>, Vec<_>) =
                    parser(&data[..end], Endian::Little).partition(Result::is_ok);
                assert_eq!(whole.len(), end / stride, "{name} {end}");
                assert_eq!(cut.len(), usize::from(end % stride != 0), "{name} {end}");
            }
        }
    }

    #[test]
    fn hostile_mounts_have_names_that_end_with_their_fields() {
        for (name, _, stride, parser) in SYSTEMS {
            let data = vec![0xff; stride];
            let mount = parser(&data, Endian::Big).next().unwrap().unwrap();
            assert!(mount.mountpoint.len() <= 1024, "{name}");
            assert!(
                mount.flags.options().starts_with("ro,sync,noexec"),
                "{name}"
            );
            assert!(!mount.is_stored());
        }
    }
}
