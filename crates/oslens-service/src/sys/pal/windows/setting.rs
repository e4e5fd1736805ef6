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
        .map(|trigger| GUID::from_u128(trigger.subtype.as_u128()))
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
