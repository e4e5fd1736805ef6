//! `oslens perf`: performance counters.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, Write as _};
use std::time::Duration;

use oslens_counters::{
    Browser, Counter, CounterPath, Error, ErrorKind, InstanceName, Language, Names, NoValue,
    Object, Query, Reading, Source,
};

use crate::args::high::Settings;
use crate::args::perf::{
    PerfArgs, PerfCommand, PerfGetArgs, PerfListArgs, PerfPickArgs, PerfSource, PerfWatchArgs,
};
use crate::cell::{Cell, Missing, Value};
use crate::column::{Column, Fit, Shown, Table, Unit, nearest};
use crate::convert;
use crate::deadline;
use crate::exit::{Exit, Failure};
use crate::listing::{self, Listing};
use crate::output::Output;
use crate::stream::{self, Stream};
use crate::text::{self, Charset};

/// How long rates of counters are measured when nothing is said: providers
/// are slow, and typical tools take a second.
const USUAL_INTERVAL: Duration = Duration::from_secs(1);

/// # Errors
///
/// [`Failure::Gone`] when there is no such object or counter.
pub(super) fn run(arguments: &PerfArgs, settings: &Settings) -> Result<Exit, Failure> {
    settings.refuse_root("performance counters")?;
    match &arguments.command {
        None => list(&PerfListArgs::default(), settings),
        Some(PerfCommand::List(arguments)) => list(arguments, settings),
        Some(PerfCommand::Get(arguments)) => get(arguments, settings),
        Some(PerfCommand::Watch(arguments)) => watch(arguments, settings),
        Some(PerfCommand::Pick(arguments)) => pick(arguments, settings),
    }
}

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

fn list(arguments: &PerfListArgs, settings: &Settings) -> Result<Exit, Failure> {
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

fn path(object: &str, counter: &str, instance: Option<&str>) -> String {
    match instance {
        Some(instance) => format!(r"\{object}({instance})\{counter}"),
        None => format!(r"\{object}\{counter}"),
    }
}

fn browser(from: &PerfSource) -> Browser {
    let browser = Browser::new().with_source(source(from));
    match &from.machine {
        Some(machine) => browser.with_machine(&machine.to_string_lossy()),
        None => browser,
    }
}

fn source(from: &PerfSource) -> Source {
    match (&from.log, from.registry) {
        (Some(file), _) => Source::Log(file.clone()),
        (None, true) => Source::Registry,
        (None, false) => Source::Automatic,
    }
}

fn utf8(text: &OsStr) -> Result<&str, Failure> {
    text.to_str().ok_or_else(|| {
        Failure::Usage(format!(
            "'{}' is no name of a counter: it is not UTF-8",
            text::neutralise(text, Charset::Unicode)
        ))
    })
}

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

fn owned(text: impl Into<OsString>) -> Value<'static> {
    Value::Text(text.into().into())
}

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

