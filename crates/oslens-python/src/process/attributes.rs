//! The attributes of a process by name, and their values as Python objects.

use std::path::Path;

use oslens::{
    Unavailable,
    process::{Fields, Pid, ProcessRow, State},
};
use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    types::{PyDict, PyFrozenSet, PyList, PyString},
};

use super::{platform, shared::Shared};
use crate::{
    arguments::several,
    objects::{Members, PCTXSW, PGIDS, PPAGEFAULTS, PUIDS},
    system::epoch_seconds,
};

/// Why there is no value: a reason that callers may take for an answer, or
/// an exception.
pub(crate) enum Missing {
    Because(Unavailable),
    Raised(PyErr),
}

impl From<Unavailable> for Missing {
    fn from(why: Unavailable) -> Self {
        Self::Because(why)
    }
}

impl From<PyErr> for Missing {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

impl From<std::convert::Infallible> for Missing {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

pub(crate) type Value<'py> = Result<Bound<'py, PyAny>, Missing>;

macro_rules! attributes {
    ($($(#[$doc:meta])* $attribute:ident = $name:literal, $fields:expr;)*) => {
        /// What can be asked by name.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Attribute {
            $($(#[$doc])* $attribute,)*
        }

        impl Attribute {
            /// All, by name.
            const ALL: &[Self] = &[$(Self::$attribute,)*];

            /// Its name, which is also the method's.
            pub(crate) fn name<'py>(self, py: Python<'py>) -> &'py Bound<'py, PyString> {
                match self {
                    $(Self::$attribute => pyo3::intern!(py, $name),)*
                }
            }

            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$attribute => $name,)*
                }
            }

            /// What is read of a row for it.
            pub(crate) const fn fields(self) -> Fields {
                match self {
                    $(Self::$attribute => $fields,)*
                }
            }
        }
    };
}

attributes! {
    Cmdline = "cmdline", Fields::CMDLINE;
    CpuAffinity = "cpu_affinity", Fields::CPU_AFFINITY;
    CpuNum = "cpu_num", Fields::CPU_NUM;
    CpuPercent = "cpu_percent", Fields::CPU_TIMES;
    CpuTimes = "cpu_times", Fields::CPU_TIMES;
    CreateTime = "create_time", Fields::CREATE_TIME;
    Cwd = "cwd", Fields::CWD;
    Environ = "environ", Fields::ENVIRON;
    Exe = "exe", Fields::EXE;
    Gids = "gids", Fields::GIDS;
    IoCounters = "io_counters", Fields::IO_COUNTERS;
    Ionice = "ionice", Fields::IONICE;
    MemoryFootprint = "memory_footprint", Fields::MEMORY_FOOTPRINT;
    MemoryInfo = "memory_info", platform::MEMORY_INFO;
    MemoryInfoEx = "memory_info_ex", platform::MEMORY_INFO_EX;
    MemoryMaps = "memory_maps", Fields::empty();
    MemoryPercent = "memory_percent", Fields::MEMORY_INFO;
    Name = "name", Fields::NAME;
    NetConnections = "net_connections", Fields::empty();
    Nice = "nice", Fields::NICE;
    NumCtxSwitches = "num_ctx_switches", Fields::CTX_SWITCHES;
    NumFds = "num_fds", Fields::NUM_FDS;
    NumHandles = "num_handles", Fields::NUM_FDS;
    NumThreads = "num_threads", Fields::NUM_THREADS;
    OpenFiles = "open_files", Fields::empty();
    PageFaults = "page_faults", Fields::PAGE_FAULTS;
    Pid = "pid", Fields::empty();
    Ppid = "ppid", Fields::PPID;
    Status = "status", Fields::STATE;
    Terminal = "terminal", Fields::TERMINAL;
    Threads = "threads", Fields::empty();
    Uids = "uids", Fields::UIDS;
    Username = "username", platform::USERNAME;
    // From here on psutil has none of these by default.
    MemoryFullInfo = "memory_full_info", platform::FULL_INFO;
    Capabilities = "capabilities", Fields::CAPABILITIES;
    Cgroups = "cgroups", Fields::CGROUP;
    EffectiveUid = "effective_uid", Fields::EFFECTIVE_UID;
    Groups = "groups", Fields::GROUPS;
    OomScore = "oom_score", Fields::OOM_SCORE;
    Pgid = "pgid", Fields::PGID;
    Root = "root", Fields::ROOT;
    Rss = "rss", Fields::RSS;
    Sid = "sid", Fields::SID;
    Vms = "vms", Fields::VMS;
}

/// How many of [`Attribute::ALL`] are psutil's.
const PSUTIL: usize = Attribute::MemoryFullInfo as usize;

impl Attribute {
    /// Those that this system has.
    fn all() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|one| one.is_here())
    }

    /// psutil's, in alphabetical order.
    pub(crate) fn standard() -> impl Iterator<Item = Self> {
        let psutil = Self::ALL.get(..PSUTIL).unwrap_or_default();
        psutil.iter().copied().filter(|one| one.is_here())
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::all().find(|one| one.as_str() == name)
    }

    pub(crate) fn is_here(self) -> bool {
        !platform::LACKS.contains(&self)
    }

    /// Whether a row has it: the others are read for each process.
    pub(crate) const fn is_in_rows(self) -> bool {
        !matches!(
            self,
            Self::MemoryMaps
                | Self::NetConnections
                | Self::OpenFiles
                | Self::Threads
                | Self::CpuPercent
        )
    }

    /// Whether `Process` has a method of this name.
    const fn is_method(self) -> bool {
        !matches!(self, Self::EffectiveUid | Self::Rss | Self::Vms)
    }
}

