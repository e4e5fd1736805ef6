//! Counter paths: what names a counter, of one instance or of several.

use std::{fmt, str::FromStr};

use crate::{Error, ErrorKind, Result};

mod instance;
mod pattern;
#[cfg(test)]
mod tests;

#[cfg(any(windows, test))]
pub(crate) use instance::numbered;
pub use instance::{InstanceIndex, InstanceName};
pub(crate) use pattern::{matches, same};

/// The name of a counter: `\\machine\object(parent/instance#index)\counter`.
///
/// The machine and the instance may be missing. `*` in the instance, its
/// parent, its index or the counter stands for any text, so that one path
/// names several counters.
///
/// # Grammar
///
/// There are no escapes, and instances have any characters: `\`, `#`, `/` and
/// parentheses, as in `\Paging File(\??\C:\pagefile.sys)\% Usage`. So a path
/// is read from its end: the counter is what follows the last `)\`, else the
/// last `\`; the instance is the group of parentheses before it, back to the
/// one that opens it, or to the first of all where they do not pair up. In the
/// instance the first `/` ends the parent, and `#` with digits or `*` at the
/// end is the index.
///
/// A path that is made of parts ([`new`](Self::new) and the `with_`
/// functions) is refused when it would be read as another one.
///
/// ```
/// use oslens_counters::CounterPath;
///
/// let path: CounterPath = r"\\host\Thread(explorer/0#1)\% Processor Time".parse()?;
/// assert_eq!(path.machine(), Some("host"));
/// assert_eq!(path.object(), "Thread");
/// assert_eq!(path.counter(), "% Processor Time");
/// let instance = path.instance().unwrap();
/// assert_eq!(instance.parent(), Some("explorer"));
/// assert_eq!(instance.name(), "0");
/// assert_eq!(instance.number(), Some(1));
///
/// let path = CounterPath::new("Process", "ID Process")?.with_instance("*".into())?;
/// assert_eq!(path.to_string(), r"\Process(*)\ID Process");
/// assert!(path.has_wildcards());
/// # Ok::<(), oslens_counters::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CounterPath {
    machine: Option<String>,
    object: String,
    instance: Option<InstanceName>,
    counter: String,
}

impl CounterPath {
    /// The counter of an object without instances, or of no instance yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for parts that no path can have: empty
    /// ones, a `\` in the object or the counter, a NUL.
    pub fn new(object: impl Into<String>, counter: impl Into<String>) -> Result<Self> {
        Self {
            machine: None,
            object: object.into(),
            instance: None,
            counter: counter.into(),
        }
        .checked()
    }

    /// The same counter of an instance.
    ///
    /// ```
    /// use oslens_counters::{CounterPath, InstanceName};
    ///
    /// let path = CounterPath::new("Processor", "% Processor Time")?;
    /// let total = path.with_instance("_Total".into())?;
    /// assert_eq!(total.to_string(), r"\Processor(_Total)\% Processor Time");
    /// let thread = InstanceName::new("0").with_parent("svchost").with_index(2);
    /// let path = CounterPath::new("Thread", "ID Thread")?.with_instance(thread)?;
    /// assert_eq!(path.to_string(), r"\Thread(svchost/0#2)\ID Thread");
    /// # Ok::<(), oslens_counters::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for an instance that would be read as
    /// another one: the grammar has no escapes.
    pub fn with_instance(mut self, instance: InstanceName) -> Result<Self> {
        self.instance = Some(instance);
        self.checked()
    }

    /// The same counter without an instance.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for an object with parentheses, which would
    /// be read as those of an instance.
    pub fn without_instance(mut self) -> Result<Self> {
        self.instance = None;
        self.checked()
    }

    /// The same counter of another machine, by its name without `\\`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a name that is empty or has a `\`.
    pub fn with_machine(mut self, machine: impl Into<String>) -> Result<Self> {
        self.machine = Some(machine.into());
        self.checked()
    }

    /// Another counter of the same object and instance.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a name that no path can have.
    pub fn with_counter(mut self, counter: impl Into<String>) -> Result<Self> {
        self.counter = counter.into();
        self.checked()
    }

    /// What the system said the parts are, whether or not they can be written
    /// as a path.
    pub(crate) fn found(
        machine: Option<&str>,
        object: &str,
        instance: Option<InstanceName>,
        counter: &str,
    ) -> Self {
        Self {
            machine: machine.map(str::to_owned),
            object: object.to_owned(),
            instance,
            counter: counter.to_owned(),
        }
    }

    /// The machine, without `\\`; `None` for this one.
    #[must_use]
    pub fn machine(&self) -> Option<&str> {
        self.machine.as_deref()
    }

    /// The object, as `Process`.
    #[must_use]
    pub fn object(&self) -> &str {
        &self.object
    }

    /// The instance, or the pattern of instances; `None` for an object that
    /// has none.
    #[must_use]
    pub fn instance(&self) -> Option<&InstanceName> {
        self.instance.as_ref()
    }

