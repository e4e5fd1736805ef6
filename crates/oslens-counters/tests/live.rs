//! What this system's own counters say.

use std::time::Duration;

use oslens_counters::{CounterPath, ErrorKind, Query, Source, get_once};

#[test]
fn a_query_may_go_to_another_thread() {
    fn sent<T: Send>() {}
    sent::<Query>();
    sent::<oslens_counters::Value>();
    sent::<oslens_counters::Error>();
}

/// A path that exists on every Windows, Wine's too.
const UPTIME: &str = r"\System\System Up Time";

#[test]
#[cfg(not(windows))]
fn systems_without_counters_say_so_by_name() {
    use oslens_counters::{Browser, Language, Names, Result, counters, instances, objects};

    #[track_caller]
    fn unsupported<T>(result: Result<T>) {
        let error = result.err().expect("there are counters");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(
            error.to_string().contains("performance counters"),
            "{error}"
        );
    }

    for source in [
        Source::Automatic,
        Source::Pdh,
        Source::Registry,
        Source::Log("x.blg".into()),
    ] {
        unsupported(Query::from_source(&source));
        unsupported(Browser::new().with_source(source).objects());
    }
    unsupported(objects());
    unsupported(counters("Process"));
    unsupported(instances("Process"));
    unsupported(Names::read(Language::Neutral));
    let path: CounterPath = UPTIME.parse().unwrap();
    unsupported(get_once(&[path], Duration::ZERO));
}

#[cfg(windows)]
mod windows {
    use std::time::SystemTime;

    use oslens_counters::{
        Browser, CounterType, Language, Names, NoValue, Reading, Unit, counters, instances, objects,
    };

    use super::*;

    fn path(text: &str) -> CounterPath {
        text.parse().unwrap()
    }

    fn is_wine() -> bool {
        oslens_win32::wine_version().is_some()
    }

    #[test]
    fn the_system_is_up_since_it_was_started() {
        let values = get_once(&[path(UPTIME)], Duration::ZERO).unwrap();
        assert_eq!(values.len(), 1);
        let value = &values[0];
        assert_eq!(value.path, path(UPTIME));
        let up = value.as_f64().unwrap();
        assert!(up > 0.0, "{value:?}");
        assert!(value.kind.unwrap().name().is_some(), "{value:?}");
        let time = value.time.unwrap();
        assert!(SystemTime::now().duration_since(time).unwrap() < Duration::from_secs(10));
        assert_eq!(value.unit(), Unit::Seconds);
        assert!(up < 10.0 * 365.0 * 86_400.0, "{up}");
        // Below Wine there is another witness.
        let Ok(linux) = std::fs::read_to_string(r"Z:\proc\uptime") else {
            return;
        };
        let since: f64 = linux.split(' ').next().unwrap().parse().unwrap();
        assert!((up - since).abs() < 30.0, "{up} s, not {since} s");
    }

    #[test]
    fn the_time_of_processors_needs_two_samples() {
        let mut query = Query::new().unwrap();
        let id = query.add(r"\Processor(_Total)\% Processor Time").unwrap();
        let kind = |query: &Query| query.values_of(id).next().unwrap().kind;
        query.collect().unwrap();
        let first = query.values_of(id).next().unwrap();
        assert_eq!(first.instance().unwrap().name(), "_Total");
        if !query.needs_two_samples() {
            // Wine has a type of its own for it.
            assert!(is_wine(), "{:?}", kind(&query));
            return;
        }
        assert_eq!(first.reading, Err(NoValue::FirstSample));
        std::thread::sleep(Duration::from_millis(100));
        query.collect().unwrap();
        let second = query.values_of(id).next().unwrap();
        match second.reading {
            Ok(Reading::Real(percent)) => assert!((0.0..=100.0).contains(&percent), "{percent}"),
            other => assert!(is_wine(), "{other:?}"),
        }
    }

