//! CPU functions.

use std::{cell::RefCell, thread::LocalKey};

use oslens::cpu::{Times, TimesDelta};
use pyo3::{
    prelude::*,
    types::{PyList, PyTuple},
};

use crate::{
    arguments::{Flag, seconds},
    error::OrRaise as _,
    host::{ask, current},
    memory::warn_missing,
    objects::{Imported, SCPUFREQ, SCPUSTATS, SCPUTIMES, one_decimal},
    platform::{CPU_PARTS, MISSING_COUNTS_ARE_ZERO},
};

/// Those of these values that the named tuple has, in its order.
fn values<'py>(py: Python<'py>, times: [f64; 10]) -> PyResult<Bound<'py, PyAny>> {
    SCPUTIMES.of(py, PyTuple::new(py, CPU_PARTS.map(|part| times[part]))?)
}

/// What an old kernel does not count is 0.0 here, as in psutil.
fn in_seconds(times: &Times) -> [f64; 10] {
    [
        Some(times.user),
        Some(times.system),
        Some(times.idle),
        Some(times.nice),
        times.iowait,
        times.irq,
        times.softirq,
        times.steal,
        times.guest,
        times.guest_nice,
    ]
    .map(|time| time.unwrap_or_default().as_secs_f64())
}

fn per_cpu(host: &oslens::Host) -> oslens::Result<Vec<Times>> {
    let cpus = host.cpu_times_per_cpu()?;
    Ok(cpus.into_iter().map(|cpu| cpu.times).collect())
}

