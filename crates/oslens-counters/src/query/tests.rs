use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use super::*;
use crate::{CounterType, Reading};

/// One counter of the type that it is made with, which goes on by one in each
/// sample of a second.
#[derive(Clone)]
struct Clockwork {
    kind: CounterType,
    samples: Arc<AtomicU32>,
}

impl Clockwork {
    fn query(kind: CounterType) -> (Query, Arc<AtomicU32>) {
        let samples = Arc::new(AtomicU32::new(0));
        let backend = Self {
            kind,
            samples: samples.clone(),
        };
        (Query::with_backend(Box::new(backend)), samples)
    }
}

impl Backend for Clockwork {
    fn add(&mut self, _: &CounterPath, _: Language) -> Result<u32> {
        Ok(7)
    }

    fn remove(&mut self, key: u32) {
        assert_eq!(key, 7);
    }

    fn needs_two_samples(&self, key: u32) -> bool {
        assert_eq!(key, 7);
        self.kind.needs_two_samples()
    }

    fn collect(&mut self) -> Result<Sampled> {
        self.samples.fetch_add(1, Ordering::Relaxed);
        Ok(Sampled::At(SystemTime::now()))
    }

    fn rows(&mut self, _: u32) -> Vec<Row> {
        let sample = i64::from(self.samples.load(Ordering::Relaxed));
        vec![Row {
            path: CounterPath::new("A", "B").unwrap(),
            kind: Some(self.kind),
            default_scale: 0,
            identity: None,
            raw: Ok(RawValue::new(self.kind, sample, sample).with_frequency(1)),
        }]
    }
}

#[test]
fn one_sample_is_taken_where_one_is_enough() {
    let (mut query, samples) = Clockwork::query(CounterType::COUNTER_RAWCOUNT);
    assert!(once(&mut query, Duration::ZERO).unwrap().is_empty());
    query.add(r"\A\B").unwrap();
    // It would take an hour.
    let values = once(&mut query, Duration::from_secs(3600)).unwrap();
    assert_eq!(values[0].reading, Ok(Reading::Integer(1)));
    assert_eq!(samples.load(Ordering::Relaxed), 1);
}

#[test]
fn a_rate_is_sampled_twice_with_the_window_between() {
    let (mut query, samples) = Clockwork::query(CounterType::COUNTER_COUNTER);
    query.add(r"\A\B".to_owned()).unwrap();
    let window = Duration::from_millis(20);
    let begin = Instant::now();
    let values = once(&mut query, window).unwrap();
    assert!(begin.elapsed() >= window);
    assert_eq!(values[0].reading, Ok(Reading::Real(1.0)));
    assert_eq!(samples.load(Ordering::Relaxed), 2);
}

#[test]
fn the_first_values_come_at_once_where_one_sample_is_enough() {
    let (mut query, _) = Clockwork::query(CounterType::COUNTER_RAWCOUNT);
    query.add(CounterPath::new("A", "B").unwrap()).unwrap();
    let mut samples = query.samples(Duration::from_secs(3600));
    assert!(samples.next().unwrap().is_ok());
    let interval = Duration::from_millis(15);
    let begin = Instant::now();
    assert_eq!(query.samples(interval).take(3).count(), 3);
    assert!(begin.elapsed() >= 2 * interval);
}

#[test]
fn samples_that_were_missed_do_not_come_in_a_burst() {
    let (mut query, taken) = Clockwork::query(CounterType::COUNTER_RAWCOUNT);
    query.add(r"\A\B").unwrap();
    let interval = Duration::from_millis(10);
    let mut samples = query.samples(interval);
    samples.next();
    thread::sleep(10 * interval);
    let begin = Instant::now();
    samples.next();
    samples.next();
    // The one that is due, and one interval later the next.
    assert!(begin.elapsed() >= interval / 2);
    assert_eq!(taken.load(Ordering::Relaxed), 3);
}

#[test]
fn a_counter_that_was_given_up_is_not_another_one() {
    let (mut query, _) = Clockwork::query(CounterType::COUNTER_RAWCOUNT);
    let first = query.add(r"\A\B").unwrap();
    let second = query.add(r"\A\B").unwrap();
    assert!(query.remove(first));
    let third = query.add(r"\A\B").unwrap();
    assert!(first != third && second != third);
    query.collect().unwrap();
    let of: Vec<CounterId> = query.values().iter().map(|value| value.counter).collect();
    assert_eq!(of, [second, third]);
    assert_eq!(query.values_of(first).count(), 0);
    let error = query.add("no path").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
