//! Methods that a subclass overrides, or that somebody replaced: others that
//! psutil builds on them call them here, too.

use std::path::Path;

use oslens::{
    ErrorKind, Unavailable,
    process::{Fields, Pid},
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyString, PyType},
};

use super::{
    ProcessBase,
    attributes::{self, Attribute, Missing},
    lock,
    shared::Shared,
    values::guess,
};
use crate::{
    arguments::{PidArgument, pid},
    error::{ACCESS_DENIED, OrRaise as _, ZOMBIE_PROCESS},
    memory,
};

/// As many bytes of a name the kernel keeps.
const KEPT: usize = 15;

impl Attribute {
    /// The one of which its method calls the method.
    pub(super) fn built_on(self) -> Option<Self> {
        match self {
            Self::Username => Some(Self::Uids).filter(|base| base.is_here()),
            Self::Name | Self::Exe => Some(Self::Cmdline),
            Self::MemoryPercent => Some(Self::MemoryInfo),
            _ => None,
        }
    }
}

/// Whether a class has another one of this name than [`ProcessBase`].
pub(super) fn is_replaced(class: &Bound<'_, PyType>, name: &Bound<'_, PyString>) -> PyResult<bool> {
    let base = class.py().get_type::<ProcessBase>();
    Ok(!class.getattr(name)?.is(&base.getattr(name)?))
}

/// What somebody set on this object only; `None`: nothing.
pub(super) fn own_attributes<'py>(
    object: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyDict>>> {
    let own = object.getattr(pyo3::intern!(object.py(), "__dict__"))?;
    Ok(own
        .cast_into()
        .ok()
        .filter(|own: &Bound<'_, PyDict>| !own.is_empty()))
}

/// The method of this name, if it is not that of [`ProcessBase`].
fn replaced<'py>(
    object: &Bound<'py, ProcessBase>,
    name: &Bound<'py, PyString>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let is_other = is_replaced(&object.get_type(), name)?
        || match own_attributes(object)? {
            Some(own) => own.contains(name)?,
            None => false,
        };
    is_other.then(|| object.getattr(name)).transpose()
}

/// What `username()` returns.
#[allow(dead_code)] // Not on every system.
pub(super) fn username<'py>(object: &Bound<'py, ProcessBase>) -> PyResult<Bound<'py, PyAny>> {
    let (py, this) = (object.py(), object.get());
    if let Some(value) = this.prefetched(py, Attribute::Username)? {
        return Ok(value);
    }
    let Some(uids) = replaced(object, Attribute::Uids.name(py))? else {
        return this.get_now(py, Attribute::Username);
    };
    let real = uids.call0()?.getattr(pyo3::intern!(py, "real"))?;
    match real.extract() {
        Ok(real) => Shared::new(&this.subject()?.host).user(py, real),
        // Nobody has such a number.
        Err(_) => Ok(real.str()?.into_any()),
    }
}

/// What `name()` returns.
pub(super) fn name<'py>(object: &Bound<'py, ProcessBase>) -> PyResult<Bound<'py, PyAny>> {
    let (py, this) = (object.py(), object.get());
    if let Some(value) = this.prefetched(py, Attribute::Name)? {
        return Ok(value);
    }
    let name = this.get_now(py, Attribute::Name)?;
    if name.len()? < KEPT {
        return Ok(name);
    }
    let Some(cmdline) = replaced(object, Attribute::Cmdline.name(py))? else {
        return Ok(name);
    };
    let whole: std::ffi::OsString = name.extract()?;
    let arguments = match cmdline.call0() {
        Ok(arguments) => arguments,
        Err(error)
            if error.matches(py, ACCESS_DENIED.get(py)?)?
                || error.matches(py, ZOMBIE_PROCESS.get(py)?)? =>
        {
            return Ok(name);
        }
        Err(error) => return Err(error),
    };
    let kept = this.kept_of_name(py, &whole);
    let longer = match arguments.is_truthy()? {
        true => Some(arguments.get_item(0)?.extract::<std::ffi::OsString>()?),
        false => None,
    };
    let longer = longer
        .as_deref()
        .and_then(|program| Path::new(program).file_name())
        .filter(|longer| longer.as_encoded_bytes().starts_with(kept));
    match longer {
        Some(longer) => Ok(longer.into_pyobject(py)?.into_any()),
        None if kept.len() == whole.as_encoded_bytes().len() => Ok(name),
        None => Ok(String::from_utf8_lossy(kept).into_pyobject(py)?.into_any()),
    }
}

