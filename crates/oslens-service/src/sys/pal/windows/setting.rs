//! The structures of the levels of configuration, to be written.

use std::{ffi::c_void, ptr, time::Duration};

use oslens_win32::wide;
use windows_sys::{
    Win32::System::Services::{
        SC_ACTION, SERVICE_DELAYED_AUTO_START_INFO, SERVICE_DESCRIPTIONW,
        SERVICE_FAILURE_ACTIONS_FLAG, SERVICE_FAILURE_ACTIONSW, SERVICE_LAUNCH_PROTECTED_INFO,
        SERVICE_PREFERRED_NODE_INFO, SERVICE_PRESHUTDOWN_INFO, SERVICE_REQUIRED_PRIVILEGES_INFOW,
        SERVICE_SID_INFO, SERVICE_TRIGGER, SERVICE_TRIGGER_INFO,
        SERVICE_TRIGGER_SPECIFIC_DATA_ITEM,
    },
    core::GUID,
};

use crate::{
    Error, ErrorKind, FailureActions, PreferredNode, Result, Trigger, TriggerData,
    parse::config::{NEVER, Setting},
};

/// Calls `with` with the address of the structure of this setting, which
/// lives, with all that it leads to, until `with` returns.
pub(super) fn with_structure(
    setting: &Setting,
    with: impl FnOnce(*const c_void) -> Result<()>,
) -> Result<()> {
    match setting {
        Setting::Description(text) => {
            // An empty text deletes it; null would leave it as it is.
            let mut text = wide::with_nul(text.as_deref().unwrap_or_default())?;
            let info = SERVICE_DESCRIPTIONW {
                lpDescription: text.as_mut_ptr(),
            };
            with((&raw const info).cast())
        }
        Setting::FailureActions(actions) => failure_actions(actions, with),
        Setting::DelayedStart(delayed) => {
            let info = SERVICE_DELAYED_AUTO_START_INFO {
                fDelayedAutostart: (*delayed).into(),
            };
            with((&raw const info).cast())
        }
        Setting::FailureActionsOnError(on_error) => {
            let info = SERVICE_FAILURE_ACTIONS_FLAG {
                fFailureActionsOnNonCrashFailures: (*on_error).into(),
            };
            with((&raw const info).cast())
        }
        Setting::SidType(sid_type) => {
            let info = SERVICE_SID_INFO {
                dwServiceSidType: sid_type.raw(),
            };
            with((&raw const info).cast())
        }
        Setting::RequiredPrivileges(privileges) => {
            let mut list = wide::list(privileges)?;
            let info = SERVICE_REQUIRED_PRIVILEGES_INFOW {
                pmszRequiredPrivileges: list.as_mut_ptr(),
            };
            with((&raw const info).cast())
        }
        Setting::PreshutdownTimeout(timeout) => {
            let info = SERVICE_PRESHUTDOWN_INFO {
                dwPreshutdownTimeout: milliseconds(*timeout)?,
            };
            with((&raw const info).cast())
        }
        Setting::Triggers(triggers) => write_triggers(triggers, with),
        Setting::PreferredNode(node) => {
            let (number, delete) = match node {
                PreferredNode::Any => (0, true),
                PreferredNode::Node(number) => (*number, false),
            };
            let info = SERVICE_PREFERRED_NODE_INFO {
                usPreferredNode: number,
                fDelete: delete,
            };
            with((&raw const info).cast())
        }
        Setting::LaunchProtection(protection) => {
            let info = SERVICE_LAUNCH_PROTECTED_INFO {
                dwLaunchProtected: protection.raw(),
            };
            with((&raw const info).cast())
        }
    }
}

fn failure_actions(
    actions: &FailureActions,
    with: impl FnOnce(*const c_void) -> Result<()>,
) -> Result<()> {
    let mut message = wide::with_nul(actions.reboot_message.as_deref().unwrap_or_default())?;
    let mut command = wide::with_nul(actions.command.as_deref().unwrap_or_default())?;
    let mut table = Vec::with_capacity(actions.actions.len().max(1));
    for action in &actions.actions {
        table.push(SC_ACTION {
            Type: action.kind.raw() as i32,
            Delay: milliseconds(action.delay)?,
        });
    }
    let count = count(table.len())?;
    let info = SERVICE_FAILURE_ACTIONSW {
        dwResetPeriod: match actions.reset_after {
            Some(time) => u32::try_from(time.as_secs())
                .ok()
                .filter(|&seconds| seconds != NEVER)
                .ok_or_else(|| too_long(time))?,
            None => NEVER,
        },
        lpRebootMsg: message.as_mut_ptr(),
        lpCommand: command.as_mut_ptr(),
        cActions: count,
        // Never null, so that no actions means none, not what was there.
        lpsaActions: table.as_mut_ptr(),
    };
    with((&raw const info).cast())
}

