//! What IOKit calls what it answers with (macOS).

// The names of the headers.
#![allow(non_upper_case_globals)]

use super::texts;

texts! {
    kIOBSDNameKey = "BSD Name",
    kIOBSDMajorKey = "BSD Major",
    kIOBSDMinorKey = "BSD Minor",
    kIOServicePlane = "IOService",

    kIOPSNameKey = "Name",
    kIOPSTypeKey = "Type",
    kIOPSIsPresentKey = "Is Present",
    kIOPSCurrentCapacityKey = "Current Capacity",
    kIOPSMaxCapacityKey = "Max Capacity",
    kIOPSPowerSourceStateKey = "Power Source State",
    kIOPSIsChargingKey = "Is Charging",
    kIOPSIsChargedKey = "Is Charged",
    kIOPSTimeToEmptyKey = "Time to Empty",
    kIOPSTimeToFullChargeKey = "Time to Full Charge",
    kIOPSInternalBatteryType = "InternalBattery",
    kIOPSUPSType = "UPS",
    kIOPSACPowerValue = "AC Power",
    kIOPSBatteryPowerValue = "Battery Power",
}

/// What no witness has: the names of `IOKit/storage/IOMedia.h`,
/// `IOBlockStorageDriver.h` and `IOStorageDeviceCharacteristics.h`, as their
/// published sources have them (IOStorageFamily); and those of the power manager
/// of Apple's own processors, which no header has.
pub(crate) mod unproved {
    pub(crate) const kIOMediaClass: &str = "IOMedia";
    pub(crate) const kIOMediaWholeKey: &str = "Whole";
    pub(crate) const kIOMediaSizeKey: &str = "Size";
    pub(crate) const kIOMediaRemovableKey: &str = "Removable";
    pub(crate) const kIOMediaWritableKey: &str = "Writable";
    pub(crate) const kIOBlockStorageDriverClass: &str = "IOBlockStorageDriver";
    pub(crate) const kIOBlockStorageDriverStatisticsKey: &str = "Statistics";
    pub(crate) const kIOBlockStorageDriverStatisticsReadsKey: &str = "Operations (Read)";
    pub(crate) const kIOBlockStorageDriverStatisticsWritesKey: &str = "Operations (Write)";
    pub(crate) const kIOBlockStorageDriverStatisticsBytesReadKey: &str = "Bytes (Read)";
    pub(crate) const kIOBlockStorageDriverStatisticsBytesWrittenKey: &str = "Bytes (Write)";
    pub(crate) const kIOBlockStorageDriverStatisticsTotalReadTimeKey: &str = "Total Time (Read)";
    pub(crate) const kIOBlockStorageDriverStatisticsTotalWriteTimeKey: &str = "Total Time (Write)";
    pub(crate) const kIOPropertyDeviceCharacteristicsKey: &str = "Device Characteristics";
    pub(crate) const kIOPropertyProductNameKey: &str = "Product Name";
    pub(crate) const kIOPropertyMediumTypeKey: &str = "Medium Type";
    pub(crate) const kIOPropertyMediumTypeSolidStateKey: &str = "Solid State";
    pub(crate) const kIOPropertyMediumTypeRotationalKey: &str = "Rotational";
    pub(crate) const POWER_MANAGER_CLASS: &str = "AppleARMIODevice";
    pub(crate) const POWER_MANAGER: &str = "pmgr";

    /// A table of voltages and frequencies of the power manager.
    pub(crate) fn voltage_states(number: u32) -> String {
        format!("voltage-states{number}-sram")
    }
}
