//! `/proc/PID/maps` and `/proc/PID/smaps`: one mapping after another.

use crate::parse::{Malformed, text};

/// The first line of a mapping, the whole of it in `maps`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'a> {
    /// First address.
    pub start: u64,
    /// First address after it.
    pub end: u64,
    /// `rwxp`, with `-` for what is not allowed and `s` for shared.
    pub perms: [u8; 4],
    /// Offset in the file.
    pub offset: u64,
    /// Major and minor number of the device that the file is on.
    pub device: (u32, u32),
    /// Inode of the file; 0 is none.
    pub inode: u64,
    /// Path or `[name]`, as the kernel wrote it; empty is none.
    pub name: &'a [u8],
}

/// The counters of one mapping in `smaps`, kB. `None`: this kernel does not
/// have the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Resident.
    pub rss: Option<u64>,
    /// Resident, shared pages divided by their users (since Linux 2.6.25).
    pub pss: Option<u64>,
    /// The dirty part of that (since Linux 6.0).
    pub pss_dirty: Option<u64>,
    /// Shared and not written.
    pub shared_clean: Option<u64>,
    /// Shared and written.
    pub shared_dirty: Option<u64>,
    /// Private and not written.
    pub private_clean: Option<u64>,
    /// Private and written.
    pub private_dirty: Option<u64>,
    /// Accessed lately (since Linux 2.6.22).
    pub referenced: Option<u64>,
    /// Without a file (since Linux 2.6.34).
    pub anonymous: Option<u64>,
    /// Given back by `madvise(MADV_FREE)` (since Linux 4.12).
    pub lazy_free: Option<u64>,
    /// Anonymous huge pages (since Linux 2.6.38).
    pub anon_huge_pages: Option<u64>,
    /// Shared memory in huge pages (since Linux 4.8).
    pub shmem_pmd_mapped: Option<u64>,
    /// File pages in huge pages (since Linux 5.4).
    pub file_pmd_mapped: Option<u64>,
    /// Shared hugetlbfs pages (since Linux 4.4).
    pub shared_hugetlb: Option<u64>,
    /// Private hugetlbfs pages (since Linux 4.4).
    pub private_hugetlb: Option<u64>,
    /// In swap (since Linux 2.6.28).
    pub swap: Option<u64>,
    /// In swap, divided by users (since Linux 4.3).
    pub swap_pss: Option<u64>,
    /// Locked in memory (since Linux 3.0).
    pub locked: Option<u64>,
}

/// The mappings of `maps` or `smaps`, in the kernel's order: by address. The
/// counters are empty in `maps`.
pub fn mappings(content: &[u8]) -> impl Iterator<Item = Result<(Head<'_>, Counters), Malformed>> {
    let mut rest = content;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let head = head(take_line(&mut rest));
        let mut counters = Counters::default();
        // Two dozen lines for each mapping: they are what takes the time.
        while head.is_ok() && is_counter(rest) {
            match rest.split_first_chunk() {
                Some((line, after)) if aligned_counter(line, &mut counters).is_some() => {
                    rest = after;
                }
                _ => counter(take_line(&mut rest), &mut counters),
            }
        }
        Some(head.map(|head| (head, counters)))
    })
}

/// The next line without its end, cut off.
fn take_line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let (line, after) = rest.split_at_checked(end).unwrap_or_default();
    *rest = after.get(1..).unwrap_or_default();
    line
}

/// Counter lines start with a word and a colon: `Rss:`. Addresses are lower
/// case hexadecimal, and all words start with a capital.
fn is_counter(line: &[u8]) -> bool {
    line.first().is_some_and(u8::is_ascii_uppercase)
}

/// As kernels write the line of a counter, with its end: the key in 16
/// columns, the number in 8, the unit.
type Aligned = [u8; 28];

/// The counter of a key in 16 columns.
fn aligned_slot<'a>(
    key: &[u8; 16],
    counters: &'a mut Counters,
    others: &'a mut Option<u64>,
) -> Option<&'a mut Option<u64>> {
    Some(match key {
        b"Rss:            " => &mut counters.rss,
        b"Pss:            " => &mut counters.pss,
        b"Pss_Dirty:      " => &mut counters.pss_dirty,
        b"Shared_Clean:   " => &mut counters.shared_clean,
        b"Shared_Dirty:   " => &mut counters.shared_dirty,
        b"Private_Clean:  " => &mut counters.private_clean,
        b"Private_Dirty:  " => &mut counters.private_dirty,
        b"Referenced:     " => &mut counters.referenced,
        b"Anonymous:      " => &mut counters.anonymous,
        b"LazyFree:       " => &mut counters.lazy_free,
        b"AnonHugePages:  " => &mut counters.anon_huge_pages,
        b"ShmemPmdMapped: " => &mut counters.shmem_pmd_mapped,
        b"FilePmdMapped:  " => &mut counters.file_pmd_mapped,
        b"Shared_Hugetlb: " => &mut counters.shared_hugetlb,
        b"Private_Hugetlb:" => &mut counters.private_hugetlb,
        b"Swap:           " => &mut counters.swap,
        b"SwapPss:        " => &mut counters.swap_pss,
        b"Locked:         " => &mut counters.locked,
        b"Size:           " | b"KernelPageSize: " | b"MMUPageSize:    " | b"KSM:            " => {
            others
        }
        _ => return None,
    })
}

