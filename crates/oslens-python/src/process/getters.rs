//! What a process is and does: methods that read.

use oslens::{
    net::Kind,
    process::{Fields, Pid},
};
use pyo3::{
    exceptions::{PyNotImplementedError, PyTypeError, PyValueError},
    prelude::*,
    types::{PyDict, PyFrozenSet, PyList, PySet, PyTuple, PyType},
};

use super::{
    ProcessBase,
    attributes::{self, Attribute, Missing, Shared},
    extras::{self, Extras},
};
use crate::{
    arguments::{Flag, seconds},
    error::{ACCESS_DENIED, ZOMBIE_PROCESS},
    objects::{Imported, PNAMESPACES},
    sockets::KindName,
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
    fn respect_object(&mut self, object: &Bound<'_, PyAny>) -> PyResult<()> {
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
                _ if wish.overridden.contains(&attribute) => object
                    .call_method0(attribute.name(py))
                    .map_err(Missing::Raised),
                Attribute::MemoryMaps
                | Attribute::NetConnections
                | Attribute::OpenFiles
                | Attribute::Threads => self.extra(py, attribute, extras),
                Attribute::MemoryFootprint if extras.maps.is_some() => {
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
            Attribute::MemoryMaps => extras::grouped_maps(py, got(self, py, extras.maps.as_ref())?),
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
            Attribute::OpenFiles if is_zombie(extras.files.as_ref()) => extras::open_files(py, &[]),
            Attribute::NetConnections => extras::connections(
                py,
                self.id()?.pid.get(),
                got(self, py, extras.connections.as_ref())?,
            ),
            Attribute::OpenFiles => extras::open_files(py, got(self, py, extras.files.as_ref())?),
            _ => extras::threads(py, got(self, py, extras.threads.as_ref())?),
        }?)
    }

    /// The value of an attribute that is not in rows.
    fn extra_method<'py>(
        &self,
        py: Python<'py>,
        attribute: Attribute,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = self.prefetched(py, attribute)? {
            return Ok(value);
        }
        let extras = self.ask_cheaply(py, |process| Ok(Extras::read(process, &[attribute])))?;
        self.extra_value(py, attribute, &extras)
    }

    fn extra_value<'py>(
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

static PMEM: Imported = Imported::new("oslens._ntuples", "pmem");
static PMEM_EX: Imported = Imported::new("oslens._ntuples", "pmem_ex");
static PFOOTPRINT: Imported = Imported::new("oslens._ntuples", "pfootprint");

#[pymethods]
impl ProcessBase {
    /// The PID.
    #[getter]
    fn pid(&self) -> PyResult<u32> {
        Ok(self.id()?.pid.get())
    }

