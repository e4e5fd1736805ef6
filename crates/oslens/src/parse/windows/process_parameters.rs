//! What a process was started with, in its own memory: its environment block
//! (PEB) and `RTL_USER_PROCESS_PARAMETERS`.

use super::{
    bytes::{Layout, u32_at},
    utf16::RemoteText,
};
use crate::parse::Malformed;

/// Bytes of the PEB that [`parameters_address`] needs.
pub const PEB_SIZE: usize = 0x28;

/// `RTL_USER_PROC_PARAMS_NORMALIZED`: texts are told by address, not by
/// their offset in the structure.
const NORMALIZED: u32 = 1;

/// Where the parameters are, from the first bytes of a PEB. `None`: the
/// process has none yet.
///
/// # Errors
///
/// When the PEB is cut.
pub fn parameters_address(peb: &[u8], layout: Layout) -> Result<Option<u64>, Malformed> {
    let address = layout
        .word(peb, layout.of(0x10, 0x20))
        .ok_or(Malformed("a PEB with ProcessParameters"))?;
    Ok((address != 0).then_some(address))
}

/// Where in the process's memory the parts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    /// Working directory.
    pub current_directory: RemoteText,
    /// Program.
    pub image: RemoteText,
    /// Command line.
    pub command_line: RemoteText,
    /// Title of its window.
    pub window_title: RemoteText,
    /// Window station and desktop that it was started on:
    /// `WinSta0\Default`.
    pub desktop: RemoteText,
    /// Its environment: a block of [`environment`](super::environment). 0:
    /// none.
    pub environment: u64,
    /// Bytes of the environment, where the structure is long enough to say.
    pub environment_size: Option<u64>,
}

/// Bytes to ask for. A shorter structure is good as well.
#[must_use]
pub const fn size(layout: Layout) -> usize {
    layout.of(0x294, 0x3f8)
}

/// Bytes that must be there.
#[must_use]
pub const fn least_size(layout: Layout) -> usize {
    layout.of(0x80, 0xd0)
}

/// The parameters that were read at this address.
///
/// # Errors
///
/// When they are shorter than [`least_size`].
pub fn parameters(data: &[u8], address: u64, layout: Layout) -> Result<Parameters, Malformed> {
    read(data, address, layout).ok_or(Malformed("a whole RTL_USER_PROCESS_PARAMETERS"))
}

