//! Performance data as providers write it: what `HKEY_PERFORMANCE_DATA` gives.
//!
//! A `PERF_DATA_BLOCK`, and behind it one object after the other: its
//! `PERF_OBJECT_TYPE`, a `PERF_COUNTER_DEFINITION` for each counter, and
//! either one block of numbers, or a `PERF_INSTANCE_DEFINITION` with a name and
//! such a block for each instance. The structures are the same for programs
//! of 32 and 64 bits: what are pointers in the headers of the former are 32-bit
//! offsets in those of the latter, and neither is used.

use std::fmt;

use oslens_win32::{
    bytes::{u16_at, u32_at, u64_at, until_nul},
    utf16::Utf16,
};

#[cfg(test)]
pub(crate) mod encoder;
#[cfg(test)]
mod tests;

/// Bytes of a `PERF_DATA_BLOCK`.
const BLOCK: usize = 88;
/// Bytes of a `PERF_OBJECT_TYPE`.
const OBJECT: usize = 64;
/// Bytes of a `PERF_COUNTER_DEFINITION`.
const COUNTER: usize = 40;
/// Bytes of a `PERF_INSTANCE_DEFINITION`.
const INSTANCE: usize = 24;
/// "PERF" in UTF-16.
const SIGNATURE: [u16; 4] = [0x50, 0x45, 0x52, 0x46];
/// `PERF_NO_INSTANCES`.
const NO_INSTANCES: i32 = -1;
/// `PERF_METADATA_NO_INSTANCES`, of an object that is only described.
const NO_INSTANCES_DESCRIBED: i32 = -3;
/// `PERF_NO_UNIQUE_ID`.
const NO_UNIQUE_ID: i32 = -1;

/// Data that contradicts itself: which structure, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// The structure.
    pub what: &'static str,
    /// Its offset in the data, or in its object.
    pub offset: usize,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, offset } = self;
        write!(f, "{what} at byte {offset} of the performance data")
    }
}

impl std::error::Error for Malformed {}

/// All of it.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    objects: &'a [u8],
    count: u32,
    /// The index of the name of the object to show first, −1 for none.
    pub default_object: i32,
    /// Ticks of the performance counter.
    pub ticks: i64,
    /// How many of them there are in a second.
    pub frequency: i64,
    /// The same time in steps of 100 ns.
    pub steps: i64,
    /// The name of the machine.
    pub machine: Utf16<'a>,
}

/// Reads the header of the data.
///
/// # Errors
///
/// [`Malformed`] where this is no such data, or of a machine with its most
/// significant byte first.
pub fn block(data: &[u8]) -> Result<Block<'_>, Malformed> {
    read_block(data).ok_or(Malformed {
        what: "PERF_DATA_BLOCK",
        offset: 0,
    })
}

fn read_block(data: &[u8]) -> Option<Block<'_>> {
    for (at, letter) in SIGNATURE.into_iter().enumerate() {
        if u16_at(data, at * 2)? != letter {
            return None;
        }
    }
    if u32_at(data, 8)? != 1 {
        return None;
    }
    let total = size(data, 20)?;
    // What was cut off is missed where it is read.
    let data = data.get(..total).unwrap_or(data);
    let header = size(data, 24).filter(|header| *header >= BLOCK)?;
    let objects = data.get(header..)?;
    let name = part(data, size(data, 84)?, size(data, 80)?);
    Some(Block {
        objects,
        count: u32_at(data, 28)?,
        default_object: i32_at(data, 32)?,
        ticks: i64_at(data, 56)?,
        frequency: i64_at(data, 64)?,
        steps: i64_at(data, 72)?,
        machine: Utf16::new(name.unwrap_or_default()),
    })
}

impl<'a> Block<'a> {
    /// The objects, up to the first that is malformed.
    pub fn objects(&self) -> impl Iterator<Item = Result<ObjectType<'a>, Malformed>> + use<'a> {
        let all = self.objects;
        let mut left = self.count;
        let mut at = 0_usize;
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let rest = all.get(at..).unwrap_or_default();
            let Some(object) = read_object(rest) else {
                left = 0;
                return Some(Err(Malformed {
                    what: "PERF_OBJECT_TYPE",
                    offset: at,
                }));
            };
            at = at.saturating_add(object.data.len());
            Some(Ok(object))
        })
    }
}