/// What `exe()` returns.
pub(super) fn exe<'py>(object: &Bound<'py, ProcessBase>) -> PyResult<Bound<'py, PyAny>> {
    let (py, this) = (object.py(), object.get());
    if let Some(value) = this.prefetched(py, Attribute::Exe)? {
        return Ok(value);
    }
    if let Some(known) = this.remembered(py, Attribute::Exe)? {
        return Ok(known);
    }
    let Some(cmdline) = replaced(object, Attribute::Cmdline.name(py))? else {
        return this.get_now(py, Attribute::Exe);
    };
    let row = this.read(py, Fields::EXE)?;
    let mut shared = Shared::new(&this.subject()?.host);
    let value = attributes::of_row(py, Attribute::Exe, &row, &mut shared);
    let value = match (&row.exe, value) {
        (Ok(None) | Err(Unavailable::Denied), fallback) => {
            let arguments = cmdline.call0();
            let first = match &arguments {
                Ok(arguments) if arguments.is_truthy()? => Some(arguments.get_item(0)?.extract()?),
                Ok(_) => None,
                // What was known before is not lost by it.
                Err(error) if row.exe.is_ok() && error.matches(py, ACCESS_DENIED.get(py)?)? => None,
                Err(error) => return Err(error.clone_ref(py)),
            };
            match guess(first.as_ref()) {
                Some(path) => Ok(path.into_pyobject(py)?.into_any()),
                None => fallback,
            }
        }
        (_, value) => value,
    };
    let value = value.map_err(|missing| match missing {
        Missing::Because(why) => this.missing(py, Attribute::Exe, why),
        Missing::Raised(error) => error,
    })?;
    let old = lock(&this.known).exe.replace(value.clone().unbind());
    drop(old);
    Ok(value)
}

/// What `memory_percent()` is computed from, if a method was replaced: of all
/// memory this number of bytes.
pub(super) fn memory_percent<'py>(
    object: &Bound<'py, ProcessBase>,
    attribute: Attribute,
    field: &str,
) -> PyResult<Option<f64>> {
    let py = object.py();
    let Some(method) = replaced(object, attribute.name(py))? else {
        return Ok(None);
    };
    let bytes: f64 = method.call0()?.getattr(field)?.extract()?;
    Ok(Some(match memory::_total_memory(py)? {
        0 => 0.0,
        total => bytes / total as f64 * 100.0,
    }))
}

/// What `parent()` returns, if `ppid()` was replaced.
pub(super) fn parent<'py>(
    object: &Bound<'py, ProcessBase>,
) -> PyResult<Option<Option<Bound<'py, PyAny>>>> {
    let (py, this) = (object.py(), object.get());
    let Some(ppid) = replaced(object, Attribute::Ppid.name(py))? else {
        return Ok(None);
    };
    let ppid = ppid.call0()?;
    if ppid.is_none() {
        return Ok(Some(None));
    }
    let PidArgument::Pid(ppid) = pid(&ppid)? else {
        return Ok(Some(None));
    };
    let own = this.ask(py, |process| process.read(Fields::CREATE_TIME))?;
    let host = &this.subject()?.host;
    let found = py.detach(|| {
        let id = host.identify(Pid::new(ppid))?;
        let row = host.process_from_id(id).read(Fields::CREATE_TIME)?;
        Ok((id, row.create_time))
    });
    let (id, created) = match found {
        Ok(found) => found,
        Err(error) => {
            return match oslens::Error::kind(&error) {
                ErrorKind::NoSuchProcess | ErrorKind::Reused => Ok(Some(None)),
                _ => Err(error).or_raise(py),
            };
        }
    };
    // A younger one has the PID of the parent that ended.
    let is_older = match (created, own.create_time) {
        (Ok(its), Ok(own)) => its <= own,
        _ => true,
    };
    let made = is_older.then(|| ProcessBase::object(py, host, id));
    Ok(Some(made.transpose()?))
}

/// What `parents()` returns, if `parent()` or `ppid()` was replaced.
pub(super) fn parents<'py>(
    object: &Bound<'py, ProcessBase>,
) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    let py = object.py();
    let parent = pyo3::intern!(py, "parent");
    if replaced(object, parent)?.is_none() && replaced(object, Attribute::Ppid.name(py))?.is_none()
    {
        return Ok(None);
    }
    let mut parents = Vec::new();
    let mut next = object.call_method0(parent)?;
    while !next.is_none() {
        parents.push(next.clone());
        next = next.call_method0(parent)?;
    }
    Ok(Some(parents))
}

impl ProcessBase {
    /// What the kernel keeps of a name, which the command line may complete.
    fn kept_of_name<'a>(&self, py: Python<'_>, whole: &'a std::ffi::OsStr) -> &'a [u8] {
        let whole = whole.as_encoded_bytes();
        let kept = whole.get(..KEPT).unwrap_or(whole);
        // Threads of the kernel have long ones in full, and no command line.
        let completed = self.read(py, Fields::CMDLINE).is_ok_and(|row| {
            row.cmdline.as_ref().is_ok_and(|arguments| {
                let program = arguments.first().map(Path::new);
                let name = program.and_then(Path::file_name);
                name.is_some_and(|name| name.as_encoded_bytes() == whole)
            })
        });
        if completed { kept } else { whole }
    }
}
