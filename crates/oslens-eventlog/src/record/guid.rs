//! Numbers of publishers and activities.

use std::{fmt, str::FromStr};

use crate::{Error, ErrorKind};

/// A GUID: what identifies a publisher or an activity.
///
/// Written and read as the system shows it, in braces and small letters;
/// reading takes it without braces and in capitals too.
///
/// ```
/// use oslens_eventlog::Guid;
///
/// let guid: Guid = "{54849625-5478-4994-A5BA-3E3B0328C30D}".parse()?;
/// assert_eq!(guid.to_string(), "{54849625-5478-4994-a5ba-3e3b0328c30d}");
/// # Ok::<(), oslens_eventlog::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "String", try_from = "String"))]
pub struct Guid(u128);

impl Guid {
    /// From the 16 bytes in which structures of Windows hold it: the first
    /// three numbers little-endian, the rest as it is written.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        let [a, b, c, d, e, f, g, h, rest @ ..] = bytes;
        let [i, j, k, l, m, n, o, p] = rest;
        Self(u128::from_be_bytes([
            d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p,
        ]))
    }

    /// The 16 bytes as structures of Windows hold them.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        let [d, c, b, a, f, e, h, g, rest @ ..] = self.0.to_be_bytes();
        let [i, j, k, l, m, n, o, p] = rest;
        [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
    }

    /// Whether all of it is zero, which the system writes for "none".
    #[must_use]
    pub const fn is_nil(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0;
        write!(
            f,
            "{{{:08x}-{:04x}-{:04x}-{:04x}-{:012x}}}",
            number >> 96,
            number >> 80 & 0xffff,
            number >> 64 & 0xffff,
            number >> 48 & 0xffff,
            number & 0xffff_ffff_ffff,
        )
    }
}

impl FromStr for Guid {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse(text.trim()).ok_or_else(|| {
            Error::message(
                ErrorKind::InvalidInput,
                format!("{} is no GUID", text.escape_debug()),
            )
        })
    }
}

fn parse(text: &str) -> Option<Guid> {
    let inner = match text.strip_prefix('{') {
        Some(text) => text.strip_suffix('}')?,
        None => text,
    };
    let mut groups = inner.split('-');
    let mut number = 0;
    for digits in [8, 4, 4, 4, 12] {
        let group = groups.next()?;
        if group.len() != digits || !group.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        number = number << (digits * 4) | u128::from_str_radix(group, 16).ok()?;
    }
    groups.next().is_none().then_some(Guid(number))
}

impl From<Guid> for String {
    fn from(guid: Guid) -> Self {
        guid.to_string()
    }
}

impl TryFrom<String> for Guid {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_windows_are_swapped_in_front() {
        let bytes = [
            0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49, 0xa5, 0xba, 0x3e, 0x3b, 0x03, 0x28,
            0xc3, 0x0d,
        ];
        let guid = Guid::from_bytes(bytes);
        assert_eq!(guid.to_string(), "{54849625-5478-4994-a5ba-3e3b0328c30d}");
        assert_eq!(guid.to_bytes(), bytes);
        assert!(!guid.is_nil());
    }

    #[test]
    fn what_is_no_guid_is_refused() {
        for text in [
            "",
            "{}",
            "54849625-5478-4994-a5ba-3e3b0328c30",
            "{54849625-5478-4994-a5ba-3e3b0328c30d",
            "+4849625-5478-4994-a5ba-3e3b0328c30d",
            "54849625-5478-4994-a5ba-3e3b0328c30d-",
        ] {
            assert!(text.parse::<Guid>().is_err(), "{text}");
        }
        let bare = "54849625-5478-4994-A5BA-3E3B0328C30D".parse::<Guid>();
        assert!(bare.is_ok());
    }
}
