//! Buffers as the system fills them in, and as it never should.

use std::{ffi::OsString, time::Duration};

use oslens_win32::bytes::Layout;

use super::{
    Malformed,
    config::{self, Level, Setting},
    enumeration,
    sample::{self, Writer},
    status,
};
use crate::{
    Accepted, Dependency, ErrorControl, FailureAction, FailureActionKind, FailureActions, Guid,
    Kind, LaunchProtection, PreferredNode, SidType, StartType, State, Status, Trigger,
    TriggerAction, TriggerData, TriggerKind,
};

const BASE: u64 = 0x1_0000;
const BOTH: [Layout; 2] = [Layout::Bits32, Layout::Bits64];

fn running() -> Status {
    Status {
        kind: Kind::SHARED_PROCESS,
        state: State::Running,
        accepted: Accepted::STOP | Accepted::SESSION_CHANGE,
        exit_code: 0,
        service_code: None,
        checkpoint: 0,
        wait_hint: Duration::ZERO,
        pid: Some(4),
        in_system_process: true,
    }
}

fn failed() -> Status {
    Status {
        state: State::StopPending,
        exit_code: 1066,
        service_code: Some(42),
        checkpoint: 7,
        wait_hint: Duration::from_millis(1500),
        pid: None,
        in_system_process: false,
        ..running()
    }
}

#[test]
fn a_listing_has_names_and_states() {
    for layout in BOTH {
        let (running, failed) = (running(), failed());
        let rows = [("a", "Über", &running), ("bee", "B", &failed)];
        let page = sample::table(&rows, true, BASE, layout);
        let found = enumeration::services(&page.bytes, BASE, 2, layout).unwrap();
        assert_eq!(found[0].name, "a");
        assert_eq!(found[0].display_name, "Über");
        assert_eq!(found[0].status, running);
        assert_eq!((&found[1].name, &found[1].status), (&"bee".into(), &failed));
        // That of dependents has no processes.
        let page = sample::table(&rows, false, BASE, layout);
        let found = enumeration::dependents(&page.bytes, BASE, 2, layout).unwrap();
        assert_eq!(found[1].status, failed);
        assert_eq!(
            (found[0].status.pid, found[0].status.state),
            (None, State::Running)
        );
        assert_eq!(enumeration::services(&[], BASE, 0, layout), Ok(Vec::new()));
    }
}

#[test]
fn a_listing_that_is_cut_off_is_malformed_and_nothing_else() {
    for layout in BOTH {
        let status = running();
        let page = sample::table(&[("ab", "cd", &status)], true, BASE, layout);
        for length in 0..page.bytes.len() {
            let cut = &page.bytes[..length];
            assert!(
                enumeration::services(cut, BASE, 1, layout).is_err(),
                "{length}"
            );
        }
        for count in [2, u32::MAX] {
            assert!(enumeration::services(&page.bytes, BASE, count, layout).is_err());
        }
        // Text that is elsewhere is not looked for.
        for base in [0, BASE + 1000, u64::MAX] {
            let elsewhere = enumeration::services(&page.bytes, base, 1, layout);
            assert_eq!(elsewhere, Err(Malformed("a pointer leads elsewhere")));
        }
        let mut nameless = sample::table(&[("ab", "cd", &status)], true, BASE, layout);
        nameless.address(0, 0);
        assert!(enumeration::services(&nameless.bytes, BASE, 1, layout).is_err());
        let mut shown = sample::table(&[("ab", "cd", &status)], true, BASE, layout);
        shown.address(layout.pointer(), 0);
        let found = enumeration::services(&shown.bytes, BASE, 1, layout).unwrap();
        assert_eq!(found[0].display_name, "ab");
    }
}

/// Of a driver that depends on a service and a group.
fn driver(layout: Layout) -> Writer {
    let mut writer = Writer::new(layout.of(36, 64), BASE, layout);
    writer
        .number(0, 1)
        .number(4, 1)
        .number(8, 3)
        .text(layout.of(12, 16), r"\SystemRoot\d.sys")
        .text(layout.of(16, 24), "Base")
        .number(layout.of(20, 32), 9)
        .text(layout.of(24, 40), "one\0+two\0")
        .text(layout.of(28, 48), "")
        .text(layout.of(32, 56), "Driver");
    writer
}

