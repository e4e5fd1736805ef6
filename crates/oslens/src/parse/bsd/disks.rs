//! What disks have done, and what they are called.

use std::time::Duration;

/// What a disk has done. `None`: the system does not count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskIo<'a> {
    /// Name, to which the unit is added where that is told apart.
    pub name: &'a [u8],
    /// Which of these.
    pub unit: Option<u32>,
    /// Reads.
    pub reads: u64,
    /// Writes.
    pub writes: u64,
    /// Bytes read.
    pub read_bytes: u64,
    /// Bytes written.
    pub write_bytes: u64,
    /// Time that reads took, added up.
    pub read_time: Option<Duration>,
    /// Time that writes took, added up.
    pub write_time: Option<Duration>,
    /// Time during which anything was under way.
    pub busy_time: Option<Duration>,
    /// Time that requests were under way, added up.
    pub weighted_time: Option<Duration>,
    /// Requests under way.
    pub in_flight: Option<u64>,
    /// What was discarded.
    pub discards: Option<Discards>,
}

/// What was discarded of a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discards {
    /// How often.
    pub count: u64,
    /// Bytes.
    pub bytes: u64,
    /// Time that it took, added up.
    pub time: Duration,
}

/// What kind of disk a name says that it is, on NetBSD and OpenBSD, whose
/// drivers name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A disk.
    Whole,
    /// A wedge: a part of a disk.
    Part,
    /// Made of other disks or of a file.
    Made,
    /// Memory.
    Memory,
}

/// The names in `hw.disknames`: separated by blanks on NetBSD
/// (`wd0 dk0 cd0`), by commas on OpenBSD, where a disk that has been labelled
/// has its identity behind a colon (`sd0:5e1b5a0d3b5ee7c4,cd0:`).
pub fn names(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let end = memchr::memchr(0, data).unwrap_or(data.len());
    data.get(..end)
        .unwrap_or_default()
        .split(|byte| matches!(byte, b' ' | b','))
        .filter_map(|word| word.split(|&byte| byte == b':').next())
        .filter(|name| !name.is_empty())
}

/// The kind of disk that has this name.
#[must_use]
pub fn kind(name: &[u8]) -> Kind {
    let letters = name
        .iter()
        .take_while(|byte| !byte.is_ascii_digit())
        .count();
    match name.get(..letters).unwrap_or_default() {
        b"dk" => Kind::Part,
        b"vnd" | b"raid" | b"cgd" | b"ccd" | b"dm" | b"dm-" | b"zvol" | b"fss" => Kind::Made,
        b"md" | b"rd" => Kind::Memory,
        _ => Kind::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(data: &[u8]) -> Vec<String> {
        names(data)
            .map(|name| String::from_utf8(name.to_vec()).unwrap())
            .collect()
    }

    #[test]
    fn names_are_found_in_the_forms_of_netbsd_and_openbsd() {
        assert_eq!(all(b"wd0 dk0 dk1 cd0\0"), ["wd0", "dk0", "dk1", "cd0"]);
        let found = all(b"sd0:5e1b5a0d3b5ee7c4,cd0:,sd1:0000000000000001\0junk");
        assert_eq!(found, ["sd0", "cd0", "sd1"]);
        assert_eq!(all(b"sd0"), ["sd0"]);
        for nothing in [&b""[..], b"\0", b",, :x ,\0"] {
            assert!(all(nothing).is_empty());
        }
    }

    #[test]
    fn a_name_says_what_kind_of_disk_it_is() {
        for (name, expected) in [
            (&b"wd0"[..], Kind::Whole),
            (b"sd12", Kind::Whole),
            (b"ld0", Kind::Whole),
            (b"dk3", Kind::Part),
            (b"raid0", Kind::Made),
            (b"vnd0", Kind::Made),
            (b"md0", Kind::Memory),
            (b"rd0", Kind::Memory),
            (b"", Kind::Whole),
        ] {
            assert_eq!(kind(name), expected);
        }
    }
}
