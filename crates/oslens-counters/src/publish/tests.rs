use std::{sync::Arc, thread};

use super::*;
use crate::{
    CounterType, ErrorKind,
    definition::{CounterSetSpec, CounterSpec, Definition, Guid, Instances, ProviderSpec},
};

const CLIENTS: Guid = Guid::from_u128(0x0b55_0002_0000_4000_8000_0000_0000_0001);
const TOTAL: Guid = Guid::from_u128(0x0b55_0003_0000_4000_8000_0000_0000_0001);

/// Each test has a provider of its own.
fn definition(provider: u128) -> Definition {
    let counters = |set: CounterSetSpec| {
        set.counter(CounterSpec::new(
            5,
            "Open",
            "Now.",
            CounterType::COUNTER_RAWCOUNT,
        ))
        .counter(CounterSpec::new(
            9,
            "Bytes",
            "All.",
            CounterType::COUNTER_BULK_COUNT,
        ))
    };
    ProviderSpec::new(Guid::from_u128(0x0b55_0001 << 96 | provider), "Sample")
        .set(counters(
            CounterSetSpec::new(CLIENTS, "Clients", "Each.").instances(Instances::Multiple),
        ))
        .set(counters(CounterSetSpec::new(TOTAL, "Total", "All.")))
        .check()
        .unwrap()
}

#[test]
fn counters_count_whether_published_or_not() {
    let provider = Provider::start(&definition(1));
    if cfg!(windows) {
        provider.publication().unwrap();
    } else {
        let error = provider.publication().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("publishing"), "{error}");
    }
    let clients = provider.set(CLIENTS).unwrap();
    let instance = clients.instance("one").unwrap();
    assert_eq!(instance.publication().is_ok(), cfg!(windows));
    let (open, bytes) = (instance.counter(5).unwrap(), instance.counter(9).unwrap());
    open.increment();
    open.add(4);
    open.decrement();
    bytes.set(u64::MAX);
    assert_eq!(
        instance.values().collect::<Vec<_>>(),
        [(5, 4), (9, u64::MAX)]
    );
    // 32 bits wrap on their own, 64 on theirs.
    open.subtract(5);
    assert_eq!(open.get(), u64::from(u32::MAX));
    open.increment();
    assert_eq!(open.get(), 0);
    open.set(0x1_0000_0007);
    assert_eq!(open.get(), 7);
    bytes.increment();
    assert_eq!(bytes.get(), 0);
    assert_eq!(
        (bytes.id(), bytes.kind()),
        (9, CounterType::COUNTER_BULK_COUNT)
    );
}

#[test]
fn what_is_not_defined_is_not_found() {
    let provider = Provider::start(&definition(2));
    let error = provider.set(Guid::from_u128(7)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let instance = provider.set(TOTAL).unwrap().instance("x").unwrap();
    let error = instance.counter(6).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("no counter 6"), "{error}");
}

#[test]
fn an_instance_is_there_once_until_it_is_dropped() {
    let provider = Provider::start(&definition(3));
    let clients = provider.set(CLIENTS).unwrap();
    let one = clients.instance("One").unwrap();
    for name in ["One", "one", "ONE"] {
        let error = clients.instance(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Exists, "{error}");
        assert_eq!(error.subject(), Some(std::ffi::OsStr::new(name)));
    }
    let two = clients.instance("two").unwrap();
    assert_ne!(one.id(), two.id());
    let counter = one.counter(5).unwrap();
    counter.increment();
    drop(one);
    // What was taken from it counts on, unseen.
    counter.increment();
    assert_eq!(counter.get(), 2);
    let again = clients.instance("oNe").unwrap();
    assert_eq!(again.counter(5).unwrap().get(), 0);
    assert_eq!(again.publication().is_ok(), cfg!(windows));
    let mut names = clients.instances();
    names.sort();
    assert_eq!(names, ["oNe", "two"]);
    for name in ["", "a\0b"] {
        let error = clients.instance(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    // Another set has names of its own.
    let total = provider.set(TOTAL).unwrap();
    let only = total.instance("one").unwrap();
    let error = total.instance("other").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exists);
    drop(only);
    total.instance("other").unwrap();
}

#[test]
fn the_parts_outlive_each_other_in_any_order() {
    let provider = Provider::start(&definition(4));
    let clients = provider.set(CLIENTS).unwrap();
    let instance = clients.instance("one").unwrap();
    let counter = instance.counter(5).unwrap();
    drop(provider);
    drop(clients);
    assert_eq!(instance.publication().is_ok(), cfg!(windows));
    instance.counter(9).unwrap().add(3);
    let same = instance.set().instance("two").unwrap();
    drop(instance);
    drop(same);
    counter.increment();
    assert_eq!(counter.get(), 1);
}

#[test]
fn many_threads_count_and_come_and_go_at_once() {
    const THREADS: u64 = 8;
    const EACH: u64 = 10_000;
    let provider = Provider::start(&definition(5));
    let clients = provider.set(CLIENTS).unwrap();
    let shared = Arc::new(clients.instance("shared").unwrap());
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (clients, shared) = (&clients, Arc::clone(&shared));
            scope.spawn(move || {
                let open = shared.counter(5).unwrap();
                let bytes = shared.counter(9).unwrap();
                for round in 0..EACH {
                    open.increment();
                    bytes.add(number);
                    if round % 500 == 0 {
                        let own = clients.instance(&format!("thread {number}")).unwrap();
                        own.counter(5).unwrap().increment();
                    }
                }
            });
        }
    });
    let sum = EACH * (0..THREADS).sum::<u64>();
    assert_eq!(
        shared.values().collect::<Vec<_>>(),
        [(5, THREADS * EACH), (9, sum)]
    );
    assert_eq!(clients.instances(), ["shared"]);
}

#[test]
fn handles_are_for_any_thread() {
    fn check<T: Send + Sync>() {}
    check::<Provider>();
    check::<CounterSet>();
    check::<Instance>();
    check::<Counter>();
}

/// The instance as PerfLib has it: a header, an address for each counter, and
/// the name.
#[cfg(windows)]
#[test]
fn the_system_has_the_addresses_of_the_numbers() {
    use oslens_win32::bytes::{array_at, u32_at, u64_at, utf16};

    let provider = Provider::start(&definition(6));
    let clients = provider.set(CLIENTS).unwrap();
    drop(clients.instance("before").unwrap());
    let instance = clients.instance("inst1").unwrap();
    instance.publication().unwrap();
    instance.counter(5).unwrap().set(0x1_2345);
    instance.counter(9).unwrap().set(0x1_2345_6789);
    let block = instance.block().unwrap();
    assert_eq!(array_at::<16>(&block, 0), Some(CLIENTS.to_bytes()));
    assert_eq!(u32_at(&block, 16), Some(block.len() as u32));
    assert_eq!(u32_at(&block, 20), Some(instance.id()));
    let name_at = u32_at(&block, 24).unwrap() as usize;
    let name_size = u32_at(&block, 28).unwrap() as usize;
    let name: Vec<u16> = utf16(&block[name_at..name_at + name_size]).collect();
    assert_eq!(String::from_utf16(&name).unwrap(), "inst1\0");
    if oslens_win32::wine_version().is_some() {
        // As measured: 32 bytes, two addresses, 6 units, up to a multiple of 8.
        assert_eq!((block.len(), name_at, name_size), (64, 48, 12));
        let addresses = instance.addresses();
        assert_eq!(u64_at(&block, 32), Some(addresses[0]));
        assert_eq!(u64_at(&block, 40), Some(addresses[1]));
    }
}
