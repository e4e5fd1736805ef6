//! Every function that reads, by name, for the tests that call all of them.

#![allow(dead_code)] // Each test binary uses its part.

use std::{ops::ControlFlow, path::Path, time::Duration};

#[cfg(target_os = "freebsd")]
use oslens::os::freebsd::ProcessExt as _;
#[cfg(target_os = "linux")]
use oslens::os::linux::ProcessExt as _;
#[cfg(target_os = "macos")]
use oslens::os::macos::ProcessExt as _;
#[cfg(target_os = "netbsd")]
use oslens::os::netbsd::ProcessExt as _;
#[cfg(target_os = "openbsd")]
use oslens::os::openbsd::ProcessExt as _;
use oslens::{
    Error, ErrorKind, Host, disk,
    net::{ConnectionQuery, Kind, Owners},
    pressure,
    process::{Fields, Pid, Process, Resource},
};

/// A function of the host.
pub(crate) type HostCall = (&'static str, fn(&Host) -> Result<(), Error>);

/// A function of a process.
pub(crate) type ProcessCall = (&'static str, fn(&Process) -> Result<(), Error>);

/// Everything that is asked of the machine as a whole.
pub(crate) const HOST_CALLS: &[HostCall] = &[
    ("cpu_times", |host| host.cpu_times().map(drop)),
    ("cpu_times_per_cpu", |host| {
        host.cpu_times_per_cpu().map(drop)
    }),
    ("cpu_count", |host| host.cpu_count().map(drop)),
    ("physical_cpu_count", |host| {
        host.physical_cpu_count().map(drop)
    }),
    ("online_cpus", |host| host.online_cpus().map(drop)),
    ("cpu_stats", |host| host.cpu_stats().map(drop)),
    ("cpu_frequency", |host| host.cpu_frequency().map(drop)),
    ("cpu_frequency_per_cpu", |host| {
        host.cpu_frequency_per_cpu().map(drop)
    }),
    ("load_average", |host| host.load_average().map(drop)),
    ("cpu_limit", |host| host.cpu_limit(Pid::current()).map(drop)),
    ("virtual_memory", |host| host.virtual_memory().map(drop)),
    ("swap_memory", |host| host.swap_memory().map(drop)),
    ("swap_devices", |host| host.swap_devices().map(drop)),
    ("memory_stats", |host| host.memory_stats().map(drop)),
    ("zfs_arc", |host| host.zfs_arc().map(drop)),
    ("memory_limit", |host| {
        host.memory_limit(Pid::current()).map(drop)
    }),
    ("disk_devices", |host| host.disk_devices().map(drop)),
    ("disk_io_counters", |host| host.disk_io_counters().map(drop)),
    ("disk_io_total", |host| host.disk_io_total().map(drop)),
    ("disk_partitions physical", |host| {
        host.disk_partitions(disk::Partitions::Physical).map(drop)
    }),
    ("disk_partitions all", |host| {
        host.disk_partitions(disk::Partitions::All).map(drop)
    }),
    ("net_io_counters", |host| host.net_io_counters().map(drop)),
    ("net_interfaces", |host| host.net_interfaces().map(drop)),
    ("connections", |host| {
        let query = ConnectionQuery::new(Kind::ALL | Kind::RAW).tcp_info(true);
        host.connections(query).map(drop)
    }),
    ("connections with owners", |host| {
        let query = ConnectionQuery::new(Kind::ALL | Kind::RAW).owners(Owners::All);
        host.connections(query).map(drop)
    }),
    ("socket_summary", |host| host.socket_summary().map(drop)),
    ("temperatures", |host| host.temperatures().map(drop)),
    ("fans", |host| host.fans().map(drop)),
    ("batteries", |host| host.batteries().map(drop)),
    ("pressure cpu", |host| {
        host.pressure(pressure::Resource::Cpu).map(drop)
    }),
    ("pressure memory", |host| {
        host.pressure(pressure::Resource::Memory).map(drop)
    }),
    ("pressure io", |host| {
        host.pressure(pressure::Resource::Io).map(drop)
    }),
    ("pressure irq", |host| {
        host.pressure(pressure::Resource::Irq).map(drop)
    }),
    ("boot_time", |host| host.boot_time().map(drop)),
    ("uptime", |host| host.uptime().map(drop)),
    ("users", |host| host.users().map(drop)),
    ("info", |host| host.info().map(drop)),
    ("user_name", |host| {
        drop(host.user_name(0));
        Ok(())
    }),
    ("group_name", |host| {
        drop(host.group_name(0));
        Ok(())
    }),
    ("pids", |host| host.pids().map(drop)),
    ("pid_exists", |host| {
        host.pid_exists(Pid::current()).map(drop)
    }),
    ("processes", |host| host.processes(Fields::all()).map(drop)),
    ("process_tree", |host| host.process_tree().map(drop)),
    ("cgroup_paths", |host| {
        host.cgroup_paths(Pid::current()).map(drop)
    }),
    ("cgroup_limits", |host| {
        host.cgroup_limits(Pid::current()).map(drop)
    }),
    ("cgroup_usage", |host| {
        host.cgroup_usage(Pid::current()).map(drop)
    }),
    ("cgroup_pressure", |host| {
        host.cgroup_pressure(Pid::current(), pressure::Resource::Cpu)
            .map(drop)
    }),
    ("disk usage", |_| disk::usage(Path::new("/")).map(drop)),
    ("disk usage_within", |_| {
        disk::usage_within(Path::new("/"), Duration::from_secs(30)).map(drop)
    }),
    ("disk usage_while", |_| {
        let go_on = || ControlFlow::<()>::Continue(());
        disk::usage_while(Path::new("/"), Duration::from_secs(30), go_on).map(drop)
    }),
];

/// Everything that is asked of one process by its handle.
pub(crate) const PROCESS_CALLS: &[ProcessCall] = &[
    ("name", |it| it.name().map(drop)),
    ("ppid", |it| it.ppid().map(drop)),
    ("pgid", |it| it.pgid().map(drop)),
    ("sid", |it| it.sid().map(drop)),
    ("state", |it| it.state().map(drop)),
    ("terminal", |it| it.terminal().map(drop)),
    ("cpu_times", |it| it.cpu_times().map(drop)),
    ("cpu_total", |it| it.cpu_total().map(drop)),
    ("cpu_num", |it| it.cpu_num().map(drop)),
    ("nice", |it| it.nice().map(drop)),
    ("num_threads", |it| it.num_threads().map(drop)),
    ("create_time", |it| it.create_time().map(drop)),
    ("memory_info", |it| it.memory_info().map(drop)),
    ("memory_info_ex", |it| it.memory_info_ex().map(drop)),
    ("memory_footprint", |it| it.memory_footprint().map(drop)),
    ("page_faults", |it| it.page_faults().map(drop)),
    ("effective_uid", |it| it.effective_uid().map(drop)),
    ("uids", |it| it.uids().map(drop)),
    ("gids", |it| it.gids().map(drop)),
    ("groups", |it| it.groups().map(drop)),
    ("username", |it| it.username().map(drop)),
    ("ctx_switches", |it| it.ctx_switches().map(drop)),
    ("cmdline", |it| it.cmdline().map(drop)),
    ("exe", |it| it.exe().map(drop)),
    ("cwd", |it| it.cwd().map(drop)),
    ("root", |it| it.root().map(drop)),
    ("environ", |it| it.environ().map(drop)),
    ("io_counters", |it| it.io_counters().map(drop)),
    ("num_fds", |it| it.num_fds().map(drop)),
    ("ionice", |it| it.ionice().map(drop)),
    ("cpu_affinity", |it| it.cpu_affinity().map(drop)),
    ("cpu_fraction", |it| {
        it.cpu_fraction(Duration::from_micros(1)).map(drop)
    }),
    ("threads", |it| it.threads().map(drop)),
    ("open_files", |it| it.open_files().map(drop)),
    ("descriptors", |it| it.descriptors().map(drop)),
    ("connections", |it| it.connections(Kind::ALL).map(drop)),
    ("memory_maps", |it| it.memory_maps().map(drop)),
    ("memory_maps_grouped", |it| {
        it.memory_maps_grouped().map(drop)
    }),
    ("limit", |it| it.limit(Resource::OpenFiles).map(drop)),
    ("limits", |it| it.limits().map(drop)),
    ("parent", |it| it.parent().map(drop)),
    ("parents", |it| it.parents().map(drop)),
    ("children", |it| it.children().map(drop)),
    ("descendants", |it| it.descendants().map(drop)),
    ("is_running", |it| it.is_running().map(drop)),
    ("read", |it| it.read(Fields::all()).map(drop)),
    #[cfg(target_os = "linux")]
    ("namespaces", |it| it.namespaces().map(drop)),
    #[cfg(target_os = "linux")]
    ("security", |it| it.security().map(drop)),
    #[cfg(target_os = "linux")]
    ("cgroup", |it| it.cgroup().map(drop)),
    #[cfg(target_os = "linux")]
    ("capabilities", |it| it.capabilities().map(drop)),
    #[cfg(target_os = "linux")]
    ("oom_score", |it| it.oom_score().map(drop)),
    #[cfg(target_os = "linux")]
    ("oom_score_adjustment", |it| {
        it.oom_score_adjustment().map(drop)
    }),
    #[cfg(target_os = "linux")]
    ("login_uid", |it| it.login_uid().map(drop)),
    #[cfg(target_os = "linux")]
    ("audit_session", |it| it.audit_session().map(drop)),
    #[cfg(target_os = "linux")]
    ("wait_channel", |it| it.wait_channel().map(drop)),
    #[cfg(any(target_os = "freebsd", target_os = "netbsd", target_os = "openbsd"))]
    ("setting", |it| it.setting().map(drop)),
    #[cfg(target_os = "freebsd")]
    ("umask", |it| it.umask().map(drop)),
    #[cfg(target_os = "freebsd")]
    ("mappings", |it| it.mappings().map(drop)),
    #[cfg(target_os = "macos")]
    ("resource_usage", |it| it.resource_usage().map(drop)),
    #[cfg(target_os = "macos")]
    ("task_counters", |it| it.task_counters().map(drop)),
    #[cfg(target_os = "macos")]
    ("is_translated", |it| it.is_translated().map(drop)),
    ("wait", |it| match it.wait(Some(Duration::ZERO)) {
        Err(error) if error.kind() == ErrorKind::TimedOut => Ok(()),
        waited => waited.map(drop),
    }),
];

/// Those of [`PROCESS_CALLS`] that read the table of all processes: too dear
/// to be called for each of them.
pub(crate) const READ_ALL: [&str; 2] = ["children", "descendants"];
