//! Text and binary formats of the Linux kernel, a module for each file of
//! `/proc` and `/sys` (or family of files with one format).

pub mod net_inet;
pub mod net_unix;
pub mod netdev;
pub mod sockstat;
pub mod stat;
