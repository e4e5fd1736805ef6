//! The resources of a program or library of Windows, in its file.
//!
//! Only what leads to the message tables: the section headers and the resource
//! directory of a PE file, 32-bit and 64-bit ones.

use std::cell::Cell;

use oslens_win32::bytes::{u16_at, u32_at};

use super::Malformed;

/// `RT_MESSAGETABLE`.
const MESSAGE_TABLE: u32 = 11;
/// In an entry of a directory: it leads to another directory, or is named by
/// text.
const HIGH_BIT: u32 = 0x8000_0000;

/// A damaged file can have the same entries in its directories again and
/// again; no sound one has so many.
const MOST_ENTRIES: usize = 0x1_0000;
/// The system loads no file with more sections.
const MOST_SECTIONS: usize = 96;

/// A message table of a file, and its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    /// The number of the table; the system looks at 1 alone.
    pub name: u32,
    /// The language, a `LANGID`.
    pub language: u16,
    /// The table.
    pub data: &'a [u8],
}

/// The message tables in a PE file.
///
/// # Errors
///
/// It is no PE file, or its headers lead outside of it. What a damaged
/// directory of resources leads to is left out, as are tables beyond the length
/// of the file: its entries can all lead to the same bytes.
pub fn message_tables(file: &[u8]) -> Result<Vec<Found<'_>>, Malformed> {
    let image = Image::parse(file)?;
    let mut found = Vec::new();
    let mut left = file.len();
    let Some(root) = image.directory else {
        return Ok(found);
    };
    for (id, kind) in image.entries(root, 0) {
        if id != MESSAGE_TABLE || kind & HIGH_BIT == 0 {
            continue;
        }
        for (name, languages) in image.entries(root, kind & !HIGH_BIT) {
            if name & HIGH_BIT != 0 || languages & HIGH_BIT == 0 {
                continue;
            }
            for (language, leaf) in image.entries(root, languages & !HIGH_BIT) {
                let data = image.data(root, leaf);
                if let (Ok(language), Some(data)) = (u16::try_from(language), data) {
                    let Some(rest) = left.checked_sub(data.len()) else {
                        return Ok(found);
                    };
                    left = rest;
                    found.push(Found {
                        name,
                        language,
                        data,
                    });
                }
            }
        }
    }
    Ok(found)
}

/// A file whose headers were read.
struct Image<'a> {
    file: &'a [u8],
    /// Where the section headers are, and how many.
    sections: usize,
    section_count: usize,
    /// The address of the directory of resources; `None` where there is none.
    directory: Option<u32>,
    /// Entries that may still be looked at.
    left: Cell<usize>,
}

impl<'a> Image<'a> {
    fn parse(file: &'a [u8]) -> Result<Self, Malformed> {
        if file.get(..2) != Some(b"MZ") {
            return Err(Malformed("a program or library of Windows"));
        }
        Self::headers(file).ok_or(Malformed("the headers of a PE file"))
    }

    fn headers(file: &'a [u8]) -> Option<Self> {
        let pe = u32_at(file, 0x3c)? as usize;
        if u32_at(file, pe)? != u32::from_le_bytes(*b"PE\0\0") {
            return None;
        }
        let section_count = usize::from(u16_at(file, pe.checked_add(6)?)?);
        let optional_length = usize::from(u16_at(file, pe.checked_add(20)?)?);
        let optional = pe.checked_add(24)?;
        // Where the number of directories is: behind pointers of two lengths.
        let directories = match u16_at(file, optional)? {
            0x10b => optional.checked_add(92)?,
            0x20b => optional.checked_add(108)?,
            _ => return None,
        };
        let sections = optional.checked_add(optional_length)?;
        // The third directory is that of resources.
        let directory = match u32_at(file, directories)? {
            3.. => Some(u32_at(file, directories.checked_add(4 + 2 * 8)?)?),
            _ => None,
        };
        Some(Self {
            file,
            sections,
            section_count,
            directory: directory.filter(|&address| address != 0),
            left: Cell::new(MOST_ENTRIES),
        })
    }

    /// So many bytes of the file that are at this address of the image.
    fn at(&self, address: u32, length: usize) -> Option<&'a [u8]> {
        (0..self.section_count.min(MOST_SECTIONS)).find_map(|index| {
            let header = self.sections.checked_add(index.checked_mul(40)?)?;
            let begin = u32_at(self.file, header.checked_add(12)?)?;
            let in_file = u32_at(self.file, header.checked_add(16)?)? as usize;
            let offset = u32_at(self.file, header.checked_add(20)?)? as usize;
            let within = address.checked_sub(begin)? as usize;
            let end = within.checked_add(length)?;
            if end > in_file {
                return None;
            }
            self.file
                .get(offset.checked_add(within)?..offset.checked_add(end)?)
        })
    }

    /// The entries of a directory at this offset behind the root.
    fn entries(&self, root: u32, offset: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
        let begin = root.checked_add(offset);
        let header = begin.and_then(|begin| self.at(begin, 16));
        let count = header.and_then(|header| {
            let (names, ids) = (u16_at(header, 12)?, u16_at(header, 14)?);
            Some(u32::from(names) + u32::from(ids))
        });
        (0..count.unwrap_or(0)).map_while(move |index| {
            self.left.set(self.left.get().checked_sub(1)?);
            let entry = begin?.checked_add(16)?.checked_add(index.checked_mul(8)?)?;
            let entry = self.at(entry, 8)?;
            Some((u32_at(entry, 0)?, u32_at(entry, 4)?))
        })
    }

    /// What the description at this offset behind the root leads to.
    fn data(&self, root: u32, offset: u32) -> Option<&'a [u8]> {
        if offset & HIGH_BIT != 0 {
            return None;
        }
        let description = self.at(root.checked_add(offset)?, 16)?;
        let length = u32_at(description, 4)? as usize;
        self.at(u32_at(description, 0)?, length)
    }
}

#[cfg(test)]
mod tests;