#[test]
fn a_configuration_is_read_whole() {
    for layout in BOTH {
        let writer = driver(layout);
        let config = config::config(&writer.bytes, BASE, layout).unwrap();
        assert_eq!(config.kind, Kind::KERNEL_DRIVER);
        assert_eq!(config.start_type, StartType::System);
        assert_eq!(config.error_control, ErrorControl::Critical);
        assert_eq!(config.command_line, r"\SystemRoot\d.sys");
        assert_eq!(config.group.unwrap(), "Base");
        assert_eq!(config.tag, Some(9));
        assert_eq!(
            config.dependencies,
            [
                Dependency::Service("one".into()),
                Dependency::Group("two".into())
            ]
        );
        assert_eq!(config.account, None);
        assert_eq!(config.display_name, "Driver");
        for length in 0..writer.bytes.len() {
            assert!(config::config(&writer.bytes[..length], BASE, layout).is_err());
        }
        // Nothing but numbers is fine, too.
        let empty = vec![0; layout.of(36, 64)];
        let config = config::config(&empty, BASE, layout).unwrap();
        assert_eq!((config.group, config.tag), (None, None));
        assert!(config.dependencies.is_empty() && config.command_line.is_empty());
    }
}

#[test]
fn small_levels_are_numbers() {
    let read = |level, bytes: &[u8]| config::setting(level, bytes, BASE, Layout::NATIVE);
    for (level, bytes, expected) in [
        (
            Level::DelayedStart,
            [1, 0, 0, 0],
            Setting::DelayedStart(true),
        ),
        (
            Level::FailureActionsOnError,
            [0; 4],
            Setting::FailureActionsOnError(false),
        ),
        (
            Level::SidType,
            [3, 0, 0, 0],
            Setting::SidType(SidType::Restricted),
        ),
        (
            Level::SidType,
            [2, 0, 0, 0],
            Setting::SidType(SidType::Other(2)),
        ),
        (
            Level::PreshutdownTimeout,
            [0xe8, 3, 0, 0],
            Setting::PreshutdownTimeout(Duration::from_secs(1)),
        ),
        (
            Level::PreferredNode,
            [5, 1, 0, 0],
            Setting::PreferredNode(PreferredNode::Node(0x105)),
        ),
        (
            Level::PreferredNode,
            [5, 1, 1, 0],
            Setting::PreferredNode(PreferredNode::Any),
        ),
        (
            Level::LaunchProtection,
            [3, 0, 0, 0],
            Setting::LaunchProtection(LaunchProtection::AntimalwareLight),
        ),
    ] {
        let setting = read(level, &bytes).unwrap();
        assert_eq!(setting, expected);
        assert_eq!(setting.level(), level);
        assert!(read(level, &bytes[..1]).is_err());
    }
}

#[test]
fn texts_are_read_and_none_is_none() {
    for layout in BOTH {
        let mut writer = Writer::new(layout.pointer(), BASE, layout);
        let read = |level, writer: &Writer| config::setting(level, &writer.bytes, BASE, layout);
        let none = Ok(Setting::Description(None));
        assert_eq!(read(Level::Description, &writer), none);
        let none = Ok(Setting::RequiredPrivileges(Vec::new()));
        assert_eq!(read(Level::RequiredPrivileges, &writer), none);
        writer.text(0, "What it does");
        let expected = Setting::Description(Some("What it does".into()));
        assert_eq!(read(Level::Description, &writer), Ok(expected));
        writer.text(0, "one\0two\0");
        let expected = Setting::RequiredPrivileges(vec!["one".into(), "two".into()]);
        assert_eq!(read(Level::RequiredPrivileges, &writer), Ok(expected));
        // Without the second NUL it has no end.
        writer.bytes.truncate(writer.bytes.len() - 2);
        assert!(read(Level::RequiredPrivileges, &writer).is_err());
    }
}

fn failure_actions(layout: Layout) -> Writer {
    let mut writer = Writer::new(layout.of(20, 40), BASE, layout);
    let actions: Vec<u8> = [1_u32, 60_000, 3, 0, 9, 1]
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    writer
        .number(0, 86_400)
        .text(layout.of(4, 8), "")
        .text(layout.of(8, 16), "run me")
        .number(layout.of(12, 24), 3)
        .data(layout.of(16, 32), &actions);
    writer
}