/// The same as [`counter`], for a line whose parts need not be searched for.
/// `None`: it is not such a line.
fn aligned_counter(line: &Aligned, counters: &mut Counters) -> Option<()> {
    let (key, rest) = line.split_first_chunk()?;
    let (digits, unit) = rest.split_first_chunk()?;
    if unit != b" kB\n" {
        return None;
    }
    let mut others = None;
    let slot = aligned_slot(key, counters, &mut others)?;
    *slot = match digits {
        // Most are.
        b"       0" => Some(0),
        digits => {
            let first = digits.iter().position(|&byte| byte != b' ')?;
            Some(text::decimal(digits.get(first..)?)?)
        }
    };
    Some(())
}

fn counter(line: &[u8], counters: &mut Counters) {
    let Some(colon) = memchr::memchr(b':', line) else {
        return;
    };
    let (key, value) = line.split_at(colon);
    let slot = match key {
        b"Rss" => &mut counters.rss,
        b"Pss" => &mut counters.pss,
        b"Pss_Dirty" => &mut counters.pss_dirty,
        b"Shared_Clean" => &mut counters.shared_clean,
        b"Shared_Dirty" => &mut counters.shared_dirty,
        b"Private_Clean" => &mut counters.private_clean,
        b"Private_Dirty" => &mut counters.private_dirty,
        b"Referenced" => &mut counters.referenced,
        b"Anonymous" => &mut counters.anonymous,
        b"LazyFree" => &mut counters.lazy_free,
        b"AnonHugePages" => &mut counters.anon_huge_pages,
        b"ShmemPmdMapped" => &mut counters.shmem_pmd_mapped,
        b"FilePmdMapped" => &mut counters.file_pmd_mapped,
        b"Shared_Hugetlb" => &mut counters.shared_hugetlb,
        b"Private_Hugetlb" => &mut counters.private_hugetlb,
        b"Swap" => &mut counters.swap,
        b"SwapPss" => &mut counters.swap_pss,
        b"Locked" => &mut counters.locked,
        // Page sizes, flags, keys, and whatever kernels will add.
        _ => return,
    };
    // A blank may follow the colon, or none (before the value of `Locked` it
    // was missing once).
    let value = value.get(1..).unwrap_or_default().trim_ascii_start();
    let end = value.iter().position(|&byte| matches!(byte, b' ' | b'\t'));
    *slot = value
        .get(..end.unwrap_or(value.len()))
        .and_then(text::decimal);
}

fn head(line: &[u8]) -> Result<Head<'_>, Malformed> {
    read_head(line).ok_or(Malformed(
        "a mapping: addresses, rights, offset, device, inode",
    ))
}

fn read_head(line: &[u8]) -> Option<Head<'_>> {
    let mut rest = line;
    // The name may start with blanks, but a single word cannot: so the
    // columns are cut one by one, each at a single blank.
    let mut word = || {
        let end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end)?;
        rest = after.get(1..).unwrap_or_default();
        Some(word)
    };
    let addresses = word()?;
    let perms = word()?;
    let offset = word()?;
    let device = word()?;
    let inode = word()?;
    let dash = memchr::memchr(b'-', addresses)?;
    let colon = memchr::memchr(b':', device)?;
    let small = |bytes| u32::try_from(text::hexadecimal(bytes)?).ok();
    Some(Head {
        start: text::hexadecimal(addresses.get(..dash)?)?,
        end: text::hexadecimal(addresses.get(dash + 1..)?)?,
        perms: perms.try_into().ok()?,
        offset: text::hexadecimal(offset)?,
        device: (
            small(device.get(..colon)?)?,
            small(device.get(colon + 1..)?)?,
        ),
        inode: text::decimal(inode)?,
        // Padded with blanks to a fixed column.
        name: rest.trim_ascii_start(),
    })
}

