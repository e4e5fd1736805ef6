//! Page files: entries of `SYSTEM_PAGEFILE_INFORMATION`.

use super::{
    Layout,
    bytes::{u16_at, u32_at},
};

/// A page file; sizes in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageFile<'a> {
    /// Its size now.
    pub total: u32,
    /// In use.
    pub used: u32,
    /// Most that was in use.
    pub peak: u32,
    /// Its path, UTF-16: `\??\C:\pagefile.sys`. Empty when it is not within
    /// the table.
    pub path: &'a [u8],
}

impl<'a> PageFile<'a> {
    /// The path as programs write it.
    #[must_use]
    pub fn dos_path(&self) -> &'a [u8] {
        // `\??\`
        let native = [0x5c, 0, 0x3f, 0, 0x3f, 0, 0x5c, 0];
        self.path.strip_prefix(&native[..]).unwrap_or(self.path)
    }
}

/// The page files of a table that the system wrote to the address `base`: the
/// paths are in it too, and pointers lead to them. Ends at an entry that is
/// cut off.
pub fn page_files(
    bytes: &[u8],
    layout: Layout,
    base: u64,
) -> impl Iterator<Item = PageFile<'_>> + '_ {
    let mut next = Some(0_usize);
    std::iter::from_fn(move || {
        let at = next?;
        let entry = bytes.get(at..)?;
        let step = usize::try_from(u32_at(entry, 0)?).ok()?;
        // Zero for the last; entries only go forwards.
        next = match step {
            0 => None,
            step => at.checked_add(step),
        };
        let pointer = layout.word(entry, layout.of(20, 24))?;
        let path = pointer
            .checked_sub(base)
            .and_then(|offset| usize::try_from(offset).ok())
            .and_then(|offset| {
                let length = usize::from(u16_at(entry, 16)?);
                bytes.get(offset..offset.checked_add(length)?)
            });
        Some(PageFile {
            total: u32_at(entry, 4)?,
            used: u32_at(entry, 8)?,
            peak: u32_at(entry, 12)?,
            path: path.unwrap_or_default(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: u64 = 0x7f00_0000;

    /// Two page files as the system lays them out: each entry, then its path.
    fn table(layout: Layout, paths: [&str; 2]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (index, path) in paths.iter().enumerate() {
            let path: Vec<u8> = path.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let head = layout.of(24, 32);
            let next = if index == 0 { head + path.len() } else { 0 };
            let text = BASE + u64::try_from(bytes.len() + head).unwrap();
            for number in [next, 1000, 10 + index, 20] {
                bytes.extend(u32::try_from(number).unwrap().to_le_bytes());
            }
            let length = u16::try_from(path.len()).unwrap();
            bytes.extend(length.to_le_bytes());
            bytes.extend(length.to_le_bytes());
            bytes.resize(bytes.len() + layout.pointer() - 4, 0);
            bytes.extend(&text.to_le_bytes()[..layout.pointer()]);
            bytes.extend(path);
        }
        bytes
    }

    #[test]
    fn each_page_file_has_its_size_and_path() {
        for layout in [Layout::Bits32, Layout::Bits64] {
            let bytes = table(layout, [r"\??\C:\pagefile.sys", r"\??\D:\p"]);
            let all: Vec<PageFile<'_>> = page_files(&bytes, layout, BASE).collect();
            assert_eq!(all.len(), 2);
            assert_eq!((all[1].total, all[1].used, all[1].peak), (1000, 11, 20));
            let path: Vec<u16> = super::super::bytes::utf16(all[1].dos_path()).collect();
            assert_eq!(String::from_utf16(&path).unwrap(), r"D:\p");
        }
    }

    #[test]
    fn a_path_elsewhere_is_not_followed() {
        let bytes = table(Layout::Bits64, ["a", "b"]);
        for base in [0, BASE + 1000, BASE - 1000] {
            let all: Vec<_> = page_files(&bytes, Layout::Bits64, base).collect();
            assert!(all.iter().all(|one| one.path.is_empty()));
        }
        assert_eq!(page_files(&[], Layout::Bits64, BASE).count(), 0);
        assert_eq!(page_files(&bytes[..31], Layout::Bits64, BASE).count(), 0);
    }
}
