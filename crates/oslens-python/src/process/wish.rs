//! What `as_dict()` and `process_iter()` are asked for.

use oslens::process::Fields;
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    types::{PyFrozenSet, PyList, PySet, PyTuple, PyType},
};

use super::{
    attributes::{self, Attribute},
    overrides, platform,
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
            attributes: Attribute::standard().collect(),
            ad_value,
            is_lenient: true,
            overridden: Vec::new(),
        }
    }

    /// Looks for methods that are not those of [`ProcessBase`](super::ProcessBase).
    pub(super) fn respect_class(&mut self, class: &Bound<'_, PyType>) -> PyResult<()> {
        self.respect(|attribute| {
            // It has no method of that name there.
            Ok(attribute != Attribute::MemoryFullInfo
                && overrides::is_replaced(class, attribute.name(class.py()))?)
        })
    }

    /// Looks for methods that somebody set on this object only.
    pub(super) fn respect_object(&mut self, object: &Bound<'_, PyAny>) -> PyResult<()> {
        let Some(own) = overrides::own_attributes(object)? else {
            return Ok(());
        };
        self.respect(|attribute| own.contains(attribute.name(object.py())))
    }

    /// The wish for this object, if somebody set methods on it.
    pub(super) fn for_object(&self, object: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let mut wish = Self {
            attributes: self.attributes.clone(),
            ad_value: self.ad_value.clone_ref(object.py()),
            is_lenient: self.is_lenient,
            overridden: self.overridden.clone(),
        };
        wish.respect_object(object)?;
        Ok((wish.overridden.len() > self.overridden.len()).then_some(wish))
    }

    fn respect(&mut self, is_replaced: impl Fn(Attribute) -> PyResult<bool>) -> PyResult<()> {
        for &attribute in &self.attributes {
            if self.overridden.contains(&attribute) {
                continue;
            }
            let base = attribute.built_on();
            if is_replaced(attribute)? || base.map_or(Ok(false), &is_replaced)? {
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
        if platform::MAPS_HAVE_FOOTPRINT
            && self.extras().contains(&Attribute::MemoryMaps)
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
