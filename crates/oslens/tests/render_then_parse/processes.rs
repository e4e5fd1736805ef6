//! Files of `/proc/PID`.

use oslens::{
    parse::linux::{
        cgroup, cmdline, environ, fdinfo, limits, maps, process_io, smaps_rollup, stat, statm,
        status,
    },
    process::{Capabilities, Ids, IoCounters, MemoryFootprint},
};

use crate::random::{Random, check, octal_escaped, put};

#[test]
fn stat_lines() {
    check(|random| {
        let comm = random.bytes(15, b"");
        let columns = random.pick(&[24, 38, 40, 41, 42, 52]);
        let known = |from: usize| columns >= from;
        let stat = stat::Stat {
            pid: random.small(),
            comm: &comm,
            state: random.pick(b"RSDZTtXxKWPI"),
            ppid: random.small().min(u32::MAX - 1),
            pgrp: random.signed(),
            session: random.signed(),
            tty_nr: random.signed(),
            tpgid: random.signed(),
            flags: random.number(),
            minflt: random.number(),
            cminflt: random.number(),
            majflt: random.number(),
            cmajflt: random.number(),
            utime: random.number(),
            stime: random.number(),
            cutime: random.signed(),
            cstime: random.signed(),
            priority: random.signed(),
            nice: random.signed(),
            num_threads: random.signed(),
            starttime: random.number(),
            vsize: random.number(),
            rss: random.signed(),
            processor: known(39).then(|| random.small()),
            rt_priority: known(40).then(|| random.small()),
            policy: known(41).then(|| random.small()),
            delayacct_blkio_ticks: known(42).then(|| random.number()),
        };
        let mut words: Vec<String> = vec![
            stat.ppid.to_string(),
            stat.pgrp.to_string(),
            stat.session.to_string(),
            stat.tty_nr.to_string(),
            stat.tpgid.to_string(),
            stat.flags.to_string(),
            stat.minflt.to_string(),
            stat.cminflt.to_string(),
            stat.majflt.to_string(),
            stat.cmajflt.to_string(),
            stat.utime.to_string(),
            stat.stime.to_string(),
            stat.cutime.to_string(),
            stat.cstime.to_string(),
            stat.priority.to_string(),
            stat.nice.to_string(),
            stat.num_threads.to_string(),
            "0".to_owned(),
            stat.starttime.to_string(),
            stat.vsize.to_string(),
            stat.rss.to_string(),
        ];
        // Limits, addresses, signals: nothing that is used.
        words.extend((25..=38).map(|_| random.number().to_string()));
        words.extend(stat.processor.map(|value| value.to_string()));
        words.extend(stat.rt_priority.map(|value| value.to_string()));
        words.extend(stat.policy.map(|value| value.to_string()));
        words.extend(stat.delayacct_blkio_ticks.map(|value| value.to_string()));
        words.extend((43..=52).map(|_| random.number().to_string()));
        words.truncate(columns - 3);
        let mut line = format!("{} (", stat.pid).into_bytes();
        line.extend(&comm);
        put!(line, ") {} {}\n", char::from(stat.state), words.join(" "));
        assert_eq!(stat::stat(&line), Ok(stat));
    });
}

#[test]
fn statm_lines() {
    check(|random| {
        let [size, resident, shared, text, data] = std::array::from_fn(|_| random.number());
        let line = format!("{size} {resident} {shared} {text} 0 {data} 0\n");
        let expected = statm::Statm {
            size,
            resident,
            shared,
            text,
            data,
        };
        assert_eq!(statm::statm(line.as_bytes()), Ok(expected));
    });
}

fn ids(random: &mut Random) -> Ids {
    let mut ids = Ids::default();
    ids.real = random.small();
    ids.effective = random.small();
    ids.saved = random.small();
    ids.filesystem = random.small();
    ids
}