    #[test]
    fn what_does_not_exist_is_not_found_and_says_what() {
        let mut query = Query::new().unwrap();
        let error = query.add(r"\Oslens\No Such Counter").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("No Such Counter"), "{error}");
        assert!(
            error
                .code()
                .is_some_and(|code| code & 0xC000_0000 == 0xC000_0000)
        );
        // The query goes on without it.
        query.add(UPTIME).unwrap();
        query.collect().unwrap();
        assert_eq!(query.values().len(), 1);
    }

    #[test]
    fn a_counter_that_was_given_up_is_no_longer_sampled() {
        let mut query = Query::new().unwrap();
        let uptime = query.add(UPTIME).unwrap();
        let time = query.add(r"\Processor(_Total)\% Processor Time").unwrap();
        assert!(query.remove(uptime));
        query.collect().unwrap();
        let values = query.values();
        assert_eq!(values.len(), 1);
        assert_eq!(values[0].counter, time);
    }

    #[test]
    fn samples_come_one_after_the_other() {
        let mut query = Query::new().unwrap();
        query.add(UPTIME).unwrap();
        let interval = Duration::from_millis(30);
        let start = std::time::Instant::now();
        let times: Vec<SystemTime> = query
            .samples(interval)
            .take(3)
            .map(|values| values.unwrap()[0].time.unwrap())
            .collect();
        // One that was late on a busy machine does not make the next one late.
        let passed = start.elapsed();
        assert!(passed >= interval * 2, "{passed:?}");
        assert!(times.is_sorted(), "{times:?}");
    }

    #[test]
    fn names_have_numbers_that_do_not_change() {
        let names = Names::read(Language::Neutral).unwrap();
        if is_wine() {
            // Wine's table has little in it.
            println!("{} names: {:?}", names.len(), names.iter().next());
            return;
        }
        assert_eq!(names.get(2), Some("System"));
        assert_eq!(names.get(4), Some("Memory"));
        assert!(names.indexes("processor").any(|index| index == 238));
        assert!(!Names::read(Language::Local).unwrap().is_empty());
    }

    #[test]
    fn the_registry_is_read_without_the_library() {
        let mut query = Query::from_source(&Source::Registry).unwrap();
        let browser = Browser::new().with_source(Source::Registry);
        // The header is read and understood, whatever objects there are.
        let objects = browser.objects().unwrap();
        if objects.is_empty() {
            assert!(is_wine());
            let error = query.add(UPTIME).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound);
            return;
        }
        assert!(objects.iter().any(|object| object.name == "System"));
        query.add(UPTIME).unwrap();
        query.collect().unwrap();
        assert_eq!(query.values()[0].kind, Some(CounterType::ELAPSED_TIME));
        let processors = browser.instances("Processor").unwrap();
        assert!(
            processors
                .iter()
                .any(|instance| instance.name() == "_Total")
        );
    }

    #[test]
    fn another_machine_is_not_this_machines_registry() {
        let browser = Browser::new()
            .with_source(Source::Registry)
            .with_machine("other");
        let error = browser.objects().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let mut query = Query::from_source(&Source::Registry).unwrap();
        let error = query.add(r"\\other\System\Threads").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn what_wine_does_not_do_is_unsupported_and_never_ends_the_program() {
        if !is_wine() {
            assert!(!objects().unwrap().is_empty());
            assert!(!counters("Process").unwrap().is_empty());
            assert!(!instances("Process").unwrap().is_empty());
            return;
        }
        for error in [
            objects().unwrap_err(),
            Browser::new()
                .with_source(Source::Pdh)
                .objects()
                .unwrap_err(),
            Browser::new()
                .with_source(Source::Pdh)
                .counters("System")
                .unwrap_err(),
            Browser::new()
                .with_source(Source::Pdh)
                .instances("System")
                .unwrap_err(),
            Query::new()
                .unwrap()
                .add(r"\Processor(*)\% Processor Time")
                .unwrap_err(),
            Query::new().unwrap().add(r"\System\*").unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        }
        for error in [
            counters("System").unwrap_err(),
            instances("System").unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        }
    }

    #[test]
    fn a_log_that_is_not_there_is_an_error() {
        let log = Source::Log(r"C:\oslens has no such log.blg".into());
        let opened = Query::from_source(&log).and_then(|mut query| {
            query.add(UPTIME)?;
            query.collect()
        });
        match opened {
            Err(error) => assert_ne!(error.kind(), ErrorKind::NoData, "{error}"),
            // It ignores the name of the log.
            Ok(()) => assert!(is_wine()),
        }
    }
}