fn get(arguments: &PerfGetArgs, settings: &Settings) -> Result<Exit, Failure> {
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

fn watch(arguments: &PerfWatchArgs, settings: &Settings) -> Result<Exit, Failure> {
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

/// Lets somebody choose from lists, and prints the path.
fn pick(arguments: &PerfPickArgs, settings: &Settings) -> Result<Exit, Failure> {
    settings.refuse_table_flags("the choice of a counter")?;
    let browser = browser(&arguments.from);
    let charset = settings.look.terminal.charset;
    let objects = browser.objects()?;
    let names: Vec<&str> = objects.iter().map(|object| object.name.as_str()).collect();
    let Some(object) = choose("object", &names, charset)? else {
        return Ok(Exit::NoMatch);
    };
    let counters = browser.counters(object)?;
    let names: Vec<&str> = counters.iter().map(|one| one.name.as_str()).collect();
    let Some(counter) = choose("counter", &names, charset)? else {
        return Ok(Exit::NoMatch);
    };
    let instances: Vec<String> = browser
        .instances(object)?
        .iter()
        .map(ToString::to_string)
        .collect();
    let instance = if instances.is_empty() {
        None
    } else {
        let all = ["*"]
            .into_iter()
            .chain(instances.iter().map(String::as_str));
        let names: Vec<&str> = all.collect();
        match choose("instance (* for all)", &names, charset)? {
            Some(instance) => Some(instance),
            None => return Ok(Exit::NoMatch),
        }
    };
    let mut out = Output::stdout();
    let path = path(object, counter, instance);
    writeln!(out, "{}", text::neutralise(path.as_ref(), charset))?;
    out.finish()?;
    Ok(Exit::Done)
}

/// So many names of a list are shown at once.
const SHOWN: usize = 40;

/// Asks on standard error until a name of the list is chosen: by its number,
/// or by a part that no other has. `None` when nothing is typed.
fn choose<'n>(what: &str, names: &[&'n str], charset: Charset) -> Result<Option<&'n str>, Failure> {
    if names.is_empty() {
        return Err(Failure::Gone(format!("there is no {what} to choose")));
    }
    let mut matching: Vec<&'n str> = names.to_vec();
    let mut input = io::stdin().lock();
    loop {
        let mut screen = io::stderr().lock();
        let mut ask = || {
            for (at, name) in matching.iter().take(SHOWN).enumerate() {
                let name = text::neutralise(name.as_ref(), charset);
                writeln!(screen, "{:4}  {name}", at + 1)?;
            }
            if let Some(more) = matching.len().checked_sub(SHOWN + 1) {
                writeln!(screen, "      and {} more", more + 1)?;
            }
            write!(screen, "Which {what}? Number, or a part of the name: ")?;
            screen.flush()
        };
        ask().map_err(Failure::Output)?;
        drop(screen);
        let mut line = String::new();
        let read = input
            .read_line(&mut line)
            .map_err(|error| Failure::CannotRun(format!("cannot read the answer: {error}")))?;
        let answer = line.trim();
        if read == 0 || answer.is_empty() {
            return Ok(None);
        }
        match narrow(&matching, answer) {
            Narrowed::To(name) => return Ok(Some(name)),
            Narrowed::Several(names) => matching = names,
            Narrowed::None => {
                crate::output::complain("nothing has that name");
                matching = names.to_vec();
            }
        }
    }
}

enum Narrowed<'n> {
    To(&'n str),
    Several(Vec<&'n str>),
    None,
}

fn narrow<'n>(names: &[&'n str], answer: &str) -> Narrowed<'n> {
    let exactly = names.iter().find(|name| name.eq_ignore_ascii_case(answer));
    if let Some(name) = exactly {
        return Narrowed::To(name);
    }
    if let Ok(number) = answer.parse::<usize>() {
        if let Some(name) = number.checked_sub(1).and_then(|at| names.get(at)) {
            return Narrowed::To(name);
        }
    }
    let part = answer.to_lowercase();
    let has = |name: &&&str| name.to_lowercase().contains(&part);
    let found: Vec<&str> = names.iter().filter(has).copied().collect();
    match found.as_slice() {
        [] => Narrowed::None,
        [name] => Narrowed::To(name),
        _ => Narrowed::Several(found),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let line = text::neutralise(error.to_string().as_ref(), Charset::Unicode);
        match error.kind() {
            ErrorKind::NotFound => Self::Gone(line),
            ErrorKind::InvalidInput => Self::Usage(line),
            _ => Self::CannotRun(line),
        }
    }
}

#[cfg(test)]
mod tests {
    use oslens_counters::CounterType;

    use super::*;
    use crate::column::{ColumnRequest, Room};
    use crate::table::Look;
    use crate::term::Terminal;

    #[test]
    fn a_name_is_chosen_by_number_part_or_whole() {
        let names = ["Memory", "Processor", "Process", "10"];
        let to = |answer| match narrow(&names, answer) {
            Narrowed::To(name) => Some(name),
            _ => None,
        };
        assert_eq!(to("1"), Some("Memory"));
        assert_eq!(to("process"), Some("Process"));
        assert_eq!(to("mem"), Some("Memory"));
        assert_eq!(to("10"), Some("10"));
        assert_eq!(to("99"), None);
        assert!(matches!(narrow(&names, "proc"), Narrowed::Several(found) if found.len() == 2));
        assert!(matches!(narrow(&names, "disk"), Narrowed::None));
    }

