//! Captures the files of /proc and /sys that tell about a machine, without
//! what tells whose machine it is.

use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

mod scrub;

use scrub::Scrubber;

pub(crate) const HELP: &str = "
cargo xtask fixture DIRECTORY [--pid PID]…

Copies what the library reads of this machine's /proc, /sys and /etc into a new
directory, for a fixture root of the test kit
(crates/oslens-testkit/fixtures/<name>). Without --pid it takes the processes 1
and the task's own.

Scrubbed on the way: host names, user names, command lines, environments, paths
below home directories, IP and MAC addresses, serial numbers, UUIDs. Look
through the result before you commit it all the same.
";

/// Of /proc, as files or directories that are taken whole.
const PROC: &[&str] = &[
    "buddyinfo",
    "cgroups",
    "cpuinfo",
    "diskstats",
    "filesystems",
    "interrupts",
    "loadavg",
    "meminfo",
    "partitions",
    "softirqs",
    "stat",
    "swaps",
    "uptime",
    "version",
    "vmstat",
    "zoneinfo",
    "pressure",
    "spl/kstat/zfs/arcstats",
    "sys/fs/file-nr",
    "sys/kernel/osrelease",
    "sys/kernel/ostype",
    "sys/kernel/pid_max",
    "sys/kernel/threads-max",
    "sys/kernel/hostname",
    "sys/vm/overcommit_memory",
    "sys/vm/overcommit_ratio",
];

/// Of a process, and for the marked ones of each of its threads too.
const PROCESS: &[(&str, bool)] = &[
    ("attr/current", false),
    ("autogroup", false),
    ("cgroup", false),
    ("cmdline", false),
    ("comm", true),
    ("environ", false),
    ("io", true),
    ("limits", false),
    ("loginuid", false),
    ("maps", false),
    ("mountinfo", false),
    ("mounts", false),
    ("net/dev", false),
    ("net/if_inet6", false),
    ("net/netlink", false),
    ("net/packet", false),
    ("net/raw", false),
    ("net/raw6", false),
    ("net/route", false),
    ("net/snmp", false),
    ("net/sockstat", false),
    ("net/tcp", false),
    ("net/tcp6", false),
    ("net/udp", false),
    ("net/udp6", false),
    ("net/udplite", false),
    ("net/unix", false),
    ("oom_adj", false),
    ("oom_score", false),
    ("oom_score_adj", false),
    ("schedstat", true),
    ("sched", false),
    ("sessionid", false),
    ("smaps", false),
    ("smaps_rollup", false),
    ("stat", true),
    ("statm", false),
    ("status", true),
    ("wchan", true),
];

const LINKS: &[&str] = &[
    "cwd",
    "exe",
    "root",
    "ns/cgroup",
    "ns/ipc",
    "ns/mnt",
    "ns/net",
    "ns/pid",
    "ns/pid_for_children",
    "ns/time",
    "ns/user",
    "ns/uts",
];

/// Of /sys, each with how many levels below it are taken.
const SYS: &[(&str, usize)] = &[
    ("block", 2),
    ("class/hwmon", 2),
    ("class/net", 2),
    ("class/power_supply", 2),
    ("class/thermal", 2),
    ("devices/system/cpu", 4),
    ("devices/system/node", 2),
    ("fs/cgroup", 1),
    ("kernel/mm/hugepages", 2),
    ("kernel/mm/transparent_hugepage", 1),
];

/// More of one file than any reader needs; also a guard against endless ones.
const LONGEST: u64 = 1 << 20;

pub(crate) fn run(args: &[String]) -> Result<ExitCode, String> {
    let mut target = None;
    let mut pids = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--pid" {
            let pid = args.next().ok_or("--pid needs a PID")?;
            pids.push(pid.parse::<u32>().map_err(|_| format!("{pid} is no PID"))?);
        } else if arg.starts_with('-') {
            return Err(format!(
                "there is no flag {arg}; see cargo xtask help fixture"
            ));
        } else if target.replace(PathBuf::from(arg)).is_some() {
            return Err("there is one directory to write to".to_owned());
        }
    }
    let target = target.ok_or("name the directory to write to")?;
    if target.exists() {
        return Err(format!("{} exists already", target.display()));
    }
    if pids.is_empty() {
        pids = vec![1, std::process::id()];
    }
    let mut capture = Capture {
        target,
        scrubber: Scrubber::of_this_machine(),
        files: 0,
    };
    capture.machine()?;
    for pid in pids {
        capture.process(pid)?;
    }
    capture.link("proc/self", Path::new(&std::process::id().to_string()))?;
    for link in ["net", "mounts"] {
        capture.link(&format!("proc/{link}"), Path::new(&format!("self/{link}")))?;
    }
    println!(
        "{}: {} files and links. Look through them before you commit them.",
        capture.target.display(),
        capture.files
    );
    Ok(ExitCode::SUCCESS)
}

