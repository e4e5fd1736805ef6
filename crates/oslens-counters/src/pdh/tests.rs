use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, UNIX_EPOCH},
};

use super::*;
use crate::{Format, Query, Reading, Value};

const NO_COUNTER: u32 = 0xC000_0BB9;
const NO_INSTANCE: u32 = 0x8000_07D1;
const NO_DATA: u32 = 0x8000_07D5;

/// A library with a Spanish user, and what its providers have now.
#[derive(Clone, Default)]
struct Fake(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// By object and counter, in English: the type.
    kinds: Vec<(&'static str, &'static str, CounterType)>,
    /// By counter: instances and what they count.
    numbers: HashMap<&'static str, Vec<(&'static str, i64, i64)>>,
    statuses: HashMap<String, u32>,
    open: Vec<(usize, String)>,
    next: usize,
    collect: Option<u32>,
    no_wildcards: bool,
    log: Option<Vec<u64>>,
}

const SPANISH: &[(u32, &str, &str)] = &[
    (230, "Process", "Proceso"),
    (784, "ID Process", "Id. de proceso"),
    (6, "% Processor Time", "% de tiempo de procesador"),
    (2, "System", "Sistema"),
    (250, "Threads", "Subprocesos"),
];

fn table(local: bool) -> Names {
    let mut text = String::new();
    for (index, english, spanish) in SPANISH {
        let name = if local { spanish } else { english };
        text.push_str(&format!("{index}\0{name}\0"));
    }
    Names::parse(
        &text
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>(),
    )
}

fn translated(name: &str, to_local: bool) -> String {
    let found = SPANISH.iter().find_map(|(_, english, spanish)| {
        let (from, to) = if to_local {
            (english, spanish)
        } else {
            (spanish, english)
        };
        (*from == name).then_some(*to)
    });
    found.unwrap_or(name).to_owned()
}

impl Fake {
    fn new() -> Self {
        let fake = Self::default();
        fake.0.lock().unwrap().kinds = vec![
            ("Process", "ID Process", CounterType::COUNTER_RAWCOUNT),
            ("Process", "% Processor Time", CounterType::TIMER_100NSEC),
            ("System", "Threads", CounterType::COUNTER_RAWCOUNT),
        ];
        fake
    }

    fn set(&self, counter: &'static str, numbers: &[(&'static str, i64, i64)]) {
        self.0
            .lock()
            .unwrap()
            .numbers
            .insert(counter, numbers.to_vec());
    }

    fn query(&self) -> Query {
        Query::with_backend(Box::new(Library::new(self.clone())))
    }

    fn open(&self) -> Vec<String> {
        let state = self.0.lock().unwrap();
        state.open.iter().map(|(_, path)| path.clone()).collect()
    }

    fn path(&self, handle: Handle) -> CounterPath {
        let state = self.0.lock().unwrap();
        let (_, path) = state.open.iter().find(|(at, _)| *at == handle.0).unwrap();
        path.parse().unwrap()
    }
}

fn raw((_, first, second): (&str, i64, i64)) -> Raw {
    Raw {
        first,
        second,
        ..Raw::default()
    }
}

impl Pdh for Fake {
    fn add(&mut self, path: &str, english: bool) -> Result<Handle> {
        let parsed: CounterPath = path.parse()?;
        let mut state = self.0.lock().unwrap();
        let names = [parsed.object(), parsed.counter()].map(|name| {
            if english {
                name.to_owned()
            } else {
                // An English name is no name in Spanish.
                let english = translated(name, false);
                if english == name && name != "*" {
                    "?".to_owned()
                } else {
                    english
                }
            }
        });
        let known = state.kinds.iter().any(|(object, counter, _)| {
            *object == names[0] && (*counter == names[1] || names[1] == "*")
        });
        if !known {
            return Err(Error::code_of("PdhAddCounterW", NO_COUNTER));
        }
        let english = CounterPath::found(
            parsed.machine(),
            &names[0],
            parsed.instance().cloned(),
            &names[1],
        );
        state.next += 1;
        let handle = state.next;
        state.open.push((handle, english.to_string()));
        Ok(Handle(handle))
    }

    fn remove(&mut self, counter: Handle) {
        self.0
            .lock()
            .unwrap()
            .open
            .retain(|(at, _)| *at != counter.0);
    }

    fn info(&mut self, counter: Handle, help: bool) -> Result<Info> {
        let path = self.path(counter);
        let state = self.0.lock().unwrap();
        let kind = state
            .kinds
            .iter()
            .find(|(_, name, _)| *name == path.counter())
            .map_or(0, |(_, _, kind)| kind.0);
        let local = CounterPath::found(
            path.machine(),
            &translated(path.object(), true),
            path.instance().cloned(),
            &translated(path.counter(), true),
        );
        Ok(Info {
            kind,
            default_scale: -1,
            path: local.to_string(),
            help: help.then(|| "Ayuda.".to_owned()),
            time_base: 10_000_000,
        })
    }

