//! `/run/utmp`: records of who is logged in. See utmp(5).
//!
//! The C library's own reader (`getutxent`) keeps its position in a global
//! variable, so that two threads disturb each other; the records are simple
//! enough to read here.

/// The type of a record of a user who is logged in.
pub const USER_PROCESS: i16 = 7;

/// How the C library lays out a record.
///
/// glibc keeps 32-bit times on the 64-bit systems that can also run 32-bit
/// programs, so that both kinds share one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// 384 bytes: x86, Arm, Power, s390, MIPS, SPARC, 64-bit RISC-V.
    Time32,
    /// 400 bytes: AArch64, LoongArch, and systems that never had 32-bit
    /// times.
    Time64,
}

impl Layout {
    /// What programs of this architecture write.
    pub const NATIVE: Self = if cfg!(any(
        target_arch = "aarch64",
        target_arch = "loongarch64",
        target_arch = "riscv32",
    )) {
        Self::Time64
    } else {
        Self::Time32
    };

    /// Bytes of a record.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Time32 => 384,
            Self::Time64 => 400,
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Time32 => Self::Time64,
            Self::Time64 => Self::Time32,
        }
    }

    /// The layout of these records: the native one, unless only the other
    /// one fits, as in a file that comes from another machine.
    #[must_use]
    pub fn guess(bytes: &[u8]) -> Self {
        let native = Self::NATIVE;
        if !native.fits(bytes) && native.other().fits(bytes) {
            native.other()
        } else {
            native
        }
    }

    fn fits(self, bytes: &[u8]) -> bool {
        bytes.len() % self.size() == 0
            && records(bytes, self)
                .all(|record| (0..=9).contains(&record.kind) && record.microseconds < 1_000_000)
    }
}

/// One record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// What the record is about: [`USER_PROCESS`] or another type.
    pub kind: i16,
    /// First process of the login.
    pub pid: i32,
    /// Terminal, without `/dev/`.
    pub line: &'a [u8],
    /// User.
    pub user: &'a [u8],
    /// Where the user came from: a host, an X display, or empty.
    pub host: &'a [u8],
    /// Session of the kernel.
    pub session: i32,
    /// Seconds since 1970.
    pub seconds: i64,
    /// And microseconds.
    pub microseconds: u32,
}

/// The records; half a record at the end is left out.
pub fn records(bytes: &[u8], layout: Layout) -> impl Iterator<Item = Record<'_>> {
    bytes
        .chunks_exact(layout.size())
        .filter_map(move |chunk| record(chunk, layout))
}

fn record(bytes: &[u8], layout: Layout) -> Option<Record<'_>> {
    let (session, seconds, microseconds) = match layout {
        Layout::Time32 => (
            i32::from_ne_bytes(array(bytes, 336)?),
            // Unsigned, so that the field lasts until 2106; no login is
            // older than 1970.
            i64::from(u32::from_ne_bytes(array(bytes, 340)?)),
            i64::from(i32::from_ne_bytes(array(bytes, 344)?)),
        ),
        // `long`: 8 bytes, of which the session needs the low 4.
        Layout::Time64 => (
            i64::from_ne_bytes(array(bytes, 336)?) as i32,
            i64::from_ne_bytes(array(bytes, 344)?),
            i64::from_ne_bytes(array(bytes, 352)?),
        ),
    };
    Some(Record {
        kind: i16::from_ne_bytes(array(bytes, 0)?),
        pid: i32::from_ne_bytes(array(bytes, 4)?),
        line: text(bytes, 8, 32)?,
        user: text(bytes, 44, 32)?,
        host: text(bytes, 76, 256)?,
        session,
        seconds,
        microseconds: u32::try_from(microseconds).unwrap_or(u32::MAX),
    })
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// A field that ends at its first NUL, or, when the value fills it, without
/// one.
fn text(bytes: &[u8], at: usize, size: usize) -> Option<&[u8]> {
    let field = bytes.get(at..at + size)?;
    field.split(|&byte| byte == 0).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record with these fields, as the C library would write it.
    fn encode(
        layout: Layout,
        kind: i16,
        pid: i32,
        line: &[u8],
        user: &[u8],
        host: &[u8],
        seconds: i64,
    ) -> Vec<u8> {
        let mut record = vec![0; layout.size()];
        let mut put = |at: usize, bytes: &[u8]| record[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &kind.to_ne_bytes());
        put(4, &pid.to_ne_bytes());
        put(8, line);
        put(44, user);
        put(76, host);
        match layout {
            Layout::Time32 => {
                put(336, &7i32.to_ne_bytes());
                put(340, &(seconds as u32).to_ne_bytes());
                put(344, &250_000i32.to_ne_bytes());
            }
            Layout::Time64 => {
                put(336, &7i64.to_ne_bytes());
                put(344, &seconds.to_ne_bytes());
                put(352, &250_000i64.to_ne_bytes());
            }
        }
        record
    }

    #[test]
    fn both_layouts_are_read_and_told_apart() {
        for layout in [Layout::Time32, Layout::Time64] {
            let mut bytes = encode(layout, 2, 0, b"~", b"reboot", b"6.18", 1_700_000_000);
            bytes.extend(encode(
                layout,
                USER_PROCESS,
                42,
                b"pts/3",
                b"ada",
                b"10.0.0.9",
                1_700_000_001,
            ));
            assert_eq!(Layout::guess(&bytes), layout);
            let all: Vec<_> = records(&bytes, layout).collect();
            assert_eq!(all.len(), 2);
            assert_eq!(
                all[1],
                Record {
                    kind: USER_PROCESS,
                    pid: 42,
                    line: b"pts/3",
                    user: b"ada",
                    host: b"10.0.0.9",
                    session: 7,
                    seconds: 1_700_000_001,
                    microseconds: 250_000,
                }
            );
        }
    }

    #[test]
    fn fields_may_be_full_and_without_a_nul() {
        let (line, user, host) = ([b'l'; 32], [b'u'; 32], [b'h'; 256]);
        let bytes = encode(Layout::Time32, USER_PROCESS, 1, &line, &user, &host, 1);
        let record = records(&bytes, Layout::Time32).next().unwrap();
        assert_eq!(
            (record.line, record.user, record.host),
            (&line[..], &user[..], &host[..])
        );
    }

    #[test]
    fn times_beyond_2038_are_read() {
        let bytes = encode(
            Layout::Time32,
            USER_PROCESS,
            1,
            b"",
            b"a",
            b"",
            4_000_000_000,
        );
        assert_eq!(
            records(&bytes, Layout::Time32).next().unwrap().seconds,
            4_000_000_000
        );
    }

    #[test]
    fn half_a_record_is_left_out() {
        let bytes = encode(Layout::Time32, USER_PROCESS, 1, b"tty1", b"a", b"", 1);
        for end in 0..bytes.len() {
            assert_eq!(records(&bytes[..end], Layout::Time32).count(), 0);
            let _ = Layout::guess(&bytes[..end]);
        }
        assert_eq!(Layout::guess(b""), Layout::NATIVE);
        assert_eq!(
            records(&[0xff; 4000], Layout::guess(&[0xff; 4000])).count(),
            4000 / Layout::NATIVE.size()
        );
    }
}
