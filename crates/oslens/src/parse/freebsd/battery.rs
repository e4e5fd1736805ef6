//! Batteries of FreeBSD: what `/dev/acpi` says of one.

use crate::parse::Malformed;
use crate::parse::layout::freebsd::system::{
    ACPI_BATT_STAT_CHARGING, ACPI_BATT_STAT_DISCHARG, ACPI_BATT_STAT_NOT_PRESENT,
    ACPI_BATT_UNKNOWN, ACPI_BIX_REV_BIF, ACPI_BIX_UNITS_MA, ACPI_BIX_UNITS_MW, AcpiBattinfo,
    AcpiBix, AcpiBst,
};
use crate::parse::layout::{Field, Record, record::Text};

/// What a battery does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// There is none.
    Absent,
    /// It powers the machine.
    Discharging,
    /// It is charged.
    Charging,
    /// Neither.
    Idle,
}

/// The state of these bits. `None`: they contradict each other.
#[must_use]
pub fn state(bits: u32) -> Option<State> {
    const BOTH: u32 = ACPI_BATT_STAT_DISCHARG | ACPI_BATT_STAT_CHARGING;
    if bits & ACPI_BATT_STAT_NOT_PRESENT == ACPI_BATT_STAT_NOT_PRESENT {
        return Some(State::Absent);
    }
    match bits & BOTH {
        BOTH => None,
        ACPI_BATT_STAT_DISCHARG => Some(State::Discharging),
        ACPI_BATT_STAT_CHARGING => Some(State::Charging),
        _ => Some(State::Idle),
    }
}

/// `struct acpi_battinfo`: what the kernel makes of a battery's numbers.
/// `None`: it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How full it is.
    pub percent: Option<u8>,
    /// Until it is empty.
    pub minutes: Option<u32>,
    /// What it does.
    pub state: Option<State>,
}

/// What amounts are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Energy: thousandths of watt-hours, and of watts.
    Watts,
    /// Charge: thousandths of ampere-hours, and of amperes.
    Amperes,
}

/// `struct acpi_bix`: what a battery is. `None`: it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Information<'a> {
    /// What its amounts are of.
    pub unit: Option<Unit>,
    /// What it held when new.
    pub design: Option<u32>,
    /// What it holds when full now.
    pub full: Option<u32>,
    /// How often it was charged.
    pub cycles: Option<u32>,
    /// Model.
    pub model: &'a [u8],
    /// Serial number.
    pub serial: &'a [u8],
    /// Chemistry.
    pub chemistry: &'a [u8],
    /// Manufacturer.
    pub manufacturer: &'a [u8],
}

/// `struct acpi_bst`: how a battery is. `None`: it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// What it does.
    pub state: Option<State>,
    /// What goes in or out, in an hour.
    pub rate: Option<u32>,
    /// What is left.
    pub remaining: Option<u32>,
    /// Thousandths of volts.
    pub voltage: Option<u32>,
}

/// What the kernel makes of a battery's numbers.
///
/// # Errors
///
/// When the structure is not whole.
pub fn summary(record: Record<'_>) -> Result<Summary, Malformed> {
    let summary = || {
        Some(Summary {
            percent: u8::try_from(record.get(AcpiBattinfo::cap)?)
                .ok()
                .filter(|&percent| percent <= 100),
            minutes: u32::try_from(record.get(AcpiBattinfo::min)?).ok(),
            state: state(record.get(AcpiBattinfo::state.like())?),
        })
    };
    summary().ok_or(Malformed("a whole struct acpi_battinfo"))
}

