//! `oslens.processes()` and `oslens.Sampler`: all processes as a table.

use std::sync::{
    Mutex, TryLockError,
    atomic::{AtomicU32, Ordering},
};

use oslens::{
    Field, Host, Unavailable,
    process::{Fields, Pid, ProcessDelta, ProcessRow},
};
use pyo3::{
    exceptions::PyRuntimeError,
    prelude::*,
    types::{PyBytes, PyDict, PyList, PyTuple, PyType},
};

use super::{
    attributes::{self, Attribute, Missing, or_nothing},
    lock,
    platform::{self, COLUMNS, Number},
    shared::Shared,
};
use crate::{
    arguments::{Flag, several, text},
    host,
    objects::{Imported, named_tuple, one_decimal},
};

/// Stands for a missing integer in a column; a missing float is NaN.
const MISSING: i64 = i64::MIN;

/// What is in a table: a field of rows, or what a process used since the
/// sample before.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Of(Attribute),
    Rate(Rate),
}

#[derive(Clone, Copy)]
pub(crate) enum Rate {
    Cpu,
    ReadBytes,
    WriteBytes,
    MinorFaults,
    MajorFaults,
    CtxSwitches,
}

impl Rate {
    const ALL: [(&str, Self, Fields); 6] = [
        ("cpu_percent", Self::Cpu, Fields::CPU_TOTAL),
        (
            "read_bytes_per_second",
            Self::ReadBytes,
            Fields::IO_COUNTERS,
        ),
        (
            "write_bytes_per_second",
            Self::WriteBytes,
            Fields::IO_COUNTERS,
        ),
        (
            "minor_faults_per_second",
            Self::MinorFaults,
            Fields::PAGE_FAULTS,
        ),
        (
            "major_faults_per_second",
            Self::MajorFaults,
            Fields::PAGE_FAULTS,
        ),
        (
            "ctx_switches_per_second",
            Self::CtxSwitches,
            Fields::CTX_SWITCHES,
        ),
    ];

    fn of(self, delta: &ProcessDelta) -> Field<f64> {
        match self {
            Self::Cpu => delta.cpu.map(|cpu| one_decimal(cpu * 100.0)),
            Self::ReadBytes => delta.read_bytes_per_second,
            Self::WriteBytes => delta.write_bytes_per_second,
            Self::MinorFaults => delta.minor_faults_per_second,
            Self::MajorFaults => delta.major_faults_per_second,
            Self::CtxSwitches => delta.ctx_switches_per_second,
        }
    }
}

fn value<'py>(
    py: Python<'py>,
    part: Part,
    row: &ProcessRow,
    delta: Option<&ProcessDelta>,
    shared: &mut Shared,
    missing: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    match part {
        Part::Of(attribute) => match attributes::of_row(py, attribute, row, shared) {
            Ok(value) => Ok(value),
            Err(Missing::Because(_)) => Ok(missing.clone()),
            Err(Missing::Raised(error)) => Err(error),
        },
        Part::Rate(rate) => match delta.and_then(|delta| rate.of(delta).ok()) {
            Some(rate) => Ok(rate.into_pyobject(py)?.into_any()),
            None => Ok(missing.clone()),
        },
    }
}

