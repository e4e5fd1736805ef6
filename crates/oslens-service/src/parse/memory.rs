//! Memory with pointers into itself.

use std::ffi::OsString;

use oslens_win32::bytes::{self, Layout};

use super::Malformed;
use crate::text;

/// Bytes that were at an address, with pointers of some size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory<'a> {
    bytes: &'a [u8],
    base: u64,
    pub(crate) layout: Layout,
}

impl<'a> Memory<'a> {
    pub(crate) fn new(bytes: &'a [u8], base: u64, layout: Layout) -> Self {
        Self {
            bytes,
            base,
            layout,
        }
    }

    /// The number at this offset.
    pub(crate) fn number(self, at: usize) -> Result<u32, Malformed> {
        bytes::u32_at(self.bytes, at).ok_or(Malformed("a number is cut off"))
    }

    /// The 16-bit number at this offset.
    pub(crate) fn short(self, at: usize) -> Result<u16, Malformed> {
        bytes::u16_at(self.bytes, at).ok_or(Malformed("a number is cut off"))
    }

    /// The byte at this offset.
    pub(crate) fn byte(self, at: usize) -> Result<u8, Malformed> {
        bytes::u8_at(self.bytes, at).ok_or(Malformed("a number is cut off"))
    }

    /// Where the pointer at this offset leads to, as an offset; `None` for
    /// null.
    pub(crate) fn target(self, at: usize) -> Result<Option<usize>, Malformed> {
        let address = self
            .layout
            .word(self.bytes, at)
            .ok_or(Malformed("a pointer is cut off"))?;
        if address == 0 {
            return Ok(None);
        }
        address
            .checked_sub(self.base)
            .and_then(|offset| usize::try_from(offset).ok())
            .filter(|&offset| offset < self.bytes.len())
            .map(Some)
            .ok_or(Malformed("a pointer leads elsewhere"))
    }

    /// So many bytes from this offset.
    pub(crate) fn slice(self, at: usize, length: usize) -> Result<&'a [u8], Malformed> {
        at.checked_add(length)
            .and_then(|end| self.bytes.get(at..end))
            .ok_or(Malformed("a table or data is cut off"))
    }

    /// The offset of one structure of a table, all of which is there.
    pub(crate) fn element(self, table: usize, index: u32, size: usize) -> Result<usize, Malformed> {
        let cut = Malformed("a table or data is cut off");
        let at = usize::try_from(index)
            .ok()
            .and_then(|index| index.checked_mul(size))
            .and_then(|offset| offset.checked_add(table))
            .ok_or(cut)?;
        self.slice(at, size).map(|_| at)
    }

    /// The text that the pointer at this offset leads to, up to its NUL;
    /// `None` for null.
    pub(crate) fn text(self, at: usize) -> Result<Option<OsString>, Malformed> {
        let Some(start) = self.target(at)? else {
            return Ok(None);
        };
        self.text_from(start).map(|(text, _)| Some(text))
    }

    /// The same without what is empty.
    pub(crate) fn some_text(self, at: usize) -> Result<Option<OsString>, Malformed> {
        Ok(self.text(at)?.filter(|text| !text.is_empty()))
    }

    /// The texts that the pointer at this offset leads to: each ends with NUL,
    /// and so does their list.
    pub(crate) fn texts(self, at: usize) -> Result<Vec<OsString>, Malformed> {
        let mut found = Vec::new();
        let Some(mut start) = self.target(at)? else {
            return Ok(found);
        };
        loop {
            let (text, end) = self.text_from(start)?;
            if text.is_empty() {
                return Ok(found);
            }
            found.push(text);
            start = end;
        }
    }

    /// Text from an offset, and the offset behind its NUL.
    fn text_from(self, start: usize) -> Result<(OsString, usize), Malformed> {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let units: Vec<u16> = bytes::utf16(rest).take_while(|&unit| unit != 0).collect();
        let end = start + 2 * units.len() + 2;
        if end > self.bytes.len() {
            return Err(Malformed("a text has no end"));
        }
        Ok((text::from_units(&units), end))
    }
}
