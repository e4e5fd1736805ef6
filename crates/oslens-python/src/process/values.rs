//! Values of attributes: what an iteration has read, what is remembered, and
//! what has to be asked for.

use std::sync::atomic::Ordering;

use oslens::{
    Unavailable,
    process::{Fields, ProcessRow},
};
use pyo3::{prelude::*, types::PyDict};

use super::{
    CpuSample, MOST_PREFETCHED, ProcessBase,
    attributes::{self, Attribute, Missing},
    lock,
    shared::Shared,
};
use crate::platform::is_executable;

impl ProcessBase {
    /// What an iteration has read: this thread's, else the latest.
    pub(super) fn prefetched_dict<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyDict>> {
        if !self.has_prefetched.load(Ordering::Relaxed) {
            return None;
        }
        let me = std::thread::current().id();
        let all = lock(&self.prefetched);
        // Of another one, for those who hand the objects to other threads.
        let of_this_thread = all.iter().find(|(thread, _)| *thread == me);
        let (_, dict) = of_this_thread.or_else(|| all.last())?;
        dict.as_ref().map(|dict| dict.bind(py).clone())
    }

    pub(super) fn set_prefetched(&self, dict: Option<Bound<'_, PyDict>>) {
        if dict.is_none() && !self.has_prefetched.load(Ordering::Relaxed) {
            return;
        }
        let me = std::thread::current().id();
        let mut dropped = None;
        let mut all = lock(&self.prefetched);
        let old = all
            .iter()
            .position(|(thread, _)| *thread == me)
            .map(|at| all.remove(at));
        if all.len() >= MOST_PREFETCHED {
            dropped = Some(all.remove(0));
        }
        all.push((me, dict.map(Bound::unbind)));
        if all.iter().all(|(_, dict)| dict.is_none()) {
            all.clear();
        }
        self.has_prefetched
            .store(!all.is_empty(), Ordering::Relaxed);
        // Values may run code when they are dropped.
        drop(all);
        drop((old, dropped));
    }

