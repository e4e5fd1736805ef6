//! `kern.devstat.all`: what devices have done.

use std::time::Duration;

use crate::parse::{
    Malformed,
    bsd::disks::{Discards, DiskIo},
    kinfo::records,
    layout::{
        Endian, Field, Record, Type,
        freebsd::system::{
            Bintime, DEVSTAT_FREE, DEVSTAT_READ, DEVSTAT_TYPE_PASS, DEVSTAT_VERSION, DEVSTAT_WRITE,
            Devstat,
        },
    },
};

/// The `kern.devstat.version` whose records are read here: it is another one
/// whenever a record is.
pub const VERSION: i64 = DEVSTAT_VERSION as i64;

/// Bytes of the number before the records, which grows when devices come and
/// go.
const GENERATION: usize = <u64 as Type>::SIZE;

/// The devices of an answer of [`VERSION`], but for the second names (`pass0`)
/// of those that are there already.
///
/// Ends after a record that is not whole.
///
/// # Errors
///
/// When there is no generation before them.
pub fn devices(
    data: &[u8],
    endian: Endian,
) -> Result<impl Iterator<Item = Result<DiskIo<'_>, Malformed>>, Malformed> {
    let data = data
        .get(GENERATION..)
        .ok_or(Malformed("a generation of devices"))?;
    Ok(records(data, Devstat::SIZE, endian)?
        .map(|record| device(record?).ok_or(Malformed("a whole devstat")))
        .filter_map(Result::transpose))
}

/// `Some(None)` is a second name.
fn device(record: Record<'_>) -> Option<Option<DiskIo<'_>>> {
    let flags = record.get(Devstat::device_type)?;
    if flags & (DEVSTAT_TYPE_PASS as u32) != 0 {
        return Some(None);
    }
    let count = |field, of: i32| record.item(field, usize::try_from(of).ok()?);
    let time = |of: i32| {
        let at = usize::try_from(of).ok()?.checked_mul(Bintime::SIZE)?;
        duration(
            record,
            Field::at(Devstat::duration.offset().checked_add(at)?),
        )
    };
    let started = record.get(Devstat::start_count)?;
    let ended = record.get(Devstat::end_count)?;
    Some(Some(DiskIo {
        name: record.text(Devstat::device_name)?,
        unit: record
            .get(Devstat::unit_number)
            .and_then(|unit| u32::try_from(unit).ok()),
        reads: count(Devstat::operations, DEVSTAT_READ)?,
        writes: count(Devstat::operations, DEVSTAT_WRITE)?,
        read_bytes: count(Devstat::bytes, DEVSTAT_READ)?,
        write_bytes: count(Devstat::bytes, DEVSTAT_WRITE)?,
        read_time: time(DEVSTAT_READ),
        write_time: time(DEVSTAT_WRITE),
        busy_time: duration(record, Devstat::busy_time),
        weighted_time: None,
        // Both start again from zero after 2³². One that is seen to have ended
        // before it is seen to have started is none.
        in_flight: Some(started.wrapping_sub(ended))
            .filter(|&count| count < u32::MAX / 2)
            .map(u64::from)
            .or(Some(0)),
        discards: time(DEVSTAT_FREE).and_then(|time| {
            Some(Discards {
                count: count(Devstat::operations, DEVSTAT_FREE)?,
                bytes: count(Devstat::bytes, DEVSTAT_FREE)?,
                time,
            })
        }),
    }))
}

/// A `bintime`: seconds, and parts of one in units of 2⁻⁶⁴. `None` when it is
/// negative.
fn duration(record: Record<'_>, at: Field<Bintime>) -> Option<Duration> {
    let seconds = record.get(at.then(Bintime::sec))?;
    let fraction = record.get(at.then(Bintime::frac))?;
    let nanos = (fraction >> 32).wrapping_mul(1_000_000_000) >> 32;
    Some(Duration::new(
        seconds.try_into().ok()?,
        nanos.try_into().ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &[u8] = include_bytes!("fixtures/freebsd_devstat.bin");
    const SIZE: usize = 288;

    fn all(data: &[u8]) -> Vec<Result<DiskIo<'_>, Malformed>> {
        devices(data, Endian::Little).map_or_else(|error| vec![Err(error)], Iterator::collect)
    }

    #[test]
    fn devices_are_read_as_the_headers_write_them() {
        let all: Vec<_> = all(DATA).into_iter().map(Result::unwrap).collect();
        let expected = DiskIo {
            name: b"ada",
            unit: Some(1),
            reads: 12,
            writes: 13,
            read_bytes: 2 << 40,
            write_bytes: 3 << 40,
            read_time: Some(Duration::new(22, 500_000_000)),
            write_time: Some(Duration::new(23, 999_999_999)),
            busy_time: Some(Duration::new(31, 250_000_000)),
            weighted_time: None,
            in_flight: Some(3),
            discards: Some(Discards {
                count: 14,
                bytes: 4,
                time: Duration::from_secs(24),
            }),
        };
        // The pass device is left out.
        assert_eq!(all.len(), 2);
        assert_eq!(all[0], expected);
        let names = (all[1].name, all[1].unit);
        assert_eq!(names, (&b"sixteen-letters-"[..], Some(0)));
        // The counters of requests have wrapped.
        assert_eq!(all[1].in_flight, Some(2));
    }

    #[test]
    fn an_answer_that_is_cut_off_gives_the_whole_devices_and_an_error() {
        for end in 0..DATA.len() {
            let found = all(&DATA[..end]);
            let errors = found.iter().filter(|one| one.is_err()).count();
            let is_cut = end < 8 || (end - 8) % SIZE != 0;
            assert_eq!(errors, usize::from(is_cut), "{end}");
        }
        assert!(all(&DATA[..8]).is_empty());
    }

    #[test]
    fn hostile_numbers_are_no_times() {
        let mut data = vec![0xff; 8 + SIZE];
        let at = 8 + Devstat::device_type.offset();
        data[at..at + 4].fill(0);
        let found = all(&data)[0].unwrap();
        assert_eq!(
            (found.read_time, found.busy_time, found.unit),
            (None, None, None)
        );
        assert_eq!(found.in_flight, Some(0));
    }
}