    /// The counter, as `% Processor Time`.
    #[must_use]
    pub fn counter(&self) -> &str {
        &self.counter
    }

    /// Whether it may name several counters.
    #[must_use]
    pub fn has_wildcards(&self) -> bool {
        self.counter.contains('*')
            || self
                .instance
                .as_ref()
                .is_some_and(InstanceName::has_wildcards)
    }

    /// Whether this path, with its wildcards, names that counter. Letters are
    /// the same in both cases, a missing index is 0, and machines are not
    /// compared.
    ///
    /// ```
    /// use oslens_counters::CounterPath;
    ///
    /// let all: CounterPath = r"\Process(note*)\*".parse()?;
    /// assert!(all.matches(&r"\process(Notepad#2)\ID Process".parse()?));
    /// assert!(!all.matches(&r"\Process(explorer)\ID Process".parse()?));
    /// # Ok::<(), oslens_counters::Error>(())
    /// ```
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        same(&self.object, &other.object)
            && matches(&self.counter, &other.counter)
            && match (&self.instance, &other.instance) {
                (None, None) => true,
                (Some(pattern), Some(name)) => pattern.matches(name),
                _ => false,
            }
    }

    fn checked(self) -> Result<Self> {
        let text = self.to_string();
        match Self::read(&text) {
            Ok(again) if again == self => Ok(self),
            Ok(_) => Err(invalid(&text, "would be read as another path")),
            Err(why) => Err(invalid(&text, why)),
        }
    }

    fn read(text: &str) -> Result<Self, &'static str> {
        if text.contains('\0') {
            return Err("contains a NUL");
        }
        let rest = text
            .strip_prefix('\\')
            .ok_or(r"does not begin with a backslash")?;
        let (machine, rest) = match rest.strip_prefix('\\') {
            None => (None, rest),
            Some(rest) => {
                let (machine, rest) = rest.split_once('\\').ok_or("has no object")?;
                (Some(machine), rest)
            }
        };
        if machine.is_some_and(|name| name.trim().is_empty()) {
            return Err("names an empty machine");
        }
        let (object, instance, counter) = match rest.rsplit_once(r")\") {
            Some((group, counter)) if group.contains('(') => {
                let (object, instance) = split_group(group);
                (object, Some(instance), counter)
            }
            _ => {
                let (object, counter) = rest.rsplit_once('\\').ok_or("has no counter")?;
                (object, None, counter)
            }
        };
        if object.contains('\\') || counter.contains('\\') {
            return Err("has a backslash too many");
        }
        if object.trim().is_empty() {
            return Err("names an empty object");
        }
        if counter.trim().is_empty() {
            return Err("names an empty counter");
        }
        let instance = match instance {
            Some("") => return Err("names an empty instance"),
            Some(instance) => Some(InstanceName::read(instance)),
            None => None,
        };
        Ok(Self {
            machine: machine.map(str::to_owned),
            object: object.to_owned(),
            instance,
            counter: counter.to_owned(),
        })
    }
}

/// Splits `object(instance` at the parenthesis that opens the group: the one
/// that pairs with the one that was cut off at the end, if those before it
/// pair up as well; otherwise the first one. There is one.
fn split_group(group: &str) -> (&str, &str) {
    let mut depth = 1_usize;
    let mut open = None;
    for (at, byte) in group.bytes().enumerate().rev() {
        match byte {
            b')' => depth = depth.saturating_add(1),
            b'(' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    open = Some(at);
                    break;
                }
            }
            _ => {}
        }
    }
    let paired = open
        .and_then(|at| Some((group.get(..at)?, group.get(at..)?.strip_prefix('(')?)))
        .filter(|(object, _)| pairs_up(object) && !object.contains('\\'));
    paired
        .or_else(|| group.split_once('('))
        .unwrap_or((group, ""))
}

fn pairs_up(text: &str) -> bool {
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'(' => depth = depth.saturating_add(1),
            b')' => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            },
            _ => {}
        }
    }
    depth == 0
}

#[cold]
fn invalid(text: &str, why: &'static str) -> Error {
    Error::message(
        ErrorKind::InvalidInput,
        format!(
            "'{}' is no counter path: it {why}",
            oslens_win32::shown(text)
        ),
    )
}

impl FromStr for CounterPath {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::read(text).map_err(|why| invalid(text, why))
    }
}

impl TryFrom<&str> for CounterPath {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self> {
        text.parse()
    }
}

impl TryFrom<String> for CounterPath {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<&CounterPath> for CounterPath {
    fn from(path: &CounterPath) -> Self {
        path.clone()
    }
}

impl fmt::Display for CounterPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(machine) = &self.machine {
            write!(f, r"\\{machine}")?;
        }
        write!(f, r"\{}", self.object)?;
        if let Some(instance) = &self.instance {
            write!(f, "({instance})")?;
        }
        write!(f, r"\{}", self.counter)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for CounterPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for CounterPath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
