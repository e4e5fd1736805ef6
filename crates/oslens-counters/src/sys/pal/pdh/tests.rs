use windows_sys::Win32::System::Performance::{
    PDH_FMT_COUNTERVALUE, PDH_FMT_DOUBLE, PDH_FMT_LARGE,
};

use super::*;
use crate::{CounterType, Format, NoValue, RawValue};

optional! {
    fn PdhCalculateCounterFromRawValue in "pdh.dll"
        (counter: HCounter, format: u32, now: *const PDH_RAW_COUNTER,
         before: *const PDH_RAW_COUNTER, value: *mut PDH_FMT_COUNTERVALUE) -> u32;
}

/// `PDH_FMT_NOSCALE` and `PDH_FMT_NOCAP100`.
const AS_IT_IS: u32 = 0x1000 | 0x8000;

fn raw(counter: Handle) -> PDH_RAW_COUNTER {
    let mut raw = PDH_RAW_COUNTER::default();
    let get = PdhGetRawCounterValue::get().unwrap();
    // SAFETY: a counter of an open query, and a structure to be filled in.
    unsafe { get(counter.0 as HCounter, std::ptr::null_mut(), &mut raw) };
    raw
}

/// What the library makes of two samples, as it is best at.
fn of_library(counter: Handle, now: &PDH_RAW_COUNTER, before: &PDH_RAW_COUNTER) -> Option<f64> {
    let calculate = PdhCalculateCounterFromRawValue::get()?;
    let mut value = PDH_FMT_COUNTERVALUE::default();
    // Real numbers of Wine's library are zeros.
    let whole = wine_version().is_some();
    let format = if whole { PDH_FMT_LARGE } else { PDH_FMT_DOUBLE };
    // It also takes them in the other order.
    let (now, before) = if whole { (before, now) } else { (now, before) };
    // SAFETY: a counter of an open query, two samples of it, and a
    // structure to be filled in.
    let status = unsafe {
        calculate(
            counter.0 as HCounter,
            format | AS_IT_IS,
            now,
            before,
            &mut value,
        )
    };
    // SAFETY: which of them was filled in, was asked for; all are numbers.
    let number = unsafe {
        if whole {
            value.Anonymous.largeValue as f64
        } else {
            value.Anonymous.doubleValue
        }
    };
    (status == 0 && value.CStatus <= 1).then_some(number)
}

#[test]
fn the_library_computes_the_same_of_the_same_samples() {
    let mut query = PdhQuery::open(None).unwrap();
    let mut counters = Vec::new();
    for path in [
        r"\System\System Up Time",
        r"\System\Threads",
        r"\System\Context Switches/sec",
        r"\Processor(_Total)\% Processor Time",
        r"\Processor(_Total)\% User Time",
        r"\Processor(_Total)\Interrupts/sec",
        r"\Memory\Available Bytes",
        r"\Memory\% Committed Bytes In Use",
        r"\Memory\Page Faults/sec",
        r"\Process(Idle)\Elapsed Time",
        r"\PhysicalDisk(_Total)\% Disk Time",
        r"\PhysicalDisk(_Total)\Avg. Disk sec/Transfer",
        r"\PhysicalDisk(_Total)\Avg. Disk Bytes/Transfer",
        r"\PhysicalDisk(_Total)\Avg. Disk Queue Length",
        r"\LogicalDisk(_Total)\% Free Space",
        r"\Cache\Copy Read Hits %",
    ] {
        // Wine has but two of them.
        if let Ok(counter) = query.add(path, true) {
            counters.push((path, counter));
        }
    }
    assert!(counters.len() >= 2);
    query.collect().unwrap();
    let before: Vec<_> = counters.iter().map(|(_, counter)| raw(*counter)).collect();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    query.collect().unwrap();
    let mut compared = 0;
    for ((path, counter), before) in counters.into_iter().zip(before) {
        let info = query.info(counter, false).unwrap();
        let now = raw(counter);
        let value = |raw: &PDH_RAW_COUNTER| {
            RawValue::new(CounterType(info.kind), raw.FirstValue, raw.SecondValue)
                .with_frequency(info.time_base)
                .with_multi_count(raw.MultiCount)
        };
        let ours = value(&now).calculate(Some(&value(&before)), Format::default());
        let theirs = of_library(counter, &now, &before);
        println!("{path} ({:#x}): {ours:?}, {theirs:?}", info.kind);
        let (Some(theirs), Ok(ours)) = (theirs, &ours) else {
            // A mean of nothing is 0 to the library.
            assert!(
                wine_version().is_some()
                    || matches!(
                        (&ours, theirs),
                        (Err(NoValue::NothingCounted), Some(0.0)) | (Err(_), None)
                    ),
                "{path}: {ours:?}, not {theirs:?}"
            );
            continue;
        };
        let ours = ours.as_f64().unwrap();
        let near = (theirs.abs() * 1e-9).max(if wine_version().is_some() { 1.0 } else { 1e-9 });
        assert!(
            (ours - theirs).abs() <= near,
            "{path}: {ours}, not {theirs}"
        );
        compared += 1;
    }
    assert!(compared >= 1);
}
