//! What the kernels of the BSDs say is read alike on machines that have the
//! lowest byte first and on those that have the highest first.
//!
//! The bytes of both are what C makes there of one source: `cargo xtask cross`
//! compares them with it.

use std::fmt::Debug;
use std::path::Path;

use oslens::parse::layout::{Endian, Record, freebsd, netbsd, openbsd};
use oslens::parse::{self, Malformed, bsd, kinfo};

/// What a reader finds, as text.
type Reader = fn(&[u8], Endian) -> String;

fn text(found: impl Debug) -> String {
    format!("{found:#?}")
}

/// All of an iterator, which must find something, and nothing malformed.
fn all<T: Debug>(found: impl Iterator<Item = Result<T, Malformed>>) -> String {
    let found: Result<Vec<T>, Malformed> = found.collect();
    let found = found.expect("well-formed");
    assert!(!found.is_empty());
    text(found)
}

/// All processes. Their groups are in the kernel's order of bytes.
fn processes<'a>(found: impl Iterator<Item = Result<kinfo::Process<'a>, Malformed>>) -> String {
    all(found.map(|process| {
        let process = process?;
        let groups: Option<Vec<u32>> = process.groups.map(|groups| groups.iter().collect());
        let process = kinfo::Process {
            groups: None,
            ..process
        };
        Ok((process, groups))
    }))
}

macro_rules! clock {
    ($system:ident) => {
        |data, order| {
            use $system::system::Clockinfo;
            let record = Record::new(data, order);
            text(bsd::cpu::ticks_per_second(record, Clockinfo::hz, Clockinfo::stathz).unwrap())
        }
    };
}

macro_rules! load {
    ($system:ident) => {
        |data, order| {
            use $system::system::Loadavg;
            let record = Record::new(data, order);
            text(bsd::cpu::load_average(record, Loadavg::ldavg, Loadavg::fscale).unwrap())
        }
    };
}

fn table(data: &[u8], order: Endian, which: parse::freebsd::sockets::Which) -> String {
    let table = parse::freebsd::sockets::table(data, which, order).unwrap();
    format!("{} {}", table.is_consistent(), all(table.sockets()))
}

macro_rules! fixtures {
    ($($name:literal: $reader:expr,)*) => {
        const FIXTURES: &[(&str, &[u8], &[u8], Reader)] = &[$((
            $name,
            include_bytes!(concat!("../src/parse/", $name, ".bin")),
            include_bytes!(concat!("../src/parse/", $name, ".big.bin")),
            $reader,
        ),)*];
    };
}

