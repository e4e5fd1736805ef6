//! Which services a listing is of.

use std::ffi::OsString;

use crate::Kind;

/// Which services [`Manager::services`](crate::Manager::services) lists.
///
/// ```
/// use oslens_service::Filter;
///
/// let drivers_that_run = Filter::drivers().active();
/// let early = Filter::all().group("TDI");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filter {
    /// The kinds of service.
    pub kinds: Kind,
    /// Whether they run.
    pub states: States,
    /// The group that they start with, empty for those without one; `None`:
    /// all.
    pub group: Option<OsString>,
}

/// Whether services of a listing run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum States {
    /// All that are not stopped.
    Active,
    /// Those that are stopped.
    Inactive,
    /// All.
    All,
}

impl Filter {
    /// Programs, not drivers.
    #[must_use]
    pub const fn services() -> Self {
        Self::kinds(Kind::SERVICES)
    }

    /// Drivers.
    #[must_use]
    pub const fn drivers() -> Self {
        Self::kinds(Kind::DRIVERS)
    }

    /// Programs and drivers.
    #[must_use]
    pub const fn all() -> Self {
        Self::kinds(Kind::SERVICES.union(Kind::DRIVERS))
    }

    /// These kinds.
    #[must_use]
    pub const fn kinds(kinds: Kind) -> Self {
        Self {
            kinds,
            states: States::All,
            group: None,
        }
    }

    /// Of these, those that are not stopped.
    #[must_use]
    pub fn active(mut self) -> Self {
        self.states = States::Active;
        self
    }

    /// Of these, those that are stopped.
    #[must_use]
    pub fn inactive(mut self) -> Self {
        self.states = States::Inactive;
        self
    }

    /// Of these, those that start with this group; an empty name for those
    /// without one.
    #[must_use]
    pub fn group(mut self, group: impl Into<OsString>) -> Self {
        self.group = Some(group.into());
        self
    }
}

impl Default for Filter {
    /// [`Filter::services`].
    fn default() -> Self {
        Self::services()
    }
}
