//! The table of `GetIfTable2`: interfaces, their links and their counters.

use super::bytes::{u32_at, u64_at, until_nul, utf16};
use crate::{
    net::{InterfaceFlags, InterfaceKind, IoCounters, OperState},
    parse::Malformed,
};

/// Size of a `MIB_IF_ROW2`, on all processors.
pub const ROW_SIZE: usize = 1352;
/// Where the rows begin: behind the count and four bytes of padding.
pub const FIRST_ROW: usize = 8;

/// `NET_IF_ACCESS_*`.
const ACCESS_LOOPBACK: u32 = 1;
const ACCESS_BROADCAST: u32 = 2;
const ACCESS_POINT_TO_POINT: u32 = 3;

/// A `MIB_IF_ROW2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Identity of the interface, which outlives a restart.
    pub luid: u64,
    /// Number of the interface.
    pub index: u32,
    /// Name that the user sees and may change: `Ethernet 2`.
    pub alias: Vec<u16>,
    /// Hardware address, of any length.
    pub physical_address: Vec<u8>,
    /// Bytes; all ones where there is no limit (loopback).
    pub mtu: u32,
    /// `IF_TYPE_*`, the numbers of IANA.
    pub kind: u32,
    /// `TUNNEL_TYPE_*`.
    pub tunnel: u32,
    /// `NET_IF_ACCESS_*`.
    pub access: u32,
    /// The bits of `InterfaceAndOperStatusFlags`.
    pub status: u8,
    /// `IF_OPER_STATUS` of RFC 2863.
    pub oper_status: u32,
    /// `NET_IF_ADMIN_STATUS_*`.
    pub admin_status: u32,
    /// `MediaConnectState*`.
    pub media: u32,
    /// Bits per second.
    pub transmit_speed: u64,
    /// What went through it.
    pub counters: IoCounters,
}

/// A `MIB_IF_TABLE2`.
///
/// # Errors
///
/// When the table is shorter than its count of rows says.
pub fn rows(table: &[u8]) -> Result<impl Iterator<Item = Row> + '_, Malformed> {
    const TOO_SHORT: Malformed = Malformed("as many interfaces as are counted");
    let count = u32_at(table, 0).ok_or(TOO_SHORT)?;
    let size = usize::try_from(count)
        .ok()
        .and_then(|count| count.checked_mul(ROW_SIZE))
        .ok_or(TOO_SHORT)?;
    let rows = match size {
        // No padding behind the count is needed for nothing.
        0 => &[],
        size => table
            .get(FIRST_ROW..)
            .and_then(|rows| rows.get(..size))
            .ok_or(TOO_SHORT)?,
    };
    Ok(rows.chunks_exact(ROW_SIZE).filter_map(row))
}

fn row(row: &[u8]) -> Option<Row> {
    let length = usize::try_from(u32_at(row, 1056)?).ok()?.min(32);
    let packets = |unicast, other| {
        // Multicast and broadcast are counted apart.
        Some(u64_at(row, unicast)?.saturating_add(u64_at(row, other)?))
    };
    Some(Row {
        luid: u64_at(row, 0)?,
        index: u32_at(row, 8)?,
        alias: alias(row.get(28..542)?),
        physical_address: row.get(1060..)?.get(..length)?.to_vec(),
        mtu: u32_at(row, 1124)?,
        kind: u32_at(row, 1128)?,
        tunnel: u32_at(row, 1132)?,
        access: u32_at(row, 1144)?,
        status: *row.get(1152)?,
        oper_status: u32_at(row, 1156)?,
        admin_status: u32_at(row, 1160)?,
        media: u32_at(row, 1164)?,
        transmit_speed: u64_at(row, 1192)?,
        counters: IoCounters {
            bytes_recv: u64_at(row, 1208)?,
            packets_recv: packets(1216, 1224)?,
            dropin: u64_at(row, 1232)?,
            errin: u64_at(row, 1240)?,
            bytes_sent: u64_at(row, 1280)?,
            packets_sent: packets(1288, 1296)?,
            dropout: Some(u64_at(row, 1304)?),
            errout: u64_at(row, 1312)?,
            ..IoCounters::default()
        },
    })
}

fn alias(field: &[u8]) -> Vec<u16> {
    let units: Vec<u16> = utf16(field).collect();
    until_nul(&units).to_vec()
}

impl Row {
    /// Whether it is a filter in the path of another interface, such as a
    /// packet scheduler: it counts that one's packets again.
    #[must_use]
    pub fn is_filter(&self) -> bool {
        self.status & 1 << 1 != 0
    }

    /// Whether all that goes through it goes through another interface of
    /// this machine too, in packets of that: 6to4, ISATAP, Teredo, IP-HTTPS.
    #[must_use]
    pub fn is_carried_by_another(&self) -> bool {
        matches!(self.tunnel, 11 | 13 | 14 | 15)
    }

