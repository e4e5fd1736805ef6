//! What drive letters stand for.

use super::volumes::dos_device;
use crate::parse::windows::{device_path::Drive, dos_devices};

/// All drives with the kernel's names of what they stand for; 26 system
/// calls.
pub(crate) fn drives() -> Vec<Drive> {
    (b'A'..=b'Z')
        .filter_map(|letter| {
            let name = [u16::from(letter), u16::from(b':'), 0];
            let targets = dos_device(Some(&name)).ok()?;
            // Several targets may follow each other: the first is in force.
            let target = dos_devices::list(&targets).next()?.to_vec();
            Some(Drive { letter, target })
        })
        .collect()
}
