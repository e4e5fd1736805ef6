//! Waiting for the end of several processes at once, `wait_procs()`, where no
//! descriptor stands for one: a while, and again.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use oslens::{
    ErrorKind,
    process::{Process, Waited, wait_any},
};
use pyo3::prelude::*;

use crate::{
    error::exception,
    process::{ProcessBase, lock},
};

/// How long Ctrl-C waits at most: nothing else ends a wait.
pub(super) const SLICE: Duration = Duration::from_millis(100);

/// How often those are looked at that nobody can wait for.
const PAUSE: Duration = Duration::from_millis(40);

#[derive(Default)]
struct State {
    /// Those that the system waits for, and their places.
    held: Vec<Process>,
    places: Vec<usize>,
    /// Those that have ended, or had when this was made.
    ended: Vec<usize>,
    /// Those that are found by a look, now and then.
    looked_at: Vec<usize>,
}

/// Processes that are waited for, by their place in a list.
#[pyclass(module = "oslens._oslens", frozen)]
pub(crate) struct Watch {
    state: Mutex<State>,
}

#[pymethods]
impl Watch {
    #[new]
    fn new(py: Python<'_>, processes: Vec<Bound<'_, PyAny>>) -> PyResult<Self> {
        let mut state = State::default();
        for (at, process) in processes.iter().enumerate() {
            let Ok(process) = process.cast::<ProcessBase>() else {
                state.looked_at.push(at);
                continue;
            };
            let process = process.get();
            let is_known = lock(&process.known).exit.is_some();
            match (is_known, process.held(py)?) {
                (false, Some(process)) => {
                    state.held.push(process);
                    state.places.push(at);
                }
                _ => state.ended.push(at),
            }
        }
        Ok(Self {
            state: Mutex::new(state),
        })
    }

    /// The places of processes that may have ended, as soon as there are
    /// any; none when so many seconds are over.
    fn wait(&self, py: Python<'_>, seconds: Option<f64>) -> PyResult<Vec<usize>> {
        let deadline = seconds
            // What is too long for the clock is for ever.
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            let found = py
                .detach(|| lock(&self.state).wait(left))
                .map_err(|error| exception(py, &error))?;
            if !found.is_empty() || left.is_some_and(|left| left.is_zero()) {
                return Ok(found);
            }
            py.check_signals()?;
        }
    }

    /// This one has ended.
    fn remove(&self, at: usize) {
        lock(&self.state).remove(at);
    }

    /// This one is said to have ended, and has not: it is looked at.
    fn look_at(&self, at: usize) {
        let mut state = lock(&self.state);
        state.remove(at);
        state.looked_at.push(at);
    }
}

impl State {
    fn remove(&mut self, at: usize) {
        self.ended.retain(|one| *one != at);
        self.looked_at.retain(|one| *one != at);
        if let Some(index) = self.places.iter().position(|one| *one == at) {
            self.places.remove(index);
            self.held.remove(index);
        }
    }

    /// One wait, no longer than signals may.
    fn wait(&self, left: Option<Duration>) -> oslens::Result<Vec<usize>> {
        let mut found = self.ended.clone();
        let mut slice = left.map_or(SLICE, |left| left.min(SLICE));
        if !found.is_empty() {
            slice = Duration::ZERO;
        } else if !self.looked_at.is_empty() {
            slice = slice.min(PAUSE);
        }
        if self.held.is_empty() {
            std::thread::sleep(slice);
        } else {
            match wait_any(&self.held, Some(slice)) {
                Ok(waited) => {
                    let waited = self.places.iter().zip(waited);
                    found.extend(
                        waited
                            .filter(|(_, waited)| *waited != Waited::Running)
                            .map(|(at, _)| *at),
                    );
                }
                Err(error) if error.kind() == ErrorKind::TimedOut => {}
                Err(error) => return Err(error),
            }
        }
        found.extend(&self.looked_at);
        Ok(found)
    }
}
