//! Queries: several counters, sampled together.

use std::{
    convert::Infallible,
    thread,
    time::{Duration, Instant, SystemTime},
};

use crate::{
    CounterId, CounterPath, Error, ErrorKind, Format, Language, NoValue, RawValue, Result, Source,
    Value,
    source::{Backend, Row, Sampled},
    sys::counters as sys,
};

#[cfg(test)]
mod tests;

/// Several counters that are sampled together.
///
/// Paths may have wildcards; instances that come and go are seen in each
/// sample. Rates and times are computed from the last two samples, so that
/// they have no value ([`NoValue::FirstSample`]) before the second.
///
/// Instances with the same name are told apart by an index, which moves up
/// when one before them ends. Processes and threads are known by their number
/// as well, so that a rate is never that of two different ones. (The paths
/// then have the new index.) That is so for paths with English names.
///
/// ```
/// use oslens_counters::{ErrorKind, Query};
///
/// fn uptime() -> oslens_counters::Result<Option<f64>> {
///     let mut query = Query::new()?;
///     let uptime = query.add(r"\System\System Up Time")?;
///     query.collect()?;
///     Ok(query.values_of(uptime).next().and_then(|value| value.as_f64()))
/// }
///
/// match uptime() {
///     Ok(seconds) => println!("up for {seconds:?} s"),
///     // Not on this system.
///     Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
/// }
/// ```
///
/// # Platform
///
/// Windows. Elsewhere a query cannot be made: [`ErrorKind::Unsupported`].
///
/// # Cost
///
/// A query holds what the system keeps for it, until it is dropped. A sample
/// is one call (`PdhCollectQueryData`, or one read of the registry), which asks
/// the providers of all its objects.
#[derive(Debug)]
pub struct Query {
    backend: Box<dyn Backend>,
    counters: Vec<Entry>,
    /// The next number to give.
    next: u32,
    format: Format,
    time: Option<SystemTime>,
    /// Whether a log was read to its end.
    ended: bool,
}

