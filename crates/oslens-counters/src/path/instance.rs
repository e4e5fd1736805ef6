//! The instance of a counter path.

#[cfg(any(windows, test))]
use std::collections::HashMap;
use std::fmt;

use super::pattern::matches;

/// An instance of an object: `parent/name#index`.
///
/// Instances with the same parent and name are told apart by an index, which
/// counts from 0 and is left out for the first. It names a place in a list:
/// when an instance ends, those after it move up.
///
/// ```
/// use oslens_counters::InstanceName;
///
/// let first = InstanceName::from("svchost");
/// let third = InstanceName::from("svchost#2");
/// assert_eq!((first.name(), first.number()), ("svchost", Some(0)));
/// assert_eq!((third.name(), third.number()), ("svchost", Some(2)));
/// assert_eq!(third.to_string(), "svchost#2");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceName {
    parent: Option<String>,
    name: String,
    index: Option<InstanceIndex>,
}

/// Which of the instances with the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum InstanceIndex {
    /// `#*`: all of them.
    Any,
    /// That one; the first is 0.
    Number(u32),
}

impl InstanceName {
    /// The first instance with this name, which is taken as it is: a `#` or
    /// `/` in it is part of it.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            parent: None,
            name: name.into(),
            index: None,
        }
    }

    /// The same in a parent: for a thread, its process.
    #[must_use]
    pub fn with_parent(mut self, parent: impl Into<String>) -> Self {
        self.parent = Some(parent.into());
        self
    }

    /// The same with this index. The first, 0, is the same as none.
    #[must_use]
    pub fn with_index(mut self, index: u32) -> Self {
        self.index = (index != 0).then_some(InstanceIndex::Number(index));
        self
    }

    /// All with this name.
    #[must_use]
    pub fn with_any_index(mut self) -> Self {
        self.index = Some(InstanceIndex::Any);
        self
    }

    pub(super) fn read(text: &str) -> Self {
        let (text, index) = match text.rsplit_once('#') {
            Some((before, "*")) if !before.is_empty() => (before, Some(InstanceIndex::Any)),
            Some((before, digits))
                if !before.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) =>
            {
                match digits.parse::<u32>() {
                    // Not as this type writes it: part of the name.
                    Ok(number) if number.to_string() != digits => (text, None),
                    Ok(number) => (before, Some(InstanceIndex::Number(number))),
                    Err(_) => (text, None),
                }
            }
            _ => (text, None),
        };
        let (parent, name) = match text.split_once('/') {
            Some((parent, name)) if !parent.is_empty() && !name.is_empty() => (Some(parent), name),
            _ => (None, text),
        };
        Self {
            parent: parent.map(str::to_owned),
            name: name.to_owned(),
            index,
        }
    }

    /// The parent: for a thread, its process.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        self.parent.as_deref()
    }

    /// The name, without parent and index.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The index as it was written; `None` where there is none, which names
    /// the first.
    #[must_use]
    pub fn index(&self) -> Option<InstanceIndex> {
        self.index
    }

    /// The number of the instance among those with its name; `None` for any.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        match self.index {
            None => Some(0),
            Some(InstanceIndex::Number(number)) => Some(number),
            Some(InstanceIndex::Any) => None,
        }
    }

    /// Whether it may stand for several instances.
    #[must_use]
    pub fn has_wildcards(&self) -> bool {
        self.index == Some(InstanceIndex::Any)
            || self.name.contains('*')
            || self
                .parent
                .as_ref()
                .is_some_and(|parent| parent.contains('*'))
    }

    /// Whether this, with its wildcards, is that instance.
    ///
    /// The two are compared as they are written, with and without the index
    /// of the first, so that `*` stands for `svchost#3` and for `explorer/0`
    /// as well, and `svchost#*` for `svchost`.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let pattern = self.to_string();
        let name = other.to_string();
        if matches(&pattern, &name) {
            return true;
        }
        match (self.index, other.number()) {
            // The first may be written with or without its index.
            (Some(InstanceIndex::Any | InstanceIndex::Number(0)), Some(0)) => {
                matches(&pattern, &format!("{name}#0"))
            }
            (None, Some(0)) if other.index.is_some() => name
                .strip_suffix("#0")
                .is_some_and(|name| matches(&pattern, name)),
            _ => false,
        }
    }
}

/// Numbers instances that have the same name, in their order.
#[cfg(any(windows, test))]
pub(crate) fn numbered(
    instances: impl IntoIterator<Item = InstanceName>,
) -> impl Iterator<Item = InstanceName> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    instances.into_iter().map(move |instance| {
        let times = seen.entry(instance.to_string().to_lowercase()).or_insert(0);
        let number = *times;
        *times = times.saturating_add(1);
        match number {
            0 => instance,
            number => instance.with_index(number),
        }
    })
}

impl From<&str> for InstanceName {
    /// Reads `parent/name#index`. Every text is an instance.
    fn from(text: &str) -> Self {
        Self::read(text)
    }
}

impl From<String> for InstanceName {
    fn from(text: String) -> Self {
        Self::read(&text)
    }
}

impl fmt::Display for InstanceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = &self.parent {
            write!(f, "{parent}/")?;
        }
        f.write_str(&self.name)?;
        match self.index {
            None => Ok(()),
            Some(InstanceIndex::Any) => f.write_str("#*"),
            Some(InstanceIndex::Number(number)) => write!(f, "#{number}"),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for InstanceName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for InstanceName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Ok(Self::read(&text))
    }
}
