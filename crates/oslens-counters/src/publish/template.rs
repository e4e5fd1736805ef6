//! A counter set as `PerfSetCounterSetInfo` takes it.

use crate::definition::{CounterSetSpec, CounterSpec, Guid, kind};

/// `sizeof(PERF_COUNTERSET_INFO)`.
const HEADER: usize = 40;
/// `sizeof(PERF_COUNTER_INFO)`.
const COUNTER: usize = 32;

/// `PERF_ATTRIB_…`.
fn attributes(counter: &CounterSpec) -> u64 {
    const BY_REFERENCE: u64 = 0x1;
    [
        (counter.hidden, 0x2),
        (counter.no_grouping, 0x4),
        (counter.real, 0x8),
        (counter.hexadecimal, 0x10),
    ]
    .into_iter()
    .filter(|&(set, _)| set)
    .fold(BY_REFERENCE, |all, (_, bit)| all | bit)
}

/// A `PERF_COUNTERSET_INFO`, and a `PERF_COUNTER_INFO` for each counter.
///
/// In whole units of 8 bytes, for the structures are aligned to that.
pub(crate) fn template(provider: Guid, set: &CounterSetSpec) -> Vec<u64> {
    let mut bytes = Vec::with_capacity(HEADER + COUNTER * set.counters.len());
    bytes.extend(set.guid.to_bytes());
    bytes.extend(provider.to_bytes());
    // A definition that was checked has no more counters than numbers.
    let count = u32::try_from(set.counters.len()).unwrap_or(u32::MAX);
    bytes.extend(count.to_le_bytes());
    bytes.extend(set.instances.raw().to_le_bytes());
    for counter in &set.counters {
        bytes.extend(counter.id.to_le_bytes());
        bytes.extend(counter.kind.0.to_le_bytes());
        bytes.extend(attributes(counter).to_le_bytes());
        let size: u32 = if counter.kind.is_large() { 8 } else { 4 };
        bytes.extend(size.to_le_bytes());
        let detail = kind::detail(counter.detail).map_or(0, |(number, _)| number);
        bytes.extend(detail.to_le_bytes());
        bytes.extend(counter.scale.to_le_bytes());
        // The offset of the value: the system lays out the instances.
        bytes.extend([0; 4]);
    }
    bytes
        .chunks_exact(8)
        .filter_map(|unit| unit.try_into().ok())
        .map(u64::from_ne_bytes)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        CounterType, Detail,
        definition::{Aggregate, Instances},
    };

    #[test]
    fn the_template_is_the_structure_byte_by_byte() {
        let provider = Guid::from_u128(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff);
        let set = Guid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        let set = CounterSetSpec::new(set, "Set", "What is counted.")
            .instances(Instances::MultipleAggregate)
            .counter(
                CounterSpec::new(1, "A", "x", CounterType::COUNTER_BULK_COUNT)
                    .scale(-2)
                    .aggregate(Aggregate::Sum)
                    .detail(Detail::Advanced),
            )
            .counter(
                CounterSpec::new(0x1234, "B", "x", CounterType::COUNTER_RAWCOUNT_HEX)
                    .hexadecimal()
                    .no_grouping()
                    .hidden(),
            )
            .counter(CounterSpec::new(3, "C", "x", CounterType::COUNTER_RAWCOUNT).real());
        #[rustfmt::skip]
        let expected: [u8; HEADER + 3 * COUNTER] = [
            // The counter set, the provider.
            0x67, 0x45, 0x23, 0x01, 0xab, 0x89, 0xef, 0xcd, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
            0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
            // So many counters, of several instances and all of them.
            3, 0, 0, 0,  6, 0, 0, 0,
            // Number and type, attributes, size and detail, scale and offset.
            1, 0, 0, 0,  0x00, 0x05, 0x41, 0x10,  1, 0, 0, 0, 0, 0, 0, 0,
            8, 0, 0, 0,  200, 0, 0, 0,  0xfe, 0xff, 0xff, 0xff,  0, 0, 0, 0,
            0x34, 0x12, 0, 0,  0, 0, 0, 0,  0x17, 0, 0, 0, 0, 0, 0, 0,
            4, 0, 0, 0,  100, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0,
            3, 0, 0, 0,  0, 0, 1, 0,  0x9, 0, 0, 0, 0, 0, 0, 0,
            4, 0, 0, 0,  100, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0,
        ];
        let template = template(provider, &set);
        let bytes: Vec<u8> = template
            .iter()
            .flat_map(|unit| unit.to_ne_bytes())
            .collect();
        assert_eq!(bytes, expected);
    }
}
