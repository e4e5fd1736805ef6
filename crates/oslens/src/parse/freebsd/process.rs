//! What only FreeBSD's `kinfo_proc` has: of a process, and of its threads.

use crate::parse::Malformed;
use crate::parse::kinfo::{self, Process};
use crate::parse::layout::freebsd::details::KI_CRF_CAPABILITY_MODE;
use crate::parse::layout::freebsd::process::KinfoProc;
use crate::parse::layout::{Endian, Record};

/// A thread of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread<'a> {
    /// Its record, as that of a process: its number, what it does, its times.
    pub record: Process<'a>,
    /// Its name, which the kernel keeps in two parts.
    pub name: Vec<u8>,
}

/// The threads of an answer. Ends after the first that is malformed.
pub fn threads(
    data: &[u8],
    endian: Endian,
) -> impl Iterator<Item = Result<Thread<'_>, Malformed>> + Clone {
    let mut rest = data;
    kinfo::freebsd::processes(data, endian).map(move |process| {
        let process = process?;
        let record = Record::new(rest, endian);
        let size = record
            .get(KinfoProc::ki_structsize)
            .and_then(|size| usize::try_from(size).ok());
        let mut name = record
            .text(KinfoProc::ki_tdname)
            .unwrap_or_default()
            .to_vec();
        name.extend_from_slice(record.text(KinfoProc::ki_moretdname).unwrap_or_default());
        rest = size.and_then(|size| rest.get(size..)).unwrap_or_default();
        Ok(Thread {
            record: process,
            name,
        })
    })
}

/// What a process is in, and who watches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting<'a> {
    /// Its jail; 0 is none.
    pub jail: i32,
    /// Who traces it; 0 is nobody.
    pub tracer: i32,
    /// The table of routes that it uses.
    pub fib: i32,
    /// It may only use what it has (Capsicum).
    pub in_capability_mode: bool,
    /// Whose programs it runs: `FreeBSD ELF64`.
    pub emulation: &'a [u8],
    /// Its login class.
    pub login_class: &'a [u8],
}

/// What the record of one process says of that.
///
/// # Errors
///
/// When it is not whole.
pub fn setting(data: &[u8], endian: Endian) -> Result<Setting<'_>, Malformed> {
    let record = Record::new(data, endian);
    let setting = || {
        let flags = record.get(KinfoProc::ki_cr_flags)?;
        Some(Setting {
            jail: record.get(KinfoProc::ki_jid)?,
            tracer: record.get(KinfoProc::ki_tracer)?,
            fib: record.get(KinfoProc::ki_fibnum)?,
            in_capability_mode: flags & KI_CRF_CAPABILITY_MODE != 0,
            emulation: record.text(KinfoProc::ki_emul)?,
            login_class: record.text(KinfoProc::ki_loginclass)?,
        })
    };
    setting().ok_or(Malformed("a whole kinfo_proc"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const THREADS: &[u8] = include_bytes!("fixtures/freebsd_threads.bin");

    #[test]
    fn threads_have_numbers_names_and_times_of_their_own() {
        let found: Result<Vec<_>, _> = threads(THREADS, Endian::Little).collect();
        let [main, worker] = found.unwrap().try_into().unwrap();
        assert_eq!(main.record.thread, Some(100_321));
        assert_eq!(main.name, b"main");
        assert_eq!(worker.record.thread, Some(100_322));
        assert_eq!(worker.name, b"a-worker-of-the-pol");
        assert_eq!(worker.record.state, kinfo::State::Sleeping);
        assert_eq!(
            worker.record.times.unwrap().user,
            Duration::new(1, 500_000_000)
        );
    }

    #[test]
    fn the_setting_of_a_process_is_read_as_the_headers_write_it() {
        assert_eq!(
            setting(THREADS, Endian::Little).unwrap(),
            Setting {
                jail: 7,
                tracer: 900,
                fib: 2,
                in_capability_mode: true,
                emulation: b"FreeBSD ELF64",
                login_class: b"daemon",
            }
        );
    }

    #[test]
    fn what_is_cut_is_no_thread() {
        for end in 0..THREADS.len() {
            let found: Vec<_> = threads(&THREADS[..end], Endian::Little).collect();
            assert_eq!(
                found.iter().filter(|thread| thread.is_ok()).count(),
                end / 1088
            );
            _ = setting(&THREADS[..end], Endian::Little);
        }
        assert!(setting(&THREADS[..400], Endian::Little).is_err());
    }
}
