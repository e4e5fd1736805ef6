//! The tools that a system brings, as witnesses: ps, vmstat, sysctl, netstat,
//! ifconfig, df, mount, fstat or lsof, swapinfo or swapctl, uname, uptime, who.
//! `cargo xtask selftest` runs these on systems that nobody has tried yet; a
//! tool that one lacks is left out. `witness` knows what they print.
//!
//! What changes is looked at before and after the tool. What differs must do
//! so three times.

#![cfg(unix)]

#[allow(dead_code)] // Each system has some of the tools.
mod witness;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    process::{Child, Command, Stdio},
    time::{Duration, Instant, SystemTime},
};

use oslens::{
    ErrorKind, cpu, disk, host, memory,
    net::{self, ConnectionQuery, InterfaceFlags, Kind, TcpState, TcpStates},
    process::{self, Fields, Pid, Process, ProcessRow, State},
};
use oslens_testkit::{report, skip_allowed, tool};

/// What a comparison found.
enum Look {
    /// The two agree.
    Same(String),
    /// They do not: this is ours, that theirs.
    Differ(String),
}

/// What both say of one thing.
fn look(ours: impl Display, theirs: impl Display, agree: bool) -> Look {
    let text = format!("ours {ours}, theirs {theirs}");
    match agree {
        true => Look::Same(text),
        false => Look::Differ(text),
    }
}

/// Compares up to three times. `Err` is the reason why it cannot be done here.
macro_rules! compare {
    ($name:expr, $look:expr) => {{
        let mut differences = Vec::new();
        for _ in 0..3 {
            match $look {
                Err(reason) => {
                    let reason: String = reason;
                    report("vendor tools", $name, format!("not compared: {reason}"));
                    skip_allowed!("{reason}");
                }
                Ok(Look::Same(text)) => {
                    report("vendor tools", $name, format!("same: {text}"));
                    return;
                }
                Ok(Look::Differ(text)) => differences.push(text),
            }
        }
        let last = differences.pop().unwrap_or_default();
        report("vendor tools", $name, format!("DIFFERENT: {last}"));
        panic!("{}: {last}; before {differences:?}", $name);
    }};
}

/// What a tool prints; the reason when there is none or it fails.
fn printed(name: &str, args: &[&str]) -> Result<String, String> {
    let output = tool(name, args)?;
    match output.code {
        Some(0) => Ok(output.stdout),
        code => Err(format!("{name} {} ends with {code:?}", args.join(" "))),
    }
}

/// The same of `sysctl -n`: the first of these names that is known.
fn sysctl(names: &[&str]) -> Result<String, String> {
    let mut last = String::new();
    for name in names {
        match printed("sysctl", &["-n", name]) {
            Ok(text) if !text.trim().is_empty() => return Ok(text),
            Ok(_) => last = format!("sysctl {name} is empty"),
            Err(reason) => last = reason,
        }
    }
    Err(last)
}

/// An answer of the library; the reason when this system has none.
fn answer<T>(result: oslens::Result<T>) -> Result<T, String> {
    result.map_err(|error| {
        // Anything else is for the contracts to complain of.
        let kinds = [ErrorKind::Unsupported, ErrorKind::AccessDenied];
        assert!(kinds.contains(&error.kind()), "{error}");
        error.to_string()
    })
}

/// A number that was looked for and is not there.
fn missing(what: &str) -> String {
    format!("there is no {what}")
}

/// Within a twentieth, or 64 MiB: memory is never still.
fn near(ours: u64, theirs: u64) -> bool {
    ours.abs_diff(theirs) <= (theirs / 20).max(64 << 20)
}

fn cpu_count() -> Result<Look, String> {
    let ours = answer(cpu::count())?;
    let theirs = printed("getconf", &["_NPROCESSORS_ONLN"])
        .or_else(|_| printed("getconf", &["NPROCESSORS_ONLN"]))
        .or_else(|_| sysctl(&["hw.ncpuonline", "hw.logicalcpu", "hw.ncpu"]))?;
    let theirs = witness::numbers(&theirs);
    let theirs = *theirs.first().ok_or_else(|| missing("number"))?;
    Ok(look(ours, theirs, u64::from(ours) == theirs))
}

#[test]
fn the_cpus_are_as_many_as_getconf_says() {
    compare!("number of CPUs", cpu_count());
}

