//! The crate `procfs`.

use std::collections::{HashMap, HashSet};
use std::hint::black_box;

use procfs::process::{FDTarget, Process, all_processes};
use procfs::{Current, CurrentSI};

use crate::serve::{Answer, Contestant};

pub struct Procfs;

/// Every process that is still there when it is read.
fn each(mut read: impl FnMut(&Process) -> Option<u64>) -> Result<Answer, String> {
    let mut answer = Answer::default();
    for process in all_processes().map_err(text)?.flatten() {
        if let Some(sum) = read(&process) {
            answer.rows += 1;
            answer.sum = answer.sum.wrapping_add(sum);
        }
    }
    Ok(answer)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn stat_sum(stat: &procfs::process::Stat) -> u64 {
    black_box(stat).utime + stat.stime + stat.rss + stat.vsize + stat.starttime
}

fn children() -> Result<Answer, String> {
    let mut of: HashMap<i32, Vec<i32>> = HashMap::new();
    for process in all_processes().map_err(text)?.flatten() {
        if let Ok(stat) = process.stat() {
            of.entry(stat.ppid).or_default().push(stat.pid);
        }
    }
    let mut found = of.remove(&1).unwrap_or_default();
    let mut next = 0;
    while let Some(pid) = found.get(next) {
        found.extend(of.remove(pid).unwrap_or_default());
        next += 1;
    }
    Ok(Answer {
        rows: found.len() as u64,
        sum: found.iter().map(|&pid| pid as u64).sum(),
    })
}

/// Inodes of all sockets, TCP and UDP, both families.
fn sockets() -> Result<Vec<u64>, String> {
    let tcp = procfs::net::tcp().map_err(text)?;
    let tcp6 = procfs::net::tcp6().unwrap_or_default();
    let udp = procfs::net::udp().map_err(text)?;
    let udp6 = procfs::net::udp6().unwrap_or_default();
    let tcp = tcp.iter().chain(&tcp6).map(|s| black_box(s).inode);
    let udp = udp.iter().chain(&udp6).map(|s| black_box(s).inode);
    Ok(tcp.chain(udp).collect())
}

fn sockets_with_owners() -> Result<Answer, String> {
    let inodes = sockets()?;
    let known: HashSet<u64> = inodes.iter().copied().collect();
    let mut owners: HashMap<u64, i32> = HashMap::new();
    for process in all_processes().map_err(text)?.flatten() {
        let Ok(descriptors) = process.fd() else {
            continue;
        };
        for descriptor in descriptors.flatten() {
            if let FDTarget::Socket(inode) = descriptor.target
                && known.contains(&inode)
            {
                owners.insert(inode, process.pid);
            }
        }
    }
    Ok(Answer {
        rows: inodes.len() as u64,
        sum: owners.values().map(|&pid| pid as u64).sum(),
    })
}

impl Contestant for Procfs {
    fn jobs(&self) -> &'static [&'static str] {
        &[
            "pids",
            "table",
            "table-ruid",
            "table-full",
            "children",
            "sockets",
            "sockets-owners",
            "footprint",
            "sample",
            "virtual-memory",
            "cpu-times",
            "disk-io",
            "net-io",
            // No boot time: it is read once per process and remembered.
        ]
    }

    fn run(&mut self, job: &str) -> Result<Answer, String> {
        match job {
            "pids" => each(|p| Some(p.pid as u64)),
            "table" => each(|p| Some(stat_sum(&p.stat().ok()?) + u64::from(p.uid().ok()?))),
            "table-ruid" => each(|p| {
                let status = p.status().ok()?;
                Some(stat_sum(&p.stat().ok()?) + u64::from(status.ruid + status.euid))
            }),
            "table-full" => each(|p| {
                let mut sum = stat_sum(&p.stat().ok()?) + u64::from(p.uid().ok()?);
                sum += black_box(p.cmdline()).map_or(0, |c| c.len() as u64);
                sum += black_box(p.exe()).map_or(0, |_| 1);
                sum += black_box(p.io()).map_or(0, |io| io.read_bytes);
                sum += p.fd_count().unwrap_or(0) as u64;
                Some(sum)
            }),
            "children" => children(),
            "sockets" => sockets().map(|inodes| Answer {
                rows: inodes.len() as u64,
                sum: inodes.iter().sum(),
            }),
            "sockets-owners" => sockets_with_owners(),
            "footprint" => each(|p| {
                let rollup = p.smaps_rollup().ok()?;
                let map = &rollup.memory_map_rollup.0.first()?.extension.map;
                let of = |key| map.get(key).copied().unwrap_or(0);
                Some(of("Private_Clean") + of("Private_Dirty") + of("Pss") + of("Swap"))
            }),
            "sample" => each(|p| {
                let stat = p.stat().ok()?;
                Some(stat.utime + stat.stime + stat.rss)
            }),
            "virtual-memory" => procfs::Meminfo::current()
                .map(|m| Answer {
                    rows: 1,
                    sum: black_box(m).mem_total,
                })
                .map_err(text),
            "cpu-times" => procfs::KernelStats::current()
                .map(|s| Answer {
                    rows: s.cpu_time.len() as u64,
                    sum: s.cpu_time.iter().map(|c| c.user + c.idle).sum(),
                })
                .map_err(text),
            "disk-io" => procfs::diskstats()
                .map(|d| Answer {
                    rows: d.len() as u64,
                    sum: d.iter().map(|d| d.sectors_read).sum(),
                })
                .map_err(text),
            "net-io" => procfs::net::dev_status()
                .map(|d| Answer {
                    rows: d.len() as u64,
                    sum: d.values().map(|d| d.recv_bytes).sum(),
                })
                .map_err(text),
            _ => Err(format!("no such job: {job}")),
        }
    }
}
