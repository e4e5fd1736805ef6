//! `/proc/PID/stat` and `/proc/PID/task/TID/stat`: one line, see
//! proc_pid_stat(5).

use crate::parse::{Malformed, text};

/// The values of one `stat` line, in the kernel's units.
///
/// Columns that old kernels do not have are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat<'a> {
    /// PID or TID (1).
    pub pid: u32,
    /// Name, without the parentheses (2). Any bytes, also `)`.
    pub comm: &'a [u8],
    /// State letter (3).
    pub state: u8,
    /// Parent (4).
    pub ppid: u32,
    /// Process group (5); −1 for a process that is being torn down.
    pub pgrp: i64,
    /// Session (6).
    pub session: i64,
    /// Device number of the controlling terminal (7); 0 is none.
    pub tty_nr: i64,
    /// Foreground process group of the terminal (8); −1 is none.
    pub tpgid: i64,
    /// `PF_*` flags (9).
    pub flags: u64,
    /// Minor faults (10).
    pub minflt: u64,
    /// Minor faults of collected children (11).
    pub cminflt: u64,
    /// Major faults (12).
    pub majflt: u64,
    /// Major faults of collected children (13).
    pub cmajflt: u64,
    /// User time, ticks (14).
    pub utime: u64,
    /// System time, ticks (15).
    pub stime: u64,
    /// User time of collected children, ticks (16).
    pub cutime: i64,
    /// System time of collected children, ticks (17).
    pub cstime: i64,
    /// Scheduler priority as the kernel shows it (18).
    pub priority: i64,
    /// Niceness (19).
    pub nice: i64,
    /// Threads (20).
    pub num_threads: i64,
    /// Start, ticks since boot (22).
    pub starttime: u64,
    /// Address space, bytes (23).
    pub vsize: u64,
    /// Resident pages (24).
    pub rss: i64,
    /// CPU that it ran on last (39, since Linux 2.2.8).
    pub processor: Option<u32>,
    /// Real-time priority (40, since Linux 2.5.19).
    pub rt_priority: Option<u32>,
    /// Scheduling policy (41, since Linux 2.5.19).
    pub policy: Option<u32>,
    /// Waited for block devices, ticks (42, since Linux 2.6.18).
    pub delayacct_blkio_ticks: Option<u64>,
}

/// `PF_KTHREAD`: the process is a thread of the kernel.
pub const PF_KTHREAD: u64 = 0x0020_0000;

/// `PF_EXITING`: on its way out; memory and files go one after the other.
const PF_EXITING: u64 = 0x4;

impl Stat<'_> {
    /// Whether the process is about to be a zombie, or is one.
    #[must_use]
    pub fn is_exiting(&self) -> bool {
        self.flags & PF_EXITING != 0
    }

    /// Whether the process was being collected while the line was written:
    /// the kernel then leaves parent, threads, faults and times at 0.
    #[must_use]
    pub fn is_torn_down(&self) -> bool {
        self.pgrp == -1 && self.session == -1
    }
}

/// Reads one `stat` line.
///
/// # Errors
///
/// When a column up to 24 is missing or is no number.
#[inline]
pub fn stat(line: &[u8]) -> Result<Stat<'_>, Malformed> {
    // The name may hold anything, `)` and newlines too, and everything after
    // it is a number or a letter: so it ends at the *last* parenthesis.
    let open = memchr::memchr(b'(', line).ok_or(Malformed("a name in parentheses"))?;
    let close = memchr::memrchr(b')', line).ok_or(Malformed("a name in parentheses"))?;
    let comm = line
        .get(open + 1..close)
        .ok_or(Malformed("a name in parentheses"))?;
    let pid = text::decimal(line.get(..open).unwrap_or_default().trim_ascii())
        .and_then(|pid| u32::try_from(pid).ok())
        .ok_or(Malformed("a PID before the name"))?;
    let mut columns = Columns {
        rest: line.get(close + 1..).unwrap_or_default(),
    };
    let state = match columns.word() {
        Some([letter]) => *letter,
        _ => return Err(Malformed("a state letter after the name")),
    };
    let stat = Stat {
        pid,
        comm,
        state,
        ppid: columns
            .signed()
            .and_then(|ppid| u32::try_from(ppid).ok())
            .unwrap_or(u32::MAX),
        pgrp: columns.need_signed()?,
        session: columns.need_signed()?,
        tty_nr: columns.need_signed()?,
        tpgid: columns.need_signed()?,
        flags: columns.need()?,
        minflt: columns.need()?,
        cminflt: columns.need()?,
        majflt: columns.need()?,
        cmajflt: columns.need()?,
        utime: columns.need()?,
        stime: columns.need()?,
        cutime: columns.need_signed()?,
        cstime: columns.need_signed()?,
        priority: columns.need_signed()?,
        nice: columns.need_signed()?,
        num_threads: columns.need_signed()?,
        starttime: {
            columns.skip(1);
            columns.need()?
        },
        vsize: columns.need()?,
        rss: columns.need_signed()?,
        processor: {
            columns.skip(14);
            columns.small()
        },
        rt_priority: columns.small(),
        policy: columns.small(),
        delayacct_blkio_ticks: columns.number(),
    };
    if stat.ppid == u32::MAX {
        return Err(Malformed("the PID of the parent"));
    }
    Ok(stat)
}

