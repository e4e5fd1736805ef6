//! CPUs on macOS: Mach, `sysctl`, and the tables of the power manager.

#[cfg(test)]
mod tests;

use super::bsd;
use crate::{
    Error, Host, Result,
    cpu::{CpuTimesOf, Frequency, FrequencyOf, LoadAverage, Runnable, Stats, Times},
    os::macos::PerformanceLevel,
    parse::{
        Malformed,
        bsd::cpu::CpuTicks,
        layout::macos::system::{CTL_VM, Loadavg, VM_LOADAVG},
        macos::cpu,
    },
    process::Pid,
    sys::kernel::{Kernel, Question, malformed},
};

/// Mach counts hundredths of a second, whatever the clocks do.
const HERTZ: u64 = 100;

fn ticks(kernel: &Kernel<'_>) -> Result<Vec<CpuTicks>> {
    let what = "host_processor_info";
    let answer = kernel.ask(what, Question::ProcessorLoad)?;
    cpu::processor_load(&answer, kernel.endian)
        .map(Iterator::collect)
        .map_err(|expected| malformed(what, expected))
}

pub(crate) fn times(host: &Host) -> Result<Times> {
    // Not HOST_CPU_LOAD_INFO, whose sum begins again at zero as many times
    // sooner as there are CPUs.
    let sum = ticks(&host.kernel()?)?
        .into_iter()
        .fold(CpuTicks::default(), CpuTicks::plus);
    Ok(bsd::times_of(sum, HERTZ))
}

pub(crate) fn times_per_cpu(host: &Host) -> Result<Vec<CpuTimesOf>> {
    Ok(ticks(&host.kernel()?)?
        .into_iter()
        .enumerate()
        .map(|(cpu, ticks)| bsd::times_of_cpu(bsd::number(cpu), ticks, HERTZ))
        .collect())
}

pub(crate) fn stats(host: &Host) -> Result<Stats> {
    // Mach tells none of them.
    host.kernel().map(|_| Stats::default())
}

pub(crate) fn online(host: &Host) -> Result<Vec<u32>> {
    // `hw.logicalcpu` counts them, but the second threads of cores that are
    // switched off have numbers in between.
    let what = "host_processor_info";
    let kernel = host.kernel()?;
    let answer = kernel.ask(what, Question::Processors)?;
    let running = cpu::running(&answer, kernel.endian);
    let mut running = running.map_err(|expected| malformed(what, expected))?;
    running.sort_unstable();
    running.dedup();
    match running.is_empty() {
        true => Err(malformed(what, Malformed("a CPU that runs"))),
        false => Ok(running),
    }
}

pub(crate) fn physical_count(host: &Host) -> Result<Option<u32>> {
    let cores = host.kernel()?.optional_counter("hw.physicalcpu")?;
    Ok(cores
        .and_then(|cores| u32::try_from(cores).ok())
        .filter(|&cores| cores > 0))
}

pub(crate) fn frequency_per_cpu(host: &Host) -> Result<Vec<FrequencyOf>> {
    let kernel = host.kernel()?;
    let hertz = |name| {
        let hertz = kernel.optional_counter(name)?;
        Ok::<_, Error>(hertz.filter(|&hertz| hertz > 0))
    };
    let mut frequency = Frequency {
        current: hertz("hw.cpufrequency")?,
        min: hertz("hw.cpufrequency_min")?,
        max: hertz("hw.cpufrequency_max")?,
    };
    if frequency == Frequency::default() {
        frequency = of_tables(&kernel);
    }
    Ok(bsd::alike(online(host)?, frequency))
}

/// Apple's own processors. Nothing says which CPU goes by which table, nor how
/// fast one runs: what is told is between what the slowest and the fastest
/// can.
fn of_tables(kernel: &Kernel<'_>) -> Frequency {
    // A virtual machine has none, and whatever else goes wrong, they are the
    // same as not told.
    let tables = kernel.answers().voltage_states().unwrap_or_default();
    let ranges = || tables.iter().filter_map(|table| cpu::voltage_states(table));
    Frequency {
        current: None,
        min: ranges().map(|(low, _)| low).min(),
        max: ranges().map(|(_, high)| high).max(),
    }
}

pub(crate) fn performance_levels(host: &Host) -> Result<Vec<PerformanceLevel>> {
    /// More than there are names for: two so far.
    const MOST: u64 = 8;
    let what = "sysctl hw.nperflevels";
    let kernel = host.kernel()?;
    let count = kernel.number(what)?;
    if !(1..=MOST).contains(&count) {
        return Err(malformed(what, Malformed("a number of performance levels")));
    }
    (0..count)
        .map(|level| {
            let name = |of: &str| format!("hw.perflevel{level}.{of}");
            // What there is none of is not answered with a number.
            let number = |of| match kernel.optional_counter(&name(of)) {
                Ok(number) => Ok(number.filter(|&number| number > 0)),
                Err(error) if error.raw_os_error() == Some(libc::EINVAL) => Ok(None),
                Err(error) => Err(error),
            };
            let count = |of| Ok::<_, Error>(number(of)?.and_then(|it| u32::try_from(it).ok()));
            let text = kernel.optional(&name("name"))?.unwrap_or_default();
            let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
            let text = String::from_utf8_lossy(text);
            Ok(PerformanceLevel {
                name: (!text.is_empty()).then(|| text.into_owned()),
                physical_cpus: count("physicalcpu_max")?,
                logical_cpus: count("logicalcpu_max")?,
                level1_instruction_cache: number("l1icachesize")?,
                level1_data_cache: number("l1dcachesize")?,
                level2_cache: number("l2cachesize")?,
                cpus_per_level2_cache: count("cpusperl2")?,
                level3_cache: number("l3cachesize")?,
                cpus_per_level3_cache: count("cpusperl3")?,
            })
        })
        .collect()
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