/// `Process.attrs`.
pub(crate) fn names(py: Python<'_>) -> PyResult<Bound<'_, PyFrozenSet>> {
    PyFrozenSet::new(py, Attribute::standard().map(|one| one.name(py)))
}

/// The attributes of these names, in their order.
pub(crate) fn parse(names: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<Attribute>> {
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for name in names.try_iter()? {
        let name = name?;
        let attribute = name
            .cast::<PyString>()
            .ok()
            .and_then(|text| Attribute::of_name(&text.to_string_lossy()))
            .filter(|one| one.is_method());
        match attribute {
            Some(one) => known.push(one),
            None => unknown.push(name.repr()?.to_string()),
        }
    }
    if unknown.is_empty() {
        return Ok(known);
    }
    let plural = if unknown.len() == 1 { "" } else { "s" };
    let valid: Vec<_> = Attribute::standard().map(Attribute::as_str).collect();
    Err(PyValueError::new_err(format!(
        "invalid name{plural} in {argument}: {}; valid ones are {}",
        unknown.join(", "),
        valid.join(", "),
    )))
}

/// The attributes of these names that rows have.
pub(crate) fn parse_for_rows(names: &Bound<'_, PyAny>) -> PyResult<Vec<Attribute>> {
    let mut known = Vec::new();
    for name in several("fields", names)? {
        let name = name?;
        let attribute = name
            .cast::<PyString>()
            .ok()
            .and_then(|text| Attribute::of_name(&text.to_string_lossy()))
            .filter(|one| one.is_in_rows());
        let Some(attribute) = attribute else {
            let valid: Vec<_> = Attribute::all()
                .filter(|one| one.is_in_rows())
                .map(Attribute::as_str)
                .collect();
            return Err(PyValueError::new_err(format!(
                "invalid field {}; valid ones are {}",
                name.repr()?,
                valid.join(", "),
            )));
        };
        known.push(attribute);
    }
    Ok(known)
}

/// What is read for all of these.
pub(crate) fn fields(attributes: &[Attribute]) -> Fields {
    attributes
        .iter()
        .fold(Fields::empty(), |all, one| all | one.fields())
}

static STATES: Members<14> = Members::new(
    "oslens._enums",
    "ProcessStatus",
    [
        "STATUS_RUNNING",
        "STATUS_SLEEPING",
        "STATUS_DISK_SLEEP",
        "STATUS_STOPPED",
        "STATUS_TRACING_STOP",
        "STATUS_ZOMBIE",
        "STATUS_DEAD",
        "STATUS_WAKE_KILL",
        "STATUS_WAKING",
        "STATUS_IDLE",
        "STATUS_LOCKED",
        "STATUS_WAITING",
        "STATUS_SUSPENDED",
        "STATUS_PARKED",
    ],
);

/// The member for a state; "?" for one that has none.
pub(crate) fn status<'py>(py: Python<'py>, state: State) -> PyResult<Bound<'py, PyAny>> {
    let at = match state {
        State::Running => 0,
        State::Sleeping => 1,
        State::DiskSleep => 2,
        State::Stopped => 3,
        State::TracingStop => 4,
        State::Zombie => 5,
        State::Dead => 6,
        State::WakeKill => 7,
        State::Waking => 8,
        State::Idle => 9,
        State::Locked => 10,
        State::Waiting => 11,
        State::Suspended => 12,
        State::Parked => 13,
        _ => usize::MAX,
    };
    Ok(match STATES.get(py, at)? {
        Some(member) => member.clone(),
        None => pyo3::intern!(py, "?").clone().into_any(),
    })
}

/// The bytes of a zombie are counted, as none; of others they are known or
/// not.
pub(crate) fn or_nothing<T: Default>(field: oslens::Field<T>) -> Result<T, Unavailable> {
    match field {
        Err(Unavailable::Zombie) => Ok(T::default()),
        field => field,
    }
}