fn write_triggers(
    triggers: &[Trigger],
    with: impl FnOnce(*const c_void) -> Result<()>,
) -> Result<()> {
    // From the inside out: what has been pointed to may not move any more.
    let mut subtypes: Vec<GUID> = triggers
        .iter()
        .map(|trigger| GUID::from_u128(trigger.subtype.to_u128()))
        .collect();
    let mut data: Vec<Vec<(u32, Vec<u8>)>> = Vec::new();
    for trigger in triggers {
        data.push(trigger.data.iter().map(bytes_of).collect::<Result<_>>()?);
    }
    let mut items: Vec<Vec<SERVICE_TRIGGER_SPECIFIC_DATA_ITEM>> = Vec::new();
    for data in &mut data {
        let mut row = Vec::new();
        for (kind, bytes) in data {
            row.push(SERVICE_TRIGGER_SPECIFIC_DATA_ITEM {
                dwDataType: *kind,
                cbData: count(bytes.len())?,
                pData: bytes.as_mut_ptr(),
            });
        }
        items.push(row);
    }
    let mut table = Vec::new();
    for ((trigger, subtype), row) in triggers.iter().zip(&mut subtypes).zip(&mut items) {
        table.push(SERVICE_TRIGGER {
            dwTriggerType: trigger.kind.raw(),
            dwAction: trigger.action.raw(),
            pTriggerSubtype: ptr::from_mut(subtype),
            cDataItems: count(row.len())?,
            pDataItems: if row.is_empty() {
                ptr::null_mut()
            } else {
                row.as_mut_ptr()
            },
        });
    }
    let info = SERVICE_TRIGGER_INFO {
        cTriggers: count(table.len())?,
        pTriggers: if table.is_empty() {
            ptr::null_mut()
        } else {
            table.as_mut_ptr()
        },
        pReserved: ptr::null_mut(),
    };
    with((&raw const info).cast())
}

/// Kind and bytes of what narrows a trigger down.
fn bytes_of(data: &TriggerData) -> Result<(u32, Vec<u8>)> {
    Ok(match data {
        TriggerData::Binary(bytes) => (1, bytes.clone()),
        TriggerData::Text(texts) => {
            let mut units = Vec::new();
            for text in texts {
                units.extend(wide::with_nul(text)?);
            }
            // One text is a text, several are a list, which ends with an empty
            // one.
            if texts.len() != 1 {
                units.push(0);
            }
            (2, units.into_iter().flat_map(u16::to_le_bytes).collect())
        }
        TriggerData::Level(level) => (3, vec![*level]),
        TriggerData::AnyKeyword(keywords) => (4, keywords.to_le_bytes().to_vec()),
        TriggerData::AllKeywords(keywords) => (5, keywords.to_le_bytes().to_vec()),
        TriggerData::Other(kind, bytes) => (*kind, bytes.clone()),
    })
}

fn count(length: usize) -> Result<u32> {
    u32::try_from(length)
        .map_err(|_| Error::message(ErrorKind::InvalidInput, "more than 4 GiB of configuration"))
}

fn milliseconds(time: Duration) -> Result<u32> {
    u32::try_from(time.as_millis()).map_err(|_| too_long(time))
}

