//! Logs: those of the system, of another machine, and saved ones.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{Follow, Order, Query, Records, Result, backend::Store, evtx, sys};

/// A log that records are read from.
///
/// ```no_run
/// use oslens_eventlog::{Level, Log, Query};
///
/// let log = Log::open("System")?;
/// let query = Query::new().at_least(Level::Error).newest_first().limit(10);
/// for record in log.query(&query)? {
///     let record = record?;
///     println!("{} {}: {}", record.source, record.event_id, record.text());
/// }
/// # Ok::<(), oslens_eventlog::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Log {
    name: OsString,
    source: Arc<dyn Store>,
}

impl Log {
    /// A log of this machine: `Application`, `System`,
    /// `Microsoft-Windows-Kernel-Boot/Operational`. [`logs`] names all.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind) where there is no such log.
    /// Windows itself would open `Application` instead for some unknown
    /// names; this does not.
    ///
    /// # Platform
    ///
    /// Windows; elsewhere [`ErrorKind::Unsupported`](crate::ErrorKind). The
    /// modern interface where the system has it, else the classic one.
    pub fn open(name: impl AsRef<OsStr>) -> Result<Self> {
        let name = name.as_ref();
        let source = sys::open(None, name).map_err(|error| error.of(name))?;
        Ok(Self::new(name, source))
    }

    /// A log of another machine, `\\server` or `server`, as the user that
    /// this program runs as.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unreachable`](crate::ErrorKind) where the machine does
    /// not answer, [`ErrorKind::AccessDenied`](crate::ErrorKind) where it
    /// does not let this user read, those of [`Log::open`].
    ///
    /// # Platform
    ///
    /// Windows. The call can take as long as the network's own time limits.
    pub fn open_remote(machine: impl AsRef<OsStr>, name: impl AsRef<OsStr>) -> Result<Self> {
        let name = name.as_ref();
        let source = sys::open(Some(machine.as_ref()), name).map_err(|error| error.of(name))?;
        Ok(Self::new(name, source))
    }

    /// A log that was saved into an `.evtx` file, on any platform.
    ///
    /// The file may be a copy of one that was in use: records that the
    /// system had not finished are left out, damaged parts are errors among
    /// the records, behind which the reading goes on.
    ///
    /// # Errors
    ///
    /// What opening the file fails with;
    /// [`ErrorKind::Corrupt`](crate::ErrorKind) when it is no such file.
    ///
    /// ```no_run
    /// use oslens_eventlog::{Log, Order};
    ///
    /// let log = Log::open_file("System.evtx")?;
    /// for record in log.records(Order::Newest)? {
    ///     println!("{}", record?.event_id);
    /// }
    /// # Ok::<(), oslens_eventlog::Error>(())
    /// ```
    pub fn open_file(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let source = evtx::open(&path).map_err(|error| error.of(&path))?;
        Ok(Self::new(path.as_os_str(), source))
    }

    pub(crate) fn new(name: &OsStr, source: Arc<dyn Store>) -> Self {
        Self {
            name: name.to_owned(),
            source,
        }
    }

    /// The name that it was opened by; of a file, its path.
    #[must_use]
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// All records, in this order.
    ///
    /// # Errors
    ///
    /// As [`Log::query`].
    pub fn records(&self, order: Order) -> Result<Records> {
        self.query(&Query::new().order(order))
    }

    /// The records that the query asks for.
    ///
    /// The log may change meanwhile. Records are neither doubled nor, while
    /// they are still there, left out: when the system says that the log was
    /// overwritten under the reader, it goes on where it was.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AccessDenied`](crate::ErrorKind) for logs that this user
    /// may not read, as `Security`. Each record can be an error as well:
    /// damage in one place does not hide what is behind it.
    ///
    /// # Cost
    ///
    /// The system is asked for many records at once; a file is read by parts
    /// of 64 KiB.
    pub fn query(&self, query: &Query) -> Result<Records> {
        Records::new(&self.name, &*self.source, query)
    }

    /// The records that come from now on, as they come; from an earlier place
    /// with [`Query::from`] or [`Query::after`].
    ///
    /// # Errors
    ///
    /// As [`Log::query`].
    pub fn follow(&self, query: &Query) -> Result<Follow> {
        Follow::new(&self.name, &*self.source, query)
    }

    /// How many records it has.
    ///
    /// # Errors
    ///
    /// As [`Log::query`].
    pub fn count(&self) -> Result<u64> {
        self.told(self.source.extent().map(|extent| extent.count))
    }

    /// The number of its oldest record; `None` when it is empty.
    ///
    /// # Errors
    ///
    /// As [`Log::query`].
    pub fn oldest(&self) -> Result<Option<u64>> {
        self.told(self.source.extent().map(|extent| extent.oldest))
    }

    /// Removes all records, after saving them into a new file where one is
    /// named.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AccessDenied`](crate::ErrorKind); the system's where the
    /// file exists already. The records are not removed when they cannot be
    /// saved. [`ErrorKind::Unsupported`](crate::ErrorKind) for a saved log.
    pub fn clear(&self, backup: Option<&Path>) -> Result<()> {
        self.told(self.source.clear(backup))
    }

    /// Saves all records into a new file, which [`Log::open_file`] reads.
    ///
    /// The file is written by the service that keeps the log: on a remote
    /// machine it is a file there.
    ///
    /// # Errors
    ///
    /// The system's where the file exists already or cannot be written.
    pub fn back_up(&self, to: &Path) -> Result<()> {
        self.told(self.source.export(&Query::new(), to))
    }

    /// Saves the records that the query's conditions ask for into a new file.
    ///
    /// # Errors
    ///
    /// As [`Log::back_up`]; [`ErrorKind::Unsupported`](crate::ErrorKind) for
    /// conditions that the system cannot look at: [`Query::text`], and any
    /// where only the classic interface is there.
    pub fn export(&self, query: &Query, to: &Path) -> Result<()> {
        self.told(self.source.export(query, to))
    }

    fn told<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| error.of(&self.name))
    }
}

/// The names of all logs of this machine, sorted.
///
/// # Errors
///
/// The system's.
///
/// # Platform
///
/// Windows; elsewhere [`ErrorKind::Unsupported`](crate::ErrorKind).
///
/// ```no_run
/// for name in oslens_eventlog::logs()? {
///     println!("{}", name.to_string_lossy());
/// }
/// # Ok::<(), oslens_eventlog::Error>(())
/// ```
pub fn logs() -> Result<Vec<OsString>> {
    sys::logs(None)
}

/// The names of all logs of another machine, sorted.
///
/// # Errors
///
/// As [`Log::open_remote`].
///
/// # Platform
///
/// Windows; elsewhere [`ErrorKind::Unsupported`](crate::ErrorKind).
pub fn logs_of(machine: impl AsRef<OsStr>) -> Result<Vec<OsString>> {
    let machine = machine.as_ref();
    sys::logs(Some(machine)).map_err(|error| error.of(machine))
}
