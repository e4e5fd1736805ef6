use super::{
    encoder::{Clock, Counter, Data, Instance, Object, encode, wide},
    *,
};

const CLOCK: Clock = Clock {
    ticks: 5_000_000,
    frequency: 10_000_000,
    steps: 133_000_000_000_000_000,
};

/// `System`, a number of 32 bits and one of 64; `Process` with three
/// instances; `Thread` in processes; one in a code page with numbered
/// instances.
fn sample() -> Vec<u8> {
    let system = Object {
        time: 77,
        frequency: 10,
        ..Object::new(
            2,
            &[Counter(250, 0x1_0000, 4), Counter(674, 0x3024_0500, 8)],
            Data::Single(vec![1234, 0x1_0000_0001]),
        )
    };
    let process = Object::new(
        230,
        &[Counter(784, 0x1_0000, 4)],
        Data::Instances(vec![
            Instance::new("Idle", &[0]),
            Instance::new("ähm", &[4]),
            Instance::new("ähm", &[8]),
        ]),
    );
    let thread = Object::new(
        232,
        &[Counter(804, 0x1_0000, 4)],
        Data::Instances(vec![Instance::new("0", &[42]).of(230, 1)]),
    );
    let numbered = Object {
        code_page: 1252,
        ..Object::new(
            500,
            &[Counter(502, 0x2251_0500, 12)],
            Data::Instances(vec![
                Instance {
                    name: b"caf\xe9\0".to_vec(),
                    ..Instance::new("", &[1])
                },
                Instance {
                    name: Vec::new(),
                    unique_id: 17,
                    ..Instance::new("", &[2])
                },
            ]),
        )
    };
    encode(CLOCK, "HOST", &[system, process, thread, numbered])
}

/// Everything that can be read of it.
fn drain(data: &[u8]) -> Result<usize, Malformed> {
    let block = block(data)?;
    let mut read = block.machine.len();
    for object in block.objects() {
        let object = object?;
        let definitions: Vec<Definition> = object.counters().collect::<Result<_, _>>()?;
        let mut blocks = Vec::new();
        if object.has_instances() {
            for instance in object.instances() {
                let instance = instance?;
                read += instance.name().len();
                blocks.push(instance.numbers);
            }
        } else {
            blocks.push(object.numbers()?);
        }
        for numbers in blocks {
            for definition in &definitions {
                read += usize::from(definition.number(numbers).is_some());
                read += usize::from(definition.items(numbers).is_some());
                read += definition.bytes(numbers).map_or(0, <[u8]>::len);
            }
        }
    }
    Ok(read)
}

#[test]
fn what_a_provider_wrote_is_read() {
    let data = sample();
    let block = block(&data).unwrap();
    assert_eq!(block.ticks, CLOCK.ticks);
    assert_eq!(block.frequency, CLOCK.frequency);
    assert_eq!(block.steps, CLOCK.steps);
    assert_eq!(block.default_object, 238);
    let machine = block.machine.to_vec();
    assert_eq!(String::from_utf16_lossy(until_nul(&machine)), "HOST");
    let objects: Vec<_> = block.objects().collect::<Result<_, _>>().unwrap();
    let indexes: Vec<u32> = objects.iter().map(|object| object.name_index).collect();
    assert_eq!(indexes, [2, 230, 232, 500]);

    let system = objects[0];
    assert!(!system.has_instances());
    assert_eq!(system.instances().count(), 0);
    assert_eq!((system.time, system.frequency), (77, 10));
    let counters: Vec<Definition> = system.counters().collect::<Result<_, _>>().unwrap();
    assert_eq!(counters.len(), 2);
    assert_eq!((counters[1].name_index, counters[1].help_index), (674, 675));
    assert_eq!(counters[1].kind, 0x3024_0500);
    let numbers = system.numbers().unwrap();
    assert_eq!(counters[0].number(numbers), Some(1234));
    assert_eq!(counters[1].number(numbers), Some(0x1_0000_0001));

    let names = |object: &ObjectType<'_>| -> Vec<String> {
        object
            .instances()
            .map(|instance| instance.unwrap().name())
            .collect()
    };
    assert!(objects[1].has_instances());
    assert_eq!(names(&objects[1]), ["Idle", "ähm", "ähm"]);
    let thread = objects[2].instances().next().unwrap().unwrap();
    assert_eq!(thread.parent, Some((230, 1)));
    assert_eq!(names(&objects[3]), ["caf\u{fffd}", "17"]);
}

#[test]
fn the_header_alone_is_as_wine_writes_it() {
    // Recorded from Wine 10: 0x60 bytes of header, no objects.
    let data = include_bytes!("golden/wine-10-global.bin");
    let recorded = block(data).unwrap();
    assert_eq!(recorded.objects().count(), 0);
    assert_eq!(recorded.frequency, 10_000_000);
    assert_eq!(recorded.ticks, 0x3b_30fe_8fb5);
    assert_eq!(recorded.steps, 0x01dd_79de_d6e6_169a);
    assert_eq!(until_nul(&recorded.machine.to_vec()), [0x56, 0x4d]);
    assert_eq!(encode(CLOCK, "PC", &[]).len(), data.len());
}