/// What the CPUs did since boot, in seconds, as `scputimes`: the sum of all,
/// or with `percpu` a list with one for each CPU that is online.
///
/// `user` includes `guest`, and `nice` includes `guest_nice`, as the kernel
/// counts.
///
/// >>> oslens.cpu_times().idle > 0
/// True
#[pyfunction]
#[pyo3(signature = (percpu = Flag(false)), text_signature = "(percpu=False)")]
pub(crate) fn cpu_times(py: Python<'_>, percpu: Flag) -> PyResult<Bound<'_, PyAny>> {
    if percpu.0 {
        let cpus = ask(py, per_cpu)?
            .iter()
            .map(|times| values(py, in_seconds(times)))
            .collect::<PyResult<Vec<_>>>()?;
        return Ok(PyList::new(py, cpus)?.into_any());
    }
    values(py, in_seconds(&ask(py, oslens::Host::cpu_times)?))
}

/// The last samples of a thread. They end with it.
#[derive(Default)]
struct Last {
    total: Option<Times>,
    per_cpu: Option<Vec<Times>>,
}

thread_local! {
    static PERCENT: RefCell<Last> = RefCell::default();
    static TIMES_PERCENT: RefCell<Last> = RefCell::default();
}

/// Takes the samples that the first calls of this thread are compared with.
#[pyfunction]
pub(crate) fn _take_cpu_baselines(py: Python<'_>) -> PyResult<()> {
    let (total, per_cpu) = ask(py, |host| Ok((host.cpu_times()?, per_cpu(host)?)))?;
    for last in [&PERCENT, &TIMES_PERCENT] {
        last.with_borrow_mut(|last| {
            *last = Last {
                total: Some(total),
                per_cpu: Some(per_cpu.clone()),
            };
        });
    }
    Ok(())
}

/// What happened since the sample before, of all CPUs together.
fn since_last(
    py: Python<'_>,
    interval: Option<&Bound<'_, PyAny>>,
    last: &'static LocalKey<RefCell<Last>>,
) -> PyResult<TimesDelta> {
    let sample = || ask(py, oslens::Host::cpu_times);
    let before = match blocking(interval)? {
        Some(interval) => {
            let before = sample()?;
            sleep(py, interval)?;
            Some(before)
        }
        None => last.with_borrow(|last| last.total),
    };
    let now = sample()?;
    last.with_borrow_mut(|last| last.total = Some(now));
    Ok(now.since(&before.unwrap_or(now)))
}

/// The same of each CPU. If their number changed, of as many as both samples
/// have.
fn since_last_per_cpu(
    py: Python<'_>,
    interval: Option<&Bound<'_, PyAny>>,
    last: &'static LocalKey<RefCell<Last>>,
) -> PyResult<Vec<TimesDelta>> {
    let before = match blocking(interval)? {
        Some(interval) => {
            let before = ask(py, per_cpu)?;
            sleep(py, interval)?;
            Some(before)
        }
        None => last.with_borrow_mut(|last| last.per_cpu.take()),
    };
    let now = ask(py, per_cpu)?;
    let deltas = now
        .iter()
        .zip(before.as_ref().unwrap_or(&now))
        .map(|(now, before)| now.since(before))
        .collect();
    last.with_borrow_mut(|last| last.per_cpu = Some(now));
    Ok(deltas)
}

/// The interval, if the call is to wait for one.
fn blocking(interval: Option<&Bound<'_, PyAny>>) -> PyResult<Option<f64>> {
    let interval = interval
        .map(|interval| seconds("interval", interval))
        .transpose()?;
    Ok(interval.filter(|&interval| interval > 0.0))
}

/// Python's own, which signal handlers can end.
fn sleep(py: Python<'_>, interval: f64) -> PyResult<()> {
    static SLEEP: Imported = Imported::new("time", "sleep");
    SLEEP.get(py)?.call1((interval,)).map(drop)
}

fn percent(delta: &TimesDelta) -> f64 {
    delta
        .busy()
        .map_or(0.0, |busy| one_decimal((busy * 100.0).clamp(0.0, 100.0)))
}

/// How busy the CPUs were, from 0 to 100: all together, or with `percpu` a
/// list with one number for each.
///
/// With an `interval` in seconds the call waits so long. Without one it
/// answers at once, for the time since the last call of the same thread. The
/// first answer is for the time since the import in the thread that imported
/// oslens, and 0.0 in others. Calls less than 0.1 seconds apart say little.
///
/// Raises `ValueError` for a negative `interval`.
///
/// >>> 0 <= oslens.cpu_percent(interval=0.01) <= 100
/// True
#[pyfunction]
#[pyo3(
    signature = (interval = None, percpu = Flag(false)),
    text_signature = "(interval=None, percpu=False)"
)]
pub(crate) fn cpu_percent<'py>(
    py: Python<'py>,
    interval: Option<&Bound<'py, PyAny>>,
    percpu: Flag,
) -> PyResult<Bound<'py, PyAny>> {
    if percpu.0 {
        let cpus = since_last_per_cpu(py, interval, &PERCENT)?;
        return Ok(PyList::new(py, cpus.iter().map(percent))?.into_any());
    }
    let percent = percent(&since_last(py, interval, &PERCENT)?);
    Ok(percent.into_pyobject(py)?.into_any())
}

fn percentages<'py>(py: Python<'py>, delta: &TimesDelta) -> PyResult<Bound<'py, PyAny>> {
    let Some(of) = delta.fractions() else {
        return values(py, [0.0; 10]);
    };
    let parts = [
        Some(of.user),
        Some(of.system),
        Some(of.idle),
        Some(of.nice),
        of.iowait,
        of.irq,
        of.softirq,
        of.steal,
        of.guest,
        of.guest_nice,
    ];
    let parts = parts.map(|part| {
        let percent = part.unwrap_or_default() * 100.0;
        one_decimal(percent.clamp(0.0, 100.0))
    });
    values(py, parts)
}

