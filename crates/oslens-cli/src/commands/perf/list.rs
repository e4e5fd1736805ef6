//! What counters there are.

use oslens_counters::{Browser, Counter, Error, ErrorKind, InstanceName, Language, Names, Object};

use super::{browser, owned, path, utf8};
use crate::args::high::Settings;
use crate::args::perf::{PerfListArgs, PerfSource};
use crate::cell::{Cell, Value};
use crate::column::{Column, Fit, Shown, Table, Unit, nearest};
use crate::deadline;
use crate::exit::{Exit, Failure};
use crate::listing::{self, Listing};
use crate::text::{self, Charset};

static OBJECTS: Table<Object> = Table {
    name: "perf.objects",
    version: 1,
    noun: "objects",
    columns: &[
        Column::new(
            "object",
            "OBJECT",
            Unit::Text,
            "name in English",
            (),
            |row: &Object| Cell::text(&row.name),
        )
        .keep(200)
        .width(20)
        .fit(Fit::UpTo(40)),
        Column::new(
            "local_name",
            "LOCAL NAME",
            Unit::Text,
            "name in this system's language",
            (),
            |row: &Object| Cell::optional(row.local_name.as_ref().map(Value::text)),
        )
        .shown(Shown::InJson),
        Column::new(
            "index",
            "INDEX",
            Unit::Id,
            "index of the name",
            (),
            |row: &Object| Cell::optional(row.index.map(|index| Value::Id(index.into()))),
        )
        .shown(Shown::WhenWide)
        .width(5),
        Column::new(
            "instances",
            "INSTANCES",
            Unit::Flag,
            "whether it has instances",
            (),
            |row: &Object| Cell::optional(row.has_instances.map(Value::Flag)),
        )
        .keep(120)
        .width(9),
        Column::new(
            "help",
            "HELP",
            Unit::Text,
            "what it is about",
            (),
            |row: &Object| Cell::optional(row.help.as_ref().map(Value::text)),
        )
        .keep(100)
        .width(12)
        .fit(Fit::Rest),
    ],
};

/// A counter of an object, with its path.
#[derive(Debug)]
struct Listed {
    path: String,
    counter: Counter,
}

static COUNTERS: Table<Listed> = Table {
    name: "perf.counters",
    version: 1,
    noun: "counters",
    columns: &[
        Column::new(
            "path",
            "PATH",
            Unit::Text,
            "path that names it, for all instances",
            (),
            |row: &Listed| Cell::text(&row.path),
        )
        .keep(200)
        .width(30)
        .fit(Fit::UpTo(60)),
        Column::new(
            "counter",
            "COUNTER",
            Unit::Text,
            "name in English",
            (),
            |row: &Listed| Cell::text(&row.counter.name),
        )
        .shown(Shown::InJson),
        Column::new(
            "local_name",
            "LOCAL NAME",
            Unit::Text,
            "name in this system's language",
            (),
            |row: &Listed| Cell::optional(row.counter.local_name.as_ref().map(Value::text)),
        )
        .shown(Shown::InJson),
        Column::new(
            "index",
            "INDEX",
            Unit::Id,
            "index of the name",
            (),
            |row: &Listed| Cell::optional(row.counter.index.map(|index| Value::Id(index.into()))),
        )
        .shown(Shown::InJson),
        Column::new(
            "type",
            "TYPE",
            Unit::Text,
            "type of the counter",
            (),
            |row: &Listed| {
                let kind = row.counter.kind;
                Cell::optional(kind.map(|kind| match kind.name() {
                    Some(name) => Value::text(name),
                    None => owned(format!("{:#010x}", kind.0)),
                }))
            },
        )
        .shown(Shown::WhenWide)
        .keep(60)
        .width(24),
        Column::new(
            "help",
            "HELP",
            Unit::Text,
            "what it counts",
            (),
            |row: &Listed| Cell::optional(row.counter.help.as_ref().map(Value::text)),
        )
        .keep(100)
        .width(12)
        .fit(Fit::Rest),
    ],
};

static INSTANCES: Table<InstanceName> = Table {
    name: "perf.instances",
    version: 1,
    noun: "instances",
    columns: &[
        Column::new(
            "instance",
            "INSTANCE",
            Unit::Text,
            "name as it stands in a path",
            (),
            |row: &InstanceName| owned(row.to_string()).into(),
        )
        .keep(200)
        .fit(Fit::Rest),
        Column::new(
            "parent",
            "PARENT",
            Unit::Text,
            "what it is a part of",
            (),
            |row: &InstanceName| Cell::optional(row.parent().map(Value::text)),
        )
        .shown(Shown::InJson),
    ],
};

pub(super) fn run(arguments: &PerfListArgs, settings: &Settings) -> Result<Exit, Failure> {
    let browser = browser(&arguments.from);
    let Some(object) = &arguments.object else {
        if arguments.instances {
            return Err(Failure::Usage(
                "'--instances' needs an object (see --help)".to_owned(),
            ));
        }
        return listing::show(&OBJECTS, settings, |_| {
            let objects = deadline::answer(settings, move || Ok(browser.objects()?))?;
            Ok(Listing::new(objects))
        });
    };
    let object = utf8(object)?;
    if arguments.instances {
        return listing::show(&INSTANCES, settings, |_| {
            let object = object.to_owned();
            let instances = deadline::answer(settings, move || {
                let instances = browser.instances(&object);
                instances.map_err(|error| unknown(error, &browser, &object))
            })?;
            Ok(Listing::new(instances))
        });
    }
    listing::show(&COUNTERS, settings, |_| {
        let wanted = object.to_owned();
        let (counters, has_instances) = deadline::answer(settings, move || {
            let counters = browser.counters(&wanted);
            let counters = counters.map_err(|error| unknown(error, &browser, &wanted))?;
            Ok((counters, has_instances(&browser, &wanted)))
        })?;
        let english = english(&arguments.from, object);
        let object = english.as_deref().unwrap_or(object);
        let rows = counters.into_iter().map(|counter| Listed {
            path: path(object, &counter.name, has_instances.then_some("*")),
            counter,
        });
        Ok(Listing::new(rows.collect()))
    })
}

/// Names that are like the one that does not exist.
fn unknown(error: Error, browser: &Browser, object: &str) -> Failure {
    if error.kind() != ErrorKind::NotFound {
        return error.into();
    }
    let names = browser.objects().unwrap_or_default();
    let near = nearest(object, names.iter().map(|object| object.name.as_str()));
    Failure::Gone(format!(
        "no object is called '{}'{near}",
        text::neutralise(object.as_ref(), Charset::Unicode)
    ))
}

/// The English name of an object that was named in this system's language, or
/// by its number: the names of its counters are English. `None` where it has
/// that name already, or is not of this machine.
fn english(from: &PerfSource, object: &str) -> Option<String> {
    if from.log.is_some() || from.machine.is_some() {
        return None;
    }
    let english = Names::read(Language::Neutral).ok()?;
    let named = |index| english.get(index).map(str::to_owned);
    if let Some(index) = english.indexes(object).next() {
        // As it is written, not as it was typed.
        return named(index);
    }
    let local = Names::read(Language::Local).ok()?;
    let index = local.indexes(object).next();
    named(index.or_else(|| object.parse().ok())?)
}

fn has_instances(browser: &Browser, object: &str) -> bool {
    browser
        .instances(object)
        .is_ok_and(|instances| !instances.is_empty())
}
