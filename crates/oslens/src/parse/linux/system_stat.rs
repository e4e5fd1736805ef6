//! `/proc/stat`: what all CPUs did since boot, see proc_stat(5).

use crate::parse::{Malformed, text};

/// The columns of one `cpu` line, in kernel ticks. Columns that the kernel
/// does not have are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CpuTicks {
    /// Programs, those of virtual machines included.
    pub user: u64,
    /// Programs of positive niceness.
    pub nice: u64,
    /// Kernel.
    pub system: u64,
    /// Nothing to do.
    pub idle: u64,
    /// Nothing to do but waiting for a block device (since Linux 2.5.41).
    pub iowait: Option<u64>,
    /// Interrupts (since Linux 2.6.0).
    pub irq: Option<u64>,
    /// Deferred work of interrupts (since Linux 2.6.0).
    pub softirq: Option<u64>,
    /// The hypervisor ran somebody else (since Linux 2.6.11).
    pub steal: Option<u64>,
    /// Virtual machines; counted in `user` too (since Linux 2.6.24).
    pub guest: Option<u64>,
    /// Virtual machines of positive niceness; counted in `nice` too (since
    /// Linux 2.6.33).
    pub guest_nice: Option<u64>,
}

/// The lines behind those of the CPUs. What the kernel does not say is
/// `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// `intr`, its first number: interrupts.
    pub interrupts: Option<u64>,
    /// `ctxt`: context switches.
    pub context_switches: Option<u64>,
    /// `btime`: seconds since the epoch when the system booted.
    pub boot_time: Option<u64>,
    /// `processes`: processes and threads that were created.
    pub forks: Option<u64>,
    /// `procs_running`.
    pub running: Option<u64>,
    /// `procs_blocked`.
    pub blocked: Option<u64>,
    /// `softirq`, its first number (since Linux 2.6.31).
    pub soft_interrupts: Option<u64>,
}

/// The line `cpu`: all CPUs together. It is the first one; nothing behind it
/// is looked at.
///
/// # Errors
///
/// When the first line is another one, or has fewer than four numbers.
#[inline]
pub fn total(content: &[u8]) -> Result<CpuTicks, Malformed> {
    let mut rest = content;
    let line = text::take_line(&mut rest).unwrap_or_default();
    let columns = line
        .strip_prefix(b"cpu ")
        .ok_or(Malformed("a first line that begins with `cpu `"))?;
    ticks(columns)
}

/// The lines `cpuN`: the number of each CPU that is online, and its times.
/// They are at the beginning; nothing behind them is looked at.
#[inline]
pub fn per_cpu(content: &[u8]) -> PerCpu<'_> {
    PerCpu { rest: content }
}

/// See [`per_cpu`].
#[derive(Debug, Clone)]
pub struct PerCpu<'a> {
    rest: &'a [u8],
}

impl Iterator for PerCpu<'_> {
    type Item = Result<(u32, CpuTicks), Malformed>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if !self.rest.starts_with(b"cpu") {
                return None;
            }
            let mut columns = text::take_line(&mut self.rest)?.get(3..)?;
            if columns.first() == Some(&b' ') {
                continue;
            }
            let cpu = text::take_word(&mut columns)
                .and_then(text::decimal)
                .and_then(|cpu| u32::try_from(cpu).ok());
            return Some(match cpu {
                Some(cpu) => ticks(columns).map(|ticks| (cpu, ticks)),
                None => Err(Malformed("the number of a CPU after `cpu`")),
            });
        }
    }
}

#[inline]
fn ticks(mut columns: &[u8]) -> Result<CpuTicks, Malformed> {
    const EXPECTED: Malformed = Malformed("at least four numbers in each `cpu` line");
    let mut next = || -> Result<Option<u64>, Malformed> {
        match text::take_word(&mut columns) {
            None => Ok(None),
            Some(word) => text::decimal(word).map(Some).ok_or(EXPECTED),
        }
    };
    Ok(CpuTicks {
        user: next()?.ok_or(EXPECTED)?,
        nice: next()?.ok_or(EXPECTED)?,
        system: next()?.ok_or(EXPECTED)?,
        idle: next()?.ok_or(EXPECTED)?,
        iowait: next()?,
        irq: next()?,
        softirq: next()?,
        steal: next()?,
        guest: next()?,
        guest_nice: next()?,
    })
}

