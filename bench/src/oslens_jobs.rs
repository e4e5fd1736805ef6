//! oslens itself, each line as its documentation says to do it.

use std::hint::black_box;
use std::time::UNIX_EPOCH;

use oslens::net::{ConnectionQuery, Kind, Owners};
use oslens::process::{self, Fields, Process, ProcessRow, Sampler};
use oslens::{cpu, disk, host, memory, net};

use crate::serve::{Answer, Contestant};

/// As many descriptors as the largest load has processes: what a monitor that
/// samples all of them would set.
const BUDGET: usize = 6000;

#[derive(Default)]
pub struct Oslens {
    sampler: Option<Sampler>,
}

fn sum_rows(rows: &[ProcessRow], of: impl Fn(&ProcessRow) -> u64) -> Answer {
    Answer {
        rows: rows.len() as u64,
        sum: rows
            .iter()
            .map(|row| of(black_box(row)))
            .fold(0, u64::wrapping_add),
    }
}

fn list(fields: Fields, of: impl Fn(&ProcessRow) -> u64) -> oslens::Result<Answer> {
    Ok(sum_rows(&process::list(fields)?, of))
}

fn table_sum(row: &ProcessRow) -> u64 {
    let cpu = row
        .cpu_times
        .as_ref()
        .map_or(0, |times| (times.user + times.system).as_nanos() as u64);
    cpu + row.rss.unwrap_or(0)
        + row.vms.unwrap_or(0)
        + u64::from(row.effective_uid.unwrap_or(0))
        + u64::from(row.num_threads.unwrap_or(0))
        + row.name.as_ref().map_or(0, |name| name.len() as u64)
}

fn connections(owners: Option<Owners>) -> oslens::Result<Answer> {
    let mut query = ConnectionQuery::from(Kind::INET);
    if let Some(owners) = owners {
        query = query.owners(owners);
    }
    let found = net::connections(query)?;
    Ok(Answer {
        rows: found.len() as u64,
        sum: found
            .iter()
            .map(|c| c.inode + c.owners.as_ref().map_or(0, |owners| owners.len() as u64))
            .sum(),
    })
}

impl Oslens {
    fn sample(&mut self) -> oslens::Result<Answer> {
        let sampler = self.sampler.get_or_insert_with(|| {
            Sampler::new(Fields::CPU_TOTAL | Fields::RSS).descriptor_budget(BUDGET)
        });
        let sample = sampler.sample()?;
        Ok(sum_rows(sample.rows(), |row| {
            row.rss.unwrap_or(0) + row.cpu_total.map_or(0, |cpu| cpu.as_nanos() as u64)
        }))
    }
}

impl Contestant for Oslens {
    fn jobs(&self) -> &'static [&'static str] {
        &[
            "pids",
            "table",
            "table-ruid",
            "table-full",
            "children",
            "footprint",
            "sample",
            "sockets",
            "sockets-owners",
            "virtual-memory",
            "cpu-times",
            "disk-io",
            "net-io",
            "boot-time",
        ]
    }

    fn run(&mut self, job: &str) -> Result<Answer, String> {
        let answer = match job {
            "pids" => process::pids().map(|pids| Answer {
                rows: pids.len() as u64,
                sum: pids.iter().map(|pid| u64::from(pid.get())).sum(),
            }),
            "table" => list(Fields::TABLE, table_sum),
            "table-ruid" => list(Fields::TABLE | Fields::UIDS, |row| {
                table_sum(row) + row.uids.as_ref().map_or(0, |ids| u64::from(ids.real))
            }),
            "table-full" => list(
                Fields::TABLE
                    | Fields::CMDLINE
                    | Fields::EXE
                    | Fields::IO_COUNTERS
                    | Fields::NUM_FDS,
                |row| {
                    table_sum(row)
                        + row.cmdline.as_ref().map_or(0, |words| words.len() as u64)
                        + row.exe.is_ok() as u64
                        + row.io_counters.as_ref().map_or(0, |io| io.read_bytes)
                        + u64::from(row.num_fds.unwrap_or(0))
                },
            ),
            "footprint" => list(Fields::MEMORY_FOOTPRINT, |row| {
                row.memory_footprint
                    .as_ref()
                    .map_or(0, |m| m.uss + m.pss.unwrap_or(0) + m.swap.unwrap_or(0))
            }),
            "children" => Process::open(1)
                .and_then(|init| init.descendants())
                .map(|found| Answer {
                    rows: found.len() as u64,
                    sum: found.iter().map(|child| u64::from(child.pid().get())).sum(),
                }),
            "sample" => self.sample(),
            "sockets" => connections(None),
            "sockets-owners" => connections(Some(Owners::All)),
            "virtual-memory" => memory::virtual_memory().map(|m| Answer {
                rows: 1,
                sum: m.total + m.available,
            }),
            "cpu-times" => cpu::times_per_cpu().map(|cpus| Answer {
                rows: cpus.len() as u64,
                sum: cpus
                    .iter()
                    .map(|cpu| black_box(cpu).times.total().as_nanos() as u64)
                    .fold(0, u64::wrapping_add),
            }),
            "disk-io" => disk::io_counters().map(|io| Answer {
                rows: io.devices.len() as u64,
                sum: io.devices.iter().map(|d| d.counters.read_bytes).sum(),
            }),
            "net-io" => net::io_counters().map(|interfaces| Answer {
                rows: interfaces.len() as u64,
                sum: interfaces.iter().map(|i| i.counters.bytes_recv).sum(),
            }),
            "boot-time" => host::boot_time().map(|at| Answer {
                rows: 1,
                sum: at.duration_since(UNIX_EPOCH).map_or(0, |at| at.as_secs()),
            }),
            _ => return Err(format!("no such job: {job}")),
        };
        answer.map_err(|e| e.to_string())
    }
}