fixtures! {
    "bsd/fixtures/freebsd_boottime": |data, order| text(bsd::boot::freebsd(data, order).unwrap()),
    "bsd/fixtures/freebsd_clockinfo": clock!(freebsd),
    "bsd/fixtures/freebsd_loadavg": load!(freebsd),
    "bsd/fixtures/freebsd_mounts": |data, order| all(bsd::mounts::freebsd(data, order)),
    "bsd/fixtures/freebsd_utmpx": |data, order| all(bsd::logins::freebsd(data, order)),
    "bsd/fixtures/netbsd_boottime": |data, order| text(bsd::boot::netbsd(data, order).unwrap()),
    "bsd/fixtures/netbsd_clockinfo": clock!(netbsd),
    "bsd/fixtures/netbsd_loadavg": load!(netbsd),
    "bsd/fixtures/netbsd_mounts": |data, order| all(bsd::mounts::netbsd(data, order)),
    "bsd/fixtures/netbsd_utmpx": |data, order| all(bsd::logins::netbsd(data, order)),
    "bsd/fixtures/openbsd_boottime": |data, order| text(bsd::boot::openbsd(data, order).unwrap()),
    "bsd/fixtures/openbsd_clockinfo": clock!(openbsd),
    "bsd/fixtures/openbsd_loadavg": load!(openbsd),
    "bsd/fixtures/openbsd_mounts": |data, order| all(bsd::mounts::openbsd(data, order)),
    "bsd/fixtures/openbsd_utmp": |data, order| all(bsd::logins::openbsd(data, order)),
    "bsd/routes/fixtures/freebsd_media": |data, order| media(data, order, parse::freebsd::media::active),
    "bsd/routes/fixtures/freebsd_odd_routes": |data, order| {
        all(bsd::routes::messages(data, order, &parse::freebsd::routes::FORMAT))
    },
    "bsd/routes/fixtures/freebsd_routes": |data, order| {
        all(bsd::routes::messages(data, order, &parse::freebsd::routes::FORMAT))
    },
    "bsd/routes/fixtures/netbsd_media": |data, order| media(data, order, parse::netbsd::media::active),
    "bsd/routes/fixtures/netbsd_odd_routes": |data, order| {
        all(bsd::routes::messages(data, order, &parse::netbsd::routes::FORMAT))
    },
    "bsd/routes/fixtures/netbsd_routes": |data, order| {
        all(bsd::routes::messages(data, order, &parse::netbsd::routes::FORMAT))
    },
    "bsd/routes/fixtures/openbsd_media": |data, order| media(data, order, parse::openbsd::media::active),
    "bsd/routes/fixtures/openbsd_odd_routes": |data, order| {
        all(bsd::routes::messages(data, order, &parse::openbsd::routes::FORMAT))
    },
    "bsd/routes/fixtures/openbsd_routes": |data, order| {
        all(bsd::routes::messages(data, order, &parse::openbsd::routes::FORMAT))
    },
    "freebsd/fixtures/freebsd_acpi_battinfo": |data, order| {
        text(parse::freebsd::battery::summary(Record::new(data, order)).unwrap())
    },
    "freebsd/fixtures/freebsd_acpi_bix": |data, order| {
        text(parse::freebsd::battery::information(Record::new(data, order)).unwrap())
    },
    "freebsd/fixtures/freebsd_acpi_bst": |data, order| {
        text(parse::freebsd::battery::status(Record::new(data, order)).unwrap())
    },
    "freebsd/fixtures/freebsd_cpuset": |data, order| {
        text(parse::freebsd::cpuset::cpus(data, order).collect::<Vec<_>>())
    },
    "freebsd/fixtures/freebsd_devstat": |data, order| {
        all(parse::freebsd::devstat::devices(data, order).unwrap())
    },
    "freebsd/fixtures/freebsd_in6_ifreq": |data, order| {
        let (_, answer) = data.split_at(data.len() / 2);
        text(parse::freebsd::address::flags(answer, order).unwrap())
    },
    "freebsd/fixtures/freebsd_kinfo_vmentry": |data, order| {
        all(parse::freebsd::maps::maps(data, order))
    },
    "freebsd/fixtures/freebsd_open_files": |data, order| {
        all(parse::freebsd::files::files(data, order))
    },
    "freebsd/fixtures/freebsd_pcblist_raw": |data, order| {
        table(data, order, parse::freebsd::sockets::Which::Raw)
    },
    "freebsd/fixtures/freebsd_pcblist_tcp": |data, order| {
        table(data, order, parse::freebsd::sockets::Which::Tcp)
    },
    "freebsd/fixtures/freebsd_pcblist_unix": |data, order| {
        table(data, order, parse::freebsd::sockets::Which::Unix)
    },
    "freebsd/fixtures/freebsd_sockets": |data, order| {
        all(parse::freebsd::socket_files::sockets(data, order))
    },
    "freebsd/fixtures/freebsd_threads": |data, order| {
        all(parse::freebsd::process::threads(data, order).map(|thread| Ok(thread?.name)))
    },
    "freebsd/fixtures/freebsd_vmtotal": |data, order| {
        text(parse::freebsd::memory::totals(Record::new(data, order)).unwrap())
    },
    "freebsd/fixtures/freebsd_xfile": |data, order| {
        all(parse::freebsd::socket_files::descriptors(data, order))
    },
    "freebsd/fixtures/freebsd_xswdev": |data, order| {
        text(parse::freebsd::memory::swap_device(Record::new(data, order)).unwrap())
    },
    "kinfo/fixtures/freebsd_kinfo_proc": |data, order| {
        let setting = text(parse::freebsd::process::setting(data, order).unwrap());
        setting + &processes(kinfo::freebsd::processes(data, order))
    },
    "kinfo/fixtures/netbsd_kinfo_proc2": |data, order| {
        processes(kinfo::netbsd::processes(data, 680, order).unwrap())
    },
    "kinfo/fixtures/openbsd_kinfo_proc": |data, order| {
        let promises = text(parse::openbsd::process::promises(data, order).unwrap());
        promises + &processes(kinfo::openbsd::processes(data, 648, order).unwrap())
    },
    "kinfo/fixtures/freebsd_odd_processes": |data, order| {
        processes(kinfo::freebsd::processes(data, order))
    },
    "kinfo/fixtures/netbsd_odd_processes": |data, order| {
        processes(kinfo::netbsd::processes(data, 704, order).unwrap())
    },
    "kinfo/fixtures/openbsd_odd_processes": |data, order| {
        processes(kinfo::openbsd::processes(data, 672, order).unwrap())
    },
    "netbsd/fixtures/netbsd_iostats": |data, order| {
        all(parse::netbsd::iostats::disks(data, 128, order).unwrap())
    },
    "netbsd/fixtures/netbsd_kinfo_lwp": |data, order| {
        all(parse::netbsd::threads::threads(data, 128, order).unwrap())
    },
    "netbsd/fixtures/netbsd_kinfo_pcb": |data, order| {
        all(parse::netbsd::sockets::sockets(data, 640, order).unwrap())
    },
    "netbsd/fixtures/netbsd_kinfo_vmentry": |data, order| {
        all(parse::netbsd::maps::maps(data, 1128, order).unwrap())
    },
    "netbsd/fixtures/netbsd_odd_pcb": |data, order| {
        all(parse::netbsd::sockets::sockets(data, 648, order).unwrap())
    },
    "netbsd/fixtures/netbsd_open_files": |data, order| {
        all(parse::netbsd::files::files(data, 120, order).unwrap())
    },
    "netbsd/fixtures/netbsd_sockets": |data, order| {
        all(parse::netbsd::sockets::descriptors(data, 120, order).unwrap())
    },
    "netbsd/fixtures/netbsd_swapent": |data, order| {
        text(parse::netbsd::memory::swap_devices(data, order).unwrap().collect::<Vec<_>>())
    },
    "netbsd/fixtures/netbsd_uvmexp": |data, order| {
        text(parse::netbsd::memory::uvmexp(Record::new(data, order)).unwrap())
    },
    "netbsd/fixtures/netbsd_vmtotal": |data, order| {
        text(parse::netbsd::memory::totals(Record::new(data, order)).unwrap())
    },
    "openbsd/fixtures/openbsd_apm_power_info": |data, order| {
        text(parse::openbsd::sensors::power(Record::new(data, order)).unwrap())
    },
    "openbsd/fixtures/openbsd_bcachestats": |data, order| {
        text(parse::openbsd::memory::buffer_cache(Record::new(data, order)).unwrap())
    },
    "openbsd/fixtures/openbsd_cpustats": |data, order| {
        text(parse::openbsd::cpu::cpu_stats(Record::new(data, order)).unwrap())
    },
    "openbsd/fixtures/openbsd_diskstats": |data, order| {
        all(parse::openbsd::diskstats::disks(data, 112, order).unwrap())
    },
    "openbsd/fixtures/openbsd_kinfo_vmentry": |data, order| {
        all(parse::openbsd::maps::maps(data, 80, order).unwrap())
    },
    "openbsd/fixtures/openbsd_odd_sockets": |data, order| {
        all(parse::openbsd::sockets::sockets(data, 640, order).unwrap())
    },
    "openbsd/fixtures/openbsd_open_files": |data, order| {
        all(parse::openbsd::files::files(data, 632, order).unwrap())
    },
    "openbsd/fixtures/openbsd_sensor": |data, order| {
        text(parse::openbsd::sensors::reading(Record::new(data, order)).unwrap())
    },
    "openbsd/fixtures/openbsd_sensordev": |data, order| {
        let device = parse::openbsd::sensors::device(Record::new(data, order)).unwrap();
        let counts: Vec<i32> = (0..23).map(|kind| device.count(kind)).collect();
        text((device.name, counts))
    },
    "openbsd/fixtures/openbsd_sockets": |data, order| {
        all(parse::openbsd::sockets::sockets(data, 632, order).unwrap())
    },
    "openbsd/fixtures/openbsd_swapent": |data, order| {
        text(parse::openbsd::memory::swap_devices(data, order).unwrap().collect::<Vec<_>>())
    },
    "openbsd/fixtures/openbsd_threads": |data, order| {
        let threads = parse::openbsd::process::threads(data, 648, order).unwrap();
        all(threads.map(|thread| Ok(thread?.name)))
    },
    "openbsd/fixtures/openbsd_uvmexp": |data, order| {
        text(parse::openbsd::memory::uvmexp(Record::new(data, order)).unwrap())
    },
    "openbsd/fixtures/openbsd_vmtotal": |data, order| {
        text(parse::openbsd::memory::running(Record::new(data, order)).unwrap())
    },
}

