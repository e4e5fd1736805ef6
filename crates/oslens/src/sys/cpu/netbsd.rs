//! CPUs on NetBSD: `sysctl`, and `/dev/cpuctl` where some are offline.

#[cfg(test)]
mod tests;

use super::bsd;
use crate::{
    ErrorKind, Host, Result,
    cpu::{CpuTimesOf, Frequency, FrequencyOf, LoadAverage, Runnable, Stats, Times},
    parse::{
        Malformed,
        bsd::cpu::{self, CpuTicks},
        layout::{
            Type as _,
            netbsd::system::{
                CTL_HW, CTL_KERN, CTL_VM, Clockinfo, Cpustate, HW_NCPU, HW_NCPUONLINE,
                IOC_CPU_GETSTATE, KERN_CLOCKRATE, KERN_CP_TIME, Loadavg, VM_LOADAVG, VM_METER,
                VM_UVMEXP2,
            },
        },
        netbsd::memory,
    },
    process::Pid,
    sys::kernel::{Kernel, Question, malformed},
};

const CP_TIME: &str = "sysctl kern.cp_time";
const STATE: &str = "ioctl IOC_CPU_GETSTATE";
/// Bytes of a tick counter, which has 64 bits on every machine.
const WORD: usize = 8;
/// Of one CPU, or of all together.
const ONE: usize = 5 * WORD;
/// Room for more CPUs than any kernel can be built for.
const MANY: usize = 1024 * ONE;

/// `kern.cp_time` is the sum of all CPUs where there is room for one alone,
/// and else each of them: the size of the room is the question.
fn ticks(kernel: &Kernel<'_>, size: usize) -> Result<Vec<CpuTicks>> {
    let question = Question::Room {
        mib: &[CTL_KERN, KERN_CP_TIME],
        size,
    };
    let answer = kernel.ask(CP_TIME, question)?;
    cpu::cpu_ticks(&answer, WORD, kernel.endian)
        .map(Iterator::collect)
        .map_err(|expected| malformed(CP_TIME, expected))
}

fn hertz(kernel: &Kernel<'_>) -> Result<u64> {
    let mib = [CTL_KERN, KERN_CLOCKRATE];
    bsd::hertz(kernel, mib, Clockinfo::hz, Clockinfo::stathz)
}

pub(crate) fn times(host: &Host) -> Result<Times> {
    let kernel = host.kernel()?;
    let sum = ticks(&kernel, ONE)?
        .into_iter()
        .fold(CpuTicks::default(), CpuTicks::plus);
    Ok(bsd::times_of(sum, hertz(&kernel)?))
}

pub(crate) fn times_per_cpu(host: &Host) -> Result<Vec<CpuTimesOf>> {
    let kernel = host.kernel()?;
    let all = ticks(&kernel, MANY)?;
    let hertz = hertz(&kernel)?;
    let online = online(host)?;
    Ok((0..)
        .zip(all)
        .filter(|(cpu, _)| online.binary_search(cpu).is_ok())
        .map(|(cpu, ticks)| bsd::times_of_cpu(cpu, ticks, hertz))
        .collect())
}

pub(crate) fn stats(host: &Host) -> Result<Stats> {
    let kernel = host.kernel()?;
    let what = "sysctl vm.uvmexp2";
    let answer = kernel.sysctl(what, &[CTL_VM, VM_UVMEXP2])?;
    let uvm =
        memory::uvmexp(kernel.record(&answer)).map_err(|expected| malformed(what, expected))?;
    let totals = kernel
        .optional_answer("sysctl vm.vmmeter", Question::Sysctl(&[CTL_VM, VM_METER]))?
        .and_then(|answer| memory::totals(kernel.record(&answer)));
    Ok(Stats {
        ctx_switches: Some(uvm.switches),
        interrupts: Some(uvm.interrupts),
        soft_interrupts: Some(uvm.soft_interrupts),
        syscalls: Some(uvm.syscalls),
        forks: Some(uvm.forks),
        running: totals.map(|totals| totals.running),
        blocked: totals.map(|totals| totals.blocked),
    })
}

