//! `/proc/diskstats` and `/sys/block/*/stat`: see the kernel's
//! Documentation/admin-guide/iostats.rst.

use crate::parse::{Malformed, text};

/// One line of `diskstats`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskStat<'a> {
    /// Major device number.
    pub major: u32,
    /// Minor device number.
    pub minor: u32,
    /// Name; `/` in it (`cciss/c0d0`) is `!` in sysfs.
    pub name: &'a [u8],
    /// The counters.
    pub stat: BlockStat,
}

/// The counters of one block device, in the kernel's units: sectors of 512
/// bytes whatever the device has, and milliseconds.
///
/// What an old kernel does not count is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BlockStat {
    /// Reads completed (issued, for a partition before Linux 2.6.25).
    pub reads: u64,
    /// Sectors read.
    pub read_sectors: u64,
    /// Writes completed.
    pub writes: u64,
    /// Sectors written.
    pub write_sectors: u64,
    /// What all devices, and partitions since Linux 2.6.25, count besides.
    pub queue: Option<Queue>,
    /// Discards (since Linux 4.18).
    pub discards: Option<Discards>,
    /// Flushes (since Linux 5.5).
    pub flushes: Option<Flushes>,
}

/// Merges, times and load of a request queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queue {
    /// Reads that joined another.
    pub reads_merged: u64,
    /// Milliseconds that reads took, added up.
    pub read_ms: u64,
    /// Writes that joined another.
    pub writes_merged: u64,
    /// Milliseconds that writes took, added up.
    pub write_ms: u64,
    /// Requests in flight now. The kernel has been seen to print −1.
    pub in_flight: u64,
    /// Milliseconds during which anything was in flight.
    pub busy_ms: u64,
    /// Milliseconds, each counted for every request in flight.
    pub weighted_ms: u64,
}

/// Discards of a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Discards {
    /// Completed.
    pub count: u64,
    /// Joined with another.
    pub merged: u64,
    /// Sectors discarded.
    pub sectors: u64,
    /// Milliseconds, added up.
    pub ms: u64,
}

/// Flushes of a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flushes {
    /// Completed.
    pub count: u64,
    /// Milliseconds, added up.
    pub ms: u64,
}

/// The lines of `/proc/diskstats`.
///
/// Four shapes are known, by the number of columns: 7 (partitions before
/// Linux 2.6.25), 14, 15 (Linux 2.4, where the size stands before the name),
/// and 18 or more.
#[inline]
pub fn diskstats(bytes: &[u8]) -> impl Iterator<Item = Result<DiskStat<'_>, Malformed>> {
    text::lines(bytes)
        .filter(|line| !line.trim_ascii().is_empty())
        .map(line)
}

fn line(line: &[u8]) -> Result<DiskStat<'_>, Malformed> {
    let mut columns = Columns { rest: line };
    let major = columns.small().ok_or(Malformed("a major device number"))?;
    let minor = columns.small().ok_or(Malformed("a minor device number"))?;
    let mut name = columns.word().ok_or(Malformed("the name of a device"))?;
    if text::decimal(name).is_some() {
        name = columns.word().ok_or(Malformed("the name of a device"))?;
    }
    Ok(DiskStat {
        major,
        minor,
        name,
        stat: counters(&mut columns)?,
    })
}

/// The counters in `/sys/block/DEVICE/stat` or
/// `/sys/block/DEVICE/PARTITION/stat`.
///
/// # Errors
///
/// When there are fewer than four numbers, or five to ten.
pub fn block_stat(bytes: &[u8]) -> Result<BlockStat, Malformed> {
    counters(&mut Columns {
        rest: bytes.trim_ascii_end(),
    })
}

fn counters(columns: &mut Columns<'_>) -> Result<BlockStat, Malformed> {
    const FEW: Malformed = Malformed("4, 11, 15 or 17 counters of a block device");
    let (first, second, third, fourth) = (
        columns.number().ok_or(FEW)?,
        columns.number().ok_or(FEW)?,
        columns.number().ok_or(FEW)?,
        columns.number().ok_or(FEW)?,
    );
    if columns.is_empty() {
        return Ok(BlockStat {
            reads: first,
            read_sectors: second,
            writes: third,
            write_sectors: fourth,
            ..BlockStat::default()
        });
    }
    let writes = columns.number().ok_or(FEW)?;
    let writes_merged = columns.number().ok_or(FEW)?;
    let write_sectors = columns.number().ok_or(FEW)?;
    let queue = Queue {
        reads_merged: second,
        read_ms: fourth,
        writes_merged,
        write_ms: columns.number().ok_or(FEW)?,
        // The kernel keeps it per CPU without a lock, so that the sum can
        // be seen below zero.
        in_flight: columns
            .word()
            .and_then(text::signed_decimal)
            .map(|count| u64::try_from(count).unwrap_or(0))
            .ok_or(FEW)?,
        busy_ms: columns.number().ok_or(FEW)?,
        weighted_ms: columns.number().ok_or(FEW)?,
    };
    let discards = columns.four().map(|[count, merged, sectors, ms]| Discards {
        count,
        merged,
        sectors,
        ms,
    });
    let flushes = match (columns.number(), columns.number()) {
        (Some(count), Some(ms)) => Some(Flushes { count, ms }),
        _ => None,
    };
    Ok(BlockStat {
        reads: first,
        read_sectors: third,
        writes,
        write_sectors,
        queue: Some(queue),
        discards,
        flushes,
    })
}

/// What is left of the line.
struct Columns<'a> {
    rest: &'a [u8],
}

