//! `process_iter()`: one pass over all processes.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, atomic::Ordering},
    vec::IntoIter,
};

use oslens::{
    ErrorKind, Host,
    process::{Fields, Pid, ProcessId, ProcessRow},
};
use pyo3::{PyTraverseError, PyVisit, prelude::*, types::PyDict};

use super::{
    PROCESS, ProcessBase, extras::Extras, lock, overrides, platform, shared::Shared, wish::Wish,
};
use crate::{
    error::{self, NO_SUCH_PROCESS, OrRaise as _},
    host,
};

/// What is left of the pass.
enum Left {
    /// Nothing was asked for but who is there.
    Pids(IntoIter<Pid>),
    Rows(IntoIter<ProcessRow>),
}

/// The processes of one moment, as `Process` objects: those of the cache, and
/// new ones that are put there.
#[pyclass(module = "oslens._oslens", frozen)]
pub(crate) struct Pass {
    host: Host,
    cache: Py<PyDict>,
    wish: Option<Wish>,
    /// What to call `as_dict()` with where somebody replaced that.
    asked: Option<(Py<PyAny>, Py<PyAny>)>,
    left: Mutex<(Left, Option<Shared>)>,
}

#[pymethods]
impl Pass {
    #[new]
    fn new(
        py: Python<'_>,
        cache: Bound<'_, PyDict>,
        attrs: Option<&Bound<'_, PyAny>>,
        ad_value: Py<PyAny>,
    ) -> PyResult<Self> {
        let host = host::current(py)?;
        let mut wish = attrs
            .map(|attrs| Wish::new(Some(attrs), ad_value.clone_ref(py)))
            .transpose()?;
        let class = PROCESS.get(py)?.cast()?;
        if let Some(wish) = &mut wish {
            wish.respect_class(class)?;
        }
        let asked = attrs.map(|attrs| (attrs.clone().unbind(), ad_value));
        if asked.is_some() && overrides::is_replaced(class, pyo3::intern!(py, "as_dict"))? {
            wish = None;
        }
        // Only what was there before the look may be called gone by it:
        // another thread may find a newer process meanwhile.
        let mut before: HashMap<u32, Py<PyAny>> = HashMap::new();
        for (pid, process) in &cache.copy()? {
            before.insert(pid.extract()?, process.unbind());
        }
        let (left, now): (_, HashSet<u32>) = match &wish {
            None => {
                let pids = py.detach(|| host.pids()).or_raise(py)?;
                let now = pids.iter().map(|pid| pid.get()).collect();
                (Left::Pids(pids.into_iter()), now)
            }
            Some(wish) => {
                let fields = wish.fields() | Fields::START;
                let rows = py
                    .detach(|| host.processes_in_parallel(fields))
                    .or_raise(py)?;
                let now = rows.iter().map(|row| row.pid.get()).collect();
                (Left::Rows(rows.into_iter()), now)
            }
        };
        for (pid, process) in before {
            if !now.contains(&pid) {
                forget(&cache, pid, process.bind(py))?;
            }
        }
        let shared = Shared::new(&host);
        Ok(Self {
            host,
            cache: cache.unbind(),
            wish,
            asked,
            left: Mutex::new((left, Some(shared))),
        })
    }

