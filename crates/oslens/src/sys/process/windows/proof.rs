//! Proving who was asked takes a handle here, which costs less than all else.

use crate::{Host, Result, process::ProcessId};

/// There is no other proof.
#[derive(Debug)]
pub(crate) enum Proof {}

impl Proof {
    pub(crate) fn new(_: &Host, _: ProcessId) -> Option<Self> {
        None
    }

    pub(crate) fn check(&self, _: &Host, _: ProcessId) -> Result<()> {
        match *self {}
    }
}
