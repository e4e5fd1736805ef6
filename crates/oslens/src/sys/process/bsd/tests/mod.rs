//! Against records that C made on the systems' own headers, changed where a
//! test needs another process.

mod acting;
mod reading;
mod sampling;
mod waiting;

use std::{marker::PhantomData, ops::RangeInclusive};

use super::System;
use crate::{
    Host, Result, Unavailable,
    parse::{
        Malformed, kinfo,
        layout::{self, Endian, Type as _},
    },
    process::{Fields, Pid, ProcessId, ProcessRow, StartTime},
    sys::{
        kernel::{
            Kernel, Question,
            fake::{Fake, Log},
        },
        process::{
            Target,
            freebsd::{self, FreeBsd},
            macos::{self, MacOs},
            netbsd::{self, NetBsd},
            openbsd::{self, OpenBsd},
        },
    },
};

/// Does the same for all systems.
macro_rules! everywhere {
    ($check:ident) => {
        $check::<crate::sys::process::freebsd::FreeBsd>();
        $check::<crate::sys::process::netbsd::NetBsd>();
        $check::<crate::sys::process::openbsd::OpenBsd>();
        $check::<crate::sys::process::macos::MacOs>();
    };
}
use everywhere;

/// When the tests' machines were booted, in microseconds since 1970.
const BOOT: u64 = 1_699_999_000_000_000;

/// A system with its recorded answer: the kernel, a process with a value in
/// each field, and its child, a zombie.
trait Recorded: System + Sized {
    const RECORDS: &'static [u8];
    const STRIDE: usize;
    const PID: usize;
    const PARENT: usize;
    const STATE: usize;
    const ZOMBIE: u8;
    const NAME: usize;
    /// Where the start is: seconds and microseconds, and how long they are.
    const START: (usize, usize);
    const START_SIZES: (usize, usize);
    /// Questions for one listing.
    const ASKED: usize;

    fn all<'a>(mib: &'a mut [i32; 4]) -> Question<'a>;
    fn one<'a>(mib: &'a mut [i32; 4], pid: i32) -> Question<'a>;
}

macro_rules! records {
    ($mib:ident, [$($number:expr),*], $stride:expr) => {{
        *$mib = [$($number),*];
        Question::Records { mib: $mib, stride: $stride }
    }};
}

impl Recorded for FreeBsd {
    const RECORDS: &'static [u8] =
        include_bytes!("../../../../parse/kinfo/fixtures/freebsd_kinfo_proc.bin");
    const STRIDE: usize = layout::freebsd::process::KinfoProc::SIZE;
    const PID: usize = layout::freebsd::process::KinfoProc::ki_pid.offset();
    const PARENT: usize = layout::freebsd::process::KinfoProc::ki_ppid.offset();
    const STATE: usize = layout::freebsd::process::KinfoProc::ki_stat.offset();
    const ZOMBIE: u8 = layout::freebsd::process::SZOMB as u8;
    const NAME: usize = layout::freebsd::process::KinfoProc::ki_comm.offset();
    const START: (usize, usize) = {
        let at = layout::freebsd::process::KinfoProc::ki_start.offset();
        (at, at + 8)
    };
    const START_SIZES: (usize, usize) = (8, 8);
    const ASKED: usize = 3;

    fn all<'a>(mib: &'a mut [i32; 4]) -> Question<'a> {
        *mib = [1, 14, 8, 0];
        Question::Sysctl(&mib[..3])
    }

    fn one<'a>(mib: &'a mut [i32; 4], pid: i32) -> Question<'a> {
        *mib = [1, 14, 1, pid];
        Question::Sysctl(mib)
    }
}

impl Recorded for NetBsd {
    const RECORDS: &'static [u8] =
        include_bytes!("../../../../parse/kinfo/fixtures/netbsd_kinfo_proc2.bin");
    const STRIDE: usize = layout::netbsd::process::KinfoProc2::SIZE;
    const PID: usize = layout::netbsd::process::KinfoProc2::p_pid.offset();
    const PARENT: usize = layout::netbsd::process::KinfoProc2::p_ppid.offset();
    const STATE: usize = layout::netbsd::process::KinfoProc2::p_realstat.offset();
    const ZOMBIE: u8 = layout::netbsd::process::SZOMB as u8;
    const NAME: usize = layout::netbsd::process::KinfoProc2::p_comm.offset();
    const START: (usize, usize) = (
        layout::netbsd::process::KinfoProc2::p_ustart_sec.offset(),
        layout::netbsd::process::KinfoProc2::p_ustart_usec.offset(),
    );
    const START_SIZES: (usize, usize) = (4, 4);
    const ASKED: usize = 1;

    fn all<'a>(mib: &'a mut [i32; 4]) -> Question<'a> {
        records!(mib, [1, 47, 0, 0], Self::STRIDE)
    }

    fn one<'a>(mib: &'a mut [i32; 4], pid: i32) -> Question<'a> {
        records!(mib, [1, 47, 1, pid], Self::STRIDE)
    }
}