fn memory_total() -> Result<Look, String> {
    let ours = answer(memory::virtual_memory())?.total;
    let theirs = if cfg!(target_os = "linux") {
        let text = printed("free", &["-b"])?;
        let row = text.lines().nth(1).unwrap_or_default();
        witness::numbers(row).first().copied()
    } else {
        let text = sysctl(&["hw.memsize", "hw.physmem64", "hw.physmem"])?;
        witness::numbers(&text).first().copied()
    };
    let theirs = theirs.ok_or_else(|| missing("number"))?;
    Ok(look(ours, theirs, ours == theirs))
}

#[test]
fn the_memory_is_as_large_as_sysctl_says() {
    compare!("total memory", memory_total());
}

/// `vmstat -s`, or what macOS has instead.
fn vmstat() -> Result<String, String> {
    match cfg!(target_os = "macos") {
        true => printed("vm_stat", &[]),
        false => printed("vmstat", &["-s"]),
    }
}

fn memory_pages() -> Result<Look, String> {
    let ours = answer(memory::virtual_memory())?;
    let text = vmstat()?;
    let counts = witness::counts(&text);
    let unit = witness::page_size(&text).ok_or_else(|| missing("page size"))?;
    let parts = [
        (
            Some(ours.free),
            ["pages free", "Pages free", "K free memory"],
        ),
        (
            ours.active,
            ["pages active", "Pages active", "K active memory"],
        ),
        (
            ours.inactive,
            ["pages inactive", "Pages inactive", "K inactive memory"],
        ),
    ];
    let pairs = parts.iter().filter_map(|(ours, names)| {
        let theirs = names.iter().find_map(|name| counts.get(*name))?;
        Some(((*ours)?, theirs * unit))
    });
    let pairs: Vec<(u64, u64)> = pairs.collect();
    if pairs.is_empty() {
        return Err(missing("line about pages"));
    }
    let agree = pairs.iter().all(|(ours, theirs)| near(*ours, *theirs));
    let (ours, theirs): (Vec<u64>, Vec<u64>) = pairs.into_iter().unzip();
    Ok(look(format!("{ours:?}"), format!("{theirs:?}"), agree))
}

#[test]
fn free_active_and_inactive_memory_are_what_vmstat_says() {
    compare!("free, active, inactive memory", memory_pages());
}

fn counters() -> Result<Look, String> {
    let before = answer(cpu::stats())?;
    let counts = witness::counts(&vmstat()?);
    let after = answer(cpu::stats())?;
    let pairs = [
        (
            before.ctx_switches,
            after.ctx_switches,
            ["cpu context switches", "CPU context switches"],
        ),
        (
            before.interrupts,
            after.interrupts,
            ["device interrupts", "interrupts"],
        ),
        (
            before.soft_interrupts,
            after.soft_interrupts,
            ["software interrupts", "soft interrupts"],
        ),
        (
            before.syscalls,
            after.syscalls,
            ["system calls", "syscalls"],
        ),
        (before.forks, after.forks, ["forks", "total forks"]),
    ];
    let mut compared = Vec::new();
    let mut agree = true;
    for (before, after, names) in pairs {
        let theirs = names.iter().find_map(|name| counts.get(*name));
        let (Some(before), Some(after), Some(theirs)) = (before, after, theirs) else {
            continue;
        };
        agree &= (before..=after).contains(theirs);
        compared.push(format!("{} {before} to {after} and {theirs}", names[0]));
    }
    match compared.is_empty() {
        true => Err(missing("count that both have")),
        false => Ok(look(compared.join(", "), "within", agree)),
    }
}

#[test]
fn switches_and_interrupts_are_counted_as_vmstat_does() {
    compare!("counters", counters());
}

fn swap() -> Result<Look, String> {
    let ours = answer(memory::swap_memory())?;
    let theirs = if cfg!(target_os = "macos") {
        witness::swap_usage(&sysctl(&["vm.swapusage"])?).ok_or_else(|| missing("usage"))?
    } else if cfg!(target_os = "freebsd") {
        witness::swap_devices(&printed("swapinfo", &["-k"])?)
    } else if cfg!(target_os = "linux") {
        let text = printed("free", &["-b"])?;
        let row = text.lines().find(|line| line.starts_with("Swap:"));
        match witness::numbers(row.unwrap_or_default())[..] {
            [total, used, ..] => (total, used),
            _ => return Err(missing("line about swap")),
        }
    } else {
        // It says so on stderr, and fails, where no device is in use.
        match tool("swapctl", &["-lk"]) {
            Ok(output) => witness::swap_devices(&output.stdout),
            Err(reason) => return Err(reason),
        }
    };
    // macOS makes files as it goes.
    let agree = near(ours.total, theirs.0) && near(ours.used, theirs.1);
    let pair = |(total, used)| format!("{total} with {used} used");
    Ok(look(pair((ours.total, ours.used)), pair(theirs), agree))
}

