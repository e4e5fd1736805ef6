//! Every parser meets hostile input: one target for each.
//!
//! To add a target:
//!
//! 1. Add a line to [`TARGETS`], sorted by name: a function that hands the
//!    bytes to the parser, drains an iterator, and drops the result. It may
//!    assert what must hold for every input, and must not panic itself.
//! 2. Put at least one real input into `corpus/<name>/`, small, scrubbed.
//! 3. Run `cargo xtask fuzz --runs 100000 <name>`.
//!
//! `tests/every_parser.rs` fails when a parser module has no target or a
//! target no seeds.

pub mod mutate;

use oslens::net::{Family, Kind};
use oslens::parse::{
    bsd, freebsd, kinfo, layout, linux, macos, netbsd, netlink, openbsd, rtnetlink, sock_diag,
    text, windows,
};
use oslens_counters::{
    CounterPath, CounterType, Format, InstanceName, RawValue,
    parse::{definition_header, definition_ini, definition_text, names, performance_data},
};
use oslens_eventlog::parse::{message_table, resources};

/// What runs one input; a panic is a finding.
pub type Target = fn(&[u8]);

/// Both layouts that the structures of Windows have.
const LAYOUTS: [windows::Layout; 2] = [windows::Layout::Bits32, windows::Layout::Bits64];

/// The bytes as text of Windows.
fn units(data: &[u8]) -> Vec<u16> {
    windows::utf16::Utf16::new(data).to_vec()
}

/// The byte orders that structures come in.
const ORDERS: [layout::Endian; 2] = [layout::Endian::Little, layout::Endian::Big];

/// Drains an answer about processes.
fn drain<'a>(
    data: &'a [u8],
    processes: impl Iterator<Item = Result<kinfo::Process<'a>, oslens::parse::Malformed>>,
) {
    let mut count = 0;
    for process in processes {
        count += 1;
        let Ok(process) = process else { continue };
        assert!(process.name.len() < 32);
        let times = process.times.map_or(0, |times| times.user.subsec_nanos());
        assert!(times < 1_000_000_000);
        _ = process.memory.map(|memory| memory.size.bytes(u64::MAX));
    }
    assert!(count <= data.len());
}

/// The stride of real records, and one that the input chooses.
fn strides(real: usize, data: &[u8]) -> [usize; 2] {
    [real, data.first().map_or(0, |&byte| usize::from(byte) * 8)]
}

/// Drains an answer: no parser finds more than there are bytes.
fn exhaust<T>(data: &[u8], found: impl Iterator<Item = Result<T, oslens::parse::Malformed>>) {
    assert!(found.count() <= data.len());
}

/// Drains a list of network interfaces.
fn drain_routes(
    data: &[u8],
    order: layout::Endian,
    format: &'static oslens::parse::bsd::routes::Format,
) {
    use oslens::parse::bsd::routes::{self, Message};
    let mut count = 0;
    for message in routes::messages(data, order, format) {
        count += 1;
        match message {
            Ok(Message::Link(link)) => {
                assert!(!link.name.is_empty());
                assert!(link.name.len() + link.mac.len() < data.len());
            }
            Ok(Message::Address(address)) => {
                assert!(address.prefix_len <= if address.ip.is_ipv4() { 32 } else { 128 });
                assert!(address.scope_id.is_none() || address.ip.is_ipv6());
            }
            Err(_) => {}
        }
    }
    // The last may be cut off.
    assert!(count * 4 < data.len() + 4);
}

/// What must hold for every socket that was read.
fn check(socket: &bsd::socket::Socket<'_>) {
    assert!(socket.unix.is_none() || socket.kind() == Kind::UNIX);
    assert!(socket.pcb != Some(0) && socket.address != Some(0));
    for address in [socket.local, socket.remote].into_iter().flatten() {
        assert!(!sock_diag::is_unset(&address));
        assert_eq!(address.is_ipv6(), socket.family == Family::Inet6);
    }
    let path = socket.unix.and_then(|unix| unix.path);
    assert!(path.is_none_or(|path| !path.is_empty() && !path.contains(&0)));
    _ = socket.is_listener();
}

/// Drains an answer about disks.
fn drain_disks<'a>(
    data: &'a [u8],
    disks: impl Iterator<Item = Result<bsd::disks::DiskIo<'a>, oslens::parse::Malformed>>,
) {
    let mut count = 0;
    for disk in disks {
        count += 1;
        let Ok(disk) = disk else { continue };
        assert!(disk.name.len() <= 16);
    }
    assert!(count <= data.len());
}