#[test]
fn status_files() {
    check(|random| {
        let name = random.bytes(15, b"");
        let groups: Vec<u32> = random.several(5, Random::small);
        let (uids, gids) = (ids(random), ids(random));
        let mut text = b"Name:\t".to_vec();
        // `proc_task_name`: so that no line can be forged.
        for byte in &name {
            match byte {
                b'\n' => text.extend(b"\\n"),
                b'\\' => text.extend(b"\\\\"),
                byte => text.push(*byte),
            }
        }
        let tgid = random.small();
        let state = random.pick(b"RSDZTtXI");
        put!(
            text,
            "\nUmask:\t0022\nState:\t{} (any)\n",
            char::from(state)
        );
        put!(text, "Tgid:\t{tgid}\nNgid:\t0\nPid:\t{}\n", random.small());
        for (key, ids) in [("Uid", uids), ("Gid", gids)] {
            put!(text, "{key}:\t{}\t{}\t", ids.real, ids.effective);
            put!(text, "{}\t{}\n", ids.saved, ids.filesystem);
        }
        put!(text, "FDSize:\t64\nGroups:\t");
        groups.iter().for_each(|group| put!(text, "{group} "));
        text.push(b'\n');
        let mut memory = oslens::process::MemoryInfoEx::default();
        for (key, value) in [
            ("VmPeak", &mut memory.peak_vms),
            ("VmLck", &mut memory.locked),
            ("VmHWM", &mut memory.peak_rss),
            ("RssAnon", &mut memory.rss_anon),
            ("RssFile", &mut memory.rss_file),
            ("RssShmem", &mut memory.rss_shmem),
            ("VmSwap", &mut memory.swap),
            ("HugetlbPages", &mut memory.hugetlb),
        ] {
            *value = random.maybe(Random::kibibytes);
            if let Some(bytes) = value {
                put!(text, "{key}:\t{:8} kB\n", *bytes / 1024);
            }
        }
        let capabilities = random.maybe(|random| {
            let mut capabilities = Capabilities::default();
            capabilities.inheritable = random.number();
            capabilities.permitted = random.number();
            capabilities.effective = random.number();
            capabilities.bounding = random.number();
            capabilities.ambient = random.maybe(Random::number);
            capabilities
        });
        if let Some(set) = capabilities {
            put!(text, "CapInh:\t{:016x}\n", set.inheritable);
            put!(text, "CapPrm:\t{:016x}\n", set.permitted);
            put!(text, "CapEff:\t{:016x}\n", set.effective);
            put!(text, "CapBnd:\t{:016x}\n", set.bounding);
            if let Some(ambient) = set.ambient {
                put!(text, "CapAmb:\t{ambient:016x}\n");
            }
        }
        let switches = random.maybe(|random| (random.number(), random.number()));
        if let Some((voluntary, involuntary)) = switches {
            put!(text, "voluntary_ctxt_switches:\t{voluntary}\n");
            put!(text, "nonvoluntary_ctxt_switches:\t{involuntary}\n");
        }
        let parsed = status::status(&text).unwrap();
        assert_eq!((parsed.state, parsed.tgid), (Some(state), Some(tgid)));
        assert_eq!((parsed.uids, parsed.gids), (Some(uids), Some(gids)));
        let parsed_groups: Result<Vec<u32>, _> = parsed.groups().collect();
        assert_eq!(parsed_groups, Ok(groups));
        assert_eq!(parsed.memory, memory);
        assert_eq!(parsed.capabilities, capabilities);
        assert_eq!((parsed.voluntary, parsed.involuntary), switches.unzip());
    });
}

#[test]
fn io_files() {
    check(|random| {
        let mut io = IoCounters::default();
        let mut text = Vec::new();
        for (key, value) in [
            ("rchar", &mut io.read_chars),
            ("wchar", &mut io.write_chars),
            ("syscr", &mut io.read_count),
            ("syscw", &mut io.write_count),
            ("read_bytes", &mut io.read_bytes),
            ("write_bytes", &mut io.write_bytes),
        ] {
            let number = random.number();
            *value = Some(number);
            put!(text, "{key}: {number}\n");
        }
        io.cancelled_write_bytes = random.maybe(Random::number);
        if let Some(bytes) = io.cancelled_write_bytes {
            put!(text, "cancelled_write_bytes: {bytes}\n");
        }
        assert_eq!(process_io::process_io(&text), Ok(io));
    });
}