    /// PID of the parent; 0: none that this machine or container has.
    fn ppid<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Ppid)
    }

    /// The name, in full also where the kernel cut it after 15 bytes.
    fn name<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Name)
    }

    /// Path of the executable; "" for threads of the kernel.
    fn exe<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Exe)
    }

    /// The arguments it was started with, as a list of strings.
    fn cmdline<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Cmdline)
    }

    /// The environment it was started with, as a dict.
    fn environ<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Environ)
    }

    /// When it was created, in seconds since 1970. Asked for once.
    fn create_time<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::CreateTime)
    }

    /// What it is doing: one of the `STATUS_…` constants.
    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Status)
    }

    /// The working directory.
    fn cwd<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Cwd)
    }

    /// Name of the real user; the number where it has no name.
    fn username<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Username)
    }

    /// Real, effective and saved user.
    fn uids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Uids)
    }

    /// Real, effective and saved group.
    fn gids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Gids)
    }

    /// Path of the controlling terminal; `None` if it has none.
    fn terminal<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Terminal)
    }

    /// Number of open descriptors.
    fn num_fds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::NumFds)
    }

    /// Calls and bytes of input and output.
    fn io_counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::IoCounters)
    }

    /// The CPU it ran on last.
    fn cpu_num<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::CpuNum)
    }

    /// CPU times in seconds: its own, of its children that have ended, and
    /// what it waited for disks.
    fn cpu_times<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::CpuTimes)
    }

    /// Memory in bytes: resident, virtual, shared, code and data.
    fn memory_info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryInfo)
    }

    /// `memory_info()`, with peaks, kinds of resident memory, swap and huge
    /// pages.
    fn memory_info_ex<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryInfoEx)
    }

    /// Memory in bytes: what ending it would free (`uss`), its share with
    /// common pages divided by their users (`pss`), and what is in swap. The
    /// kernel walks all its pages for that.
    fn memory_footprint<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryFootprint)
    }

    fn _memory_full_info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryFullInfo)
    }

    /// Page faults: without and with reading from a disk.
    fn page_faults<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::PageFaults)
    }

    /// Context switches of the main thread: when it waited, and when another
    /// one got its CPU.
    fn num_ctx_switches<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::NumCtxSwitches)
    }

    /// Number of threads.
    fn num_threads<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::NumThreads)
    }

    /// Process group.
    fn pgid<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Pgid)
    }

    /// Session.
    fn sid<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Sid)
    }

    /// The root directory.
    fn root<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Root)
    }

    /// Supplementary groups.
    fn groups<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Groups)
    }

    /// Capability sets, a bit for each capability.
    fn capabilities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Capabilities)
    }

    /// Control groups: hierarchy (0 is version 2), controllers and path.
    fn cgroups<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Cgroups)
    }

    /// How likely the out-of-memory killer takes it.
    fn oom_score<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::OomScore)
    }

    /// Inodes of its namespaces: two processes share one if they are equal.
    fn namespaces<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let of = self.ask(py, oslens::os::linux::ProcessExt::namespaces)?;
        PNAMESPACES.of(
            py,
            (
                of.cgroup,
                of.ipc,
                of.mount,
                of.network,
                of.pid,
                of.pid_for_children,
                of.time,
                of.time_for_children,
                of.user,
                of.uts,
            ),
        )
    }

    /// The kernel function it waits in; `None`: it runs, or the kernel does
    /// not tell.
    fn wait_channel(&self, py: Python<'_>) -> PyResult<Option<String>> {
        self.ask(py, oslens::os::linux::ProcessExt::wait_channel)
    }

    /// PID of its debugger; `None` if it has none.
    fn tracer_pid(&self, py: Python<'_>) -> PyResult<Option<u32>> {
        Ok(self
            .ask(py, oslens::os::linux::ProcessExt::security)?
            .tracer
            .map(Pid::get))
    }

    /// Its PID in each PID namespace, from the caller's inwards.
    fn namespace_pids(&self, py: Python<'_>) -> PyResult<Vec<u32>> {
        let pids = self
            .ask(py, oslens::os::linux::ProcessExt::security)?
            .namespace_pids;
        Ok(pids.into_iter().map(Pid::get).collect())
    }

    /// The user who logged in, whatever it became since; `None`: nobody did.
    fn login_uid(&self, py: Python<'_>) -> PyResult<Option<u32>> {
        self.ask(py, oslens::os::linux::ProcessExt::login_uid)
    }

    /// What the process used of the CPUs in percent of one: above 100 for
    /// several threads.
    ///
    /// With an `interval` in seconds the call waits so long. Without one it
    /// answers at once, for the time since the last call on this object; the
    /// first time 0.0.
    #[pyo3(signature = (interval = None))]
    fn cpu_percent<'py>(
        &self,
        py: Python<'py>,
        interval: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        static SLEEP: Imported = Imported::new("time", "sleep");
        let interval = interval
            .map(|interval| seconds("interval", interval))
            .transpose()?
            .filter(|&interval| interval > 0.0);
        let unavailable = |why| self.missing(py, Attribute::CpuPercent, why);
        match interval {
            Some(interval) => {
                let row = self.ask(py, |process| process.read(Fields::CPU_TIMES))?;
                self.cpu_percent_of(&row).map_err(unavailable)?;
                SLEEP.get(py)?.call1((interval,))?;
            }
            None => {
                if let Some(value) = self.prefetched(py, Attribute::CpuPercent)? {
                    return Ok(value);
                }
            }
        }
        let row = match interval {
            // Not what a oneshot() remembers.
            Some(_) => self
                .ask(py, |process| process.read(Fields::CPU_TIMES))?
                .into(),
            None => self.read(py, Fields::CPU_TIMES)?,
        };
        let percent = self.cpu_percent_of(&row).map_err(unavailable)?;
        Ok(percent.into_pyobject(py)?.into_any())
    }

    /// Memory in percent of the machine's. `memtype` is a field of
    /// `memory_info()`, `memory_footprint()` or `memory_info_ex()`.
    #[pyo3(signature = (memtype = None), text_signature = "($self, memtype='rss')")]
    fn memory_percent<'py>(
        &self,
        py: Python<'py>,
        memtype: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let memtype = match memtype {
            None => "rss".to_owned(),
            // As in psutil, of the wrong value, whatever its type.
            Some(memtype) => memtype.str()?.to_string_lossy().into_owned(),
        };
        if memtype == "rss" {
            return self.get(py, Attribute::MemoryPercent);
        }
        let mut valid: Vec<String> = Vec::new();
        for (class, attribute) in [
            (&PMEM, Attribute::MemoryInfo),
            (&PFOOTPRINT, Attribute::MemoryFootprint),
            (&PMEM_EX, Attribute::MemoryInfoEx),
        ] {
            let fields: Vec<String> = class.get(py)?.getattr("_fields")?.extract()?;
            if fields.contains(&memtype) {
                let bytes = self
                    .get(py, attribute)?
                    .getattr(memtype.as_str())?
                    .extract()?;
                let percent = Shared::new(&self.subject()?.host).memory_percent(py, bytes)?;
                return Ok(percent.into_pyobject(py)?.into_any());
            }
            for field in fields {
                if !valid.contains(&field) {
                    valid.push(field);
                }
            }
        }
        Err(PyValueError::new_err(format!(
            "invalid memtype {memtype:?}; valid ones are {}",
            valid.join(", ")
        )))
    }

    /// What its memory consists of: with `grouped` one entry for each file,
    /// else one for each mapping with its addresses and permissions.
    #[pyo3(signature = (grouped = Flag(true)), text_signature = "($self, grouped=True)")]
    fn memory_maps<'py>(&self, py: Python<'py>, grouped: Flag) -> PyResult<Bound<'py, PyAny>> {
        if grouped.0 {
            return self.extra_method(py, Attribute::MemoryMaps);
        }
        extras::maps(py, &self.ask(py, oslens::process::Process::memory_maps)?)
    }

    /// Regular files that it has open, with descriptor, position, mode and
    /// flags. Files that have been deleted are in `descriptors()`.
    fn open_files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.extra_method(py, Attribute::OpenFiles)
    }

    /// All that it has open: files, directories, pipes, sockets and what
    /// else there is.
    fn descriptors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        extras::descriptors(py, &self.ask(py, oslens::process::Process::descriptors)?)
    }

    /// Its threads: number, user and system time.
    fn threads<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.extra_method(py, Attribute::Threads)
    }

    /// Its threads, also with their names, states, CPUs and niceness.
    fn threads_ex<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        extras::threads_ex(py, &self.ask(py, oslens::process::Process::threads)?)
    }

    /// Its sockets, seen in its own network namespace. `kind` is that of
    /// `oslens.net_connections()`.
    #[pyo3(signature = (kind = KindName(Kind::INET)), text_signature = "($self, kind='inet')")]
    fn net_connections<'py>(&self, py: Python<'py>, kind: KindName) -> PyResult<Bound<'py, PyAny>> {
        if kind.0 == Kind::INET {
            return self.extra_method(py, Attribute::NetConnections);
        }
        let extras = self.ask_cheaply(py, |process| {
            let connections = Some(process.connections(kind.0));
            Ok(Extras {
                connections,
                ..Extras::default()
            })
        })?;
        self.extra_value(py, Attribute::NetConnections, &extras)
    }

    /// What can be known about it, as a dict; `attrs` names what is wanted.
    ///
    /// `ad_value` stands for what the caller may not see and for what went
    /// with a zombie's memory. All is read in one go: this is many times
    /// faster than the methods one by one.
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
        let fields = wish.fields() | Fields::START;
        let wanted = wish.extras();
        let (row, extras) = this.ask_cheaply(py, |process| {
            let row = process.read(fields)?;
            Ok((row, Extras::read(process, &wanted)))
        })?;
        let mut shared = Shared::new(&subject.host);
        this.collect(slf, &wish, &row, &extras, &mut shared)
    }

    /// The parent as a `Process`; `None` if there is none.
    fn parent<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let host = &self.subject()?.host;
        self.ask(py, oslens::process::Process::parent)?
            .map(|parent| Self::object(py, host, parent.id()))
            .transpose()
    }

    /// The parent, its parent and so on, as a list of `Process`.
    fn parents<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let host = &self.subject()?.host;
        let objects = self
            .ask(py, oslens::process::Process::parents)?
            .iter()
            .map(|parent| Self::object(py, host, parent.id()))
            .collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, objects)
    }

    /// The children as a list of `Process`, oldest first; with `recursive`
    /// each is followed by its own.
    #[pyo3(signature = (recursive = Flag(false)), text_signature = "($self, recursive=False)")]
    fn children<'py>(&self, py: Python<'py>, recursive: Flag) -> PyResult<Bound<'py, PyList>> {
        let host = &self.subject()?.host;
        let objects = self
            .ask(py, |process| match recursive.0 {
                true => process.descendants(),
                false => process.children(),
            })?
            .iter()
            .map(|child| Self::object(py, host, child.id()))
            .collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, objects)
    }
}
