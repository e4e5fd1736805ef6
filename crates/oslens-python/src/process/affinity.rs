//! Which CPUs a process may run on: where the kernel lets that be chosen.

use oslens::{ErrorKind, process::Process};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::PyList,
};

use super::{ProcessBase, attributes::Attribute};
use crate::arguments::type_name;

#[pymethods]
impl ProcessBase {
    /// Numbers of the CPUs that the process may run on, as a list. With
    /// `cpus`, a list of numbers, lets it run on these only; with an empty
    /// list on all. CPUs that the machine does not have are ignored.
    ///
    /// Raises `ValueError` if it has none of them.
    #[pyo3(signature = (cpus = None))]
    fn cpu_affinity<'py>(
        &self,
        py: Python<'py>,
        cpus: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(cpus) = cpus else {
            if let Some(value) = self.prefetched(py, Attribute::CpuAffinity)? {
                return Ok(Some(value));
            }
            if let Some(cpus) = self.quick(py, Process::cpu_affinity)? {
                return Ok(Some(PyList::new(py, cpus)?.into_any()));
            }
            return self.get(py, Attribute::CpuAffinity).map(Some);
        };
        let mut numbers = Vec::new();
        let all = cpus.try_iter().map_err(|error| {
            if error.is_instance_of::<PyTypeError>(py) {
                return PyTypeError::new_err(format!(
                    "cpus must be a list of integers, not {}",
                    type_name(cpus)
                ));
            }
            error
        })?;
        for cpu in all {
            let cpu = cpu?;
            let number: i64 = cpu.extract().map_err(|_| {
                PyTypeError::new_err(format!(
                    "cpus must be a list of integers, not of {}",
                    type_name(&cpu)
                ))
            })?;
            numbers.push(u32::try_from(number).map_err(|_| {
                PyValueError::new_err(format!("invalid CPU {number} in cpus: they go from 0"))
            })?);
        }
        self.refuse_zero("cpu_affinity")?;
        let host = &self.subject()?.host;
        self.ask(py, |process: &Process| {
            if numbers.is_empty() {
                numbers.extend(host.cpu_times_per_cpu()?.iter().map(|cpu| cpu.cpu));
            }
            match process.set_cpu_affinity(&numbers) {
                Err(error) if error.kind() == ErrorKind::InvalidInput => {
                    // As the kernel does: those that there are not count for
                    // nothing beside others.
                    let mut there = numbers.clone();
                    let online = host.cpu_times_per_cpu()?;
                    there.retain(|number| online.iter().any(|cpu| cpu.cpu == *number));
                    if there.is_empty() || there.len() == numbers.len() {
                        return Err(error);
                    }
                    process.set_cpu_affinity(&there)
                }
                done => done,
            }
        })?;
        Ok(None)
    }
}
