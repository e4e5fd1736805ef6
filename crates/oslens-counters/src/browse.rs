//! What counters there are: objects, their counters and instances.

use std::fmt;

use crate::{CounterType, InstanceName, Result, Source, sys::counters as sys};

/// A kind of thing that counters are about: `Processor`, `Process`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Object {
    /// The English name, as paths have it; the local one where no English one
    /// is known.
    pub name: String,
    /// The name in the user's language, where it is known.
    pub local_name: Option<String>,
    /// What it is about, in the user's language.
    pub help: Option<String>,
    /// The index of its name in the system's table.
    pub index: Option<u32>,
    /// For whom it is.
    pub detail: Option<Detail>,
    /// Whether it has instances, though there may be none just now.
    pub has_instances: Option<bool>,
    /// The English name of the counter that the system suggests.
    pub default_counter: Option<String>,
}

/// A counter of an object: `% Processor Time`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Counter {
    /// The English name, as paths have it; the local one where no English one
    /// is known.
    pub name: String,
    /// The name in the user's language, where it is known.
    pub local_name: Option<String>,
    /// What it counts, in the user's language.
    pub help: Option<String>,
    /// The index of its name in the system's table.
    pub index: Option<u32>,
    /// For whom it is.
    pub detail: Option<Detail>,
    /// What kind of number it is.
    pub kind: Option<CounterType>,
    /// The power of ten that the system suggests a chart to multiply it by.
    pub default_scale: Option<i32>,
}

/// For whom an object or counter is, in the system's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Detail {
    /// For everybody.
    Novice,
    /// For users who know the system well.
    Advanced,
    /// For its experts.
    Expert,
    /// For its authors.
    Wizard,
}

impl Detail {
    #[cfg(any(windows, test))]
    pub(crate) fn of(level: u32) -> Option<Self> {
        match level {
            0..=100 => Some(Self::Novice),
            101..=200 => Some(Self::Advanced),
            201..=300 => Some(Self::Expert),
            301..=400 => Some(Self::Wizard),
            _ => None,
        }
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Novice => "novice",
            Self::Advanced => "advanced",
            Self::Expert => "expert",
            Self::Wizard => "wizard",
        })
    }
}

/// Lists what counters there are: of a source, of a machine.
///
/// ```no_run
/// use oslens_counters::{Browser, Source};
///
/// let browser = Browser::new().with_source(Source::Pdh).with_machine("server");
/// for object in browser.objects()? {
///     println!("{}", object.name);
/// }
/// # Ok::<(), oslens_counters::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Browser {
    pub(crate) source: Source,
    pub(crate) machine: Option<String>,
}

impl Browser {
    /// Of this machine.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same from this source.
    #[must_use]
    pub fn with_source(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    /// The same of another machine, by its name. Only `pdh.dll` reaches it.
    #[must_use]
    pub fn with_machine(mut self, machine: &str) -> Self {
        self.machine = Some(machine.trim_start_matches('\\').to_owned());
        self
    }

    /// All objects, sorted by name.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where there are no
    /// counters or the source cannot list them, as `pdh.dll` under Wine.
    ///
    /// # Platform
    ///
    /// Windows.
    ///
    /// # Cost
    ///
    /// Every provider is asked for all its data, the expensive ones too: up to
    /// seconds on a busy server.
    pub fn objects(&self) -> Result<Vec<Object>> {
        sys::objects(self)
    }

    /// The counters of an object, by its English or local name, without those
    /// that are only the base of another.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) where there is no such object;
    /// [`Unsupported`](crate::ErrorKind::Unsupported) as for
    /// [`objects`](Self::objects).
    ///
    /// # Platform
    ///
    /// Windows.
    ///
    /// # Cost
    ///
    /// Its provider is asked for its data once.
    pub fn counters(&self, object: &str) -> Result<Vec<Counter>> {
        sys::counters(self, object)
    }

    /// The instances of an object just now, in the order of the system; those
    /// with the same name are numbered. Empty for an object without instances.
    ///
    /// # Errors
    ///
    /// Those of [`counters`](Self::counters).
    ///
    /// # Platform
    ///
    /// Windows.
    ///
    /// # Cost
    ///
    /// Its provider is asked for its data once.
    pub fn instances(&self, object: &str) -> Result<Vec<InstanceName>> {
        sys::instances(self, object)
    }
}

/// All objects of this machine; the short form of [`Browser::objects`].
///
/// ```
/// match oslens_counters::objects() {
///     Ok(objects) => println!("{} objects", objects.len()),
///     Err(error) => assert_eq!(error.kind(), oslens_counters::ErrorKind::Unsupported),
/// }
/// ```
///
/// # Errors
///
/// Those of [`Browser::objects`].
///
/// # Platform
///
/// Windows.
///
/// # Cost
///
/// That of [`Browser::objects`].
pub fn objects() -> Result<Vec<Object>> {
    Browser::new().objects()
}

/// The counters of an object of this machine; the short form of
/// [`Browser::counters`].
///
/// # Errors
///
/// Those of [`Browser::counters`].
///
/// # Platform
///
/// Windows.
///
/// # Cost
///
/// That of [`Browser::counters`].
pub fn counters(object: &str) -> Result<Vec<Counter>> {
    Browser::new().counters(object)
}

/// The instances of an object of this machine just now; the short form of
/// [`Browser::instances`].
///
/// # Errors
///
/// Those of [`Browser::instances`].
///
/// # Platform
///
/// Windows.
///
/// # Cost
///
/// That of [`Browser::instances`].
pub fn instances(object: &str) -> Result<Vec<InstanceName>> {
    Browser::new().instances(object)
}
