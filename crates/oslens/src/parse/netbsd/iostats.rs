//! `hw.iostats`: what disks, tapes and mounts of NFS have done.

use crate::parse::{
    Malformed,
    bsd::disks::DiskIo,
    kinfo::{records, time},
    layout::{
        Endian, Record,
        netbsd::system::{IOSTAT_DISK, IoSysctl},
    },
};

/// The disks of an answer with records of `stride` bytes, which are as long as
/// was asked for.
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
        .map(|record| disk(record?).ok_or(Malformed("a whole io_sysctl")))
        .filter_map(Result::transpose))
}

/// `Some(None)` is not a disk.
fn disk(record: Record<'_>) -> Option<Option<DiskIo<'_>>> {
    if record.get(IoSysctl::r#type)? != IOSTAT_DISK {
        return Some(None);
    }
    let duration = |seconds, micros| time(record.get::<u32>(seconds)?, record.get::<u32>(micros)?);
    Some(Some(DiskIo {
        name: record.text(IoSysctl::name)?,
        unit: None,
        reads: record.get(IoSysctl::rxfer)?,
        writes: record.get(IoSysctl::wxfer)?,
        read_bytes: record.get(IoSysctl::rbytes)?,
        write_bytes: record.get(IoSysctl::wbytes)?,
        read_time: None,
        write_time: None,
        busy_time: duration(IoSysctl::time_sec, IoSysctl::time_usec),
        weighted_time: duration(IoSysctl::busysum_sec, IoSysctl::busysum_usec),
        in_flight: record.get(IoSysctl::busy)?.try_into().ok(),
        discards: None,
    }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const DATA: &[u8] = include_bytes!("fixtures/netbsd_iostats.bin");
    const SIZE: usize = 128;

    fn all(data: &[u8], stride: usize) -> Vec<Result<DiskIo<'_>, Malformed>> {
        disks(data, stride, Endian::Little).map_or_else(|error| vec![Err(error)], Iterator::collect)
    }

    #[test]
    fn disks_are_read_as_the_headers_write_them() {
        let all: Vec<_> = all(DATA, SIZE).into_iter().map(Result::unwrap).collect();
        let expected = DiskIo {
            name: b"wd0",
            unit: None,
            reads: 12,
            writes: 13,
            read_bytes: 2 << 40,
            write_bytes: 3 << 40,
            read_time: None,
            write_time: None,
            busy_time: Some(Duration::new(31, 250_000_000)),
            weighted_time: Some(Duration::new(62, 500_001_000)),
            in_flight: Some(2),
            discards: None,
        };
        assert_eq!(all[0], expected);
        // Neither the tape nor the server.
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].name, b"fifteen-letters");
    }

    #[test]
    fn records_are_as_long_as_was_asked_for() {
        // A kernel with more to tell, and one with less.
        let longer: Vec<u8> = DATA
            .chunks(SIZE)
            .flat_map(|record| [record, &[0xee; 16]].concat())
            .collect();
        assert_eq!(all(&longer, SIZE + 16), all(DATA, SIZE));
        let shorter: Vec<u8> = DATA
            .chunks(SIZE)
            .flat_map(|record| &record[..104])
            .copied()
            .collect();
        let found = all(&shorter, 104)[0].unwrap();
        assert_eq!((found.writes, found.weighted_time), (13, None));
        assert!(all(DATA, 0)[0].is_err());
    }

    #[test]
    fn an_answer_that_is_cut_off_gives_the_whole_disks_and_an_error() {
        for end in 0..DATA.len() {
            let found = all(&DATA[..end], SIZE);
            let errors = found.iter().filter(|one| one.is_err()).count();
            assert_eq!(errors, usize::from(end % SIZE != 0), "{end}");
        }
    }

    #[test]
    fn hostile_numbers_are_no_times() {
        let mut data = [0xff; SIZE];
        data[20..24].fill(0);
        let found = all(&data, SIZE)[0].unwrap();
        assert_eq!((found.busy_time, found.in_flight), (None, None));
    }
}
