//! Calls that may hang, made by threads that may be left behind.

use std::{
    collections::BTreeMap,
    io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::sys::pal::per_process::PerProcess;

/// The threads that are under way, at most one for each path.
///
/// A fork takes none of them to the child, which begins with none.
pub(super) struct Workers<T: 'static> {
    running: PerProcess<Running<T>>,
}

struct Running<T> {
    workers: Mutex<BTreeMap<PathBuf, Arc<Worker<T>>>>,
}

impl<T> Default for Running<T> {
    fn default() -> Self {
        Self {
            workers: Mutex::default(),
        }
    }
}

struct Worker<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

enum State<T> {
    /// Nobody has waited in vain yet.
    Running,
    /// Somebody has given up: who asks now is not made to wait too.
    Late,
    Done(T),
    /// The thread ended without an answer.
    Lost,
}

/// How a call with a deadline went.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome<T, E = io::Error> {
    /// There is an answer.
    Done(T),
    /// The limit has passed.
    Late,
    /// A thread of an earlier call has not come back.
    StillLate,
    /// No thread could be started, or it ended without an answer.
    NoThread(E),
}

/// How long a caller waits before it is asked whether it still wants to.
const SLICE: Duration = Duration::from_millis(50);

/// What is protected here stays whole when a thread panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Clone + Send + 'static> Workers<T> {
    pub(super) const fn new() -> Self {
        Self {
            running: PerProcess::new(),
        }
    }

    /// Runs `call` for `path` in a thread of its own and waits for it, but
    /// no longer than `limit`, and than `go_on` wants, which is asked now and
    /// then.
    pub(super) fn run_while<B>(
        &self,
        path: &Path,
        limit: Duration,
        call: impl FnOnce(&Path) -> T + Send + 'static,
        mut go_on: impl FnMut() -> ControlFlow<B>,
    ) -> ControlFlow<B, Outcome<T>> {
        let start = Instant::now();
        let worker = match self.running.get().worker(path, call) {
            Ok(worker) => worker,
            Err(error) => return ControlFlow::Continue(Outcome::NoThread(error)),
        };
        let mut state = lock(&worker.state);
        if matches!(*state, State::Late) {
            return ControlFlow::Continue(Outcome::StillLate);
        }
        let outcome = loop {
            match &*state {
                State::Done(answer) => break Outcome::Done(answer.clone()),
                State::Lost => break Outcome::NoThread(io::ErrorKind::Other.into()),
                State::Running | State::Late => {}
            }
            let Some(left) = limit.checked_sub(start.elapsed()) else {
                *state = State::Late;
                break Outcome::Late;
            };
            let (waited, slice) = worker
                .changed
                .wait_timeout(state, left.min(SLICE))
                .unwrap_or_else(PoisonError::into_inner);
            state = waited;
            if slice.timed_out() && left > SLICE {
                // What the caller does there must not hold up the answer.
                drop(state);
                go_on()?;
                state = lock(&worker.state);
            }
        };
        ControlFlow::Continue(outcome)
    }
}

impl<T: Clone + Send + 'static> Running<T> {
    /// The thread that is under way for this path, or a new one.
    fn worker(
        &'static self,
        path: &Path,
        call: impl FnOnce(&Path) -> T + Send + 'static,
    ) -> io::Result<Arc<Worker<T>>> {
        let mut workers = lock(&self.workers);
        if let Some(worker) = workers.get(path) {
            return Ok(Arc::clone(worker));
        }
        let worker = Arc::new(Worker {
            state: Mutex::new(State::Running),
            changed: Condvar::new(),
        });
        workers.insert(path.to_owned(), Arc::clone(&worker));
        let finish = Finish {
            running: self,
            worker: Arc::clone(&worker),
            path: path.to_owned(),
            answer: None,
        };
        // `finish` takes this lock when it is dropped, which happens at once
        // when no thread can be started.
        drop(workers);
        thread::Builder::new()
            .name("oslens-deadline".into())
            // It makes one system call; a thread that is left behind should
            // not hold 2 MiB of address space.
            .stack_size(128 << 10)
            .spawn(move || finish.with(call))?;
        Ok(worker)
    }
}

/// Delivers the answer when the thread ends, in whatever way.
struct Finish<T: 'static> {
    running: &'static Running<T>,
    worker: Arc<Worker<T>>,
    path: PathBuf,
    answer: Option<T>,
}

impl<T> Finish<T> {
    fn with(mut self, call: impl FnOnce(&Path) -> T) {
        self.answer = Some(call(&self.path));
    }
}

impl<T> Drop for Finish<T> {
    fn drop(&mut self) {
        let mut workers = lock(&self.running.workers);
        if workers
            .get(&self.path)
            .is_some_and(|worker| Arc::ptr_eq(worker, &self.worker))
        {
            workers.remove(&self.path);
        }
        drop(workers);
        *lock(&self.worker.state) = self.answer.take().map_or(State::Lost, State::Done);
        self.worker.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;