    #[test]
    fn nothing_to_choose_from_asks_nothing() {
        let none = choose("counter", &[], Charset::Unicode);
        assert!(
            matches!(none, Err(Failure::Gone(text)) if text == "there is no counter to choose")
        );
    }

    fn sample(path: &str, reading: Result<Reading, NoValue>, kind: CounterType) -> Sample {
        Sample {
            time: Value::text("2026-11-21 09:31:00").into(),
            path: path.parse().unwrap(),
            reading,
            raw: false,
            unit: kind.unit(),
            kind: kind.name(),
        }
    }

    fn shown(rows: &[Sample], width: Option<usize>) -> String {
        let look = Look {
            terminal: Terminal {
                width,
                interactive: width.is_some(),
                color: false,
                charset: Charset::Unicode,
            },
            clock: crate::clock::Clock::fixed(),
            sizes: crate::units::Sizes::Binary,
            header: true,
            steady: true,
        };
        let room = width.map_or(Room::Pipe, Room::Cells);
        let choice = SAMPLES.choose(&ColumnRequest::Usual, &[], room).unwrap();
        let mut out = Vec::new();
        crate::table::write(&mut out, &choice, rows, &[], &look).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn rows() -> Vec<Sample> {
        vec![
            sample(
                r"\Processor(_Total)\% Processor Time",
                Ok(Reading::Real(12.3456)),
                CounterType::TIMER_100NSEC_INV,
            ),
            sample(
                r"\PhysicalDisk(0 C:)\Avg. Disk sec/Transfer",
                Ok(Reading::Real(0.000_43)),
                CounterType::AVERAGE_TIMER,
            ),
            sample(
                r"\Process(evil[2J)\ID Process",
                Err(NoValue::NoInstance),
                CounterType::COUNTER_RAWCOUNT,
            ),
            sample(
                r"\Memory\Available Bytes",
                Ok(Reading::Integer(9_007_199_254_740_993)),
                CounterType::COUNTER_LARGE_RAWCOUNT,
            ),
        ]
    }

    #[test]
    fn a_machine_is_named_with_its_backslashes_or_without() {
        for machine in ["srv", r"\\srv"] {
            let arguments = PerfGetArgs {
                from: PerfSource {
                    machine: Some(machine.into()),
                    ..PerfSource::default()
                },
                raw_values: false,
                counters: vec![r"\System\Threads".into(), r"\\other\System\Threads".into()],
            };
            let paths = paths(&arguments).unwrap();
            assert_eq!(paths[0].to_string(), r"\\srv\System\Threads");
            assert_eq!(paths[1].to_string(), r"\\other\System\Threads");
        }
    }

    #[test]
    fn what_is_nowhere_is_no_answer() {
        let all = rows();
        assert_eq!(why_nowhere(&all), None);
        assert_eq!(why_nowhere(&all[2..3]), Some(NoValue::NoInstance));
        assert_eq!(why_nowhere(&[]), None);
        let late = sample(
            r"\Memory\Pages/sec",
            Err(NoValue::FirstSample),
            CounterType::COUNTER_COUNTER,
        );
        assert_eq!(why_nowhere(&[late]), None);
    }

    #[test]
    fn samples_stand_in_line_at_80_columns() {
        assert_eq!(
            shown(&rows(), Some(80)),
            "               TIME            VALUE UNIT  COUNTER\n\
             2026-11-21 09:31:00            12.35 %     \\Processor(_Total)\\% Processor Time\n\
             2026-11-21 09:31:00          0.00043 s     \\PhysicalDisk(0 C:)\\Avg. Disk sec/Tr…\n\
             2026-11-21 09:31:00                - -     \\Process(evil\\x1b[2J)\\ID Process\n\
             2026-11-21 09:31:00 9007199254740993 -     \\Memory\\Available Bytes\n"
        );
    }

    #[test]
    fn a_wide_terminal_says_why_there_is_no_value() {
        let text = shown(&rows(), Some(150));
        let line = text.lines().nth(3).unwrap();
        assert!(line.contains(r"\Process(evil\x1b[2J)\ID Process"), "{line}");
        assert!(line.ends_with("no such instance now"), "{line}");
        assert!(!text.contains('\x1b'));
    }
}
