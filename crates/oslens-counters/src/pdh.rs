//! Counters from the system's library, `pdh.dll`.
//!
//! It takes the samples; values are computed here, by
//! [`RawValue::calculate`](crate::RawValue::calculate), so that they mean the
//! same whatever the source.

mod browse;

#[cfg(test)]
mod tests;

pub(crate) use browse::{counters, instances, objects};

use std::{
    collections::{BTreeMap, HashMap},
    time::SystemTime,
};

use crate::{
    CounterPath, CounterType, Error, ErrorKind, InstanceName, Language, Names, NoValue, RawValue,
    Result,
    path::{matches, numbered, same},
    source::{Backend, Row, Sampled},
    status::{PDH_END_OF_LOG_FILE, PDH_NO_MORE_DATA},
    value::no_value,
};

/// A counter of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handle(pub(crate) usize);

/// What it knows of a counter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Info {
    pub(crate) kind: u32,
    pub(crate) default_scale: i32,
    /// The path with local names.
    pub(crate) path: String,
    /// The explanation, where it was asked for.
    pub(crate) help: Option<String>,
    /// Ticks in a second of the counter's clock; 0 where unknown.
    pub(crate) time_base: i64,
}

/// A sample of a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Raw {
    pub(crate) status: u32,
    pub(crate) first: i64,
    pub(crate) second: i64,
    pub(crate) multi_count: u32,
}

/// A status that is no success.
pub(crate) type Status = u32;

/// What is asked of the library, in a query that is open.
pub(crate) trait Pdh: Send {
    /// Adds a counter by its English or local path.
    fn add(&mut self, path: &str, english: bool) -> Result<Handle>;
    fn remove(&mut self, counter: Handle);
    fn info(&mut self, counter: Handle, help: bool) -> Result<Info>;
    /// Takes a sample; the time of the record of a log.
    fn collect(&mut self) -> Result<Option<SystemTime>, Status>;
    fn raw(&mut self, counter: Handle) -> Result<Raw, Status>;
    /// The samples of all instances, by their names.
    fn raw_array(&mut self, counter: Handle) -> Result<Vec<(String, Raw)>, Status>;
    /// The local paths of all counters that a local path names; instances
    /// keep their wildcards.
    fn expand_counters(&mut self, path: &str) -> Result<Vec<String>>;
    /// Whether there are `raw_array` and `expand_counters`.
    fn has_wildcards(&self) -> bool;
    fn is_log(&self) -> bool;
    /// The names of all objects, in the local language.
    fn objects(&mut self, machine: Option<&str>) -> Result<Vec<String>>;
    /// The names of an object's counters and instances, in the local language.
    fn items(&mut self, machine: Option<&str>, object: &str) -> Result<(Vec<String>, Vec<String>)>;
    /// The table of names.
    fn names(&mut self, language: Language) -> Result<Names>;
}

/// The source of a query.
pub(crate) struct Library<P> {
    pdh: P,
    counters: BTreeMap<u32, Added>,
    next: u32,
    /// Why the last sample has nothing at all.
    nothing: Option<NoValue>,
    /// Names of both languages, once they were needed.
    names: Option<Dictionary>,
}

struct Added {
    path: CounterPath,
    /// One for each counter that the path names.
    parts: Vec<Part>,
    /// The counter of the number by which an instance is known when its index
    /// changes.
    identity: Option<Handle>,
}

struct Part {
    handle: Handle,
    /// The counter's name in the language of the path.
    counter: String,
    info: Info,
}

impl Part {
    fn kind(&self) -> CounterType {
        CounterType(self.info.kind)
    }
}

/// Translates names, as far as the tables have them.
pub(crate) struct Dictionary {
    english: Names,
    local: Names,
}

impl Dictionary {
    pub(crate) fn read<P: Pdh>(pdh: &mut P) -> Self {
        Self {
            english: pdh.names(Language::Neutral).unwrap_or_default(),
            local: pdh.names(Language::Local).unwrap_or_default(),
        }
    }

    /// The English name of a local one, and its number.
    pub(crate) fn english(&self, local: &str) -> Option<(u32, &str)> {
        self.local
            .indexes(local)
            .find_map(|index| Some((index, self.english.get(index)?)))
    }

    /// The local name of an English one.
    pub(crate) fn local(&self, english: &str) -> Option<&str> {
        self.english
            .indexes(english)
            .find_map(|index| self.local.get(index))
    }

    /// The name with this number.
    fn by_number(&self, number: u32, language: Language) -> Option<&str> {
        match language {
            Language::Neutral => self.english.get(number),
            Language::Local => self.local.get(number),
        }
    }
}

impl<P: Pdh> Library<P> {
    pub(crate) fn new(pdh: P) -> Self {
        Self {
            pdh,
            counters: BTreeMap::new(),
            next: 0,
            nothing: None,
            names: None,
        }
    }