/// An object.
#[derive(Debug, Clone, Copy)]
pub struct ObjectType<'a> {
    /// All of the object.
    data: &'a [u8],
    /// Where the counters' definitions begin.
    header: usize,
    /// Where they end, and the data begins.
    definitions: usize,
    counters: u32,
    instances: i32,
    /// The index of its name.
    pub name_index: u32,
    /// The index of its explanation.
    pub help_index: u32,
    /// For whom it is.
    pub detail: u32,
    /// Which of its counters to show first, −1 for none.
    pub default_counter: i32,
    /// In which code page the instances' names are; 0 for UTF-16.
    pub code_page: u32,
    /// The object's own time.
    pub time: i64,
    /// How many ticks of it there are in a second.
    pub frequency: i64,
}

fn read_object(data: &[u8]) -> Option<ObjectType<'_>> {
    let total = size(data, 0).filter(|total| *total >= OBJECT)?;
    let data = data.get(..total)?;
    let definitions = size(data, 4).filter(|end| *end <= total)?;
    let header = size(data, 8).filter(|header| (OBJECT..=definitions).contains(header))?;
    Some(ObjectType {
        data,
        header,
        definitions,
        counters: u32_at(data, 32)?,
        instances: i32_at(data, 40)?,
        name_index: u32_at(data, 12)?,
        help_index: u32_at(data, 20)?,
        detail: u32_at(data, 28)?,
        default_counter: i32_at(data, 36)?,
        code_page: u32_at(data, 44)?,
        time: i64_at(data, 48)?,
        frequency: i64_at(data, 56)?,
    })
}

impl<'a> ObjectType<'a> {
    /// The definitions of its counters, up to the first that is malformed.
    pub fn counters(&self) -> impl Iterator<Item = Result<Definition, Malformed>> + use<'a> {
        let all = self.data.get(..self.definitions).unwrap_or_default();
        let mut left = self.counters;
        let mut at = self.header;
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let rest = all.get(at..).unwrap_or_default();
            let Some((definition, length)) = read_definition(rest) else {
                left = 0;
                return Some(Err(Malformed {
                    what: "PERF_COUNTER_DEFINITION",
                    offset: at,
                }));
            };
            at = at.saturating_add(length);
            Some(Ok(definition))
        })
    }

    /// Whether it can have instances, if none just now.
    #[must_use]
    pub fn has_instances(&self) -> bool {
        !matches!(self.instances, NO_INSTANCES | NO_INSTANCES_DESCRIBED)
    }

    /// The numbers of an object without instances.
    ///
    /// # Errors
    ///
    /// [`Malformed`] where they are not within the object.
    pub fn numbers(&self) -> Result<&'a [u8], Malformed> {
        let rest = self.data.get(self.definitions..).unwrap_or_default();
        read_numbers(rest).ok_or(Malformed {
            what: "PERF_COUNTER_BLOCK",
            offset: self.definitions,
        })
    }

    /// Its instances, up to the first that is malformed. None of an object
    /// that cannot have any.
    pub fn instances(&self) -> impl Iterator<Item = Result<Instance<'a>, Malformed>> + use<'a> {
        let all = self.data;
        let code_page = self.code_page;
        // Negative ones have other meanings, none of them instances.
        let mut left = u32::try_from(self.instances).unwrap_or(0);
        let mut at = self.definitions;
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let rest = all.get(at..).unwrap_or_default();
            let Some((instance, length)) = read_instance(rest, code_page) else {
                left = 0;
                return Some(Err(Malformed {
                    what: "PERF_INSTANCE_DEFINITION",
                    offset: at,
                }));
            };
            at = at.saturating_add(length);
            Some(Ok(instance))
        })
    }
}

/// A counter's definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// The index of its name.
    pub name_index: u32,
    /// The index of its explanation.
    pub help_index: u32,
    /// The power of ten to multiply it by in a chart.
    pub default_scale: i32,
    /// For whom it is.
    pub detail: u32,
    /// Its type.
    pub kind: u32,
    size: usize,
    offset: usize,
}

