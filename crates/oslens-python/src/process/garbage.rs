//! What the garbage collector has to know: what callers gave to a process may
//! lead back to it.

use pyo3::{PyTraverseError, PyVisit, prelude::*};

use super::ProcessBase;

// Nothing is waited for here: whoever holds a lock keeps what it protects
// alive for this time.

#[pymethods]
impl ProcessBase {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Ok(known) = self.known.try_lock() {
            for object in [&known.name, &known.exe, &known.exit] {
                visit.call(object)?;
            }
        }
        if let Ok(prefetched) = self.prefetched.try_lock() {
            for (_, values) in prefetched.iter() {
                visit.call(values)?;
            }
        }
        visit.call(self.created.get())
    }

    fn __clear__(&self) {
        // The values that callers gave; others lead nowhere.
        let prefetched = self
            .prefetched
            .try_lock()
            .map(|mut all| std::mem::take(&mut *all));
        drop(prefetched);
    }
}