    fn dictionary(&mut self) -> &Dictionary {
        let pdh = &mut self.pdh;
        self.names.get_or_insert_with(|| Dictionary::read(pdh))
    }

    /// The path with names instead of the numbers that stand for them.
    fn named(&mut self, path: &CounterPath, language: Language) -> CounterPath {
        let mut name = |name: &str| match name.parse() {
            Ok(number) => self
                .dictionary()
                .by_number(number, language)
                .map(str::to_owned),
            Err(_) => None,
        };
        let object = name(path.object());
        let counter = name(path.counter());
        CounterPath::found(
            path.machine(),
            object.as_deref().unwrap_or(path.object()),
            path.instance().cloned(),
            counter.as_deref().unwrap_or(path.counter()),
        )
    }

    fn add_part(&mut self, path: &str, english: bool, counter: String) -> Result<Part> {
        let handle = self.pdh.add(path, english)?;
        // Types of providers that are not there yet are asked for again.
        let info = self.pdh.info(handle, false).unwrap_or_default();
        Ok(Part {
            handle,
            counter,
            info,
        })
    }

    fn resolve(&mut self, path: &CounterPath, language: Language) -> Result<Added> {
        let english = language == Language::Neutral;
        if path.has_wildcards() && !self.pdh.has_wildcards() {
            return Err(Error::message(
                ErrorKind::Unsupported,
                "wildcards: pdh.dll of this system has no functions for them",
            ));
        }
        // The library has wildcards of its own, which are coarser: it is
        // asked for all instances, and those that were not meant are left out.
        let asked = match path.instance() {
            Some(instance) if instance.has_wildcards() => CounterPath::found(
                path.machine(),
                path.object(),
                Some(InstanceName::new("*")),
                path.counter(),
            ),
            _ => path.clone(),
        };
        if !path.counter().contains('*') {
            let part = self.add_part(&asked.to_string(), english, path.counter().to_owned())?;
            let identity = self.add_identity(&asked, language, &[&part]);
            return Ok(Added {
                path: path.clone(),
                parts: vec![part],
                identity,
            });
        }
        // Counters with wildcards must be expanded, which is done with local
        // names only: the library translates the object's name when it is
        // added.
        let all = CounterPath::found(
            asked.machine(),
            asked.object(),
            asked.instance().cloned(),
            "*",
        );
        let local = if english {
            let handle = self.pdh.add(&all.to_string(), true)?;
            let info = self.pdh.info(handle, false);
            self.pdh.remove(handle);
            info?.path
        } else {
            all.to_string()
        };
        let mut parts = Vec::new();
        for expanded in self.pdh.expand_counters(&local)? {
            let Ok(found) = expanded.parse::<CounterPath>() else {
                continue;
            };
            let name = match english {
                true => self
                    .dictionary()
                    .english(found.counter())
                    .map(|(_, name)| name.to_owned()),
                false => None,
            };
            let name = name.unwrap_or_else(|| found.counter().to_owned());
            if matches(path.counter(), &name)
                && !parts.iter().any(|part: &Part| part.counter == name)
            {
                parts.push(self.add_part(&expanded, false, name)?);
            }
        }
        if parts.is_empty() {
            return Err(Error::message(
                ErrorKind::NotFound,
                "the object has no such counter",
            ));
        }
        let identity = self.add_identity(&asked, language, &parts.iter().collect::<Vec<_>>());
        Ok(Added {
            path: path.clone(),
            parts,
            identity,
        })
    }

    /// Adds the number of processes or threads, where a rate depends on it.
    fn add_identity(
        &mut self,
        asked: &CounterPath,
        language: Language,
        parts: &[&Part],
    ) -> Option<Handle> {
        let counter = [("Process", "ID Process"), ("Thread", "ID Thread")]
            .into_iter()
            .find(|(object, _)| same(object, asked.object()))
            .filter(|_| language == Language::Neutral)
            .filter(|_| parts.iter().any(|part| part.kind().needs_two_samples()))
            .map(|(_, counter)| counter)?;
        let instance = asked.instance()?.clone();
        let path = CounterPath::found(asked.machine(), asked.object(), Some(instance), counter);
        self.pdh.add(&path.to_string(), true).ok()
    }