/// A path as it is, from a path in which the kernel wrote newlines as
/// `\012`.
#[must_use]
pub fn unescape(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = memchr::memmem::find(rest, b"\\012") {
        plain.extend_from_slice(rest.get(..at).unwrap_or_default());
        plain.push(b'\n');
        rest = rest.get(at + 4..).unwrap_or_default();
    }
    plain.extend_from_slice(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMAPS: &[u8] = b"\
55d0c0a00000-55d0c0a28000 r--p 00000000 fe:01 1835                       /usr/bin/a b (deleted)\n\
Size:                160 kB\n\
KernelPageSize:        4 kB\n\
Rss:                 156 kB\n\
Pss:                  52 kB\n\
Shared_Clean:        156 kB\n\
Private_Dirty:         0 kB\n\
Swap:                  8 kB\n\
THPeligible:           0\n\
VmFlags: rd mr mw me sd \n\
7ffc8f9a3000-7ffc8f9a5000 r-xp 00000000 00:00 0                          [vdso]\n\
Rss:                   8 kB\n\
Locked:0 kB\n\
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0\n";

    #[test]
    fn mappings_and_their_counters_are_read() {
        let all: Vec<_> = mappings(SMAPS).map(Result::unwrap).collect();
        assert_eq!(all.len(), 3);
        let (head, counters) = all[0];
        assert_eq!((head.start, head.end), (0x55d0_c0a0_0000, 0x55d0_c0a2_8000));
        assert_eq!(&head.perms, b"r--p");
        assert_eq!((head.device, head.inode), ((0xfe, 1), 1835));
        assert_eq!(head.name, b"/usr/bin/a b (deleted)");
        assert_eq!(counters.rss, Some(156));
        assert_eq!(counters.private_dirty, Some(0));
        assert_eq!(counters.swap, Some(8));
        assert_eq!(counters.pss_dirty, None, "this kernel has no such line");
        assert_eq!(all[1].0.name, b"[vdso]");
        assert_eq!(all[1].1.locked, Some(0));
        assert_eq!(all[2].0.name, b"");
        assert_eq!(all[2].0.end, 0xffff_ffff_ff60_1000);
    }

    #[test]
    fn aligned_lines_say_the_same_as_others() {
        let keys = [
            "Size:",
            "KernelPageSize:",
            "MMUPageSize:",
            "Rss:",
            "Pss:",
            "Pss_Dirty:",
            "Shared_Clean:",
            "Shared_Dirty:",
            "Private_Clean:",
            "Private_Dirty:",
            "Referenced:",
            "Anonymous:",
            "KSM:",
            "LazyFree:",
            "AnonHugePages:",
            "ShmemPmdMapped:",
            "FilePmdMapped:",
            "Shared_Hugetlb:",
            "Private_Hugetlb:",
            "Swap:",
            "SwapPss:",
            "Locked:",
            "New:",
        ];
        let head = "7ffc8f9a3000-7ffc8f9a5000 r-xp 00000000 00:00 0   [vdso]\n";
        let (mut aligned, mut loose) = (head.to_owned(), head.to_owned());
        for (value, key) in keys.iter().enumerate() {
            let value = [0, 7, 12_345_678][value % 3] + value;
            aligned += &format!("{key:16}{value:8} kB\n");
            loose += &format!("{key} {value} kB\n");
        }
        let read = |text: &str| {
            mappings(text.as_bytes())
                .map(Result::unwrap)
                .next()
                .unwrap()
                .1
        };
        assert_eq!(read(&aligned), read(&loose));
        assert_eq!(read(&aligned).locked, Some(21));
        assert_eq!(read(&aligned).swap_pss, Some(12_345_698));
        // Ends where an aligned line would end, and is two.
        let two = format!("{head}Rss:            \n  Swap:  8 kB\n");
        assert_eq!(read(&two).rss, None);
        let two = format!("{head}Rss:     8 kB\nSwap:      8 kB\n");
        assert_eq!((read(&two).rss, read(&two).swap), (Some(8), Some(8)));
    }

    #[test]
    fn maps_is_smaps_without_counters() {
        let maps = b"00008000-00009000 r-xp 00000000 1f:03 1234   /bin/init\n\
00010000-00011000 rw-s 00001000 00:05 7                          /dev/zero (deleted)\n";
        let all: Vec<_> = mappings(maps).map(Result::unwrap).collect();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].0.name, b"/bin/init");
        assert_eq!(all[1].1, Counters::default());
    }

    #[test]
    fn a_newline_in_a_path_is_restored() {
        assert_eq!(unescape(b"/a\\012b\\012"), b"/a\nb\n");
        assert_eq!(unescape(b"/a\\01"), b"/a\\01");
    }

    #[test]
    fn cut_or_strange_text_is_malformed_and_never_panics() {
        for end in 0..SMAPS.len() {
            for mapping in mappings(&SMAPS[..end]) {
                let _ = mapping;
            }
        }
        for line in [
            &b"55d0c0a00000 r--p 00000000 fe:01 1835 /a"[..],
            b"1-2 r--pp 0 0:0 0",
            b"1-2 r--p 0 00 0",
            b"1-2 r--p 0 0:0 x",
            b"11111111111111111-2 r--p 0 0:0 0",
            b" ",
            b"Rss: 1 kB",
        ] {
            assert!(mappings(line).next().unwrap().is_err(), "{line:?}");
        }
    }
}
