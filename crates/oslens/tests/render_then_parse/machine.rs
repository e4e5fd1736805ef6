//! Files of `/proc` about the machine.

use oslens::parse::linux::{cpulist, diskstats, meminfo, netdev, swaps};

use crate::random::{Random, check, octal_escaped, put};

#[test]
fn meminfo_files() {
    check(|random| {
        let mut info = meminfo::MemInfo::default();
        let mut text = Vec::new();
        for (key, value) in [
            ("MemTotal", &mut info.total),
            ("MemFree", &mut info.free),
            ("MemAvailable", &mut info.available),
            ("Buffers", &mut info.buffers),
            ("Cached", &mut info.cached),
            ("SwapCached", &mut info.swap_cached),
            ("Active", &mut info.active),
            ("Inactive", &mut info.inactive),
            ("Active(file)", &mut info.active_file),
            ("Inactive(file)", &mut info.inactive_file),
            ("Inact_dirty", &mut info.inact_dirty),
            ("Inact_clean", &mut info.inact_clean),
            ("Inact_laundry", &mut info.inact_laundry),
            ("Unevictable", &mut info.unevictable),
            ("Mlocked", &mut info.mlocked),
            ("SwapTotal", &mut info.swap_total),
            ("SwapFree", &mut info.swap_free),
            ("Zswap", &mut info.zswap),
            ("Zswapped", &mut info.zswapped),
            ("Dirty", &mut info.dirty),
            ("Writeback", &mut info.writeback),
            ("AnonPages", &mut info.anon_pages),
            ("Mapped", &mut info.mapped),
            ("Shmem", &mut info.shared),
            ("Slab", &mut info.slab),
            ("SReclaimable", &mut info.slab_reclaimable),
            ("SUnreclaim", &mut info.slab_unreclaimable),
            ("KernelStack", &mut info.kernel_stack),
            ("PageTables", &mut info.page_tables),
            ("CommitLimit", &mut info.commit_limit),
            ("Committed_AS", &mut info.committed),
            ("VmallocUsed", &mut info.vmalloc_used),
            ("Percpu", &mut info.per_cpu),
            ("HardwareCorrupted", &mut info.hardware_corrupted),
            ("AnonHugePages", &mut info.anon_huge_pages),
            ("HugePages_Total", &mut info.huge_pages_total),
            ("HugePages_Free", &mut info.huge_pages_free),
            ("HugePages_Rsvd", &mut info.huge_pages_reserved),
            ("HugePages_Surp", &mut info.huge_pages_surplus),
            ("Hugepagesize", &mut info.huge_page_size),
        ] {
            if random.below(8) == 0 {
                continue;
            }
            if key.starts_with("HugePages_") {
                *value = Some(random.number());
                put!(text, "{:<16}{:5}\n", format!("{key}:"), value.unwrap());
            } else {
                *value = Some(random.kibibytes());
                let kibibytes = value.unwrap() / 1024;
                put!(text, "{:<16}{kibibytes:8} kB\n", format!("{key}:"));
            }
            if random.below(8) == 0 {
                put!(text, "NewIn9.{key}:{:9} kB\n", random.number());
            }
        }
        assert_eq!(meminfo::meminfo(&text), info);
    });
}

fn queue(random: &mut Random) -> diskstats::Queue {
    diskstats::Queue {
        reads_merged: random.number(),
        read_ms: random.number(),
        writes_merged: random.number(),
        write_ms: random.number(),
        in_flight: random.number() >> 1,
        busy_ms: random.number(),
        weighted_ms: random.number(),
    }
}

fn block_stat(random: &mut Random) -> diskstats::BlockStat {
    let queue = random.maybe(queue);
    let discards = queue
        .and_then(|_| random.maybe(|_| ()))
        .map(|()| diskstats::Discards {
            count: random.number(),
            merged: random.number(),
            sectors: random.number(),
            ms: random.number(),
        });
    let flushes = discards
        .and_then(|_| random.maybe(|_| ()))
        .map(|()| diskstats::Flushes {
            count: random.number(),
            ms: random.number(),
        });
    diskstats::BlockStat {
        reads: random.number(),
        read_sectors: random.number(),
        writes: random.number(),
        write_sectors: random.number(),
        queue,
        discards,
        flushes,
    }
}

