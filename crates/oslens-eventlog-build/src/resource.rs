//! A message table as linkers take it.
//!
//! Those of GNU and LLVM's for MinGW want an object in an archive, with the
//! resource directory ready; `link.exe` makes the directory itself, from the
//! `.res` files that it is given and that others give it, and does not take
//! both kinds.

/// What the messages are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    X86,
    X86_64,
    Aarch64,
}

impl Machine {
    /// By the name that cargo has for it.
    pub(crate) fn find(arch: &str) -> Option<Self> {
        match arch {
            "x86" => Some(Self::X86),
            "x86_64" => Some(Self::X86_64),
            "aarch64" => Some(Self::Aarch64),
            _ => None,
        }
    }

    /// `IMAGE_FILE_MACHINE_…`.
    fn number(self) -> u16 {
        match self {
            Self::X86 => 0x14c,
            Self::X86_64 => 0x8664,
            Self::Aarch64 => 0xaa64,
        }
    }

    /// The relocation to an address relative to the image's begin:
    /// `IMAGE_REL_I386_DIR32NB`, `IMAGE_REL_AMD64_ADDR32NB`,
    /// `IMAGE_REL_ARM64_ADDR32NB`.
    fn relative_to_image(self) -> u16 {
        match self {
            Self::X86 => 7,
            Self::X86_64 => 3,
            Self::Aarch64 => 2,
        }
    }
}

/// `RT_MESSAGETABLE`.
const TYPE: u16 = 11;
/// The only name under which the system looks for messages.
const NAME: u16 = 1;
/// English (United States): where the system looks when it has found the
/// messages in no language that the user prefers.
const LANGUAGE: u16 = 0x409;

/// Where the table begins in the section: behind three directories with one
/// entry each and the description of the data.
const DATA: u32 = 3 * 24 + 16;

/// The section: directories of types, names and languages, and the table.
fn section(table: &[u8]) -> Vec<u8> {
    /// This entry leads to another directory.
    const DIRECTORY: u32 = 0x8000_0000;
    let mut bytes = Vec::with_capacity(DATA as usize + table.len());
    for (id, next) in [
        (TYPE, 24 | DIRECTORY),
        (NAME, 48 | DIRECTORY),
        (LANGUAGE, 72),
    ] {
        // No characteristics, no time, no version, no names; one number.
        bytes.extend([0; 14]);
        bytes.extend(1_u16.to_le_bytes());
        bytes.extend(u32::from(id).to_le_bytes());
        bytes.extend(next.to_le_bytes());
    }
    // The linker adds where the section begins in the image.
    bytes.extend(DATA.to_le_bytes());
    bytes.extend(length(table).to_le_bytes());
    // No code page: it is UTF-16.
    bytes.extend([0; 8]);
    bytes.extend(table);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// No table is as long as 4 GiB.
fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// A COFF object whose `.rsrc` section has the table.
pub(crate) fn object(machine: Machine, table: &[u8]) -> Vec<u8> {
    const HEADERS: u32 = 20 + 40;
    /// Initialised data that can be read, aligned to 4 bytes.
    const CHARACTERISTICS: u32 = 0x4030_0040;
    let section = section(table);
    let relocations = HEADERS + length(&section);
    let symbols = relocations + 10;

    let mut bytes = Vec::new();
    bytes.extend(machine.number().to_le_bytes());
    bytes.extend(1_u16.to_le_bytes()); // One section.
    bytes.extend([0; 4]); // No time.
    bytes.extend(symbols.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes()); // One symbol.
    bytes.extend([0; 4]); // No optional header, no characteristics.

    bytes.extend(b".rsrc\0\0\0");
    bytes.extend([0; 8]); // No address and no size in memory yet.
    bytes.extend(length(&section).to_le_bytes());
    bytes.extend(HEADERS.to_le_bytes());
    bytes.extend(relocations.to_le_bytes());
    bytes.extend([0; 4]); // No line numbers.
    bytes.extend(1_u16.to_le_bytes()); // One relocation.
    bytes.extend([0; 2]); // No line numbers.
    bytes.extend(CHARACTERISTICS.to_le_bytes());

    bytes.extend(&section);

    // The relocation: of the description of the data, by the symbol.
    bytes.extend((DATA - 16).to_le_bytes());
    bytes.extend(0_u32.to_le_bytes());
    bytes.extend(machine.relative_to_image().to_le_bytes());

    // The symbol: the begin of the first section, static.
    bytes.extend(b".rsrc\0\0\0");
    bytes.extend([0; 4]);
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend([0, 0, 3, 0]);

    // An empty table of long names: its own length.
    bytes.extend(4_u32.to_le_bytes());
    bytes
}

/// An archive with one object and an index of no symbols.
pub(crate) fn archive(object: &[u8]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, content) in [("/", &[0; 4][..]), ("messages.o/", object)] {
        let header = format!(
            "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n",
            0,
            0,
            0,
            644,
            content.len()
        );
        bytes.extend(header.as_bytes());
        bytes.extend(content);
        if content.len() % 2 == 1 {
            bytes.push(b'\n');
        }
    }
    bytes
}

/// A `.res` file with the table.
pub(crate) fn res(table: &[u8]) -> Vec<u8> {
    fn resource(bytes: &mut Vec<u8>, data: &[u8], ids: [u16; 2], flags: u16, language: u16) {
        bytes.extend(length(data).to_le_bytes());
        bytes.extend(32_u32.to_le_bytes()); // Of this header.
        for id in ids {
            bytes.extend(0xffff_u16.to_le_bytes()); // A number follows.
            bytes.extend(id.to_le_bytes());
        }
        bytes.extend([0; 4]); // No version of the data.
        bytes.extend(flags.to_le_bytes());
        bytes.extend(language.to_le_bytes());
        bytes.extend([0; 8]); // No version, no characteristics.
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    let mut bytes = Vec::new();
    // An empty resource tells that the file is of the 32-bit kind.
    resource(&mut bytes, &[], [0, 0], 0, 0);
    // Moveable, pure and discardable, of which nothing has a meaning today.
    resource(&mut bytes, table, [TYPE, NAME], 0x1030, LANGUAGE);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_file_is_as_its_documentation_says() {
        let bytes = res(&[1, 2, 3, 4, 5]);
        assert_eq!(bytes.len(), 32 + 32 + 8);
        assert_eq!(
            bytes[..16],
            [0, 0, 0, 0, 32, 0, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0]
        );
        assert_eq!(
            bytes[32..48],
            [5, 0, 0, 0, 32, 0, 0, 0, 255, 255, 11, 0, 255, 255, 1, 0]
        );
        assert_eq!(bytes[52..56], [0x30, 0x10, 9, 4]);
        assert_eq!(bytes[64..], [1, 2, 3, 4, 5, 0, 0, 0]);
    }

    #[test]
    fn an_archive_is_even_and_says_how_long_its_members_are() {
        let bytes = archive(&[7; 5]);
        assert_eq!(bytes.len(), 8 + 60 + 4 + 60 + 6);
        assert_eq!(&bytes[8 + 48..8 + 60], b"4         `\n");
        assert_eq!(&bytes[72..88], b"messages.o/     ");
        assert_eq!(&bytes[72 + 48..72 + 60], b"5         `\n");
    }
}