#[test]
fn what_another_program_laid_out_after_the_headers_is_read() {
    // Packed by a script from winperf.h, not by the encoder of these tests.
    let data = include_bytes!("golden/objects.bin");
    let read = block(data).unwrap();
    let objects: Vec<_> = read.objects().collect::<Result<_, _>>().unwrap();
    let system = objects[0];
    let counters: Vec<Definition> = system.counters().collect::<Result<_, _>>().unwrap();
    let numbers = system.numbers().unwrap();
    assert_eq!(counters[1].number(numbers), Some(0x1_0000_0001));
    let names: Vec<Vec<String>> = objects
        .iter()
        .map(|object| object.instances().map(|one| one.unwrap().name()).collect())
        .collect();
    assert_eq!(
        names,
        [
            vec![],
            vec!["Idle".to_owned(), "ähm".to_owned(), "ähm".to_owned()],
            vec!["0".to_owned()],
            vec!["caf\u{fffd}".to_owned(), "17".to_owned()],
        ]
    );
    let old = objects[3];
    let counters: Vec<Definition> = old.counters().collect::<Result<_, _>>().unwrap();
    let first = old.instances().next().unwrap().unwrap();
    assert_eq!(counters[0].number(first.numbers), Some(1));
    assert_eq!(counters[0].items(first.numbers), Some(0));
    assert_eq!(counters[1].bytes(first.numbers).unwrap()[..4], *b"o\0k\0");
}

#[test]
fn an_instance_without_any_is_not_one_that_cannot_have_any() {
    let object = Object::new(4, &[Counter(6, 0x1_0000, 4)], Data::Instances(Vec::new()));
    let data = encode(CLOCK, "", &[object]);
    let object = block(&data).unwrap().objects().next().unwrap().unwrap();
    assert!(object.has_instances());
    assert_eq!(object.instances().count(), 0);
}

#[test]
fn data_that_ends_anywhere_is_an_error_or_less() {
    let data = sample();
    let whole = drain(&data).unwrap();
    assert!(whole > 50);
    for end in 0..data.len() {
        let cut = drain(&data[..end]);
        assert!(cut.is_err(), "{end} of {}", data.len());
    }
}

#[test]
fn lengths_that_lie_are_never_followed() {
    let data = sample();
    // Every number of 32 bits, replaced by what could lead astray.
    for at in (0..data.len() - 4).step_by(4) {
        for lie in [0_u32, 1, 3, 23, 0x7FFF_FFFF, 0x8000_0000, u32::MAX] {
            let mut data = data.clone();
            data[at..at + 4].copy_from_slice(&lie.to_le_bytes());
            // It ends, without reading what is not there.
            _ = drain(&data);
        }
    }
    let mut big_endian = sample();
    big_endian[8] = 0;
    assert!(block(&big_endian).is_err());
    assert_eq!(
        block(&wide("PERL")).unwrap_err().to_string(),
        "PERF_DATA_BLOCK at byte 0 of the performance data"
    );
}

#[test]
fn a_number_has_the_size_that_it_says() {
    let numbers = [16, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 0x88, 9, 0, 0, 0];
    let definition = |size, offset| Definition {
        name_index: 0,
        help_index: 0,
        default_scale: 0,
        detail: 0,
        kind: 0,
        size,
        offset,
    };
    assert_eq!(definition(0, 4).number(&numbers), None);
    assert_eq!(definition(4, 4).number(&numbers), Some(0x0403_0201));
    let large = definition(8, 4).number(&numbers).unwrap();
    assert_eq!(large.to_le_bytes(), [1, 2, 3, 4, 5, 6, 7, 0x88]);
    assert_eq!(definition(8, 4).items(&numbers), Some(9));
    assert_eq!(definition(8, 12).number(&numbers), None);
    assert_eq!(definition(4, usize::MAX).number(&numbers), None);
    assert_eq!(definition(8, usize::MAX).items(&numbers), None);
    assert_eq!(definition(usize::MAX, 4).bytes(&numbers), None);
}

#[test]
fn an_object_that_is_only_described_has_no_instances() {
    let mut data = sample();
    // `System` is the first, and `NumInstances` its eleventh number.
    let at = usize::try_from(oslens_win32::bytes::u32_at(&data, 24).unwrap()).unwrap() + 40;
    for (count, has_instances) in [(-1_i32, false), (-2, true), (-3, false), (0, true)] {
        data[at..at + 4].copy_from_slice(&count.to_le_bytes());
        let object = block(&data).unwrap().objects().next().unwrap().unwrap();
        assert_eq!(object.has_instances(), has_instances, "{count}");
        assert_eq!(object.instances().count(), 0, "{count}");
    }
}
