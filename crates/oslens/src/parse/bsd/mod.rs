//! What several BSDs, or one of them and macOS, answer in the same form.

pub mod inet;
pub mod routes;
pub mod socket;
