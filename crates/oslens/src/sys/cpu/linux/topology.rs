//! Which CPUs are online, and which of them share a core.

use std::{collections::HashSet, path::Path};

use crate::{
    Error, ErrorKind, Host, Result,
    parse::{
        linux::{cpuinfo, cpulist, system_stat},
        text,
    },
    process::Pid,
    sys::pal::linux::file,
};

pub(crate) fn online(host: &Host) -> Result<Vec<u32>> {
    let path = file::below(host.sys_path(), "devices/system/cpu/online");
    let (mut stack, mut heap) = ([0; 1024], Vec::new());
    match file::record_in(&path, &mut stack, &mut heap) {
        Ok(content) => {
            let cpus = cpulist::cpulist(content)
                .map_err(|malformed| Error::malformed(&path, malformed.0))?;
            if !cpus.is_empty() {
                return Ok(cpus);
            }
        }
        // Containers without sysfs, or with one that is masked.
        Err(error) if file::is_absent(&error) || error.kind() == ErrorKind::AccessDenied => {}
        Err(error) => return Err(error),
    }
    let path = file::below(host.proc_path(), "stat");
    let content = file::record(&path)?;
    let cpus = system_stat::per_cpu(&content)
        .map(|cpu| cpu.map(|(cpu, _)| cpu))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|malformed| Error::malformed(&path, malformed.0))?;
    if cpus.is_empty() {
        return Err(Error::malformed(path, "at least one line `cpuN`"));
    }
    Ok(cpus)
}

pub(crate) fn physical_count(host: &Host) -> Result<Option<u32>> {
    let online = online(host)?;
    let by_siblings =
        cores_by_siblings(&file::below(host.sys_path(), "devices/system/cpu"), &online)?;
    let by_cpuinfo = file::optional_records(&file::below(host.proc_path(), "cpuinfo"))?
        .and_then(|content| cores_by_cpuinfo(&cpuinfo::cpus(&content)));
    // Each source undercounts on some hypervisors and none overcounts, see
    // the public function; `cpu cores` counts offline ones too.
    let cores = by_siblings.into_iter().chain(by_cpuinfo).max();
    Ok(cores
        .map(|cores| u32::try_from(cores.min(online.len())).unwrap_or(u32::MAX))
        .filter(|&cores| cores > 0))
}

/// The distinct lists of hardware threads that share a core.
fn cores_by_siblings(cpus: &Path, online: &[u32]) -> Result<Option<usize>> {
    // `core_cpus_list` since Linux 5.3; the other is deprecated since.
    for name in ["core_cpus_list", "thread_siblings_list"] {
        let mut lists = HashSet::new();
        for cpu in online {
            let path = cpus.join(format!("cpu{cpu}/topology/{name}"));
            lists.extend(file::optional_record(&path)?);
        }
        if !lists.is_empty() {
            return Ok(Some(lists.len()));
        }
    }
    Ok(None)
}

/// The distinct pairs of socket and core; where cores are not numbered, the
/// sum of what each socket says that it has.
fn cores_by_cpuinfo(cpus: &[cpuinfo::Cpu]) -> Option<usize> {
    let pairs: Option<HashSet<_>> = cpus
        .iter()
        .map(|cpu| Some((cpu.physical_id?, cpu.core_id?)))
        .collect();
    let pairs = pairs.map(|pairs| pairs.len()).filter(|&cores| cores > 0);
    if pairs.is_some() {
        return pairs;
    }
    let sockets: std::collections::HashMap<u32, u32> = cpus
        .iter()
        .filter_map(|cpu| Some((cpu.physical_id?, cpu.cores?)))
        .collect();
    let sum = sockets.values().map(|&cores| cores as usize);
    Some(sum.fold(0, usize::saturating_add)).filter(|&cores| cores > 0)
}

/// The CPUs that a process may run on, offline ones included. `None` before
/// Linux 2.6.26.
pub(crate) fn allowed(host: &Host, pid: Pid) -> Result<Option<Vec<u32>>> {
    let directory = host.proc_path().join(pid.to_string());
    let path = directory.join("status");
    let content = match file::record(&path) {
        Err(error)
            if file::is_absent(&error)
                && !directory.exists()
                // Without a procfs nobody knows.
                && host.proc_path().join("stat").exists() =>
        {
            return Err(error.with_pid(pid).with_kind(ErrorKind::NoSuchProcess));
        }
        content => content.map_err(|error| error.with_pid(pid))?,
    };
    text::lines(&content)
        .find_map(|line| line.strip_prefix(b"Cpus_allowed_list:"))
        .map(|list| {
            cpulist::cpulist(list)
                .map_err(|malformed| Error::malformed(path, malformed.0).with_pid(pid))
        })
        .transpose()
}
