//! The system's calls, and all of this crate's `unsafe`.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::signals;
#[cfg(windows)]
pub(crate) use windows::host;
