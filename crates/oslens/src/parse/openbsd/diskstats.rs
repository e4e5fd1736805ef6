//! `hw.diskstats`: what disks have done.

use crate::parse::{
    Malformed,
    bsd::disks::DiskIo,
    kinfo::{records, time},
    layout::{
        Endian, Record,
        openbsd::{process::Timeval, system::Diskstats},
    },
};

/// The disks of an answer with records of `stride` bytes: its length by
/// `hw.diskcount`.
///
/// Ends after a record that is not whole.
///
/// # Errors
///
/// When `stride` is zero.
pub fn disks(
    data: &[u8],
    stride: usize,
    endian: Endian,
) -> Result<impl Iterator<Item = Result<DiskIo<'_>, Malformed>>, Malformed> {
    Ok(records(data, stride, endian)?
        .map(|record| disk(record?).ok_or(Malformed("a whole diskstats"))))
}

fn disk(record: Record<'_>) -> Option<DiskIo<'_>> {
    let busy = Diskstats::ds_time;
    let seconds = record.get(busy.then(Timeval::tv_sec))?;
    let micros = record.get(busy.then(Timeval::tv_usec))?;
    Some(DiskIo {
        name: record.text(Diskstats::ds_name)?,
        unit: None,
        reads: record.get(Diskstats::ds_rxfer)?,
        writes: record.get(Diskstats::ds_wxfer)?,
        read_bytes: record.get(Diskstats::ds_rbytes)?,
        write_bytes: record.get(Diskstats::ds_wbytes)?,
        read_time: None,
        write_time: None,
        busy_time: time(seconds, micros),
        weighted_time: None,
        in_flight: record.get(Diskstats::ds_busy)?.try_into().ok(),
        discards: None,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const DATA: &[u8] = include_bytes!("fixtures/openbsd_diskstats.bin");
    const SIZE: usize = 112;

    fn all(data: &[u8], stride: usize) -> Vec<Result<DiskIo<'_>, Malformed>> {
        disks(data, stride, Endian::Little).map_or_else(|error| vec![Err(error)], Iterator::collect)
    }

    #[test]
    fn disks_are_read_as_the_headers_write_them() {
        let all: Vec<_> = all(DATA, SIZE).into_iter().map(Result::unwrap).collect();
        let expected = DiskIo {
            name: b"sd0",
            unit: None,
            reads: 12,
            writes: 13,
            read_bytes: 2 << 40,
            write_bytes: 3 << 40,
            read_time: None,
            write_time: None,
            busy_time: Some(Duration::new(31, 250_000_000)),
            weighted_time: None,
            in_flight: Some(2),
            discards: None,
        };
        assert_eq!(all[0], expected);
        assert_eq!((all.len(), all[1].name), (2, &b"cd0"[..]));
    }

    #[test]
    fn an_answer_that_is_cut_off_gives_the_whole_disks_and_an_error() {
        for end in 0..DATA.len() {
            let found = all(&DATA[..end], SIZE);
            let errors = found.iter().filter(|one| one.is_err()).count();
            assert_eq!(errors, usize::from(end % SIZE != 0), "{end}");
        }
        assert!(all(DATA, 0)[0].is_err());
        // Of another release, with less and with more in a record.
        assert!(all(DATA, SIZE / 2)[0].is_err());
        assert_eq!(all(DATA, SIZE * 2).len(), 1);
    }

    #[test]
    fn hostile_numbers_are_no_times() {
        let found = all(&[0xff; SIZE], SIZE)[0].unwrap();
        assert_eq!((found.busy_time, found.in_flight), (None, None));
    }
}
