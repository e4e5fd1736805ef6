//! What a program counts with.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
};

use super::Cells;
use crate::{
    CounterType, Error, ErrorKind, Result,
    definition::{CounterSetSpec, Definition, Guid, Instances},
    sys,
};

/// A provider that runs, and publishes where the system takes its counters.
///
/// Clones are the same provider. It stops when the last of its clones,
/// [`CounterSet`]s and [`Instance`]s is dropped.
///
/// ```
/// # use oslens_counters::{CounterType, definition::*};
/// use oslens_counters::publish::Provider;
/// # const SET: Guid = Guid::from_u128(0x2a4c6e80_13f5_4d97_b2d9_f0a1c3e5d7b9);
/// # let set = CounterSetSpec::new(SET, "Pipe Clients", "Who talks.")
/// #     .instances(Instances::Multiple)
/// #     .counter(CounterSpec::new(1, "Requests", "All.", CounterType::COUNTER_RAWCOUNT));
/// # let definition = ProviderSpec::new(Guid::from_u128(1), "Pipe Sample").set(set).check()?;
///
/// let provider = Provider::start(&definition);
/// if let Err(why) = provider.publication() {
///     eprintln!("counters are not published: {why}");
/// }
/// let client = provider.set(SET)?.instance("client 1")?;
/// let requests = client.counter(1)?;
/// requests.increment();
/// requests.add(2);
/// assert_eq!(requests.get(), 3);
/// # Ok::<(), oslens_counters::Error>(())
/// ```
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    definition: Definition,
    system: Result<Arc<sys::publish::Provider>>,
    sets: Vec<Set>,
}

struct Set {
    /// Whether the system took it; of the provider where that failed.
    taken: Result<()>,
    instances: Mutex<Names>,
}

/// The instances that there are.
#[derive(Default)]
struct Names {
    /// The name of each by what it is in lower case: paths do not tell cases
    /// apart.
    taken: HashMap<String, String>,
    ids: HashSet<u32>,
    next: u32,
}

/// The number that means all instances in a query.
const ANY: u32 = u32::MAX;

impl Provider {
    /// Starts it. This never fails: where the system does not take the
    /// counters, [`publication`](Self::publication) says why, and the handles
    /// count all the same.
    ///
    /// # Platform
    ///
    /// Windows publishes; elsewhere the handles count within the program.
    ///
    /// # Cost
    ///
    /// `PerfStartProviderEx`, and a `PerfSetCounterSetInfo` for each counter
    /// set. The system starts a thread that answers consumers.
    #[must_use]
    pub fn start(definition: &Definition) -> Self {
        let system = sys::publish::Provider::start(definition.guid()).map(Arc::new);
        let take = |set: &CounterSetSpec| match &system {
            Ok(system) => system.add_set(&mut super::template(definition.guid(), set)),
            Err(_) => Ok(()),
        };
        let sets = definition.sets().iter().map(|set| Set {
            taken: take(set).map_err(|error| error.of(&set.name)),
            instances: Mutex::default(),
        });
        Self(Arc::new(Inner {
            definition: definition.clone(),
            sets: sets.collect(),
            system,
        }))
    }

    /// Whether all counter sets are published, or why not.
    ///
    /// That the system took them does not mean that a consumer finds them:
    /// for that they must be [installed](super::install).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] where there is nothing to publish to, and
    /// what the system said.
    pub fn publication(&self) -> Result<(), &Error> {
        self.0.system.as_ref()?;
        self.0.sets.iter().try_for_each(|set| {
            set.taken.as_ref()?;
            Ok(())
        })
    }

    /// What it was started with.
    #[must_use]
    pub fn definition(&self) -> &Definition {
        &self.0.definition
    }