fn path<'py>(py: Python<'py>, path: &Path) -> PyResult<Bound<'py, PyAny>> {
    Ok(path.as_os_str().into_pyobject(py)?.into_any())
}

fn pid<'py>(py: Python<'py>, pid: Pid) -> Value<'py> {
    Ok(pid.get().into_pyobject(py)?.into_any())
}

/// The value of an attribute that a row has.
pub(crate) fn of_row<'py>(
    py: Python<'py>,
    attribute: Attribute,
    row: &ProcessRow,
    shared: &mut Shared,
) -> Value<'py> {
    macro_rules! number {
        ($value:expr) => {
            Ok($value.into_pyobject(py)?.into_any())
        };
    }
    macro_rules! tuple {
        ($class:ident, $values:expr) => {
            Ok($class.of(py, $values)?)
        };
    }
    match attribute {
        Attribute::Pid => pid(py, row.pid),
        Attribute::Ppid => pid(py, row.ppid?),
        Attribute::Pgid => pid(py, row.pgid?),
        Attribute::Sid => pid(py, row.sid?),
        Attribute::Name => {
            let name = row.name.as_ref().map_err(|why| *why)?;
            Ok(name.into_pyobject(py)?.into_any())
        }
        Attribute::Cmdline => {
            let arguments = row.cmdline.as_ref().map_err(|why| *why)?;
            Ok(PyList::new(py, arguments)?.into_any())
        }
        Attribute::Environ => {
            let dict = PyDict::new(py);
            for (name, value) in row.environ.as_ref().map_err(|why| *why)? {
                dict.set_item(platform::environ_name(name), value)?;
            }
            Ok(dict.into_any())
        }
        Attribute::Exe => match row.exe.as_ref().map_err(|why| *why)? {
            Some(exe) => Ok(path(py, exe)?),
            None => Ok(pyo3::intern!(py, "").clone().into_any()),
        },
        Attribute::Cwd | Attribute::Root => {
            let cell = match attribute {
                Attribute::Cwd => &row.cwd,
                _ => &row.root,
            };
            match cell {
                Ok(directory) => Ok(path(py, directory)?),
                Err(Unavailable::Unsupported) => Ok(pyo3::intern!(py, "").clone().into_any()),
                Err(why) => Err((*why).into()),
            }
        }
        Attribute::Terminal => match &row.terminal {
            Ok(Some(terminal)) => Ok(path(py, terminal)?),
            // A device without a name is none to psutil.
            Ok(None) | Err(Unavailable::Unsupported) => Ok(py.None().into_bound(py)),
            Err(why) => Err((*why).into()),
        },
        Attribute::Status => match row.state {
            Ok(state) => Ok(status(py, state)?),
            Err(Unavailable::Zombie) => Ok(status(py, State::Zombie)?),
            Err(why) => Err(why.into()),
        },
        Attribute::CreateTime => number!(epoch_seconds(row.create_time?)),
        Attribute::CpuNum => number!(row.cpu_num?),
        Attribute::NumThreads => number!(row.num_threads?),
        // A zombie has closed all that it had.
        Attribute::NumFds | Attribute::NumHandles => number!(or_nothing(row.num_fds)?),
        Attribute::OomScore => number!(row.oom_score?),
        Attribute::Rss => number!(or_nothing(row.rss)?),
        Attribute::Vms => number!(or_nothing(row.vms)?),
        Attribute::EffectiveUid => number!(row.effective_uid?),
        Attribute::PageFaults => {
            let of = row.page_faults?;
            tuple!(PPAGEFAULTS, (of.minor, of.major))
        }
        Attribute::NumCtxSwitches => {
            let of = row.ctx_switches?;
            tuple!(PCTXSW, (of.voluntary, of.involuntary.unwrap_or(0)))
        }
        Attribute::Uids => {
            let of = row.uids?;
            tuple!(PUIDS, (of.real, of.effective, of.saved))
        }
        Attribute::Gids => {
            let of = row.gids?;
            tuple!(PGIDS, (of.real, of.effective, of.saved))
        }
        Attribute::Groups => {
            let groups = row.groups.as_ref().map_err(|why| *why)?;
            Ok(PyList::new(py, groups)?.into_any())
        }
        Attribute::CpuAffinity => {
            let cpus = row.cpu_affinity.as_ref().map_err(|why| *why)?;
            Ok(PyList::new(py, cpus)?.into_any())
        }
        Attribute::MemoryPercent => {
            let of = or_nothing(row.memory_info)?;
            number!(shared.memory_percent(py, of.rss)?)
        }
        Attribute::MemoryMaps
        | Attribute::NetConnections
        | Attribute::OpenFiles
        | Attribute::Threads
        | Attribute::CpuPercent => Err(Unavailable::NotRequested.into()),
        // The rest has other fields on each system.
        _ => platform::value(py, attribute, row, shared),
    }
}