    pub(super) fn prefetched<'py>(
        &self,
        py: Python<'py>,
        attribute: Attribute,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.prefetched_dict(py) {
            Some(dict) => dict.get_item(attribute.name(py)),
            None => Ok(None),
        }
    }

    /// The value of an attribute that rows have: what the method returns.
    pub(super) fn get<'py>(
        &self,
        py: Python<'py>,
        attribute: Attribute,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = self.prefetched(py, attribute)? {
            return Ok(value);
        }
        self.get_now(py, attribute)
    }

    /// The same, whatever an iteration has read.
    pub(super) fn get_now<'py>(
        &self,
        py: Python<'py>,
        attribute: Attribute,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = self.remembered(py, attribute)? {
            return Ok(value);
        }
        let row = self.read(py, attribute.fields())?;
        let mut shared = Shared::new(&self.subject()?.host);
        self.value(py, attribute, &row, &mut shared)
            .map_err(|missing| match missing {
                Missing::Because(why) => self.missing(py, attribute, why),
                Missing::Raised(error) => error,
            })
    }

    /// The time of creation, if it is known and nothing was prefetched.
    #[inline]
    pub(super) fn known_create_time<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        if self.has_prefetched.load(Ordering::Relaxed) {
            return None;
        }
        Some(self.created.get()?.bind(py).clone())
    }

    /// What is the same for ever.
    pub(super) fn remembered<'py>(
        &self,
        py: Python<'py>,
        attribute: Attribute,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match attribute {
            Attribute::CreateTime => Ok(self.created.get().map(|time| time.bind(py).clone())),
            Attribute::Exe => {
                let known = lock(&self.known).exe.as_ref().map(|exe| exe.clone_ref(py));
                Ok(known.map(|exe| exe.into_bound(py)))
            }
            _ => Ok(None),
        }
    }

    /// The value of an attribute from a row, remembered where that is of
    /// use.
    pub(super) fn value<'py>(
        &self,
        py: Python<'py>,
        attribute: Attribute,
        row: &ProcessRow,
        shared: &mut Shared,
    ) -> attributes::Value<'py> {
        match attribute {
            Attribute::CpuPercent => Ok(self.cpu_percent_of(row)?.into_pyobject(py)?.into_any()),
            Attribute::CreateTime => {
                if let Some(known) = self.remembered(py, attribute)? {
                    return Ok(known);
                }
                let value = attributes::of_row(py, attribute, row, shared)?;
                // Another thread may have been as quick.
                let _ = self.created.set(value.clone().unbind());
                Ok(value)
            }
            Attribute::Exe => self.exe_of(py, row, shared),
            Attribute::Name => {
                let value = attributes::of_row(py, attribute, row, shared)?;
                let old = lock(&self.known).name.replace(value.clone().unbind());
                drop(old);
                Ok(value)
            }
            _ => attributes::of_row(py, attribute, row, shared),
        }
    }

    /// How busy it was since the last time somebody asked, in percent of one
    /// CPU.
    pub(super) fn cpu_percent_of(&self, row: &ProcessRow) -> Result<f64, Unavailable> {
        let now = cpu_sample(row)?;
        let before = self.last_cpu(now);
        Ok(before.map_or(0.0, |before| percent(before, now)))
    }

    /// Keeps what the next answer is compared with; returns what was kept.
    pub(super) fn last_cpu(&self, now: CpuSample) -> Option<CpuSample> {
        lock(&self.known).cpu.replace(now)
    }

    pub(super) fn exe_of<'py>(
        &self,
        py: Python<'py>,
        row: &ProcessRow,
        shared: &mut Shared,
    ) -> attributes::Value<'py> {
        if let Some(known) = self.remembered(py, Attribute::Exe)? {
            return Ok(known);
        }
        let value = match &row.exe {
            Ok(Some(_)) => attributes::of_row(py, Attribute::Exe, row, shared)?,
            Ok(None) | Err(Unavailable::Denied) => {
                let asked;
                let arguments = match &row.cmdline {
                    Err(Unavailable::NotRequested) => {
                        asked = self.read(py, Fields::CMDLINE);
                        match &asked {
                            Ok(row) => &row.cmdline,
                            Err(_) => &Err(Unavailable::Gone),
                        }
                    }
                    known => known,
                };
                let guess = match arguments {
                    Ok(arguments) => guess(arguments.first()),
                    Err(Unavailable::Zombie) => return Err(Unavailable::Zombie.into()),
                    Err(_) => None,
                };
                match guess {
                    Some(path) => path.into_pyobject(py)?.into_any(),
                    None => attributes::of_row(py, Attribute::Exe, row, shared)?,
                }
            }
            Err(why) => return Err((*why).into()),
        };
        let old = lock(&self.known).exe.replace(value.clone().unbind());
        drop(old);
        Ok(value)
    }
}

pub(super) fn cpu_sample(row: &ProcessRow) -> Result<CpuSample, Unavailable> {
    let times = row.cpu_times?;
    Ok((row.sampled_at, times.user.saturating_add(times.system)))
}

/// What `cpu_percent()` shows.
pub(super) fn percent(before: CpuSample, now: CpuSample) -> f64 {
    let elapsed = now.0.saturating_duration_since(before.0).as_secs_f64();
    if elapsed <= 0.0 {
        return 0.0;
    }
    let used = now.1.saturating_sub(before.1).as_secs_f64();
    crate::objects::one_decimal(used / elapsed * 100.0)
}

/// The first argument, if it is an executable file by its full path.
pub(super) fn guess(argument: Option<&std::ffi::OsString>) -> Option<std::ffi::OsString> {
    let path = std::path::Path::new(argument?);
    let is_program = path.is_absolute() && path.is_file() && is_executable(path);
    is_program.then(|| path.as_os_str().to_owned())
}