    /// The counter set with this GUID.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where the definition has none.
    pub fn set(&self, guid: Guid) -> Result<CounterSet> {
        let mut sets = self.0.definition.sets().iter();
        match sets.position(|set| set.guid == guid) {
            Some(place) => Ok(CounterSet {
                provider: self.clone(),
                place,
            }),
            None => Err(Error::message(
                ErrorKind::NotFound,
                format!(
                    "provider {:?} defines no counter set {guid}",
                    self.0.definition.name()
                ),
            )),
        }
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("name", &self.0.definition.name())
            .field("guid", &self.0.definition.guid())
            .field("publication", &self.publication())
            .finish()
    }
}

/// A counter set of a provider that runs: where instances come from.
#[derive(Clone, Debug)]
pub struct CounterSet {
    provider: Provider,
    place: usize,
}

impl CounterSet {
    /// What the definition says of it.
    #[must_use]
    pub fn spec(&self) -> &CounterSetSpec {
        // It was found at this place, and definitions do not change.
        #[allow(clippy::indexing_slicing)]
        &self.provider.0.definition.sets()[self.place]
    }

    fn state(&self) -> &Set {
        #[allow(clippy::indexing_slicing)]
        &self.provider.0.sets[self.place]
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        // Nothing panics while it is held.
        let names = self.state().instances.lock();
        names.unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes an instance, all its counters zero. It is gone when it is
    /// dropped; counters that were taken from it go on counting, unseen.
    ///
    /// A set of [one instance](Instances::Single) can have any name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] where there is one with that name, in any case
    /// of letters, or already the only one;
    /// [`ErrorKind::InvalidInput`] for a name that is empty or has a NUL.
    /// Where the system refuses it for another reason, the instance counts
    /// all the same and its [`publication`](Instance::publication) says why.
    ///
    /// # Cost
    ///
    /// `PerfCreateInstance`, and a `PerfSetCounterRefValue` for each counter.
    pub fn instance(&self, name: &str) -> Result<Instance> {
        if name.is_empty() || name.contains('\0') {
            return Err(Error::message(
                ErrorKind::InvalidInput,
                "the name of an instance is empty or has a NUL",
            )
            .of(&self.spec().name));
        }
        let key = name.to_lowercase();
        let id = {
            let mut names = self.names();
            let single = self.spec().instances == Instances::Single;
            if names.taken.contains_key(&key) || single && !names.taken.is_empty() {
                return Err(self.exists(name));
            }
            let mut id = names.next;
            while id == ANY || names.ids.contains(&id) {
                id = id.wrapping_add(1);
            }
            names.next = id.wrapping_add(1);
            names.taken.insert(key.clone(), name.to_owned());
            names.ids.insert(id);
            id
        };
        let cells = Arc::new(Cells::new(self.spec()));
        // From here on it gives the name back when it is dropped.
        let mut instance = Instance {
            set: self.clone(),
            name: name.to_owned(),
            key,
            id,
            cells,
            registration: Ok(None),
        };
        if let (Ok(system), Ok(())) = (&self.provider.0.system, &self.state().taken) {
            let cells = Arc::clone(&instance.cells);
            instance.registration = match system.register(self.spec().guid, name, id, cells) {
                Ok(registration) => Ok(Some(registration)),
                Err(error) if error.kind() == ErrorKind::Exists => return Err(self.exists(name)),
                Err(error) => Err(error.of(name)),
            };
        }
        Ok(instance)
    }

    /// The names of the instances that there are, in no order.
    #[must_use]
    pub fn instances(&self) -> Vec<String> {
        self.names().taken.values().cloned().collect()
    }

    #[cold]
    fn exists(&self, name: &str) -> Error {
        let set = &self.spec().name;
        let what = match self.spec().instances {
            Instances::Single => "has its only instance already",
            _ => "has an instance with that name",
        };
        Error::message(ErrorKind::Exists, format!("counter set {set:?} {what}")).of(name)
    }
}

/// An instance of a counter set: one client, one disk, or the only one.
///
/// Dropped, it vanishes from what consumers see.
pub struct Instance {
    set: CounterSet,
    name: String,
    key: String,
    id: u32,
    cells: Arc<Cells>,
    registration: Result<Option<sys::publish::Registration>>,
}

impl Instance {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its number, which no other instance of the set has meanwhile.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The set that it is of.
    #[must_use]
    pub fn set(&self) -> &CounterSet {
        &self.set
    }

