//! Counters of Windows: which source answers.

use crate::{
    Browser, Counter, Error, ErrorKind, InstanceName, Language, Names, Object, Result, Source,
    pdh::{self, Library},
    registry::{self, PerformanceKey as _, Registry},
    source::Backend,
    sys::pal::{pdh::PdhQuery, performance_key::Key},
};

pub(crate) fn backend(source: &Source) -> Result<Box<dyn Backend>> {
    Ok(match source {
        Source::Automatic if !PdhQuery::exists() => Box::new(Registry::new(Key::open())),
        Source::Automatic | Source::Pdh => Box::new(Library::new(PdhQuery::open(None)?)),
        Source::Registry => Box::new(Registry::new(Key::open())),
        Source::Log(path) => Box::new(Library::new(PdhQuery::open(Some(path))?)),
    })
}

/// Asks the registry or the library, or the one and then the other.
fn ask<T>(
    browser: &Browser,
    of_registry: impl FnOnce(&mut Key) -> Result<Vec<T>>,
    of_library: impl FnOnce(&mut PdhQuery, Option<&str>) -> Result<Vec<T>>,
) -> Result<Vec<T>> {
    let machine = browser.machine.as_deref();
    let log = match &browser.source {
        Source::Log(path) => Some(path.as_path()),
        _ => None,
    };
    let library = || of_library(&mut PdhQuery::open(log)?, machine);
    match (&browser.source, machine) {
        (Source::Registry, Some(_)) => Err(Error::message(
            ErrorKind::Unsupported,
            "the registry's counters are those of this machine",
        )),
        (Source::Registry, None) => of_registry(&mut Key::open()),
        (Source::Automatic, None) => match of_registry(&mut Key::open()) {
            Ok(found) if found.is_empty() => library(),
            // The library may know of it, else the first answer counts.
            Err(error) => library().map_err(|_| error),
            found => found,
        },
        (Source::Automatic | Source::Pdh | Source::Log(_), _) => library(),
    }
}

pub(crate) fn objects(browser: &Browser) -> Result<Vec<Object>> {
    ask(browser, registry::objects, pdh::objects)
}

pub(crate) fn counters(browser: &Browser, object: &str) -> Result<Vec<Counter>> {
    ask(
        browser,
        |key| registry::counters(key, object),
        |library, machine| pdh::counters(library, machine, object),
    )
}

pub(crate) fn instances(browser: &Browser, object: &str) -> Result<Vec<InstanceName>> {
    let mut none = false;
    let found = ask(
        browser,
        |key| {
            let found = registry::instances(key, object)?;
            none = found.is_empty();
            Ok(found)
        },
        |library, machine| pdh::instances(library, machine, object),
    );
    match found {
        // The registry knows the object, and that it has no instances.
        Err(_) if none => Ok(Vec::new()),
        found => found,
    }
}

pub(crate) fn names(language: Language) -> Result<Names> {
    Ok(Names::parse(&Key::open().names(language)?))
}
