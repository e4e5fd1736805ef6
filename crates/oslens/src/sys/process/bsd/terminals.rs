//! Names of terminals.

use std::path::{Path, PathBuf};

use crate::{Field, Unavailable, sys::kernel::Kernel};

/// The device files of terminals, listed when the first process has one that
/// is not known: once in a pass.
#[derive(Debug, Default)]
pub(super) struct Terminals {
    known: Vec<(u64, PathBuf)>,
    is_listed: bool,
}

impl Terminals {
    /// A pass begins. What is known stays: a number means the same terminal
    /// as long as the system runs.
    pub(super) fn begin(&mut self) {
        self.is_listed = false;
    }

    /// The device file with this number.
    pub(super) fn path(&mut self, kernel: Kernel<'_>, device: u64) -> Field<&Path> {
        let is_known = self.known.iter().any(|(known, _)| *known == device);
        if !is_known && !self.is_listed {
            self.is_listed = true;
            // A directory that cannot be read has none.
            self.known = kernel.answers().terminals().unwrap_or_default();
        }
        self.known
            .iter()
            .find(|(known, _)| *known == device)
            .map(|(_, path)| path.as_path())
            .ok_or(Unavailable::Unsupported)
    }
}
