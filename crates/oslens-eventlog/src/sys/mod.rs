//! What the system keeps.

mod unsupported;

pub(crate) use unsupported::{account, logs, message, open};