/// A list of named tuples.
fn tuples<'py, 'a>(
    class: &Bound<'py, PyType>,
    parts: &[Part],
    rows: impl Iterator<Item = (&'a ProcessRow, Option<ProcessDelta>)>,
    shared: &mut Shared,
    missing: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    let mut values = Vec::with_capacity(parts.len());
    let mut made = Vec::new();
    for (row, delta) in rows {
        for &part in parts {
            values.push(value(py, part, row, delta.as_ref(), shared, missing)?);
        }
        made.push(named_tuple(class, &PyTuple::new(py, values.drain(..))?)?);
    }
    Ok(PyList::new(py, made)?.into_any())
}

enum Column {
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Objects(Vec<Py<PyAny>>),
}

fn integer<T: TryInto<i64>>(field: Field<T>) -> i64 {
    field
        .ok()
        .and_then(|value| value.try_into().ok())
        .unwrap_or(MISSING)
}

/// A part that not every system or kernel counts.
pub(super) fn part_of<T, P>(field: Field<T>, part: impl FnOnce(T) -> Option<P>) -> Field<P> {
    part(field?).ok_or(Unavailable::Unsupported)
}

/// The column of an attribute that is one number, or of a part of one that
/// is several.
fn numbers(
    part: Part,
    name: &str,
    rows: &[(&ProcessRow, Option<ProcessDelta>)],
) -> Vec<(String, Column)> {
    macro_rules! integers {
        ($($suffix:literal => $value:expr),* $(,)?) => {
            vec![$((
                match $suffix {
                    "" => name.to_owned(),
                    suffix => format!("{name}.{suffix}"),
                },
                Column::Integers(rows.iter().map(|(row, _)| integer($value(*row))).collect()),
            )),*]
        };
    }
    macro_rules! floats {
        ($($suffix:literal => $value:expr),* $(,)?) => {
            vec![$((
                match $suffix {
                    "" => name.to_owned(),
                    suffix => format!("{name}.{suffix}"),
                },
                Column::Floats(
                    rows.iter()
                        .map(|(row, _)| {
                            let value: Field<f64> = $value(*row);
                            value.unwrap_or(f64::NAN)
                        })
                        .collect(),
                ),
            )),*]
        };
    }
    let attribute = match part {
        Part::Of(attribute) => attribute,
        Part::Rate(rate) => {
            let rates = rows
                .iter()
                .map(|(_, delta)| delta.as_ref().and_then(|delta| rate.of(delta).ok()))
                .map(|rate| rate.unwrap_or(f64::NAN));
            return vec![(name.to_owned(), Column::Floats(rates.collect()))];
        }
    };
    match attribute {
        Attribute::Pid => integers!("" => |row: &ProcessRow| Ok(row.pid.get())),
        Attribute::Ppid => {
            integers!("" => |row: &ProcessRow| row.ppid.map(oslens::process::Pid::get))
        }
        Attribute::Pgid => {
            integers!("" => |row: &ProcessRow| row.pgid.map(oslens::process::Pid::get))
        }
        Attribute::Sid => {
            integers!("" => |row: &ProcessRow| row.sid.map(oslens::process::Pid::get))
        }
        Attribute::Rss => integers!("" => |row: &ProcessRow| or_nothing(row.rss)),
        Attribute::Vms => integers!("" => |row: &ProcessRow| or_nothing(row.vms)),
        Attribute::EffectiveUid => integers!("" => |row: &ProcessRow| row.effective_uid),
        Attribute::CpuNum => integers!("" => |row: &ProcessRow| row.cpu_num),
        Attribute::Nice => integers!("" => |row: &ProcessRow| row.nice),
        Attribute::NumThreads => integers!("" => |row: &ProcessRow| row.num_threads),
        Attribute::NumFds | Attribute::NumHandles => {
            integers!("" => |row: &ProcessRow| or_nothing(row.num_fds))
        }
        Attribute::OomScore => integers!("" => |row: &ProcessRow| row.oom_score),
        Attribute::Uids => integers!(
            "real" => |row: &ProcessRow| row.uids.map(|of| of.real),
            "effective" => |row: &ProcessRow| row.uids.map(|of| of.effective),
            "saved" => |row: &ProcessRow| row.uids.map(|of| of.saved),
        ),
        Attribute::Gids => integers!(
            "real" => |row: &ProcessRow| row.gids.map(|of| of.real),
            "effective" => |row: &ProcessRow| row.gids.map(|of| of.effective),
            "saved" => |row: &ProcessRow| row.gids.map(|of| of.saved),
        ),
        Attribute::PageFaults => integers!(
            "minor" => |row: &ProcessRow| row.page_faults.map(|of| of.minor),
            "major" => |row: &ProcessRow| row.page_faults.map(|of| of.major),
        ),
        Attribute::NumCtxSwitches => integers!(
            "voluntary" => |row: &ProcessRow| row.ctx_switches.map(|of| of.voluntary),
            "involuntary" => |row: &ProcessRow| part_of(row.ctx_switches, |of| of.involuntary),
        ),
        Attribute::CreateTime => floats!(
            "" => |row: &ProcessRow| row.create_time.map(crate::system::epoch_seconds),
        ),
        // The rest has other parts on each system, or none that are numbers.
        _ => {
            let parts = COLUMNS.iter().filter(|(of, ..)| *of == attribute);
            let column = |&(_, part, number): &platform::Part| {
                let values = rows.iter().map(|(row, _)| *row);
                let values = match number {
                    Number::Integer(of) => {
                        Column::Integers(values.map(|row| integer(of(row))).collect())
                    }
                    Number::Float(of) => {
                        Column::Floats(values.map(|row| of(row).unwrap_or(f64::NAN)).collect())
                    }
                };
                (format!("{name}.{part}"), values)
            };
            parts.map(column).collect()
        }
    }
}

/// A dict of columns: `array.array` for numbers, lists for the rest.
fn columns<'py, 'a>(
    py: Python<'py>,
    parts: &[Part],
    names: &[String],
    rows: impl Iterator<Item = (&'a ProcessRow, Option<ProcessDelta>)>,
    shared: &mut Shared,
    missing: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    static ARRAY: Imported = Imported::new("array", "array");
    let rows: Vec<_> = rows.collect();
    let dict = PyDict::new(py);
    for (&part, name) in parts.iter().zip(names) {
        let mut made = py.detach(|| numbers(part, name, &rows));
        if made.is_empty() {
            let mut objects = Vec::with_capacity(rows.len());
            for (row, delta) in &rows {
                objects.push(value(py, part, row, delta.as_ref(), shared, missing)?.unbind());
            }
            made.push((name.clone(), Column::Objects(objects)));
        }
        for (name, column) in made {
            let column = match column {
                Column::Integers(values) => {
                    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_ne_bytes()).collect();
                    ARRAY.get(py)?.call1(("q", PyBytes::new(py, &bytes)))?
                }
                Column::Floats(values) => {
                    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_ne_bytes()).collect();
                    ARRAY.get(py)?.call1(("d", PyBytes::new(py, &bytes)))?
                }
                Column::Objects(values) => PyList::new(py, values)?.into_any(),
            };
            dict.set_item(name, column)?;
        }
    }
    Ok(dict.into_any())
}

