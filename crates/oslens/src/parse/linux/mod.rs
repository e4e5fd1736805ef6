//! Text and binary formats of the Linux kernel, a module for each file of
//! `/proc` and `/sys` (or family of files with one format).

pub mod fdinfo;
pub mod limits;
pub mod maps;
pub mod security;
pub mod stat;
