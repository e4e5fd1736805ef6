//! What a provider publishes, said once.
//!
//! A [`ProviderSpec`] names the provider, its counter sets and their
//! counters. Once [checked](ProviderSpec::check) it is a [`Definition`], and
//! everything else comes from that: the handles that a program counts with
//! ([`publish`](crate::publish)), the manifest and the texts that Windows
//! wants installed ([`manifest`](crate::manifest)).
//!
//! ```
//! use oslens_counters::{
//!     CounterType,
//!     definition::{CounterSetSpec, CounterSpec, Definition, Guid, Instances, ProviderSpec},
//! };
//!
//! pub const PROVIDER: Guid = Guid::from_u128(0x6f2e1b0c_9d34_4a7e_8c51_0b7d2f6a1e93);
//! pub const CLIENTS: Guid = Guid::from_u128(0x2a4c6e80_13f5_4d97_b2d9_f0a1c3e5d7b9);
//! pub const OPEN: u32 = 1;
//! pub const RECEIVED: u32 = 2;
//!
//! pub fn counters() -> oslens_counters::Result<Definition> {
//!     ProviderSpec::new(PROVIDER, "Pipe Sample")
//!         .set(
//!             CounterSetSpec::new(CLIENTS, "Pipe Clients", "Who talks to the sample.")
//!                 .instances(Instances::Multiple)
//!                 .counter(CounterSpec::new(
//!                     OPEN,
//!                     "Open Connections",
//!                     "Connections that are open now.",
//!                     CounterType::COUNTER_RAWCOUNT,
//!                 ))
//!                 .counter(CounterSpec::new(
//!                     RECEIVED,
//!                     "Bytes Received/sec",
//!                     "Bytes that came in, in a second.",
//!                     CounterType::COUNTER_BULK_COUNT,
//!                 )),
//!         )
//!         .check()
//! }
//! # assert_eq!(counters().unwrap().sets().len(), 1);
//! ```

mod check;
pub(crate) mod kind;
mod source;
#[cfg(test)]
mod tests;

pub use oslens_win32::{Guid, ParseGuidError};

pub use self::kind::{Aggregate, Instances};
use crate::{CounterType, Detail};

/// A provider with its counter sets, not checked yet.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ProviderSpec {
    /// What it is found under.
    pub guid: Guid,
    /// What it is called; part of the name of its classes in WMI.
    pub name: String,
    /// Its name in C, from the name where it is `None`.
    pub symbol: Option<String>,
    /// The number of its first text among the strings of the executable.
    pub resource_base: u16,
    /// What it counts.
    pub sets: Vec<CounterSetSpec>,
}

/// A counter set: counters that belong together, an object of Perfmon.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CounterSetSpec {
    /// What it is found under.
    pub guid: Guid,
    /// What users see: the object in `\Object(instance)\Counter`.
    pub name: String,
    /// What users read about it.
    pub description: String,
    /// Its name in C, from the name where it is `None`.
    pub symbol: Option<String>,
    /// Which instances it has.
    pub instances: Instances,
    /// What is counted of each.
    pub counters: Vec<CounterSpec>,
}

/// A counter.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CounterSpec {
    /// Its number within the set, up to 65535.
    pub id: u32,
    /// What users see: the counter in `\Object(instance)\Counter`.
    pub name: String,
    /// What users read about it.
    pub description: String,
    /// Its name in C, from those of the set and the counter where it is
    /// `None`.
    pub symbol: Option<String>,
    /// How its number becomes what is shown: any type but `COUNTER_TEXT`,
    /// `COUNTER_NODATA` and `COUNTER_HISTOGRAM_TYPE`.
    pub kind: CounterType,
    /// For whom it is: [`Detail::Novice`] or [`Detail::Advanced`].
    pub detail: Detail,
    /// The power of ten that a graph multiplies it with, -10 to 10.
    pub scale: i32,
    /// How that of several instances becomes one; only where
    /// [`Instances::is_aggregate`].
    pub aggregate: Option<Aggregate>,
    /// The counter that it is a part of: of an average the `AVERAGE_BASE`, of
    /// a fraction the `RAW_BASE`, `LARGE_RAW_BASE` or `SAMPLE_BASE`, of a
    /// precision timer the `LARGE_RAW_BASE`, of several timers the
    /// `COUNTER_MULTI_BASE`.
    pub base: Option<u32>,
    /// The counter with the provider's time, a `COUNTER_LARGE_RAWCOUNT`, for
    /// elapsed times and whatever is counted by a clock of the object.
    pub time: Option<u32>,
    /// The counter with how many of that a second has.
    pub frequency: Option<u32>,
    /// The counter with how many timers it sums up, a `COUNTER_RAWCOUNT`.
    pub multiplier: Option<u32>,
    /// It is there for other counters, and not shown.
    pub hidden: bool,
    /// Thousands are not set apart.
    pub no_grouping: bool,
    /// Shown in hexadecimal digits.
    pub hexadecimal: bool,
    /// Shown with a decimal point.
    pub real: bool,
}

