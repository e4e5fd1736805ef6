//! What running a service asks of the system.

#[cfg(unix)]
mod unix;
#[cfg(not(any(unix, windows)))]
mod unsupported;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as imp;
#[cfg(not(any(unix, windows)))]
use unsupported as imp;
#[cfg(windows)]
use windows as imp;

pub(crate) use imp::{
    Registration, Signal, dispatch, on_interrupt, private_folder, redirect, register,
};
