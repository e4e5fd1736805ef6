//! Control groups: `/proc/PID/cgroup`, their mounts, and the files of a
//! group, see cgroups(7).

use crate::parse::{Malformed, text};

/// One line of `/proc/PID/cgroup`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership<'a> {
    /// Number of the hierarchy; 0 is cgroup v2.
    pub hierarchy: u32,
    /// Names between commas; empty for v2.
    pub controllers: &'a [u8],
    /// Path below the root of the reader's cgroup namespace; any byte but a
    /// newline.
    pub path: &'a [u8],
}

impl<'a> Membership<'a> {
    /// The controllers, one by one.
    pub fn controllers(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.controllers
            .split(|&byte| byte == b',')
            .filter(|name| !name.is_empty())
    }
}

/// The groups of a process, one in each hierarchy.
pub fn memberships(content: &[u8]) -> impl Iterator<Item = Result<Membership<'_>, Malformed>> {
    text::lines(content)
        .map(|line| membership(line).ok_or(Malformed("hierarchy:controllers:/path in each line")))
}

fn membership(line: &[u8]) -> Option<Membership<'_>> {
    // The path may have colons of its own, a controller's name too
    // (`name=a:b` is refused by the kernel).
    let mut parts = line.splitn(3, |&byte| byte == b':');
    Some(Membership {
        hierarchy: text::decimal(parts.next()?).and_then(|id| u32::try_from(id).ok())?,
        controllers: parts.next()?,
        path: parts.next().filter(|path| path.starts_with(b"/"))?,
    })
}

/// A mounted hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CgroupMount<'a> {
    /// Whether it is cgroup v2.
    pub v2: bool,
    /// The group that is at the mount point, below the root of the reader's
    /// cgroup namespace.
    pub root: Vec<u8>,
    /// Where it is mounted.
    pub mount_point: Vec<u8>,
    /// Options of the file system, among them the controllers of v1.
    pub options: &'a [u8],
}

/// The hierarchies among the mounts of `/proc/PID/mountinfo`. Other lines are
/// skipped, whatever they look like.
pub fn mounts(mountinfo: &[u8]) -> impl Iterator<Item = CgroupMount<'_>> {
    text::lines(mountinfo).filter_map(mount)
}

fn mount(line: &[u8]) -> Option<CgroupMount<'_>> {
    // Fields are parted by one blank and may be empty, as a source is that
    // was mounted as "": blanks must not be merged.
    let mut fields = line.split(|&byte| byte == b' ');
    let root = fields.nth(3)?;
    let mount_point = fields.next()?;
    let _mount_options = fields.next()?;
    // Any number of optional fields, up to a lone dash.
    while fields.next()? != b"-" {}
    let v2 = match fields.next()? {
        b"cgroup" => false,
        b"cgroup2" => true,
        _ => return None,
    };
    let _source = fields.next()?;
    Some(CgroupMount {
        v2,
        root: text::octal_unescaped(root),
        mount_point: text::octal_unescaped(mount_point),
        options: fields.next().unwrap_or_default(),
    })
}

/// Whether a name is in a list between commas.
#[must_use]
pub fn has_name(list: &[u8], name: &[u8]) -> bool {
    list.split(|&byte| byte == b',').any(|item| item == name)
}

/// A limit: a number, or none (`max`; in v1 −1, or as many bytes as pages
/// fit into a machine word).
///
/// # Errors
///
/// When it is something else.
pub fn limit(content: &[u8]) -> Result<Option<u64>, Malformed> {
    match content.trim_ascii() {
        b"max" | b"-1" => Ok(None),
        number => match text::decimal(number) {
            // v1 rounds `i64::MAX` down to a page, of up to 64 KiB; a 32-bit
            // kernel counts `i32::MAX` pages.
            Some(number) if number >= 1 << 62 || number == 0x7fff_ffff << 12 => Ok(None),
            Some(number) => Ok(Some(number)),
            None => Err(Malformed("a number or `max`")),
        },
    }
}

/// `cpu.max`: microseconds that are granted in each period, and the period.
///
/// # Errors
///
/// When it is something else, or a period of zero.
pub fn cpu_max(content: &[u8]) -> Result<Option<(u64, u64)>, Malformed> {
    const EXPECTED: Malformed = Malformed("a quota or `max`, and a period");
    let mut words = text::words(content.trim_ascii());
    let quota = limit(words.next().ok_or(EXPECTED)?).map_err(|_| EXPECTED)?;
    let period = words
        .next()
        .and_then(text::decimal)
        .filter(|&period| period > 0)
        .ok_or(EXPECTED)?;
    Ok(quota.map(|quota| (quota, period)))
}

/// The number of a key in `memory.stat`, `cpu.stat` and the like.
#[must_use]
pub fn keyed(content: &[u8], key: &[u8]) -> Option<u64> {
    let mut rest = content;
    while let Some(mut line) = text::take_line(&mut rest) {
        if text::take_word(&mut line) == Some(key) {
            return text::take_word(&mut line).and_then(text::decimal);
        }
    }
    None
}

