//! What several BSDs, or one of them and macOS, answer in the same form.

pub mod boot;
pub mod cpu;
pub(super) mod cpuset;
pub mod disks;
pub mod inet;
pub mod logins;
pub mod memory;
pub mod mounts;
pub mod routes;
pub mod socket;
pub mod steps;
pub mod strings;
