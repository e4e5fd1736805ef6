//! What the health page shows, read within one window.

use std::ffi::OsString;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use oslens::Unavailable;
use oslens::cpu::{CpuLimit, Fractions, LoadAverage};
use oslens::host::Info;
use oslens::memory::{ContainerMemory, SwapMemory, VirtualMemory};
use oslens::net::SocketSummary;
use oslens::pressure::{Pressure, Resource};
use oslens::process::{Fields, Pid, ProcessRow, Sample, State};

use crate::args::high::Settings;
use crate::cell::Missing;
use crate::commands::net::{self, Nic};
use crate::convert::missing as read;
use crate::exit::Failure;
use crate::file_systems::{self, FileSystem};
use crate::notes::Partial;
use crate::unit;

/// Processes of each kind that are shown.
const TOP: usize = 3;

/// A value, or why there is none.
pub(super) type Read<T> = Result<T, Missing>;

pub(super) struct Vitals {
    /// How long rates were measured.
    pub(super) window: Duration,
    /// How long to wait for a disk.
    pub(super) timeout: Duration,
    pub(super) info: Read<Info>,
    pub(super) uptime: Read<Duration>,
    pub(super) boot_time: Read<SystemTime>,
    /// Sessions of users.
    pub(super) users: Read<usize>,
    pub(super) cpus: Read<u32>,
    pub(super) cpu: Read<Fractions>,
    pub(super) load: Read<LoadAverage>,
    pub(super) pressure: [(&'static str, Read<Pressure>); 3],
    pub(super) memory: Read<VirtualMemory>,
    pub(super) swap: Read<SwapMemory>,
    /// Processes killed for lack of memory since boot, where they are
    /// counted.
    pub(super) oom_kills: Option<u64>,
    /// What a container grants, where that is less than the machine has.
    pub(super) cpu_limit: Option<CpuLimit>,
    pub(super) memory_limit: Option<ContainerMemory>,
    pub(super) file_systems: Read<Vec<FileSystem>>,
    pub(super) nics: Read<Vec<Nic>>,
    pub(super) sockets: Read<SocketSummary>,
    pub(super) processes: Processes,
    /// What the processes hide.
    pub(super) partial: Partial,
}

/// The processes, counted and the first of them.
#[derive(Debug, Default)]
pub(super) struct Processes {
    pub(super) total: usize,
    pub(super) running: usize,
    pub(super) zombies: usize,
    /// Waited for a device at both ends of the window.
    pub(super) blocked: usize,
    pub(super) by_cpu: Vec<Top>,
    pub(super) by_memory: Vec<Top>,
    pub(super) by_io: Vec<Top>,
}

/// One of the processes that use the most.
#[derive(Clone, Debug)]
pub(super) struct Top {
    pub(super) pid: Pid,
    pub(super) name: OsString,
    pub(super) unit: Option<OsString>,
    /// CPUs, 1.0 being a whole one.
    pub(super) cpu: Read<f64>,
    pub(super) rss: Read<u64>,
    pub(super) read: Read<f64>,
    pub(super) written: Read<f64>,
}

impl Top {
    pub(super) fn io(&self) -> f64 {
        self.read.unwrap_or_default() + self.written.unwrap_or_default()
    }
}

impl Vitals {
    /// Reads everything. What cannot be read is missing in its place.
    ///
    /// # Errors
    ///
    /// When the process table cannot be read.
    pub(super) fn take(settings: &Settings) -> Result<Self, Failure> {
        let host = &settings.host;
        let fields =
            Fields::NAME | Fields::STATE | Fields::CPU_TOTAL | Fields::RSS | Fields::IO_COUNTERS;
        let mut sampler = host.sampler(fields);
        // Dead disks take their time: they are asked meanwhile.
        thread::scope(|scope| {
            let disks =
                thread::Builder::new().spawn_scoped(scope, || file_systems::list(settings, false));
            let nics_before = host.net_io_counters().unwrap_or_default();
            let cpu_before = host.cpu_times();
            sampler.sample()?;
            let start = Instant::now();
            thread::sleep(settings.interval);
            let window = start.elapsed();
            let sample = sampler.sample()?;
            let cpu = match (cpu_before, host.cpu_times()) {
                (Ok(before), Ok(now)) => now.since(&before).fractions().ok_or(Missing::FirstSample),
                (Err(error), _) | (_, Err(error)) => Err(Missing::from(&error)),
            };
            let nics = net::list(settings, &nics_before).map_err(|_| Missing::Failed);
            let mut partial = Partial::default();
            let processes = processes(&sample, &mut partial, settings);
            let memory = read(host.virtual_memory());
            let pressure = |resource| read(host.pressure(resource));
            let file_systems = match disks.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(Ok(file_systems))) => Ok(file_systems),
                _ => Err(Missing::Failed),
            };
            Ok(Self {
                window,
                timeout: settings.timeout,
                info: read(host.info()),
                uptime: read(host.uptime()),
                boot_time: read(host.boot_time()),
                users: read(host.users().map(|users| users.len())),
                cpus: read(host.cpu_count()),
                cpu,
                load: read(host.load_average()),
                pressure: [
                    ("cpu", pressure(Resource::Cpu)),
                    ("memory", pressure(Resource::Memory)),
                    ("io", pressure(Resource::Io)),
                ],
                cpu_limit: cpu_limit(settings),
                memory_limit: memory_limit(settings, &memory),
                memory,
                swap: read(host.swap_memory()),
                oom_kills: host.memory_stats().ok().and_then(|stats| stats.oom_kills),
                file_systems,
                nics,
                sockets: read(host.socket_summary()),
                processes,
                partial,
            })
        })
    }
}