    /// The rows of one counter, with or without a wildcard in its instance.
    fn part_rows(
        pdh: &mut P,
        path: &CounterPath,
        part: &mut Part,
        identities: &HashMap<InstanceName, i64>,
    ) -> Vec<Row> {
        if part.info.kind == 0 {
            if let Ok(info) = pdh.info(part.handle, false) {
                part.info = info;
            }
        }
        let row = |instance: Option<InstanceName>, raw| Row {
            identity: instance
                .as_ref()
                .and_then(|instance| identities.get(instance))
                .copied(),
            path: CounterPath::found(path.machine(), path.object(), instance, &part.counter),
            kind: Some(part.kind()),
            default_scale: part.info.default_scale,
            raw,
        };
        let wanted = path.instance().filter(|instance| instance.has_wildcards());
        let Some(wanted) = wanted else {
            let raw = pdh.raw(part.handle);
            return vec![row(path.instance().cloned(), read(raw, &part.info))];
        };
        let Ok(array) = pdh.raw_array(part.handle) else {
            // No instances, or no provider: the next sample may have some.
            return Vec::new();
        };
        named(&array)
            .filter(|(instance, _)| wanted.matches(instance))
            .map(|(instance, raw)| row(Some(instance), read(Ok(raw), &part.info)))
            .collect()
    }

    /// The numbers of the instances in this sample, by their names in it.
    fn identities(
        pdh: &mut P,
        path: &CounterPath,
        counter: Option<Handle>,
    ) -> HashMap<InstanceName, i64> {
        let (Some(counter), Some(instance)) = (counter, path.instance()) else {
            return HashMap::new();
        };
        let array = if instance.has_wildcards() {
            let array = pdh.raw_array(counter).unwrap_or_default();
            named(&array).collect()
        } else {
            let raw = pdh.raw(counter);
            raw.map_or_else(|_| Vec::new(), |raw| vec![(instance.clone(), raw)])
        };
        array
            .into_iter()
            .filter(|(_, raw)| no_value(raw.status).is_none())
            .map(|(name, raw)| (name, raw.first))
            .collect()
    }
}

/// An array's instances: those with the same name may come with their number,
/// or without.
fn named(array: &[(String, Raw)]) -> impl Iterator<Item = (InstanceName, Raw)> {
    let names = array
        .iter()
        .map(|(name, _)| InstanceName::from(name.as_str()));
    numbered(names).zip(array.iter().map(|(_, raw)| *raw))
}

fn read(raw: Result<Raw, Status>, info: &Info) -> Result<RawValue, NoValue> {
    let raw = raw.map_err(|status| no_value(status).unwrap_or(NoValue::NoData))?;
    if let Some(why) = no_value(raw.status) {
        return Err(why);
    }
    let kind = CounterType(info.kind);
    Ok(RawValue::new(kind, raw.first, raw.second)
        .with_frequency(info.time_base)
        .with_multi_count(raw.multi_count))
}

impl<P: Pdh> Backend for Library<P> {
    fn add(&mut self, path: &CounterPath, language: Language) -> Result<u32> {
        let added = match self.resolve(path, language) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let named = self.named(path, language);
                if named == *path {
                    return Err(error);
                }
                self.resolve(&named, language)?
            }
            added => added?,
        };
        let key = self.next;
        self.next = self.next.wrapping_add(1);
        self.counters.insert(key, added);
        Ok(key)
    }

    fn remove(&mut self, key: u32) {
        let Some(added) = self.counters.remove(&key) else {
            return;
        };
        let parts = added.parts.iter().map(|part| part.handle);
        for counter in parts.chain(added.identity) {
            self.pdh.remove(counter);
        }
    }

    fn needs_two_samples(&self, key: u32) -> bool {
        let parts = self.counters.get(&key).map(|added| &added.parts);
        parts
            .into_iter()
            .flatten()
            .any(|part| part.kind().needs_two_samples())
    }

    fn collect(&mut self) -> Result<Sampled> {
        self.nothing = None;
        match self.pdh.collect() {
            Ok(time) => Ok(Sampled::At(time.unwrap_or_else(SystemTime::now))),
            Err(PDH_NO_MORE_DATA | PDH_END_OF_LOG_FILE) if self.pdh.is_log() => Ok(Sampled::End),
            Err(status) => match no_value(status) {
                // No counter has data: each of them says so.
                Some(
                    why @ (NoValue::NoData
                    | NoValue::NoInstance
                    | NoValue::NoCounter
                    | NoValue::NoObject
                    | NoValue::NoMachine),
                ) => {
                    self.nothing = Some(why);
                    Ok(Sampled::At(SystemTime::now()))
                }
                _ => Err(Error::code_of("PdhCollectQueryData", status)),
            },
        }
    }

    fn rows(&mut self, key: u32) -> Vec<Row> {
        let Some(added) = self.counters.get_mut(&key) else {
            return Vec::new();
        };
        if let Some(why) = self.nothing {
            if added.path.has_wildcards() {
                return Vec::new();
            }
            return vec![Row::missing(&added.path, why)];
        }
        let identities = Self::identities(&mut self.pdh, &added.path, added.identity);
        let mut rows = Vec::new();
        for part in &mut added.parts {
            let found = Self::part_rows(&mut self.pdh, &added.path, part, &identities);
            rows.extend(found);
        }
        rows
    }

    fn is_log(&self) -> bool {
        self.pdh.is_log()
    }
}