/// All targets by name.
#[rustfmt::skip]
pub const TARGETS: &[(&str, Target)] = &[
    ("bsd_boot", |data| {
        use bsd::boot::{freebsd, macos, netbsd, openbsd};
        for order in ORDERS {
            for parser in [freebsd, macos, netbsd, openbsd] {
                assert!(parser(data, order).is_ok_and(|time| time.as_secs() > 0) || parser(data, order).is_err());
            }
        }
    }),
    ("bsd_cpu", |data| {
        use bsd::cpu;
        use layout::{freebsd::system::Clockinfo, freebsd::system::Loadavg, record::Record};
        for order in ORDERS {
            for word in [4, 8] {
                if let Ok(cpus) = cpu::cpu_ticks(data, word, order) {
                    let all = cpus.fold(cpu::CpuTicks::default(), cpu::CpuTicks::plus);
                    _ = all.is_zero();
                }
            }
            let record = Record::new(data, order);
            let ticks = cpu::ticks_per_second(record, Clockinfo::hz, Clockinfo::stathz);
            assert_ne!(ticks, Some(0));
            if let Ok(load) = cpu::load_average(record, Loadavg::ldavg, Loadavg::fscale) {
                assert!(load.iter().all(|&load| load.is_finite() && load >= 0.0));
            }
        }
        assert!(cpu::frequency_range(data).is_none_or(|(low, high)| low > 0 && low <= high));
    }),
    ("bsd_disks", |data| {
        for name in bsd::disks::names(data) {
            assert!(!name.is_empty() && !name.contains(&b' '));
            _ = bsd::disks::kind(name);
        }
        _ = bsd::disks::kind(data);
    }),
    ("bsd_inet", |data| {
        for order in ORDERS {
            for inet6 in [24, 28, 30] {
                if let Some(address) = bsd::inet::address(data, inet6, order) {
                    assert!(data.len() >= if address.is_ipv6() { 28 } else { 8 });
                }
            }
        }
        assert!(bsd::inet::path(data).is_none_or(|path| path.len() + 2 <= data.len()));
    }),
    ("bsd_logins", |data| {
        for order in ORDERS {
            let logins = [bsd::logins::freebsd, bsd::logins::macos, bsd::logins::netbsd, bsd::logins::openbsd]
                .into_iter()
                .flat_map(|parser| parser(data, order));
            for login in logins.flatten() {
                assert!(!login.user.is_empty() && login.user.len() <= 256);
                assert!(login.pid.is_none_or(|pid| pid > 0));
            }
        }
    }),
    ("bsd_mounts", |data| {
        for order in ORDERS {
            let mounts = [bsd::mounts::freebsd, bsd::mounts::macos, bsd::mounts::netbsd, bsd::mounts::openbsd]
                .into_iter()
                .flat_map(|parser| parser(data, order));
            for mount in mounts.flatten() {
                assert!(mount.mountpoint.len() <= 1024 && mount.fstype.len() <= 32);
                assert!(matches!(mount.flags.options().get(..2), Some("ro" | "rw")));
                _ = mount.is_stored();
            }
        }
    }),
    ("bsd_steps", |data| {
        use bsd::steps;
        for order in ORDERS {
            exhaust(data, steps::sized(data, layout::Field::<i32>::at(0), order));
            for stride in strides(16, data) {
                if let Ok(found) = steps::equal(data, stride, order) {
                    exhaust(data, found);
                }
            }
        }
    }),
    ("bsd_strings", |data| {
        use bsd::strings;
        let all: Vec<&[u8]> = strings::strings(data).collect();
        let size: usize = all.iter().map(|text| text.len() + 1).sum();
        assert!(size == data.len() || size == data.len() + 1 || data.is_empty());
        for text in all {
            let parts = strings::variable(text).map(|(name, value)| name.len() + value.len());
            assert!(parts.is_none_or(|size| size + 1 == text.len()));
        }
        assert!(strings::text(data).is_none_or(|text| !text.is_empty() && !text.contains(&0)));
    }),
    ("counters_arithmetic", |data| {
        let number = |at: usize| {
            let bytes = data.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
            bytes.map_or(0, i64::from_le_bytes)
        };
        let Some(kind) = data.first_chunk().copied().map(u32::from_le_bytes) else { return };
        // One of those that there are, or none.
        let all = CounterType::ALL;
        let known = all.get(usize::try_from(kind).unwrap_or(0) % (all.len() + 1));
        for kind in [CounterType(kind), known.copied().unwrap_or(CounterType(kind))] {
            let before = RawValue::new(kind, number(4), number(12)).with_frequency(number(20));
            let items = u32::try_from(number(44) & 0xff).unwrap_or(0);
            let now = RawValue::new(kind, number(28), number(36))
                .with_frequency(number(20))
                .with_multi_count(items);
            for before in [None, Some(&before)] {
                for format in [Format::default(), Format::default().capped().scaled(-3)] {
                    if let Ok(reading) = now.calculate(before, format) {
                        assert!(reading.as_f64().is_none_or(f64::is_finite));
                    }
                }
            }
        }
    }),
    ("counters_definition_header", |data| _ = definition_header::definition_header(data)),
    ("counters_definition_ini", |data| {
        use oslens_counters::{definition::Guid, import::Import, manifest};
        let ini = definition_ini::definition_ini(data);
        assert!(ini.texts.iter().all(|text| !text.symbol.is_empty()));
        // The file, and behind a separator its header.
        let at = data.iter().position(|&byte| byte == 0x1e).unwrap_or(data.len());
        let (ini, header) = data.split_at(at);
        let import = Import::new(Guid::from_u128(1));
        let Ok(imported) = import.convert(("a.ini", ini), ("a.h", header)) else { return };
        if let Ok(definition) = imported.spec.check() {
            assert!(!manifest::strings(&definition).is_empty());
            assert!(manifest::script(&definition).is_ascii());
            assert!(!manifest::library(&definition, None).is_empty());
            _ = manifest::Manifest::new(&definition, "a.exe").to_string();
        }
    }),
    ("counters_definition_text", |data| {
        let (text, _) = definition_text::definition_text(data);
        assert!(text.chars().count() <= data.len());
    }),
    ("counters_names", |data| {
        let mut read = 0;
        names::names(data).for_each(|(_, name)| read += name.to_string().chars().count());
        assert!(read <= data.len() / 2);
        let names = oslens_counters::Names::parse(data);
        assert!(names.iter().all(|(index, name)| names.get(index) == Some(name)));
    }),
    ("counters_path", |data| {
        let text = String::from_utf8_lossy(data);
        let instance = InstanceName::from(&*text);
        assert_eq!(instance.to_string(), text);
        assert!(instance.matches(&instance));
        let Ok(path) = text.parse::<CounterPath>() else { return };
        assert_eq!(path.to_string(), text);
        assert!(path.matches(&path));
        // Made of the same parts it is the same, or no path.
        let made = CounterPath::new(path.object(), path.counter()).and_then(|made| {
            match path.instance() {
                Some(instance) => made.with_instance(instance.clone()),
                None => Ok(made),
            }
        });
        if let (Ok(made), None) = (made, path.machine()) {
            assert_eq!(made, path);
        }
    }),
    ("counters_performance_data", |data| {
        let Ok(block) = performance_data::block(data) else { return };
        for object in block.objects().flatten() {
            let counters: Vec<_> = object.counters().flatten().collect();
            let mut blocks: Vec<&[u8]> = object.numbers().into_iter().collect();
            for instance in object.instances().flatten() {
                assert!(instance.name().len() <= data.len() * 3 + 12);
                blocks.push(instance.numbers);
            }
            for numbers in blocks {
                assert!(numbers.len() <= data.len());
                for counter in &counters {
                    _ = (counter.number(numbers), counter.items(numbers), counter.bytes(numbers));
                }
            }
        }
    }),
    ("eventlog_binxml", |data| {
        use oslens_eventlog::parse::{binxml, element::Element, event, evtx, xml};
        // The first byte says whether it is a chunk or one event.
        let Some((first, chunk)) = data.split_first() else { return };
        let check = |event: Element| {
            _ = event::record(&event);
            // What we write can be read.
            xml::document(event.to_string().as_bytes()).unwrap();
        };
        if first % 2 == 0 {
            _ = binxml::event(chunk, 0, chunk.len()).map(check);
        }
        for frame in evtx::frames(chunk).flatten() {
            assert!(frame.start <= frame.end && frame.end <= chunk.len());
            _ = binxml::event(chunk, frame.start, frame.end).map(check);
        }
    }),
    ("eventlog_evtx", |data| {
        use oslens_eventlog::parse::evtx;
        _ = (evtx::file_head(data), evtx::chunk_head(data));
        assert!(evtx::frames(data).count() <= data.len() / 28 + 1);
    }),
    ("eventlog_message_format", |data| {
        // A text, and its strings in the lines behind it.
        let text = String::from_utf8_lossy(data);
        let (text, strings) = text.split_once('\u{1e}').unwrap_or((&text, ""));
        let strings: Vec<&str> = strings.split('\u{1f}').collect();
        let plain = oslens_eventlog::message::format(text, &strings);
        assert!(plain.len() <= (1 << 20) + '…'.len_utf8());
        let parameter = |number: u32| strings.get(number as usize).map(|text| (*text).to_owned());
        _ = oslens_eventlog::message::format_with(text, &strings, parameter);
    }),
    ("eventlog_message_table", |data| {
        if let Ok(table) = message_table::MessageTable::parse(data) {
            for (id, text) in table.iter().take(100) {
                assert!(text.len() <= data.len() * 3);
                assert!(table.get(id).is_some());
            }
            _ = (table.get(0), table.get(1), table.get(u32::MAX));
        }
    }),
    ("eventlog_record", |data| {
        let records = oslens_eventlog::parse::event_record::records(data, "System");
        assert!(records.count() <= data.len() / 56 + 1);
    }),
    ("eventlog_resources", |data| {
        if let Ok(tables) = resources::message_tables(data) {
            let total: usize = tables.iter().map(|found| found.data.len()).sum();
            assert!(total <= data.len());
            _ = oslens_eventlog::message::MessageFile::parse(data).unwrap().get(1);
        }
    }),
    ("eventlog_sid", |data| {
        if let Some((text, length)) = oslens_eventlog::parse::sid::sid(data) {
            assert!(text.starts_with("S-1-") && length <= data.len());
        }
    }),
    ("eventlog_time", |data| {
        use oslens_eventlog::parse::time;
        if let Some(time) = time::parse(data) {
            let again = time::parse(time::format(time).as_bytes()).unwrap();
            assert!(again <= time && time.duration_since(again).unwrap().as_nanos() < 100);
        }
    }),
    ("eventlog_xml", |data| {
        use oslens_eventlog::parse::{event, xml};
        if let Ok(element) = xml::document(data) {
            _ = event::record(&element);
            xml::document(element.to_string().as_bytes()).unwrap();
        }
    }),
    ("freebsd_address", |data| {
        for order in ORDERS {
            _ = freebsd::address::flags(data, order);
        }
        if let Some((ip, name)) = data.split_first_chunk::<16>() {
            let question = freebsd::address::question(name, (*ip).into());
            assert_eq!(question.is_some(), name.len() < 16);
        }
    }),
    ("freebsd_battery", |data| {
        use freebsd::battery;
        for order in ORDERS {
            let record = layout::Record::new(data, order);
            let percent = battery::summary(record).map_or(None, |summary| summary.percent);
            assert!(percent.is_none_or(|percent| percent <= 100));
            _ = battery::information(record);
            _ = battery::status(record);
        }
    }),
    ("freebsd_cpuset", |data| {
        use freebsd::cpuset;
        for order in ORDERS {
            let cpus: Vec<u32> = cpuset::cpus(data, order).collect();
            let whole = data.len() / 8 * 8;
            assert_eq!(cpuset::set(&cpus, whole, order).unwrap(), data[..whole]);
        }
    }),
    ("freebsd_devstat", |data| {
        for order in ORDERS {
            if let Ok(found) = freebsd::devstat::devices(data, order) {
                drain_disks(data, found);
            }
        }
    }),
    ("freebsd_files", |data| {
        for order in ORDERS {
            exhaust(data, freebsd::files::files(data, order));
        }
    }),
    ("freebsd_geom", |data| {
        let Ok(all) = freebsd::geom::providers(data) else { return };
        assert!(all.len() <= data.len());
        assert!(all.iter().flat_map(|one| one.lower.iter()).all(|&at| at < all.len()));
    }),
    ("freebsd_maps", |data| {
        for order in ORDERS {
            exhaust(data, freebsd::maps::maps(data, order));
        }
    }),
    ("freebsd_memory", |data| {
        use freebsd::memory;
        for order in ORDERS {
            let record = layout::Record::new(data, order);
            _ = memory::totals(record);
            _ = memory::swap_device(record);
        }
    }),
    ("freebsd_process", |data| {
        for order in ORDERS {
            exhaust(data, freebsd::process::threads(data, order));
            _ = freebsd::process::setting(data, order);
        }
    }),
    ("freebsd_socket_files", |data| {
        for order in ORDERS {
            let found = freebsd::socket_files::descriptors(data, order).count();
            assert!(found <= data.len());
            for found in freebsd::socket_files::sockets(data, order).flatten() {
                assert!(found.0 >= 0);
                check(&found.1);
            }
        }
    }),
    ("freebsd_sockets", |data| {
        use freebsd::sockets::{Which, table};
        for order in ORDERS {
            for which in [Which::Tcp, Which::Udp, Which::Raw, Which::Unix] {
                let Ok(table) = table(data, which, order) else { continue };
                _ = table.is_consistent();
                assert!(table.sockets().count() <= data.len() / 8);
                table.sockets().flatten().for_each(|socket| check(&socket));
            }
        }
    }),
    ("kinfo_freebsd", |data| {
        for order in ORDERS {
            drain(data, kinfo::freebsd::processes(data, order));
        }
    }),
    ("kinfo_macos", |data| {
        for order in ORDERS {
            for stride in [648, data.first().map_or(0, |&byte| usize::from(byte) * 8)] {
                if let Ok(found) = kinfo::macos::processes(data, stride, order) {
                    drain(data, found);
                }
            }
        }
    }),
    ("kinfo_netbsd", |data| {
        for order in ORDERS {
            for stride in [680, data.first().map_or(0, |&byte| usize::from(byte) * 8)] {
                if let Ok(found) = kinfo::netbsd::processes(data, stride, order) {
                    drain(data, found);
                }
            }
        }
    }),
    ("kinfo_openbsd", |data| {
        for order in ORDERS {
            for stride in [648, data.first().map_or(0, |&byte| usize::from(byte) * 8)] {
                if let Ok(found) = kinfo::openbsd::processes(data, stride, order) {
                    drain(data, found);
                }
            }
        }
    }),
    ("layout_record", |data| {
        use layout::{Char, Field, record::Record};
        let at = data.first().map_or(0, |&byte| usize::from(byte));
        for order in ORDERS {
            let record = Record::new(data, order);
            assert_eq!(record.get(Field::<u64>::at(at)).is_some(), at + 8 <= data.len());
            assert_eq!(record.item(Field::<[u16; 4]>::at(at), 3).is_some(), at + 8 <= data.len());
            _ = record.get(Field::<u32>::at(usize::MAX));
            let text = record.text(Field::<[Char; 16]>::at(at));
            assert!(text.is_none_or(|text| text.len() <= 16 && !text.contains(&0)));
        }
    }),
    ("linux_arcstats", |data| _ = linux::arcstats::arcstats(data)),
    ("linux_cgroup", |data| {
        use linux::cgroup;
        for membership in cgroup::memberships(data).flatten() {
            assert!(membership.path.starts_with(b"/"));
            _ = cgroup::has_name(membership.controllers, b"cpu");
            membership.controllers().for_each(|name| assert!(!name.is_empty()));
        }
        cgroup::mounts(data).for_each(|mount| _ = cgroup::has_name(mount.options, b"memory"));
        _ = cgroup::limit(data);
        if let Ok(Some((_, period))) = cgroup::cpu_max(data) {
            assert_ne!(period, 0);
        }
        _ = (cgroup::keyed(data, b"nr_throttled"), cgroup::io_bytes(data, |device| device.len() % 2 == 1));
    }),
    ("linux_cmdline", |data| {
        linux::cmdline::cmdline(data).for_each(drop);
        _ = linux::cmdline::program_names(data);
    }),
    ("linux_cpuinfo", |data| _ = linux::cpuinfo::cpus(data)),
    ("linux_cpulist", |data| _ = linux::cpulist::cpulist(data)),
    ("linux_diskstats", |data| {
        linux::diskstats::diskstats(data).for_each(drop);
        _ = linux::diskstats::block_stat(data);
    }),
    ("linux_environ", |data| {
        linux::environ::environ(data).for_each(|(name, _)| assert!(!name.is_empty()));
    }),
    ("linux_fdinfo", |data| {
        _ = linux::fdinfo::fdinfo(data);
        _ = (linux::fdinfo::target(data), linux::fdinfo::inode(data));
    }),
    ("linux_filesystems", |data| linux::filesystems::on_devices(data).for_each(drop)),
    ("linux_hwmon", |data| {
        _ = (linux::hwmon::index("temp", data), linux::hwmon::suffix("hwmon", data));
        _ = (linux::hwmon::celsius(data), linux::hwmon::revolutions(data));
    }),
    ("linux_limits", |data| linux::limits::limits(data).for_each(drop)),
    ("linux_loadavg", |data| _ = linux::loadavg::loadavg(data)),
    ("linux_logind", |data| _ = linux::logind::session(data).is_login()),
    ("linux_maps", |data| {
        linux::maps::mappings(data).for_each(drop);
        assert!(linux::maps::unescape(data).len() <= data.len());
    }),
    ("linux_meminfo", |data| _ = linux::meminfo::meminfo(data)),
    ("linux_mounts", |data| {
        linux::mounts::mountinfo(data).for_each(drop);
        linux::mounts::mounts(data).for_each(drop);
        assert!(linux::mounts::unescape(data).len() <= data.len());
        let merged = linux::mounts::merge_options(data, data);
        assert!(merged.starts_with(b"ro") || merged.starts_with(b"rw"));
    }),
    ("linux_net_inet", |data| {
        use linux::net_inet::{Endian, sockets};
        let little = sockets(data, Endian::Little).filter(Result::is_ok).count();
        assert_eq!(little, sockets(data, Endian::Big).filter(Result::is_ok).count());
    }),
    ("linux_net_unix", |data| {
        for row in linux::net_unix::rows(data).flatten() {
            assert!(row.path.len() <= data.len());
        }
    }),
    ("linux_netdev", |data| linux::netdev::rows(data).for_each(drop)),
    ("linux_os_release", |data| linux::os_release::assignments(data).for_each(drop)),
    ("linux_passwd", |data| linux::passwd::names(data).for_each(drop)),
    ("linux_power_supply", |data| _ = linux::power_supply::uevent(data)),
    ("linux_pressure", |data| _ = linux::pressure::pressure(data)),
    ("linux_process_io", |data| _ = linux::process_io::process_io(data)),
    ("linux_security", |data| {
        if let Ok(security) = linux::security::security(data) {
            security.namespace_pids().for_each(drop);
        }
    }),
    ("linux_smaps_rollup", |data| _ = linux::smaps_rollup::smaps_rollup(data)),
    ("linux_sockstat", |data| {
        _ = linux::sockstat::value(data, "TCP", "mem");
        _ = linux::sockstat::snmp_value(data, "Tcp", "CurrEstab");
    }),
    ("linux_stat", |data| _ = linux::stat::stat(data)),
    ("linux_statm", |data| _ = linux::statm::statm(data)),
    ("linux_status", |data| {
        if let Ok(status) = linux::status::status(data) {
            status.groups().for_each(drop);
            _ = status.ctx_switches();
        }
    }),
    ("linux_swaps", |data| linux::swaps::swaps(data).for_each(drop)),
    ("linux_system_stat", |data| {
        _ = linux::system_stat::total(data);
        linux::system_stat::per_cpu(data).for_each(drop);
        _ = linux::system_stat::counters(data);
    }),
    ("linux_uptime", |data| _ = (linux::uptime::uptime(data), linux::uptime::btime(data))),
    ("linux_utmp", |data| {
        use linux::utmp::{Layout, records};
        for layout in [Layout::Time32, Layout::Time64, Layout::guess(data)] {
            assert_eq!(records(data, layout).count(), data.len() / layout.size());
        }
    }),
    ("linux_vmstat", |data| {
        _ = linux::vmstat::swap_pages(data);
        _ = linux::vmstat::events(data);
    }),
    ("linux_zoneinfo", |data| _ = linux::zoneinfo::low_watermark(data)),
    ("macos_arguments", |data| {
        for order in ORDERS {
            if let Ok(found) = macos::arguments::arguments(data, order) {
                assert!(found.arguments().count() <= data.len());
                for (name, value) in found.environment().into_iter().flatten() {
                    assert!(!name.is_empty() && name.len() + value.len() < data.len());
                }
            }
        }
    }),
    ("macos_cpu", |data| {
        use macos::cpu;
        for order in ORDERS {
            if let Ok(cpus) = cpu::processor_load(data, order) {
                assert_eq!(cpus.count() * 16, data.len());
            }
            if let Ok(running) = cpu::running(data, order) {
                assert!(running.len() * 20 <= data.len());
            }
        }
        assert!(cpu::voltage_states(data).is_none_or(|(low, high)| low > 0 && low <= high));
    }),
    ("macos_files", |data| {
        use macos::files;
        for order in ORDERS {
            assert!(files::descriptors(data, order).count() <= data.len() / 8);
            _ = files::opened(data, order);
            _ = files::vnode(data, order).map(|vnode| vnode.is_some());
            _ = files::places(data, order);
            _ = files::pipe(data, order);
            _ = files::socket(data, order);
            _ = files::shared_memory(data, order);
            _ = files::semaphore(data, order);
        }
    }),
    ("macos_if_mib", |data| {
        for order in ORDERS {
            let Ok(found) = oslens::parse::macos::if_mib::interfaces(data, order) else { return };
            found.for_each(|interface| assert!(matches!(interface.name.len(), 1..=16)));
        }
    }),
    ("macos_memory", |data| {
        use macos::memory;
        for order in ORDERS {
            let record = layout::Record::new(data, order);
            _ = memory::vm_statistics(record);
            _ = memory::swap_usage(record);
        }
    }),
    ("macos_pcblist", |data| {
        use oslens::net::Protocol;
        for order in ORDERS {
            for protocol in [Protocol::Tcp, Protocol::Udp, Protocol::Unix] {
                let Ok(found) = macos::pcblist::sockets(data, protocol, order) else { continue };
                assert!(found.len() <= data.len() / 80);
                found.iter().for_each(|listed| check(&listed.socket));
            }
        }
    }),
    ("macos_process", |data| {
        use macos::process;
        for order in ORDERS {
            if let Ok(task) = process::task(data, order) {
                for frequency in [0, 1, 24_000_000, u64::MAX, task.system] {
                    _ = process::mach_time(task.user, frequency);
                }
            }
            _ = process::usage(data, order);
            _ = process::task_memory(data, order);
            assert_eq!(process::threads(data, order).count(), data.len() / 8);
            _ = process::thread(data, order);
            _ = process::is_translated(data, order);
        }
    }),
    ("macos_regions", |data| {
        use macos::regions;
        for order in ORDERS {
            if let Ok(region) = regions::region(data, order) {
                assert!(region.end().is_none_or(|end| end > region.start));
                _ = region.unique_pages();
            }
            _ = regions::region_with_file(data, order);
        }
    }),
    ("macos_sockets", |data| {
        for order in ORDERS {
            assert!(macos::sockets::descriptors(data, order).count() <= data.len() / 8);
            if let Ok(Some((socket, _))) = macos::sockets::socket(data, order) {
                check(&socket);
            }
        }
    }),
    ("media", |data| {
        use oslens::parse::{freebsd, netbsd, openbsd};
        for order in ORDERS {
            let readers =
                [freebsd::media::active, netbsd::media::active, openbsd::media::active, macos::media::active];
            for reader in readers {
                let Ok(media) = reader(data, order) else { continue };
                assert!(media.speed_mbps.is_none_or(|speed| (1..=400_000).contains(&speed)));
            }
        }
    }),
    ("netbsd_cpuset", |data| {
        use netbsd::cpuset;
        for order in ORDERS {
            let cpus: Vec<u32> = cpuset::cpus(data, order).collect();
            let whole = data.len() / 4 * 4;
            let count = u32::try_from(whole * 8).unwrap();
            assert_eq!(cpuset::set(&cpus, count, order).unwrap(), data[..whole]);
        }
    }),
    ("netbsd_drive", |data| {
        _ = netbsd::drive::size(data);
        if let Some(question) = netbsd::drive::question(data) {
            assert_eq!(netbsd::drive::size(question.as_bytes()), Ok(None));
        }
    }),
    ("netbsd_envsys", |data| {
        if let Ok(devices) = netbsd::envsys::devices(data) {
            assert!(devices.len() <= data.len());
        }
    }),
    ("netbsd_files", |data| {
        for order in ORDERS {
            for stride in strides(120, data) {
                if let Ok(found) = netbsd::files::files(data, stride, order) {
                    exhaust(data, found);
                }
            }
        }
    }),
    ("netbsd_iostats", |data| {
        for order in ORDERS {
            for stride in [128, data.first().map_or(0, |&byte| usize::from(byte) * 8)] {
                if let Ok(found) = netbsd::iostats::disks(data, stride, order) {
                    drain_disks(data, found);
                }
            }
        }
    }),
    ("netbsd_maps", |data| {
        for order in ORDERS {
            for stride in strides(1128, data) {
                if let Ok(found) = netbsd::maps::maps(data, stride, order) {
                    exhaust(data, found);
                }
            }
        }
    }),
    ("netbsd_memory", |data| {
        use netbsd::memory;
        for order in ORDERS {
            let record = layout::Record::new(data, order);
            assert!(memory::uvmexp(record).map_or(1, |uvm| uvm.page_size) > 0);
            _ = memory::totals(record);
            if let Ok(devices) = memory::swap_devices(data, order) {
                assert!(devices.count() <= data.len());
            }
        }
    }),
    ("netbsd_property_list", |data| {
        if let Ok(value) = netbsd::property_list::property_list(data) {
            assert!(value.entries().len() + value.items().len() <= data.len());
            _ = (value.get("a"), value.number(), value.text());
        }
    }),
    ("netbsd_sockets", |data| {
        for order in ORDERS {
            for stride in [640, data.first().map_or(0, |&byte| usize::from(byte) * 8)] {
                if let Ok(found) = netbsd::sockets::sockets(data, stride, order) {
                    found.flatten().for_each(|socket| check(&socket));
                }
            }
            if let Ok(found) = netbsd::sockets::descriptors(data, 120, order) {
                assert!(found.count() <= data.len());
            }
        }
    }),
    ("netbsd_threads", |data| {
        for order in ORDERS {
            for stride in strides(128, data) {
                if let Ok(found) = netbsd::threads::threads(data, stride, order) {
                    exhaust(data, found);
                }
            }
        }
    }),
    ("netlink", |data| {
        for message in netlink::messages(data).flatten() {
            assert!(message.error() >= 0);
            netlink::attributes(message.payload).for_each(|(_, value)| _ = netlink::string(value));
        }
    }),
    ("openbsd_arguments", |data| {
        for order in ORDERS {
            let texts = openbsd::arguments::arguments(data, order);
            let size: usize = texts.iter().map(|text| text.len()).sum();
            assert!(size <= data.len() && texts.iter().all(|text| !text.contains(&0)));
        }
    }),
    ("openbsd_cpu", |data| {
        for order in ORDERS {
            _ = openbsd::cpu::cpu_stats(layout::Record::new(data, order));
        }
    }),
    ("openbsd_diskstats", |data| {
        for order in ORDERS {
            for stride in [112, data.first().map_or(0, |&byte| usize::from(byte) * 8)] {
                if let Ok(found) = openbsd::diskstats::disks(data, stride, order) {
                    drain_disks(data, found);
                }
            }
        }
    }),
    ("openbsd_files", |data| {
        for order in ORDERS {
            for stride in strides(632, data) {
                if let Ok(found) = openbsd::files::files(data, stride, order) {
                    exhaust(data, found);
                }
            }
        }
    }),
    ("openbsd_maps", |data| {
        for order in ORDERS {
            for stride in strides(80, data) {
                if let Ok(found) = openbsd::maps::maps(data, stride, order) {
                    exhaust(data, found);
                }
            }
        }
    }),
    ("openbsd_memory", |data| {
        use openbsd::memory;
        for order in ORDERS {
            let record = layout::Record::new(data, order);
            assert!(memory::uvmexp(record).map_or(1, |uvm| uvm.page_size) > 0);
            _ = memory::running(record);
            _ = memory::buffer_cache(record);
            if let Ok(devices) = memory::swap_devices(data, order) {
                assert!(devices.count() <= data.len());
            }
        }
    }),
    ("openbsd_process", |data| {
        for order in ORDERS {
            for stride in strides(648, data) {
                if let Ok(found) = openbsd::process::threads(data, stride, order) {
                    exhaust(data, found);
                }
            }
            _ = openbsd::process::promises(data, order);
        }
    }),
    ("openbsd_sensors", |data| {
        use openbsd::sensors;
        for order in ORDERS {
            let record = layout::Record::new(data, order);
            if let Ok(device) = sensors::device(record) {
                assert!(device.name.len() <= 16);
                _ = (device.count(-1), device.count(0), device.count(i32::MAX));
            }
            _ = sensors::reading(record);
            if let Ok(power) = sensors::power(record) {
                assert!(power.percent.is_none_or(|percent| percent <= 100));
            }
        }
    }),
    ("openbsd_sockets", |data| {
        for order in ORDERS {
            for stride in [632, data.first().map_or(0, |&byte| usize::from(byte) * 8)] {
                if let Ok(found) = openbsd::sockets::sockets(data, stride, order) {
                    found.flatten().for_each(|(_, socket)| check(&socket));
                }
            }
        }
    }),
    ("routes_freebsd", |data| {
        for order in ORDERS {
            drain_routes(data, order, &oslens::parse::freebsd::routes::FORMAT);
        }
    }),
    ("routes_macos", |data| {
        for order in ORDERS {
            drain_routes(data, order, &oslens::parse::macos::routes::FORMAT);
        }
    }),
    ("routes_netbsd", |data| {
        for order in ORDERS {
            drain_routes(data, order, &oslens::parse::netbsd::routes::FORMAT);
        }
    }),
    ("routes_openbsd", |data| {
        for order in ORDERS {
            drain_routes(data, order, &oslens::parse::openbsd::routes::FORMAT);
        }
    }),
    ("rtnetlink", |data| {
        _ = rtnetlink::link(data);
        _ = rtnetlink::address(data);
    }),
    ("service_config", |data| {
        // The address that the bytes had, and the bytes.
        use oslens_service::parse::config::{self, Level};
        let Some((base, data)) = data.split_first_chunk() else { return };
        let base = u64::from_le_bytes(*base);
        for layout in LAYOUTS {
            _ = config::config(data, base, layout);
            for level in [
                Level::Description, Level::FailureActions, Level::DelayedStart,
                Level::FailureActionsOnError, Level::SidType, Level::RequiredPrivileges,
                Level::PreshutdownTimeout, Level::Triggers, Level::PreferredNode,
                Level::LaunchProtection,
            ] {
                if let Ok(setting) = config::setting(level, data, base, layout) {
                    assert_eq!(setting.level(), level);
                }
            }
        }
    }),
    ("service_control", |data| {
        // The control and its event, and the data of the event.
        use oslens_service::host::Control;
        let Some((&[control, event, high, ref more @ ..], data)) = data.split_first_chunk::<4>() else { return };
        let event = u32::from(event) | u32::from(high) << 8;
        for event in [event, u32::from(more[0])] {
            if let Some(control) = Control::read(control.into(), event, data) {
                _ = (format!("{control:?}"), control.is_stop());
            }
        }
    }),
    ("service_enumeration", |data| {
        // The number of services, the address that the bytes had, the bytes.
        use oslens_service::parse::enumeration;
        let Some((count, data)) = data.split_first_chunk() else { return };
        let Some((base, data)) = data.split_first_chunk() else { return };
        let (count, base) = (u32::from_le_bytes(*count), u64::from_le_bytes(*base));
        for layout in LAYOUTS {
            for entries in [
                enumeration::services(data, base, count, layout),
                enumeration::dependents(data, base, count, layout),
            ].into_iter().flatten() {
                assert_eq!(entries.len(), count as usize);
            }
        }
    }),
    ("service_status", |data| {
        if let Ok(status) = oslens_service::parse::status::status(data) {
            _ = (status.has_failed(), status.to_string(), status.kind.to_string());
        }
    }),
    ("sock_diag", |data| {
        if let Ok((_, attributes)) = sock_diag::inet(data) {
            _ = sock_diag::tcp_details(attributes);
        }
        _ = sock_diag::unix(data);
        _ = sock_diag::tcp_info(data);
    }),
    ("text", |data| {
        _ = (text::decimal(data), text::signed_decimal(data), text::fraction(data));
        _ = (text::hexadecimal(data), text::octal(data));
        assert!(text::octal_unescaped(data).len() <= data.len());
        text::words(data).for_each(|word| assert!(!word.is_empty()));
        text::lines(data).for_each(|line| _ = text::key_value(line));
        let mut rest = data;
        while text::take_line(&mut rest).is_some() {}
        let mut rest = data;
        while text::take_word(&mut rest).is_some() {}
    }),
    ("windows_bytes", |data| {
        use windows::{bytes, Layout};
        let offset = data.first().map_or(0, |&byte| usize::from(byte));
        for layout in [Layout::Bits32, Layout::Bits64] {
            let inside = offset.saturating_add(layout.pointer()) <= data.len();
            assert_eq!(layout.word(data, offset).is_some(), inside);
        }
        let units: Vec<u16> = bytes::utf16(data).collect();
        assert!(!bytes::until_nul(&units).contains(&0));
    }),
    ("windows_command_line", |data| {
        let line = units(data);
        let arguments = windows::command_line::arguments(&line);
        assert!(arguments.iter().map(Vec::len).sum::<usize>() <= line.len());
    }),
    ("windows_connections", |data| {
        use windows::connections::{tcp4, tcp6, udp4, udp6};
        _ = (tcp4(data).map(Iterator::count), tcp6(data).map(Iterator::count));
        _ = (udp4(data).map(Iterator::count), udp6(data).map(Iterator::count));
    }),
    ("windows_device_path", |data| {
        use windows::device_path::{Drive, file_name, plain, to_dos};
        let path = units(data);
        let drives = [Drive { letter: b'C', target: path.get(..path.len() / 2).unwrap_or_default().to_vec() }];
        assert!(to_dos(&path, &drives).len() <= path.len() + 16);
        assert!(plain(&path).len() <= path.len());
        assert!(file_name(&path).len() <= path.len());
    }),
    ("windows_disk_devices", |data| {
        use windows::disk_devices::{descriptor, performance, seeks, size};
        _ = (performance(data), size(data), seeks(data));
        if let Ok(found) = descriptor(data) {
            assert_ne!(found.model.map(<[u8]>::len), Some(0));
        }
    }),
    ("windows_dos_devices", |data| {
        use windows::dos_devices::{list, physical_drive, readable};
        let units: Vec<u16> =
            data.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
        for text in list(&units) {
            assert!(!text.is_empty() && !text.contains(&0));
            _ = physical_drive(text);
            assert!(readable(text).len() <= text.len() + 2);
        }
    }),
    ("windows_environment", |data| {
        let block = units(data);
        windows::environment::variables(&block).for_each(|(name, _)| assert!(!name.is_empty()));
        if let Some(end) = windows::environment::end(&block) {
            assert!(end <= block.len());
        }
    }),
    ("windows_handle_table", |data| {
        for layout in LAYOUTS {
            if let Ok(handles) = windows::handle_table::of_system(data, layout) {
                assert!(handles.count() <= data.len());
            }
            if let Ok(handles) = windows::handle_table::of_process(data, layout) {
                assert!(handles.count() <= data.len());
            }
        }
    }),
    ("windows_if_table", |data| {
        for row in windows::if_table::rows(data).into_iter().flatten() {
            assert!(row.alias.len() <= 257 && row.physical_address.len() <= 32);
            _ = (row.interface_kind(), row.oper_state(), row.flags(), row.speed_mbps());
        }
    }),
    ("windows_page_files", |data| {
        for layout in [windows::Layout::Bits32, windows::Layout::Bits64] {
            // The address that the first path leads to, as if it were inside.
            let pointer = layout.word(data, layout.of(20, 24)).unwrap_or(0);
            for base in [0, pointer.saturating_sub(32)] {
                let files = windows::page_files::page_files(data, layout, base);
                files.for_each(|file| assert!(file.dos_path().len() <= file.path.len()));
            }
        }
    }),
    ("windows_performance", |data| {
        use windows::performance;
        _ = performance::system_performance(data);
        performance::processor_performance(data).for_each(|one| assert!(one.system() <= one.kernel));
        performance::deferred_calls(data).for_each(drop);
        performance::processor_power(data).for_each(drop);
    }),
    ("windows_power", |data| {
        use windows::power;
        if let Ok(status) = power::power_status(data) {
            assert!(status.percent.is_none_or(|percent| percent <= 100));
        }
        _ = power::battery_state(data);
    }),
    ("windows_process_parameters", |data| {
        use windows::process_parameters::{parameters, parameters_address};
        for layout in LAYOUTS {
            _ = parameters_address(data, layout);
            _ = parameters(data, 0x10000, layout);
        }
    }),
    ("windows_process_table", |data| {
        use windows::process_table::{ThreadRecord, processes};
        for layout in LAYOUTS {
            for record in [ThreadRecord::Plain, ThreadRecord::Extended] {
                for process in processes(data, 0x10000, layout, record).flatten() {
                    assert!(process.name.len() <= data.len());
                    assert!(process.threads().count() <= data.len());
                }
            }
        }
    }),
    ("windows_processors", |data| {
        let most = u32::try_from(data.len() / 8).unwrap_or(u32::MAX);
        assert!(windows::processors::cores(data) <= most);
    }),
    ("windows_sessions", |data| {
        _ = (windows::sessions::logon_time(data), windows::sessions::client_address(data));
    }),
    ("windows_socket_address", |data| {
        use windows::socket_address::{State, broadcast, ip, scope};
        if let Some((ip, _)) = ip(data) {
            _ = scope(&ip);
            let number = data[0].into();
            let state = State { duplicates: number, suffix_origin: number, valid_lifetime: number };
            _ = state.flags(&ip);
            if let std::net::IpAddr::V4(ip) = ip {
                _ = broadcast(ip, data[1]);
            }
        }
    }),
    ("windows_time", |data| {
        if let Some(time) = windows::time::boot_time(data) {
            assert_eq!(windows::time::filetime(time), windows::bytes::u64_at(data, 0));
        }
    }),
    ("windows_working_set", |data| {
        for layout in LAYOUTS {
            if let Ok(pages) = windows::working_set::pages(data, layout) {
                assert!(pages.filter(|page| page.is_unique()).count() <= data.len());
            }
        }
    }),
];

/// The target of this name.
pub fn find(name: &str) -> Option<Target> {
    TARGETS
        .iter()
        .find(|(target, _)| *target == name)
        .map(|(_, run)| *run)
}