#[test]
fn swap_is_what_the_system_s_tool_says() {
    compare!("swap", swap());
}

fn usage() -> Result<Look, String> {
    let ours = answer(disk::usage("/"))?;
    let theirs = witness::df(&printed("df", &["-kP", "/"])?).ok_or_else(|| missing("row"))?;
    let ours = [ours.total, ours.used, ours.available];
    let agree = ours.iter().zip(&theirs).all(|(a, b)| near(*a, *b));
    Ok(look(format!("{ours:?}"), format!("{theirs:?}"), agree))
}

#[test]
fn the_root_file_system_is_as_full_as_df_says() {
    compare!("usage of /", usage());
}

fn mounts() -> Result<Look, String> {
    let before = answer(disk::partitions(disk::Partitions::All))?;
    let theirs = witness::mount_points(&printed("mount", &[])?);
    let points = before
        .iter()
        .map(|it| it.mountpoint.to_string_lossy().into_owned());
    let ours: BTreeSet<String> = points.filter(|point| !point.contains('\\')).collect();
    if theirs.is_empty() {
        return Err(missing("mount"));
    }
    // Not the names: some have those of people.
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).count();
    let lone = (only(&ours, &theirs), only(&theirs, &ours));
    let text = |all: usize, lone: usize| format!("{all} ({lone} alone)");
    Ok(look(
        text(ours.len(), lone.0),
        text(theirs.len(), lone.1),
        lone == (0, 0),
    ))
}

#[test]
fn the_mounts_are_those_that_mount_lists() {
    compare!("mounts", mounts());
}

#[cfg(not(target_os = "linux"))]
fn interface_bytes() -> Result<Look, String> {
    let read = || {
        let all = answer(net::io_counters())?.into_iter();
        let all = all.map(|it| {
            let bytes = (it.counters.bytes_recv, it.counters.bytes_sent);
            (it.name.to_string_lossy().into_owned(), bytes)
        });
        Ok::<_, String>(all.collect::<BTreeMap<_, _>>())
    };
    let before = read()?;
    let theirs = witness::interface_bytes(&printed("netstat", &["-ibn"])?);
    let after = read()?;
    let mut compared = Vec::new();
    let mut agree = true;
    for (name, received, sent) in theirs {
        let (Some(low), Some(high)) = (before.get(&name), after.get(&name)) else {
            // Its name is cut off, or it is a thing that has no counters.
            continue;
        };
        agree &= (low.0..=high.0).contains(&received) && (low.1..=high.1).contains(&sent);
        compared.push(format!("{name} {high:?} and ({received}, {sent})"));
    }
    match compared.is_empty() {
        true => Err(missing("interface that both have")),
        false => Ok(look(compared.join(", "), "within", agree)),
    }
}

#[cfg(not(target_os = "linux"))]
#[test]
fn interfaces_have_the_bytes_that_netstat_counts() {
    compare!("bytes of interfaces", interface_bytes());
}

