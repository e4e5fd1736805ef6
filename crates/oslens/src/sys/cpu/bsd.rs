//! What the BSDs and macOS have in common about CPUs.

use std::time::Duration;

use crate::{
    Error, Result,
    cpu::{CpuTimesOf, Frequency, FrequencyOf, LoadAverage, Runnable, Times},
    parse::{
        Malformed,
        bsd::cpu::{self, CpuTicks},
        layout::Field,
    },
    sys::kernel::{Kernel, malformed},
};

const CLOCKRATE: &str = "sysctl kern.clockrate";
const LOADAVG: &str = "sysctl vm.loadavg";

/// How often in a second a CPU is looked at, by `struct clockinfo` with these
/// fields. The kernels count their CPUs' times so, and not in the ticks of
/// `sysconf`.
pub(super) fn hertz(
    kernel: &Kernel<'_>,
    mib: [i32; 2],
    hz: Field<i32>,
    statistics: Field<i32>,
) -> Result<u64> {
    let answer = kernel.sysctl(CLOCKRATE, &mib)?;
    cpu::ticks_per_second(kernel.record(&answer), hz, statistics)
        .ok_or_else(|| malformed(CLOCKRATE, Malformed("a struct clockinfo")))
}

pub(super) fn times_of(ticks: CpuTicks, hertz: u64) -> Times {
    let duration = |ticks| duration(ticks, hertz);
    Times {
        user: duration(ticks.user),
        system: duration(ticks.system),
        idle: duration(ticks.idle),
        nice: duration(ticks.nice),
        irq: ticks.interrupts.map(duration),
        ..Times::default()
    }
}

pub(super) fn times_of_cpu(cpu: u32, ticks: CpuTicks, hertz: u64) -> CpuTimesOf {
    CpuTimesOf {
        cpu,
        times: times_of(ticks, hertz),
    }
}

/// Exact: whole seconds and the rest apart, so that nothing overflows.
fn duration(ticks: u64, hertz: u64) -> Duration {
    let hertz = hertz.max(1);
    let nanos = u128::from(ticks % hertz) * 1_000_000_000 / u128::from(hertz);
    Duration::new(ticks / hertz, u32::try_from(nanos).unwrap_or(0))
}

/// `vm.loadavg`, a `struct loadavg` with these fields.
pub(super) fn load_average(
    kernel: &Kernel<'_>,
    mib: [i32; 2],
    averages: Field<[u32; 3]>,
    scale: Field<i64>,
) -> Result<LoadAverage> {
    let answer = kernel.sysctl(LOADAVG, &mib)?;
    let [one, five, fifteen] = cpu::load_average(kernel.record(&answer), averages, scale)
        .map_err(|expected| malformed(LOADAVG, expected))?;
    Ok(LoadAverage {
        one,
        five,
        fifteen,
        running: None,
        total: None,
    })
}

/// All of these CPUs run alike, or the system tells no more. Empty where it
/// tells nothing.
pub(super) fn alike(cpus: Vec<u32>, frequency: Frequency) -> Vec<FrequencyOf> {
    if frequency == Frequency::default() {
        return Vec::new();
    }
    cpus.into_iter()
        .map(|cpu| FrequencyOf { cpu, frequency })
        .collect()
}

/// How many cores there are, where nothing says which CPUs are of one: one CPU
/// alone is of one.
pub(super) fn cores_of(cpus: u64) -> Option<u32> {
    (cpus == 1).then_some(1)
}

/// These systems keep load averages, so that nobody has to count threads.
pub(super) fn runnable() -> Result<Runnable> {
    Err(Error::unsupported(
        "the number of threads that can run, on this system",
    ))
}

/// The number of a CPU.
pub(super) fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_exact_at_any_rate() {
        assert_eq!(duration(127, 127), Duration::from_secs(1));
        assert_eq!(duration(64, 128), Duration::from_millis(500));
        assert_eq!(duration(1, 0), Duration::from_secs(1));
        let most = duration(u64::MAX, 127);
        assert_eq!(most.as_secs(), u64::MAX / 127);
    }

    /// With whatever the kernel answers, every function gives a value or an error.
    #[test]
    #[cfg(target_os = "linux")]
    fn no_answer_makes_a_backend_fall_over() {
        use crate::sys::{
            cpu::{freebsd, macos, netbsd, openbsd},
            kernel::fake::Noise,
        };

        for seed in Noise::SEEDS {
            let host = &Noise::host(seed);
            macro_rules! ask {
                ($($system:ident)*) => {$(
                    _ = $system::times(host);
                    _ = $system::times_per_cpu(host);
                    _ = $system::stats(host);
                    _ = $system::online(host);
                    _ = $system::physical_count(host);
                    _ = $system::frequency_per_cpu(host);
                    _ = $system::load_average(host);
                )*};
            }
            ask!(freebsd netbsd openbsd macos);
            _ = macos::performance_levels(host);
        }
    }
}
