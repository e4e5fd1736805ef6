use std::sync::{Arc, Mutex};

use super::*;
use crate::{
    CounterType, Detail, Query, Reading, Value,
    parse::performance_data::encoder::{Clock, Counter, Data, Instance, Object, encode, wide},
};

/// A machine with a German user: what its providers have now.
#[derive(Clone, Default)]
struct Machine(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    objects: Vec<Object>,
    costly: Vec<Object>,
    ticks: i64,
    asked: Vec<String>,
    refuses: Option<u32>,
    extra_names: &'static str,
}

impl Machine {
    fn with(objects: Vec<Object>) -> Self {
        let machine = Self::default();
        machine.set(objects);
        machine
    }

    fn set(&self, objects: Vec<Object>) {
        let mut state = self.0.lock().unwrap();
        state.objects = objects;
        // A second of 1000 ticks.
        state.ticks += 1000;
    }

    fn query(&self) -> Query {
        Query::with_backend(Box::new(Registry::new(self.clone())))
    }
}

const ENGLISH: &str = "1\x009999\x002\0System\x004\0Memory\x006\0% Processor Time\x0026\0Available\
    \x00230\0Process\x00232\0Thread\x00238\0Processor\x00250\0Threads\x00674\0System Up Time\
    \x00784\0ID Process\x00786\0IO Operations/sec\x00788\0Avg. Wait\x00790\0State\x00\
    900\0Twice\x00902\0Twice\0";
const GERMAN: &str = "2\0System\x006\0Prozessorzeit (%)\x00230\0Prozess\x00238\0Prozessor\x00\0";
const HELP: &str = "231\0 Was Prozesse tun. \x007\0Anteil der Zeit\0\0";

impl PerformanceKey for Machine {
    fn data(&mut self, objects: &str) -> Result<Vec<u8>> {
        let mut state = self.0.lock().unwrap();
        state.asked.push(objects.to_owned());
        if let Some(code) = state.refuses {
            return Err(Error::code_of("RegQueryValueExW", code));
        }
        let chosen: Vec<Object> = match objects {
            "Global" => state.objects.clone(),
            "Costly" => state.costly.clone(),
            numbers => {
                let mut numbers: Vec<u32> = numbers
                    .split(' ')
                    .map(|text| text.parse().unwrap())
                    .collect();
                // Threads are never without their processes.
                if numbers.contains(&232) {
                    numbers.push(230);
                }
                let all = state.objects.iter().chain(&state.costly);
                all.filter(|object| numbers.contains(&object.name_index))
                    .cloned()
                    .collect()
            }
        };
        let clock = Clock {
            ticks: state.ticks,
            frequency: 1000,
            steps: state.ticks * 10_000,
        };
        Ok(encode(clock, "PC", &chosen))
    }

    fn names(&mut self, language: Language) -> Result<Vec<u8>> {
        let extra = self.0.lock().unwrap().extra_names;
        Ok(wide(match language {
            Language::Neutral if !extra.is_empty() => extra,
            Language::Neutral => ENGLISH,
            Language::Local => GERMAN,
        }))
    }

    fn help(&mut self) -> Result<Vec<u8>> {
        Ok(wide(HELP))
    }
}

fn system(threads: u64) -> Object {
    Object {
        time: 50_000,
        frequency: 1000,
        ..Object::new(
            2,
            &[
                Counter(250, CounterType::COUNTER_RAWCOUNT.0, 4),
                Counter(674, CounterType::ELAPSED_TIME.0, 8),
            ],
            Data::Single(vec![threads, 20_000]),
        )
    }
}

