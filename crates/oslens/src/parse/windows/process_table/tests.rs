use super::*;

const BASE: u64 = 0x1_0000_0000;

/// What the tests tell apart.
struct Sample {
    pid: u64,
    name: &'static str,
    threads: &'static [(u64, u32, u32)],
}

const SAMPLES: &[Sample] = &[
    Sample {
        pid: 0,
        name: "",
        threads: &[(0, 2, 0), (0, 5, 5)],
    },
    Sample {
        pid: 4,
        name: "System",
        threads: &[],
    },
    Sample {
        pid: 4321,
        name: "a b \u{1f600}.exe",
        threads: &[(5000, 5, 5)],
    },
];

fn put(buffer: &mut [u8], at: usize, bytes: &[u8]) {
    buffer[at..at + bytes.len()].copy_from_slice(bytes);
}

fn word(layout: Layout, value: u64) -> Vec<u8> {
    value.to_le_bytes()[..layout.pointer()].to_vec()
}

/// A table as the kernel would write it to [`BASE`], or to the same address
/// as far as 32 bits go.
fn table(layout: Layout, record: ThreadRecord) -> Vec<u8> {
    let base = base(layout);
    let fixed = layout.of(184, 256);
    let mut table = Vec::new();
    for (index, sample) in SAMPLES.iter().enumerate() {
        let mut entry = vec![0; fixed];
        put(
            &mut entry,
            4,
            &u32::try_from(sample.threads.len()).unwrap().to_le_bytes(),
        );
        put(&mut entry, 8, &77u64.to_le_bytes());
        put(&mut entry, 16, &3u32.to_le_bytes());
        put(&mut entry, 24, &0xc1c1u64.to_le_bytes());
        put(
            &mut entry,
            32,
            &(133_000_000_000_000_000 + sample.pid).to_le_bytes(),
        );
        put(&mut entry, 40, &20_000_000u64.to_le_bytes());
        put(&mut entry, 48, &5_000_000u64.to_le_bytes());
        put(&mut entry, layout.of(64, 72), &8i32.to_le_bytes());
        put(&mut entry, layout.of(68, 80), &word(layout, sample.pid));
        put(&mut entry, layout.of(72, 88), &word(layout, 4));
        put(&mut entry, layout.of(76, 96), &123u32.to_le_bytes());
        put(&mut entry, layout.of(80, 100), &1u32.to_le_bytes());
        put(&mut entry, layout.of(96, 128), &1000u32.to_le_bytes());
        // The words of memory, in their order.
        let memory = layout.of(88, 112);
        for (place, value) in [20, 10].into_iter().enumerate() {
            put(
                &mut entry,
                memory + place * layout.pointer(),
                &word(layout, value),
            );
        }
        let memory = layout.of(100, 136);
        for (place, value) in (30..39).enumerate() {
            put(
                &mut entry,
                memory + place * layout.pointer(),
                &word(layout, value),
            );
        }
        let io = layout.of(136, 208);
        for (place, value) in (40u64..46).enumerate() {
            put(&mut entry, io + place * 8, &value.to_le_bytes());
        }
        for &(id, state, reason) in sample.threads {
            let mut thread = vec![0; record.size(layout)];
            put(&mut thread, 0, &111u64.to_le_bytes());
            put(&mut thread, 8, &222u64.to_le_bytes());
            put(&mut thread, 16, &333u64.to_le_bytes());
            put(&mut thread, layout.of(32, 40), &word(layout, sample.pid));
            put(&mut thread, layout.of(36, 48), &word(layout, id));
            put(&mut thread, layout.of(40, 56), &9i32.to_le_bytes());
            put(&mut thread, layout.of(44, 60), &8i32.to_le_bytes());
            put(&mut thread, layout.of(48, 64), &555u32.to_le_bytes());
            put(&mut thread, layout.of(52, 68), &state.to_le_bytes());
            put(&mut thread, layout.of(56, 72), &reason.to_le_bytes());
            entry.extend(thread);
        }
        let name: Vec<u8> = sample
            .name
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        if !name.is_empty() {
            let length = u16::try_from(name.len()).unwrap();
            put(&mut entry, 56, &length.to_le_bytes());
            put(&mut entry, 58, &(length + 2).to_le_bytes());
            let address = base + (table.len() + entry.len()) as u64;
            put(&mut entry, 56 + layout.pointer(), &word(layout, address));
            entry.extend(name);
            entry.extend([0, 0]);
        }
        entry.resize(entry.len().next_multiple_of(8), 0);
        if index + 1 < SAMPLES.len() {
            let next = u32::try_from(entry.len()).unwrap();
            put(&mut entry, 0, &next.to_le_bytes());
        }
        table.extend(entry);
    }
    table
}

fn base(layout: Layout) -> u64 {
    match layout {
        Layout::Bits32 => BASE >> 8,
        Layout::Bits64 => BASE,
    }
}

const FORMS: [(Layout, ThreadRecord); 4] = [
    (Layout::Bits32, ThreadRecord::Plain),
    (Layout::Bits32, ThreadRecord::Extended),
    (Layout::Bits64, ThreadRecord::Plain),
    (Layout::Bits64, ThreadRecord::Extended),
];