#[derive(Debug)]
struct Entry {
    id: CounterId,
    path: CounterPath,
    /// The backend's.
    key: u32,
    now: Vec<Row>,
    before: Vec<Row>,
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl Query {
    /// A query of this machine, or of those that the paths name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] where there are no counters.
    pub fn new() -> Result<Self> {
        Self::from_source(&Source::Automatic)
    }

    /// A query that reads from this source.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] where there are no counters;
    /// [`ErrorKind::NotFound`] for a log that is not there.
    pub fn from_source(source: &Source) -> Result<Self> {
        Ok(Self::with_backend(sys::backend(source)?))
    }

    pub(crate) fn with_backend(backend: Box<dyn Backend>) -> Self {
        Self {
            backend,
            counters: Vec::new(),
            next: 0,
            format: Format::default(),
            time: None,
            ended: false,
        }
    }

    /// Adds a counter by its English names, which every machine knows. A name
    /// that is a number is an index of the system's table of names, where no
    /// name is that number.
    ///
    /// The path may have wildcards in the instance and the counter. Instances
    /// need not exist.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for what is no path;
    /// [`ErrorKind::NotFound`] where there is no such object or counter;
    /// [`ErrorKind::Unreachable`] for a machine that does not answer.
    pub fn add<P>(&mut self, path: P) -> Result<CounterId>
    where
        P: TryInto<CounterPath>,
        Error: From<P::Error>,
    {
        self.add_in(Language::Neutral, path)
    }

    /// Adds a counter by names in this language; otherwise like
    /// [`add`](Self::add).
    ///
    /// # Errors
    ///
    /// Those of [`add`](Self::add).
    pub fn add_in<P>(&mut self, language: Language, path: P) -> Result<CounterId>
    where
        P: TryInto<CounterPath>,
        Error: From<P::Error>,
    {
        let path = path.try_into().map_err(Error::from)?;
        let key = self
            .backend
            .add(&path, language)
            .map_err(|error| error.of(path.to_string()))?;
        let id = CounterId(self.next);
        self.next = self.next.wrapping_add(1);
        self.counters.push(Entry {
            id,
            path,
            key,
            now: Vec::new(),
            before: Vec::new(),
        });
        Ok(id)
    }

    /// Gives a counter up; whether the query had it.
    pub fn remove(&mut self, counter: CounterId) -> bool {
        let Some(at) = self.counters.iter().position(|entry| entry.id == counter) else {
            return false;
        };
        let entry = self.counters.remove(at);
        self.backend.remove(entry.key);
        true
    }

    /// The counters, and the paths that they were added by.
    pub fn counters(&self) -> impl Iterator<Item = (CounterId, &CounterPath)> {
        self.counters.iter().map(|entry| (entry.id, &entry.path))
    }

    /// How values are shown.
    pub fn set_format(&mut self, format: Format) {
        self.format = format;
    }

    /// Whether any of the counters needs two samples.
    #[must_use]
    pub fn needs_two_samples(&self) -> bool {
        self.counters
            .iter()
            .any(|entry| self.backend.needs_two_samples(entry.key))
    }

    /// Takes a sample of all counters.
    ///
    /// A counter, an instance or a whole provider that is gone is no error:
    /// its values say why there are none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoData`] at the end of a log, and for a query without
    /// counters. Otherwise what keeps all counters from being read, as
    /// [`ErrorKind::AccessDenied`].
    pub fn collect(&mut self) -> Result<()> {
        if self.counters.is_empty() {
            return Err(Error::message(
                ErrorKind::NoData,
                "the query has no counters",
            ));
        }
        if self.ended || !self.take()? {
            self.ended = true;
            return Err(Error::message(ErrorKind::NoData, "the log has ended"));
        }
        Ok(())
    }

    /// Takes a sample; false at the end of a log.
    fn take(&mut self) -> Result<bool> {
        let Sampled::At(time) = self.backend.collect()? else {
            return Ok(false);
        };
        self.time = Some(time);
        for entry in &mut self.counters {
            entry.before = std::mem::take(&mut entry.now);
            entry.now = self.backend.rows(entry.key);
        }
        Ok(true)
    }

    /// When the last sample was taken.
    #[must_use]
    pub fn time(&self) -> Option<SystemTime> {
        self.time
    }

    /// The values of all counters in the last sample, in the order in which
    /// they were added; instances in the order of the system.
    #[must_use]
    pub fn values(&self) -> Vec<Value> {
        self.counters
            .iter()
            .flat_map(|entry| self.values_in(entry))
            .collect()
    }

    /// The values of one counter in the last sample: one, or with wildcards
    /// any number.
    pub fn values_of(&self, counter: CounterId) -> impl Iterator<Item = Value> + '_ {
        self.counters
            .iter()
            .filter(move |entry| entry.id == counter)
            .flat_map(|entry| self.values_in(entry))
    }

    /// What the last sample has of all counters, before anything is computed.
    #[must_use]
    pub fn raw_values(&self) -> Vec<(CounterPath, Result<RawValue, NoValue>)> {
        let rows = self.counters.iter().flat_map(|entry| &entry.now);
        rows.map(|row| (row.path.clone(), row.raw.clone()))
            .collect()
    }

    fn values_in<'a>(&'a self, entry: &'a Entry) -> impl Iterator<Item = Value> + 'a {
        entry.now.iter().enumerate().map(move |(at, row)| {
            let before = entry
                .before
                .get(at)
                .filter(|before| row.continues(before))
                // Instances have come or gone.
                .or_else(|| entry.before.iter().find(|before| row.continues(before)))
                .and_then(|before| before.raw.as_ref().ok());
            let reading = match &row.raw {
                Ok(raw) => raw.calculate(before, self.format),
                Err(why) => Err(*why),
            };
            Value {
                counter: entry.id,
                path: row.path.clone(),
                reading,
                kind: row.kind,
                default_scale: row.default_scale,
                time: self.time,
            }
        })
    }