impl Recorded for OpenBsd {
    const RECORDS: &'static [u8] =
        include_bytes!("../../../../parse/kinfo/fixtures/openbsd_kinfo_proc.bin");
    const STRIDE: usize = layout::openbsd::process::KinfoProc::SIZE;
    const PID: usize = layout::openbsd::process::KinfoProc::p_pid.offset();
    const PARENT: usize = layout::openbsd::process::KinfoProc::p_ppid.offset();
    const STATE: usize = layout::openbsd::process::KinfoProc::p_stat.offset();
    const ZOMBIE: u8 = layout::openbsd::process::SDEAD as u8;
    const NAME: usize = layout::openbsd::process::KinfoProc::p_comm.offset();
    const START: (usize, usize) = (
        layout::openbsd::process::KinfoProc::p_ustart_sec.offset(),
        layout::openbsd::process::KinfoProc::p_ustart_usec.offset(),
    );
    const START_SIZES: (usize, usize) = (8, 4);
    const ASKED: usize = 3;

    fn all<'a>(mib: &'a mut [i32; 4]) -> Question<'a> {
        records!(mib, [1, 66, 7, 0], Self::STRIDE)
    }

    fn one<'a>(mib: &'a mut [i32; 4], pid: i32) -> Question<'a> {
        records!(mib, [1, 66, 1, pid], Self::STRIDE)
    }
}

impl Recorded for MacOs {
    const RECORDS: &'static [u8] =
        include_bytes!("../../../../parse/kinfo/fixtures/macos_kinfo_proc.bin");
    const STRIDE: usize = layout::macos::process::KinfoProc::SIZE;
    const PID: usize = layout::macos::process::ExternProc::p_pid.offset();
    const PARENT: usize = layout::macos::process::KinfoProc::kp_eproc.offset()
        + layout::macos::process::Eproc::e_ppid.offset();
    const STATE: usize = layout::macos::process::ExternProc::p_stat.offset();
    const ZOMBIE: u8 = layout::macos::process::SZOMB as u8;
    const NAME: usize = layout::macos::process::ExternProc::p_comm.offset();
    const START: (usize, usize) = (0, 8);
    const START_SIZES: (usize, usize) = (8, 4);
    const ASKED: usize = 1;

    fn all<'a>(mib: &'a mut [i32; 4]) -> Question<'a> {
        *mib = [1, 14, 0, 0];
        Question::Sysctl(mib)
    }

    fn one<'a>(mib: &'a mut [i32; 4], pid: i32) -> Question<'a> {
        *mib = [1, 14, 1, pid];
        Question::Sysctl(mib)
    }
}

/// The record of one process, to be changed.
struct Sample<S> {
    bytes: Vec<u8>,
    of: PhantomData<S>,
}

impl<S> Clone for Sample<S> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            of: PhantomData,
        }
    }
}

impl<S: Recorded> Sample<S> {
    fn at(index: usize) -> Self {
        let mut records = S::RECORDS.chunks_exact(S::STRIDE);
        Self {
            bytes: records.nth(index).unwrap().to_vec(),
            of: PhantomData,
        }
    }

    /// The process that has a value in each field.
    fn process() -> Self {
        Self::at(1)
    }

    fn zombie() -> Self {
        Self::at(2)
    }

    fn put(mut self, at: usize, bytes: &[u8]) -> Self {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    fn pid(self, pid: i32) -> Self {
        self.put(S::PID, &pid.to_le_bytes())
    }

    fn parent(self, pid: u32) -> Self {
        self.put(S::PARENT, &pid.to_le_bytes())
    }

    /// It has ended; what it had is still in the record.
    fn ended(self) -> Self {
        self.put(S::STATE, &[S::ZOMBIE])
    }

    fn named(self, name: &str) -> Self {
        let mut field = name.as_bytes().to_vec();
        field.push(0);
        self.put(S::NAME, &field)
    }

    /// The start by the clock of the day, in microseconds.
    fn started(self, micros: u64) -> Self {
        let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
        let (long, short) = S::START_SIZES;
        self.put(S::START.0, &seconds.to_le_bytes()[..long])
            .put(S::START.1, &rest.to_le_bytes()[..short])
    }

    fn number(&self) -> i32 {
        i32::from_le_bytes(self.bytes[S::PID..S::PID + 4].try_into().unwrap())
    }

    fn target_pid(&self) -> Pid {
        Pid::new(self.number().unsigned_abs())
    }
}

/// Answers of a kernel with these processes.
trait Answered: Sized {
    fn all<S: Recorded>(self, records: &[&Sample<S>]) -> Self;
    /// Answers once more: see [`Fake`].
    fn one<S: Recorded>(self, record: &Sample<S>) -> Self;
    fn nobody<S: Recorded>(self, pid: i32) -> Self;
    fn booted<S: Recorded>(self, micros: u64) -> Self;
}

impl Answered for Fake {
    fn all<S: Recorded>(self, records: &[&Sample<S>]) -> Self {
        let bytes: Vec<u8> = records
            .iter()
            .flat_map(|one| one.bytes.iter().copied())
            .collect();
        self.answer(S::all(&mut [0; 4]), bytes)
    }

