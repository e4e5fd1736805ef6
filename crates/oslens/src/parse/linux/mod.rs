//! Text and binary formats of the Linux kernel, a module for each file of
//! `/proc` and `/sys` (or family of files with one format).

pub mod boot_time;
pub mod cmdline;
pub mod environ;
pub mod fdinfo;
pub mod limits;
pub mod maps;
pub mod process_cgroup;
pub mod process_io;
pub mod security;
pub mod smaps_rollup;
pub mod stat;
pub mod statm;
pub mod status;
