//! How fast CPUs run: `/proc/cpuinfo`, and the cpufreq drivers in sysfs.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use crate::{
    Error, ErrorKind, Host, Result,
    cpu::{Frequency, FrequencyOf},
    parse::{
        linux::{cpuinfo, cpulist},
        text,
    },
    sys::pal::linux::file,
};

pub(crate) fn frequency_per_cpu(host: &Host) -> Result<Vec<FrequencyOf>> {
    let path = host.proc_path().join("cpuinfo");
    let content = file::records_of_feature(host.proc_path(), &path);
    let policies = policies(&host.sys_path().join("devices/system/cpu"))?;
    let content = match content {
        // The drivers know.
        Err(error) if file::is_absent(&error) && !policies.is_empty() => None,
        content => content?,
    };
    let cpuinfo: HashMap<u32, u64> = content
        .map(|content| cpuinfo::cpus(&content))
        .unwrap_or_default()
        .into_iter()
        .filter_map(|cpu| Some((cpu.number, cpu.hertz?)))
        .collect();
    if policies.is_empty() {
        let mut cpus: Vec<_> = cpuinfo
            .into_iter()
            .map(|(cpu, hertz)| FrequencyOf {
                cpu,
                frequency: Frequency {
                    current: Some(hertz),
                    min: None,
                    max: None,
                },
            })
            .collect();
        cpus.sort_unstable_by_key(|one| one.cpu);
        return Ok(cpus);
    }
    let complete = policies
        .iter()
        .flat_map(|policy| &policy.cpus)
        .all(|cpu| cpuinfo.contains_key(cpu));
    let mut cpus = BTreeMap::new();
    for policy in policies {
        let current = match complete {
            true => None,
            false => policy.current()?,
        };
        let (min, max) = (
            kilohertz(&policy.path.join("scaling_min_freq"))?,
            kilohertz(&policy.path.join("scaling_max_freq"))?,
        );
        for &cpu in &policy.cpus {
            let current = current.or_else(|| cpuinfo.get(&cpu).copied());
            cpus.insert(cpu, Frequency { current, min, max });
        }
    }
    Ok(cpus
        .into_iter()
        .map(|(cpu, frequency)| FrequencyOf { cpu, frequency })
        .collect())
}

/// A directory of a cpufreq driver, and the CPUs that it is about.
struct Policy {
    path: PathBuf,
    cpus: Vec<u32>,
}

impl Policy {
    fn current(&self) -> Result<Option<u64>> {
        // The second one asks the hardware, and only root may.
        for name in ["scaling_cur_freq", "cpuinfo_cur_freq"] {
            match kilohertz(&self.path.join(name)) {
                Ok(None) => {}
                Err(error) if error.kind() == ErrorKind::AccessDenied => {}
                result => return result,
            }
        }
        Ok(None)
    }
}

/// The policies that have a CPU online. `policyN` since Linux 4.3; before,
/// each CPU had a directory (or a link to the one of another).
fn policies(cpus: &Path) -> Result<Vec<Policy>> {
    let mut found = Vec::new();
    // Virtual machines have none, and asking for the first CPU's is cheaper
    // than to list all. Only one that is offline has none where others have.
    let first = cpus.join("cpu0");
    if !cpus.join("cpufreq/policy0").exists()
        && !first.join("cpufreq").exists()
        && first.exists()
        && file::optional_record(&first.join("online"))?.is_none_or(|online| online == b"1\n")
    {
        return Ok(found);
    }
    for (directory, prefix, below) in [
        (cpus.join("cpufreq"), "policy", ""),
        (cpus.to_path_buf(), "cpu", "cpufreq"),
    ] {
        for number in numbered(&directory, prefix)? {
            let mut path = directory.join(format!("{prefix}{number}"));
            let online = path.join("online");
            if !below.is_empty() {
                path.push(below);
                if !path.is_dir() || file::optional_record(&online)?.as_deref() == Some(b"0\n") {
                    continue;
                }
            }
            // Without the file the number is the CPU's; an empty one: all
            // its CPUs are offline.
            let affected = path.join("affected_cpus");
            let cpus = match file::optional_record(&affected)? {
                None => vec![number],
                Some(content) => affected_cpus(&content)
                    .ok_or_else(|| Error::malformed(affected, "CPU numbers"))?,
            };
            found.push(Policy { path, cpus });
        }
        if !found.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// `0 1 2 3`, the form of cpufreq; lists with ranges are understood too.
fn affected_cpus(content: &[u8]) -> Option<Vec<u32>> {
    let mut cpus = Vec::new();
    for word in text::words(content.trim_ascii()) {
        cpus.extend(cpulist::cpulist(word).ok()?);
    }
    Some(cpus)
}

/// The numbers N for which the directory has an entry `prefixN`, ascending.
fn numbered(directory: &Path, prefix: &str) -> Result<Vec<u32>> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::file("list", directory, error)),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let name = entry
            .map_err(|error| Error::file("list", directory, error))?
            .file_name();
        let number = name
            .as_encoded_bytes()
            .strip_prefix(prefix.as_bytes())
            .and_then(text::decimal)
            .and_then(|number| u32::try_from(number).ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// A file with kilohertz. `None` also for `<unknown>`, which some drivers
/// print, and for 0, by which they mean it.
fn kilohertz(path: &Path) -> Result<Option<u64>> {
    let content = match file::optional_record(path) {
        // The CPU went offline in between, the driver has no sample yet, or
        // the firmware does not answer it. That must not hide other CPUs.
        Err(error)
            if matches!(
                error.raw_os_error(),
                Some(libc::EBUSY | libc::EAGAIN | libc::EIO | libc::EINVAL)
            ) =>
        {
            None
        }
        content => content?,
    };
    Ok(content
        .and_then(|content| text::decimal(content.trim_ascii()))
        .and_then(|kilohertz| kilohertz.checked_mul(1000))
        .filter(|&hertz| hertz > 0))
}