    fn one<S: Recorded>(self, record: &Sample<S>) -> Self {
        let pid = record.number();
        self.answer(S::one(&mut [0; 4], pid), record.bytes.clone())
    }

    fn nobody<S: Recorded>(self, pid: i32) -> Self {
        // FreeBSD says so by an error, the others by an empty answer.
        let mut mib = [0; 4];
        match S::TABLE {
            "sysctl kern.proc.proc" => self.fail(S::one(&mut mib, pid), libc::ESRCH),
            _ => self.answer(S::one(&mut mib, pid), []),
        }
    }

    fn booted<S: Recorded>(self, micros: u64) -> Self {
        let mut answer = (micros / 1_000_000).to_le_bytes().to_vec();
        answer.extend((micros % 1_000_000).to_le_bytes());
        self.answer(Question::Sysctl(&[1, 21]), answer)
    }
}

/// A machine on which nobody but this process is.
fn alone<S: Recorded>(record: &Sample<S>) -> (Host, Log) {
    Fake::new()
        .booted::<S>(BOOT)
        .all(&[record])
        .one(record)
        .host()
}

/// The identity that a process has which started then, by the clock of the
/// day.
fn started<S: System>(pid: Pid, micros: u64) -> ProcessId {
    let moved = if S::STARTS_MOVE { BOOT } else { 0 };
    ProcessId::new(pid, StartTime::from_raw(micros - moved))
}

fn target(host: &Host, id: ProcessId) -> Target<'_> {
    Target {
        host,
        id,
        handle: None,
        proof: None,
    }
}

/// How often it was asked for this.
fn count(log: &Log, what: &str) -> usize {
    log.lines()
        .iter()
        .filter(|line| line.contains(what))
        .count()
}

/// What another system says but for its details.
macro_rules! as_recorded {
    ($system:ident) => {
        const TABLE: &'static str = $system::TABLE;
        const STARTS_MOVE: bool = $system::STARTS_MOVE;
        const START_UNCERTAINTY: u64 = $system::START_UNCERTAINTY;
        const LONGEST_NAME: usize = $system::LONGEST_NAME;
        const SIGNALS: RangeInclusive<i32> = $system::SIGNALS;
        const REAL_TIME_SIGNALS: Option<RangeInclusive<i32>> = $system::REAL_TIME_SIGNALS;

        fn boot_time(kernel: Kernel<'_>) -> Result<u64> {
            $system::boot_time(kernel)
        }

        fn ask_all(kernel: Kernel<'_>, answer: &mut Vec<u8>) -> Result<()> {
            $system::ask_all(kernel, answer)
        }

        fn ask_one(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Result<()> {
            $system::ask_one(kernel, pid, answer)
        }

        fn records(
            answer: &[u8],
            endian: Endian,
        ) -> Result<impl Iterator<Item = Result<kinfo::Process<'_>, Malformed>> + Clone, Malformed>
        {
            $system::records(answer, endian)
        }
    };
}

/// A system which tells nothing but its records.
#[derive(Debug)]
struct Bare<S>(PhantomData<S>);

impl<S: System> System for Bare<S> {
    type Pass = ();

    const DETAILS: Fields = Fields::empty();

    as_recorded!(S);

    fn put_details(
        _: Kernel<'_>,
        _: &kinfo::Process<'_>,
        _: &mut ProcessRow,
        _: Fields,
        (): &mut (),
    ) {
        unreachable!("there are no details");
    }
}

/// A system which tells a command line besides, the same of all, and refuses
/// working directories.
#[derive(Debug)]
struct Telling<S>(PhantomData<S>);

impl<S: System> System for Telling<S> {
    /// Passes that have begun.
    type Pass = usize;

    const DETAILS: Fields = Fields::CMDLINE.union(Fields::CWD);

    as_recorded!(S);

    fn begin(pass: &mut usize) {
        *pass += 1;
    }

    fn put_details(
        kernel: Kernel<'_>,
        process: &kinfo::Process<'_>,
        row: &mut ProcessRow,
        fields: Fields,
        pass: &mut usize,
    ) {
        if fields.contains(Fields::CMDLINE) {
            let line = kernel.optional("test.cmdline").unwrap().unwrap();
            let line = String::from_utf8(line).unwrap();
            row.cmdline = Ok(line.split('\0').map(Into::into).collect());
        }
        if fields.contains(Fields::CWD) {
            let _ = kernel.optional(&format!("test.cwd.{}.{pass}", process.pid));
            row.cwd = Err(Unavailable::Denied);
        }
    }
}
