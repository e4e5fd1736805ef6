//! What only Linux lets one set.

use oslens::{
    os::linux::ProcessExt as _,
    process::{IoClass, Process},
};
use pyo3::{exceptions::PyValueError, prelude::*};

use super::values;
use crate::{
    arguments::integer,
    process::{ProcessBase, attributes::Attribute},
};

fn io_class(class: i64) -> PyResult<IoClass> {
    Ok(match class {
        0 => IoClass::None,
        1 => IoClass::RealTime,
        2 => IoClass::BestEffort,
        3 => IoClass::Idle,
        other => {
            return Err(PyValueError::new_err(format!(
                "invalid ioclass {other}; valid ones are IOPRIO_CLASS_NONE (0), \
                 IOPRIO_CLASS_RT (1), IOPRIO_CLASS_BE (2) and IOPRIO_CLASS_IDLE (3)"
            )));
        }
    })
}

#[pymethods]
impl ProcessBase {
    /// The priority of the process at disks, as `pionice(ioclass, value)`.
    /// With an `ioclass` (an `IOPRIO_CLASS_…` constant) and a `value` from 0
    /// (first) to 7, sets it.
    ///
    /// `IOPRIO_CLASS_NONE` and `IOPRIO_CLASS_IDLE` have no values. Only root
    /// sets `IOPRIO_CLASS_RT`.
    #[pyo3(signature = (ioclass = None, value = None))]
    fn ionice<'py>(
        &self,
        py: Python<'py>,
        ioclass: Option<&Bound<'py, PyAny>>,
        value: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(ioclass) = ioclass else {
            if value.is_some() {
                return Err(PyValueError::new_err(
                    "value of ionice needs an ioclass: IOPRIO_CLASS_RT or IOPRIO_CLASS_BE",
                ));
            }
            if let Some(value) = self.prefetched(py, Attribute::Ionice)? {
                return Ok(Some(value));
            }
            if let Some(of) = self.quick(py, Process::ionice)? {
                return values::ionice(py, of).map(Some);
            }
            return self.get(py, Attribute::Ionice).map(Some);
        };
        let class = io_class(integer("ioclass", ioclass)?)?;
        let value = value.map_or(Ok(0), |value| integer("value", value))?;
        if value != 0 && matches!(class, IoClass::None | IoClass::Idle) {
            return Err(PyValueError::new_err(format!(
                "value {value} of ionice: IOPRIO_CLASS_NONE and IOPRIO_CLASS_IDLE have none but 0"
            )));
        }
        let value = u8::try_from(value)
            .ok()
            .filter(|value| *value <= 7)
            .ok_or_else(|| {
                PyValueError::new_err(format!("value {value} of ionice is not from 0 to 7"))
            })?;
        self.refuse_zero("ionice")?;
        self.ask(py, |process| process.set_ionice(class, value))?;
        Ok(None)
    }

    /// What is added to the likeliness that the kernel ends the process when
    /// memory runs out, from -1000 (never) to 1000 (first). With a `value`,
    /// sets it; only root lowers it.
    #[pyo3(signature = (value = None))]
    fn oom_score_adj(
        &self,
        py: Python<'_>,
        value: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<i16>> {
        match value {
            None => self
                .ask(py, oslens::os::linux::ProcessExt::oom_score_adjustment)
                .map(Some),
            Some(value) => {
                let value = integer("value", value)?;
                let value = i16::try_from(value)
                    .ok()
                    .filter(|value| (-1000..=1000).contains(value))
                    .ok_or_else(|| {
                        let text = format!("value must be from -1000 to 1000, not {value}");
                        PyValueError::new_err(text)
                    })?;
                self.ask(py, |process| process.set_oom_score_adjustment(value))?;
                Ok(None)
            }
        }
    }
}
