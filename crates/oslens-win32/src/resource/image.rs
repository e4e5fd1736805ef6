//! Resources in files of their own: an object to be linked, a library to be
//! loaded.

use super::{Machine, Resources, length};

impl Resources {
    /// A COFF object with a section `.rsrc`, as GNU's linker and LLVM's for
    /// MinGW take it.
    #[must_use]
    pub fn object(&self, machine: Machine) -> Vec<u8> {
        const HEADERS: u32 = 20 + 40;
        /// Initialised data that can be read, aligned to 8 bytes.
        const CHARACTERISTICS: u32 = 0x4040_0040;
        let section = self.section();
        let relocations = HEADERS + length(&section.bytes);
        let count = section.addresses.len();
        let symbols = relocations + 10 * u32::try_from(count).unwrap_or(u32::MAX);

        let mut bytes = Vec::new();
        bytes.extend(machine.number().to_le_bytes());
        bytes.extend(1_u16.to_le_bytes()); // One section.
        bytes.extend([0; 4]); // No time.
        bytes.extend(symbols.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes()); // One symbol.
        bytes.extend([0; 4]); // No optional header, no characteristics.

        bytes.extend(b".rsrc\0\0\0");
        bytes.extend([0; 8]); // No address and no size in memory yet.
        bytes.extend(length(&section.bytes).to_le_bytes());
        bytes.extend(HEADERS.to_le_bytes());
        bytes.extend(relocations.to_le_bytes());
        bytes.extend([0; 4]); // No line numbers.
        bytes.extend(u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend([0; 2]); // No line numbers.
        bytes.extend(CHARACTERISTICS.to_le_bytes());

        bytes.extend(&section.bytes);
        for address in section.addresses {
            bytes.extend(address.to_le_bytes());
            bytes.extend(0_u32.to_le_bytes()); // By the first symbol.
            bytes.extend(machine.relative_to_image().to_le_bytes());
        }

        // The symbol: the begin of the first section, static.
        bytes.extend(b".rsrc\0\0\0");
        bytes.extend([0; 4]);
        bytes.extend(1_u16.to_le_bytes());
        bytes.extend([0, 0, 3, 0]);

        // An empty table of long names: its own length.
        bytes.extend(4_u32.to_le_bytes());
        bytes
    }

    /// A library (`.dll`) with nothing but these resources: loaded as data,
    /// it needs neither code nor a linker.
    #[must_use]
    pub fn library(&self, machine: Machine) -> Vec<u8> {
        /// Where the section is in memory, and how its size is rounded there.
        const PAGE: u32 = 0x1000;
        /// Where it is in the file, and how its size is rounded there.
        const SECTOR: u32 = 0x200;
        let mut section = self.section();
        for &address in &section.addresses {
            let place = address as usize..address as usize + 4;
            if let Some(number) = section.bytes.get_mut(place) {
                let offset = crate::bytes::u32_at(number, 0).unwrap_or_default();
                number.copy_from_slice(&offset.saturating_add(PAGE).to_le_bytes());
            }
        }
        let size = length(&section.bytes);
        let in_file = size.next_multiple_of(SECTOR);
        let wide = machine != Machine::X86;

        let mut bytes = b"MZ".to_vec();
        bytes.resize(60, 0);
        bytes.extend(64_u32.to_le_bytes()); // Where the header is.
        bytes.extend(b"PE\0\0");
        bytes.extend(machine.number().to_le_bytes());
        bytes.extend(1_u16.to_le_bytes()); // One section.
        bytes.extend([0; 12]); // No time, no symbols.
        bytes.extend(if wide { 0xf0_u16 } else { 0xe0 }.to_le_bytes());
        // A library that can be loaded, of 64 bits anywhere in memory.
        bytes.extend(if wide { 0x2022_u16 } else { 0x2102 }.to_le_bytes());

        bytes.extend(if wide { 0x20b_u16 } else { 0x10b }.to_le_bytes());
        bytes.extend([0; 2]); // The linker's version.
        bytes.extend(0_u32.to_le_bytes()); // No code,
        bytes.extend(in_file.to_le_bytes()); // data,
        bytes.extend([0; 8]); // nothing else, and nothing to call.
        bytes.extend(PAGE.to_le_bytes());
        if wide {
            bytes.extend(0x1_8000_0000_u64.to_le_bytes());
        } else {
            bytes.extend(PAGE.to_le_bytes());
            bytes.extend(0x1000_0000_u32.to_le_bytes());
        }
        bytes.extend(PAGE.to_le_bytes());
        bytes.extend(SECTOR.to_le_bytes());
        // Versions of the system (6.0), of the image, of the subsystem (6.0).
        for version in [6_u16, 0, 0, 0, 6, 0, 0, 0] {
            bytes.extend(version.to_le_bytes());
        }
        bytes.extend((PAGE + size.next_multiple_of(PAGE)).to_le_bytes());
        bytes.extend(SECTOR.to_le_bytes()); // All headers.
        bytes.extend([0; 4]); // No checksum.
        bytes.extend(2_u16.to_le_bytes()); // Windows.
        bytes.extend(0x540_u16.to_le_bytes()); // Anywhere, no execution, no handlers.
        // Stack and heap, which a library has not.
        bytes.extend(vec![0; if wide { 32 } else { 16 }]);
        bytes.extend([0; 4]);
        bytes.extend(16_u32.to_le_bytes()); // So many directories:
        bytes.extend([0; 16]);
        bytes.extend(PAGE.to_le_bytes()); // the third is the resources.
        bytes.extend(size.to_le_bytes());
        bytes.extend([0; 13 * 8]);

        bytes.extend(b".rsrc\0\0\0");
        for number in [size, PAGE, in_file, SECTOR] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([0; 12]); // No relocations, no line numbers.
        bytes.extend(0x4000_0040_u32.to_le_bytes()); // Data to be read.
        bytes.resize(SECTOR as usize, 0);
        bytes.extend(section.bytes);
        bytes.resize((SECTOR + in_file) as usize, 0);
        bytes
    }
}