/// What a battery is.
///
/// # Errors
///
/// When the structure is not whole as far as all firmware fills it in.
pub fn information(record: Record<'_>) -> Result<Information<'_>, Malformed> {
    let information = || {
        let revision = record.get(AcpiBix::rev).map(u32::from);
        let of_bix = revision.is_some_and(|revision| revision != ACPI_BIX_REV_BIF);
        Some(Information {
            unit: match record.get(AcpiBix::units)? {
                ACPI_BIX_UNITS_MW => Some(Unit::Watts),
                ACPI_BIX_UNITS_MA => Some(Unit::Amperes),
                _ => None,
            },
            design: known(record.get(AcpiBix::dcap)?),
            full: known(record.get(AcpiBix::lfcap)?),
            cycles: record
                .get(AcpiBix::cycles)
                .filter(|_| of_bix)
                .and_then(known),
            model: words(record, AcpiBix::model)?,
            serial: words(record, AcpiBix::serial)?,
            chemistry: words(record, AcpiBix::r#type)?,
            manufacturer: words(record, AcpiBix::oeminfo)?,
        })
    };
    information().ok_or(Malformed("struct acpi_bix"))
}

/// How a battery is.
///
/// # Errors
///
/// When the structure is not whole.
pub fn status(record: Record<'_>) -> Result<Status, Malformed> {
    let status = || {
        Some(Status {
            state: state(record.get(AcpiBst::state)?),
            rate: known(record.get(AcpiBst::rate)?),
            remaining: known(record.get(AcpiBst::cap)?),
            voltage: known(record.get(AcpiBst::volt)?),
        })
    };
    status().ok_or(Malformed("a whole struct acpi_bst"))
}

fn known(number: u32) -> Option<u32> {
    Some(number).filter(|&number| number != ACPI_BATT_UNKNOWN)
}

/// Firmware fills up with blanks.
fn words<T: Text>(record: Record<'_>, field: Field<T>) -> Option<&[u8]> {
    record.text(field).map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::Endian;

    const BATTINFO: &[u8] = include_bytes!("fixtures/freebsd_acpi_battinfo.bin");
    const BIX: &[u8] = include_bytes!("fixtures/freebsd_acpi_bix.bin");
    const BST: &[u8] = include_bytes!("fixtures/freebsd_acpi_bst.bin");

    fn record(bytes: &[u8]) -> Record<'_> {
        Record::new(bytes, Endian::Little)
    }

    #[test]
    fn a_battery_is_read_as_the_headers_write_it() {
        let expected = Summary {
            percent: Some(81),
            minutes: Some(125),
            state: Some(State::Discharging),
        };
        assert_eq!(summary(record(BATTINFO)), Ok(expected));
        let expected = Information {
            unit: Some(Unit::Watts),
            design: Some(50_000),
            full: Some(45_000),
            cycles: Some(123),
            model: b"BAT-1",
            serial: b"4711",
            chemistry: b"LION",
            manufacturer: b"ACME",
        };
        assert_eq!(information(record(BIX)), Ok(expected));
        let expected = Status {
            state: Some(State::Discharging),
            rate: Some(15_000),
            remaining: Some(36_450),
            voltage: Some(12_399),
        };
        assert_eq!(status(record(BST)), Ok(expected));
    }

    #[test]
    fn what_is_unknown_is_no_number() {
        let unknown = status(record(&[0xff; 16])).unwrap();
        assert_eq!(unknown.state, Some(State::Absent));
        assert_eq!(
            (unknown.rate, unknown.remaining, unknown.voltage),
            (None, None, None)
        );
        let unknown = summary(record(&[0xff; 16])).unwrap();
        assert_eq!((unknown.percent, unknown.minutes), (None, None));
        // Firmware before ACPI 4 does not count; there the kernel has zero.
        let mut old = BIX.to_vec();
        old[AcpiBix::rev.offset()..][..2].fill(0xff);
        assert_eq!(information(record(&old)).unwrap().cycles, None);
        assert_eq!(information(record(&old[..164])).unwrap().cycles, None);
        assert!(information(record(&old[..163])).is_err());
        assert!(status(record(&BST[..15])).is_err());
        assert!(summary(record(&BATTINFO[..11])).is_err());
    }

    #[test]
    fn bits_are_states() {
        assert_eq!(state(0), Some(State::Idle));
        assert_eq!(state(2 | 4), Some(State::Charging));
        assert_eq!(state(3), None);
        assert_eq!(state(7), Some(State::Absent));
    }
}
