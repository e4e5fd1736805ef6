//! CPUs on Windows: `NtQuerySystemInformation`, group by group.
//!
//! What the documented calls say is that of the calling thread's group alone,
//! where a machine has more than 64 CPUs.

use windows_sys::Win32::System::SystemInformation::RelationProcessorCore;

use crate::{
    Error, ErrorKind, Host, Result,
    cpu::{CpuTimesOf, Frequency, FrequencyOf, LoadAverage, Runnable, Stats, Times},
    parse::windows::{
        Layout,
        performance::{self, ProcessorPerformance},
        process_table::{
            STATE_DEFERRED_READY, STATE_READY, STATE_RUNNING, STATE_STANDBY, ThreadRecord,
            processes,
        },
        processors, time,
    },
    process::Pid,
    sys::pal::windows::{
        buffer::Buffer,
        groups,
        native::{self, class},
        power, system,
    },
};

/// Room for the records of 64 CPUs: mostly the first buffer will do.
const FIRST: usize = 64 * 48;

pub(crate) fn times(host: &Host) -> Result<Times> {
    system::this_machine(host)?;
    let mut sum = Times {
        irq: Some(Default::default()),
        softirq: Some(Default::default()),
        ..Times::default()
    };
    // Not GetSystemTimes: it counts interrupts to the system's time.
    each_cpu(|_, one| {
        let times = times_of(&one);
        sum.user += times.user;
        sum.system += times.system;
        sum.idle += times.idle;
        sum.irq = sum.irq.zip(times.irq).map(|(sum, more)| sum + more);
        sum.softirq = sum.softirq.zip(times.softirq).map(|(sum, more)| sum + more);
    })?;
    Ok(sum)
}

pub(crate) fn times_per_cpu(host: &Host) -> Result<Vec<CpuTimesOf>> {
    system::this_machine(host)?;
    let mut all = Vec::new();
    each_cpu(|cpu, one| {
        let times = times_of(&one);
        all.push(CpuTimesOf { cpu, times });
    })?;
    Ok(all)
}

fn times_of(one: &ProcessorPerformance) -> Times {
    Times {
        user: time::duration(one.user),
        system: time::duration(one.system()),
        idle: time::duration(one.idle),
        irq: Some(time::duration(one.interrupt)),
        softirq: Some(time::duration(one.dpc)),
        ..Times::default()
    }
}

/// The CPUs of all groups, with their numbers.
fn each_cpu(mut with: impl FnMut(u32, ProcessorPerformance)) -> Result<()> {
    let mut buffer = Buffer::new(FIRST);
    each_group(class::PROCESSOR_PERFORMANCE, &mut buffer, |first, bytes| {
        for (cpu, one) in (first..).zip(performance::processor_performance(bytes)) {
            with(cpu, one);
        }
    })
}

/// The table of each group, with the number of its first CPU.
fn each_group(class: i32, buffer: &mut Buffer, mut with: impl FnMut(u32, &[u8])) -> Result<()> {
    let groups = groups::active_counts();
    if groups.len() <= 1 {
        with(0, native::query_system(class, buffer)?);
        return Ok(());
    }
    let mut first = 0;
    for (group, cpus) in (0..).zip(groups) {
        with(first, native::query_group(class, group, buffer)?);
        first += cpus;
    }
    Ok(())
}

pub(crate) fn stats(host: &Host) -> Result<Stats> {
    system::this_machine(host)?;
    // The later versions are longer.
    let mut buffer = Buffer::default();
    let record = native::query_system_record(class::PERFORMANCE, 1024, &mut buffer)?;
    let system = performance::system_performance(record)
        .map_err(|malformed| Error::malformed("NtQuerySystemInformation", malformed.0))?;
    let mut interrupts: u64 = 0;
    each_cpu(|_, one| interrupts += u64::from(one.interrupts))?;
    let mut deferred: u64 = 0;
    let mut buffer = Buffer::new(FIRST);
    let counted = each_group(class::INTERRUPT, &mut buffer, |_, bytes| {
        deferred += performance::deferred_calls(bytes)
            .map(u64::from)
            .sum::<u64>();
    });
    // No system that runs has made no context switch: zero is a counter that
    // is not kept.
    let counter = |value: u64| Some(value).filter(|&value| value > 0);
    Ok(Stats {
        ctx_switches: counter(system.context_switches.into()),
        interrupts: counter(interrupts),
        soft_interrupts: counted.ok().and_then(|()| counter(deferred)),
        syscalls: counter(system.system_calls.into()),
        ..Stats::default()
    })
}

pub(crate) fn online(host: &Host) -> Result<Vec<u32>> {
    system::this_machine(host)?;
    // The CPUs of a group follow those of the one before it.
    Ok((0..groups::active_counts().into_iter().sum()).collect())
}

pub(crate) fn physical_count(host: &Host) -> Result<Option<u32>> {
    system::this_machine(host)?;
    let mut buffer = Buffer::new(FIRST);
    let cores = processors::cores(system::processors(RelationProcessorCore, &mut buffer)?);
    Ok(Some(cores).filter(|&cores| cores > 0))
}

pub(crate) fn frequency_per_cpu(host: &Host) -> Result<Vec<FrequencyOf>> {
    system::this_machine(host)?;
    let online = online(host)?;
    // Only the CPUs of the group that this thread is in have an entry; with
    // several groups nothing says which group that is when the answer is made.
    if groups::active_counts().len() > 1 {
        return Ok(Vec::new());
    }
    let mut buffer = Buffer::default();
    let bytes = power::processors(online.len(), &mut buffer)?;
    let hertz = |mega: u32| Some(u64::from(mega) * 1_000_000).filter(|&hertz| hertz > 0);
    Ok(online
        .into_iter()
        .zip(performance::processor_power(bytes))
        .map(|(cpu, one)| FrequencyOf {
            cpu,
            frequency: Frequency {
                current: hertz(one.current),
                min: None,
                max: hertz(one.max),
            },
        })
        .filter(|one| one.frequency != Frequency::default())
        .collect())
}

pub(crate) fn load_average(_: &Host) -> Result<LoadAverage> {
    Err(Error::unsupported(
        "the load average, which Windows does not keep",
    ))
}

/// Threads that run or could, this one left out, and all there are.
pub(crate) fn runnable() -> Result<Runnable> {
    let own = u64::from(system::thread_id());
    let mut buffer = Buffer::new(256 << 10);
    let bytes = native::query_system(class::PROCESS, &mut buffer)?;
    let base = bytes.as_ptr() as u64;
    let (mut running, mut total, mut own_state) = (0, 0, None);
    for process in processes(bytes, base, Layout::NATIVE, ThreadRecord::Plain) {
        let process = process.map_err(|error| Error::malformed("process table", error.0))?;
        // The threads of the idle process run when no other could.
        if process.pid == 0 {
            continue;
        }
        for one in process.threads() {
            total += 1;
            if one.id == own {
                own_state = Some(one.state);
            } else if matches!(
                one.state,
                STATE_READY | STATE_RUNNING | STATE_STANDBY | STATE_DEFERRED_READY
            ) {
                running += 1;
            }
        }
    }
    // Wine says of every thread that it has not started.
    if own_state != Some(STATE_RUNNING) {
        return Err(Error::unsupported("the states of threads on this system"));
    }
    Ok(Runnable { running, total })
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
