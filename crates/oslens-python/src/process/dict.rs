//! Many values at once: `as_dict()`, and what `process_iter()` gives to each.

use pyo3::{exceptions::PyNotImplementedError, prelude::*, types::PyDict};

use super::{
    ProcessBase,
    attributes::{self, Attribute, Missing},
    extras::{self, Extras},
    platform,
    shared::Shared,
    wish::Wish,
};
use crate::error::{ACCESS_DENIED, ZOMBIE_PROCESS};

impl ProcessBase {
    /// What was wished for, as a dict. `NoSuchProcess` is raised, what is
    /// denied is not.
    pub(super) fn collect<'py>(
        &self,
        object: &Bound<'py, PyAny>,
        wish: &Wish,
        row: &oslens::process::ProcessRow,
        extras: &Extras,
        shared: &mut Shared,
    ) -> PyResult<Bound<'py, PyDict>> {
        let py = object.py();
        if wish.overridden.is_empty() {
            return self.collect_into_dict(object, wish, row, extras, shared);
        }
        // What the methods read they share.
        let oneshot = object.call_method0(pyo3::intern!(py, "oneshot"))?;
        oneshot.call_method0(pyo3::intern!(py, "__enter__"))?;
        let dict = self.collect_into_dict(object, wish, row, extras, shared);
        let none = py.None();
        let exit = pyo3::intern!(py, "__exit__");
        oneshot.call_method1(exit, (&none, &none, &none))?;
        dict
    }

    fn collect_into_dict<'py>(
        &self,
        object: &Bound<'py, PyAny>,
        wish: &Wish,
        row: &oslens::process::ProcessRow,
        extras: &Extras,
        shared: &mut Shared,
    ) -> PyResult<Bound<'py, PyDict>> {
        let py = object.py();
        let dict = PyDict::new(py);
        for &attribute in &wish.attributes {
            let value = match attribute {
                Attribute::Pid if wish.overridden.contains(&attribute) => {
                    object.getattr(attribute.name(py)).map_err(Missing::Raised)
                }
                _ if wish.overridden.contains(&attribute) => object
                    .call_method0(attribute.name(py))
                    .map_err(Missing::Raised),
                Attribute::MemoryMaps
                | Attribute::NetConnections
                | Attribute::OpenFiles
                | Attribute::Threads => self.extra(py, attribute, extras),
                Attribute::MemoryFootprint
                    if platform::MAPS_HAVE_FOOTPRINT && extras.maps.is_some() =>
                {
                    self.extra(py, attribute, extras)
                }
                _ => self.value(py, attribute, row, shared),
            };
            let value = match value {
                Ok(value) => value,
                Err(missing) => {
                    let error = match missing {
                        Missing::Because(
                            oslens::Unavailable::Denied | oslens::Unavailable::Zombie,
                        ) => {
                            dict.set_item(attribute.name(py), &wish.ad_value)?;
                            continue;
                        }
                        Missing::Because(why) => self.missing(py, attribute, why),
                        Missing::Raised(error) => error,
                    };
                    if error.matches(py, ACCESS_DENIED.get(py)?)?
                        || error.matches(py, ZOMBIE_PROCESS.get(py)?)?
                    {
                        wish.ad_value.bind(py).clone()
                    } else if wish.is_lenient && error.is_instance_of::<PyNotImplementedError>(py) {
                        continue;
                    } else {
                        return Err(error);
                    }
                }
            };
            dict.set_item(attribute.name(py), value)?;
        }
        Ok(dict)
    }

    fn extra<'py>(
        &self,
        py: Python<'py>,
        attribute: Attribute,
        extras: &Extras,
    ) -> attributes::Value<'py> {
        fn got<'a, T>(
            of: &ProcessBase,
            py: Python<'_>,
            list: Option<&'a oslens::Result<Vec<T>>>,
        ) -> Result<&'a [T], Missing> {
            match list {
                Some(Ok(list)) => Ok(list),
                Some(Err(error)) => Err(Missing::Raised(of.raised(py, error))),
                None => Err(oslens::Unavailable::NotRequested.into()),
            }
        }
        Ok(match attribute {
            Attribute::MemoryMaps => {
                platform::grouped_maps(py, got(self, py, extras.maps.as_ref())?)
            }
            Attribute::MemoryFootprint if is_zombie(extras.maps.as_ref()) => {
                extras::footprint(py, &[])
            }
            Attribute::MemoryFootprint => {
                extras::footprint(py, got(self, py, extras.maps.as_ref())?)
            }
            // A zombie has none any more; that is known.
            Attribute::NetConnections if is_zombie(extras.connections.as_ref()) => {
                extras::connections(py, 0, &[])
            }
            Attribute::OpenFiles if is_zombie(extras.files.as_ref()) => {
                platform::open_files(py, &[])
            }
            Attribute::NetConnections => extras::connections(
                py,
                self.id()?.pid.get(),
                got(self, py, extras.connections.as_ref())?,
            ),
            Attribute::OpenFiles => platform::open_files(py, got(self, py, extras.files.as_ref())?),
            _ => extras::threads(py, got(self, py, extras.threads.as_ref())?),
        }?)
    }

    /// The value of an attribute that is not in rows.
    pub(super) fn extra_method<'py>(
        &self,
        py: Python<'py>,
        attribute: Attribute,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = self.prefetched(py, attribute)? {
            return Ok(value);
        }
        let extras = self.ask(py, |process| {
            Ok(platform::read_lists(process, &[attribute]))
        })?;
        self.extra_value(py, attribute, &extras)
    }

    pub(super) fn extra_value<'py>(
        &self,
        py: Python<'py>,
        attribute: Attribute,
        extras: &Extras,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.extra(py, attribute, extras)
            .map_err(|missing| match missing {
                Missing::Because(why) => self.missing(py, attribute, why),
                Missing::Raised(error) => error,
            })
    }
}

fn is_zombie<T>(list: Option<&oslens::Result<Vec<T>>>) -> bool {
    matches!(list, Some(Err(error)) if error.kind() == oslens::ErrorKind::Zombie)
}

#[pymethods]
impl ProcessBase {
    /// What can be known about the process, as a dict. All is read in one go:
    /// this is many times faster than the methods one by one.
    ///
    /// `attrs` is a list, tuple or set of the names that are wanted; without
    /// them it is all of `Process.attrs`. `ad_value` stands for what the
    /// caller may not see, and for what a zombie has no more.
    ///
    /// Raises `ValueError` for names that do not exist.
    ///
    /// >>> sorted(oslens.Process().as_dict(["pid", "name"]))
    /// ['name', 'pid']
    #[pyo3(signature = (attrs = None, ad_value = None))]
    fn as_dict<'py>(
        slf: &Bound<'py, Self>,
        attrs: Option<&Bound<'py, PyAny>>,
        ad_value: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let (py, this) = (slf.py(), slf.get());
        let mut wish = Wish::new(attrs, ad_value.unwrap_or_else(|| py.None()))?;
        wish.respect_class(&slf.get_type())?;
        wish.respect_object(slf)?;
        let subject = this.subject()?;
        let (fields, wanted) = (wish.fields(), wish.extras());
        let (row, extras) = this.ask(py, |process| {
            platform::read_with_lists(process, fields, &wanted)
        })?;
        let mut shared = Shared::new(&subject.host);
        this.collect(slf, &wish, &row, &extras, &mut shared)
    }
}