/// Processes by name, each with its number, operations, and waits as ticks
/// and number.
fn processes(list: &[(&str, u64, u64, (u64, u64))]) -> Object {
    Object::new(
        230,
        &[
            Counter(784, CounterType::COUNTER_RAWCOUNT.0, 4),
            Counter(786, CounterType::COUNTER_BULK_COUNT.0, 8),
            Counter(788, CounterType::AVERAGE_TIMER.0, 4),
            Counter(788, CounterType::AVERAGE_BASE.0, 4),
        ],
        Data::Instances(
            list.iter()
                .map(|(name, pid, operations, (ticks, waits))| {
                    Instance::new(name, &[*pid, *operations, *ticks, *waits])
                })
                .collect(),
        ),
    )
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
fn a_counter_without_instances_is_read_at_once() {
    let machine = Machine::with(vec![system(213)]);
    let mut query = machine.query();
    let threads = query.add(r"\System\Threads").unwrap();
    let uptime = query.add(r"\system\SYSTEM up time").unwrap();
    assert!(!query.needs_two_samples());
    query.collect().unwrap();
    let value = query.values_of(threads).next().unwrap();
    assert_eq!(value.reading, Ok(Reading::Integer(213)));
    assert_eq!(value.kind, Some(CounterType::COUNTER_RAWCOUNT));
    assert_eq!(value.path.to_string(), r"\System\Threads");
    assert!(value.time.is_some());
    // 50 000 − 20 000 ticks of 1 kHz.
    let value = query.values_of(uptime).next().unwrap();
    assert_eq!(value.reading, Ok(Reading::Real(30.0)));
    // Both by one question.
    assert_eq!(machine.0.lock().unwrap().asked.last().unwrap(), "2");
}

#[test]
fn instances_that_come_and_go_are_seen_in_each_sample() {
    let machine = Machine::with(vec![processes(&[
        ("init", 1, 100, (0, 0)),
        ("sh", 7, 50, (0, 0)),
        ("sh", 9, 500, (0, 0)),
    ])]);
    let mut query = machine.query();
    query.add(r"\Process(*)\IO Operations/sec").unwrap();
    assert!(query.needs_two_samples());
    query.collect().unwrap();
    let first = Err(NoValue::FirstSample);
    assert_eq!(
        readings(&query.values()),
        [
            row(r"\Process(init)\IO Operations/sec", first),
            row(r"\Process(sh)\IO Operations/sec", first),
            row(r"\Process(sh#1)\IO Operations/sec", first),
        ]
    );
    // The second shell ended, another program came, in one second.
    machine.set(vec![processes(&[
        ("vi", 11, 9, (0, 0)),
        ("init", 1, 130, (0, 0)),
        ("sh", 7, 60, (0, 0)),
    ])]);
    query.collect().unwrap();
    assert_eq!(
        readings(&query.values()),
        [
            row(r"\Process(vi)\IO Operations/sec", first),
            row(r"\Process(init)\IO Operations/sec", Ok(30.0)),
            row(r"\Process(sh)\IO Operations/sec", Ok(10.0)),
        ]
    );
    let raw = query.raw_values();
    assert_eq!(raw[1].1.as_ref().unwrap().first, 130);
    assert_eq!(raw[1].1.as_ref().unwrap().time, query.time());
}

#[test]
fn a_rate_is_never_that_of_two_processes() {
    let machine = Machine::with(vec![processes(&[
        ("sh", 7, 50, (0, 0)),
        ("sh", 9, 500, (0, 0)),
        ("sh", 11, 600, (0, 0)),
    ])]);
    let mut query = machine.query();
    query.add(r"\Process(*)\IO Operations/sec").unwrap();
    query.add(r"\Process(sh#2)\IO Operations/sec").unwrap();
    query.collect().unwrap();
    // The first one ended, so that the others have new indexes.
    machine.set(vec![processes(&[
        ("sh", 9, 510, (0, 0)),
        ("sh", 11, 630, (0, 0)),
        ("sh", 13, 700, (0, 0)),
    ])]);
    query.collect().unwrap();
    assert_eq!(
        readings(&query.values()),
        [
            row(r"\Process(sh)\IO Operations/sec", Ok(10.0)),
            row(r"\Process(sh#1)\IO Operations/sec", Ok(30.0)),
            row(
                r"\Process(sh#2)\IO Operations/sec",
                Err(NoValue::FirstSample)
            ),
            // Not 100: another process has the name now.
            row(
                r"\Process(sh#2)\IO Operations/sec",
                Err(NoValue::FirstSample)
            ),
        ]
    );
}

#[test]
fn an_instance_that_is_not_there_says_so_and_may_come() {
    let machine = Machine::with(vec![processes(&[("init", 1, 0, (0, 0))])]);
    let mut query = machine.query();
    query.add(r"\Process(sh#1)\ID Process").unwrap();
    query.add(r"\Process\ID Process").unwrap();
    query.collect().unwrap();
    assert_eq!(
        readings(&query.values()),
        [
            row(r"\Process(sh#1)\ID Process", Err(NoValue::NoInstance)),
            row(r"\Process\ID Process", Err(NoValue::NoInstance)),
        ]
    );
    machine.set(vec![processes(&[
        ("sh", 7, 0, (0, 0)),
        ("sh", 9, 0, (0, 0)),
    ])]);
    query.collect().unwrap();
    assert_eq!(
        readings(&query.values())[0],
        row(r"\Process(sh#1)\ID Process", Ok(9.0))
    );
}

#[test]
fn a_provider_that_is_gone_leaves_the_rest_of_the_query() {
    let machine = Machine::with(vec![system(5), processes(&[("init", 1, 0, (0, 0))])]);
    let mut query = machine.query();
    query.add(r"\System\Threads").unwrap();
    query.add(r"\Process(init)\ID Process").unwrap();
    query.add(r"\Process(*)\ID Process").unwrap();
    machine.set(vec![system(6)]);
    query.collect().unwrap();
    assert_eq!(
        readings(&query.values()),
        [
            row(r"\System\Threads", Ok(6.0)),
            row(r"\Process(init)\ID Process", Err(NoValue::NoObject)),
        ]
    );
    // Its object is there, but no longer with this counter.
    machine.set(vec![
        system(6),
        Object::new(
            230,
            &[Counter(250, CounterType::COUNTER_RAWCOUNT.0, 4)],
            Data::Instances(vec![Instance::new("init", &[3])]),
        ),
    ]);
    query.collect().unwrap();
    assert_eq!(
        readings(&query.values())[1],
        row(r"\Process(init)\ID Process", Err(NoValue::NoCounter))
    );
}

#[test]
fn a_base_is_the_counter_behind() {
    let machine = Machine::with(vec![processes(&[("init", 1, 0, (1_000, 10))])]);
    let mut query = machine.query();
    query.add(r"\Process(init)\Avg. Wait").unwrap();
    query.collect().unwrap();
    // 500 ticks of 1 kHz for 5 waits.
    machine.set(vec![processes(&[("init", 1, 0, (1_500, 15))])]);
    query.collect().unwrap();
    assert_eq!(
        readings(&query.values()),
        [row(r"\Process(init)\Avg. Wait", Ok(0.1))]
    );
    // Nothing waited.
    machine.set(vec![processes(&[("init", 1, 0, (1_500, 15))])]);
    query.collect().unwrap();
    assert_eq!(query.values()[0].reading, Err(NoValue::NothingCounted));
    // It was started anew.
    machine.set(vec![processes(&[("init", 1, 0, (10, 1))])]);
    query.collect().unwrap();
    assert_eq!(query.values()[0].reading, Err(NoValue::Reset));
}

#[test]
fn wildcards_of_counters_leave_bases_out() {
    let machine = Machine::with(vec![processes(&[("init", 1, 0, (0, 0))])]);
    let mut query = machine.query();
    query.add(r"\Process(*)\*").unwrap();
    query.collect().unwrap();
    let names: Vec<String> = query
        .values()
        .iter()
        .map(|value| value.path.counter().to_owned())
        .collect();
    assert_eq!(names, ["ID Process", "IO Operations/sec", "Avg. Wait"]);
}

#[test]
fn a_thread_is_that_of_its_process() {
    let threads = Object::new(
        232,
        &[Counter(250, CounterType::COUNTER_RAWCOUNT.0, 4)],
        Data::Instances(vec![
            Instance::new("0", &[10]).of(230, 0),
            Instance::new("0", &[20]).of(230, 1),
            Instance::new("1", &[21]).of(230, 1),
            Instance::new("0", &[30]).of(230, 2),
            // Its process is not in the data.
            Instance::new("0", &[40]).of(230, 9),
        ]),
    );
    let machine = Machine::with(vec![
        processes(&[
            ("init", 1, 0, (0, 0)),
            ("sh", 7, 0, (0, 0)),
            ("sh", 9, 0, (0, 0)),
        ]),
        threads,
    ]);
    let mut query = machine.query();
    query.add(r"\Thread(sh/0#*)\Threads").unwrap();
    query.add(r"\Thread(sh/*)\Threads").unwrap();
    query.add(r"\Thread(0)\Threads").unwrap();
    query.collect().unwrap();
    assert_eq!(
        readings(&query.values()),
        [
            row(r"\Thread(sh/0)\Threads", Ok(20.0)),
            row(r"\Thread(sh/0#1)\Threads", Ok(30.0)),
            row(r"\Thread(sh/0)\Threads", Ok(20.0)),
            row(r"\Thread(sh/1)\Threads", Ok(21.0)),
            row(r"\Thread(sh/0#1)\Threads", Ok(30.0)),
            row(r"\Thread(0)\Threads", Ok(40.0)),
        ]
    );
    let mut key = machine.clone();
    let names: Vec<String> = instances(&mut key, "Thread")
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(names, ["init/0", "sh/0", "sh/1", "sh/0#1", "0"]);
}

#[test]
fn names_are_english_local_or_numbers() {
    let machine = Machine::with(vec![processor()]);
    let mut query = machine.query();
    query.add(r"\Processor(_Total)\% Processor Time").unwrap();
    query
        .add_in(Language::Local, r"\Prozessor(_Total)\Prozessorzeit (%)")
        .unwrap();
    query.add(r"\238(_Total)\6").unwrap();
    let error = query
        .add(r"\Prozessor(_Total)\Prozessorzeit (%)")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(
        error.to_string(),
        r"\Prozessor(_Total)\Prozessorzeit (%): no object of this name"
    );
    query.collect().unwrap();
    machine.set(vec![processor()]);
    query.collect().unwrap();
    // Names of the results are in the language of the path.
    let paths: Vec<String> = query
        .values()
        .iter()
        .map(|value| value.path.to_string())
        .collect();
    assert_eq!(
        paths,
        [
            r"\Processor(_Total)\% Processor Time",
            r"\Prozessor(_Total)\Prozessorzeit (%)",
            r"\238(_Total)\% Processor Time",
        ]
    );
    // Idle all the time.
    assert_eq!(query.values()[2].reading, Ok(Reading::Real(100.0)));
    query
        .add_in_any(r"\Prozessor(_Total)\Prozessorzeit (%)")
        .unwrap();
    query
        .add_in_any(r"\Processor(_Total)\% Processor Time")
        .unwrap();
    let error = query.add_in_any(r"\Prozessor(_Total)\%").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(query.add(r"\Processor(_Total)\Nonsense").is_err());
    assert!(query.add(r"\Memory\Available").is_err());
}

fn processor() -> Object {
    Object::new(
        238,
        &[Counter(6, CounterType::TIMER_100NSEC_INV.0, 8)],
        Data::Instances(vec![Instance::new("_Total", &[77])]),
    )
}

#[test]
fn one_of_two_objects_with_the_same_name_is_the_one_that_is_there() {
    let twice = Object::new(
        902,
        &[Counter(250, CounterType::COUNTER_RAWCOUNT.0, 4)],
        Data::Single(vec![3]),
    );
    let machine = Machine::with(vec![twice]);
    let mut query = machine.query();
    query.add(r"\Twice\Threads").unwrap();
    query.collect().unwrap();
    assert_eq!(query.values()[0].as_f64(), Some(3.0));
    assert_eq!(machine.0.lock().unwrap().asked.last().unwrap(), "900 902");
}

#[test]
fn a_provider_that_was_installed_since_is_found() {
    let machine = Machine::with(vec![Object::new(
        1000,
        &[Counter(1002, CounterType::COUNTER_RAWCOUNT.0, 4)],
        Data::Single(vec![8]),
    )]);
    let mut query = machine.query();
    assert!(query.add(r"\New\Clients").is_err());
    machine.0.lock().unwrap().extra_names = "1000\0New\x001002\0Clients\0\0";
    query.add(r"\New\Clients").unwrap();
    query.collect().unwrap();
    assert_eq!(query.values()[0].as_f64(), Some(8.0));
}

#[test]
fn text_and_multi_timers_are_read() {
    let state = Object::new(
        4,
        &[
            Counter(790, CounterType::COUNTER_TEXT.0, 8),
            Counter(6, CounterType::MULTI_TIMER_100NSEC.0, 12),
        ],
        // "ok", and a timer whose number of items would stand behind it.
        Data::Single(vec![0x006b_006f, 5]),
    );
    let machine = Machine::with(vec![state]);
    let mut query = machine.query();
    query.add(r"\Memory\State").unwrap();
    query.add(r"\Memory\% Processor Time").unwrap();
    query.collect().unwrap();
    query.collect().unwrap();
    let values = query.values();
    assert_eq!(values[0].reading, Ok(Reading::Text("ok".to_owned())));
    // The provider says it has no items.
    assert_eq!(values[1].reading, Err(NoValue::NegativeDenominator));
}

#[test]
fn what_fails_altogether_is_an_error_of_the_query() {
    let machine = Machine::with(vec![system(1)]);
    let mut query = machine.query();
    assert_eq!(query.collect().unwrap_err().kind(), ErrorKind::NoData);
    query.add(r"\System\Threads").unwrap();
    machine.0.lock().unwrap().refuses = Some(5);
    assert_eq!(query.collect().unwrap_err().kind(), ErrorKind::AccessDenied);
    let error = query.add(r"\\other\System\Threads").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    machine.0.lock().unwrap().refuses = None;
    query.add(r"\\.\System\Threads").unwrap();
    query.collect().unwrap();
    assert_eq!(query.values().len(), 2);
}

#[test]
fn a_counter_can_be_given_up() {
    let machine = Machine::with(vec![system(1), processor()]);
    let mut query = machine.query();
    let threads = query.add(r"\System\Threads").unwrap();
    let time = query.add(r"\Processor(*)\% Processor Time").unwrap();
    assert!(query.remove(time));
    assert!(!query.remove(time));
    assert!(!query.needs_two_samples());
    query.collect().unwrap();
    assert_eq!(query.values().len(), 1);
    let counters: Vec<_> = query.counters().map(|(id, _)| id).collect();
    assert_eq!(counters, [threads]);
    assert_eq!(machine.0.lock().unwrap().asked.last().unwrap(), "2");
}

#[test]
fn objects_are_listed_with_names_in_both_languages() {
    let mut machine = Machine::with(vec![system(1), processes(&[])]);
    machine.0.lock().unwrap().costly = vec![processor()];
    let listed = objects(&mut machine).unwrap();
    let names: Vec<&str> = listed.iter().map(|object| object.name.as_str()).collect();
    assert_eq!(names, ["Process", "Processor", "System"]);
    let process = &listed[0];
    assert_eq!(process.local_name.as_deref(), Some("Prozess"));
    assert_eq!(process.help.as_deref(), Some("Was Prozesse tun."));
    assert_eq!(process.index, Some(230));
    assert_eq!(process.detail, Some(Detail::Novice));
    assert_eq!(process.has_instances, Some(true));
    assert_eq!(process.default_counter.as_deref(), Some("ID Process"));
    assert_eq!(listed[2].has_instances, Some(false));

    for name in ["Process", "Prozess", "230"] {
        let counters = counters(&mut machine, name).unwrap();
        let names: Vec<&str> = counters
            .iter()
            .map(|counter| counter.name.as_str())
            .collect();
        assert_eq!(names, ["ID Process", "IO Operations/sec", "Avg. Wait"]);
        assert_eq!(counters[2].kind, Some(CounterType::AVERAGE_TIMER));
        assert!(instances(&mut machine, name).unwrap().is_empty());
    }
    for name in ["Nonsense", "Memory"] {
        let error = counters(&mut machine, name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

#[test]
fn nonsense_of_a_provider_leaves_those_before_it() {
    struct Nonsense(Machine);
    impl PerformanceKey for Nonsense {
        fn data(&mut self, objects: &str) -> Result<Vec<u8>> {
            let mut data = self.0.data(objects)?;
            // Cut within the last object.
            data.truncate(data.len() - 16);
            Ok(data)
        }
        fn names(&mut self, language: Language) -> Result<Vec<u8>> {
            self.0.names(language)
        }
        fn help(&mut self) -> Result<Vec<u8>> {
            self.0.help()
        }
    }
    let machine = Machine::with(vec![system(1), processor()]);
    let mut registry = Registry::new(Nonsense(machine));
    let listed = objects(registry.key()).unwrap();
    assert_eq!(listed.len(), 1);
    let path: CounterPath = r"\Processor(_Total)\% Processor Time".parse().unwrap();
    assert!(registry.add(&path, Language::Neutral).is_err());
}
