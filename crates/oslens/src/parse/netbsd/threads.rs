//! `KERN_LWP`: records of `kinfo_lwp`, as long as was asked for.

use std::time::Duration;

use crate::parse::Malformed;
use crate::parse::bsd::steps;
use crate::parse::kinfo::State;
use crate::parse::layout::netbsd::process::{
    KinfoLwp, LSIDL, LSONPROC, LSRUN, LSSLEEP, LSSTOP, LSSUSPENDED, LSZOMB,
};
use crate::parse::layout::{Endian, Record};

/// A thread of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thread<'a> {
    /// Its number: before NetBSD 10 each process counts its own from 1.
    pub id: u32,
    /// Its name; empty when it has none.
    pub name: &'a [u8],
    /// What it does.
    pub state: State,
    /// CPU time, in its own code and in the kernel: nothing tells them apart.
    pub time: Duration,
    /// The CPU that it runs on, or ran on last.
    pub cpu: Option<u32>,
    /// What it waits for; empty when it does not.
    pub wait: &'a [u8],
}

/// The threads of an answer with records of `stride` bytes: those that are
/// neither being made nor ended. Ends after the first that is not whole.
///
/// # Errors
///
/// When `stride` is zero.
pub fn threads(
    data: &[u8],
    stride: usize,
    endian: Endian,
) -> Result<impl Iterator<Item = Result<Thread<'_>, Malformed>> + Clone, Malformed> {
    Ok(steps::equal(data, stride, endian)?
        .map(|record| thread(record?).ok_or(Malformed("a whole kinfo_lwp")))
        .filter(|thread| {
            !matches!(
                thread,
                Ok(Thread {
                    state: State::Idle | State::Dead,
                    ..
                })
            )
        }))
}

fn thread(record: Record<'_>) -> Option<Thread<'_>> {
    let seconds = record.get(KinfoLwp::l_rtime_sec)?;
    let micros = record.get(KinfoLwp::l_rtime_usec)?.min(999_999);
    Some(Thread {
        id: u32::try_from(record.get(KinfoLwp::l_lid)?).ok()?,
        name: record.text(KinfoLwp::l_name)?,
        state: state(record.get(KinfoLwp::l_stat)?.into()),
        time: Duration::new(seconds.into(), micros.saturating_mul(1000)),
        cpu: u32::try_from(record.get(KinfoLwp::l_cpuid)?).ok(),
        wait: record.text(KinfoLwp::l_wmesg)?,
    })
}

fn state(number: i32) -> State {
    match number {
        LSIDL => State::Idle,
        LSRUN | LSONPROC => State::Running,
        LSSLEEP => State::Sleeping,
        LSSTOP => State::Stopped,
        LSZOMB => State::Dead,
        LSSUSPENDED => State::Suspended,
        other => State::Other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREADS: &[u8] = include_bytes!("fixtures/netbsd_kinfo_lwp.bin");

    #[test]
    fn threads_are_read_as_the_headers_write_them_without_those_that_are_none() {
        let found: Result<Vec<_>, _> = threads(THREADS, 128, Endian::Little).unwrap().collect();
        let [worker, main] = found.unwrap().try_into().unwrap();
        assert_eq!(
            worker,
            Thread {
                id: 7,
                name: b"a-name-of-19-chars.",
                state: State::Running,
                time: Duration::new(12, 345_678_000),
                cpu: Some(3),
                wait: b"",
            }
        );
        assert_eq!((main.id, main.state), (1, State::Sleeping));
        assert_eq!((main.name, main.wait), (&b""[..], &b"select"[..]));
    }

    #[test]
    fn a_cut_answer_ends_with_an_error() {
        for end in 0..THREADS.len() {
            let found: Vec<_> = threads(&THREADS[..end], 128, Endian::Little)
                .unwrap()
                .collect();
            let wrong = found.iter().filter(|thread| thread.is_err()).count();
            assert_eq!(wrong, usize::from(end % 128 != 0), "{end}");
        }
        assert!(threads(THREADS, 0, Endian::Little).is_err());
        // Nonsense in place of a number or a time.
        let mut odd = THREADS[..128].to_vec();
        odd[KinfoLwp::l_rtime_usec.offset()..][..4].fill(0xff);
        let found = threads(&odd, 128, Endian::Little).unwrap().next();
        assert_eq!(found.unwrap().unwrap().time.subsec_micros(), 999_999);
        odd[KinfoLwp::l_lid.offset()..][..4].fill(0xff);
        let found = threads(&odd, 128, Endian::Little).unwrap().next();
        assert!(found.unwrap().is_err());
    }
}
