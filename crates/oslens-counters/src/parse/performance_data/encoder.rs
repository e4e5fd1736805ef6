//! Writes performance data as a provider does, for tests.

/// What the header says of the time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) ticks: i64,
    pub(crate) frequency: i64,
    pub(crate) steps: i64,
}

/// An object to write.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) name_index: u32,
    pub(crate) default_counter: i32,
    pub(crate) code_page: u32,
    pub(crate) time: i64,
    pub(crate) frequency: i64,
    pub(crate) counters: Vec<Counter>,
    pub(crate) data: Data,
}

/// A counter to write: the index of its name, its type and its size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counter(pub(crate) u32, pub(crate) u32, pub(crate) u32);

/// The numbers of one block, in the order of the counters. Those of more than
/// 8 bytes are followed by zeros.
pub(crate) type Numbers = Vec<u64>;

#[derive(Debug, Clone)]
pub(crate) enum Data {
    Single(Numbers),
    Instances(Vec<Instance>),
}

/// An instance to write.
#[derive(Debug, Clone, Default)]
pub(crate) struct Instance {
    pub(crate) name: Vec<u8>,
    pub(crate) parent: (u32, u32),
    pub(crate) unique_id: i32,
    pub(crate) numbers: Numbers,
}

impl Object {
    pub(crate) fn new(name_index: u32, counters: &[Counter], data: Data) -> Self {
        Self {
            name_index,
            default_counter: 0,
            code_page: 0,
            time: 0,
            frequency: 0,
            counters: counters.to_vec(),
            data,
        }
    }
}

impl Instance {
    pub(crate) fn new(name: &str, numbers: &[u64]) -> Self {
        Self {
            name: wide(name),
            parent: (0, 0),
            unique_id: -1,
            numbers: numbers.to_vec(),
        }
    }

    pub(crate) fn of(mut self, object: u32, position: u32) -> Self {
        self.parent = (object, position);
        self
    }
}

/// UTF-16 with a NUL.
pub(crate) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect()
}

fn number(to: &mut Vec<u8>, number: u32) {
    to.extend(number.to_le_bytes());
}

#[allow(clippy::cast_possible_truncation)]
fn put_length(to: &mut [u8], at: usize) {
    let length = to.len() as u32;
    to[at..at + 4].copy_from_slice(&length.to_le_bytes());
}

/// Providers keep everything at multiples of 8.
fn align(to: &mut Vec<u8>) {
    to.resize(to.len().next_multiple_of(8), 0);
}

#[allow(clippy::cast_possible_truncation)]
pub(crate) fn encode(clock: Clock, machine: &str, objects: &[Object]) -> Vec<u8> {
    let mut data: Vec<u8> = "PERF".encode_utf16().flat_map(u16::to_le_bytes).collect();
    number(&mut data, 1);
    number(&mut data, 1);
    number(&mut data, 1);
    // Both lengths follow.
    data.extend([0; 8]);
    number(&mut data, objects.len() as u32);
    number(&mut data, 238);
    // A SYSTEMTIME: Tuesday 2026-03-03 12:00:00, and padding.
    for part in [2026_u16, 3, 2, 3, 12, 0, 0, 0, 0, 0] {
        data.extend(part.to_le_bytes());
    }
    for time in [clock.ticks, clock.frequency, clock.steps] {
        data.extend(time.to_le_bytes());
    }
    let name = wide(machine);
    number(&mut data, name.len() as u32);
    number(&mut data, 88);
    data.extend(name);
    align(&mut data);
    put_length(&mut data, 24);
    for object in objects {
        data.extend(encode_object(object));
    }
    put_length(&mut data, 20);
    data
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn encode_object(object: &Object) -> Vec<u8> {
    let mut data = vec![0; 8];
    number(&mut data, 64);
    number(&mut data, object.name_index);
    number(&mut data, 0);
    number(&mut data, object.name_index + 1);
    number(&mut data, 0);
    number(&mut data, 100);
    number(&mut data, object.counters.len() as u32);
    number(&mut data, object.default_counter as u32);
    number(
        &mut data,
        match &object.data {
            Data::Single(_) => -1_i32 as u32,
            Data::Instances(instances) => instances.len() as u32,
        },
    );
    number(&mut data, object.code_page);
    data.extend(object.time.to_le_bytes());
    data.extend(object.frequency.to_le_bytes());
    // Behind the length of the block of numbers, at multiples of 8.
    let mut offset = 8;
    for Counter(name, kind, size) in &object.counters {
        for word in [40, *name, 0, name + 1, 0, 0, 100, *kind, *size, offset] {
            number(&mut data, word);
        }
        offset += size.next_multiple_of(8);
    }
    put_length(&mut data, 4);
    match &object.data {
        Data::Single(numbers) => data.extend(encode_numbers(&object.counters, numbers)),
        Data::Instances(instances) => {
            for instance in instances {
                let length = (24 + instance.name.len()).next_multiple_of(8) as u32;
                let (parent, position) = instance.parent;
                let id = instance.unique_id as u32;
                for word in [length, parent, position, id, 24, instance.name.len() as u32] {
                    number(&mut data, word);
                }
                data.extend(&instance.name);
                align(&mut data);
                data.extend(encode_numbers(&object.counters, &instance.numbers));
            }
        }
    }
    put_length(&mut data, 0);
    data
}

fn encode_numbers(counters: &[Counter], numbers: &[u64]) -> Vec<u8> {
    let mut data = vec![0; 8];
    for (Counter(_, _, size), number) in counters.iter().zip(numbers) {
        let size = *size as usize;
        let bytes = number.to_le_bytes();
        let end = data.len() + size.next_multiple_of(8);
        data.extend(&bytes[..size.min(8)]);
        data.resize(end, 0);
    }
    put_length(&mut data, 0);
    data
}
