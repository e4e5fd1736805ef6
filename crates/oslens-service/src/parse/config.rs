//! `QUERY_SERVICE_CONFIGW`, and the structure of each further level.

use std::{ffi::OsString, time::Duration};

use oslens_win32::bytes::{self, Layout};

use super::{Malformed, memory::Memory};
use crate::{
    Config, Dependency, ErrorControl, FailureAction, FailureActionKind, FailureActions, Guid, Kind,
    LaunchProtection, PreferredNode, SidType, StartType, Trigger, TriggerAction, TriggerData,
    TriggerKind, text,
};

/// `SC_GROUP_IDENTIFIER`: before the names of groups in a list of names.
pub(crate) const GROUP: u16 = b'+' as u16;
/// `INFINITE`
pub(crate) const NEVER: u32 = u32::MAX;

/// One of the further levels of configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Level {
    /// What the service does.
    Description = 1,
    /// What is done when it fails.
    FailureActions = 2,
    /// Whether it starts later.
    DelayedStart = 3,
    /// Whether an error is a failure.
    FailureActionsOnError = 4,
    /// Its identity.
    SidType = 5,
    /// Its privileges.
    RequiredPrivileges = 6,
    /// Its time before a shutdown.
    PreshutdownTimeout = 7,
    /// What starts and stops it.
    Triggers = 8,
    /// Where it runs.
    PreferredNode = 9,
    /// How it is protected.
    LaunchProtection = 12,
}

/// What one of them is.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// What the service does; `None`: there is none.
    Description(Option<OsString>),
    /// What is done when it fails.
    FailureActions(FailureActions),
    /// Whether it starts later.
    DelayedStart(bool),
    /// Whether an error is a failure.
    FailureActionsOnError(bool),
    /// Its identity.
    SidType(SidType),
    /// Its privileges.
    RequiredPrivileges(Vec<OsString>),
    /// Its time before a shutdown.
    PreshutdownTimeout(Duration),
    /// What starts and stops it.
    Triggers(Vec<Trigger>),
    /// Where it runs.
    PreferredNode(PreferredNode),
    /// How it is protected.
    LaunchProtection(LaunchProtection),
}

impl Setting {
    /// Its level.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::Description(_) => Level::Description,
            Self::FailureActions(_) => Level::FailureActions,
            Self::DelayedStart(_) => Level::DelayedStart,
            Self::FailureActionsOnError(_) => Level::FailureActionsOnError,
            Self::SidType(_) => Level::SidType,
            Self::RequiredPrivileges(_) => Level::RequiredPrivileges,
            Self::PreshutdownTimeout(_) => Level::PreshutdownTimeout,
            Self::Triggers(_) => Level::Triggers,
            Self::PreferredNode(_) => Level::PreferredNode,
            Self::LaunchProtection(_) => Level::LaunchProtection,
        }
    }
}

/// What `QueryServiceConfigW` fills in.
///
/// # Errors
///
/// What is cut off, or leads elsewhere.
pub fn config(data: &[u8], base: u64, layout: Layout) -> Result<Config, Malformed> {
    let memory = Memory::new(data, base, layout);
    let tag = memory.number(layout.of(20, 32))?;
    let dependencies = memory.texts(layout.of(24, 40))?;
    Ok(Config {
        kind: Kind::from_bits_retain(memory.number(0)?),
        start_type: StartType::from_raw(memory.number(4)?),
        error_control: ErrorControl::from_raw(memory.number(8)?),
        command_line: memory.text(layout.of(12, 16))?.unwrap_or_default(),
        group: memory.some_text(layout.of(16, 24))?,
        tag: (tag != 0).then_some(tag),
        dependencies: dependencies.into_iter().map(dependency).collect(),
        account: memory.some_text(layout.of(28, 48))?,
        display_name: memory.text(layout.of(32, 56))?.unwrap_or_default(),
    })
}

fn dependency(name: OsString) -> Dependency {
    match text::units(&name).split_first() {
        Some((&GROUP, group)) => Dependency::Group(text::from_units(group)),
        _ => Dependency::Service(name),
    }
}