type OfMedia = fn(&[u8], Endian) -> Result<bsd::routes::Media, Malformed>;

fn media(data: &[u8], order: Endian, read: OfMedia) -> String {
    text(read(data, order).unwrap())
}

#[test]
fn both_orders_of_bytes_are_read_alike() {
    for (name, little, big, reader) in FIXTURES {
        assert_ne!(little, big, "{name}");
        let found = reader(little, Endian::Little);
        let again = reader(big, Endian::Big);
        let lines = again.lines().zip(found.lines());
        for (big, little) in lines.filter(|(big, little)| big != little) {
            println!("{name}: {big} {little}");
        }
        assert!(again == found, "{name}");
    }
}

/// A fixture that is not in the list would be read in one order alone.
#[test]
fn every_fixture_is_read_in_both_orders() {
    fn walk(folder: &Path, found: &mut usize) {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy();
            // These have tests of their own, which read both.
            let is_odd = ["_odd_records.big.bin", "freebsd_odd_sockets.big.bin"]
                .iter()
                .any(|odd| name.ends_with(odd));
            *found += usize::from(name.ends_with(".big.bin") && !is_odd);
            if path.is_dir() {
                walk(&path, found);
            }
        }
    }
    let mut found = 0;
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/parse"),
        &mut found,
    );
    if found == 0 {
        oslens_testkit::skip_allowed!("the source is not here");
    }
    assert_eq!(found, FIXTURES.len());
}