struct Capture {
    target: PathBuf,
    scrubber: Scrubber,
    files: u32,
}

impl Capture {
    fn machine(&mut self) -> Result<(), String> {
        for name in PROC {
            self.tree(&format!("proc/{name}"), 2)?;
        }
        for (name, depth) in SYS {
            self.tree(&format!("sys/{name}"), *depth)?;
        }
        self.tree("etc/os-release", 0)
    }

    fn process(&mut self, pid: u32) -> Result<(), String> {
        let process = format!("proc/{pid}");
        if !Path::new("/").join(&process).exists() {
            return Err(format!("there is no process {pid}"));
        }
        for (name, _) in PROCESS {
            self.file(&format!("{process}/{name}"))?;
        }
        for name in LINKS {
            self.copied_link(&format!("{process}/{name}"))?;
        }
        for fd in names(&format!("{process}/fd")) {
            self.copied_link(&format!("{process}/fd/{fd}"))?;
            self.file(&format!("{process}/fdinfo/{fd}"))?;
        }
        for tid in names(&format!("{process}/task")) {
            for (name, _) in PROCESS.iter().filter(|(_, of_threads)| *of_threads) {
                self.file(&format!("{process}/task/{tid}/{name}"))?;
            }
        }
        Ok(())
    }

    /// A file, or the files of a directory and so many levels below it. Links
    /// to directories count as directories: /sys/class is made of them.
    fn tree(&mut self, path: &str, depth: usize) -> Result<(), String> {
        let source = Path::new("/").join(path);
        if !source.is_dir() {
            return self.file(path);
        }
        if depth == 0 {
            return Ok(());
        }
        for name in names(path) {
            // These lead up and around, and no reader follows them.
            let node_of_cpu = path.contains("/cpu/cpu") && name.starts_with("node");
            let idle = matches!(
                name.as_str(),
                "subsystem" | "power" | "bdi" | "firmware_node" | "driver" | "hotplug"
            );
            if !node_of_cpu && !idle {
                self.tree(&format!("{path}/{name}"), depth - 1)?;
            }
        }
        Ok(())
    }

    /// Takes a file when it can be read: those of drivers often cannot.
    fn file(&mut self, path: &str) -> Result<(), String> {
        let source = Path::new("/").join(path);
        let mut content = Vec::new();
        let read = fs::metadata(&source)
            .ok()
            .filter(fs::Metadata::is_file)
            .and_then(|_| fs::File::open(&source).ok())
            .map(|file| file.take(LONGEST).read_to_end(&mut content));
        if !matches!(read, Some(Ok(_))) {
            return Ok(());
        }
        let content = self.scrubber.file(path, &content);
        let target = self.prepared(path)?;
        self.files += 1;
        fs::write(&target, content).map_err(|error| format!("{}: {error}", target.display()))
    }

    fn copied_link(&mut self, path: &str) -> Result<(), String> {
        match fs::read_link(Path::new("/").join(path)) {
            Ok(to) => {
                let to = self.scrubber.text(to.as_os_str().as_bytes());
                self.link(path, Path::new(std::ffi::OsStr::from_bytes(&to)))
            }
            Err(_) => Ok(()),
        }
    }

    fn link(&mut self, path: &str, to: &Path) -> Result<(), String> {
        let target = self.prepared(path)?;
        self.files += 1;
        std::os::unix::fs::symlink(to, &target)
            .map_err(|error| format!("{}: {error}", target.display()))
    }

    fn prepared(&self, path: &str) -> Result<PathBuf, String> {
        let target = self.target.join(path);
        let parent = target.parent().unwrap_or(&target);
        fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
        Ok(target)
    }
}

fn names(path: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(Path::new("/").join(path))
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}
