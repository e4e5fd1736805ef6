//! One answer of the providers, with its parts put together.

use std::collections::HashMap;

use oslens_win32::{bytes::until_nul, utf16::Utf16};

use crate::{
    CounterType, Error, ErrorKind, InstanceName, NoValue, RawValue, Result,
    counter_type::{Formula, Second},
    parse::performance_data::{self, Block, Definition, Malformed, ObjectType},
    path::numbered,
};

/// Steps of 100 ns in a second.
const STEPS: i64 = 10_000_000;

// Indexes of names.
const PROCESS: u32 = 230;
const THREAD: u32 = 232;
const ID_PROCESS: u32 = 784;
const ID_THREAD: u32 = 804;

/// Whether a path's machine is this one.
pub(super) fn is_this_machine(machine: Option<&str>) -> bool {
    match machine {
        None | Some(".") => true,
        Some(name) => name.eq_ignore_ascii_case("localhost"),
    }
}

impl From<Malformed> for Error {
    #[cold]
    fn from(malformed: Malformed) -> Self {
        Self::message(ErrorKind::Malformed, malformed.to_string())
    }
}

pub(super) struct Snapshot<'a> {
    block: Block<'a>,
}

impl<'a> Snapshot<'a> {
    pub(super) fn read(data: &'a [u8]) -> Result<Self> {
        let block = performance_data::block(data)?;
        Ok(Self { block })
    }

    /// All objects, up to the first that cannot be read: one provider that
    /// writes nonsense leaves those before it.
    pub(super) fn objects(&self) -> impl Iterator<Item = Object<'a>> + use<'a> {
        self.block.objects().map_while(Result::ok).map(Object::new)
    }

    pub(super) fn objects_of(&self, indexes: &[u32]) -> impl Iterator<Item = Object<'a>> {
        self.objects()
            .filter(|object| indexes.contains(&object.object.name_index))
    }
}

/// An object, and its counters.
pub(super) struct Object<'a> {
    pub(super) object: ObjectType<'a>,
    pub(super) counters: Vec<Counter>,
}

/// A counter, and its base where that follows it.
pub(super) struct Counter {
    pub(super) definition: Definition,
    base: Option<Definition>,
}

impl<'a> Object<'a> {
    fn new(object: ObjectType<'a>) -> Self {
        let definitions: Vec<Definition> = object.counters().map_while(Result::ok).collect();
        let bases = definitions.iter().skip(1).map(Some).chain([None]);
        let counters = definitions
            .iter()
            .zip(bases)
            .map(|(definition, base)| Counter {
                definition: *definition,
                base: base
                    .filter(|base| CounterType(base.kind).is_base())
                    .copied(),
            })
            .collect();
        Self { object, counters }
    }

    /// Its counters, without those that are only the base of another.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Counter> {
        self.counters
            .iter()
            .filter(|counter| !counter.kind().is_base())
    }

    /// Its instances, those with the same name numbered, each with its
    /// numbers.
    pub(super) fn instances(&self, snapshot: &Snapshot<'a>) -> Vec<(InstanceName, &'a [u8])> {
        let mut parents: HashMap<u32, Vec<String>> = HashMap::new();
        let found: Vec<(InstanceName, &'a [u8])> = self
            .object
            .instances()
            .map_while(Result::ok)
            .map(|instance| {
                let name = InstanceName::new(instance.name());
                let parent = instance.parent.and_then(|(object, position)| {
                    let names = parents
                        .entry(object)
                        .or_insert_with(|| snapshot.instance_names(object));
                    names.get(usize::try_from(position).ok()?).cloned()
                });
                let name = match parent {
                    Some(parent) => name.with_parent(parent),
                    None => name,
                };
                (name, instance.numbers)
            })
            .collect();
        let names: Vec<InstanceName> = found.iter().map(|(name, _)| name.clone()).collect();
        let numbers = found.into_iter().map(|(_, numbers)| numbers);
        numbered(names).zip(numbers).collect()
    }

    /// The number of a process or thread, by which it is known when its index
    /// changes. The names of these counters have had the same index since the
    /// first version of Windows.
    pub(super) fn identity(&self, numbers: &[u8]) -> Option<i64> {
        let index = match self.object.name_index {
            PROCESS => ID_PROCESS,
            THREAD => ID_THREAD,
            _ => return None,
        };
        let mut definitions = self.counters.iter().map(|counter| counter.definition);
        let definition = definitions.find(|definition| definition.name_index == index)?;
        definition.number(numbers)
    }

    /// The instances, or the one block of an object that has none.
    pub(super) fn blocks(&self, snapshot: &Snapshot<'a>) -> Vec<(Option<InstanceName>, &'a [u8])> {
        if !self.object.has_instances() {
            let numbers = self.object.numbers().ok();
            return numbers.map(|numbers| (None, numbers)).into_iter().collect();
        }
        self.instances(snapshot)
            .into_iter()
            .map(|(name, numbers)| (Some(name), numbers))
            .collect()
    }
}

impl Snapshot<'_> {
    fn instance_names(&self, object: u32) -> Vec<String> {
        let object = self.objects_of(&[object]).next();
        object.map_or_else(Vec::new, |object| {
            let instances = object.object.instances().map_while(Result::ok);
            instances.map(|instance| instance.name()).collect()
        })
    }
}

impl Counter {
    pub(super) fn kind(&self) -> CounterType {
        CounterType(self.definition.kind)
    }

    pub(super) fn needs_two_samples(&self) -> bool {
        self.kind().needs_two_samples()
    }

    /// Its raw value in these numbers of the object.
    pub(super) fn raw(
        &self,
        snapshot: &Snapshot<'_>,
        object: &Object<'_>,
        numbers: &[u8],
    ) -> Result<RawValue, NoValue> {
        let kind = self.kind();
        if kind == CounterType::COUNTER_TEXT {
            let bytes = self.definition.bytes(numbers).ok_or(NoValue::NoData)?;
            let units = Utf16::new(bytes).to_vec();
            let mut raw = RawValue::new(kind, 0, 0);
            raw.text = Some(String::from_utf16_lossy(until_nul(&units)));
            return Ok(raw);
        }
        let block = &snapshot.block;
        let (second, frequency) = match kind.second() {
            Second::None => (0, 0),
            Second::Ticks => (block.ticks, block.frequency),
            Second::Steps => (block.steps, STEPS),
            Second::Object => (object.object.time, object.object.frequency),
            Second::Base => {
                let base = self.base.ok_or(NoValue::NoData)?;
                let base = base.number(numbers).ok_or(NoValue::NoData)?;
                (base, block.frequency)
            }
        };
        if matches!(kind.formula(), Formula::Nothing | Formula::Unknown) {
            return Err(NoValue::NotANumber);
        }
        let first = self.definition.number(numbers).ok_or(NoValue::NoData)?;
        let mut raw = RawValue::new(kind, first, second).with_frequency(frequency);
        if kind.is_multi() {
            let items = self.definition.items(numbers).ok_or(NoValue::NoData)?;
            raw = raw.with_multi_count(items);
        }
        Ok(raw)
    }
}
