//! Whether a definition holds together.

use std::collections::HashSet;

use super::{CounterSetSpec, CounterSpec, ProviderSpec, kind};
use crate::{CounterType, Error, ErrorKind, Result};

/// The longest name that the schema of manifests has, in UTF-16 units.
const LONGEST_NAME: usize = 1023;
/// A text of a string table has its length in 16 bits, and a consumer no
/// buffer for such.
const LONGEST_DESCRIPTION: usize = 4096;
/// A set has no more than 64 Ki counters.
const LAST_ID: u32 = 0xffff;

pub(super) fn check(mut provider: ProviderSpec) -> Result<ProviderSpec> {
    let at = Place(format!("provider {:?}", provider.name));
    at.name(&provider.name, "a provider")?;
    at.guid(provider.guid.is_nil())?;
    if provider.resource_base == 0 {
        return at.refuse("its texts begin with number 0; begin with 1 or later");
    }
    if provider.sets.is_empty() {
        return at.refuse("it has no counter set; add one");
    }
    let mut guids = HashSet::new();
    let mut names = HashSet::new();
    let mut symbols = HashSet::new();
    at.symbol(provider.symbol.as_deref(), &mut symbols)?;
    for set in &provider.sets {
        let at = Place(format!("counter set {:?}", set.name));
        at.name(&set.name, "a counter set")?;
        // A path has an instance in parentheses behind the object.
        if set.name.contains(['(', ')']) {
            return at.refuse("its name has a parenthesis, which begins an instance in a path");
        }
        at.description(&set.description)?;
        at.guid(set.guid.is_nil())?;
        if !guids.insert(set.guid) {
            return at.refuse("another counter set has its GUID; give each one of its own");
        }
        // Paths do not tell cases apart.
        if !names.insert(set.name.to_lowercase()) {
            return at.refuse("another counter set has its name; paths could not tell them apart");
        }
        at.symbol(set.symbol.as_deref(), &mut symbols)?;
        counters(set, &mut symbols)?;
    }
    let texts: usize = provider.sets.iter().map(texts_of).sum();
    if usize::from(provider.resource_base) + texts > usize::from(u16::MAX) {
        return at.refuse("its texts need numbers beyond 65535; begin with a lower one");
    }
    symbolize(&mut provider, &mut symbols);
    Ok(provider)
}

/// How many numbers its texts need: two for each name and description.
fn texts_of(set: &CounterSetSpec) -> usize {
    let shown = set.counters.iter().filter(|counter| !counter.hidden);
    4 * (1 + shown.count())
}

fn counters(set: &CounterSetSpec, symbols: &mut HashSet<String>) -> Result<()> {
    let at = Place(format!("counter set {:?}", set.name));
    if set.counters.is_empty() {
        return at.refuse("it has no counter; add one");
    }
    let mut ids = HashSet::new();
    let mut names = HashSet::new();
    for counter in &set.counters {
        let at = Place::of(set, counter);
        at.name(&counter.name, "a counter")?;
        if !counter.hidden {
            at.description(&counter.description)?;
        }
        if counter.id > LAST_ID {
            return at.refuse("its number is beyond 65535");
        }
        if !ids.insert(counter.id) {
            return at.refuse("another counter of the set has its number");
        }
        if !names.insert(counter.name.to_lowercase()) {
            return at.refuse("another counter of the set has its name; paths could not tell them");
        }
        if !(-10..=10).contains(&counter.scale) {
            return at.refuse("its scale is not one of -10 to 10; it is a power of ten");
        }
        at.symbol(counter.symbol.as_deref(), symbols)?;
        relations(set, counter)?;
    }
    if set.counters.iter().all(|counter| counter.hidden) {
        return at.refuse("all its counters are hidden; show one");
    }
    Ok(())
}

/// What the counter refers to: there, and of the type that it must have.
fn relations(set: &CounterSetSpec, counter: &CounterSpec) -> Result<()> {
    let at = Place::of(set, counter);
    let of = counter.kind;
    if !kind::is_published(of) {
        return at.refuse(format_args!("its type {of} has no number to publish"));
    }
    at.refers(
        set,
        "base",
        counter.base,
        kind::base(of),
        kind::needs_base(of),
    )?;
    let timed = kind::needs_time(of);
    let time = timed.then_some(CounterType::COUNTER_LARGE_RAWCOUNT);
    at.refers(set, "time", counter.time, time, timed)?;
    at.refers(set, "frequency", counter.frequency, time, timed)?;
    let several = kind::needs_multiplier(of);
    let number = several.then_some(CounterType::COUNTER_RAWCOUNT);
    at.refers(set, "multiplier", counter.multiplier, number, several)?;
    if kind::detail(counter.detail).is_none() {
        return at.refuse("it is for experts, whom manifests do not know; make it advanced");
    }
    if counter.aggregate.is_some() && !set.instances.is_aggregate() {
        return at.refuse("it says how to aggregate, but its set has no such instances");
    }
    if counter.hexadecimal && counter.real {
        return at.refuse("it is shown in hexadecimal digits and with a point; choose one");
    }
    if counter.kind.is_base() && !counter.hidden {
        return at.refuse("it is a base, which means nothing alone; hide it");
    }
    Ok(())
}

