//! CPUs on OpenBSD: `sysctl`.

#[cfg(test)]
mod tests;

use super::bsd;
use crate::{
    Error, Host, Result,
    cpu::{CpuTimesOf, Frequency, FrequencyOf, LoadAverage, Runnable, Stats, Times},
    parse::{
        Malformed,
        bsd::cpu::{self, CpuTicks},
        layout::{
            Field,
            openbsd::system::{
                CTL_HW, CTL_KERN, CTL_VM, Clockinfo, HW_CPUSPEED, HW_NCPU, HW_NCPUONLINE,
                KERN_CLOCKRATE, KERN_CPUSTATS, Loadavg, VM_LOADAVG, VM_METER, VM_UVMEXP,
            },
        },
        openbsd::{
            cpu::{CpuStats, cpu_stats},
            memory,
        },
    },
    process::Pid,
    sys::kernel::{Kernel, Question, malformed},
};

const STATS: &str = "sysctl kern.cpustats";

/// What each CPU did, with its number.
///
/// Not `KERN_CPTIME`, which is the mean of all CPUs, and not `KERN_CPTIME2`,
/// which fails for those that are offline in some releases.
fn each(kernel: &Kernel<'_>) -> Result<Vec<(u32, CpuStats)>> {
    // Those that the kernel uses, with those that are offline. How many were
    // found is nothing that a program may ask which has promised to look at
    // such statistics alone (`pledge`): the kernel would end it.
    let count = kernel.number_at("sysctl hw.ncpu", &[CTL_HW, HW_NCPU])?;
    let mut found = Vec::new();
    for cpu in 0..u32::try_from(count).unwrap_or(0).min(1 << 12) {
        let mib = [CTL_KERN, KERN_CPUSTATS, i32::try_from(cpu).unwrap_or(-1)];
        let Some(answer) = kernel.optional_answer(STATS, Question::Sysctl(&mib))? else {
            continue;
        };
        let stats = cpu_stats(kernel.record(&answer)).map_err(|wrong| malformed(STATS, wrong))?;
        found.push((cpu, stats));
    }
    match found.is_empty() {
        true => Err(Error::unsupported("the times of CPUs in this kernel")),
        false => Ok(found),
    }
}

fn hertz(kernel: &Kernel<'_>) -> Result<u64> {
    let mib = [CTL_KERN, KERN_CLOCKRATE];
    bsd::hertz(kernel, mib, Clockinfo::hz, Clockinfo::stathz)
}

pub(crate) fn times(host: &Host) -> Result<Times> {
    let kernel = host.kernel()?;
    // Those that are offline count too: the sum must not go back when one is
    // taken away.
    let sum = each(&kernel)?
        .into_iter()
        .fold(CpuTicks::default(), |sum, (_, cpu)| sum.plus(cpu.ticks));
    Ok(bsd::times_of(sum, hertz(&kernel)?))
}

pub(crate) fn times_per_cpu(host: &Host) -> Result<Vec<CpuTimesOf>> {
    let kernel = host.kernel()?;
    let all = each(&kernel)?;
    let hertz = hertz(&kernel)?;
    Ok(all
        .into_iter()
        .filter(|(_, stats)| stats.is_online)
        .map(|(cpu, stats)| bsd::times_of_cpu(cpu, stats.ticks, hertz))
        .collect())
}

pub(crate) fn stats(host: &Host) -> Result<Stats> {
    let kernel = host.kernel()?;
    let what = "sysctl vm.uvmexp";
    let answer = kernel.sysctl(what, &[CTL_VM, VM_UVMEXP])?;
    let uvm =
        memory::uvmexp(kernel.record(&answer)).map_err(|expected| malformed(what, expected))?;
    let running = kernel
        .optional_answer("sysctl vm.vmmeter", Question::Sysctl(&[CTL_VM, VM_METER]))?
        .and_then(|answer| memory::running(kernel.record(&answer)));
    // Some kernels do not keep each of these: no system that runs has had
    // none of them.
    let counter = |value: u64| Some(value).filter(|&value| value > 0);
    Ok(Stats {
        ctx_switches: counter(uvm.switches),
        interrupts: counter(uvm.interrupts),
        soft_interrupts: counter(uvm.soft_interrupts),
        syscalls: counter(uvm.syscalls),
        forks: counter(uvm.forks),
        running,
        // Among all that sleep.
        blocked: None,
    })
}

pub(crate) fn online(host: &Host) -> Result<Vec<u32>> {
    let online: Vec<u32> = each(&host.kernel()?)?
        .into_iter()
        .filter(|(_, stats)| stats.is_online)
        .map(|(cpu, _)| cpu)
        .collect();
    match online.is_empty() {
        true => Err(malformed(STATS, Malformed("a CPU that is online"))),
        false => Ok(online),
    }
}

pub(crate) fn physical_count(host: &Host) -> Result<Option<u32>> {
    let mib = [CTL_HW, HW_NCPUONLINE];
    let online = host.kernel()?.number_at("sysctl hw.ncpuonline", &mib)?;
    Ok(bsd::cores_of(online))
}

pub(crate) fn frequency_per_cpu(host: &Host) -> Result<Vec<FrequencyOf>> {
    let kernel = host.kernel()?;
    let question = Question::Sysctl(&[CTL_HW, HW_CPUSPEED]);
    let Some(answer) = kernel.optional_answer("sysctl hw.cpuspeed", question)? else {
        return Ok(Vec::new());
    };
    let speed = kernel.record(&answer).get(Field::<i32>::at(0));
    let frequency = Frequency {
        current: speed.and_then(|speed| cpu::megahertz(speed.into())),
        ..Frequency::default()
    };
    Ok(bsd::alike(online(host)?, frequency))
}

pub(crate) fn load_average(host: &Host) -> Result<LoadAverage> {
    let mib = [CTL_VM, VM_LOADAVG];
    bsd::load_average(&host.kernel()?, mib, Loadavg::ldavg, Loadavg::fscale)
}

pub(crate) fn runnable() -> Result<Runnable> {
    bsd::runnable()
}

pub(crate) fn allowed(_: &Host, _: Pid) -> Result<Option<Vec<u32>>> {
    // No thread can be bound to a CPU.
    Ok(None)
}