/// What `QueryServiceConfig2W` fills in for this level.
///
/// # Errors
///
/// What is cut off, or leads elsewhere.
pub fn setting(level: Level, data: &[u8], base: u64, layout: Layout) -> Result<Setting, Malformed> {
    let memory = Memory::new(data, base, layout);
    let number = || memory.number(0);
    Ok(match level {
        Level::Description => Setting::Description(memory.some_text(0)?),
        Level::FailureActions => Setting::FailureActions(failure_actions(memory)?),
        Level::DelayedStart => Setting::DelayedStart(number()? != 0),
        Level::FailureActionsOnError => Setting::FailureActionsOnError(number()? != 0),
        Level::SidType => Setting::SidType(SidType::from_raw(number()?)),
        Level::RequiredPrivileges => Setting::RequiredPrivileges(memory.texts(0)?),
        Level::PreshutdownTimeout => {
            Setting::PreshutdownTimeout(Duration::from_millis(number()?.into()))
        }
        Level::Triggers => Setting::Triggers(triggers(memory)?),
        Level::PreferredNode => Setting::PreferredNode(match memory.byte(2)? {
            0 => PreferredNode::Node(memory.short(0)?),
            _ => PreferredNode::Any,
        }),
        Level::LaunchProtection => Setting::LaunchProtection(LaunchProtection::from_raw(number()?)),
    })
}

fn failure_actions(memory: Memory<'_>) -> Result<FailureActions, Malformed> {
    const SIZE: usize = 8;
    let layout = memory.layout;
    let reset = memory.number(0)?;
    let count = memory.number(layout.of(12, 24))?;
    let table = memory.target(layout.of(16, 32))?;
    let mut actions = Vec::new();
    // Without a table the count means nothing.
    if let Some(table) = table {
        for index in 0..count {
            let at = memory.element(table, index, SIZE)?;
            actions.push(FailureAction {
                kind: FailureActionKind::from_raw(memory.number(at)?),
                delay: Duration::from_millis(memory.number(at + 4)?.into()),
            });
        }
    }
    Ok(FailureActions {
        reset_after: (reset != NEVER).then(|| Duration::from_secs(reset.into())),
        reboot_message: memory.some_text(layout.of(4, 8))?,
        command: memory.some_text(layout.of(8, 16))?,
        actions,
    })
}

fn triggers(memory: Memory<'_>) -> Result<Vec<Trigger>, Malformed> {
    let layout = memory.layout;
    let count = memory.number(0)?;
    let mut found = Vec::new();
    let Some(table) = memory.target(layout.pointer())? else {
        return Ok(found);
    };
    for index in 0..count {
        let at = memory.element(table, index, layout.of(20, 32))?;
        let subtype = memory
            .target(at + 8)?
            .ok_or(Malformed("a trigger has no subtype"))?;
        let subtype = bytes::array_at(memory.slice(subtype, 16)?, 0)
            .ok_or(Malformed("a subtype is cut off"))?;
        found.push(Trigger {
            kind: TriggerKind::from_raw(memory.number(at)?),
            action: TriggerAction::from_raw(memory.number(at + 4)?),
            subtype: Guid::from_bytes(subtype),
            data: trigger_data(memory, at)?,
        });
    }
    Ok(found)
}

fn trigger_data(memory: Memory<'_>, trigger: usize) -> Result<Vec<TriggerData>, Malformed> {
    let layout = memory.layout;
    let count = memory.number(trigger + layout.of(12, 16))?;
    let mut found = Vec::new();
    let Some(table) = memory.target(trigger + layout.of(16, 24))? else {
        return Ok(found);
    };
    for index in 0..count {
        let at = memory.element(table, index, layout.of(12, 16))?;
        let length = memory.number(at + 4)?;
        let data = match memory.target(at + 8)? {
            Some(data) => memory.slice(data, usize::try_from(length).unwrap_or(usize::MAX))?,
            None => &[],
        };
        found.push(trigger_datum(memory.number(at)?, data));
    }
    Ok(found)
}

fn trigger_datum(kind: u32, data: &[u8]) -> TriggerData {
    let other = || TriggerData::Other(kind, data.to_vec());
    match kind {
        1 => TriggerData::Binary(data.to_vec()),
        2 => {
            let units: Vec<u16> = bytes::utf16(data).collect();
            let texts = units.split(|&unit| unit == 0);
            let texts = texts.filter(|text| !text.is_empty()).map(text::from_units);
            TriggerData::Text(texts.collect())
        }
        3 => bytes::u8_at(data, 0).map_or_else(other, TriggerData::Level),
        4 => bytes::u64_at(data, 0).map_or_else(other, TriggerData::AnyKeyword),
        5 => bytes::u64_at(data, 0).map_or_else(other, TriggerData::AllKeywords),
        _ => other(),
    }
}
