//! Stopping a service together with those that cannot run without it.

use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    time::Duration,
};

use super::{
    Service, State, Status, dependents_of,
    wait::{self, Stop},
};
use crate::{
    ErrorKind, Result,
    sys::scm::{Access, Scm},
};

/// How long to wait before looking for dependents that were not listed.
const AGAIN: Duration = Duration::from_millis(100);

impl Service {
    /// Stops it and all services that depend on it, those first that nothing
    /// depends on; the names of the dependents that were stopped, in that
    /// order.
    ///
    /// `each` is the time that one service may take: the deadline for all
    /// grows with their number. A service that does not run is no error.
    /// Those that somebody starts meanwhile are stopped too.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TimedOut`], [`ErrorKind::CannotAccept`],
    /// [`ErrorKind::NoAnswer`], [`ErrorKind::AccessDenied`], with the service
    /// that it is about as [`subject`](crate::Error::subject); the services
    /// stopped before stay stopped.
    ///
    /// # Platform
    ///
    /// Windows (`EnumDependentServicesW`, `ControlService`).
    ///
    /// # Cost
    ///
    /// Blocks. Two calls to find the dependents of each service, and those of
    /// [`stop_and_wait`](Self::stop_and_wait) for each.
    pub fn stop_with_dependents(&self, each: Duration) -> Result<Vec<OsString>> {
        let mut stopped = Vec::new();
        stop_all(&*self.scm, &self.name, each, &mut stopped)?;
        Ok(stopped)
    }

    /// Stops it with its dependents, starts it with these arguments, and
    /// starts the dependents that were stopped for that, in the reverse order.
    ///
    /// Waits until all of them run again; `each` is the time that one service
    /// may take to stop, and again to start. A service that does not run is
    /// started.
    ///
    /// # Errors
    ///
    /// Those of [`stop_with_dependents`](Self::stop_with_dependents) and
    /// [`start_and_wait`](Self::start_and_wait). Where stopping fails, the
    /// dependents that were stopped are started again as far as possible.
    /// Where a dependent fails to start, the others are started all the same,
    /// and the error is the first one.
    ///
    /// # Platform
    ///
    /// Windows.
    ///
    /// # Cost
    ///
    /// Blocks.
    pub fn restart(&self, args: &[OsString], each: Duration) -> Result<Status> {
        let scm = &*self.scm;
        let mut stopped = Vec::new();
        if let Err(error) = stop_all(scm, &self.name, each, &mut stopped) {
            // What went wrong is told, not what goes wrong now.
            _ = start_all(scm, &stopped, each);
            return Err(error);
        }
        let end = scm.now().saturating_add(each);
        let status = start(scm, &self.name, args, end)?;
        start_all(scm, &stopped, each)?;
        Ok(status)
    }
}

/// Starts a service and waits until it runs; one that somebody else started
/// is fine.
fn start(scm: &dyn Scm, name: &OsStr, args: &[OsString], end: Duration) -> Result<Status> {
    super::with(scm, name, Access::StartAndWatch, |service| {
        match service.start(args) {
            Err(error) if error.kind() == ErrorKind::AlreadyRunning => {}
            started => started?,
        }
        wait::watch(scm, service, State::Running, end, true)
    })
}

/// Starts services in the reverse order; all that can be, whatever happens to
/// others.
fn start_all(scm: &dyn Scm, stopped: &[OsString], each: Duration) -> Result<()> {
    let mut first = Ok(());
    for name in stopped.iter().rev() {
        let end = scm.now().saturating_add(each);
        let started = start(scm, name, &[], end).map(drop);
        if first.is_ok() {
            first = started;
        }
    }
    first
}

/// Stops a service and its dependents; `stopped` gets the names of the
/// dependents that ran, as soon as they have stopped.
fn stop_all(
    scm: &dyn Scm,
    name: &OsStr,
    each: Duration,
    stopped: &mut Vec<OsString>,
) -> Result<()> {
    let begin = scm.now();
    let mut end = begin;
    loop {
        let order = running_dependents(scm, name)?;
        // Those of earlier rounds have had their time.
        let count = stopped.len().saturating_add(order.len()).saturating_add(1);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        end = end.max(begin.saturating_add(each.saturating_mul(count)));
        match stop_round(scm, name, &order, end, stopped) {
            // 1051: one was started behind our back, or is not listed.
            Err(error) if error.kind() == ErrorKind::DependentsRunning => {
                let left = end.saturating_sub(scm.now());
                if left.is_zero() {
                    return Err(error);
                }
                scm.sleep(AGAIN.min(left));
            }
            done => return done,
        }
    }
}

fn stop_round(
    scm: &dyn Scm,
    name: &OsStr,
    order: &[OsString],
    end: Duration,
    stopped: &mut Vec<OsString>,
) -> Result<()> {
    for dependent in order {
        match wait::stop(scm, dependent, end) {
            Ok(Stop::Stopped) => stopped.push(dependent.clone()),
            Ok(Stop::DidNotRun) => {}
            // Deleted meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    wait::stop(scm, name, end).map(drop)
}

/// The services that depend on one and run, each behind all that depend on
/// it.
///
/// The system lists dependents of dependents too, in an order that is said to
/// be this one; here nothing relies on either, nor on that there are no
/// circles.
fn running_dependents(scm: &dyn Scm, name: &OsStr) -> Result<Vec<OsString>> {
    let listed = |name: &OsStr| -> Result<std::vec::IntoIter<OsString>> {
        let entries = match dependents_of(scm, name, false) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            entries => entries?,
        };
        let names: Vec<OsString> = entries.into_iter().map(|entry| entry.name).collect();
        Ok(names.into_iter())
    };
    let mut seen = BTreeSet::from([name.to_ascii_lowercase()]);
    let mut order = Vec::new();
    // That the service itself is not there is an error.
    let top = dependents_of(scm, name, false)?;
    let names: Vec<OsString> = top.into_iter().map(|entry| entry.name).collect();
    // The services on the way down, each with its dependents still to visit.
    let mut path = vec![(None, names.into_iter())];
    while let Some((_, dependents)) = path.last_mut() {
        match dependents.next() {
            Some(dependent) => {
                if seen.insert(dependent.to_ascii_lowercase()) {
                    let further = listed(&dependent)?;
                    path.push((Some(dependent), further));
                }
            }
            None => {
                if let Some((Some(done), _)) = path.pop() {
                    order.push(done);
                }
            }
        }
    }
    Ok(order)
}
