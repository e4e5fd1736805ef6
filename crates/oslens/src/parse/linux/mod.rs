//! Text and binary formats of the Linux kernel, a module for each file of
//! `/proc` and `/sys` (or family of files with one format).

pub mod arcstats;
pub mod cmdline;
pub mod cpuinfo;
pub mod cpulist;
pub mod environ;
pub mod loadavg;
pub mod meminfo;
pub mod pressure;
pub mod process_cgroup;
pub mod process_io;
pub mod smaps_rollup;
pub mod stat;
pub mod statm;
pub mod status;
pub mod swaps;
pub mod system_stat;
pub mod vmstat;
pub mod zoneinfo;