fn counters(stat: &diskstats::BlockStat) -> String {
    let mut numbers = match stat.queue {
        None => vec![
            stat.reads,
            stat.read_sectors,
            stat.writes,
            stat.write_sectors,
        ],
        Some(queue) => vec![
            stat.reads,
            queue.reads_merged,
            stat.read_sectors,
            queue.read_ms,
            stat.writes,
            queue.writes_merged,
            stat.write_sectors,
            queue.write_ms,
            queue.in_flight,
            queue.busy_ms,
            queue.weighted_ms,
        ],
    };
    numbers.extend(stat.discards.iter().flat_map(|discards| {
        [
            discards.count,
            discards.merged,
            discards.sectors,
            discards.ms,
        ]
    }));
    numbers.extend(
        stat.flushes
            .iter()
            .flat_map(|flushes| [flushes.count, flushes.ms]),
    );
    let words: Vec<String> = numbers.iter().map(u64::to_string).collect();
    words.join(" ")
}

#[test]
fn diskstats_lines() {
    check(|random| {
        let rows = random.several(5, |random| {
            // A name of digits alone cannot be told from the size that stood
            // before the name in Linux 2.4.
            let name = [b"d", &*random.bytes(12, b" \t\n")].concat();
            (random.small(), random.small(), name, block_stat(random))
        });
        let mut text = Vec::new();
        for (major, minor, name, stat) in &rows {
            put!(text, "{major:4} {minor:7} ");
            text.extend(name);
            put!(text, " {}\n", counters(stat));
            assert_eq!(
                diskstats::block_stat(format!("{}\n", counters(stat)).as_bytes()),
                Ok(*stat)
            );
        }
        let parsed: Vec<_> = diskstats::diskstats(&text).map(Result::unwrap).collect();
        let expected: Vec<_> = rows
            .iter()
            .map(|(major, minor, name, stat)| diskstats::DiskStat {
                major: *major,
                minor: *minor,
                name,
                stat: *stat,
            })
            .collect();
        assert_eq!(parsed, expected);
    });
}

#[test]
fn interface_counters() {
    check(|random| {
        let rows = random.several(5, |random| {
            let mut name = random.name(15, b" \t\n\r\x0b\x0c/:");
            if random.below(4) == 0 {
                name.extend(b":1");
            }
            let received: [u64; 8] = std::array::from_fn(|_| random.number());
            let sent: [u64; 8] = std::array::from_fn(|_| random.number());
            (name, received, sent)
        });
        let mut text = b"Inter-|   Receive | Transmit\n face |bytes packets\n".to_vec();
        for (name, received, sent) in &rows {
            text.resize(text.len() + 6usize.saturating_sub(name.len()), b' ');
            text.extend(name);
            text.push(b':');
            for number in received.iter().chain(sent) {
                put!(text, " {number:7}");
            }
            text.push(b'\n');
        }
        let parsed: Vec<_> = netdev::rows(&text).map(Result::unwrap).collect();
        let expected: Vec<_> = rows
            .iter()
            .map(|(name, received, sent)| netdev::Row {
                name,
                received: *received,
                sent: *sent,
            })
            .collect();
        assert_eq!(parsed, expected);
    });
}

#[test]
fn swaps_tables() {
    check(|random| {
        let rows = random.several(4, |random| {
            let path = octal_escaped(&random.path(30, b""), b" \t\n\\");
            let kind = random.pick(&[&b"partition"[..], b"file"]);
            let size = random.kibibytes();
            (path, kind, size, random.kibibytes(), random.signed())
        });
        let mut text = b"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n".to_vec();
        for (path, kind, size, used, priority) in &rows {
            text.extend(path);
            text.resize(text.len() + 40usize.saturating_sub(path.len()).max(1), b' ');
            text.extend(*kind);
            put!(text, "\t{}\t\t{}\t\t{priority}\n", size / 1024, used / 1024);
        }
        let parsed: Vec<_> = swaps::swaps(&text).map(Result::unwrap).collect();
        let expected: Vec<_> = rows
            .iter()
            .map(|(path, kind, size, used, priority)| swaps::Swap {
                path,
                kind,
                size: *size,
                used: *used,
                priority: *priority,
            })
            .collect();
        assert_eq!(parsed, expected);
    });
}

#[test]
fn cpu_lists() {
    check(|random| {
        let mut cpus = random.several(40, |random| random.below(200) as u32);
        cpus.sort_unstable();
        cpus.dedup();
        // As `bitmap_print_to_pagebuf` writes it: ranges where there are any.
        let mut items: Vec<String> = Vec::new();
        let mut rest = &cpus[..];
        while let Some(&first) = rest.first() {
            let length = (rest.iter().zip(first..))
                .take_while(|(cpu, wanted)| *cpu == wanted)
                .count();
            let last = rest[length - 1];
            items.push(if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            });
            rest = &rest[length..];
        }
        let text = format!("{}\n", items.join(","));
        assert_eq!(cpulist::cpulist(text.as_bytes()), Ok(cpus));
    });
}
