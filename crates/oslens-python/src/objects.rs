//! Python objects that are made over and over: named tuples and members of
//! enums. Their types are Python's (`oslens._ntuples`, `oslens._enums`) and
//! are looked up once.

use pyo3::{
    BoundObject as _, PyTypeInfo as _,
    exceptions::PyRuntimeError,
    prelude::*,
    sync::PyOnceLock,
    types::{PyTuple, PyType},
};

/// An attribute of a module of the package, imported when it is first needed.
pub(crate) struct Imported {
    module: &'static str,
    name: &'static str,
    object: PyOnceLock<Py<PyAny>>,
}

impl Imported {
    pub(crate) const fn new(module: &'static str, name: &'static str) -> Self {
        Self {
            module,
            name,
            object: PyOnceLock::new(),
        }
    }

    pub(crate) fn get<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        self.object.import(py, self.module, self.name)
    }
}

/// A type of named tuples.
pub(crate) struct TupleType {
    name: &'static str,
    class: PyOnceLock<Py<PyType>>,
}

impl TupleType {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self {
            name,
            class: PyOnceLock::new(),
        }
    }

    /// One with these values, as many as the type has fields.
    ///
    /// `tuple.__new__` is called at once: the `__new__` of the named tuple is
    /// Python code that would only come here, in three times the time.
    pub(crate) fn of<'py>(
        &self,
        py: Python<'py>,
        values: impl IntoPyObject<'py, Target = PyTuple, Error: Into<PyErr>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let class = self.class.import(py, "oslens._ntuples", self.name)?;
        let values = values.into_pyobject(py).map_err(Into::into)?;
        named_tuple(class, &values.into_bound())
    }
}

/// A tuple of this class, which has as many fields.
pub(crate) fn named_tuple<'py>(
    class: &Bound<'py, PyType>,
    values: &Bound<'py, PyTuple>,
) -> PyResult<Bound<'py, PyAny>> {
    static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = class.py();
    let new = NEW
        .get_or_try_init(py, || {
            let new = PyTuple::type_object(py).getattr("__new__")?;
            Ok::<_, PyErr>(new.unbind())
        })?
        .bind(py);
    new.call1((class, values))
}

macro_rules! tuple_types {
    ($($constant:ident = $name:literal;)*) => {
        $(#[allow(dead_code)] // Not on every system.
        pub(crate) static $constant: TupleType = TupleType::new($name);)*
    };
}

tuple_types! {
    ADDR = "addr";
    PCAPABILITIES = "pcapabilities";
    PCGROUP = "pcgroup";
    PCONN = "pconn";
    PCPUTIMES = "pcputimes";
    PCTXSW = "pctxsw";
    PDESCRIPTOR = "pdescriptor";
    PFOOTPRINT = "pfootprint";
    PFULLMEM = "pfullmem";
    PGIDS = "pgids";
    PIO = "pio";
    PIONICE = "pionice";
    PMEM = "pmem";
    PMEM_EX = "pmem_ex";
    PMMAP_EXT = "pmmap_ext";
    PMMAP_GROUPED = "pmmap_grouped";
    PNAMESPACES = "pnamespaces";
    POPENFILE = "popenfile";
    PPAGEFAULTS = "ppagefaults";
    PTHREAD = "pthread";
    PTHREAD_EX = "pthread_ex";
    PUIDS = "puids";
    SBATTERY = "sbattery";
    SBATTERYINFO = "sbatteryinfo";
    SCGROUPLIMITS = "scgrouplimits";
    SCGROUPUSAGE = "scgroupusage";
    SCONN = "sconn";
    SCPUFREQ = "scpufreq";
    SCPULIMIT = "scpulimit";
    SCPUSTATS = "scpustats";
    SCPUTIMES = "scputimes";
    SDISKIO = "sdiskio";
    SDISKPART = "sdiskpart";
    SDISKUSAGE = "sdiskusage";
    SFAN = "sfan";
    SHWTEMP = "shwtemp";
    SMEMLIMIT = "smemlimit";
    SNETIO = "snetio";
    SNICADDR = "snicaddr";
    SNICSTATS = "snicstats";
    SPRESSURE = "spressure";
    SSTALL = "sstall";
    SSWAP = "sswap";
    SSWAPDEVICE = "sswapdevice";
    SUSER = "suser";
    SVMEM = "svmem";
    SZFSARC = "szfsarc";
}

/// Rounds as psutil's percentages are.
pub(crate) fn one_decimal(value: f64) -> f64 {
    // Python's round() is right to the last digit; this differs from it for
    // values that lie exactly between two, and is a division quicker.
    (value * 10.0).round_ties_even() / 10.0
}

/// Members of an enum, by number.
pub(crate) struct Members<const N: usize> {
    module: &'static str,
    class: &'static str,
    names: [&'static str; N],
    members: PyOnceLock<[Py<PyAny>; N]>,
}

impl<const N: usize> Members<N> {
    pub(crate) const fn new(
        module: &'static str,
        class: &'static str,
        names: [&'static str; N],
    ) -> Self {
        Self {
            module,
            class,
            names,
            members: PyOnceLock::new(),
        }
    }

    /// The names, in the order of the numbers.
    pub(crate) fn names(&self) -> &[&'static str; N] {
        &self.names
    }

    /// The member with this place in the list of names; `None` if there is
    /// none.
    pub(crate) fn get<'py>(
        &self,
        py: Python<'py>,
        at: usize,
    ) -> PyResult<Option<&Bound<'py, PyAny>>> {
        let members = self.members.get_or_try_init(py, || {
            let class = py.import(self.module)?.getattr(self.class)?;
            let members = self
                .names
                .iter()
                .map(|name| class.getattr(*name).map(Bound::unbind))
                .collect::<PyResult<Vec<_>>>()?;
            members
                .try_into()
                .map_err(|_| PyRuntimeError::new_err("an enum of another size"))
        })?;
        Ok(members.get(at).map(|member| member.bind(py)))
    }
}
