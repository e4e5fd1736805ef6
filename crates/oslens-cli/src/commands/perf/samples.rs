//! Values of counters, once and again and again.

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::time::Duration;

use oslens_counters::{CounterPath, ErrorKind, NoValue, Query, Reading};

use super::{USUAL_INTERVAL, owned, source, utf8};
use crate::args::high::Settings;
use crate::args::perf::{PerfGetArgs, PerfSource, PerfWatchArgs};
use crate::cell::{Cell, Missing, Value};
use crate::column::{Column, Fit, Shown, Table, Unit};
use crate::convert;
use crate::deadline;
use crate::exit::{Exit, Failure};
use crate::listing::{self, Listing};
use crate::stream::{self, Stream};

/// One counter of one instance in one sample.
#[derive(Debug)]
struct Sample {
    time: Cell<'static>,
    path: CounterPath,
    reading: Result<Reading, NoValue>,
    raw: bool,
    unit: oslens_counters::Unit,
    kind: Option<&'static str>,
}

static SAMPLES: Table<Sample> = Table {
    name: "perf",
    version: 1,
    noun: "counters",
    columns: &[
        Column::new(
            "time",
            "TIME",
            Unit::Time,
            "when it was sampled",
            (),
            |row: &Sample| row.time.clone(),
        )
        .keep(120)
        .width(19),
        Column::new(
            "value",
            "VALUE",
            Unit::Number,
            "the value, or why there is none",
            (),
            |row: &Sample| match &row.reading {
                Ok(Reading::Integer(number)) => Value::Signed(*number).into(),
                Ok(Reading::Real(number)) => Value::Number(*number).into(),
                Ok(Reading::Text(text)) => Value::text(text).into(),
                Ok(_) => Cell::Missing(Missing::Failed),
                Err(why) => Cell::Missing(why.into()),
            },
        )
        .keep(190)
        .width(16),
        Column::new(
            "unit",
            "UNIT",
            Unit::Text,
            "unit of the value",
            (),
            |row: &Sample| {
                let suffix = row.unit.suffix();
                let unit = Some(suffix).filter(|suffix| !row.raw && !suffix.is_empty());
                Cell::optional(unit.map(Value::text))
            },
        )
        .keep(110)
        .width(4),
        Column::new(
            "counter",
            "COUNTER",
            Unit::Text,
            "path of the counter, instances filled in",
            (),
            |row: &Sample| owned(row.path.to_string()).into(),
        )
        .keep(200)
        .width(30)
        .fit(Fit::Rest)
        .aliases(&["path"]),
        Column::new(
            "instance",
            "INSTANCE",
            Unit::Text,
            "instance alone",
            (),
            |row: &Sample| Cell::optional(row.path.instance().map(|name| owned(name.to_string()))),
        )
        .shown(Shown::InJson),
        Column::new(
            "type",
            "TYPE",
            Unit::Text,
            "type of the counter",
            (),
            |row: &Sample| Cell::optional(row.kind.map(Value::text)),
        )
        .shown(Shown::InJson),
        Column::new(
            "why",
            "WHY",
            Unit::Text,
            "why there is no value",
            (),
            |row: &Sample| {
                let why = row.reading.as_ref().err();
                Cell::optional(why.map(|why| owned(why.to_string())))
            },
        )
        .shown(Shown::WhenWide)
        .keep(40)
        .width(20),
    ],
};

impl From<&NoValue> for Missing {
    fn from(why: &NoValue) -> Self {
        match why {
            // The next sample has one.
            NoValue::FirstSample
            | NoValue::Reset
            | NoValue::NegativeDenominator
            | NoValue::NegativeValue => Self::FirstSample,
            NoValue::NoInstance | NoValue::NoCounter | NoValue::NoObject => Self::Gone,
            NoValue::NoMachine => Self::TimedOut,
            NoValue::NothingCounted | NoValue::NotANumber => Self::NotApplicable,
            NoValue::AccessDenied => Self::Denied,
            NoValue::NegativeTimebase => Self::Malformed,
            _ => Self::Failed,
        }
    }
}

/// The counters, each with the machine that was asked for.
fn paths(arguments: &PerfGetArgs) -> Result<Vec<CounterPath>, Failure> {
    let read = |counter: &OsString| -> Result<CounterPath, Failure> {
        let path: CounterPath = utf8(counter)?.parse()?;
        match (&arguments.from.machine, path.machine()) {
            // With its backslashes or without, as everywhere.
            (Some(machine), None) => {
                Ok(path.with_machine(utf8(machine)?.trim_start_matches('\\'))?)
            }
            _ => Ok(path),
        }
    };
    arguments.counters.iter().map(read).collect()
}