/// What is left of the line.
struct Columns<'a> {
    rest: &'a [u8],
}

impl<'a> Columns<'a> {
    #[inline]
    fn word(&mut self) -> Option<&'a [u8]> {
        let start = self
            .rest
            .iter()
            .position(|byte| !byte.is_ascii_whitespace())?;
        let rest = self.rest.get(start..)?;
        let end = rest
            .iter()
            .position(u8::is_ascii_whitespace)
            .unwrap_or(rest.len());
        let (word, rest) = rest.split_at_checked(end)?;
        self.rest = rest;
        Some(word)
    }

    fn skip(&mut self, columns: usize) {
        for _ in 0..columns {
            self.word();
        }
    }

    #[inline]
    fn number(&mut self) -> Option<u64> {
        text::decimal(self.word()?)
    }

    fn small(&mut self) -> Option<u32> {
        self.number().and_then(|number| u32::try_from(number).ok())
    }

    #[inline]
    fn signed(&mut self) -> Option<i64> {
        text::signed_decimal(self.word()?)
    }

    #[inline]
    fn need(&mut self) -> Result<u64, Malformed> {
        self.number()
            .ok_or(Malformed("a number in each column up to the 24th"))
    }

    #[inline]
    fn need_signed(&mut self) -> Result<i64, Malformed> {
        self.signed()
            .ok_or(Malformed("a number in each column up to the 24th"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHELL: &[u8] = b"4231 (a) (b\n) S 1 4231 4230 34816 4231 4194304 10 20 30 40 50 60 -70 80 20 -5 3 0 12345 8192000 \
        250 18446744073709551615 1 1 0 0 0 0 0 4096 65538 0 0 0 17 3 0 0 9 0 0 0 0 0 0 0 0 0 0\n";

    #[test]
    fn a_name_ends_at_the_last_parenthesis() {
        let stat = stat(SHELL).unwrap();
        assert_eq!(stat.comm, b"a) (b\n");
        assert_eq!((stat.pid, stat.ppid, stat.state), (4231, 1, b'S'));
        assert_eq!((stat.pgrp, stat.session, stat.tty_nr), (4231, 4230, 34816));
        assert_eq!(
            (stat.utime, stat.stime, stat.cutime, stat.cstime),
            (50, 60, -70, 80)
        );
        assert_eq!(
            (stat.nice, stat.num_threads, stat.starttime),
            (-5, 3, 12345)
        );
        assert_eq!((stat.vsize, stat.rss), (8_192_000, 250));
        assert_eq!(
            (stat.processor, stat.policy, stat.delayacct_blkio_ticks),
            (Some(3), Some(0), Some(9))
        );
    }

    #[test]
    fn columns_that_an_old_kernel_lacks_are_unknown_not_zero() {
        let old = b"1 (init) S 0 0 0 0 -1 0 1 2 3 4 5 6 7 8 9 0 1 0 55 4096 1 0 0 0 0 0 0 0 0 0 0 0 0 0 17";
        let stat = stat(old).unwrap();
        assert_eq!(stat.rss, 1);
        assert_eq!(stat.processor, None);
        assert_eq!(stat.delayacct_blkio_ticks, None);
    }

    #[test]
    fn a_truncated_line_is_malformed() {
        let end_of_24th = SHELL.windows(5).position(|w| w == b" 250 ").unwrap() + 4;
        for end in 0..SHELL.len() {
            let result = stat(&SHELL[..end]);
            assert_eq!(
                result.is_ok(),
                end > end_of_24th - 3,
                "at {end}: {result:?}"
            );
        }
    }
}