#[test]
fn maps_and_smaps_files() {
    check(|random| {
        let with_counters = random.flag();
        let mut text = Vec::new();
        let mut expected = Vec::new();
        let mut footprint: Option<MemoryFootprint> = None;
        for _ in 0..random.below(5) {
            // A name that holds `\012` itself reads like one with a newline.
            let name = match random.below(4) {
                0 => Vec::new(),
                1 => b"[heap]".to_vec(),
                _ => random.path(40, b""),
            };
            if name.windows(4).any(|part| part == b"\\012") {
                continue;
            }
            let head = maps::Head {
                start: random.number(),
                end: random.number(),
                perms: [
                    random.pick(b"r-"),
                    random.pick(b"w-"),
                    random.pick(b"x-"),
                    random.pick(b"ps"),
                ],
                offset: random.number(),
                device: (random.small(), random.small()),
                inode: random.number(),
                name: &[],
            };
            let start = text.len();
            put!(
                text,
                "{:08x}-{:08x} {} {:08x} {:02x}:{:02x} {} ",
                head.start,
                head.end,
                String::from_utf8_lossy(&head.perms),
                head.offset,
                head.device.0,
                head.device.1,
                head.inode
            );
            if !name.is_empty() {
                // Padded to a column, for as long as there is room.
                text.resize(text.len().max(start + 73), b' ');
                text.extend(octal_escaped(&name, b"\n"));
            }
            text.push(b'\n');
            let mut counters = maps::Counters::default();
            if with_counters {
                let sum = footprint.get_or_insert_default();
                put!(text, "Size: {:18} kB\n", random.below(1 << 40));
                for (key, value) in [
                    ("Rss", &mut counters.rss),
                    ("Pss", &mut counters.pss),
                    ("Pss_Dirty", &mut counters.pss_dirty),
                    ("Shared_Clean", &mut counters.shared_clean),
                    ("Shared_Dirty", &mut counters.shared_dirty),
                    ("Private_Clean", &mut counters.private_clean),
                    ("Private_Dirty", &mut counters.private_dirty),
                    ("Referenced", &mut counters.referenced),
                    ("Anonymous", &mut counters.anonymous),
                    ("LazyFree", &mut counters.lazy_free),
                    ("AnonHugePages", &mut counters.anon_huge_pages),
                    ("ShmemPmdMapped", &mut counters.shmem_pmd_mapped),
                    ("FilePmdMapped", &mut counters.file_pmd_mapped),
                    ("Shared_Hugetlb", &mut counters.shared_hugetlb),
                    ("Private_Hugetlb", &mut counters.private_hugetlb),
                    ("Swap", &mut counters.swap),
                    ("SwapPss", &mut counters.swap_pss),
                    ("Locked", &mut counters.locked),
                ] {
                    let always = key == "Private_Dirty";
                    if !always && random.below(8) == 0 {
                        continue;
                    }
                    let kibibytes = random.below(1 << 40);
                    *value = Some(kibibytes);
                    put!(text, "{:<16}{kibibytes:8} kB\n", format!("{key}:"));
                    let bytes = kibibytes * 1024;
                    match key {
                        "Pss" => *sum.pss.get_or_insert(0) += bytes,
                        "Swap" => *sum.swap.get_or_insert(0) += bytes,
                        key if key.starts_with("Private_") => sum.uss += bytes,
                        _ => {}
                    }
                }
                put!(text, "THPeligible:    0\nVmFlags: rd wr mr mw me ac sd \n");
            }
            expected.push((head, name, counters));
        }
        let parsed: Vec<_> = maps::mappings(&text).map(Result::unwrap).collect();
        assert_eq!(parsed.len(), expected.len());
        for ((head, counters), (expected, name, expected_counters)) in parsed.iter().zip(&expected)
        {
            assert_eq!(maps::unescape(head.name), *name);
            let head = maps::Head { name: &[], ..*head };
            assert_eq!((head, counters), (*expected, expected_counters));
        }
        assert_eq!(smaps_rollup::smaps_rollup(&text).ok(), footprint);
    });
}

#[test]
fn cgroup_files() {
    check(|random| {
        let lines = random.several(5, |random| {
            let controllers: Vec<Vec<u8>> = random.several(3, |random| random.name(8, b":,\n"));
            // The name of a group can hold anything but a newline.
            (random.small(), controllers, random.path(30, b"\n"))
        });
        let mut text = Vec::new();
        for (hierarchy, controllers, path) in &lines {
            put!(text, "{hierarchy}:");
            text.extend(controllers.join(&b','));
            text.push(b':');
            text.extend(path);
            text.push(b'\n');
        }
        let expected: Vec<_> = lines
            .iter()
            .map(|(hierarchy, controllers, path)| (*hierarchy, controllers.clone(), path.clone()))
            .collect();
        let parsed: Vec<_> = cgroup::memberships(&text)
            .map(|line| line.unwrap())
            .map(|line| {
                let controllers: Vec<Vec<u8>> = line.controllers().map(<[u8]>::to_vec).collect();
                assert_eq!(controllers.join(&b','), line.controllers);
                (line.hierarchy, controllers, line.path.to_vec())
            })
            .collect();
        assert_eq!(parsed, expected);
    });
}

