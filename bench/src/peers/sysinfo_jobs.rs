//! The crate `sysinfo`, asked for no more than the line needs and never for
//! threads. Lines about one answer start from an empty `System`, as a program
//! that asks once does; only the sampling line keeps one.

use std::collections::HashMap;
use std::hint::black_box;

use sysinfo::{
    DiskRefreshKind, Disks, MemoryRefreshKind, Networks, Pid, Process, ProcessRefreshKind,
    ProcessesToUpdate, System, UpdateKind,
};

use crate::serve::{Answer, Contestant};

#[derive(Default)]
pub struct Sysinfo {
    kept: Option<System>,
}

fn text(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}

fn refresh(system: &mut System, kind: ProcessRefreshKind) {
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind.without_tasks());
}

fn fresh(kind: ProcessRefreshKind) -> Result<System, String> {
    let mut system = System::new().map_err(text)?;
    refresh(&mut system, kind);
    Ok(system)
}

fn sum(system: &System, of: impl Fn(&Process) -> u64) -> Answer {
    let processes = system.processes();
    Answer {
        rows: processes.len() as u64,
        sum: processes
            .values()
            .map(|p| of(black_box(p)))
            .fold(0, u64::wrapping_add),
    }
}

fn table() -> ProcessRefreshKind {
    ProcessRefreshKind::nothing()
        .with_cpu()
        .with_memory()
        .with_user(UpdateKind::Always)
}

fn row(p: &Process) -> u64 {
    p.accumulated_cpu_time() + p.memory() + p.virtual_memory() + p.start_time()
}

fn children() -> Result<Answer, String> {
    let system = fresh(ProcessRefreshKind::nothing())?;
    let mut of: HashMap<Pid, Vec<Pid>> = HashMap::new();
    for (pid, process) in system.processes() {
        if let Some(parent) = process.parent() {
            of.entry(parent).or_default().push(*pid);
        }
    }
    let mut found = of.remove(&Pid::from_u32(1)).unwrap_or_default();
    let mut next = 0;
    while let Some(pid) = found.get(next) {
        found.extend(of.remove(pid).unwrap_or_default());
        next += 1;
    }
    Ok(Answer {
        rows: found.len() as u64,
        sum: found.iter().map(|pid| u64::from(pid.as_u32())).sum(),
    })
}

impl Contestant for Sysinfo {
    fn jobs(&self) -> &'static [&'static str] {
        &[
            "pids",
            "table",
            "table-ruid",
            "table-full",
            "children",
            "sample",
            "virtual-memory",
            "disk-io",
            "net-io",
            "boot-time",
        ]
    }

    fn run(&mut self, job: &str) -> Result<Answer, String> {
        Ok(match job {
            "pids" => sum(&fresh(ProcessRefreshKind::nothing())?, |p| {
                u64::from(p.pid().as_u32())
            }),
            // Real and effective user come together.
            "table" | "table-ruid" => sum(&fresh(table())?, row),
            "table-full" => {
                let kind = table()
                    .with_cmd(UpdateKind::Always)
                    .with_exe(UpdateKind::Always)
                    .with_disk_usage();
                sum(&fresh(kind)?, |p| {
                    row(p)
                        + p.cmd().len() as u64
                        + p.exe().is_some() as u64
                        + p.disk_usage().total_read_bytes
                        + p.open_files().unwrap_or(0) as u64
                })
            }
            "children" => children()?,
            "sample" => {
                if self.kept.is_none() {
                    self.kept = Some(System::new().map_err(text)?);
                }
                let system = self.kept.as_mut().ok_or("no system")?;
                refresh(
                    system,
                    ProcessRefreshKind::nothing().with_cpu().with_memory(),
                );
                sum(system, |p| p.accumulated_cpu_time() + p.memory())
            }
            "virtual-memory" => {
                let mut system = System::new().map_err(text)?;
                system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
                Answer {
                    rows: 1,
                    sum: system.total_memory() + system.available_memory(),
                }
            }
            "disk-io" => {
                let kind = DiskRefreshKind::nothing().with_io_usage();
                let disks = Disks::new_with_refreshed_list_specifics(kind).map_err(text)?;
                Answer {
                    rows: disks.len() as u64,
                    sum: disks.iter().map(|d| d.usage().total_read_bytes).sum(),
                }
            }
            "net-io" => {
                let networks = Networks::new_with_refreshed_list().map_err(text)?;
                Answer {
                    rows: networks.len() as u64,
                    sum: networks.values().map(|n| n.total_received()).sum(),
                }
            }
            "boot-time" => Answer {
                rows: 1,
                sum: System::boot_time().map_err(text)?,
            },
            _ => return Err(format!("no such job: {job}")),
        })
    }
}