    /// For the garbage collector: what callers gave may lead back here. What
    /// it leads through is cleared there.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.cache)?;
        visit.call(self.wish.as_ref().map(|wish| &wish.ad_value))?;
        if let Some((attrs, ad_value)) = &self.asked {
            visit.call(attrs)?;
            visit.call(ad_value)?;
        }
        Ok(())
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        loop {
            let (row, pid) = match &mut lock(&self.left).0 {
                Left::Pids(pids) => (None, pids.next()),
                Left::Rows(rows) => {
                    let row = rows.next();
                    let pid = row.as_ref().map(|row| row.pid);
                    (row, pid)
                }
            };
            let Some(pid) = pid else {
                return Ok(None);
            };
            let (process, is_new) = match &row {
                Some(row) => self.process(py, row.id())?,
                None => match self.process_of(py, pid)? {
                    Some(process) => process,
                    None => continue,
                },
            };
            let base = process.cast::<ProcessBase>()?.get();
            // Nobody has set anything on a new one.
            let own = match &self.asked {
                Some(_) if !is_new => overrides::own_attributes(&process)?,
                _ => None,
            };
            let as_dict = pyo3::intern!(py, "as_dict");
            let has_as_dict = match &own {
                Some(own) => own.contains(as_dict)?,
                None => false,
            };
            let (Some(wish), Some(row), false) = (&self.wish, row, has_as_dict) else {
                base.set_prefetched(None);
                let Some((attrs, ad_value)) = &self.asked else {
                    return Ok(Some(process));
                };
                match process.call_method1(as_dict, (attrs, ad_value)) {
                    Ok(dict) => base.set_prefetched(Some(dict.cast_into()?)),
                    Err(error) if error.matches(py, NO_SUCH_PROCESS.get(py)?)? => {
                        forget(self.cache.bind(py), pid.get(), &process)?;
                        continue;
                    }
                    Err(error) => return Err(error),
                }
                return Ok(Some(process));
            };
            let of_this = match own {
                Some(_) => wish.for_object(&process)?,
                None => None,
            };
            let wish = of_this.as_ref().unwrap_or(wish);
            let wanted = wish.extras();
            let extras = if wanted.is_empty() {
                Extras::default()
            } else {
                let process = base.process()?;
                py.detach(|| platform::read_lists(process, &wanted))
            };
            if !wish.overridden.is_empty() {
                // They would call methods that return what the last pass read.
                base.set_prefetched(None);
            }
            // Making objects may run code, which may come here again.
            let shared = lock(&self.left).1.take();
            let mut shared = shared.unwrap_or_else(|| Shared::new(&self.host));
            let dict = base.collect(&process, wish, &row, &extras, &mut shared);
            lock(&self.left).1 = Some(shared);
            match dict {
                Ok(dict) => {
                    base.set_prefetched(Some(dict));
                    return Ok(Some(process));
                }
                Err(error) if error.matches(py, NO_SUCH_PROCESS.get(py)?)? => {
                    forget(self.cache.bind(py), pid.get(), &process)?;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Pass {
    /// The object of the cache, if it is this process's; else a new one, and
    /// that it is new.
    fn process<'py>(&self, py: Python<'py>, id: ProcessId) -> PyResult<(Bound<'py, PyAny>, bool)> {
        let cache = self.cache.bind(py);
        if let Some(known) = cache.get_item(id.pid.get())? {
            let base = known.cast::<ProcessBase>()?.get();
            if !base.was_reused() && !base.id()?.differs_from(&id) {
                return Ok((known, false));
            }
            forget(cache, id.pid.get(), &known)?;
        }
        let new = ProcessBase::object(py, &self.host, id)?;
        cache.set_item(id.pid.get(), &new)?;
        Ok((new, true))
    }

    /// The object of the cache, whoever has the PID now; else a new one.
    /// `None`: it has ended meanwhile.
    fn process_of<'py>(
        &self,
        py: Python<'py>,
        pid: Pid,
    ) -> PyResult<Option<(Bound<'py, PyAny>, bool)>> {
        if let Some(known) = self.cache.bind(py).get_item(pid.get())? {
            let base = known.cast::<ProcessBase>()?.get();
            if !base.was_reused() && !base.is_gone.load(Ordering::Relaxed) {
                return Ok(Some((known, false)));
            }
        }
        let id = match py.detach(|| self.host.identify(pid)) {
            Ok(id) => id,
            Err(error) => match error.kind() {
                ErrorKind::NoSuchProcess => return Ok(None),
                ErrorKind::AccessDenied => pid.into(),
                _ => return Err(error::exception(py, &error)),
            },
        };
        self.process(py, id).map(Some)
    }
}

/// Drops an object from the cache, if it still is the one there.
fn forget(cache: &Bound<'_, PyDict>, pid: u32, process: &Bound<'_, PyAny>) -> PyResult<()> {
    if cache.get_item(pid)?.is_some_and(|known| known.is(process)) {
        cache.call_method1(pyo3::intern!(cache.py(), "pop"), (pid, cache.py().None()))?;
    }
    Ok(())
}
