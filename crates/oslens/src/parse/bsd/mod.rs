//! What several BSDs, or one of them and macOS, answer in the same form.

pub mod boot;
pub mod disks;
pub mod logins;
pub mod mounts;