/// What an error is about.
struct Place(String);

impl Place {
    fn of(set: &CounterSetSpec, counter: &CounterSpec) -> Self {
        let (set, id, name) = (&set.name, counter.id, &counter.name);
        Self(format!("counter set {set:?}, counter {id} {name:?}"))
    }

    fn refuse<T>(&self, why: impl std::fmt::Display) -> Result<T> {
        Err(Error::message(
            ErrorKind::InvalidInput,
            format!("{}: {why}", self.0),
        ))
    }

    fn guid(&self, nil: bool) -> Result<()> {
        if nil {
            return self.refuse("its GUID is all zero; make one with uuidgen");
        }
        Ok(())
    }

    fn name(&self, name: &str, of: &str) -> Result<()> {
        if name.trim().is_empty() {
            return self.refuse(format_args!("{of} needs a name"));
        }
        if name.trim() != name {
            return self.refuse("its name begins or ends with a blank");
        }
        if name.encode_utf16().count() > LONGEST_NAME {
            return self.refuse(format_args!("its name is longer than {LONGEST_NAME} units"));
        }
        if name.contains('\\') || name.contains('*') {
            return self.refuse(r"its name has a \ or *, which mean something else in a path");
        }
        self.characters(name, "name")
    }

    fn description(&self, text: &str) -> Result<()> {
        if text.trim().is_empty() {
            return self.refuse("it has no description; say what it counts");
        }
        if text.encode_utf16().count() > LONGEST_DESCRIPTION {
            return self.refuse(format_args!(
                "its description is longer than {LONGEST_DESCRIPTION} units"
            ));
        }
        self.characters(text, "description")
    }

    /// What neither a manifest nor a list of counters can hold.
    fn characters(&self, text: &str, what: &str) -> Result<()> {
        let odd = text
            .chars()
            .find(|&c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'));
        match odd {
            Some(odd) => self.refuse(format_args!(
                "its {what} has the character U+{:04X}, which a manifest cannot hold",
                u32::from(odd)
            )),
            None => Ok(()),
        }
    }

    fn symbol(&self, symbol: Option<&str>, known: &mut HashSet<String>) -> Result<()> {
        let Some(symbol) = symbol else {
            return Ok(());
        };
        let mut bytes = symbol.bytes();
        let first = bytes
            .next()
            .is_some_and(|byte| byte == b'_' || byte.is_ascii_alphabetic());
        if !first || !bytes.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
            return self.refuse(format_args!(
                "its symbol {symbol:?} is no name of C: a letter or underscore, then also digits"
            ));
        }
        if !known.insert(symbol.to_owned()) {
            return self.refuse(format_args!(
                "its symbol {symbol:?} is that of another, too; give each one of its own"
            ));
        }
        Ok(())
    }

    fn refers(
        &self,
        set: &CounterSetSpec,
        what: &str,
        id: Option<u32>,
        kind: Option<CounterType>,
        needed: bool,
    ) -> Result<()> {
        match (id, kind) {
            (None, Some(kind)) if needed => self.refuse(format_args!(
                "it needs a {what}, the number of a {kind} of this set"
            )),
            (None, _) => Ok(()),
            (Some(_), None) => self.refuse(format_args!("its type has no {what}; leave it out")),
            (Some(id), Some(kind)) => {
                let other = set.counters.iter().find(|counter| counter.id == id);
                match other.map(|counter| counter.kind) {
                    Some(found) if found == kind => Ok(()),
                    Some(found) => self.refuse(format_args!(
                        "its {what}, counter {id}, is a {found}; it must be a {kind}"
                    )),
                    None => self.refuse(format_args!(
                        "its {what}, counter {id}, is not in this set; add a {kind}"
                    )),
                }
            }
        }
    }
}

/// A symbol for everything that has none, from its name.
fn symbolize(provider: &mut ProviderSpec, known: &mut HashSet<String>) {
    let name = &provider.name;
    let _ = provider.symbol.get_or_insert_with(|| unique(name, known));
    for set in &mut provider.sets {
        let name = &set.name;
        let of_set = set.symbol.get_or_insert_with(|| unique(name, known));
        for counter in &mut set.counters {
            let name = format!("{of_set}_{}", counter.name);
            let _ = counter.symbol.get_or_insert_with(|| unique(&name, known));
        }
    }
}

/// The words of the name as one of C, with a number where there is one.
fn unique(name: &str, known: &mut HashSet<String>) -> String {
    let mut symbol = String::new();
    let mut capital = true;
    for c in name.chars() {
        match c {
            '%' => symbol.push_str("Percent"),
            _ if c.is_ascii_alphanumeric() && capital => symbol.push(c.to_ascii_uppercase()),
            _ if c.is_ascii_alphanumeric() || c == '_' => symbol.push(c),
            _ => {}
        }
        capital = !c.is_alphanumeric();
    }
    if !symbol.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        symbol.insert(0, '_');
    }
    let mut number = 2;
    let mut candidate = symbol.clone();
    while !known.insert(candidate.clone()) {
        candidate = format!("{symbol}_{number}");
        number += 1;
    }
    candidate
}