#[test]
fn failure_actions_are_a_table() {
    for layout in BOTH {
        let read = |bytes: &[u8]| config::setting(Level::FailureActions, bytes, BASE, layout);
        let writer = failure_actions(layout);
        let expected = FailureActions {
            reset_after: Some(Duration::from_secs(86_400)),
            reboot_message: None,
            command: Some("run me".into()),
            actions: vec![
                FailureAction::restart(Duration::from_secs(60)),
                FailureAction::run_command(Duration::ZERO),
                FailureAction {
                    kind: FailureActionKind::Other(9),
                    delay: Duration::from_millis(1),
                },
            ],
        };
        assert_eq!(read(&writer.bytes), Ok(Setting::FailureActions(expected)));
        for length in 0..writer.bytes.len() {
            assert!(read(&writer.bytes[..length]).is_err());
        }
        let mut more = failure_actions(layout);
        more.number(layout.of(12, 24), u32::MAX);
        assert!(read(&more.bytes).is_err());
        // Never is no number, and no table is no actions.
        let mut none = failure_actions(layout);
        none.number(0, u32::MAX).address(layout.of(16, 32), 0);
        let Ok(Setting::FailureActions(none)) = read(&none.bytes) else {
            panic!("{none:?}");
        };
        assert_eq!(none.reset_after, None);
        assert!(none.actions.is_empty());
    }
}

/// Two triggers, the first with three data.
fn triggers(layout: Layout) -> Writer {
    let mut writer = Writer::new(layout.of(12, 24), BASE, layout);
    let (size, item) = (layout.of(20, 32), layout.of(12, 16));
    writer.number(0, 2);
    let table = writer.bytes.len();
    writer.data(layout.pointer(), &vec![0; 2 * size]);
    writer.number(table, 20).number(table + 4, 1);
    // {00112233-4455-6677-8899-aabbccddeeff} in memory.
    let subtype = [
        0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee,
        0xff,
    ];
    writer.data(table + 8, &subtype);
    writer.number(table + layout.of(12, 16), 4);
    let items = writer.bytes.len();
    writer.data(table + layout.of(16, 24), &vec![0; 4 * item]);
    let texts: Vec<u8> = "a\0b\0\0"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let data: [(u32, &[u8]); 4] = [
        (1, &[1, 2, 3]),
        (2, &texts),
        (3, &[4]),
        (5, &[0, 0, 0, 0, 0, 0, 0, 0x80]),
    ];
    for (index, (kind, data)) in data.iter().enumerate() {
        let at = items + index * item;
        writer
            .number(at, *kind)
            .number(at + 4, data.len() as u32)
            .data(at + 8, data);
    }
    let second = table + size;
    writer
        .number(second, 3)
        .number(second + 4, 2)
        .data(second + 8, &subtype);
    writer
}

#[test]
fn triggers_are_tables_of_tables() {
    for layout in BOTH {
        let read = |bytes: &[u8]| config::setting(Level::Triggers, bytes, BASE, layout);
        let writer = triggers(layout);
        let subtype = Guid::from_u128(0x00112233_4455_6677_8899_aabbccddeeff);
        let mut first = Trigger::new(TriggerKind::Event, subtype, TriggerAction::Start);
        let texts: Vec<OsString> = vec!["a".into(), "b".into()];
        first.data = vec![
            TriggerData::Binary(vec![1, 2, 3]),
            TriggerData::Text(texts),
            TriggerData::Level(4),
            TriggerData::AllKeywords(1 << 63),
        ];
        let second = Trigger::new(TriggerKind::Domain, subtype, TriggerAction::Stop);
        let expected = Setting::Triggers(vec![first, second]);
        assert_eq!(read(&writer.bytes), Ok(expected));
        for length in 0..writer.bytes.len() {
            assert!(read(&writer.bytes[..length]).is_err(), "{length}");
        }
        let none = vec![0; layout.of(12, 24)];
        assert_eq!(read(&none), Ok(Setting::Triggers(Vec::new())));
        let mut many = triggers(layout);
        many.number(0, u32::MAX);
        assert!(read(&many.bytes).is_err());
    }
}

#[test]
fn a_status_is_nine_numbers() {
    let failed = failed();
    let page = sample::table(&[("", "", &failed)], true, 0, Layout::Bits64);
    assert_eq!(status::status(&page.bytes[16..]), Ok(failed));
    assert!(status::status(&page.bytes[16..51]).is_err());
}