    /// What it is.
    #[must_use]
    pub fn interface_kind(&self) -> InterfaceKind {
        match self.kind {
            // Ethernet, Wi-Fi.
            6 | 71 => InterfaceKind::Ethernet,
            24 => InterfaceKind::Loopback,
            131 => InterfaceKind::Tunnel,
            199 => InterfaceKind::Infiniband,
            // PPP, and the virtual interfaces of WireGuard and OpenVPN.
            23 => InterfaceKind::PointToPoint,
            53 if self.physical_address.is_empty() => InterfaceKind::PointToPoint,
            other => InterfaceKind::Other(u16::try_from(other).unwrap_or(u16::MAX)),
        }
    }

    /// State of the link.
    #[must_use]
    pub fn oper_state(&self) -> Option<OperState> {
        Some(match self.oper_status {
            1 => OperState::Up,
            2 => OperState::Down,
            3 => OperState::Testing,
            4 => OperState::Unknown,
            5 => OperState::Dormant,
            6 => OperState::NotPresent,
            7 => OperState::LowerLayerDown,
            _ => return None,
        })
    }

    /// Its flags, as far as the row says them.
    #[must_use]
    pub fn flags(&self) -> InterfaceFlags {
        let is_up = self.admin_status == 1;
        let is_loopback = self.kind == 24 || self.access == ACCESS_LOOPBACK;
        let mut flags = InterfaceFlags::empty();
        flags.set(InterfaceFlags::UP, is_up);
        flags.set(InterfaceFlags::RUNNING, is_up && self.oper_status == 1);
        flags.set(InterfaceFlags::LOWER_UP, self.media == 1);
        flags.set(InterfaceFlags::DORMANT, self.oper_status == 5);
        flags.set(InterfaceFlags::LOOPBACK, is_loopback);
        flags.set(
            InterfaceFlags::BROADCAST,
            self.access == ACCESS_BROADCAST && !is_loopback,
        );
        flags.set(
            InterfaceFlags::POINTOPOINT,
            self.access == ACCESS_POINT_TO_POINT,
        );
        flags
    }

    /// Megabits per second; `None` where the driver does not say (all ones,
    /// or nothing).
    #[must_use]
    pub fn speed_mbps(&self) -> Option<u64> {
        match self.transmit_speed {
            u64::MAX => None,
            speed => Some(speed / 1_000_000).filter(|mbps| *mbps > 0),
        }
    }

