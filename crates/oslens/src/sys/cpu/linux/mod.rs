//! CPUs on Linux: `/proc/stat`, `/proc/loadavg`, `/proc/cpuinfo` and
//! `/sys/devices/system/cpu`.

mod frequency;
#[cfg(test)]
mod tests;
mod topology;

use std::time::Duration;

pub(crate) use frequency::frequency_per_cpu;
pub(crate) use topology::{allowed, online, physical_count};

use crate::{
    Error, Host, Result,
    cpu::{CpuTimesOf, LoadAverage, Runnable, Stats, Times},
    parse::linux::{loadavg, system_stat},
    sys::pal::linux::file,
};

/// `/proc/stat` of a machine with about 60 CPUs, or 3000 interrupt lines;
/// a larger one costs another read.
const STAT_SIZE: usize = 8192;

pub(crate) fn times(host: &Host) -> Result<Times> {
    // The first line is all that is wanted, and it has 10 numbers of at most
    // 20 digits: the rest need not be copied.
    let mut stack = [0; 512];
    let path = file::below(host.proc_path(), "stat");
    let fd = file::open_at(rustix::fs::CWD, path.as_path())
        .map_err(|errno| Error::file("open", path.as_path(), errno))?;
    let content = file::read_once(fd, &mut stack)
        .map_err(|errno| Error::file("read", path.as_path(), errno))?;
    let ticks = system_stat::total(content).map_err(|malformed| malformed_at(&path, malformed))?;
    Ok(times_of(&ticks, host.ticks_per_second()))
}

pub(crate) fn times_per_cpu(host: &Host) -> Result<Vec<CpuTimesOf>> {
    let (mut stack, mut heap) = ([0; STAT_SIZE], Vec::new());
    let path = file::below(host.proc_path(), "stat");
    let content = file::record_in(&path, &mut stack, &mut heap)?;
    let hertz = host.ticks_per_second();
    let mut cpus = Vec::with_capacity(16);
    for cpu in system_stat::per_cpu(content) {
        let (cpu, ticks) = cpu.map_err(|malformed| malformed_at(&path, malformed))?;
        cpus.push(CpuTimesOf {
            cpu,
            times: times_of(&ticks, hertz),
        });
    }
    Ok(cpus)
}

pub(crate) fn stats(host: &Host) -> Result<Stats> {
    let (mut stack, mut heap) = ([0; STAT_SIZE], Vec::new());
    let path = file::below(host.proc_path(), "stat");
    let content = file::record_in(&path, &mut stack, &mut heap)?;
    let counters = system_stat::counters(content);
    Ok(Stats {
        ctx_switches: counters.context_switches,
        interrupts: counters.interrupts,
        soft_interrupts: counters.soft_interrupts,
        syscalls: None,
        forks: counters.forks,
        running: counters.running,
        blocked: counters.blocked,
    })
}

pub(crate) fn load_average(host: &Host) -> Result<LoadAverage> {
    let (mut stack, mut heap) = ([0; 256], Vec::new());
    let path = file::below(host.proc_path(), "loadavg");
    let content = file::record_in(&path, &mut stack, &mut heap)?;
    let load = loadavg::loadavg(content).map_err(|malformed| malformed_at(&path, malformed))?;
    Ok(LoadAverage {
        one: load.one,
        five: load.five,
        fifteen: load.fifteen,
        running: load.running,
        total: load.total,
    })
}

/// Threads that can run, this one left out, and all there are.
pub(crate) fn runnable() -> Result<Runnable> {
    let load = load_average(Host::local())?;
    match (load.running, load.total) {
        (Some(running), Some(total)) => Ok(Runnable {
            running: running.saturating_sub(1),
            total,
        }),
        _ => Err(Error::unsupported("the number of threads that can run")),
    }
}

fn malformed_at(path: &std::path::Path, malformed: crate::parse::Malformed) -> Error {
    Error::malformed(path, malformed.0)
}

fn times_of(ticks: &system_stat::CpuTicks, hertz: u64) -> Times {
    let duration = |ticks| duration(ticks, hertz);
    Times {
        user: duration(ticks.user),
        system: duration(ticks.system),
        idle: duration(ticks.idle),
        nice: duration(ticks.nice),
        iowait: ticks.iowait.map(duration),
        irq: ticks.irq.map(duration),
        softirq: ticks.softirq.map(duration),
        steal: ticks.steal.map(duration),
        guest: ticks.guest.map(duration),
        guest_nice: ticks.guest_nice.map(duration),
    }
}

/// Exact: whole seconds and the rest apart, so that nothing overflows.
fn duration(ticks: u64, hertz: u64) -> Duration {
    let hertz = hertz.max(1);
    let nanos = u128::from(ticks % hertz) * 1_000_000_000 / u128::from(hertz);
    Duration::new(ticks / hertz, u32::try_from(nanos).unwrap_or(0))
}
