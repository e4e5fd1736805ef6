//! What several BSDs, or one of them and macOS, answer in the same form.

pub mod steps;
pub mod strings;
