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

use oslens::parse::{kinfo, layout, linux, netlink, rtnetlink, sock_diag, text, windows};

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

/// All targets by name.
#[rustfmt::skip]
pub const TARGETS: &[(&str, Target)] = &[
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
    ("netlink", |data| {
        for message in netlink::messages(data).flatten() {
            assert!(message.error() >= 0);
            netlink::attributes(message.payload).for_each(|(_, value)| _ = netlink::string(value));
        }
    }),
    ("rtnetlink", |data| {
        _ = rtnetlink::link(data);
        _ = rtnetlink::address(data);
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
