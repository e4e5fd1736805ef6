//! macOS: `net.link.generic.ifalldata`, which has the counters of all
//! interfaces whole.
//!
//! What an interface that is being taken away left is a record of zeros.

use crate::net::IoCounters;
use crate::parse::Malformed;
use crate::parse::layout::macos::if_mib::{
    IFDATA_GENERAL, IFMIB_IFALLDATA, Ifmibdata, NETLINK_GENERIC,
};
use crate::parse::layout::{Endian, Record, Type as _};

/// The numbers that follow those of `net.link`: of any interface, what all of
/// them have.
pub const ALL: [i32; 4] = [NETLINK_GENERIC, IFMIB_IFALLDATA, 0, IFDATA_GENERAL];

/// An interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// `IFT_…`.
    pub kind: u8,
    /// Largest packet, bytes.
    pub mtu: u64,
    /// What it has counted.
    pub counters: IoCounters,
}

/// All interfaces of an answer; one that is being taken away has no name, and
/// is left out.
///
/// # Errors
///
/// When the answer is not a number of whole records.
pub fn interfaces(
    data: &[u8],
    endian: Endian,
) -> Result<impl Iterator<Item = Counted<'_>> + Clone, Malformed> {
    if data.len() % Ifmibdata::SIZE != 0 {
        return Err(Malformed("a number of ifmibdata"));
    }
    let records = data.chunks_exact(Ifmibdata::SIZE);
    Ok(records.filter_map(move |record| {
        let record = Record::new(record, endian);
        let data = super::routes::data(
            record.part(Ifmibdata::ifmd_data)?,
            record.get(Ifmibdata::ifmd_snd_drops)?,
        )?;
        Some(Counted {
            name: record
                .text(Ifmibdata::ifmd_name)
                .filter(|name| !name.is_empty())?,
            kind: data.kind,
            mtu: data.mtu,
            counters: data.counters,
        })
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIXTURE: &[u8] = include_bytes!("fixtures/macos_if_mib.bin");

    #[test]
    fn counters_are_whole_and_one_that_is_going_is_left_out() {
        let found: Vec<_> = interfaces(FIXTURE, Endian::Little).unwrap().collect();
        let [lo0, em0] = found[..] else {
            panic!("{found:?}")
        };
        assert_eq!((lo0.name, lo0.kind, lo0.mtu), (&b"lo0"[..], 24, 16384));
        assert_eq!((em0.name, em0.kind, em0.mtu), (&b"em0"[..], 6, 1500));
        let counted = IoCounters {
            bytes_recv: 0x1234_5678_9abc,
            bytes_sent: 0x0009_8765_4321,
            packets_recv: 11,
            packets_sent: 13,
            errin: 12,
            errout: 14,
            dropin: 17,
            dropout: Some(9),
            multicast: Some(16),
            collisions: Some(15),
            ..IoCounters::default()
        };
        assert_eq!(em0.counters, counted);
    }

    #[test]
    fn part_of_a_record_is_refused() {
        assert_eq!(interfaces(&[], Endian::Little).unwrap().count(), 0);
        for end in 1..FIXTURE.len() {
            let found = interfaces(&FIXTURE[..end], Endian::Little);
            assert_eq!(found.is_ok(), end % Ifmibdata::SIZE == 0, "{end}");
        }
    }
}