    /// Samples again and again, with so much time from each sample to the
    /// next. Where a counter needs two samples, the first values come after
    /// one interval, otherwise at once.
    ///
    /// The iterator sleeps in its thread. When samples take longer than the
    /// interval, those that were missed are left out. It ends with a log, and
    /// after an error; records of a log come without waiting.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use oslens_counters::Query;
    ///
    /// let mut query = Query::new()?;
    /// query.add(r"\Processor(*)\% Processor Time")?;
    /// for values in query.samples(Duration::from_secs(1)).take(10) {
    ///     for value in values? {
    ///         println!("{}: {:?}", value.path, value.reading);
    ///     }
    /// }
    /// # Ok::<(), oslens_counters::Error>(())
    /// ```
    pub fn samples(&mut self, interval: Duration) -> Samples<'_> {
        Samples {
            query: self,
            interval,
            due: None,
            ended: false,
        }
    }
}

/// Samples of a query, one in each interval: [`Query::samples`].
#[derive(Debug)]
#[must_use = "nothing is sampled before it is iterated"]
pub struct Samples<'a> {
    query: &'a mut Query,
    interval: Duration,
    /// When the next sample is to be taken; `None` before the first.
    due: Option<Instant>,
    ended: bool,
}

impl Samples<'_> {
    /// Waits, takes a sample, and says whether there was one.
    fn step(&mut self) -> Result<()> {
        if !self.query.backend.is_log() {
            let now = Instant::now();
            let due = self.due.unwrap_or(now);
            if let Some(early) = due.checked_duration_since(now) {
                thread::sleep(early);
            }
            // Not in a burst after a long time.
            let now = Instant::now();
            let next = due.checked_add(self.interval).filter(|next| *next > now);
            self.due = next.or_else(|| now.checked_add(self.interval));
        }
        self.query.collect()
    }

    fn values(&mut self) -> Result<Vec<Value>> {
        if self.due.is_none() && self.query.time.is_none() {
            self.step()?;
            if !self.query.needs_two_samples() {
                return Ok(self.query.values());
            }
        }
        self.step()?;
        Ok(self.query.values())
    }
}

impl Iterator for Samples<'_> {
    type Item = Result<Vec<Value>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let values = self.values();
        self.ended = values.is_err();
        if values.is_err() && self.query.ended {
            return None;
        }
        Some(values)
    }
}

/// The values of these counters now, by their English names. Where one of them
/// needs two samples, the second is taken after `window`, and that is how long
/// the rates are about; otherwise it returns at once.
///
/// ```
/// use std::time::Duration;
/// use oslens_counters::{CounterPath, ErrorKind, get_once};
///
/// let paths: Vec<CounterPath> = vec![r"\Processor(_Total)\% Processor Time".parse()?];
/// match get_once(&paths, Duration::from_millis(100)) {
///     Ok(values) => println!("{:?}", values[0].reading),
///     // Not on this system.
///     Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
/// }
/// # Ok::<(), oslens_counters::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`Query::new`], [`Query::add`] and [`Query::collect`].
///
/// # Platform
///
/// Windows; elsewhere [`ErrorKind::Unsupported`].
///
/// # Cost
///
/// One or two samples, and `window` between them.
pub fn get_once(paths: &[CounterPath], window: Duration) -> Result<Vec<Value>> {
    let mut query = Query::new()?;
    for path in paths {
        query.add(path)?;
    }
    once(&mut query, window)
}

fn once(query: &mut Query, window: Duration) -> Result<Vec<Value>> {
    if query.counters.is_empty() {
        return Ok(Vec::new());
    }
    query.collect()?;
    if query.needs_two_samples() {
        thread::sleep(window);
        query.collect()?;
    }
    Ok(query.values())
}
