//! Systems of Unix whose processes have none of what only Linux has.

use oslens::process::Process;

use super::Fact;
pub(crate) use super::one_root::can_look;
pub(crate) use super::unix::{ACCOUNT, account, is_utf8_locale, obeys_escapes, reader, real_path};

pub(crate) fn isolation(_: &Process) -> Vec<Fact> {
    Vec::new()
}

pub(crate) fn namespaces(_: &Process) -> Vec<Fact> {
    Vec::new()
}