fn read_definition(data: &[u8]) -> Option<(Definition, usize)> {
    let length = size(data, 0).filter(|length| (COUNTER..=data.len()).contains(length))?;
    let definition = Definition {
        name_index: u32_at(data, 4)?,
        help_index: u32_at(data, 12)?,
        default_scale: i32_at(data, 20)?,
        detail: u32_at(data, 24)?,
        kind: u32_at(data, 28)?,
        size: size(data, 32)?,
        offset: size(data, 36)?,
    };
    Some((definition, length))
}

impl Definition {
    /// The counter's number: the 4 bytes or 8 that it says it has.
    #[must_use]
    #[allow(clippy::cast_possible_wrap)]
    pub fn number(&self, numbers: &[u8]) -> Option<i64> {
        match self.size {
            ..4 => None,
            4..8 => u32_at(numbers, self.offset).map(i64::from),
            8.. => u64_at(numbers, self.offset).map(|number| number as i64),
        }
    }

    /// How many items a multi timer adds up: what stands behind its number.
    #[must_use]
    pub fn items(&self, numbers: &[u8]) -> Option<u32> {
        u32_at(numbers, self.offset.checked_add(8)?)
    }

    /// The counter's bytes, for those that are no number.
    #[must_use]
    pub fn bytes<'a>(&self, numbers: &'a [u8]) -> Option<&'a [u8]> {
        part(numbers, self.offset, self.size)
    }
}

/// An instance.
#[derive(Debug, Clone, Copy)]
pub struct Instance<'a> {
    name: &'a [u8],
    code_page: u32,
    /// The index of the name of its parent's object, and which of that
    /// object's instances the parent is.
    pub parent: Option<(u32, u32)>,
    /// A number that is its identity instead of the name.
    pub unique_id: Option<i32>,
    /// Its numbers.
    pub numbers: &'a [u8],
}

fn read_instance(data: &[u8], code_page: u32) -> Option<(Instance<'_>, usize)> {
    let length = size(data, 0).filter(|length| *length >= INSTANCE)?;
    let numbers = read_numbers(data.get(length..)?)?;
    let definition = data.get(..length)?;
    let parent = u32_at(data, 4)?;
    let unique_id = i32_at(data, 12)?;
    let instance = Instance {
        name: part(definition, size(data, 16)?, size(data, 20)?)?,
        code_page,
        parent: if parent == 0 {
            None
        } else {
            Some((parent, u32_at(data, 8)?))
        },
        unique_id: (unique_id != NO_UNIQUE_ID).then_some(unique_id),
        numbers,
    };
    Some((instance, length.checked_add(numbers.len())?))
}

impl Instance<'_> {
    /// Its name; its number where it has no name. What is no valid text is
    /// shown as U+FFFD: also letters beyond ASCII of providers that name a code
    /// page, as those for Windows 95 did.
    #[must_use]
    pub fn name(&self) -> String {
        let name = if matches!(self.code_page, 0 | 1200) {
            let units = Utf16::new(self.name).to_vec();
            String::from_utf16_lossy(until_nul(&units))
        } else {
            let end = self.name.iter().position(|&byte| byte == 0);
            let name = self.name.get(..end.unwrap_or(self.name.len()));
            String::from_utf8_lossy(name.unwrap_or_default()).into_owned()
        };
        match self.unique_id {
            Some(id) if name.is_empty() => id.to_string(),
            _ => name,
        }
    }
}

/// A `PERF_COUNTER_BLOCK`, its length included: offsets count from there.
fn read_numbers(data: &[u8]) -> Option<&[u8]> {
    let length = size(data, 0).filter(|length| *length >= 4)?;
    data.get(..length)
}

fn part(data: &[u8], offset: usize, length: usize) -> Option<&[u8]> {
    data.get(offset..offset.checked_add(length)?)
}

fn size(data: &[u8], offset: usize) -> Option<usize> {
    u32_at(data, offset).and_then(|size| usize::try_from(size).ok())
}

#[allow(clippy::cast_possible_wrap)]
fn i32_at(data: &[u8], offset: usize) -> Option<i32> {
    u32_at(data, offset).map(|number| number as i32)
}

#[allow(clippy::cast_possible_wrap)]
fn i64_at(data: &[u8], offset: usize) -> Option<i64> {
    u64_at(data, offset).map(|number| number as i64)
}