/// What the CPUs did, in percent of the time that passed, as `scputimes`: of
/// all together, or with `percpu` a list with one for each.
///
/// `interval` is that of `cpu_percent()`.
#[pyfunction]
#[pyo3(
    signature = (interval = None, percpu = Flag(false)),
    text_signature = "(interval=None, percpu=False)"
)]
pub(crate) fn cpu_times_percent<'py>(
    py: Python<'py>,
    interval: Option<&Bound<'py, PyAny>>,
    percpu: Flag,
) -> PyResult<Bound<'py, PyAny>> {
    if percpu.0 {
        let cpus = since_last_per_cpu(py, interval, &TIMES_PERCENT)?
            .iter()
            .map(|delta| percentages(py, delta))
            .collect::<PyResult<Vec<_>>>()?;
        return Ok(PyList::new(py, cpus)?.into_any());
    }
    percentages(py, &since_last(py, interval, &TIMES_PERCENT)?)
}

/// Number of CPUs that are online; with `logical=False`, of cores. `None` if
/// the machine does not tell.
///
/// What this process may use of them, by its affinity and control groups, is
/// in `cpu_limit()`.
#[pyfunction]
#[pyo3(signature = (logical = Flag(true)), text_signature = "(logical=True)")]
pub(crate) fn cpu_count(py: Python<'_>, logical: Flag) -> PyResult<Option<u32>> {
    let count = match logical.0 {
        // A few bytes that the kernel has at hand: to give up the GIL for
        // them takes longer than it pays.
        true => Some(current(py)?.cpu_count().or_raise(py)?),
        false => ask(py, oslens::Host::physical_cpu_count)?,
    };
    Ok(count.filter(|&count| count > 0))
}

/// Counts since boot, as `scpustats`: context switches, interrupts and
/// software interrupts. `syscalls` is 0 where the system does not count them,
/// as on Linux.
#[pyfunction]
pub(crate) fn cpu_stats(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let mut stats = ask(py, oslens::Host::cpu_stats)?;
    if MISSING_COUNTS_ARE_ZERO {
        let mut missing = Vec::new();
        for (name, count) in [
            ("ctx_switches", &mut stats.ctx_switches),
            ("interrupts", &mut stats.interrupts),
            ("soft_interrupts", &mut stats.soft_interrupts),
            ("syscalls", &mut stats.syscalls),
        ] {
            count.get_or_insert_with(|| {
                missing.push(name);
                0
            });
        }
        warn_missing(py, &missing);
    }
    SCPUSTATS.of(
        py,
        (
            stats.ctx_switches,
            stats.interrupts,
            stats.soft_interrupts,
            stats.syscalls.unwrap_or(0),
        ),
    )
}

/// Frequency of the CPUs in MHz, as `scpufreq(current, min, max)`: the mean of
/// all, or with `percpu` a list with one for each that is online.
///
/// `None` (or an empty list) if the machine does not tell; `min` and `max` are
/// 0.0 where they are not known.
#[pyfunction]
#[pyo3(signature = (percpu = Flag(false)), text_signature = "(percpu=False)")]
pub(crate) fn cpu_freq(py: Python<'_>, percpu: Flag) -> PyResult<Option<Bound<'_, PyAny>>> {
    let cpus: Vec<[f64; 3]> = ask(py, oslens::Host::cpu_frequency_per_cpu)?
        .iter()
        .map(|cpu| {
            let of = cpu.frequency;
            // psutil takes the highest for the present one where Apple's
            // processors tell no more.
            let current = match cfg!(target_os = "macos") {
                true => of.current.or(of.max),
                false => of.current,
            };
            [current, of.min, of.max].map(|hertz| hertz.unwrap_or(0) as f64 / 1e6)
        })
        .collect();
    let tuple = |values: [f64; 3]| SCPUFREQ.of(py, PyTuple::new(py, values)?);
    if percpu.0 {
        let cpus = cpus.into_iter().map(tuple).collect::<PyResult<Vec<_>>>()?;
        return Ok(Some(PyList::new(py, cpus)?.into_any()));
    }
    if cpus.is_empty() {
        return Ok(None);
    }
    let mean = |at: fn(&[f64; 3]) -> f64| cpus.iter().map(at).sum::<f64>() / cpus.len() as f64;
    tuple([
        mean(|[current, ..]| *current),
        mean(|[_, min, _]| *min),
        mean(|[.., max]| *max),
    ])
    .map(Some)
}