#[cold]
fn too_long(time: Duration) -> Error {
    Error::message(
        ErrorKind::InvalidInput,
        format!("{time:?} is longer than the system counts"),
    )
}

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use oslens_win32::bytes::Layout;
    use windows_sys::Win32::System::Services::{
        DOMAIN_JOIN_GUID, DOMAIN_LEAVE_GUID, ENUM_SERVICE_STATUS_PROCESSW, ENUM_SERVICE_STATUSW,
        FIREWALL_PORT_CLOSE_GUID, FIREWALL_PORT_OPEN_GUID, MACHINE_POLICY_PRESENT_GUID,
        NAMED_PIPE_EVENT_GUID, NETWORK_MANAGER_FIRST_IP_ADDRESS_ARRIVAL_GUID,
        NETWORK_MANAGER_LAST_IP_ADDRESS_REMOVAL_GUID, QUERY_SERVICE_CONFIGW,
        RPC_INTERFACE_EVENT_GUID, SERVICE_STATUS, SERVICE_STATUS_PROCESS, USER_POLICY_PRESENT_GUID,
    };

    use super::*;
    use crate::{FailureAction, Guid, TriggerAction, parse};

    /// Wine has neither failure actions nor triggers: the offsets that the
    /// parsers rely on are those of Microsoft's declarations.
    #[test]
    fn structures_are_laid_out_as_they_are_read() {
        let of = |bits32, bits64| Layout::NATIVE.of(bits32, bits64);
        assert_eq!(size_of::<SERVICE_STATUS>(), parse::status::STATUS);
        assert_eq!(
            size_of::<SERVICE_STATUS_PROCESS>(),
            parse::status::STATUS_PROCESS
        );
        assert_eq!(size_of::<ENUM_SERVICE_STATUS_PROCESSW>(), of(44, 56));
        assert_eq!(size_of::<ENUM_SERVICE_STATUSW>(), of(36, 48));
        type Config = QUERY_SERVICE_CONFIGW;
        assert_eq!(size_of::<Config>(), of(36, 64));
        assert_eq!(offset_of!(Config, lpBinaryPathName), of(12, 16));
        assert_eq!(offset_of!(Config, lpLoadOrderGroup), of(16, 24));
        assert_eq!(offset_of!(Config, dwTagId), of(20, 32));
        assert_eq!(offset_of!(Config, lpDependencies), of(24, 40));
        assert_eq!(offset_of!(Config, lpServiceStartName), of(28, 48));
        assert_eq!(offset_of!(Config, lpDisplayName), of(32, 56));
        type Failure = SERVICE_FAILURE_ACTIONSW;
        assert_eq!(offset_of!(Failure, lpRebootMsg), of(4, 8));
        assert_eq!(offset_of!(Failure, lpCommand), of(8, 16));
        assert_eq!(offset_of!(Failure, cActions), of(12, 24));
        assert_eq!(offset_of!(Failure, lpsaActions), of(16, 32));
        assert_eq!(size_of::<SC_ACTION>(), 8);
        assert_eq!(
            offset_of!(SERVICE_TRIGGER_INFO, pTriggers),
            size_of::<usize>()
        );
        assert_eq!(size_of::<SERVICE_TRIGGER>(), of(20, 32));
        assert_eq!(offset_of!(SERVICE_TRIGGER, pTriggerSubtype), 8);
        assert_eq!(offset_of!(SERVICE_TRIGGER, cDataItems), of(12, 16));
        assert_eq!(offset_of!(SERVICE_TRIGGER, pDataItems), of(16, 24));
        type Item = SERVICE_TRIGGER_SPECIFIC_DATA_ITEM;
        assert_eq!(size_of::<Item>(), of(12, 16));
        assert_eq!(offset_of!(Item, cbData), 4);
        assert_eq!(offset_of!(Item, pData), 8);
        assert_eq!(offset_of!(SERVICE_PREFERRED_NODE_INFO, fDelete), 2);
    }

    #[test]
    fn events_have_the_systems_guids() {
        for (ours, theirs) in [
            (
                Trigger::FIRST_IP_ADDRESS,
                NETWORK_MANAGER_FIRST_IP_ADDRESS_ARRIVAL_GUID,
            ),
            (
                Trigger::LAST_IP_ADDRESS,
                NETWORK_MANAGER_LAST_IP_ADDRESS_REMOVAL_GUID,
            ),
            (Trigger::DOMAIN_JOIN, DOMAIN_JOIN_GUID),
            (Trigger::DOMAIN_LEAVE, DOMAIN_LEAVE_GUID),
            (Trigger::FIREWALL_OPEN, FIREWALL_PORT_OPEN_GUID),
            (Trigger::FIREWALL_CLOSE, FIREWALL_PORT_CLOSE_GUID),
            (Trigger::MACHINE_POLICY, MACHINE_POLICY_PRESENT_GUID),
            (Trigger::USER_POLICY, USER_POLICY_PRESENT_GUID),
            (Trigger::RPC_INTERFACE, RPC_INTERFACE_EVENT_GUID),
            (Trigger::NAMED_PIPE, NAMED_PIPE_EVENT_GUID),
        ] {
            let mut memory = [0; 16];
            memory[..4].copy_from_slice(&theirs.data1.to_le_bytes());
            memory[4..6].copy_from_slice(&theirs.data2.to_le_bytes());
            memory[6..8].copy_from_slice(&theirs.data3.to_le_bytes());
            memory[8..].copy_from_slice(&theirs.data4);
            assert_eq!(Guid::from_bytes(memory), ours);
        }
    }

    #[test]
    fn failure_actions_are_written_with_all_that_they_lead_to() {
        let mut actions = FailureActions {
            reset_after: Some(Duration::from_secs(60)),
            reboot_message: None,
            command: Some("run me".into()),
            actions: vec![
                FailureAction::restart(Duration::from_secs(1)),
                FailureAction::NONE,
            ],
        };
        with_structure(&Setting::FailureActions(actions.clone()), |info| {
            // SAFETY: the structure of this level, alive until this returns.
            let info = unsafe { &*info.cast::<SERVICE_FAILURE_ACTIONSW>() };
            assert_eq!((info.dwResetPeriod, info.cActions), (60, 2));
            // SAFETY: texts that end with NUL, alive until this returns.
            let texts = unsafe {
                [
                    wide::text_at(info.lpRebootMsg),
                    wide::text_at(info.lpCommand),
                ]
            };
            // An empty one, which takes away what was there.
            assert_eq!(texts, [Some("".into()), Some("run me".into())]);
            // SAFETY: a table of so many, alive until this returns.
            let table = unsafe { std::slice::from_raw_parts(info.lpsaActions, 2) };
            let numbers: Vec<_> = table.iter().map(|row| (row.Type, row.Delay)).collect();
            assert_eq!(numbers, [(1, 1000), (0, 0)]);
            Ok(())
        })
        .unwrap();
        actions.actions.clear();
        actions.reset_after = None;
        with_structure(&Setting::FailureActions(actions.clone()), |info| {
            // SAFETY: as above.
            let info = unsafe { &*info.cast::<SERVICE_FAILURE_ACTIONSW>() };
            assert_eq!((info.dwResetPeriod, info.cActions), (NEVER, 0));
            assert!(!info.lpsaActions.is_null());
            Ok(())
        })
        .unwrap();
        for seconds in [u64::from(NEVER), u64::MAX] {
            actions.reset_after = Some(Duration::from_secs(seconds));
            let setting = Setting::FailureActions(actions.clone());
            let error = with_structure(&setting, |_| Ok(())).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
        }
    }

    #[test]
    fn triggers_are_written_with_all_that_they_lead_to() {
        let mut pipe = Trigger::named_pipe("p");
        pipe.data
            .push(TriggerData::Text(vec!["a".into(), "b".into()]));
        pipe.data.push(TriggerData::Level(4));
        let plain = Trigger::domain_join(TriggerAction::Stop);
        with_structure(&Setting::Triggers(vec![pipe, plain]), |info| {
            // SAFETY: the structure of this level, alive until this returns,
            // with all that it leads to.
            unsafe {
                let info = &*info.cast::<SERVICE_TRIGGER_INFO>();
                assert_eq!(info.cTriggers, 2);
                let table = std::slice::from_raw_parts(info.pTriggers, 2);
                assert_eq!((table[0].dwTriggerType, table[0].dwAction), (6, 1));
                assert_eq!((table[1].dwTriggerType, table[1].dwAction), (3, 2));
                assert_eq!((*table[0].pTriggerSubtype).data1, 0x1f81_d131);
                assert_eq!((*table[1].pTriggerSubtype).data1, 0x1ce2_0aba);
                assert!(table[1].pDataItems.is_null());
                let items = std::slice::from_raw_parts(table[0].pDataItems, 3);
                let data: Vec<(u32, &[u8])> = items
                    .iter()
                    .map(|item| {
                        let length = item.cbData as usize;
                        let bytes = std::slice::from_raw_parts(item.pData, length);
                        (item.dwDataType, bytes)
                    })
                    .collect();
                let list = [b'a', 0, 0, 0, b'b', 0, 0, 0, 0, 0];
                let expected: [(u32, &[u8]); 3] = [(2, &[b'p', 0, 0, 0]), (2, &list), (3, &[4])];
                assert_eq!(data, expected);
            }
            Ok(())
        })
        .unwrap();
    }
}