#[test]
fn every_field_of_every_form_is_in_its_place() {
    for (layout, record) in FORMS {
        let table = table(layout, record);
        let all: Vec<_> = processes(&table, base(layout), layout, record)
            .map(Result::unwrap)
            .collect();
        assert_eq!(all.len(), SAMPLES.len(), "{layout:?} {record:?}");
        for (process, sample) in all.iter().zip(SAMPLES) {
            assert_eq!(process.pid, sample.pid);
            assert_eq!(
                process.name.to_vec(),
                sample.name.encode_utf16().collect::<Vec<_>>()
            );
            assert_eq!(process.parent, 4);
            assert_eq!(process.create_time, 133_000_000_000_000_000 + sample.pid);
            assert_eq!(
                (process.user_time, process.kernel_time),
                (20_000_000, 5_000_000)
            );
            assert_eq!((process.base_priority, process.cycle_time), (8, 0xc1c1));
            assert_eq!((process.handle_count, process.session), (123, 1));
            assert_eq!((process.page_faults, process.hard_faults), (1000, 3));
            assert_eq!((process.peak_virtual_size, process.virtual_size), (20, 10));
            assert_eq!((process.peak_working_set, process.working_set), (30, 31));
            assert_eq!((process.peak_paged_pool, process.paged_pool), (32, 33));
            assert_eq!(
                (process.peak_nonpaged_pool, process.nonpaged_pool),
                (34, 35)
            );
            assert_eq!(
                (process.pagefile_usage, process.peak_pagefile_usage),
                (36, 37)
            );
            assert_eq!(
                (process.private_bytes, process.private_working_set),
                (38, 77)
            );
            assert_eq!((process.read_count, process.write_count), (40, 41));
            assert_eq!((process.other_count, process.read_bytes), (42, 43));
            assert_eq!((process.write_bytes, process.other_bytes), (44, 45));
            let threads: Vec<_> = process.threads().collect();
            assert_eq!(threads.len(), sample.threads.len());
            for (thread, &(id, state, reason)) in threads.iter().zip(sample.threads) {
                assert_eq!((thread.id, thread.pid), (id, sample.pid));
                assert_eq!((thread.kernel_time, thread.user_time), (111, 222));
                assert_eq!((thread.create_time, thread.context_switches), (333, 555));
                assert_eq!((thread.priority, thread.base_priority), (9, 8));
                assert_eq!((thread.state, thread.wait_reason), (state, reason));
            }
        }
    }
}

#[test]
fn a_cut_table_ends_with_an_error_and_never_panics() {
    for (layout, record) in FORMS {
        let table = table(layout, record);
        // Behind the last name there is only padding.
        for end in 1..table.len() - 16 {
            let all: Vec<_> = processes(&table[..end], base(layout), layout, record).collect();
            assert!(all.last().unwrap().is_err(), "{layout:?} {record:?} {end}");
        }
    }
    assert!(
        processes(&[], 0, Layout::Bits64, ThreadRecord::Plain)
            .next()
            .is_none()
    );
}

#[test]
fn a_walk_cannot_go_back_stand_still_or_leave_the_table() {
    let mut table = table(Layout::Bits64, ThreadRecord::Plain);
    for offset in [1, 8, 255, u32::MAX, 0x8000_0000] {
        table[..4].copy_from_slice(&offset.to_le_bytes());
        let all: Vec<_> = processes(&table, BASE, Layout::Bits64, ThreadRecord::Plain).collect();
        assert_eq!(all.len(), 1, "{offset}");
        assert!(all[0].is_err());
    }
}

#[test]
fn a_name_outside_the_table_is_malformed() {
    let table = table(Layout::Bits64, ThreadRecord::Plain);
    for base in [0, BASE + 0x1_0000, BASE - 0x1_0000, u64::MAX] {
        let all: Vec<_> = processes(&table, base, Layout::Bits64, ThreadRecord::Plain).collect();
        assert!(all.iter().any(Result::is_err), "{base:x}");
    }
}

#[test]
fn a_process_with_more_threads_than_fit_is_malformed() {
    let mut table = table(Layout::Bits64, ThreadRecord::Plain);
    table[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    let first = processes(&table, BASE, Layout::Bits64, ThreadRecord::Plain).next();
    assert!(first.unwrap().is_err());
}

#[test]
fn damage_anywhere_is_survived() {
    for (layout, record) in FORMS {
        let whole = table(layout, record);
        for at in 0..whole.len() {
            for value in [0, 0x7f, 0xff] {
                let mut table = whole.clone();
                table[at] = value;
                for process in processes(&table, base(layout), layout, record).flatten() {
                    process.threads().for_each(drop);
                    assert!(process.name.to_vec().len() * 2 <= table.len());
                }
            }
        }
    }
}

/// What Wine 10 wrote, with the addresses of the names moved to 0x10000.
const WINE: [(&[u8], ThreadRecord); 2] = [
    (include_bytes!("golden/wine10_plain64"), ThreadRecord::Plain),
    (
        include_bytes!("golden/wine10_extended64"),
        ThreadRecord::Extended,
    ),
];

#[test]
fn a_captured_table_is_read() {
    for (table, record) in WINE {
        let all: Vec<_> = processes(table, 0x10000, Layout::Bits64, record)
            .map(Result::unwrap)
            .collect();
        let names: Vec<String> = all
            .iter()
            .map(|process| String::from_utf16(&process.name.to_vec()).unwrap())
            .collect();
        assert_eq!(names.len(), 6);
        assert_eq!(names[1..3], ["services.exe", "winedevice.exe"]);
        let pids: Vec<u64> = all.iter().map(|process| process.pid).collect();
        assert_eq!(pids[..3], [32, 56, 68]);
        for process in &all {
            assert!(process.working_set > 1 << 20, "{process:?}");
            assert!(process.virtual_size > process.working_set);
            assert!(process.create_time > 130_000_000_000_000_000);
            let threads: Vec<_> = process.threads().collect();
            assert_eq!(threads.len(), process.thread_count as usize);
            assert!(threads.iter().all(|thread| thread.pid == process.pid));
            assert!(threads.windows(2).all(|pair| pair[0].id != pair[1].id));
        }
    }
}
