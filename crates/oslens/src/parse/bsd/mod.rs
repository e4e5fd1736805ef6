//! What several BSDs, or one of them and macOS, answer in the same form.

pub mod cpu;
pub mod inet;
pub mod memory;
pub mod routes;
pub mod socket;
pub mod steps;
pub mod strings;
pub mod boot;
pub mod disks;
pub mod logins;
pub mod mounts;