impl Vitals {
    /// File systems that did not say how full they are.
    pub(super) fn silent_disks(&self) -> Partial {
        let mut partial = Partial::default();
        for file_system in self.file_systems.iter().flatten() {
            match file_system.usage {
                Ok(_) => partial.add_row(&[]),
                Err(why) => partial.add_row(&[("usage", why)]),
            }
        }
        partial
    }

    /// Parts of the page that could not be read at all.
    pub(super) fn unread_parts(&self) -> Partial {
        fn why<T>(part: &Read<T>) -> Option<Missing> {
            part.as_ref().err().copied()
        }
        let parts = [
            ("host", why(&self.info)),
            ("uptime", why(&self.uptime)),
            ("users", why(&self.users)),
            ("cpu", why(&self.cpu)),
            ("load", why(&self.load)),
            ("memory", why(&self.memory)),
            ("swap", why(&self.swap)),
            ("file_systems", why(&self.file_systems)),
            ("interfaces", why(&self.nics)),
            ("sockets", why(&self.sockets)),
        ];
        let mut partial = Partial::default();
        for (part, why) in parts {
            match why {
                None => partial.add_row(&[]),
                Some(why) => partial.add_row(&[(part, why)]),
            }
        }
        partial
    }
}

/// The quota on CPUs, where it is less than the machine has. Limits are
/// those of this process: of another root they say nothing.
fn cpu_limit(settings: &Settings) -> Option<CpuLimit> {
    let host = Some(&settings.host).filter(|host| host.is_local())?;
    let limit = host.cpu_limit(Pid::current()).ok()?;
    (limit.cpus() < f64::from(limit.online)).then_some(limit)
}

fn memory_limit(settings: &Settings, memory: &Read<VirtualMemory>) -> Option<ContainerMemory> {
    let host = Some(&settings.host).filter(|host| host.is_local())?;
    let total = memory.as_ref().ok()?.total;
    let within = host.memory_limit(Pid::current()).ok()?;
    (within.limit? < total).then_some(within)
}

fn processes(sample: &Sample<'_>, partial: &mut Partial, settings: &Settings) -> Processes {
    let mut found = Processes::default();
    let mut all = Vec::new();
    for row in sample.rows() {
        found.total += 1;
        let before = sample.previous(row);
        match row.state {
            Ok(State::Running) => found.running += 1,
            Ok(State::Zombie) => found.zombies += 1,
            // At one moment anybody may wait.
            Ok(State::DiskSleep) if before.is_some_and(|row| row.state == Ok(State::DiskSleep)) => {
                found.blocked += 1;
            }
            _ => {}
        }
        let bytes = row
            .io_counters
            .and_then(|io| io.read_bytes.ok_or(Unavailable::Unsupported));
        match bytes {
            Ok(_) => partial.add_row(&[]),
            Err(why) => partial.add_row(&[("io", why.into())]),
        }
        all.push(top(row, sample));
    }
    // What this program takes to look is no news.
    let own = Pid::current();
    let is_other = |top: &Top| !settings.host.is_local() || top.pid != own;
    found.by_cpu = first(&all, |top| {
        top.cpu.ok().filter(|cpus| *cpus >= 0.005 && is_other(top))
    });
    found.by_memory = first(&all, |top| {
        top.rss.ok().filter(|rss| *rss > 0).map(|rss| rss as f64)
    });
    found.by_io = first(&all, |top| {
        Some(top.io()).filter(|io| *io > 0.0 && is_other(top))
    });
    for top in [&mut found.by_cpu, &mut found.by_memory, &mut found.by_io]
        .into_iter()
        .flatten()
    {
        top.unit = settings
            .host
            .cgroup_paths(top.pid)
            .ok()
            .and_then(|groups| unit::of(&groups).map(ToOwned::to_owned));
    }
    found
}

fn top(row: &ProcessRow, sample: &Sample<'_>) -> Top {
    let delta = sample.delta(row);
    let rate = |of: fn(&oslens::process::ProcessDelta) -> oslens::Field<f64>| {
        let delta = delta.as_ref().ok_or(Missing::FirstSample)?;
        of(delta).map_err(Missing::from)
    };
    Top {
        pid: row.pid,
        name: row.name.clone().unwrap_or_default(),
        unit: None,
        cpu: rate(|delta| delta.cpu),
        rss: row.rss.map_err(Missing::from),
        read: rate(|delta| delta.read_bytes_per_second),
        written: rate(|delta| delta.write_bytes_per_second),
    }
}

/// Those with the highest values, highest first.
fn first(all: &[Top], value: impl Fn(&Top) -> Option<f64>) -> Vec<Top> {
    let mut found: Vec<(f64, &Top)> = all
        .iter()
        .filter_map(|top| Some((value(top)?, top)))
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found
        .into_iter()
        .take(TOP)
        .map(|(_, top)| top.clone())
        .collect()
}