impl<'a> Columns<'a> {
    #[inline]
    fn word(&mut self) -> Option<&'a [u8]> {
        text::take_word(&mut self.rest)
    }

    #[inline]
    fn number(&mut self) -> Option<u64> {
        self.word().and_then(text::decimal)
    }

    fn small(&mut self) -> Option<u32> {
        self.number().and_then(|number| u32::try_from(number).ok())
    }

    fn four(&mut self) -> Option<[u64; 4]> {
        Some([
            self.number()?,
            self.number()?,
            self.number()?,
            self.number()?,
        ])
    }

    fn is_empty(&self) -> bool {
        self.rest.trim_ascii().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(line: &str) -> DiskStat<'_> {
        let mut lines = diskstats(line.as_bytes());
        let stat = lines.next().unwrap().unwrap();
        assert!(lines.next().is_none());
        stat
    }

    #[test]
    fn twenty_columns_have_discards_and_flushes() {
        let disk = only(
            " 259       0 nvme0n1 22303 5921 6921922 38417 2209 9572 2402312 3885 1 5520 42518 3561 38 281512 212 72 2\n",
        );
        assert_eq!(
            (disk.major, disk.minor, disk.name),
            (259, 0, &b"nvme0n1"[..])
        );
        assert_eq!(
            disk.stat,
            BlockStat {
                reads: 22303,
                read_sectors: 6_921_922,
                writes: 2209,
                write_sectors: 2_402_312,
                queue: Some(Queue {
                    reads_merged: 5921,
                    read_ms: 38417,
                    writes_merged: 9572,
                    write_ms: 3885,
                    in_flight: 1,
                    busy_ms: 5520,
                    weighted_ms: 42518,
                }),
                discards: Some(Discards {
                    count: 3561,
                    merged: 38,
                    sectors: 281_512,
                    ms: 212,
                }),
                flushes: Some(Flushes { count: 72, ms: 2 }),
            }
        );
    }

    #[test]
    fn eighteen_columns_have_discards_but_no_flushes() {
        let disk = only("8 0 sda 1 2 3 4 5 6 7 8 0 9 10 11 12 13 14");
        assert_eq!(disk.stat.discards.unwrap().sectors, 13);
        assert_eq!(disk.stat.flushes, None);
    }

    #[test]
    fn columns_of_a_later_kernel_are_passed_over() {
        let disk = only("8 0 sda 1 2 3 4 5 6 7 8 0 9 10 11 12 13 14 15 16 17 18 x");
        assert_eq!(disk.stat.flushes, Some(Flushes { count: 15, ms: 16 }));
    }

    #[test]
    fn fourteen_columns_are_a_device_of_linux_2_6() {
        let disk = only(
            "   3    0   hda 446216 784926 9550688 4382310 424847 312726 5922052 19310380 0 3376340 23705160",
        );
        assert_eq!(disk.stat.reads, 446_216);
        assert_eq!(disk.stat.read_sectors, 9_550_688);
        assert_eq!(disk.stat.queue.unwrap().busy_ms, 3_376_340);
        assert_eq!(disk.stat.discards, None);
    }

    #[test]
    fn seven_columns_are_a_partition_of_linux_2_6() {
        let disk = only("   3    1   hda1 35486 38030 38030 38042");
        assert_eq!(disk.name, b"hda1");
        assert_eq!(
            disk.stat,
            BlockStat {
                reads: 35486,
                read_sectors: 38030,
                writes: 38030,
                write_sectors: 38042,
                ..BlockStat::default()
            }
        );
    }

    #[test]
    fn fifteen_columns_are_linux_2_4_with_the_size_before_the_name() {
        // The example of the kernel's own documentation.
        let disk = only(
            "   3     0   39082680 hda 446216 784926 9550688 4382310 424847 312726 5922052 19310380 0 3376340 23705160",
        );
        assert_eq!(disk.name, b"hda");
        assert_eq!(disk.stat.reads, 446_216);
        assert_eq!(disk.stat.queue.unwrap().reads_merged, 784_926);
        assert_eq!(disk.stat.write_sectors, 5_922_052);
    }

    #[test]
    fn a_negative_number_in_flight_is_none_in_flight() {
        let disk = only("8 0 sda 1 2 3 4 5 6 7 8 -1 9 10");
        assert_eq!(disk.stat.queue.unwrap().in_flight, 0);
    }

    #[test]
    fn sysfs_has_the_counters_alone() {
        let stat = block_stat(b"       1        2        3        4        5        6        7        8        0        9       10\n").unwrap();
        assert_eq!(stat.writes, 5);
        assert_eq!(stat.queue.unwrap().weighted_ms, 10);
        assert!(block_stat(b"1 2 3 4 5\n").is_err());
        assert!(block_stat(b"").is_err());
    }

    #[test]
    fn hostile_lines_are_refused() {
        for line in [
            "8",
            "8 0",
            "8 0 sda",
            "8 0 sda 1 2 3",
            "8 0 sda 1 2 3 4 5",
            "8 0 sda 1 2 3 4 5 6 7 8 9 10",
            "8 0 sda 1 2 3 99999999999999999999",
            "4294967296 0 sda 1 2 3 4",
            "8 0 1 2 3 4",
            "x 0 sda 1 2 3 4",
        ] {
            assert!(
                diskstats(line.as_bytes()).next().unwrap().is_err(),
                "{line}"
            );
        }
        assert_eq!(diskstats(b"").count(), 0);
        assert_eq!(diskstats(b"\n\n \n").count(), 0);
    }
}