fn interfaces() -> Result<Look, String> {
    let theirs = if cfg!(target_os = "linux") {
        let links = printed("ip", &["-o", "link"])?;
        witness::ip(&links, &printed("ip", &["-o", "addr"])?)
    } else {
        witness::ifconfig(&printed("ifconfig", &["-a"])?)
    };
    let ours = answer(net::interfaces())?
        .into_iter()
        .map(|it| witness::Interface {
            name: it.name.to_string_lossy().into_owned(),
            is_up: it.flags.contains(InterfaceFlags::UP),
            mtu: it.mtu.map(u64::from),
            addresses: it
                .addresses
                .iter()
                .flatten()
                .map(|address| address.ip.to_string())
                .collect(),
        });
    let ours: Vec<_> = ours.collect();
    // Not the addresses: where a machine is, is nobody's business.
    let count = |all: &[witness::Interface]| {
        let addresses: usize = all.iter().map(|it| it.addresses.len()).sum();
        let up = all.iter().filter(|it| it.is_up).count();
        format!("{} with {addresses} addresses, {up} up", all.len())
    };
    let mut wrong = Vec::new();
    for it in &ours {
        match theirs.iter().find(|other| other.name == it.name) {
            Some(other) if other == it => {}
            Some(other) if other.mtu != it.mtu => {
                wrong.push(format!("{}: MTU {:?} and {:?}", it.name, it.mtu, other.mtu));
            }
            Some(other) if other.is_up != it.is_up => wrong.push(format!("{}: up", it.name)),
            Some(_) => wrong.push(format!("{}: addresses", it.name)),
            None => wrong.push(format!("{}: ours alone", it.name)),
        }
    }
    let agree = wrong.is_empty() && ours.len() == theirs.len();
    let ours = format!("{} {wrong:?}", count(&ours));
    Ok(look(ours, count(&theirs), agree))
}

#[test]
fn interfaces_are_what_ifconfig_says() {
    compare!("interfaces", interfaces());
}

fn listening() -> Result<Look, String> {
    let own = std::net::TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let own = own
        .local_addr()
        .map_err(|error| error.to_string())
        .map(|it| (own, it.port()))?;
    let read = || {
        let query = ConnectionQuery::new(Kind::TCP).states(TcpStates::LISTEN);
        let all = answer(oslens::Host::local().connections(query))?;
        assert!(all.iter().all(|it| it.state == Some(TcpState::Listen)));
        let ports = all
            .iter()
            .filter_map(|it| it.local.map(|local| local.port()));
        Ok::<_, String>(ports.collect::<BTreeSet<u16>>())
    };
    let before = read()?;
    let text = if cfg!(target_os = "linux") {
        printed("ss", &["-Htln"])?
    } else if cfg!(target_os = "freebsd") {
        printed("netstat", &["-anW", "-p", "tcp"])?
    } else {
        printed("netstat", &["-an"])?
    };
    let theirs = witness::listening(&text);
    let after = read()?;
    let always: BTreeSet<u16> = before.intersection(&after).copied().collect();
    let ever: BTreeSet<u16> = before.union(&after).copied().collect();
    let agree = theirs.is_subset(&ever) && always.is_subset(&theirs);
    assert!(
        theirs.contains(&own.1),
        "the tool does not see the own socket"
    );
    Ok(look(
        format!("{} ports", always.len()),
        format!("{} ports", theirs.len()),
        agree && always.contains(&own.1),
    ))
}

#[test]
fn ports_that_listen_are_those_of_netstat() {
    compare!("TCP ports that listen", listening());
}

/// A child that sleeps, and ends with the test.
struct Sleeper(Child);