    fn collect(&mut self) -> Result<Option<SystemTime>, Status> {
        let mut state = self.0.lock().unwrap();
        if let Some(status) = state.collect {
            return Err(status);
        }
        match &mut state.log {
            None => Ok(None),
            Some(records) if records.is_empty() => Err(PDH_NO_MORE_DATA),
            Some(records) => Ok(Some(UNIX_EPOCH + Duration::from_secs(records.remove(0)))),
        }
    }

    fn raw(&mut self, counter: Handle) -> Result<Raw, Status> {
        let path = self.path(counter);
        let state = self.0.lock().unwrap();
        if let Some(status) = state.statuses.get(&path.to_string()) {
            return Ok(Raw {
                status: *status,
                ..Raw::default()
            });
        }
        let numbers = state.numbers.get(path.counter()).ok_or(NO_DATA)?;
        let wanted = path.instance().map(ToString::to_string);
        let wanted = wanted.as_deref().unwrap_or_default();
        let found = numbers.iter().find(|(name, ..)| *name == wanted);
        found.map_or(
            Ok(Raw {
                status: NO_INSTANCE,
                ..Raw::default()
            }),
            |found| Ok(raw(*found)),
        )
    }

    fn raw_array(&mut self, counter: Handle) -> Result<Vec<(String, Raw)>, Status> {
        let path = self.path(counter);
        let instance = path.instance().unwrap().to_string();
        assert_eq!(instance, "*", "patterns are ours");
        let state = self.0.lock().unwrap();
        let numbers = state.numbers.get(path.counter()).ok_or(NO_DATA)?;
        Ok(numbers
            .iter()
            .map(|found| (found.0.to_owned(), raw(*found)))
            .collect())
    }

    fn expand_counters(&mut self, path: &str) -> Result<Vec<String>> {
        let path: CounterPath = path.parse()?;
        let object = translated(path.object(), false);
        let state = self.0.lock().unwrap();
        let of = state.kinds.iter().filter(|(name, ..)| *name == object);
        let paths = of.map(|(_, counter, _)| {
            let counter = translated(counter, true);
            CounterPath::found(
                path.machine(),
                path.object(),
                path.instance().cloned(),
                &counter,
            )
            .to_string()
        });
        Ok(paths.collect())
    }

    fn has_wildcards(&self) -> bool {
        !self.0.lock().unwrap().no_wildcards
    }

    fn is_log(&self) -> bool {
        self.0.lock().unwrap().log.is_some()
    }

    fn objects(&mut self, _: Option<&str>) -> Result<Vec<String>> {
        Ok(["Sistema", "Proceso", "Mío"].map(str::to_owned).to_vec())
    }

    fn items(&mut self, _: Option<&str>, object: &str) -> Result<(Vec<String>, Vec<String>)> {
        if object != "Proceso" {
            return Err(Error::code_of("PdhEnumObjectItemsW", 0xC000_0BB8));
        }
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Ok((
            names(&["Id. de proceso", "Nuevo"]),
            names(&["sh", "init", "sh", "SH", "thread/0"]),
        ))
    }

    fn names(&mut self, language: Language) -> Result<Names> {
        Ok(table(language == Language::Local))
    }
}

fn readings(values: &[Value]) -> Vec<(String, Result<f64, NoValue>)> {
    values
        .iter()
        .map(|value| {
            let reading = value.reading.clone();
            let reading = reading.map(|reading| reading.as_f64().unwrap());
            (value.path.to_string(), reading)
        })
        .collect()
}

fn row(path: &str, reading: Result<f64, NoValue>) -> (String, Result<f64, NoValue>) {
    (path.to_owned(), reading)
}

#[test]
fn a_pattern_of_instances_follows_those_that_come_and_go() {
    let fake = Fake::new();
    fake.set(
        "% Processor Time",
        &[("sh", 0, 0), ("init", 100, 0), ("sh", 50, 0), ("ssh", 1, 0)],
    );
    let mut query = fake.query();
    query.add(r"\Process(sh*)\% Processor Time").unwrap();
    assert!(query.needs_two_samples());
    query.collect().unwrap();
    let first = Err(NoValue::FirstSample);
    assert_eq!(
        readings(&query.values()),
        [
            row(r"\Process(sh)\% Processor Time", first),
            row(r"\Process(sh#1)\% Processor Time", first),
        ]
    );
    // 1 s of 10 MHz: a quarter of it. Now numbered, and one more.
    fake.set(
        "% Processor Time",
        &[
            ("sh", 2_500_000, 10_000_000),
            ("sh#1", 5_000_050, 10_000_000),
            ("sh#2", 7, 10_000_000),
        ],
    );
    query.collect().unwrap();
    assert_eq!(
        readings(&query.values()),
        [
            row(r"\Process(sh)\% Processor Time", Ok(25.0)),
            row(r"\Process(sh#1)\% Processor Time", Ok(50.0)),
            row(r"\Process(sh#2)\% Processor Time", first),
        ]
    );
    // All gone.
    fake.set("% Processor Time", &[]);
    query.collect().unwrap();
    assert!(query.values().is_empty());
}