    /// Largest packet in bytes; `None` where there is no limit.
    #[must_use]
    pub fn limited_mtu(&self) -> Option<u32> {
        Some(self.mtu).filter(|mtu| *mtu != u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row as Windows 10 fills it for an Ethernet card.
    pub(crate) fn ethernet() -> Vec<u8> {
        let mut row = vec![0; ROW_SIZE];
        let mut put = |at: usize, bytes: &[u8]| row[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &0x0006_0080_0100_0000_u64.to_le_bytes());
        put(8, &12_u32.to_le_bytes());
        for (at, unit) in "Ethernet 2".encode_utf16().enumerate() {
            put(28 + 2 * at, &unit.to_le_bytes());
        }
        put(1056, &6_u32.to_le_bytes());
        put(1060, &[0x02, 0xfc, 0, 0, 0, 1]);
        put(1124, &1500_u32.to_le_bytes());
        put(1128, &6_u32.to_le_bytes());
        put(1144, &2_u32.to_le_bytes());
        // Hardware with a connector.
        put(1152, &[0b101]);
        put(1156, &1_u32.to_le_bytes());
        put(1160, &1_u32.to_le_bytes());
        put(1164, &1_u32.to_le_bytes());
        put(1192, &2_500_000_000_u64.to_le_bytes());
        for (at, count) in [(1208, 1 << 40), (1216, 900), (1224, 100), (1232, 3)] {
            put(at, &u64::to_le_bytes(count));
        }
        for (at, count) in [(1240, 4), (1280, 5_000), (1288, 50), (1296, 6)] {
            put(at, &u64::to_le_bytes(count));
        }
        for (at, count) in [(1304, 7), (1312, 8)] {
            put(at, &u64::to_le_bytes(count));
        }
        row
    }

    fn table(rows: &[Vec<u8>]) -> Vec<u8> {
        let mut table = u32::try_from(rows.len()).unwrap().to_le_bytes().to_vec();
        table.extend([0; 4]);
        table.extend(rows.concat());
        table
    }

    #[test]
    fn a_card_is_read_with_its_link_and_its_64_bit_counters() {
        let table = table(&[ethernet()]);
        let row = rows(&table).unwrap().next().unwrap();
        assert_eq!(String::from_utf16_lossy(&row.alias), "Ethernet 2");
        assert_eq!((row.index, row.limited_mtu()), (12, Some(1500)));
        assert_eq!(row.physical_address, [0x02, 0xfc, 0, 0, 0, 1]);
        assert_eq!(row.interface_kind(), InterfaceKind::Ethernet);
        assert_eq!(row.oper_state(), Some(OperState::Up));
        assert_eq!(row.speed_mbps(), Some(2500));
        let names: Vec<_> = row.flags().names().collect();
        assert_eq!(names, ["up", "broadcast", "running", "lower_up"]);
        assert!(!row.is_filter() && !row.is_carried_by_another());
        let io = row.counters;
        assert_eq!((io.bytes_recv, io.packets_recv), (1 << 40, 1000));
        assert_eq!((io.bytes_sent, io.packets_sent), (5000, 56));
        assert_eq!((io.dropin, io.errin), (3, 4));
        assert_eq!((io.dropout, io.errout), (Some(7), 8));
        assert_eq!(io.multicast, None);
    }

    #[test]
    fn what_counts_the_packets_of_another_is_told_apart() {
        let mut filter = ethernet();
        filter[1152] |= 1 << 1;
        let mut teredo = ethernet();
        teredo[1128] = 131;
        teredo[1132] = 14;
        let table = table(&[filter, teredo]);
        let rows: Vec<_> = rows(&table).unwrap().collect();
        assert!(rows[0].is_filter());
        assert!(rows[1].is_carried_by_another());
        assert_eq!(rows[1].interface_kind(), InterfaceKind::Tunnel);
    }

    #[test]
    fn what_the_driver_does_not_know_is_unknown() {
        let mut loopback = ethernet();
        loopback[1128] = 24;
        loopback[1124..1128].fill(0xff);
        loopback[1192..1200].fill(0xff);
        let mut down = ethernet();
        down[1156] = 2;
        down[1192..1200].fill(0);
        // A length that the field cannot have.
        down[1056..1060].fill(0xff);
        let table = table(&[loopback, down]);
        let rows: Vec<_> = rows(&table).unwrap().collect();
        assert_eq!((rows[0].speed_mbps(), rows[0].limited_mtu()), (None, None));
        assert!(rows[0].flags().contains(InterfaceFlags::LOOPBACK));
        assert_eq!(rows[1].speed_mbps(), None);
        assert!(!rows[1].flags().contains(InterfaceFlags::RUNNING));
        assert!(rows[1].flags().contains(InterfaceFlags::UP));
        assert_eq!(rows[1].physical_address.len(), 32);
    }

    #[test]
    fn a_table_that_is_cut_off_is_malformed() {
        let whole = table(&[ethernet()]);
        for length in [0, 3, 4, 8, whole.len() - 1] {
            assert!(rows(&whole[..length]).is_err(), "{length}");
        }
        assert_eq!(rows(&[0; 4]).unwrap().count(), 0);
        assert!(rows(&[0xff; 4096]).is_err());
    }

    /// The offsets above are those of the system's own header.
    #[test]
    #[cfg(windows)]
    fn the_offsets_are_those_of_the_structure() {
        use std::mem::offset_of;
        use windows_sys::Win32::NetworkManagement::IpHelper::{MIB_IF_ROW2 as R, MIB_IF_TABLE2};
        assert_eq!(size_of::<R>(), ROW_SIZE);
        assert_eq!(offset_of!(MIB_IF_TABLE2, Table), FIRST_ROW);
        let offsets = [
            (offset_of!(R, InterfaceIndex), 8),
            (offset_of!(R, Alias), 28),
            (offset_of!(R, PhysicalAddressLength), 1056),
            (offset_of!(R, PhysicalAddress), 1060),
            (offset_of!(R, Mtu), 1124),
            (offset_of!(R, Type), 1128),
            (offset_of!(R, TunnelType), 1132),
            (offset_of!(R, AccessType), 1144),
            (offset_of!(R, InterfaceAndOperStatusFlags), 1152),
            (offset_of!(R, OperStatus), 1156),
            (offset_of!(R, AdminStatus), 1160),
            (offset_of!(R, MediaConnectState), 1164),
            (offset_of!(R, TransmitLinkSpeed), 1192),
            (offset_of!(R, InOctets), 1208),
            (offset_of!(R, InUcastPkts), 1216),
            (offset_of!(R, InNUcastPkts), 1224),
            (offset_of!(R, InDiscards), 1232),
            (offset_of!(R, InErrors), 1240),
            (offset_of!(R, OutOctets), 1280),
            (offset_of!(R, OutUcastPkts), 1288),
            (offset_of!(R, OutNUcastPkts), 1296),
            (offset_of!(R, OutDiscards), 1304),
            (offset_of!(R, OutErrors), 1312),
        ];
        for (found, expected) in offsets {
            assert_eq!(found, expected);
        }
    }
}