fn read(data: &[u8], address: u64, layout: Layout) -> Option<Parameters> {
    // Its own idea of its size; an old or foreign one is shorter than what
    // was read.
    let length = usize::try_from(u32_at(data, 4)?).ok()?;
    let is_normalized = u32_at(data, 8)? & NORMALIZED != 0;
    let text = |bits32: usize, bits64: usize| -> Option<RemoteText> {
        let mut text = RemoteText::read(data, layout.of(bits32, bits64), layout)?;
        if !is_normalized && text.address != 0 {
            text.address = text.address.checked_add(address)?;
        }
        Some(text)
    };
    let size_at = layout.of(0x290, 0x3f0);
    let environment_size = match size_at.checked_add(layout.pointer()) {
        Some(end) if length >= end => layout.word(data, size_at).filter(|size| *size != 0),
        _ => None,
    };
    Some(Parameters {
        current_directory: text(0x24, 0x38)?,
        image: text(0x38, 0x60)?,
        command_line: text(0x40, 0x70)?,
        window_title: text(0x70, 0xb0)?,
        desktop: text(0x78, 0xc0)?,
        environment: layout.word(data, layout.of(0x48, 0x80))?,
        environment_size,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a structure, as a 64-bit process has it.
    fn sample64() -> Vec<u8> {
        let mut data = vec![0; size(Layout::Bits64)];
        let mut put = |at: usize, bytes: &[u8]| {
            data[at..at + bytes.len()].copy_from_slice(bytes);
        };
        put(0, &0x400u32.to_le_bytes());
        put(4, &0x3f8u32.to_le_bytes());
        put(8, &0x6001u32.to_le_bytes());
        put(0x38, &12u16.to_le_bytes());
        put(0x3a, &520u16.to_le_bytes());
        put(0x40, &0x1_2345_0800u64.to_le_bytes());
        put(0x70, &34u16.to_le_bytes());
        put(0x78, &0x1_2345_0900u64.to_le_bytes());
        put(0x80, &0x1_2345_2000u64.to_le_bytes());
        put(0xc0, &30u16.to_le_bytes());
        put(0xc8, &0x1_2345_0a00u64.to_le_bytes());
        put(0x3f0, &0xabcu64.to_le_bytes());
        data
    }

    #[test]
    fn a_64_bit_process_says_where_everything_is() {
        let data = sample64();
        let found = parameters(&data, 0x1_2345_0000, Layout::Bits64).unwrap();
        let text = |address, length| RemoteText { address, length };
        assert_eq!(found.current_directory, text(0x1_2345_0800, 12));
        assert_eq!(found.command_line, text(0x1_2345_0900, 34));
        assert_eq!(found.desktop, text(0x1_2345_0a00, 30));
        assert_eq!(found.environment, 0x1_2345_2000);
        assert_eq!(found.environment_size, Some(0xabc));
        assert_eq!(found.image, RemoteText::default());
    }

    #[test]
    fn a_32_bit_process_has_other_places() {
        let mut data = vec![0; size(Layout::Bits32)];
        let mut put = |at: usize, bytes: &[u8]| {
            data[at..at + bytes.len()].copy_from_slice(bytes);
        };
        put(4, &0x294u32.to_le_bytes());
        put(8, &1u32.to_le_bytes());
        put(0x24, &6u16.to_le_bytes());
        put(0x28, &0x0040_1000u32.to_le_bytes());
        put(0x40, &8u16.to_le_bytes());
        put(0x44, &0x0040_2000u32.to_le_bytes());
        put(0x48, &0x0040_3000u32.to_le_bytes());
        put(0x290, &64u32.to_le_bytes());
        let found = parameters(&data, 0x0040_0000, Layout::Bits32).unwrap();
        assert_eq!(found.current_directory.address, 0x0040_1000);
        assert_eq!(found.command_line.length, 8);
        assert_eq!(found.environment, 0x0040_3000);
        assert_eq!(found.environment_size, Some(64));
    }

    #[test]
    fn offsets_of_a_process_that_never_ran_become_addresses() {
        let mut data = sample64();
        data[8] = 0;
        data[0x40..0x48].copy_from_slice(&0x800u64.to_le_bytes());
        let found = parameters(&data, 0x7000, Layout::Bits64).unwrap();
        assert_eq!(found.current_directory.address, 0x7800);
        data[0x40..0x48].copy_from_slice(&u64::MAX.to_le_bytes());
        assert!(parameters(&data, 0x7000, Layout::Bits64).is_err());
    }

    #[test]
    fn a_structure_of_an_older_system_has_no_environment_size() {
        let mut data = sample64();
        data[4..8].copy_from_slice(&0x3f0u32.to_le_bytes());
        let found = parameters(&data, 0, Layout::Bits64).unwrap();
        assert_eq!(found.environment_size, None);
        let cut = &data[..least_size(Layout::Bits64)];
        assert!(parameters(cut, 0, Layout::Bits64).is_ok());
    }

    #[test]
    fn cut_structures_are_malformed_and_never_panic() {
        let data = sample64();
        for layout in [Layout::Bits32, Layout::Bits64] {
            for end in 0..data.len() {
                let found = parameters(&data[..end], 1, layout);
                assert_eq!(found.is_ok(), end >= least_size(layout), "{layout:?} {end}");
                let _ = parameters_address(&data[..end], layout);
            }
        }
    }

    #[test]
    fn the_peb_says_where_the_parameters_are() {
        let mut peb = [0; PEB_SIZE];
        assert_eq!(parameters_address(&peb, Layout::Bits64), Ok(None));
        peb[0x10] = 1;
        peb[0x20] = 2;
        assert_eq!(parameters_address(&peb, Layout::Bits32), Ok(Some(1)));
        assert_eq!(parameters_address(&peb, Layout::Bits64), Ok(Some(2)));
        assert!(parameters_address(&peb[..0x20], Layout::Bits64).is_err());
    }
}
