//! Physical disks and their counters.

use std::{ffi::OsString, fs::File, io, os::windows::ffi::OsStringExt as _, time::Instant};

use windows_sys::Win32::{
    Foundation::ERROR_WRITE_PROTECT,
    System::Ioctl::{
        IOCTL_DISK_GET_DRIVE_GEOMETRY_EX, IOCTL_DISK_IS_WRITABLE, IOCTL_DISK_PERFORMANCE,
        IOCTL_STORAGE_QUERY_PROPERTY, PropertyStandardQuery, STORAGE_PROPERTY_ID,
        StorageDeviceProperty, StorageDeviceSeekPenaltyProperty,
    },
};

use crate::{
    Error, Host, Result,
    disk::{Device, DeviceIo, DeviceKind, IoSnapshot},
    parse::{
        Malformed,
        windows::{disk_devices, dos_devices},
    },
    sys::pal::windows::volumes::{control, dos_device, open_device},
};

/// The disks, by number. Partitions are not devices of their own that could
/// be counted.
pub(crate) fn devices(host: &Host) -> Result<Vec<Device>> {
    crate::sys::pal::windows::system::this_machine(host)?;
    Ok(disks()?.into_iter().map(device).collect())
}

/// The counters of every disk that has some. A disk that refuses (a card
/// reader without a card, a driver without counters) is left out; it is an
/// error when all do.
pub(crate) fn io_counters(host: &Host) -> Result<IoSnapshot> {
    crate::sys::pal::windows::system::this_machine(host)?;
    let disks = disks()?;
    let taken_at = Instant::now();
    let devices = those_that_answer(disks.into_iter().map(counters))?;
    Ok(IoSnapshot { taken_at, devices })
}

/// What was answered. The first error, when nothing was and something refused.
pub(super) fn those_that_answer<T>(answers: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let mut refused = None;
    let answered: Vec<T> = answers
        .filter_map(|answer| match answer {
            Ok(answer) => Some(answer),
            Err(error) => {
                refused.get_or_insert(error);
                None
            }
        })
        .collect();
    match refused {
        Some(error) if answered.is_empty() => Err(error),
        _ => Ok(answered),
    }
}

/// The numbers of all disks, in their order, however many there are.
fn disks() -> Result<Vec<u32>> {
    let names = dos_device(None).map_err(|error| Error::call("QueryDosDevice", error))?;
    let mut disks: Vec<u32> = dos_devices::list(&names)
        .filter_map(dos_devices::physical_drive)
        .collect();
    disks.sort_unstable();
    disks.dedup();
    Ok(disks)
}

fn name(number: u32) -> OsString {
    format!("PhysicalDrive{number}").into()
}

fn path(number: u32) -> String {
    format!(r"\\.\PhysicalDrive{number}")
}

fn counters(number: u32) -> Result<DeviceIo> {
    let path = path(number);
    let disk = open_device(&path).map_err(|error| Error::file("open", &path, error))?;
    // Longer than the structure: later versions may add to it.
    let mut answer = [0; 256];
    let length = control(&disk, IOCTL_DISK_PERFORMANCE, &[], &mut answer)
        .map_err(|error| Error::file("IOCTL_DISK_PERFORMANCE", &path, error))?;
    let counters = disk_devices::performance(answer.get(..length).unwrap_or_default())
        .map_err(|Malformed(expected)| Error::malformed(&path, expected))?;
    Ok(DeviceIo {
        name: name(number),
        number: None,
        counters,
    })
}

fn device(number: u32) -> Device {
    let mut device = Device {
        name: name(number),
        number: None,
        kind: DeviceKind::Disk,
        parent: None,
        lower: Vec::new(),
        size: None,
        removable: None,
        rotational: None,
        read_only: None,
        model: None,
    };
    // One that is being taken out is listed, and nothing is known of it.
    let Ok(disk) = open_device(&path(number)) else {
        return device;
    };
    let mut answer = [0; 1024];
    device.size =
        ask(&disk, IOCTL_DISK_GET_DRIVE_GEOMETRY_EX, &[], &mut answer).and_then(disk_devices::size);
    device.rotational = property(&disk, StorageDeviceSeekPenaltyProperty, &mut answer)
        .and_then(disk_devices::seeks);
    if let Some(Ok(descriptor)) =
        property(&disk, StorageDeviceProperty, &mut answer).map(disk_devices::descriptor)
    {
        device.removable = Some(descriptor.is_removable);
        let texts = [descriptor.vendor, descriptor.model];
        let texts: Vec<&[u8]> = texts.into_iter().flatten().collect();
        // Of the code page of whoever made it, which is ASCII.
        let units: Vec<u16> = texts.join(&b' ').into_iter().map(u16::from).collect();
        device.model = (!units.is_empty()).then(|| OsString::from_wide(&units));
    }
    device.read_only = match control(&disk, IOCTL_DISK_IS_WRITABLE, &[], &mut answer) {
        Ok(_) => Some(false),
        Err(error) => is_write_protected(&error).then_some(true),
    };
    device
}

fn is_write_protected(error: &io::Error) -> bool {
    error.raw_os_error() == Some(ERROR_WRITE_PROTECT as i32)
}

/// The answer; `None` where the driver has none.
fn ask<'a>(disk: &File, code: u32, question: &[u8], answer: &'a mut [u8]) -> Option<&'a [u8]> {
    let length = control(disk, code, question, answer).ok()?;
    answer.get(..length)
}

fn property<'a>(
    disk: &File,
    property: STORAGE_PROPERTY_ID,
    answer: &'a mut [u8],
) -> Option<&'a [u8]> {
    // A STORAGE_PROPERTY_QUERY: which, how, and no parameters.
    let mut question = [0; 12];
    let (which, how) = question.split_at_mut(4);
    which.copy_from_slice(&property.to_ne_bytes());
    how.first_chunk_mut::<4>()?
        .copy_from_slice(&PropertyStandardQuery.to_ne_bytes());
    ask(disk, IOCTL_STORAGE_QUERY_PROPERTY, &question, answer)
}
