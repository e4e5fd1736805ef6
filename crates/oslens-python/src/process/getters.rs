//! What a process is and does: methods that read.

use oslens::process::Fields;
use pyo3::{exceptions::PyValueError, prelude::*};

use super::{ProcessBase, attributes::Attribute, overrides, shared::Shared, values};
use crate::{arguments::seconds, objects::Imported};

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
        if let Some(value) = self.prefetched(py, Attribute::Cwd)? {
            return Ok(value);
        }
        match self.quick(py, |process| py.detach(|| process.cwd()))? {
            Some(path) => Ok(path.as_os_str().into_pyobject(py)?.into_any()),
            None => self.get(py, Attribute::Cwd),
        }
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
                let before = values::cpu_sample(&read_anew()?).map_err(unavailable)?;
                SLEEP.get(py)?.call1((interval,))?;
                let now = values::cpu_sample(&read_anew()?).map_err(unavailable)?;
                // Another thread may have asked meanwhile: this is the time
                // since the beginning of this call all the same.
                self.last_cpu(now);
                values::percent(before, now)
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
            if !attribute.is_here() {
                continue;
            }
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
}