/// The table of all processes, for `oslens.processes()`: named tuples of the
/// class, or columns where there is none.
#[pyfunction]
pub(crate) fn _processes<'py>(
    py: Python<'py>,
    names: &Bound<'py, PyAny>,
    class_of: Option<&Bound<'py, PyAny>>,
    missing: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let wanted = attributes::parse_for_rows(names)?;
    let class = match class_of {
        Some(class_of) => Some(class_of.call1((names,))?.cast_into::<PyType>()?),
        None => None,
    };
    let host = host::current(py)?;
    let fields = attributes::fields(&wanted);
    let rows = py
        .detach(|| host.processes_in_parallel(fields))
        .map_err(|error| crate::error::exception(py, &error))?;
    let parts: Vec<_> = wanted.iter().map(|one| Part::Of(*one)).collect();
    let mut shared = Shared::new(&host);
    let rows = rows.iter().map(|row| (row, None));
    match &class {
        Some(class) => tuples(class, &parts, rows, &mut shared, missing),
        None => {
            let names: Vec<_> = wanted.iter().map(|one| one.as_str().to_owned()).collect();
            columns(py, &parts, &names, rows, &mut shared, missing)
        }
    }
}

/// Looks at all processes again and again, for less than the first time costs.
///
/// `fields` are those of `processes()`, and rates since the sample before:
/// "cpu_percent", "read_bytes_per_second", "write_bytes_per_second",
/// "minor_faults_per_second", "major_faults_per_second" and
/// "ctx_switches_per_second".
///
/// >>> sampler = oslens.Sampler(["pid", "name", "cpu_percent"])
/// >>> first, second = sampler.sample(), sampler.sample()
/// >>> all(process.cpu_percent is None for process in first)
/// True
#[pyclass(module = "oslens", frozen)]
pub(crate) struct Sampler {
    host: Host,
    parts: Vec<Part>,
    names: Vec<String>,
    class: Py<PyType>,
    fields: Fields,
    /// `None` while a thread works with it.
    sampler: Mutex<Option<oslens::process::Sampler>>,
    /// The process of the thread that took it last.
    taken_by: AtomicU32,
}