/// A provider whose definition holds together: what [`ProviderSpec::check`]
/// made sure of, and a symbol for each of its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition(ProviderSpec);

impl ProviderSpec {
    /// A provider without counter sets.
    #[must_use]
    pub fn new(guid: Guid, name: impl Into<String>) -> Self {
        Self {
            guid,
            name: name.into(),
            symbol: None,
            resource_base: 1,
            sets: Vec::new(),
        }
    }

    /// Adds a counter set.
    #[must_use]
    pub fn set(mut self, set: CounterSetSpec) -> Self {
        self.sets.push(set);
        self
    }

    /// Its name in C: letters, digits and underscores.
    #[must_use]
    pub fn symbol(mut self, symbol: impl Into<String>) -> Self {
        self.symbol = Some(symbol.into());
        self
    }

    /// The number of its first text among the strings of the executable;
    /// another than 1 where the executable has strings of its own there.
    #[must_use]
    pub fn resource_base(mut self, number: u16) -> Self {
        self.resource_base = number;
        self
    }

    /// Makes sure that it holds together, and gives a symbol to what has none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) with the
    /// counter set, the counter and what to do about it: names that are
    /// empty, too long or used twice, GUIDs or numbers used twice, a base or
    /// a time that is missing or of the wrong type, an aggregate where there
    /// is nothing to aggregate, symbols that are not of C.
    pub fn check(self) -> crate::Result<Definition> {
        check::check(self).map(Definition)
    }
}

impl CounterSetSpec {
    /// A counter set of one instance, without counters.
    #[must_use]
    pub fn new(guid: Guid, name: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            guid,
            name: name.into(),
            description: description.into(),
            symbol: None,
            instances: Instances::Single,
            counters: Vec::new(),
        }
    }

    /// Which instances it has.
    #[must_use]
    pub fn instances(mut self, instances: Instances) -> Self {
        self.instances = instances;
        self
    }

    /// Adds a counter.
    #[must_use]
    pub fn counter(mut self, counter: CounterSpec) -> Self {
        self.counters.push(counter);
        self
    }

    /// Its name in C: letters, digits and underscores.
    #[must_use]
    pub fn symbol(mut self, symbol: impl Into<String>) -> Self {
        self.symbol = Some(symbol.into());
        self
    }
}

impl CounterSpec {
    /// A counter for everybody, drawn as it is. A [base](CounterType::is_base)
    /// is hidden.
    #[must_use]
    pub fn new(
        id: u32,
        name: impl Into<String>,
        description: impl Into<String>,
        kind: CounterType,
    ) -> Self {
        Self {
            id,
            name: name.into(),
            description: description.into(),
            symbol: None,
            kind,
            detail: Detail::Novice,
            scale: 0,
            aggregate: None,
            base: None,
            time: None,
            frequency: None,
            multiplier: None,
            hidden: kind.is_base(),
            no_grouping: false,
            hexadecimal: false,
            real: false,
        }
    }

    /// Its name in C: letters, digits and underscores.
    #[must_use]
    pub fn symbol(mut self, symbol: impl Into<String>) -> Self {
        self.symbol = Some(symbol.into());
        self
    }

    /// For whom it is.
    #[must_use]
    pub fn detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }

    /// The power of ten that a graph multiplies it with, -10 to 10.
    #[must_use]
    pub fn scale(mut self, power: i32) -> Self {
        self.scale = power;
        self
    }

    /// How that of several instances becomes one.
    #[must_use]
    pub fn aggregate(mut self, how: Aggregate) -> Self {
        self.aggregate = Some(how);
        self
    }

    /// The number of the counter that it is a part of.
    #[must_use]
    pub fn base(mut self, id: u32) -> Self {
        self.base = Some(id);
        self
    }

    /// The numbers of the counters with the provider's time, and with how many
    /// of that a second has.
    #[must_use]
    pub fn time(mut self, time: u32, frequency: u32) -> Self {
        self.time = Some(time);
        self.frequency = Some(frequency);
        self
    }

    /// The number of the counter with how many it sums up.
    #[must_use]
    pub fn multiplier(mut self, id: u32) -> Self {
        self.multiplier = Some(id);
        self
    }

    /// There for other counters, and not shown.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Thousands are not set apart.
    #[must_use]
    pub fn no_grouping(mut self) -> Self {
        self.no_grouping = true;
        self
    }

    /// Shown in hexadecimal digits.
    #[must_use]
    pub fn hexadecimal(mut self) -> Self {
        self.hexadecimal = true;
        self
    }

    /// Shown with a decimal point.
    #[must_use]
    pub fn real(mut self) -> Self {
        self.real = true;
        self
    }
}

impl Definition {
    /// What the provider is found under.
    #[must_use]
    pub fn guid(&self) -> Guid {
        self.0.guid
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Its counter sets. Each and all their counters have a symbol.
    #[must_use]
    pub fn sets(&self) -> &[CounterSetSpec] {
        &self.0.sets
    }

    /// All of it.
    #[must_use]
    pub fn spec(&self) -> &ProviderSpec {
        &self.0
    }
}
