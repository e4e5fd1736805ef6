//! Text and binary formats of the Linux kernel, a module for each file of
//! `/proc` and `/sys` (or family of files with one format).

pub mod arcstats;
pub mod cpuinfo;
pub mod cpulist;
pub mod loadavg;
pub mod meminfo;
pub mod net_inet;
pub mod net_unix;
pub mod netdev;
pub mod pressure;
pub mod sockstat;
pub mod stat;
pub mod swaps;
pub mod system_stat;
pub mod vmstat;
pub mod zoneinfo;
