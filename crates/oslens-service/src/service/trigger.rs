//! What starts and stops a service without being asked by anybody.

use std::ffi::OsString;

use crate::{Guid, numbered::numbered};

/// An event that starts or stops a service.
///
/// ```
/// use oslens_service::{Trigger, TriggerAction};
///
/// let trigger = Trigger::first_ip_address(TriggerAction::Start);
/// assert_eq!(trigger.subtype, Trigger::FIRST_IP_ADDRESS);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Trigger {
    /// What kind of event.
    pub kind: TriggerKind,
    /// What it does.
    pub action: TriggerAction,
    /// Which event of that kind: for devices the class of their interface,
    /// for events of a provider that provider, else one of the constants.
    pub subtype: Guid,
    /// What narrows the event down.
    pub data: Vec<TriggerData>,
}

numbered! {
    /// The kinds of events that start and stop services.
    pub enum TriggerKind {
        /// A device of some class is there.
        DeviceArrival = 1, "device_arrival";
        /// The machine has its first address, or has lost its last one.
        IpAddress = 2, "ip_address";
        /// The machine joined a domain, or left it.
        Domain = 3, "domain";
        /// A port of the firewall was opened or closed.
        FirewallPort = 4, "firewall_port";
        /// Policies of the machine or of a user changed.
        GroupPolicy = 5, "group_policy";
        /// Something was sent to an RPC interface or a named pipe.
        NetworkEndpoint = 6, "network_endpoint";
        /// A state of the system changed that has no name.
        SystemState = 7, "system_state";
        /// A provider wrote an event.
        Event = 20, "event";
        /// Several of them.
        Aggregate = 30, "aggregate";
    }
}

numbered! {
    /// What an event does to a service.
    pub enum TriggerAction {
        /// Starts it.
        Start = 1, "start";
        /// Stops it.
        Stop = 2, "stop";
    }
}

/// What narrows an event down.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum TriggerData {
    /// Bytes.
    Binary(Vec<u8>),
    /// Texts: hardware ids, the name of a pipe, or port, protocol, program and
    /// service.
    Text(Vec<OsString>),
    /// The level of events, at most.
    Level(u8),
    /// Events with any of these keywords.
    AnyKeyword(u64),
    /// Events with all of these keywords.
    AllKeywords(u64),
    /// Of a kind that has no name here.
    Other(u32, Vec<u8>),
}

impl Trigger {
    /// The machine has its first address.
    pub const FIRST_IP_ADDRESS: Guid = Guid::from_u128(0x4f27f2de_14e2_430b_a549_7cd48cbc8245);
    /// The machine has lost its last address.
    pub const LAST_IP_ADDRESS: Guid = Guid::from_u128(0xcc4ba62a_162e_4648_847a_b6bdf993e335);
    /// The machine joined a domain.
    pub const DOMAIN_JOIN: Guid = Guid::from_u128(0x1ce20aba_9851_4421_9430_1ddeb766e809);
    /// The machine left its domain.
    pub const DOMAIN_LEAVE: Guid = Guid::from_u128(0xddaf516e_58c2_4866_9574_c3b615d42ea1);
    /// A port of the firewall was opened.
    pub const FIREWALL_OPEN: Guid = Guid::from_u128(0xb7569e07_8421_4ee0_ad10_86915afdad09);
    /// A port of the firewall was closed, a minute after.
    pub const FIREWALL_CLOSE: Guid = Guid::from_u128(0xa144ed38_8e12_4de4_9d96_e64740b1a524);
    /// Policies of the machine changed.
    pub const MACHINE_POLICY: Guid = Guid::from_u128(0x659fcae6_5bdb_4da9_b1ff_ca2a178d46e0);
    /// Policies of a user changed.
    pub const USER_POLICY: Guid = Guid::from_u128(0x54fb46c8_f089_464c_b1fd_59d1b62c3b50);
    /// Something was sent to an RPC interface.
    pub const RPC_INTERFACE: Guid = Guid::from_u128(0xbc90d167_9470_4139_a9ba_be0bbbf5b74d);
    /// Something was written to a named pipe.
    pub const NAMED_PIPE: Guid = Guid::from_u128(0x1f81d131_3fac_4537_9e0c_7e7b0c2f4b55);

    /// A trigger that nothing narrows down.
    #[must_use]
    pub const fn new(kind: TriggerKind, subtype: Guid, action: TriggerAction) -> Self {
        Self {
            kind,
            action,
            subtype,
            data: Vec::new(),
        }
    }

    /// When the machine has its first address.
    #[must_use]
    pub const fn first_ip_address(action: TriggerAction) -> Self {
        Self::new(TriggerKind::IpAddress, Self::FIRST_IP_ADDRESS, action)
    }

    /// When the machine has lost its last address.
    #[must_use]
    pub const fn last_ip_address(action: TriggerAction) -> Self {
        Self::new(TriggerKind::IpAddress, Self::LAST_IP_ADDRESS, action)
    }

    /// When the machine joined a domain.
    #[must_use]
    pub const fn domain_join(action: TriggerAction) -> Self {
        Self::new(TriggerKind::Domain, Self::DOMAIN_JOIN, action)
    }

    /// When the machine left its domain.
    #[must_use]
    pub const fn domain_leave(action: TriggerAction) -> Self {
        Self::new(TriggerKind::Domain, Self::DOMAIN_LEAVE, action)
    }

    /// When a device with an interface of this class is there, or one of
    /// these hardware ids where some are given.
    #[must_use]
    pub fn device(class: Guid, hardware_ids: Vec<OsString>, action: TriggerAction) -> Self {
        let mut trigger = Self::new(TriggerKind::DeviceArrival, class, action);
        if !hardware_ids.is_empty() {
            trigger.data.push(TriggerData::Text(hardware_ids));
        }
        trigger
    }

    /// When something is written to the named pipe with this name, without
    /// `\\.\pipe\`; starts the service.
    #[must_use]
    pub fn named_pipe(name: impl Into<OsString>) -> Self {
        let mut trigger = Self::new(
            TriggerKind::NetworkEndpoint,
            Self::NAMED_PIPE,
            TriggerAction::Start,
        );
        trigger.data.push(TriggerData::Text(vec![name.into()]));
        trigger
    }
}