impl Sampler {
    /// The native one, if no other thread works with it.
    fn take(&self) -> Option<oslens::process::Sampler> {
        // Not waited for: a fork may find it held by a thread that does not
        // live on in the child.
        let mut present = match self.sampler.try_lock() {
            Ok(present) => present,
            Err(TryLockError::Poisoned(present)) => present.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        let me = Pid::current().get();
        let taken = match present.take() {
            // A thread of the parent has it, and was not forked.
            None if self.taken_by.load(Ordering::Relaxed) != me => self.host.sampler(self.fields),
            taken => taken?,
        };
        self.taken_by.store(me, Ordering::Relaxed);
        Some(taken)
    }
}

#[pymethods]
impl Sampler {
    #[new]
    fn new(py: Python<'_>, fields: &Bound<'_, PyAny>) -> PyResult<Self> {
        static CLASS: Imported = Imported::new("oslens._process", "_row_class");
        let mut names: Vec<String> = Vec::new();
        for name in several("fields", fields)? {
            names.push(text("fields", &name?)?);
        }
        let mut parts = Vec::new();
        let mut wanted = Fields::empty();
        for name in &names {
            match Rate::ALL.iter().find(|(known, ..)| known == name) {
                Some((_, rate, fields)) => {
                    wanted |= *fields;
                    parts.push(Part::Rate(*rate));
                }
                None => {
                    let one = attributes::parse_for_rows(PyList::new(py, [name])?.as_any())?;
                    wanted |= attributes::fields(&one);
                    parts.extend(one.into_iter().map(Part::Of));
                }
            }
        }
        let host = host::current(py)?;
        let sampler = host.sampler(wanted);
        let class = CLASS.get(py)?.call1((PyTuple::new(py, &names)?,))?;
        Ok(Self {
            host,
            parts,
            names,
            class: class.cast_into::<PyType>()?.unbind(),
            fields: wanted,
            sampler: Mutex::new(Some(sampler)),
            taken_by: AtomicU32::new(0),
        })
    }

    /// All processes as they are now: a list of named tuples, or with
    /// `columns` a dict of columns, as of `processes()`. What is missing, as
    /// every rate is in the first sample, is `None`; in columns of floats NaN,
    /// of integers -2**63.
    ///
    /// Raises `RuntimeError` if another thread is sampling with this object. In
    /// the child of a fork at such a moment, it begins anew.
    #[pyo3(signature = (columns = Flag(false)), text_signature = "($self, columns=False)")]
    fn sample<'py>(&self, py: Python<'py>, columns: Flag) -> PyResult<Bound<'py, PyAny>> {
        // Not locked while it works: another thread gets an error at once.
        let Some(mut sampler) = self.take() else {
            return Err(PyRuntimeError::new_err(
                "this Sampler is at work in another thread",
            ));
        };
        let (sampler, result) = py.detach(move || {
            let result = sampler.sample().map(drop);
            (sampler, result)
        });
        let made = result
            .map_err(|error| crate::error::exception(py, &error))
            .and_then(|()| {
                let sample = sampler.last();
                let mut shared = Shared::new(&self.host);
                let missing = py.None().into_bound(py);
                let rows = sample.rows().iter().map(|row| (row, sample.delta(row)));
                if columns.0 {
                    self::columns(py, &self.parts, &self.names, rows, &mut shared, &missing)
                } else {
                    tuples(
                        self.class.bind(py),
                        &self.parts,
                        rows,
                        &mut shared,
                        &missing,
                    )
                }
            });
        *lock(&self.sampler) = Some(sampler);
        made
    }
}