/// Bytes read and written, all devices together whose number (`8:0`) is
/// `counted`: `io.stat` of v2 (`8:0 rbytes=1 wbytes=2 …`),
/// `blkio.throttle.io_service_bytes` of v1 (`8:0 Read 1`).
#[must_use]
pub fn io_bytes(content: &[u8], mut counted: impl FnMut(&[u8]) -> bool) -> (u64, u64) {
    let (mut read, mut written) = (0u64, 0u64);
    let number = |word: &[u8]| text::decimal(word).unwrap_or(0);
    for mut line in text::lines(content) {
        // In v1 a device has several lines, and the sum a line without one.
        if !text::take_word(&mut line).is_some_and(&mut counted) {
            continue;
        }
        while let Some(word) = text::take_word(&mut line) {
            let (sum, value) = if let Some(value) = word.strip_prefix(b"rbytes=") {
                (&mut read, number(value))
            } else if let Some(value) = word.strip_prefix(b"wbytes=") {
                (&mut written, number(value))
            } else if word == b"Read" {
                (&mut read, text::take_word(&mut line).map_or(0, number))
            } else if word == b"Write" {
                (&mut written, text::take_word(&mut line).map_or(0, number))
            } else {
                continue;
            };
            *sum = sum.saturating_add(value);
        }
    }
    (read, written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_have_colons() {
        let lines: Vec<_> =
            memberships(b"12:cpu,cpuacct:/a\n1:name=systemd:/x:y\n0::/user.slice/a b (deleted)\n")
                .map(Result::unwrap)
                .collect();
        assert_eq!(lines[0].controllers, b"cpu,cpuacct");
        assert!(lines[0].controllers().eq([&b"cpu"[..], b"cpuacct"]));
        assert_eq!(lines[2].controllers().count(), 0);
        assert_eq!(lines[1].path, b"/x:y");
        assert_eq!((lines[2].hierarchy, lines[2].controllers), (0, &b""[..]));
        for line in [&b"x::/"[..], b"1:/", b"1:a:b", b":", b"99999999999::/"] {
            assert!(memberships(line).all(|line| line.is_err()), "{line:?}");
        }
    }

    #[test]
    fn mounts_of_other_kinds_are_skipped() {
        let mountinfo = b"22 27 0:21 / /proc rw,relatime - proc proc rw\n\
            32 31 0:29 /docker/a\\040b /sys/fs/cgroup/cpu rw shared:9 master:1 - cgroup cgroup rw,cpu,cpuacct\n\
            41 31 0:38 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n\
            garbage\n1 2 3 / / - cgroup\n";
        let mounts: Vec<_> = mounts(mountinfo).collect();
        assert_eq!(mounts.len(), 2);
        assert_eq!(mounts[0].root, b"/docker/a b");
        assert!(has_name(mounts[0].options, b"cpuacct"));
        assert!(!has_name(mounts[0].options, b"cpua"));
        assert!(mounts[1].v2);
    }

    #[test]
    fn unlimited_has_several_names() {
        for text in [
            &b"max\n"[..],
            b"-1\n",
            b"9223372036854771712\n",
            b"9223372036854710272\n",
            b"9223372036854775807\n",
            b"18446744073709551615\n",
            b"8796093018112\n",
        ] {
            assert_eq!(limit(text), Ok(None), "{text:?}");
        }
        assert_eq!(limit(b"0\n"), Ok(Some(0)));
        assert_eq!(limit(b"536870912\n"), Ok(Some(512 << 20)));
        for text in [&b""[..], b"-2", b"1 2", b"MAX", b"99999999999999999999"] {
            assert!(limit(text).is_err(), "{text:?}");
        }
        assert_eq!(cpu_max(b"max 100000\n"), Ok(None));
        assert_eq!(cpu_max(b"150000 100000\n"), Ok(Some((150_000, 100_000))));
        for text in [&b""[..], b"max", b"1 0", b"a 1", b"1 max"] {
            assert!(cpu_max(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn statistics_are_found_by_their_whole_key() {
        let stat = b"inactive_file_x 1\ninactive_file 2\nnr_throttled x\n";
        assert_eq!(keyed(stat, b"inactive_file"), Some(2));
        assert_eq!(keyed(stat, b"nr_throttled"), None);
        assert_eq!(keyed(stat, b"absent"), None);
        let v2 =
            b"8:0 rbytes=10 wbytes=20 rios=1 wios=1 dbytes=0 dios=0\n253:0 rbytes=1 wbytes=2\n";
        assert_eq!(io_bytes(v2, |_| true), (11, 22));
        assert_eq!(io_bytes(v2, |device| device == b"8:0"), (10, 20));
        let v1 = b"8:0 Read 10\n8:0 Write 20\n8:0 Sync 5\n8:0 Total 30\nTotal 30\n";
        assert_eq!(io_bytes(v1, |_| true), (10, 20));
        assert_eq!(
            io_bytes(b"8:0 Read\n8:0 rbytes=x wbytes\n", |_| true),
            (0, 0)
        );
    }
}