impl Sleeper {
    fn start() -> Self {
        let mut command = Command::new("sleep");
        command.arg("600").stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn descriptors() -> Result<Look, String> {
    let child = Sleeper::start();
    let process = answer(Process::open(child.0.id()))?;
    while process.name().is_ok_and(|name| name != "sleep") {
        std::thread::yield_now();
    }
    // Until it sleeps, it has the libraries open that it loads.
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut before = None;
    let ours = loop {
        let ours = answer(process.descriptors())?;
        let ours: BTreeSet<u32> = ours.iter().map(|it| it.fd).collect();
        let counted = answer(process.num_fds())? as usize;
        let sleeps = process.state().is_ok_and(|state| state == State::Sleeping);
        if sleeps && before.as_ref() == Some(&ours) && counted == ours.len() {
            break ours;
        }
        assert!(
            Instant::now() < deadline,
            "{counted} are counted and {ours:?} are listed"
        );
        before = Some(ours);
        std::thread::sleep(Duration::from_millis(20));
    };
    let pid = child.0.id().to_string();
    let text = printed("fstat", &["-p", &pid]).or_else(|_| printed("lsof", &["-p", &pid]))?;
    let theirs = witness::descriptors(&text);
    Ok(look(
        format!("{ours:?}"),
        format!("{theirs:?}"),
        ours == theirs,
    ))
}

#[test]
fn descriptors_are_those_of_fstat_or_lsof() {
    compare!("descriptors of a child", descriptors());
}

fn started() -> Result<Look, String> {
    let child = Sleeper::start();
    let process = answer(Process::open(child.0.id()))?;
    let ours = answer(process.create_time())?;
    let ours = ours
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let pid = child.0.id().to_string();
    let text = printed("ps", &["-o", "lstart=", "-p", &pid])?;
    let theirs = witness::start_time(&text).ok_or_else(|| missing("date in lstart"))?;
    let apart = ours.abs_diff(Duration::from_secs(theirs));
    let agree = apart <= Duration::from_secs(2);
    Ok(look(
        format!("{apart:?} away"),
        "the start of a child",
        agree,
    ))
}

#[test]
fn a_child_was_started_when_ps_says() {
    compare!("start of a child", started());
}

fn users() -> Result<Look, String> {
    let ours = answer(host::users())?.len();
    let theirs = printed("who", &[])?.lines().count();
    Ok(look(ours, theirs, ours == theirs))
}

#[test]
fn as_many_are_logged_in_as_who_says() {
    compare!("logins", users());
}

fn load() -> Result<Look, String> {
    let ours = answer(cpu::load_average())?;
    let ours = [ours.one, ours.five, ours.fifteen];
    let text = printed("uptime", &[])?;
    let theirs = witness::load(&text).ok_or_else(|| missing("load average"))?;
    // It moves every five seconds, and has two digits.
    let agree = ours
        .iter()
        .zip(&theirs)
        .all(|(a, b)| (a - b).abs() < 0.02 + b / 5.0);
    Ok(look(format!("{ours:.2?}"), format!("{theirs:.2?}"), agree))
}

#[test]
fn the_load_is_what_uptime_says() {
    compare!("load average", load());
}

fn names() -> Result<Look, String> {
    let info = answer(host::info())?;
    let pairs = [
        ("-s", &info.kernel),
        ("-r", &info.kernel_release),
        ("-m", &info.architecture),
        ("-n", &info.hostname),
    ];
    let mut wrong = Vec::new();
    for (flag, ours) in pairs {
        let theirs = printed("uname", &[flag])?;
        let agree = ours
            .as_ref()
            .is_some_and(|ours| ours == theirs.trim_end_matches('\n'));
        if !agree {
            wrong.push(flag);
        }
    }
    Ok(look(
        format!("{} names", 4 - wrong.len()),
        format!("others for {wrong:?}"),
        wrong.is_empty(),
    ))
}

#[test]
fn the_system_is_called_as_uname_says() {
    compare!("names of the system", names());
}

#[cfg(not(target_os = "linux"))]
mod sysctl_only {
    use super::*;

    fn booted() -> Result<Look, String> {
        let ours = answer(host::boot_time())?;
        let ours = ours
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let text = sysctl(&["kern.boottime"])?;
        // Others print a date in the local time.
        let theirs = witness::boot_time(&text).ok_or_else(|| missing("seconds"))?;
        let apart = ours.abs_diff(Duration::from_secs(theirs));
        let agree = apart <= Duration::from_secs(2);
        Ok(look(format!("{apart:?} away"), "kern.boottime", agree))
    }

    #[test]
    fn the_machine_booted_when_sysctl_says() {
        compare!("boot time", booted());
    }

    /// Seconds and the idle share. OpenBSD's is the average of all CPUs.
    fn cpu_times() -> Result<Look, String> {
        let read = || {
            let times = answer(cpu::times())?;
            let all = times.user + times.nice + times.system + times.idle;
            let all = all + times.irq.unwrap_or_default();
            Ok::<_, String>((all.as_secs_f64(), times.idle.as_secs_f64()))
        };
        let ticks = witness::numbers(&sysctl(&["kern.cp_time"])?);
        let (all, idle) = read()?;
        // FreeBSD: stathz; NetBSD and OpenBSD too, and it may be 0 for hz.
        let rates = sysctl(&["kern.clockrate"])?;
        let rate = |name: &str| {
            let (_, rest) = rates.split_once(name)?;
            witness::numbers(rest)
                .first()
                .copied()
                .filter(|rate| *rate > 0)
        };
        let rate = rate("stathz")
            .or_else(|| rate(" hz"))
            .or_else(|| rate("hz"));
        let rate = rate.ok_or_else(|| missing("stathz"))? as f64;
        let cpus = match cfg!(target_os = "openbsd") {
            true => f64::from(answer(cpu::count())?),
            false => 1.0,
        };
        let theirs = ticks.iter().sum::<u64>() as f64 / rate * cpus;
        let their_idle = *ticks.last().ok_or_else(|| missing("time"))? as f64 / rate * cpus;
        let is_near = |ours: f64, theirs: f64| (ours - theirs).abs() <= 5.0 + theirs / 50.0;
        let agree = is_near(all, theirs) && is_near(idle, their_idle);
        Ok(look(
            format!("{all:.0} s, {idle:.0} s idle"),
            format!("{theirs:.0} s, {their_idle:.0} s idle"),
            agree,
        ))
    }

    #[test]
    fn the_cpus_have_run_as_long_as_sysctl_says() {
        compare!("CPU times", cpu_times());
    }

    fn disks() -> Result<Look, String> {
        let theirs = witness::disks(&sysctl(&["kern.disks", "hw.disknames"])?);
        let ours = answer(disk::io_counters())?.devices;
        let ours = ours.iter().map(|it| it.name.to_string_lossy().into_owned());
        let ours: BTreeSet<String> = ours.collect();
        // Partitions and arrays are counted too, on some.
        let agree = theirs.iter().all(|name| ours.contains(name));
        Ok(look(format!("{ours:?}"), format!("{theirs:?}"), agree))
    }

    #[test]
    fn the_disks_are_those_that_sysctl_names() {
        compare!("disks", disks());
    }

    fn temperatures() -> Result<Look, String> {
        let theirs = witness::temperatures(&printed("sysctl", &["hw.sensors"])?);
        let ours = answer(oslens::sensors::temperatures())?;
        let ours: Vec<f64> = ours.iter().filter_map(|it| it.current.ok()).collect();
        // In an order of their own.
        let mut sorted = [ours.clone(), theirs.clone()];
        sorted
            .iter_mut()
            .for_each(|all| all.sort_by(f64::total_cmp));
        let [a, b] = &sorted;
        let agree = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 6.0);
        Ok(look(format!("{ours:.1?}"), format!("{theirs:.1?}"), agree))
    }

    #[test]
    fn it_is_as_warm_as_sysctl_says() {
        compare!("temperatures", temperatures());
    }

    fn frequency() -> Result<Look, String> {
        let names = ["dev.cpu.0.freq", "hw.cpuspeed", "hw.cpufrequency"];
        let theirs = witness::numbers(&sysctl(&names)?);
        let theirs = *theirs.first().ok_or_else(|| missing("number"))?;
        // In hertz on macOS, in megahertz elsewhere.
        let theirs = if theirs < 1_000_000 {
            theirs * 1_000_000
        } else {
            theirs
        };
        let ours = answer(cpu::frequency())?.current;
        let ours = ours.ok_or_else(|| missing("frequency"))?;
        Ok(look(ours, theirs, ours.abs_diff(theirs) <= theirs / 2))
    }

    #[test]
    fn the_cpu_is_as_fast_as_sysctl_says() {
        compare!("frequency", frequency());
    }

    fn battery() -> Result<Look, String> {
        let theirs = match cfg!(target_os = "macos") {
            true => {
                let text = printed("pmset", &["-g", "batt"])?;
                let percent = text
                    .split(['\t', ' '])
                    .find_map(|word| word.split_once('%'));
                percent.and_then(|(number, _)| number.parse::<u64>().ok())
            }
            // It says 255 where it does not know.
            false => printed("apm", &["-l"])?
                .trim()
                .parse()
                .ok()
                .filter(|it| *it <= 100),
        };
        let ours = answer(oslens::sensors::batteries())?;
        let ours = ours
            .iter()
            .find_map(|it| it.fraction)
            .map(|it| (it * 100.0).round() as u64);
        match (ours, theirs) {
            (None, None) => Err(missing("battery")),
            (Some(a), Some(b)) => Ok(look(a, b, a.abs_diff(b) <= 2)),
            _ => Ok(look(format!("{ours:?}"), format!("{theirs:?}"), false)),
        }
    }

    #[test]
    fn the_battery_is_as_full_as_the_system_s_tool_says() {
        compare!("battery", battery());
    }
}

/// Columns of ps that all systems have, each one word.
const COLUMNS: [&str; 10] = [
    "pid", "ppid", "pgid", "uid", "ruid", "nice", "rss", "vsz", "state", "time",
];

/// What must be in a column for this row; empty: nothing is known.
fn as_ps(row: &ProcessRow) -> [String; 10] {
    let text = |value: Option<String>| value.unwrap_or_default();
    let pid = |pid: &oslens::Field<Pid>| text(pid.ok().map(|pid| pid.to_string()));
    let kib = |bytes: oslens::Field<u64>| text(bytes.ok().map(|it| (it / 1024).to_string()));
    let uids = row.uids.as_ref().ok();
    [
        row.pid.to_string(),
        pid(&row.ppid),
        pid(&row.pgid),
        text(uids.map(|uids| uids.effective.to_string())),
        text(uids.map(|uids| uids.real.to_string())),
        text(row.nice.ok().map(|nice| nice.to_string())),
        kib(row.rss),
        kib(row.vms),
        // Letters differ, but for these.
        text(match row.state {
            Ok(State::Zombie) => Some("Z".to_owned()),
            Ok(State::Stopped) => Some("T".to_owned()),
            _ => None,
        }),
        // A range, see below.
        String::new(),
    ]
}

fn processes() -> Result<Look, String> {
    let mut args = vec!["-A"];
    let columns = COLUMNS.map(|column| format!("{column}="));
    for column in &columns {
        // One by one: on some systems a heading goes on to the end.
        args.extend(["-o", column.as_str()]);
    }
    let list = || {
        let fields = Fields::TABLE | Fields::UIDS | Fields::CPU_TOTAL;
        let rows = answer(process::list(fields))?;
        let rows = rows.into_iter().map(|row| (row.pid.to_string(), row));
        Ok::<_, String>(rows.collect::<BTreeMap<_, _>>())
    };
    let before = list()?;
    let text = printed("ps", &args)?;
    let after = list()?;
    let mut same = BTreeMap::<&str, u32>::new();
    let mut wrong = Vec::new();
    let mut theirs = 0;
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some(pid) = words.first().filter(|_| words.len() == COLUMNS.len()) else {
            continue;
        };
        theirs += 1;
        let (Some(low), Some(high)) = (before.get(*pid), after.get(*pid)) else {
            continue;
        };
        if low.id() != high.id() || low.pid == Pid::current() {
            continue;
        }
        let is_zombie = low.state == Ok(State::Zombie);
        let values = as_ps(low).into_iter().zip(as_ps(high));
        for ((column, word), (low, high)) in COLUMNS.iter().zip(&words).zip(values) {
            // What changes is not compared, nor is the memory of a zombie.
            let is_gone = is_zombie && ["rss", "vsz"].contains(column);
            if low != high || low.is_empty() || is_gone {
                continue;
            }
            // A real-time process has a dash for its niceness; Linux counts
            // resident pages roughly, and in one way more so than in another.
            let close = |a: u64, b: u64| a.abs_diff(b) <= 1024 + b / 20;
            let agree = *word == low
                || *column == "rss"
                    && matches!((low.parse(), word.parse()), (Ok(a), Ok(b)) if close(a, b))
                || *column == "state" && word.starts_with(&low)
                || *column == "nice" && word.parse::<i32>().is_err();
            match agree {
                true => *same.entry(column).or_default() += 1,
                false => wrong.push(format!("{pid} {column}: {low} and {word}")),
            }
        }
        let seconds = |row: &ProcessRow| row.cpu_total.ok().map(|it| it.as_secs_f64());
        let bounds = seconds(low).zip(seconds(high));
        if let (Some((low, high)), Some(used)) = (bounds, witness::cpu_time(words[9])) {
            match (low - 1.1..high + 1.1).contains(&used) {
                true => *same.entry("time").or_default() += 1,
                false => wrong.push(format!("{pid} time: {low} to {high} and {used}")),
            }
        }
    }
    if theirs < 3 {
        return Err(missing("table of ps"));
    }
    // Those that are born or end in between are in one of the lists.
    let lone = before.keys().filter(|pid| after.contains_key(*pid)).count();
    let agree = wrong.is_empty() && same.len() >= 8 && lone <= theirs + theirs / 10 + 2;
    wrong.truncate(10);
    Ok(look(
        format!("{lone} processes, columns alike {same:?}, unlike {wrong:?}"),
        format!("{theirs} processes"),
        agree,
    ))
}

#[test]
fn processes_are_what_ps_says() {
    compare!("processes", processes());
}
