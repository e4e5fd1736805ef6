//! Values that are asked for by PID, where no system call tells them so.

use std::path::PathBuf;

use super::Target;
use crate::{Result, process::IoNice};

pub(crate) fn nice(_: Target<'_>) -> Option<Result<i32>> {
    None
}

pub(crate) fn ionice(_: Target<'_>) -> Option<Result<IoNice>> {
    None
}

pub(crate) fn cpu_affinity(_: Target<'_>) -> Option<Result<Vec<u32>>> {
    None
}

pub(crate) fn cwd(_: Target<'_>) -> Option<Result<PathBuf>> {
    None
}
