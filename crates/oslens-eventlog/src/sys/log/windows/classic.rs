//! Logs through the classic interface.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
    sync::Arc,
    time::Duration,
};

use oslens_win32::{buffer::Buffer, event::Event, registry::Key};

use crate::{
    Error, ErrorKind, Order, Query, Result,
    backend::{
        Backend, Extent, Store,
        classic::{Calls, Classic},
        read_only,
    },
    sys::pal::windows::classic::{EventLog, buffer, wait},
};

/// Below it is a key for each log.
const LOGS: &str = r"SYSTEM\CurrentControlSet\Services\EventLog";

/// A log by its name, on this machine or another one.
#[derive(Debug, Clone)]
struct Named {
    /// With the backslashes in front.
    machine: Option<OsString>,
    log: OsString,
}

/// Opens a log. On another machine it cannot be asked whether there is one
/// with that name: unknown ones are `Application` there.
pub(super) fn open(machine: Option<&OsStr>, log: &OsStr) -> Result<Arc<dyn Store>> {
    if machine.is_none() && !is_known(log)? {
        let message = "there is no log with this name";
        return Err(Error::message(ErrorKind::NotFound, message));
    }
    let named = Named {
        machine: machine.map(unc),
        log: log.to_owned(),
    };
    named.open()?;
    Ok(Arc::new(named))
}

pub(super) fn logs(machine: Option<&OsStr>) -> Result<Vec<OsString>> {
    if machine.is_some() {
        return read_only("listing the logs of another machine without the modern interface");
    }
    Ok(Key::open(LOGS)?.keys()?)
}

/// The system opens `Application` for a name that it does not know.
fn is_known(log: &OsStr) -> Result<bool> {
    let log = log.to_string_lossy();
    let mut logs = Key::open(LOGS)?.keys()?.into_iter();
    Ok(logs.any(|known| known.to_string_lossy().eq_ignore_ascii_case(&log)))
}

fn unc(machine: &OsStr) -> OsString {
    if machine.to_string_lossy().starts_with('\\') {
        return machine.to_owned();
    }
    let mut name = OsString::from(r"\\");
    name.push(machine);
    name
}

impl Named {
    fn open(&self) -> Result<EventLog> {
        EventLog::open(self.machine.as_deref(), &self.log)
    }
}

impl Store for Named {
    fn read(&self, query: &Query, follow: bool) -> Result<Box<dyn Backend>> {
        if query.filter.xpath.is_some() {
            return read_only("choosing records by XPath without the modern interface");
        }
        let mut live = Live {
            named: self.clone(),
            log: self.open()?,
            buffer: buffer(),
            // Nobody tells of what is written on another machine.
            written: match follow && self.machine.is_none() {
                true => Some(Event::new()?),
                false => None,
            },
        };
        live.notify();
        let log = self.log.to_string_lossy().into_owned();
        Ok(Box::new(Classic::new(live, log, query.order)))
    }

    fn extent(&self) -> Result<Extent> {
        self.open()?.extent()
    }

    fn clear(&self, backup: Option<&Path>) -> Result<()> {
        self.open()?.clear(backup)
    }

    fn export(&self, query: &Query, to: &Path) -> Result<()> {
        if query.filter != Query::new().filter {
            return read_only("exporting a choice of records without the modern interface");
        }
        self.open()?.back_up(to)
    }
}

/// A log that is being read.
struct Live {
    named: Named,
    log: EventLog,
    buffer: Buffer,
    written: Option<Event>,
}

impl Live {
    /// It is looked at regularly as well: that nobody can tell is no failure.
    fn notify(&mut self) {
        if let Some(written) = &self.written {
            if self.log.notify(written).is_err() {
                self.written = None;
            }
        }
    }
}

impl Calls for Live {
    fn extent(&mut self) -> Result<Extent> {
        self.log.extent()
    }

    fn read(&mut self, order: Order, seek: Option<u32>) -> Result<&[u8]> {
        self.log.read(&mut self.buffer, order, seek)
    }

    fn reopen(&mut self) -> Result<()> {
        self.log = self.named.open()?;
        self.notify();
        Ok(())
    }

    fn wait(&mut self, within: Duration) -> Result<()> {
        match &self.written {
            Some(written) => wait(written, within),
            None => {
                std::thread::sleep(within);
                Ok(())
            }
        }
    }
}