    /// Whether it is published, or why not.
    ///
    /// # Errors
    ///
    /// As [`Provider::publication`].
    pub fn publication(&self) -> Result<(), &Error> {
        self.set.provider.0.system.as_ref()?;
        self.set.state().taken.as_ref()?;
        self.registration.as_ref()?;
        Ok(())
    }

    /// The counter with this number.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where the set has none.
    pub fn counter(&self, id: u32) -> Result<Counter> {
        match self.cells.find(id) {
            Some(place) => Ok(Counter {
                cells: Arc::clone(&self.cells),
                place,
            }),
            None => Err(Error::message(
                ErrorKind::NotFound,
                format!("counter set {:?} has no counter {id}", self.set.spec().name),
            )),
        }
    }

    /// The numbers of the counters with their values, in the definition's
    /// order.
    pub fn values(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        self.cells.iter().map(|cell| (cell.id, cell.read()))
    }

    /// The bytes that the system has of it.
    #[cfg(all(test, windows))]
    pub(super) fn block(&self) -> Option<Vec<u8>> {
        Some(self.registration.as_ref().ok()?.as_ref()?.block())
    }

    /// Where its numbers are.
    #[cfg(all(test, windows))]
    pub(super) fn addresses(&self) -> Vec<u64> {
        let cells = self.cells.iter();
        cells.map(|cell| cell.value.as_ptr() as u64).collect()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // The system forgets it before another can have the name.
        self.registration = Ok(None);
        let mut names = self.set.names();
        names.taken.remove(&self.key);
        names.ids.remove(&self.id);
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("name", &self.name)
            .field("id", &self.id)
            .field("values", &self.values().collect::<Vec<_>>())
            .field("publication", &self.publication())
            .finish()
    }
}

/// A number that a program changes and consumers read.
///
/// Clones are the same number. Any thread may change it at any time, without
/// a system call: each change is one atomic instruction.
///
/// One of [32 bits](CounterType::is_large) wraps at 2³², one of 64 at 2⁶⁴.
#[derive(Clone)]
pub struct Counter {
    cells: Arc<Cells>,
    place: usize,
}

impl Counter {
    fn cell(&self) -> &super::cells::Cell {
        match self.cells.get(self.place) {
            Some(cell) => cell,
            // It was found at this place, and instances do not change.
            None => unreachable!("a counter outside of its instance"),
        }
    }

    /// Adds 1.
    pub fn increment(&self) {
        self.add(1);
    }

    /// Takes 1 away.
    pub fn decrement(&self) {
        self.subtract(1);
    }

    /// Adds so many.
    pub fn add(&self, number: u64) {
        // Relaxed: consumers read single numbers, at a time of their own.
        self.cell().value.fetch_add(number, Ordering::Relaxed);
    }

    /// Takes so many away.
    pub fn subtract(&self, number: u64) {
        self.cell().value.fetch_sub(number, Ordering::Relaxed);
    }

    /// Makes it this number; of one of 32 bits the lower 32.
    pub fn set(&self, number: u64) {
        self.cell().value.store(number, Ordering::Relaxed);
    }

    /// The number as consumers read it.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.cell().read()
    }

    /// Its number within the set.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.cell().id
    }

    /// How its number becomes what is shown.
    #[must_use]
    pub fn kind(&self) -> CounterType {
        self.cell().kind
    }
}

impl fmt::Debug for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counter")
            .field("id", &self.id())
            .field("kind", &self.kind())
            .field("value", &self.get())
            .finish()
    }
}
