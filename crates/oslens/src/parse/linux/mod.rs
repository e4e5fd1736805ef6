//! Text and binary formats of the Linux kernel, a module for each file of
//! `/proc` and `/sys` (or family of files with one format).

pub mod arcstats;
pub mod cgroup;
pub mod cmdline;
pub mod cpuinfo;
pub mod cpulist;
pub mod diskstats;
pub mod environ;
pub mod filesystems;
pub mod hwmon;
pub mod loadavg;
pub mod logind;
pub mod meminfo;
pub mod mounts;
pub mod net_inet;
pub mod net_unix;
pub mod netdev;
pub mod os_release;
pub mod passwd;
pub mod power_supply;
pub mod pressure;
pub mod process_cgroup;
pub mod process_io;
pub mod smaps_rollup;
pub mod sockstat;
pub mod stat;
pub mod statm;
pub mod status;
pub mod swaps;
pub mod system_stat;
pub mod uptime;
pub mod utmp;
pub mod vmstat;
pub mod zoneinfo;
