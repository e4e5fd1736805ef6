//! What a process is and does: methods that read.

use oslens::{
    net::Kind,
    os::linux::{Lists, ProcessExt as _},
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
    overrides,
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
        self.respect(|attribute| {
            // It has no method of that name there.
            Ok(attribute != Attribute::MemoryFullInfo
                && overrides::is_replaced(class, attribute.name(class.py()))?)
        })
    }

    /// Looks for methods that somebody set on this object only.
    fn respect_object(&mut self, object: &Bound<'_, PyAny>) -> PyResult<()> {
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
    /// The PID of the process. It never changes, also when the process has
    /// ended.
    #[getter]
    fn pid(&self) -> PyResult<u32> {
        Ok(self.id()?.pid.get())
    }

    /// PID of the parent; 0 if it has none that this machine or container has.
    ///
    /// It changes when the parent ends: the process then gets another one,
    /// which is why it is asked for anew at each call. `parent()` returns the
    /// parent itself.
    fn ppid<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Ppid)
    }

    /// Name of the process, such as `"python3"`.
    ///
    /// It is given in full also where the kernel cut it after 15 bytes, if the
    /// command line has the rest.
    fn name<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        overrides::name(slf)
    }

    /// Path of the executable; `""` for threads of the kernel.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn exe<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        overrides::exe(slf)
    }

    /// The arguments that the process was started with, as a list of strings;
    /// empty for threads of the kernel.
    ///
    /// Raises `ZombieProcess` if it has ended: they go with its memory.
    fn cmdline<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Cmdline)
    }

    /// Environment variables that the process was started with, as a dict.
    ///
    /// What it changed since is not seen.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn environ<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Environ)
    }

    /// When the process was created, in seconds since 1970 (for
    /// `datetime.fromtimestamp()`).
    ///
    /// It is asked for once. It is as exact as the kernel counts, which is
    /// mostly 0.01 seconds.
    fn create_time<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        // Programs tell processes apart by it: nothing else before.
        if let Some(known) = self.known_create_time(py) {
            return Ok(known);
        }
        self.get(py, Attribute::CreateTime)
    }

    /// What the process is doing, as a `ProcessStatus`: one of the `STATUS_…`
    /// constants, which equal strings such as `"running"` and `"sleeping"`.
    ///
    /// A process that has ended and that its parent has not asked for yet is
    /// `STATUS_ZOMBIE`.
    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Status)
    }

    /// Absolute path of the working directory.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn cwd<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Cwd)
    }

    /// Name of the user who owns the process; the number as a string where it
    /// has no name.
    fn username<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        overrides::username(slf)
    }

    /// User IDs of the process, as `puids(real, effective, saved)`.
    fn uids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Uids)
    }

    /// Group IDs of the process, as `pgids(real, effective, saved)`.
    fn gids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Gids)
    }

    /// Path of the terminal that controls the process, such as `"/dev/pts/0"`;
    /// `None` if it has none.
    fn terminal<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Terminal)
    }

    /// Number of descriptors that the process has open.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn num_fds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::NumFds)
    }

    /// What the process read and wrote since it was created, as `pio`: calls,
    /// bytes that went to and from disks, and bytes that all calls moved
    /// (`read_chars`, `write_chars`), whatever they were of.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn io_counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::IoCounters)
    }

    /// Number of the CPU that the process ran on last.
    fn cpu_num<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::CpuNum)
    }

    /// CPU time that the process used, in seconds, as `pcputimes`: its own
    /// (`user`, `system`), that of its children which have ended and been
    /// waited for, and what it waited for disks (`iowait`).
    fn cpu_times<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::CpuTimes)
    }

    /// Memory that the process uses, in bytes, as `pmem`: `rss` is what it
    /// holds in physical memory, `vms` all its address space, `shared` what of
    /// `rss` others may share, `text` and `data` its code and data.
    ///
    /// For what it alone occupies see `memory_footprint()`.
    fn memory_info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryInfo)
    }

    /// More about the memory of the process, in bytes, as `pmem_ex`:
    /// `memory_info()`, its peaks (`peak_rss`, `peak_vms`), what `rss`
    /// consists of (`rss_anon`, `rss_file`, `rss_shmem`), `swap` and huge
    /// pages.
    ///
    /// What this kernel does not tell is 0.
    fn memory_info_ex<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryInfoEx)
    }

    /// Memory that the process really occupies, in bytes, as `pfootprint`:
    /// what ending it would free (`uss`), its memory with shared pages divided
    /// by their number of users (`pss`), and what of it is in `swap`.
    ///
    /// The kernel walks all pages of the process for that: it takes as many
    /// milliseconds as the process has gigabytes, and more.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn memory_footprint<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryFootprint)
    }

    fn _memory_full_info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryFullInfo)
    }

    /// How often the process touched memory that was not there, as
    /// `ppagefaults`: `minor` ones without, `major` ones with reading from a
    /// disk.
    fn page_faults<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::PageFaults)
    }

    /// How often the main thread left its CPU, as `pctxsw`: to wait for
    /// something (`voluntary`), and for another one (`involuntary`).
    fn num_ctx_switches<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::NumCtxSwitches)
    }

    /// Number of threads of the process, with the main thread.
    fn num_threads<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::NumThreads)
    }

    /// ID of the process group: the PID of its first member. `os.killpg()`
    /// takes it.
    fn pgid<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Pgid)
    }

    /// ID of the session: the PID of its first process.
    fn sid<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Sid)
    }

    /// Path of the root directory of the process, as the caller sees it: not
    /// `"/"` after `chroot()` and in many containers.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn root<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Root)
    }

    /// IDs of the supplementary groups of the process, as a list.
    fn groups<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Groups)
    }

    /// Capabilities of the process, as `pcapabilities`: an integer for each
    /// set, with a bit for each capability (that of `CAP_KILL` is `1 << 5`).
    fn capabilities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Capabilities)
    }

    /// Control groups that the process is in, as a list of `pcgroup(hierarchy,
    /// controllers, path)`. The hierarchy 0 is that of version 2.
    fn cgroups<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Cgroups)
    }

    /// How likely the kernel ends the process when memory runs out: from 0
    /// (never) to about 2000.
    fn oom_score<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::OomScore)
    }

    /// Namespaces of the process, as `pnamespaces`: a number (an inode) for
    /// each kind. Two processes are in one namespace if their numbers are
    /// equal.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
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

    /// Name of the kernel's function that the process waits in; `None` if it
    /// runs, or the kernel does not tell.
    fn wait_channel(&self, py: Python<'_>) -> PyResult<Option<String>> {
        self.ask(py, oslens::os::linux::ProcessExt::wait_channel)
    }

    /// PID of the process that debugs this one; `None` if there is none.
    fn tracer_pid(&self, py: Python<'_>) -> PyResult<Option<u32>> {
        Ok(self
            .ask(py, oslens::os::linux::ProcessExt::security)?
            .tracer
            .map(Pid::get))
    }

    /// PIDs of the process in each PID namespace that it is in, from the
    /// caller's to the innermost, where a container's first process is 1.
    fn namespace_pids(&self, py: Python<'_>) -> PyResult<Vec<u32>> {
        let pids = self
            .ask(py, oslens::os::linux::ProcessExt::security)?
            .namespace_pids;
        Ok(pids.into_iter().map(Pid::get).collect())
    }

    /// ID of the user who logged in, whatever `su` and `sudo` made of it;
    /// `None` if nobody did, as for services.
    fn login_uid(&self, py: Python<'_>) -> PyResult<Option<u32>> {
        self.ask(py, oslens::os::linux::ProcessExt::login_uid)
    }

    /// How busy the process keeps the CPUs, in percent of one CPU: above 100
    /// if several of its threads run at once.
    ///
    /// With an `interval` in seconds the call waits so long. Without one it
    /// answers at once, for the time since the last call on this object; the
    /// first answer is 0.0, which is to be ignored.
    ///
    /// >>> oslens.Process().cpu_percent(interval=0.01) >= 0
    /// True
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
        // Not what a oneshot() remembers.
        let read_anew = || self.ask(py, |process| process.read(Fields::CPU_TIMES));
        let percent = match interval {
            Some(interval) => {
                let before = super::cpu_sample(&read_anew()?).map_err(unavailable)?;
                SLEEP.get(py)?.call1((interval,))?;
                let now = super::cpu_sample(&read_anew()?).map_err(unavailable)?;
                // Another thread may have asked meanwhile: this is the time
                // since the beginning of this call all the same.
                self.last_cpu(now);
                super::percent(before, now)
            }
            None => {
                if let Some(value) = self.prefetched(py, Attribute::CpuPercent)? {
                    return Ok(value);
                }
                let row = self.read(py, Fields::CPU_TIMES)?;
                self.cpu_percent_of(&row).map_err(unavailable)?
            }
        };
        Ok(percent.into_pyobject(py)?.into_any())
    }

    /// Memory of the process in percent of the machine's.
    ///
    /// `memtype` says which: a field of `memory_info()` (`"rss"` if it is not
    /// given), of `memory_footprint()` or of `memory_info_ex()`. Raises
    /// `ValueError` for others.
    #[pyo3(signature = (memtype = None), text_signature = "($self, memtype='rss')")]
    fn memory_percent<'py>(
        slf: &Bound<'py, Self>,
        memtype: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, this) = (slf.py(), slf.get());
        let memtype = match memtype {
            None => "rss".to_owned(),
            // As in psutil, of the wrong value, whatever its type.
            Some(memtype) => memtype.str()?.to_string_lossy().into_owned(),
        };
        if memtype == "rss" {
            if let Some(value) = this.prefetched(py, Attribute::MemoryPercent)? {
                return Ok(value);
            }
            if let Some(percent) = overrides::memory_percent(slf, Attribute::MemoryInfo, "rss")? {
                return Ok(percent.into_pyobject(py)?.into_any());
            }
            return this.get_now(py, Attribute::MemoryPercent);
        }
        let mut valid: Vec<String> = Vec::new();
        for (class, attribute) in [
            (&PMEM, Attribute::MemoryInfo),
            (&PFOOTPRINT, Attribute::MemoryFootprint),
            (&PMEM_EX, Attribute::MemoryInfoEx),
        ] {
            let fields: Vec<String> = class.get(py)?.getattr("_fields")?.extract()?;
            if fields.contains(&memtype) {
                if let Some(percent) = overrides::memory_percent(slf, attribute, &memtype)? {
                    return Ok(percent.into_pyobject(py)?.into_any());
                }
                let tuple = match this.prefetched(py, attribute)? {
                    Some(tuple) if tuple.is_instance(class.get(py)?)? => tuple,
                    // Not what stands for it where it could not be read.
                    _ => this.get_now(py, attribute)?,
                };
                let bytes = tuple.getattr(memtype.as_str())?.extract()?;
                let percent = Shared::new(&this.subject()?.host).memory_percent(py, bytes)?;
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

    /// What the memory of the process consists of: files, libraries, heap,
    /// stack.
    ///
    /// With `grouped` it is a list with one `pmmap_grouped` for each file,
    /// else one with a `pmmap_ext` for each mapping, which also has its
    /// addresses and permissions. Sizes are in bytes.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    #[pyo3(signature = (grouped = Flag(true)), text_signature = "($self, grouped=True)")]
    fn memory_maps<'py>(&self, py: Python<'py>, grouped: Flag) -> PyResult<Bound<'py, PyAny>> {
        if grouped.0 {
            return self.extra_method(py, Attribute::MemoryMaps);
        }
        extras::maps(py, &self.ask(py, oslens::process::Process::memory_maps)?)
    }

    /// Regular files that the process has open, as a list of `popenfile(path,
    /// fd, position, mode, flags)`.
    ///
    /// `mode` is that of `open()`, `position` where it is read or written
    /// next. Files that were deleted, sockets, pipes and so on are in
    /// `descriptors()`.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn open_files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.extra_method(py, Attribute::OpenFiles)
    }

    /// All that the process has open, as a list of `pdescriptor`: files (also
    /// deleted ones), directories, devices, sockets, pipes and what else there
    /// is.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn descriptors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        extras::descriptors(py, &self.ask(py, oslens::process::Process::descriptors)?)
    }

    /// Threads of the process, as a list of `pthread(id, user_time,
    /// system_time)`, with times in seconds.
    fn threads<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.extra_method(py, Attribute::Threads)
    }

    /// Threads of the process, as a list of `pthread_ex`: also with their
    /// names, states, CPUs and niceness.
    fn threads_ex<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        extras::threads_ex(py, &self.ask(py, oslens::process::Process::threads)?)
    }

    /// Sockets that the process has open, as a list of `pconn`, seen in its
    /// own network namespace.
    ///
    /// `kind` is that of `oslens.net_connections()`: Internet sockets, if it
    /// is not given.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    #[pyo3(signature = (kind = KindName(Kind::INET)), text_signature = "($self, kind='inet')")]
    fn net_connections<'py>(&self, py: Python<'py>, kind: KindName) -> PyResult<Bound<'py, PyAny>> {
        if kind.0 == Kind::INET {
            return self.extra_method(py, Attribute::NetConnections);
        }
        let extras = self.ask_cheaply(py, |process| {
            let lists = process.lists(Lists::CONNECTIONS, kind.0);
            let connections =
                lists.and_then(|lists| lists.connections.unwrap_or_else(|| Ok(Vec::new())));
            Ok(Extras {
                connections: Some(connections),
                ..Extras::default()
            })
        })?;
        self.extra_value(py, Attribute::NetConnections, &extras)
    }

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
        this.refuse_others(py)?;
        let read =
            py.detach(|| subject.read_and_ask(fields, |process| Extras::read(process, &wanted)));
        let (row, extras) = this.answered(py, read)?;
        let mut shared = Shared::new(&subject.host);
        this.collect(slf, &wish, &row, &extras, &mut shared)
    }

    /// The parent of the process, as a `Process`; `None` if it has none.
    fn parent<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if let Some(parent) = overrides::parent(slf)? {
            return Ok(parent);
        }
        let (py, this) = (slf.py(), slf.get());
        let host = &this.subject()?.host;
        this.ask(py, oslens::process::Process::parent)?
            .map(|parent| Self::object(py, host, parent.id()))
            .transpose()
    }

    /// The parent of the process, its parent and so on, as a list of
    /// `Process`.
    fn parents<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let (py, this) = (slf.py(), slf.get());
        if let Some(parents) = overrides::parents(slf)? {
            return PyList::new(py, parents);
        }
        let host = &this.subject()?.host;
        let objects = this
            .ask(py, oslens::process::Process::parents)?
            .iter()
            .map(|parent| Self::object(py, host, parent.id()))
            .collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, objects)
    }

    /// The children of the process, as a list of `Process`, oldest first. With
    /// `recursive`, each is followed by its own children.
    ///
    /// A process whose parent has ended is no child of its grandparent.
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