pub(crate) fn online(host: &Host) -> Result<Vec<u32>> {
    let kernel = host.kernel()?;
    let count = |what, number| {
        let count = kernel.number_at(what, &[CTL_HW, number])?;
        u32::try_from(count)
            .ok()
            .filter(|count| (1..=1 << 16).contains(count))
            .ok_or_else(|| malformed(what, Malformed("a number of CPUs")))
    };
    let all = count("sysctl hw.ncpu", HW_NCPU)?;
    if count("sysctl hw.ncpuonline", HW_NCPUONLINE)? >= all {
        return Ok((0..all).collect());
    }
    let mut online = Vec::new();
    for cpu in 0..all {
        if is_online(&kernel, cpu)? {
            online.push(cpu);
        }
    }
    match online.is_empty() {
        true => Err(malformed(STATE, Malformed("a CPU that is online"))),
        false => Ok(online),
    }
}

fn is_online(kernel: &Kernel<'_>, cpu: u32) -> Result<bool> {
    let mut state = kernel.bytes_of(cpu).to_vec();
    state.resize(Cpustate::SIZE, 0);
    let question = Question::Exchange {
        path: "/dev/cpuctl",
        request: IOC_CPU_GETSTATE,
        structure: &state,
    };
    let answer = match kernel.ask(STATE, question) {
        Ok(answer) => answer,
        // There is none of this number any more.
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => return Ok(false),
        Err(error) => return Err(error),
    };
    kernel
        .record(&answer)
        .get(Cpustate::cs_online)
        .map(|online| online != 0)
        .ok_or_else(|| malformed(STATE, Malformed("a whole cpustate_t")))
}

pub(crate) fn physical_count(host: &Host) -> Result<Option<u32>> {
    let mib = [CTL_HW, HW_NCPUONLINE];
    let online = host.kernel()?.number_at("sysctl hw.ncpuonline", &mib)?;
    Ok(bsd::cores_of(online))
}

pub(crate) fn frequency_per_cpu(host: &Host) -> Result<Vec<FrequencyOf>> {
    let kernel = host.kernel()?;
    let online = online(host)?;
    // The drivers of x86, then those of others, which set all CPUs alike.
    for driver in [
        "machdep.est",
        "machdep.powernow",
        "machdep.cpu",
        "machdep.loongson",
        "machdep",
    ] {
        let node = format!("{driver}.frequency");
        if let Some(frequency) = driven(&kernel, &node)? {
            return Ok(bsd::alike(online, frequency));
        }
    }
    // Not `machdep.tsc_freq`, by which an x86 counts however fast it runs.
    each_driven(&kernel, &online)
}

/// The drivers of ARM, which have a node for each CPU or for the first of
/// several.
fn each_driven(kernel: &Kernel<'_>, online: &[u32]) -> Result<Vec<FrequencyOf>> {
    let mut found = Vec::new();
    for &cpu in online {
        let node = format!("machdep.cpufreq.cpu{cpu}");
        if let Some(frequency) = driven(kernel, &node)? {
            found.push(FrequencyOf { cpu, frequency });
        }
    }
    // Where ACPI describes the machine, the same nodes have levels of
    // performance, which are no frequencies.
    if !found.is_empty() && kernel.optional("hw.acpi.root")?.is_some() {
        found.clear();
    }
    Ok(found)
}

/// What a driver says, in megahertz.
fn driven(kernel: &Kernel<'_>, node: &str) -> Result<Option<Frequency>> {
    let Some(current) = kernel.optional_number(&format!("{node}.current"))? else {
        return Ok(None);
    };
    let range = kernel
        .optional(&format!("{node}.available"))?
        .and_then(|levels| cpu::frequency_range(&levels));
    let frequency = Frequency {
        current: cpu::megahertz(current),
        min: range.map(|(low, _)| low),
        max: range.map(|(_, high)| high),
    };
    Ok(Some(frequency).filter(|&frequency| frequency != Frequency::default()))
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
