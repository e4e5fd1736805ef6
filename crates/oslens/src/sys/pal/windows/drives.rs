//! What drive letters stand for.

use windows_sys::Win32::Storage::FileSystem::QueryDosDeviceW;

use crate::parse::windows::{bytes::until_nul, device_path::Drive};

/// All drives with the kernel's names of what they stand for; 26 system
/// calls.
pub(crate) fn drives() -> Vec<Drive> {
    let mut target = [0u16; 1024];
    (b'A'..=b'Z')
        .filter_map(|letter| {
            let name = [u16::from(letter), u16::from(b':'), 0];
            // SAFETY: a text that ends with NUL, and as many units to write to
            // as are said; both outlive the call.
            let length =
                unsafe { QueryDosDeviceW(name.as_ptr(), target.as_mut_ptr(), target.len() as u32) };
            let written = target.get(..length as usize)?;
            // Several targets may follow each other: the first is in force.
            let first = until_nul(written);
            (!first.is_empty()).then(|| Drive {
                letter,
                target: first.to_vec(),
            })
        })
        .collect()
}
