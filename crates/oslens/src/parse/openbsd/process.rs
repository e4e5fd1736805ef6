//! What only OpenBSD's `kinfo_proc` has: of a process, and of its threads.

use crate::parse::Malformed;
use crate::parse::bsd::steps;
use crate::parse::kinfo::{self, Process};
use crate::parse::layout::openbsd::details::{
    EPROC_LKUNVEIL, EPROC_UNVEIL, PS_CHROOT, PS_EXECPLEDGE, PS_PLEDGE,
};
use crate::parse::layout::openbsd::process::KinfoProc;
use crate::parse::layout::{Endian, Record};

/// A thread of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thread<'a> {
    /// Its record, as that of a process: what it does, its times.
    pub record: Process<'a>,
    /// Its number.
    pub id: u32,
    /// Its name. `None`: an older kernel, where threads have none.
    pub name: Option<&'a [u8]>,
}

/// The threads of an answer with records of `stride` bytes, in which there are
/// those of their processes, too. Ends after the first that is not whole.
///
/// # Errors
///
/// When `stride` is zero.
pub fn threads(
    data: &[u8],
    stride: usize,
    endian: Endian,
) -> Result<impl Iterator<Item = Result<Thread<'_>, Malformed>> + Clone, Malformed> {
    let names = steps::equal(data, stride, endian)?.map(|record| {
        record
            .ok()
            .and_then(|record| record.text(KinfoProc::p_name))
    });
    Ok(kinfo::openbsd::processes(data, stride, endian)?
        .zip(names)
        .filter_map(|(process, name)| match process {
            Ok(record) => {
                let id = record.thread.and_then(|id| u32::try_from(id).ok())?;
                Some(Ok(Thread { record, id, name }))
            }
            Err(malformed) => Some(Err(malformed)),
        }))
}

/// What a process has promised not to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promises {
    /// What it may still do, `PLEDGE_…`. `None`: it has not promised
    /// anything.
    pub pledge: Option<u64>,
    /// What it starts will have promised something.
    pub has_exec_pledge: bool,
    /// It sees only a part of the file system.
    pub has_unveil: bool,
    /// It cannot see any more of it than now.
    pub is_unveil_locked: bool,
    /// Its root is not that of the system.
    pub is_chrooted: bool,
}

/// What the record of one process says of that.
///
/// # Errors
///
/// When it is not whole.
pub fn promises(data: &[u8], endian: Endian) -> Result<Promises, Malformed> {
    let record = Record::new(data, endian);
    let promises = || {
        let flags = record.get(KinfoProc::p_psflags)?;
        let extra = record.get(KinfoProc::p_eflag)?;
        let pledge = record.get(KinfoProc::p_pledge)?;
        Some(Promises {
            pledge: (flags & PS_PLEDGE != 0).then_some(pledge),
            has_exec_pledge: flags & PS_EXECPLEDGE != 0,
            has_unveil: extra & EPROC_UNVEIL != 0,
            is_unveil_locked: extra & EPROC_LKUNVEIL != 0,
            is_chrooted: flags & PS_CHROOT != 0,
        })
    };
    promises().ok_or(Malformed("a whole kinfo_proc"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::parse::layout::openbsd::details::{PLEDGE_RPATH, PLEDGE_STDIO};

    const THREADS: &[u8] = include_bytes!("fixtures/openbsd_threads.bin");

    #[test]
    fn threads_are_told_from_their_process_and_have_names_of_their_own() {
        let found: Result<Vec<_>, _> = threads(THREADS, 648, Endian::Little).unwrap().collect();
        let [main, worker] = found.unwrap().try_into().unwrap();
        assert_eq!((main.id, main.name), (231_001, Some(&b"daemon"[..])));
        assert_eq!((worker.id, worker.name), (98_412, Some(&b"worker"[..])));
        assert_eq!(worker.record.state, kinfo::State::Sleeping);
        assert_eq!(
            worker.record.times.unwrap().user,
            Duration::new(1, 500_000_000)
        );
    }

    #[test]
    fn promises_are_read_as_the_headers_write_them() {
        assert_eq!(
            promises(THREADS, Endian::Little).unwrap(),
            Promises {
                pledge: Some(PLEDGE_STDIO | PLEDGE_RPATH),
                has_exec_pledge: false,
                has_unveil: true,
                is_unveil_locked: true,
                is_chrooted: false,
            }
        );
        // A promise of nothing at all is another thing than no promise.
        let last = promises(&THREADS[2 * 648..], Endian::Little).unwrap();
        assert_eq!((last.pledge, last.is_chrooted), (None, true));
    }

    #[test]
    fn what_is_cut_is_no_thread() {
        for end in 0..THREADS.len() {
            let found: Vec<_> = threads(&THREADS[..end], 648, Endian::Little)
                .unwrap()
                .collect();
            let wrong = found.iter().filter(|thread| thread.is_err()).count();
            assert_eq!(wrong, usize::from(end % 648 != 0), "{end}");
        }
        assert!(threads(THREADS, 0, Endian::Little).is_err());
        assert!(promises(&THREADS[..600], Endian::Little).is_err());
    }
}
