//! What `as_dict()` and `process_iter()` are asked for.

use oslens::process::Fields;
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    types::{PyDict, PyFrozenSet, PyList, PySet, PyTuple, PyType},
};

use super::{
    ProcessBase,
    attributes::{self, Attribute},
};

/// What the caller of `as_dict()` or `process_iter()` wants.
pub(super) struct Wish {
    pub(super) attributes: Vec<Attribute>,
    /// Stands for what the caller may not see, and for what went with a
    /// zombie's memory.
    pub(super) ad_value: Py<PyAny>,
    /// Whether what the system does not have is left out.
    pub(super) is_lenient: bool,
    /// Of which a subclass has methods of its own, or somebody replaced the
    /// method: these are called.
    pub(super) overridden: Vec<Attribute>,
}

impl Wish {
    pub(super) fn new(attrs: Option<&Bound<'_, PyAny>>, ad_value: Py<PyAny>) -> PyResult<Self> {
        let Some(attrs) = attrs else {
            return Ok(Self::all(ad_value));
        };
        let is_collection = attrs.is_instance_of::<PyList>()
            || attrs.is_instance_of::<PyTuple>()
            || attrs.is_instance_of::<PySet>()
            || attrs.is_instance_of::<PyFrozenSet>();
        if !is_collection {
            return Err(PyTypeError::new_err(format!(
                "attrs must be a list, tuple, set or frozenset of names, not {}",
                crate::arguments::type_name(attrs)
            )));
        }
        let attributes = attributes::parse(attrs, "attrs")?;
        if attributes.is_empty() {
            return Ok(Self::all(ad_value));
        }
        Ok(Self {
            attributes,
            ad_value,
            is_lenient: false,
            overridden: Vec::new(),
        })
    }

    fn all(ad_value: Py<PyAny>) -> Self {
        Self {
            attributes: Attribute::standard().to_vec(),
            ad_value,
            is_lenient: true,
            overridden: Vec::new(),
        }
    }

    /// Looks for methods that are not those of [`ProcessBase`].
    pub(super) fn respect_class(&mut self, class: &Bound<'_, PyType>) -> PyResult<()> {
        let base = class.py().get_type::<ProcessBase>();
        for &attribute in &self.attributes {
            // These have no method of that name there.
            if matches!(attribute, Attribute::Pid | Attribute::MemoryFullInfo) {
                continue;
            }
            let name = attribute.name(class.py());
            if !class.getattr(name)?.is(&base.getattr(name)?) {
                self.overridden.push(attribute);
            }
        }
        Ok(())
    }

    /// Looks for methods that somebody set on this object only.
    pub(super) fn respect_object(&mut self, object: &Bound<'_, PyAny>) -> PyResult<()> {
        let own = object.getattr(pyo3::intern!(object.py(), "__dict__"))?;
        let Ok(own) = own.cast_into::<PyDict>() else {
            return Ok(());
        };
        if own.is_empty() {
            return Ok(());
        }
        for &attribute in &self.attributes {
            if own.contains(attribute.name(object.py()))? && !self.overridden.contains(&attribute) {
                self.overridden.push(attribute);
            }
        }
        Ok(())
    }

    pub(super) fn fields(&self) -> Fields {
        let fields = self
            .attributes
            .iter()
            .filter(|one| !self.overridden.contains(one))
            .fold(Fields::empty(), |all, one| all | one.fields());
        if self.extras().contains(&Attribute::MemoryMaps)
            && !self.attributes.contains(&Attribute::MemoryFullInfo)
        {
            // The maps have it: the kernel needs not walk all pages twice.
            return fields - Fields::MEMORY_FOOTPRINT;
        }
        fields
    }

    /// What is read for each process.
    pub(super) fn extras(&self) -> Vec<Attribute> {
        self.attributes
            .iter()
            .copied()
            .filter(|one| !one.is_in_rows() && *one != Attribute::CpuPercent)
            .filter(|one| !self.overridden.contains(one))
            .collect()
    }
}