/// The lines that count events.
#[inline]
#[must_use]
pub fn counters(content: &[u8]) -> Counters {
    let mut counters = Counters::default();
    let mut rest = content;
    while let Some(mut line) = text::take_line(&mut rest) {
        let field = match text::take_word(&mut line) {
            Some(b"intr") => &mut counters.interrupts,
            Some(b"ctxt") => &mut counters.context_switches,
            Some(b"btime") => &mut counters.boot_time,
            Some(b"processes") => &mut counters.forks,
            Some(b"procs_running") => &mut counters.running,
            Some(b"procs_blocked") => &mut counters.blocked,
            Some(b"softirq") => &mut counters.soft_interrupts,
            _ => continue,
        };
        *field = text::take_word(&mut line).and_then(text::decimal);
    }
    counters
}

#[cfg(test)]
mod tests {
    use super::*;

    const VM: &[u8] = b"cpu  5089 1 2637 272125 367 2 23 19 7 3
cpu0 2214 0 1174 136653 51 0 6 10 0 0
cpu3 2875 1 1462 135472 316 2 17 9 7 3
intr 139063 0 0 1
ctxt 248031
btime 1795257165
processes 6554
procs_running 2
procs_blocked 0
softirq 93237 0 18732
";

    #[test]
    fn the_number_of_a_cpu_comes_from_its_line() {
        let cpus: Vec<_> = per_cpu(VM).map(Result::unwrap).collect();
        assert_eq!(cpus.iter().map(|(cpu, _)| *cpu).collect::<Vec<_>>(), [0, 3]);
        assert_eq!(cpus[1].1.guest_nice, Some(3));
        let total = total(VM).unwrap();
        assert_eq!((total.user, total.nice, total.steal), (5089, 1, Some(19)));
    }

    #[test]
    fn counters_are_the_first_numbers_of_their_lines() {
        assert_eq!(
            counters(VM),
            Counters {
                interrupts: Some(139_063),
                context_switches: Some(248_031),
                boot_time: Some(1_795_257_165),
                forks: Some(6554),
                running: Some(2),
                blocked: Some(0),
                soft_interrupts: Some(93_237),
            }
        );
        assert_eq!(counters(b"cpu  1 2 3 4\n"), Counters::default());
    }

    #[test]
    fn columns_that_an_old_kernel_lacks_are_unknown_not_zero() {
        // Linux 2.6.32: no guest_nice. Linux 2.4: four columns.
        let total_2_6_32 = total(b"cpu  1 2 3 4 5 6 7 8 9\ncpu0 1 2 3 4 5 6 7 8 9\n").unwrap();
        assert_eq!(
            (total_2_6_32.guest, total_2_6_32.guest_nice),
            (Some(9), None)
        );
        let total_2_4 = total(b"cpu  1 2 3 4\ncpu0 1 2 3 4\n").unwrap();
        assert_eq!((total_2_4.idle, total_2_4.iowait), (4, None));
        assert_eq!(per_cpu(b"cpu  1 2 3 4\ncpu0 1 2 3 4\n").count(), 1);
    }

    #[test]
    fn hostile_text_is_malformed() {
        for content in [
            &b""[..],
            b"cpu",
            b"cpu  1 2 3",
            b"cpu  1 2 3 -4",
            b"cpu  1 2 3 99999999999999999999",
            b"cpu0 1 2 3 4",
            b"\n\n",
        ] {
            assert!(total(content).is_err(), "{content:?}");
        }
        for content in [&b"cpux 1 2 3 4"[..], b"cpu99999999999 1 2 3 4", b"cpu\n"] {
            assert!(per_cpu(content).any(|cpu| cpu.is_err()), "{content:?}");
        }
        for end in 0..VM.len() {
            let cut = &VM[..end];
            let _ = total(cut);
            let _ = counters(cut);
            assert!(per_cpu(cut).count() <= 2);
        }
    }
}
