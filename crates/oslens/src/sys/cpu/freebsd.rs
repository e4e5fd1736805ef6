//! CPUs on FreeBSD: `sysctl`.

#[cfg(test)]
mod tests;

use super::bsd;
use crate::{
    ErrorKind, Host, Result,
    cpu::{CpuTimesOf, Frequency, FrequencyOf, LoadAverage, Runnable, Stats, Times},
    parse::{
        Malformed,
        bsd::cpu::{self, CpuTicks},
        freebsd::memory,
        layout::freebsd::system::{
            CTL_KERN, CTL_VM, Clockinfo, KERN_CLOCKRATE, Loadavg, VM_LOADAVG, VM_TOTAL,
        },
    },
    process::Pid,
    sys::kernel::{Kernel, Question, malformed},
};

/// Bytes of a `long`, in which the ticks are.
const WORD: usize = 8;

pub(crate) fn times(host: &Host) -> Result<Times> {
    let kernel = host.kernel()?;
    let all = ticks(&kernel, "sysctl kern.cp_time")?;
    let sum = all.into_iter().fold(CpuTicks::default(), CpuTicks::plus);
    Ok(bsd::times_of(sum, hertz(&kernel)?))
}

pub(crate) fn times_per_cpu(host: &Host) -> Result<Vec<CpuTimesOf>> {
    let kernel = host.kernel()?;
    let all = each(&kernel)?;
    let hertz = hertz(&kernel)?;
    Ok(all
        .into_iter()
        .map(|(cpu, ticks)| bsd::times_of_cpu(cpu, ticks, hertz))
        .collect())
}

/// The CPUs that there are. The kernel answers up to the highest number, and
/// has zeros for numbers that are not given.
fn each(kernel: &Kernel<'_>) -> Result<Vec<(u32, CpuTicks)>> {
    let what = "sysctl kern.cp_times";
    let found: Vec<_> = ticks(kernel, what)?
        .into_iter()
        .enumerate()
        .filter(|(_, ticks)| !ticks.is_zero())
        .map(|(cpu, ticks)| (bsd::number(cpu), ticks))
        .collect();
    match found.is_empty() {
        true => Err(malformed(what, Malformed("the times of a CPU"))),
        false => Ok(found),
    }
}

fn ticks(kernel: &Kernel<'_>, what: &'static str) -> Result<Vec<CpuTicks>> {
    let answer = kernel.named(what)?;
    cpu::cpu_ticks(&answer, WORD, kernel.endian)
        .map(Iterator::collect)
        .map_err(|expected| malformed(what, expected))
}

fn hertz(kernel: &Kernel<'_>) -> Result<u64> {
    let mib = [CTL_KERN, KERN_CLOCKRATE];
    bsd::hertz(kernel, mib, Clockinfo::hz, Clockinfo::stathz)
}

pub(crate) fn stats(host: &Host) -> Result<Stats> {
    let kernel = host.kernel()?;
    let counter = |name: &str| kernel.optional_counter(name);
    let mut forks = Some(0_u64);
    for name in [
        "vm.stats.vm.v_forks",
        "vm.stats.vm.v_vforks",
        "vm.stats.vm.v_rforks",
        "vm.stats.vm.v_kthreads",
    ] {
        let more = counter(name)?;
        forks = forks
            .zip(more)
            .map(|(forks, more)| forks.saturating_add(more));
    }
    let totals = kernel
        .optional_answer("sysctl vm.vmtotal", Question::Sysctl(&[CTL_VM, VM_TOTAL]))?
        .and_then(|answer| memory::totals(kernel.record(&answer)));
    Ok(Stats {
        ctx_switches: counter("vm.stats.sys.v_swtch")?,
        interrupts: counter("vm.stats.sys.v_intr")?,
        soft_interrupts: counter("vm.stats.sys.v_soft")?,
        syscalls: counter("vm.stats.sys.v_syscall")?,
        forks,
        running: totals.map(|totals| totals.running),
        blocked: totals.map(|totals| totals.blocked),
    })
}

pub(crate) fn online(host: &Host) -> Result<Vec<u32>> {
    let all = each(&host.kernel()?)?;
    Ok(all.into_iter().map(|(cpu, _)| cpu).collect())
}

pub(crate) fn physical_count(host: &Host) -> Result<Option<u32>> {
    // Since FreeBSD 12.
    let cores = host.kernel()?.optional_number("kern.smp.cores")?;
    Ok(cores
        .and_then(|cores| u32::try_from(cores).ok())
        .filter(|&cores| cores > 0))
}

pub(crate) fn frequency_per_cpu(host: &Host) -> Result<Vec<FrequencyOf>> {
    let kernel = host.kernel()?;
    let mut found = Vec::new();
    for cpu in online(host)? {
        let Some(current) = kernel.optional_number(&format!("dev.cpu.{cpu}.freq"))? else {
            continue;
        };
        let range = kernel
            .optional(&format!("dev.cpu.{cpu}.freq_levels"))?
            .and_then(|levels| cpu::frequency_range(&levels));
        let frequency = Frequency {
            current: cpu::megahertz(current),
            min: range.map(|(low, _)| low),
            max: range.map(|(_, high)| high),
        };
        if frequency != Frequency::default() {
            found.push(FrequencyOf { cpu, frequency });
        }
    }
    // Not `hw.clockrate`, which is what was measured when the system started.
    Ok(found)
}

pub(crate) fn load_average(host: &Host) -> Result<LoadAverage> {
    let mib = [CTL_VM, VM_LOADAVG];
    bsd::load_average(&host.kernel()?, mib, Loadavg::ldavg, Loadavg::fscale)
}

pub(crate) fn runnable() -> Result<Runnable> {
    bsd::runnable()
}

pub(crate) fn allowed(host: &Host, pid: Pid) -> Result<Option<Vec<u32>>> {
    match host.process(pid)?.cpu_affinity() {
        Ok(cpus) => Ok(Some(cpus)),
        Err(error) => match error.kind() {
            ErrorKind::AccessDenied | ErrorKind::Unsupported => Ok(None),
            _ => Err(error),
        },
    }
}