/// A query of these counters.
fn ask(arguments: &PerfGetArgs, settings: &Settings) -> Result<Query, Failure> {
    // First what was typed, then the system.
    let paths = paths(arguments)?;
    let source = source(&arguments.from);
    // The library connects to the machines of the paths.
    deadline::answer(settings, move || {
        let mut query = Query::from_source(&source)?;
        for path in paths {
            query.add_in_any(path)?;
        }
        Ok(query)
    })
}

fn samples(query: &Query, raw: bool, settings: &Settings) -> Vec<Sample> {
    let sample = |value: oslens_counters::Value| Sample {
        time: match value.time {
            Some(time) => convert::moment(time, settings),
            None => Cell::optional(None),
        },
        unit: value.unit(),
        kind: value.kind.and_then(oslens_counters::CounterType::name),
        path: value.path,
        reading: value.reading,
        raw,
    };
    let values = query.values().into_iter();
    if !raw {
        return values.map(sample).collect();
    }
    values
        .zip(query.raw_values())
        .map(|(value, (_, raw_value))| Sample {
            reading: raw_value.map(|raw| match raw.text {
                Some(text) => Reading::Text(text),
                None => Reading::Integer(raw.first),
            }),
            ..sample(value)
        })
        .collect()
}

/// The time between samples; a log has its own.
fn interval(from: &PerfSource, settings: &Settings) -> Result<Duration, Failure> {
    match (&from.log, settings.given_interval) {
        (Some(_), Some(_)) => Err(Failure::Usage(
            "'--interval' does not apply to a log, whose samples are taken (see --help)".to_owned(),
        )),
        (_, given) => Ok(given.unwrap_or(USUAL_INTERVAL)),
    }
}

pub(super) fn get(arguments: &PerfGetArgs, settings: &Settings) -> Result<Exit, Failure> {
    let interval = interval(&arguments.from, settings)?;
    let raw = arguments.raw_values;
    let mut nowhere = None;
    let exit = listing::show(&SAMPLES, settings, |_| {
        let mut query = ask(arguments, settings)?;
        query.collect()?;
        let mut window = None;
        if query.needs_two_samples() && !raw {
            if arguments.from.log.is_none() {
                std::thread::sleep(interval);
                window = Some(interval);
            }
            query.collect()?;
        }
        let samples = samples(&query, raw, settings);
        nowhere = why_nowhere(&samples);
        let listing = Listing::new(samples).search(true);
        Ok(match window {
            Some(window) => listing.window(window),
            None => listing,
        })
    })?;
    match (exit, nowhere) {
        (Exit::Done, Some(why)) => {
            settings.note(&why.to_string());
            Ok(Exit::NoMatch)
        }
        (exit, _) => Ok(exit),
    }
}

/// Why nothing of what was asked for is there, where nothing is.
fn why_nowhere(samples: &[Sample]) -> Option<NoValue> {
    let why = |sample: &Sample| match sample.reading {
        Err(why @ (NoValue::NoInstance | NoValue::NoCounter | NoValue::NoObject)) => Some(why),
        _ => None,
    };
    let all: Option<Vec<NoValue>> = samples.iter().map(why).collect();
    all?.first().copied()
}

pub(super) fn watch(arguments: &PerfWatchArgs, settings: &Settings) -> Result<Exit, Failure> {
    if stream::help(&SAMPLES, settings)? {
        return Ok(Exit::Done);
    }
    if settings.limit.is_some() {
        return Err(Failure::Usage(
            "'--limit' does not apply to 'perf watch': '--count N' ends after N samples".to_owned(),
        ));
    }
    let raw = arguments.get.raw_values;
    let interval = interval(&arguments.get.from, settings)?;
    let mut stream = Stream::new(&SAMPLES, settings)?;
    let mut query = ask(&arguments.get, settings)?;
    let is_log = arguments.get.from.log.is_some();
    let mut left = arguments.count.unwrap_or(usize::MAX);
    let mut due = std::time::Instant::now();
    let mut is_first = query.needs_two_samples() && !raw;
    while left > 0 {
        match query.collect() {
            Err(error) if is_log && error.kind() == ErrorKind::NoData => break,
            collected => collected?,
        }
        if is_first {
            is_first = false;
        } else {
            stream.write(&samples(&query, raw, settings))?;
            left -= 1;
        }
        if !is_log && left > 0 {
            // From one due time to the next, not from the end of the work:
            // the times between samples do not grow by it.
            due += interval;
            let now = std::time::Instant::now();
            if due < now {
                due = now;
            }
            std::thread::sleep(due - now);
        }
    }
    Ok(stream.conclude())
}