#[test]
fn a_rate_is_never_that_of_two_processes() {
    let fake = Fake::new();
    fake.set("% Processor Time", &[("sh", 0, 0), ("sh", 500, 0)]);
    fake.set("ID Process", &[("sh", 7, 0), ("sh", 9, 0)]);
    let mut query = fake.query();
    query.add(r"\Process(*)\% Processor Time").unwrap();
    query.add(r"\Process(sh)\% Processor Time").unwrap();
    query.collect().unwrap();
    // The first one ended, and one more began.
    fake.set(
        "% Processor Time",
        &[("sh", 2_500_500, 10_000_000), ("sh", 3_000_000, 10_000_000)],
    );
    fake.set("ID Process", &[("sh", 9, 0), ("sh", 11, 0)]);
    query.collect().unwrap();
    let first = Err(NoValue::FirstSample);
    assert_eq!(
        readings(&query.values()),
        [
            row(r"\Process(sh)\% Processor Time", Ok(25.0)),
            row(r"\Process(sh#1)\% Processor Time", first),
            row(r"\Process(sh)\% Processor Time", first),
        ]
    );
}

#[test]
fn counters_of_a_pattern_are_those_of_the_object_in_english() {
    let fake = Fake::new();
    fake.set("ID Process", &[("init", 1, 0)]);
    fake.set("% Processor Time", &[("init", 0, 0)]);
    let mut query = fake.query();
    query.add(r"\Process(*)\*").unwrap();
    query.add(r"\Process(init)\%*").unwrap();
    query.add_in(Language::Local, r"\Proceso(*)\Id*").unwrap();
    // What was added to translate is gone again.
    assert_eq!(
        fake.open(),
        [
            r"\Process(*)\ID Process",
            r"\Process(*)\% Processor Time",
            // By which a process is known.
            r"\Process(*)\ID Process",
            r"\Process(init)\% Processor Time",
            r"\Process(init)\ID Process",
            r"\Process(*)\ID Process",
        ]
    );
    query.collect().unwrap();
    let paths: Vec<String> = query
        .values()
        .iter()
        .map(|value| value.path.to_string())
        .collect();
    assert_eq!(
        paths,
        [
            r"\Process(init)\ID Process",
            r"\Process(init)\% Processor Time",
            r"\Process(init)\% Processor Time",
            r"\Proceso(init)\Id. de proceso",
        ]
    );
    let error = query.add(r"\Process(*)\x*").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn an_instance_or_a_provider_that_is_missing_is_a_value_that_says_so() {
    let fake = Fake::new();
    fake.set("Threads", &[("", 9, 0)]);
    let mut query = fake.query();
    query.add(r"\System\Threads").unwrap();
    query.add(r"\Process(sh)\ID Process").unwrap();
    let error = query.add(r"\System\Nonsense").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    query.collect().unwrap();
    let threads = row(r"\System\Threads", Ok(9.0));
    // The provider gives nothing at all.
    assert_eq!(
        readings(&query.values()),
        [
            threads.clone(),
            row(r"\Process(sh)\ID Process", Err(NoValue::NoData))
        ]
    );
    fake.set("ID Process", &[("init", 1, 0)]);
    query.collect().unwrap();
    assert_eq!(
        readings(&query.values())[1],
        row(r"\Process(sh)\ID Process", Err(NoValue::NoInstance))
    );
    for (status, why) in [
        (0x8000_07D6, NoValue::NegativeDenominator),
        (0xC000_0BB8, NoValue::NoObject),
        (0xC000_0BDB, NoValue::AccessDenied),
        (0xC000_0ABC, NoValue::Status(0xC000_0ABC)),
    ] {
        let path = r"\Process(sh)\ID Process".to_owned();
        fake.0.lock().unwrap().statuses.insert(path, status);
        query.collect().unwrap();
        assert_eq!(readings(&query.values())[1].1, Err(why));
        assert_eq!(readings(&query.values())[0], threads);
    }
}

#[test]
fn a_sample_without_any_data_is_no_error_of_the_query() {
    let fake = Fake::new();
    fake.set("Threads", &[("", 9, 0)]);
    let mut query = fake.query();
    query.add(r"\System\Threads").unwrap();
    query.add(r"\Process(*)\ID Process").unwrap();
    for (status, why) in [
        (NO_DATA, NoValue::NoData),
        (0x8000_07D0, NoValue::NoMachine),
    ] {
        fake.0.lock().unwrap().collect = Some(status);
        query.collect().unwrap();
        assert_eq!(
            readings(&query.values()),
            [row(r"\System\Threads", Err(why))]
        );
    }
    fake.0.lock().unwrap().collect = Some(0xC000_0BDB);
    let error = query.collect().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    fake.0.lock().unwrap().collect = None;
    query.collect().unwrap();
    assert_eq!(
        readings(&query.values()),
        [row(r"\System\Threads", Ok(9.0))]
    );
}

#[test]
fn numbers_stand_for_names_that_do_not_exist() {
    let fake = Fake::new();
    fake.set("Threads", &[("", 9, 0)]);
    let mut query = fake.query();
    query.add(r"\2\250").unwrap();
    query.add_in(Language::Local, r"\2\250").unwrap();
    assert!(query.add(r"\3\250").is_err());
    query.collect().unwrap();
    assert_eq!(
        readings(&query.values()),
        [
            row(r"\System\Threads", Ok(9.0)),
            row(r"\Sistema\Subprocesos", Ok(9.0)),
        ]
    );
}

#[test]
fn a_library_without_wildcards_says_so() {
    let fake = Fake::new();
    fake.0.lock().unwrap().no_wildcards = true;
    let error = fake.query().add(r"\Process(*)\ID Process").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_counter_that_is_dropped_is_given_up() {
    let fake = Fake::new();
    let mut query = fake.query();
    let all = query.add(r"\Process(*)\*").unwrap();
    assert_eq!(fake.open().len(), 3);
    query.remove(all);
    assert!(fake.open().is_empty());
}

#[test]
fn a_log_is_read_record_by_record_to_its_end() {
    let fake = Fake::new();
    fake.0.lock().unwrap().log = Some(vec![100, 160, 220]);
    fake.set("Threads", &[("", 9, 0)]);
    let mut query = fake.query();
    query.add(r"\System\Threads").unwrap();
    let mut times = Vec::new();
    // An hour between samples, if it waited.
    for values in query.samples(Duration::from_secs(3600)) {
        times.push(values.unwrap()[0].time.unwrap());
    }
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    assert_eq!(times, [at(100), at(160), at(220)]);
    let error = query.collect().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoData);
}

#[test]
fn samples_wait_for_what_needs_two() {
    let fake = Fake::new();
    fake.set("% Processor Time", &[("init", 0, 0)]);
    let mut query = fake.query();
    query.set_format(Format::default().capped());
    query.add(r"\Process(init)\% Processor Time").unwrap();
    let mut samples = query.samples(Duration::from_millis(1));
    // The clock of the provider stands still.
    let values = samples.next().unwrap().unwrap();
    assert_eq!(values[0].reading, Err(NoValue::NegativeDenominator));
    fake.set("% Processor Time", &[("init", 30, 10)]);
    let values = samples.next().unwrap().unwrap();
    assert_eq!(values[0].reading, Ok(Reading::Real(100.0)));
    fake.0.lock().unwrap().collect = Some(5);
    assert!(samples.next().unwrap().is_err());
    assert!(samples.next().is_none());
}

#[test]
fn objects_are_listed_by_their_english_names_where_there_are_any() {
    let mut fake = Fake::new();
    let listed = objects(&mut fake, None).unwrap();
    let names: Vec<_> = listed
        .iter()
        .map(|object| (object.name.as_str(), object.index))
        .collect();
    assert_eq!(
        names,
        [("Mío", None), ("Process", Some(230)), ("System", Some(2))]
    );
    for name in ["Process", "Proceso"] {
        let listed = counters(&mut fake, None, name).unwrap();
        assert_eq!(listed[0].name, "ID Process");
        assert_eq!(listed[0].local_name.as_deref(), Some("Id. de proceso"));
        assert_eq!(listed[0].help.as_deref(), Some("Ayuda."));
        assert_eq!(listed[0].kind, Some(CounterType::COUNTER_RAWCOUNT));
        // One that cannot be asked about is listed.
        assert_eq!((listed[1].name.as_str(), listed[1].kind), ("Nuevo", None));
        let names: Vec<String> = instances(&mut fake, None, name)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(names, ["sh", "init", "sh#1", "SH#2", "thread/0"]);
    }
    assert!(fake.open().is_empty());
    let error = counters(&mut fake, None, "Memory").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().starts_with("Memory: "), "{error}");
}