#[test]
fn limits_tables() {
    const RESOURCES: &[(&str, &str)] = &[
        ("Max cpu time", "seconds"),
        ("Max open files", "files"),
        ("Max realtime priority", ""),
        ("Max realtime timeout", "us"),
        ("Max nice priority", ""),
    ];
    check(|random| {
        let rows = random.several(6, |random| {
            let (name, unit) = random.pick(RESOURCES);
            let soft = random.maybe(Random::number);
            (name, unit, soft, random.maybe(Random::number))
        });
        let mut text =
            b"Limit                     Soft Limit           Hard Limit           Units     \n"
                .to_vec();
        let shown =
            |limit: Option<u64>| limit.map_or("unlimited".to_owned(), |number| number.to_string());
        for (name, unit, soft, hard) in &rows {
            put!(text, "{name:<25} {:<20} ", shown(*soft));
            put!(text, "{:<20} {unit:<10}\n", shown(*hard));
        }
        let parsed: Vec<_> = limits::limits(&text).map(Result::unwrap).collect();
        let expected: Vec<_> = rows
            .iter()
            .map(|&(name, _, soft, hard)| limits::Limit {
                name: name.as_bytes(),
                soft,
                hard,
            })
            .collect();
        assert_eq!(parsed, expected);
    });
}

#[test]
fn arguments() {
    check(|random| {
        let args: Vec<Vec<u8>> = random.several(5, |random| random.bytes(20, b""));
        // One text with blanks cannot be told from a title of several words.
        let text = args.iter().filter(|arg| !arg.is_empty()).count() < 2;
        if text && args.iter().any(|arg| arg.contains(&b' ')) {
            return;
        }
        let mut content = args.join(&0);
        if !args.is_empty() {
            content.push(0);
        }
        assert!(cmdline::cmdline(&content).eq(args.iter()));
        let first = args.first().map_or(&[][..], Vec::as_slice);
        let file = first.rsplit(|&byte| byte == b'/').next();
        assert!(cmdline::program_names(&content).contains(&file.unwrap_or_default()));
    });
}

#[test]
fn environments() {
    check(|random| {
        let variables: Vec<_> =
            random.several(6, |random| (random.name(12, b"="), random.bytes(20, b"")));
        let mut content = Vec::new();
        for (name, value) in &variables {
            content.extend([name, &b"="[..], value, b"\0"].concat());
        }
        let parsed: Vec<_> = environ::environ(&content)
            .map(|(name, value)| (name.to_vec(), value.to_vec()))
            .collect();
        assert_eq!(parsed, variables);
    });
}

#[test]
fn descriptors() {
    check(|random| {
        let info = fdinfo::FdInfo {
            pos: random.number() >> 1,
            flags: random.small(),
            mnt_id: random.maybe(Random::number),
            ino: None,
        };
        let info = fdinfo::FdInfo {
            ino: info.mnt_id.and_then(|_| random.maybe(Random::number)),
            ..info
        };
        let mut text = format!("pos:\t{}\nflags:\t0{:o}\n", info.pos, info.flags).into_bytes();
        if let Some(mount) = info.mnt_id {
            put!(text, "mnt_id:\t{mount}\n");
        }
        if let Some(inode) = info.ino {
            put!(text, "ino:\t{inode}\n");
            // What a driver adds can look like anything.
            put!(text, "pos:\t7\nflags:\t0\nino:\t1\n");
        }
        assert_eq!(fdinfo::fdinfo(&text), Ok(info));

        let inode = random.number();
        for (kind, target) in [
            ("socket", fdinfo::Target::Socket(inode)),
            ("pipe", fdinfo::Target::Pipe(inode)),
            ("net", fdinfo::Target::Namespace(b"net", inode)),
        ] {
            let link = format!("{kind}:[{inode}]");
            assert_eq!(fdinfo::target(link.as_bytes()), target);
        }
        let path = random.path(30, b"");
        if !path.starts_with(b"/memfd:") {
            assert_eq!(fdinfo::target(&path), fdinfo::Target::Path(&path));
        }
        // The kernel says of each that it is deleted.
        let name = random.bytes(30, b"");
        let link = [b"/memfd:", &*name, b" (deleted)"].concat();
        assert_eq!(fdinfo::target(&link), fdinfo::Target::Memfd(&name));
    });
}
