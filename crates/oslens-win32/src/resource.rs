//! Resources as linkers and loaders take them, made without a resource
//! compiler: string tables and other data that Windows finds in an executable
//! by type, name and language.
//!
//! Linkers of GNU, and LLVM's for MinGW, want an [object](Resources::object)
//! with the directory ready; `link.exe` makes the directory itself from
//! [`.res` files](Resources::res). A [library](Resources::library) of nothing
//! but resources needs no linker at all.

mod image;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

/// `RT_STRING`: the type of string tables.
pub const STRINGS: u16 = 6;
/// English (United States): where the system looks when it has found a
/// resource in no language that the user prefers.
pub const ENGLISH: u16 = 0x409;

/// A text of a string table has its length in 16 bits.
pub const LONGEST_STRING: usize = u16::MAX as usize;

/// What the resources are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// 32-bit x86.
    X86,
    /// 64-bit x86.
    X86_64,
    /// 64-bit ARM.
    Aarch64,
}

impl Machine {
    /// That of this program, where Windows runs on it; else 64-bit x86, for
    /// resources do not depend on it.
    pub const NATIVE: Self = if cfg!(target_arch = "x86") {
        Self::X86
    } else if cfg!(target_arch = "aarch64") {
        Self::Aarch64
    } else {
        Self::X86_64
    };

    /// By the name that cargo has for it, as in `CARGO_CFG_TARGET_ARCH`.
    #[must_use]
    pub fn find(arch: &str) -> Option<Self> {
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

/// Resources by type, name and language, all of them numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resources(BTreeMap<u16, BTreeMap<u16, BTreeMap<u16, Vec<u8>>>>);

/// The section `.rsrc`, from its begin.
struct Section {
    bytes: Vec<u8>,
    /// Where offsets are that must become addresses relative to the image.
    addresses: Vec<u32>,
}

impl Resources {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one, or replaces the one with the same type, name and language.
    pub fn add(&mut self, kind: u16, name: u16, language: u16, data: Vec<u8>) {
        let names = self.0.entry(kind).or_default();
        names.entry(name).or_default().insert(language, data);
    }

    /// Adds the texts that `LoadString` finds under these numbers. What is
    /// behind [`LONGEST_STRING`] units of one is cut off.
    pub fn add_strings<'a>(
        &mut self,
        language: u16,
        strings: impl IntoIterator<Item = (u16, &'a str)>,
    ) {
        let strings: BTreeMap<u16, &str> = strings.into_iter().collect();
        // A resource has sixteen of them, those that are missing empty.
        let blocks: std::collections::BTreeSet<u16> =
            strings.keys().map(|number| number / 16).collect();
        for block in blocks {
            let mut data = Vec::new();
            for place in 0..16 {
                let text = strings.get(&(block * 16 + place)).copied();
                let units: Vec<u16> = text
                    .unwrap_or_default()
                    .encode_utf16()
                    .take(LONGEST_STRING)
                    .collect();
                let length = u16::try_from(units.len()).unwrap_or(u16::MAX);
                data.extend(length.to_le_bytes());
                data.extend(units.into_iter().flat_map(u16::to_le_bytes));
            }
            self.add(STRINGS, block + 1, language, data);
        }
    }

    /// A `.res` file, as resource compilers make it.
    #[must_use]
    pub fn res(&self) -> Vec<u8> {
        fn header(bytes: &mut Vec<u8>, length: u32, ids: [u16; 2], flags: u16, language: u16) {
            bytes.extend(length.to_le_bytes());
            bytes.extend(32_u32.to_le_bytes()); // Of this header.
            for id in ids {
                bytes.extend(0xffff_u16.to_le_bytes()); // A number follows.
                bytes.extend(id.to_le_bytes());
            }
            bytes.extend([0; 4]); // No version of the data.
            bytes.extend(flags.to_le_bytes());
            bytes.extend(language.to_le_bytes());
            bytes.extend([0; 8]); // No version, no characteristics.
        }
        let mut bytes = Vec::new();
        // An empty resource tells that the file is of the 32-bit kind.
        header(&mut bytes, 0, [0, 0], 0, 0);
        for (&kind, names) in &self.0 {
            for (&name, languages) in names {
                for (&language, data) in languages {
                    // Moveable and pure, as all are by default.
                    header(&mut bytes, length(data), [kind, name], 0x30, language);
                    bytes.extend(data);
                    bytes.resize(bytes.len().next_multiple_of(4), 0);
                }
            }
        }
        bytes
    }

    /// The directories of types, names and languages, the descriptions of the
    /// data, and the data.
    fn section(&self) -> Section {
        /// This entry leads to another directory.
        const DIRECTORY: u32 = 0x8000_0000;
        let names: usize = self.0.values().map(BTreeMap::len).sum();
        let languages = || self.0.values().flat_map(BTreeMap::values);
        let all: usize = languages().map(BTreeMap::len).sum();
        let directory = |entries: usize| 16 + 8 * entries;

        // Where each kind of part begins: first all directories of one level,
        // then those of the next.
        let mut of_names = directory(self.0.len());
        let mut of_languages = of_names + 16 * self.0.len() + 8 * names;
        let mut description = of_languages + 16 * names + 8 * all;
        let mut data_at = (description + 16 * all).next_multiple_of(8);

        let mut types = Vec::new();
        let mut middle = Vec::new();
        let mut last = Vec::new();
        let mut descriptions = Vec::new();
        let mut contents = Vec::new();
        let mut addresses = Vec::new();
        head(&mut types, self.0.len());
        for (&kind, names) in &self.0 {
            entry(&mut types, kind, offset(of_names) | DIRECTORY);
            head(&mut middle, names.len());
            of_names += directory(names.len());
            for (&name, languages) in names {
                entry(&mut middle, name, offset(of_languages) | DIRECTORY);
                head(&mut last, languages.len());
                of_languages += directory(languages.len());
                for (&language, data) in languages {
                    entry(&mut last, language, offset(description));
                    addresses.push(offset(description));
                    description += 16;
                    descriptions.extend(offset(data_at).to_le_bytes());
                    descriptions.extend(length(data).to_le_bytes());
                    // No code page, and a reserved number.
                    descriptions.extend([0; 8]);
                    contents.extend(data);
                    contents.resize(contents.len().next_multiple_of(8), 0);
                    data_at += data.len().next_multiple_of(8);
                }
            }
        }
        let mut bytes = [types, middle, last, descriptions].concat();
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes.extend(contents);
        Section { bytes, addresses }
    }
}

/// A directory's head: no characteristics, no time, no version, no names that
/// are text; so many that are numbers.
fn head(bytes: &mut Vec<u8>, entries: usize) {
    bytes.extend([0; 14]);
    bytes.extend(u16::try_from(entries).unwrap_or(u16::MAX).to_le_bytes());
}

fn entry(bytes: &mut Vec<u8>, id: u16, leads_to: u32) {
    bytes.extend(u32::from(id).to_le_bytes());
    bytes.extend(leads_to.to_le_bytes());
}

/// No resource is as long as 4 GiB.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn length(bytes: &[u8]) -> u32 {
    offset(bytes.len())
}
